from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from liaison import policy
from liaison.crosscheck.asker import audit, looking
from liaison.crosscheck.asker.asked import Entry, entries, sealed_entry, secrets_of
from liaison.crosscheck.asker.audit import reopen, reopenings
from liaison.crosscheck.asker.looking import PADDING
from liaison.crosscheck.asker.opening import verify_opening
from liaison.model.errors import BadInput, Conflict, Erased, NotFound
from liaison.model.roles import Role
from liaison.ports import KeyId
from liaison.storage.tables.crosscheck import ASKED, BATCHES, LEGS, REOPENED
from tests.assistance.requests import strangers
from tests.crosscheck.askers import GEZIM, STRANGER, Asked, asked
from tests.node_fixtures import sqlite_daily
from tests.screening.node import actor, enter
from tests.two_offices import APPROVER, DESK, HEAD, INVESTIGATOR

PROTECTOR, AUDITOR = actor("dpo", Role.DATA_PROTECTION_OFFICER), actor("auditor", Role.AUDITOR)
STRANGE_HEAD = actor("strange-head", Role.SUPERVISOR)
SEVERAL = (GEZIM, STRANGER, *strangers(6))


def opens(both: Asked, session: str, who: policy.Actor = HEAD, share: float = 1.0) -> audit.Reopened:
    return reopen(both.asker.office, who, session, share)


def subject_becomes(both: Asked, session: str, number: int, other: int) -> None:
    """Somebody puts one subject in the place of another."""

    def work(connection) -> None:  # type: ignore[no-untyped-def]
        key = secrets_of(both.asker.office, both.session(session)).key
        held: dict[int, Entry] = entries(connection, key, session)
        sealed = sealed_entry(key, session, number, held[other])
        here = (ASKED.c.session == session) & (ASKED.c.number == number)
        connection.execute(ASKED.update().where(here).values(sealed=sealed))

    both.asker.office.write(work)


@sqlite_daily
def test_what_was_asked_agrees_with_its_subjects(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        session = both.asks(*SEVERAL)
        found = opens(both, session)
        (leg,) = found.legs
        assert found.agrees
        assert (leg.faults, leg.unexplained) == ((), 0)
        assert leg.explained == leg.points == both.leg(session).points
        assert leg.checked == leg.batches == both.leg(session).batches
        assert set(found.subjects) == set(range(1, len(SEVERAL) + 1))
        assert all(count > 0 for count in found.subjects.values())
        assert sum(found.subjects.values()) + leg.padding >= leg.points
        (entry,) = both.ours("crosscheck-reopened")
        assert (entry.who, entry.outcome, entry.objects[0]) == (HEAD.person, "agrees", session)
        rows = reopenings(both.asker.office, HEAD, session)
        assert [(row.person, row.outcome, row.points) for row in rows] == [
            (HEAD.person, "agrees", leg.points)
        ]


@sqlite_daily
def test_changed_subject_is_noticed(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        session = both.asks(*SEVERAL)
        subject_becomes(both, session, 1, 3)
        found = opens(both, session)
        assert not found.agrees
        assert found.unexplained > 0
        assert both.ours("crosscheck-reopened")[0].outcome == "differs"
        assert both.ours("crosscheck-reopened")[0].detail["unexplained"] == str(found.unexplained)


def test_point_that_no_subject_explains_is_noticed(both: Asked, monkeypatch: pytest.MonkeyPatch):
    """An officer's node that was changed asks for one more than its subjects: in the place of a padding point."""
    honest = looking.padding

    def smuggled(seed: bytes, leg: str, count: int) -> list[bytes]:
        return [*honest(seed, leg, count)[:-1], b"\0\x0dliaison-xc/v1 somebody else"]

    with monkeypatch.context() as patched:
        patched.setattr(looking, "padding", smuggled)
        session = both.asks(GEZIM)
    found = opens(both, session)
    assert not found.agrees
    assert found.unexplained == 256


def test_batch_that_was_added_is_noticed(both: Asked):
    session = both.asks(GEZIM)
    (row,) = both.batches_of(session)
    both.change(insert(BATCHES).values(**(row._asdict() | {"number": 2})))
    found = opens(both, session)
    assert not found.agrees
    assert found.unexplained == 256


@pytest.mark.parametrize("column", ["whole", "points", "batches"])
def test_leg_that_was_altered_is_noticed(both: Asked, column: str):
    session = both.asks(GEZIM)
    value = "0" * 64 if column == "whole" else 512
    both.change(LEGS.update().where(LEGS.c.session == session).values({column: value}))
    found = opens(both, session)
    assert not found.agrees
    assert found.legs[0].faults


@pytest.mark.parametrize("column", ["ours", "theirs"])
def test_other_receipt_is_noticed(both: Asked, column: str):
    first, second = both.asks(GEZIM), both.asks(STRANGER)
    other = getattr(both.leg(first), column)
    both.change(LEGS.update().where(LEGS.c.session == second).values({column: other}))
    found = opens(both, second)
    assert not found.agrees
    assert any("receipt" in fault for fault in found.legs[0].faults)


def test_other_question_is_noticed(both: Asked):
    first, second = both.asks(GEZIM), both.asks(STRANGER)
    (other,) = both.batches_of(first)
    both.change(BATCHES.update().where(BATCHES.c.session == second).values(question=other.question))
    assert not opens(both, second).agrees


def test_other_entry_of_the_ledger_is_noticed(both: Asked):
    first, second = both.asks(GEZIM), both.asks(STRANGER)
    entry = both.leg(first).entry
    both.change(LEGS.update().where(LEGS.c.session == second).values(entry=entry))
    found = opens(both, second)
    assert not found.agrees
    assert "the ledger committed to other batches" in found.legs[0].faults


def test_sample_of_batches_is_drawn_by_lot(both: Asked, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(looking, "BATCH", 64)
    session = both.asks(*SEVERAL)
    leg = both.leg(session)
    assert leg.batches > 1
    found = opens(both, session, share=0.5)
    assert found.agrees
    assert found.legs[0].checked == max(1, round(leg.batches * 0.5)) < leg.batches
    assert found.legs[0].explained == found.legs[0].opened < found.legs[0].points
    for share in (0, -1, 1.1):
        with pytest.raises(BadInput):
            opens(both, session, share=share)


def test_supervisors_of_the_unit_and_auditors_open_again_and_nobody_else(both: Asked):
    session = both.asks(GEZIM)
    enter(both.asker.office, PROTECTOR, AUDITOR)
    enter(both.asker.office, STRANGE_HEAD, unit="Unit 2")
    for who in (HEAD, PROTECTOR, AUDITOR):
        assert opens(both, session, who).agrees
    for who in (INVESTIGATOR, DESK, APPROVER, STRANGE_HEAD):
        for step in (reopen, audit.opening_file, reopenings):
            with pytest.raises(NotFound):
                step(both.asker.office, who, session)
    rows = both.asker.office.read(lambda connection: list(connection.execute(select(REOPENED))))
    assert len(rows) == len(both.ours("crosscheck-reopened")) == 3


def test_what_was_not_asked_is_not_opened_again(both: Asked):
    with pytest.raises(Conflict):
        opens(both, both.draft(GEZIM))
    with pytest.raises(NotFound):
        opens(both, "crosscheck-none")


def test_what_is_forgotten_is_not_opened_again(both: Asked):
    session = both.asks(GEZIM)
    row = both.session(session)
    both.asker.office.keys.destroy([KeyId(row.seed)])
    with pytest.raises(Erased):
        opens(both, session)


@sqlite_daily
def test_authority_checks_a_file_by_itself(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        session = both.asks(*SEVERAL)
        content = audit.opening_file(both.asker.office, HEAD, session)
        (entry,) = both.ours("crosscheck-opening-given")
        assert (entry.who, entry.objects) == (HEAD.person, (session,))
        found = verify_opening(content)
        assert found.agrees
        assert (found.asker, found.session, found.legs) == (both.asker.origin, session, 1)
        assert found.points == both.leg(session).points
        (leg,) = json.loads(content)["legs"]
        inputs = [each for batch in leg["batches"] for each in batch["inputs"]]
        assert found.padding == sum(each.startswith(PADDING.hex()) for each in inputs) > 0
        assert b"Vokshi" not in content


def altered(content: bytes, change) -> bytes:  # type: ignore[no-untyped-def]
    told = json.loads(content)
    change(told)
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_altered_file_is_noticed(both: Asked):
    first, second = both.asks(GEZIM), both.asks(STRANGER)
    content = audit.opening_file(both.asker.office, HEAD, first)
    other = json.loads(audit.opening_file(both.asker.office, HEAD, second))["legs"][0]

    def input_changed(told):  # type: ignore[no-untyped-def]
        told["legs"][0]["batches"][0]["inputs"][0] = "00"

    def seed_changed(told):  # type: ignore[no-untyped-def]
        told["legs"][0]["batches"][0]["seed"] = "00" * 32

    def other_question(told):  # type: ignore[no-untyped-def]
        told["legs"][0]["batches"][0]["question"] = other["batches"][0]["question"]

    def other_whole(told):  # type: ignore[no-untyped-def]
        told["legs"][0]["whole"] = "0" * 64

    def other_receipt(told):  # type: ignore[no-untyped-def]
        told["legs"][0]["receipts"] = other["receipts"]

    def unsigned(told):  # type: ignore[no-untyped-def]
        told["keys"] = {}

    for change in (input_changed, seed_changed, other_question, other_whole, other_receipt, unsigned):
        assert verify_opening(altered(content, change)).faults, change
    for bad in (b"", b"{}", content[:-1], altered(content, lambda told: told.update(form="another"))):
        with pytest.raises(BadInput):
            verify_opening(bad)
