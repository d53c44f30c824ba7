"""The receipt of a session at one partner: both sides sign the same bytes once it was answered whole, and keep both."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, select, update

from liaison import policy
from liaison.crosscheck.asker.access import leg_at, load
from liaison.crosscheck.asker.lines import Line
from liaison.crosscheck.messages import Question, Receipt, receipt_of
from liaison.crosscheck.recording import ITSELF, record
from liaison.model.errors import BadNote, NotFound
from liaison.office import Office
from liaison.storage.tables.crosscheck import BATCHES, LEGS
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.means import Means

WHAT_KEPT = "crosscheck-receipt-kept"


@dataclass(frozen=True, slots=True)
class Receipts:
    """A receipt and its two texts as they were signed: `ours` here, `theirs` by the partner."""

    receipt: Receipt
    ours: str
    theirs: str


def signed(connection: Connection, means: Means, leg: str) -> str:
    """The receipt of a leg whose first batch was asked, signed here."""
    here = (BATCHES.c.leg == leg) & (BATCHES.c.number == 1)
    question = connection.execute(select(BATCHES.c.question).where(here)).scalar_one()
    return signing.signed(Type.RECEIPT, receipt_of(signing.told(question, Question)), means.own.document)


def exchange(office: Office, line: Line, leg: Row[Any]) -> None:
    """Have the partner sign the receipt of a leg, and keep it. Raises Unreachable, Refused; BadInput, BadNote for
    what is not the same receipt under the partner's signature."""
    ours = signing.told(leg.ours, Receipt)
    theirs = line.ask("POST", "/crosscheck/receipt", leg.ours.encode()).decode("ascii", "replace")
    told = signing.opened(Type.RECEIPT, theirs, Receipt, signing.keys_of(line.partner().cards))
    if told != ours:
        raise BadNote("the partner signed another receipt", hint="keep both, and tell the supervisor")

    def work(connection: Connection) -> None:
        digest, detail = sha256(theirs.encode()).hexdigest(), {"partner": leg.partner}
        objects = (leg.session, leg.id)
        record(office, connection, WHAT_KEPT, ITSELF, digest=digest, objects=objects, detail=detail)
        kept = {"theirs": theirs, "next": None, "tries": 0, "code": ""}
        connection.execute(update(LEGS).where(LEGS.c.id == leg.id).values(**kept))

    office.write(work)


def receipt_at(office: Office, actor: policy.Actor, session: str, partner: str) -> Receipts:
    """The receipt of a session at a partner, as both signed it. Raises NotFound where there is none yet."""

    def work(connection: Connection) -> Row[Any]:
        load(office, connection, actor, session)
        return leg_at(connection, session, partner)

    row = office.read(work)
    if row.ours is None or row.theirs is None:
        raise NotFound
    return Receipts(signing.told(row.ours, Receipt), row.ours, row.theirs)
