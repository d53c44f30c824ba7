from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, select

from liaison.crosscheck.asker import asking, reading
from liaison.crosscheck.asker.states import LegState, SessionState
from liaison.crosscheck.messages import permitted, unpacked, whole_of
from liaison.ledger.keys import Kind, Signer
from liaison.ledger.log import Log
from liaison.model.errors import BadInput, BadNote, Conflict, LedgerUnavailable, NotFound, NotLawful
from liaison.officers import approvals
from liaison.screening.cases import close_case
from liaison.storage.tables.crosscheck import ASKED, BATCHES
from tests.assistance.requests import strangers
from tests.crosscheck.askers import GEZIM, STRANGER, Asked, asked
from tests.crosscheck.holders import EXCHANGES, terms
from tests.node_fixtures import sqlite_daily
from tests.screening.node import actor, rules_of
from tests.two_offices import APPROVER, INVESTIGATOR, TERMS

JUDGE = Signer("court.example", Kind.ED25519, b"\x07" * 32)
OTHER = Signer("other.example", Kind.ED25519, b"\x08" * 32)
MANY = [line.replace(";;", ";") for line in strangers(11)]


def submit(both: Asked, session: str) -> str:
    return asking.submit(both.asker.office, INVESTIGATOR, session)


@sqlite_daily
def test_second_person_agrees_above_the_number_and_nobody_has_to_below(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        few, many = both.draft(GEZIM), both.draft(*MANY)
        assert submit(both, few) == ""
        assert both.shown(few).state is SessionState.DRAFT
        with pytest.raises(NotLawful) as error:
            both.start(many)
        assert rules_of(error.value) == {"L10/bulk"}
        approval = submit(both, many)
        assert both.shown(many).state is SessionState.WAITING
        with pytest.raises(Conflict):
            both.start(many)
        assert [one.id for one in reading.sessions_of(both.asker.office, APPROVER)] == [many]
        shown = approvals.show(both.asker.office, APPROVER, approval)
        assert shown.about["crosscheck"] == many
        assert shown.about["subjects"] == "11"
        approvals.decide(both.asker.office, APPROVER, approval, True, "needed for the case")
        both.start(many)
        both.work()
        assert both.shown(many).state is SessionState.DONE
        question = both.ours("crosscheck-asked")[0]
        assert question.objects[0] == many
        (served,) = both.holder_served()
        assert served.second == APPROVER.person
        with pytest.raises(NotFound):
            reading.session_of(both.asker.office, APPROVER, many)


def test_what_the_second_person_refused_is_not_asked(both: Asked):
    session = both.draft(*MANY)
    approval = submit(both, session)
    approvals.decide(both.asker.office, APPROVER, approval, False, "not for this case")
    assert both.shown(session).state is SessionState.REFUSED
    with pytest.raises(Conflict):
        both.start(session)
    assert both.counter.calls == []


def test_small_cross_checks_add_up(both: Asked):
    first = both.asks(GEZIM, *MANY[:7])
    assert both.shown(first).state is SessionState.DONE
    second = both.draft(*MANY[7:10])
    with pytest.raises(NotLawful) as error:
        both.start(second)
    assert rules_of(error.value) == {"L10/bulk"}
    assert submit(both, second)
    both.pair.both(hours=25)
    both.start(both.draft(*MANY[7:10]))


@sqlite_daily
def test_nothing_is_sent_before_the_ledger_says_what(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        told: list[str] = []
        both.counter.before = lambda call: told.extend(
            entry.digest for entry in both.ours("crosscheck-asked")
        )
        session = both.asks(GEZIM)
        digests = [sha256(unpacked(body)[1]).hexdigest() for body in both.evaluations()]
        assert told
        assert set(told) == {whole_of(digests)}
        (entry,) = both.ours("crosscheck-asked")
        assert entry.objects == (session, both.leg(session).id)
        assert entry.detail == {"partner": both.partner_name, "points": "256", "kind": "check"}


def test_without_a_ledger_nothing_is_sent(both: Asked, monkeypatch: pytest.MonkeyPatch):
    session = both.draft(GEZIM)

    def broken(*_: object) -> object:
        raise LedgerUnavailable("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Log, "append", broken)
        with pytest.raises(LedgerUnavailable):
            both.start(session)
        both.work()
    assert both.counter.calls == []
    assert both.shown(session).state is SessionState.DRAFT


def test_subjects_that_changed_after_the_entry_are_not_asked_about(both: Asked):
    session, other = both.draft(GEZIM), both.draft(STRANGER)
    both.start(session)
    both.forget_memory()
    assert other
    both.change(ASKED.update().where(ASKED.c.session == session).values(sealed=b"\0" * 64))
    both.work()
    leg = both.shown(session).legs[0]
    assert (leg.state, leg.code) == (LegState.REFUSED, "damaged-content")
    assert both.evaluations() == []
    both.work()


@pytest.mark.parametrize(
    ("said", "rule"),
    [({"exchanges": TERMS.exchanges}, "L01/agreement"), ({"offences": ("laundering",)}, "L01/agreement")],
)
def test_what_the_agreement_does_not_name_is_not_asked(tmp_path: Path, said: dict[str, object], rule: str):
    from dataclasses import replace

    with asked(tmp_path, agreed=replace(terms(), **said), made=False) as both:  # type: ignore[arg-type]
        session = both.draft(GEZIM)
        for step in (submit, Asked.start):
            with pytest.raises(NotLawful) as error:
                step(both, session)
            assert rule in rules_of(error.value)
        assert both.counter.calls == []
        assert EXCHANGES


def test_nobody_else_starts_submits_cancels_or_signs(both: Asked):
    session, office, strange = both.draft(GEZIM), both.asker.office, actor("strange")
    for one in (strange, APPROVER):
        with pytest.raises(NotFound):
            asking.submit(office, one, session)
        with pytest.raises(NotFound):
            asking.start(office, both.asker.means, one, session)
        with pytest.raises(NotFound):
            asking.prepare(office, one, session)
        with pytest.raises(NotFound):
            asking.cancel(office, one, session)
        with pytest.raises(NotFound):
            asking.countersign(office, one, session, both.partner_name, JUDGE.verifier.vkey, "00")


def test_closed_case_carries_nothing(both: Asked):
    session = both.draft(GEZIM)
    close_case(both.asker.office, INVESTIGATOR, both.asker.case)
    with pytest.raises(Conflict):
        both.start(session)
    assert both.counter.calls == []


def test_cancelled_session_asks_nothing_more(both: Asked):
    session = both.draft(GEZIM)
    both.start(session)
    asking.cancel(both.asker.office, INVESTIGATOR, session)
    both.work()
    assert both.evaluations() == []
    shown = both.shown(session)
    assert (shown.state, shown.legs[0].state) == (SessionState.CANCELLED, LegState.CANCELLED)
    with pytest.raises(Conflict):
        asking.cancel(both.asker.office, INVESTIGATOR, session)
    with pytest.raises(Conflict):
        both.start(session)


def test_started_twice_is_a_conflict(both: Asked):
    session = both.asks(GEZIM)
    with pytest.raises(Conflict):
        both.start(session)
    assert len(both.evaluations()) == 1


@sqlite_daily
def test_authority_signs_above_its_number_before_anything_is_asked(tmp_path: Path, kind: str):
    vkeys = (JUDGE.verifier.vkey,)
    with asked(tmp_path, kind, agreed=terms(countersigned_above=1, authorities=vkeys)) as both:
        office, partner = both.asker.office, both.partner_name
        one, two = both.draft(GEZIM), both.draft(GEZIM, STRANGER)
        both.start(one)
        with pytest.raises(Conflict):
            both.start(two)
        with pytest.raises(Conflict):
            asking.countersign(office, INVESTIGATOR, two, partner, JUDGE.verifier.vkey, "00" * 64)
        asking.prepare(office, INVESTIGATOR, two)
        leg = both.shown(two).legs[0]
        assert leg.countersign
        assert leg.permits == permitted(partner, leg.id, leg.whole)
        with pytest.raises(BadNote):
            asking.countersign(office, INVESTIGATOR, two, partner, JUDGE.verifier.vkey, "00" * 64)
        with pytest.raises(BadInput):
            asking.countersign(
                office, INVESTIGATOR, two, partner, OTHER.verifier.vkey, signed(OTHER, leg.permits)
            )
        wrong = signed(JUDGE, permitted(partner, leg.id, "0" * 64))
        with pytest.raises(BadNote):
            asking.countersign(office, INVESTIGATOR, two, partner, JUDGE.verifier.vkey, wrong)
        with pytest.raises(BadInput):
            asking.countersign(office, INVESTIGATOR, two, partner, JUDGE.verifier.vkey, "no hex")
        good = f" {signed(JUDGE, leg.permits).upper()}\n"  # as it may be pasted
        asking.countersign(office, INVESTIGATOR, two, partner, JUDGE.verifier.vkey, good)
        both.start(two)
        both.work()
        assert [both.shown(each).state for each in (one, two)] == [SessionState.DONE] * 2
        assert both.shown(two).legs[0].authority == JUDGE.verifier.vkey
        assert both.ours("crosscheck-countersigned")[0].detail["authority"] == JUDGE.name


def test_prepared_session_asks_what_was_prepared(both: Asked):
    session = both.draft(GEZIM)
    asking.prepare(both.asker.office, INVESTIGATOR, session)
    prepared = both.leg(session).whole
    both.start(session)
    assert both.leg(session).whole == prepared
    assert both.ours("crosscheck-asked")[0].digest == prepared


def test_points_and_quota_are_told_before_a_draft_is_made(both: Asked):
    (ahead,) = reading.preview(both.asker.office, INVESTIGATOR, [both.partner_name], 1, both.asker.case)
    assert (ahead.allowed, ahead.standing, ahead.points) == (True, True, 256)
    assert (ahead.left, ahead.case_left) == (100_000, 80_000)
    both.asks(GEZIM)
    (ahead,) = reading.preview(both.asker.office, INVESTIGATOR, [both.partner_name], 1, both.asker.case)
    assert (ahead.left, ahead.case_left) == (100_000 - 256, 80_000 - 256)
    with pytest.raises(NotFound):
        reading.preview(both.asker.office, INVESTIGATOR, ["nobody.example"], 1)


def test_records_are_asked_for_once_and_only_of_overlaps(both: Asked):
    session, office, partner = both.asks(GEZIM, STRANGER), both.asker.office, both.partner_name
    ((number, subject, _),) = reading.entries_of(office, INVESTIGATOR, session, partner, [1])
    assert number == 1
    assert "Vokshi" in str(subject)
    for bad in ([2], [], [1, 2], [99]):
        with pytest.raises(NotFound):
            reading.entries_of(office, INVESTIGATOR, session, partner, bad)
        with pytest.raises(NotFound):
            reading.mark_requested(office, INVESTIGATOR, session, partner, bad, "request-1")
    with pytest.raises(NotFound):
        reading.entries_of(office, actor("strange"), session, partner, [1])
    reading.mark_requested(office, INVESTIGATOR, session, partner, [1], "request-1")
    assert both.opened(session).overlaps[0].request == "request-1"
    with pytest.raises(Conflict):
        reading.mark_requested(office, INVESTIGATOR, session, partner, [1], "request-2")


def test_every_look_at_a_result_is_in_the_ledger(both: Asked):
    session = both.asks(GEZIM)
    both.shown(session)
    assert both.ours("crosscheck-read") == []
    both.opened(session)
    assert [each.who for each in both.ours("crosscheck-read")] == [INVESTIGATOR.person]


def test_one_batch_is_written_for_each_that_is_asked(both: Asked):
    session = both.draft(GEZIM)
    both.start(session)

    def rows(connection: Connection) -> int:
        mine = select(func.count()).select_from(BATCHES).where(BATCHES.c.session == session)
        return int(connection.execute(mine).scalar_one())

    assert both.asker.office.read(rows) == both.leg(session).batches == 1


def signed(signer: Signer, told: bytes) -> str:
    seed = {JUDGE.name: b"\x07", OTHER.name: b"\x08"}[signer.name] * 32
    return Ed25519PrivateKey.from_private_bytes(seed).sign(told).hex()
