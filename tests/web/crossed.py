"""What a unit has of cross-checks, for the sweep: one asked, with an overlap and a receipt, and one that was served."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, update

from liaison.crosscheck.asker import asking, drafting
from liaison.crosscheck.asker.drafting import Order
from liaison.crosscheck.messages import Kind, Of, Question, receipt_of
from liaison.model.grounds import Purpose
from liaison.partners import own
from liaison.ports import Compartment
from liaison.storage.tables.crosscheck import ANSWERED, EPOCHS, HITS, LEGS, SERVED
from liaison.supply import signing
from liaison.supply.signing import Type
from tests.web_fixtures import Desk, Officer

PARTNER = "other.example"
LIST = b"name;born\nWolfgang Oberm\xc3\xbcller;1931-11-30\n"
DIGEST = "5" * 64
EPOCH, SESSION = "epoch-" + "e" * 26, "leg-" + "f" * 26


def crosschecks_of(desk: Desk, keys: Path, asker: Officer, grounds: str) -> dict[str, str]:
    """Ids of what there is of each kind. `keys` is the folder with the partner's keys."""
    office, actor = desk.office, desk.actor(asker)
    session = drafting.draft(office, actor, Order(grounds=grounds, partners=(PARTNER,), content=LIST))
    asking.prepare(office, actor, session)
    theirs, ours = own.load_keys(keys, 1).document, desk.node.own.document
    question = _question(desk, asker.person)
    signed = [signing.signed(Type.RECEIPT, receipt_of(question), each) for each in (ours, theirs)]
    text = signing.signed(Type.QUESTION, question, theirs)
    made = office.keys.create(Compartment.CROSSCHECK, 2)

    def work(connection: Connection) -> None:
        here = LEGS.c.session == session
        connection.execute(update(LEGS).where(here).values(answered=1, ours=signed[0], theirs=signed[1]))
        connection.execute(insert(HITS).values(_hit(desk, session)))
        connection.execute(insert(EPOCHS).values(_epoch(desk, [key for key, _ in made])))
        connection.execute(insert(SERVED).values(_served(question, signed)))
        connection.execute(insert(ANSWERED).values(_answered(question, text)))

    office.write(work)
    return {"crosscheck": session, "served": SESSION}


def _question(desk: Desk, officer: str) -> Question:
    return Question(
        federation=desk.node.means.federation,
        asker=PARTNER,
        holder=desk.node.means.origin,
        session=SESSION,
        kind=Kind.CHECK,
        of=Of.RECORDS,
        batch=1,
        batches=1,
        points=256,
        all_points=256,
        subjects=1,
        digest=DIGEST,
        whole=DIGEST,
        epoch=EPOCH,
        public=DIGEST,
        normaliser="liaison-xc/v1",
        officer=officer,
        reference="T-2026-1",
        purpose=Purpose.INVESTIGATION,
        basis="task",
        made=desk.clock.time,
    )


def _hit(desk: Desk, session: str) -> dict[str, Any]:
    row = {"session": session, "partner": PARTNER, "number": 1, "strength": "strong", "agreed": "S exact"}
    return row | {"bits": 20.0, "chance": 0.0001, "found": desk.clock.time, "request_id": ""}


def _epoch(desk: Desk, made: list[Any]) -> dict[str, Any]:
    now = desk.clock.time
    row = {"id": EPOCH, "of": "records", "class": DIGEST, "number": 1, "state": "closed", "left_out": "{}"}
    row |= {"seed": made[0], "key": made[1], "public": DIGEST, "normaliser": "liaison-xc/v1"}
    row |= {"changes": False, "begun": now - timedelta(days=1), "ends": now, "closed": now}
    return row | dict.fromkeys(("version", "people", "records", "done", "cursor"), 0)


def _served(question: Question, signed: list[str]) -> dict[str, Any]:
    told = {name: getattr(question, name) for name in ("officer", "reference", "basis", "second", "offence")}
    row = {**told, "partner": PARTNER, "session": SESSION, "kind": "check", "of": "records"}
    row |= {"purpose": question.purpose.value, "epoch": EPOCH, "whole": DIGEST, "points": 256, "people": 1}
    row |= {"batches": 1, "answered": 1, "first": question.made, "last": question.made}
    return row | {"ours": signed[0], "theirs": signed[1]}


def _answered(question: Question, text: str) -> dict[str, Any]:
    row = {"partner": PARTNER, "session": SESSION, "batch": 1, "epoch": EPOCH, "digest": DIGEST}
    return row | {"points": 256, "question": text, "answer": text, "at": question.made, "entry": 0}
