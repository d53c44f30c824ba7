from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest

from liaison.crosscheck.asker import asking, legs, looking
from liaison.crosscheck.asker.receipts import receipt_at
from liaison.crosscheck.asker.states import LegState, SessionState
from liaison.crosscheck.function import voprf
from liaison.crosscheck.function.voprf import Evaluated
from liaison.crosscheck.likeness.grading import Strength
from liaison.crosscheck.likeness.matchkeys import evaluated, of_question
from liaison.crosscheck.messages import Answer, Question, Receipt, packed, unpacked
from liaison.model.errors import NotFound
from liaison.officers import notices
from liaison.storage.tables.crosscheck import BATCHES
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.calls import Answered, Call
from tests.assistance.requests import strangers
from tests.crosscheck.askers import GEZIM, STRANGER, Asked, asked
from tests.crosscheck.holders import terms
from tests.node_fixtures import both_databases
from tests.partners.pairs import agree
from tests.screening.conftest import crowd
from tests.two_offices import INVESTIGATOR

EVALUATE = "/crosscheck/evaluate"
SEVERAL = ("Berthold Himmelreich;1950-01-01;DEU;", GEZIM, STRANGER, *strangers(5))


def stopped(both: Asked, session: str, code: str) -> None:
    """Nothing of the leg was used, and both the officer and the ledger are told why."""
    leg = both.shown(session).legs[0]
    assert (leg.state, leg.code) == (LegState.REFUSED, code)
    assert both.hits(session) == []
    assert all(row.sealed is None for row in both.batches_of(session))
    (entry,) = both.ours("crosscheck-stopped")
    assert (entry.outcome, entry.objects[0]) == (code, session)
    told = notices.waiting(both.asker.office, INVESTIGATOR)
    assert {"crosscheck-stopped"} <= {each.kind for each in told if each.object == session}


def changes(path: str, change: Callable[[bytes], bytes]) -> Callable[[str, Answered], Answered]:
    """Every answer to calls of this path, changed; signed by the channel as any answer is."""

    def changed(called: str, answered: Answered) -> Answered:
        if not called.startswith(path) or answered.status != 200:
            return answered
        return replace(answered, body=change(answered.body))

    return changed


@both_databases
def test_what_the_holder_has_is_found_and_nothing_else(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        session = both.asks(*SEVERAL)
        shown, opened = both.shown(session), both.opened(session)
        assert (shown.state, shown.legs[0].state) == (SessionState.DONE, LegState.DONE)
        assert both.hits(session) == [2]
        (overlap,) = opened.overlaps
        assert overlap.strength is Strength.STRONG
        assert overlap.expected == pytest.approx(overlap.chance * shown.subjects)
        assert opened.without == shown.subjects - 1
        assert {"D exact", "N exact"} <= {*overlap.agreed}
        assert shown.legs[0].points % looking.BUCKET == 0
        assert both.asker.said()[-2].what == "crosscheck-receipt-kept"


def test_tokens_agree_with_a_match_in_the_clear(both: Asked):
    """What is found are the keys that both sides have, and no other."""
    rows = crowd()[:6]
    lines = [f"{given} {surname};{born};ALB;" for _, given, surname, born in rows]
    session = both.asks(*lines, *strangers(2))
    assert both.hits(session) == [1, 2, 3, 4, 5, 6]


@both_databases
def test_several_batches_are_asked_in_order_and_looked_up_as_one(tmp_path: Path, kind: str, small: None):
    with asked(tmp_path, kind) as both:
        session = both.asks(*SEVERAL)
        leg = both.leg(session)
        assert leg.batches > 1
        numbers = [question(body).batch for body in both.evaluations()]
        assert numbers == list(range(1, leg.batches + 1))
        assert both.hits(session) == [2]
        assert leg.answered == leg.batches
        (served,) = both.holder_served()
        assert (served.points, served.whole) == (leg.points, leg.whole)
        assert [row.sealed for row in both.batches_of(session)] == [None] * leg.batches


@both_databases
def test_both_sides_keep_the_same_signed_receipt(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        session = both.asks(GEZIM)
        found = receipt_at(both.asker.office, INVESTIGATOR, session, both.partner_name)
        (served,) = both.holder_served()
        assert (served.theirs, served.ours) == (found.ours, found.theirs)
        assert found.receipt.whole == both.leg(session).whole
        assert found.receipt.subjects == 1
        assert signing.opened(Type.RECEIPT, found.theirs, Receipt, both.holder_keys) == found.receipt
        with pytest.raises(NotFound):
            receipt_at(both.asker.office, INVESTIGATOR, both.draft(GEZIM), both.partner_name)


@both_databases
def test_partner_that_is_down_answers_when_it_is_back(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        both.hangs_up()
        session = both.asks(GEZIM)
        leg = both.shown(session).legs[0]
        assert (leg.state, leg.code, leg.tries) == (LegState.WAITING, "unreachable", 1)
        assert leg.next is not None
        assert both.work() == 0  # not before its turn
        both.pair.both(seconds=2)
        assert both.work() == 1
        assert both.shown(session).legs[0].tries == 2
        both.listen()
        both.pair.both(minutes=6)
        both.work()
        assert both.shown(session).state is SessionState.DONE
        assert both.hits(session) == [1]
        assert both.ours("crosscheck-stopped") == []


def test_what_waited_long_is_not_asked_where_the_law_carries_it_no_more(both: Asked):
    from liaison.screening.cases import close_case

    both.hangs_up()
    session = both.asks(GEZIM)
    close_case(both.asker.office, INVESTIGATOR, both.asker.case)
    both.listen()
    both.pair.both(minutes=6)
    both.work()
    stopped(both, session, "not-lawful")
    assert both.evaluations() == []


@both_databases
def test_stop_in_the_middle_goes_on_with_the_same_batches(
    tmp_path: Path, kind: str, small: None, monkeypatch: pytest.MonkeyPatch
):
    with asked(tmp_path, kind) as both:
        session = both.draft(*SEVERAL)
        both.start(session)
        with monkeypatch.context() as patched:
            patched.setattr(legs, "_ask", stops_after(legs._ask, 3))
            with pytest.raises(Stopped):
                both.work()
        both.forget_memory()
        before = {row.number: row for row in both.batches_of(session)}
        assert [number for number, row in before.items() if row.sealed is not None]
        both.work()
        assert both.shown(session).state is SessionState.DONE
        assert both.hits(session) == [2]
        sent = [(question(body).batch, sha256(unpacked(body)[1]).hexdigest()) for body in both.evaluations()]
        assert {*sent} == {(number, row.digest) for number, row in before.items()}
        leg = both.leg(session)
        assert both.holder_served()[0].points == leg.points


@both_databases
def test_lost_answer_is_asked_for_again_by_the_same_document_and_counts_once(tmp_path: Path, kind: str):
    with asked(tmp_path, kind) as both:
        both.counter.changes = changes(EVALUATE, lambda body: b"")
        both.counter.lost = True
        session = both.asks(GEZIM)
        assert both.shown(session).legs[0].code == "unreachable"
        both.counter.changes, both.counter.lost = None, False
        both.pair.both(minutes=30)  # the question is old by now
        both.work()
        assert both.shown(session).state is SessionState.DONE
        first, second = both.evaluations()
        assert first == second
        assert both.holder_served()[0].points == 256
        assert both.shown(session).legs[0].left == 100_000 - 256


def test_question_that_grew_old_unasked_is_signed_again(both: Asked, monkeypatch: pytest.MonkeyPatch):
    session = both.draft(GEZIM)
    both.start(session)
    with monkeypatch.context() as patched:
        patched.setattr(legs, "_outputs", stops_at_once)
        with pytest.raises(Stopped):
            both.work()
    both.pair.both(minutes=30)
    both.work()
    assert both.shown(session).state is SessionState.DONE
    first, second = (question(body) for body in both.evaluations())
    assert first.digest == second.digest
    assert second.made > first.made


def test_subject_changed_after_the_commitment_is_not_asked(both: Asked, monkeypatch: pytest.MonkeyPatch):
    session = both.draft(GEZIM)
    both.start(session)
    both.change(BATCHES.update().where(BATCHES.c.session == session).values(digest="0" * 64))
    both.work()
    stopped(both, session, "bad-input")
    assert both.evaluations() == []


def reproved(both: Asked, points: bytes, **said: object) -> Callable[[bytes], bytes]:
    """An answer whose document says something else, under the holder's own signature."""

    def change(body: bytes) -> bytes:
        document, given = unpacked(body)
        answer = signing.told(document, Answer)
        told = {"evaluated": sha256(points or given).hexdigest()} | said
        again = msgspec.structs.replace(answer, **told)
        return packed(signing.signed(Type.ANSWER, again, both.holder.means.own.document), points or given)

    return change


def other_points() -> bytes:
    """As many points, evaluated under another key."""
    inputs = [b"%d" % n for n in range(256)]
    key = voprf.derive_key(bytes(32), b"another")
    return voprf.evaluate(key, voprf.blind(inputs, bytes(32)).points, bytes(32)).points


def test_forged_proof_is_refused(both: Asked):
    both.counter.changes = changes(EVALUATE, reproved(both, b"", proof="01" * 64))
    stopped(both, both.asks(GEZIM), "bad-proof")


@pytest.mark.parametrize(
    "said",
    [
        {"question": "0" * 64},
        {"batch": 2},
        {"session": "leg-other"},
        {"epoch": "epoch-other"},
        {"evaluated": "0" * 64},
    ],
)
def test_answer_that_says_it_is_to_another_question_is_refused(both: Asked, said: dict[str, object]):
    both.counter.changes = changes(EVALUATE, reproved(both, b"", **said))
    stopped(both, both.asks(GEZIM), "bad-proof")


def test_proof_of_other_points_is_refused(both: Asked):
    both.counter.changes = changes(EVALUATE, reproved(both, other_points()))
    stopped(both, both.asks(GEZIM), "bad-proof")


def test_proof_of_another_key_is_refused(both: Asked):
    def change(body: bytes) -> bytes:
        asked = unpacked(both.evaluations()[-1])[1]
        made: Evaluated = voprf.evaluate(voprf.derive_key(bytes(32), b"another"), asked, bytes(32))
        return reproved(both, made.points, proof=made.proof.hex())(body)

    both.counter.changes = changes(EVALUATE, change)
    stopped(both, both.asks(GEZIM), "bad-proof")


def test_points_that_are_none_are_refused(both: Asked):
    both.counter.changes = changes(EVALUATE, reproved(both, b"\xff" * 32 * 256))
    stopped(both, both.asks(GEZIM), "bad-point")


def test_answer_with_other_points_than_were_signed_is_refused(both: Asked):
    def change(body: bytes) -> bytes:
        document, points = unpacked(body)
        return packed(document, points[32:] + points[:32])

    both.counter.changes = changes(EVALUATE, change)
    stopped(both, both.asks(GEZIM), "bad-proof")


def test_answers_in_each_others_place_are_refused(both: Asked, small: None):
    kept: list[bytes] = []

    def change(body: bytes) -> bytes:
        kept.append(body)
        return kept[0]

    both.counter.changes = changes(EVALUATE, change)
    stopped(both, both.asks(*SEVERAL), "bad-proof")
    assert len(kept) > 1


def test_answer_that_somebody_else_signed_is_refused(both: Asked):
    def change(body: bytes) -> bytes:
        document, points = unpacked(body)
        answer = signing.told(document, Answer)
        return packed(signing.signed(Type.ANSWER, answer, both.asker.means.own.document), points)

    both.counter.changes = changes(EVALUATE, change)
    stopped(both, both.asks(GEZIM), "bad-note")


def test_answer_that_is_none_is_refused(both: Asked):
    both.counter.changes = changes(EVALUATE, lambda body: b"\0\0\0\x05hello")
    stopped(both, both.asks(GEZIM), "bad-input")


def test_receipt_that_is_refused_for_a_month_is_asked_for_no_more(both: Asked):
    both.counter.changes = changes("/crosscheck/receipt", lambda _: b"none")
    session = both.asks(GEZIM)
    for _ in range(2):
        both.pair.both(days=31)
        both.work()
    asked_for = both.counter.paths().count("/crosscheck/receipt")
    assert asked_for == 2
    assert (both.leg(session).state, both.leg(session).code) == (LegState.DONE.value, legs.UNSIGNED)


def test_other_receipt_is_not_kept_and_the_result_stands(both: Asked):
    def change(body: bytes) -> bytes:
        told = msgspec.structs.replace(signing.told(body.decode(), Receipt), subjects=9)
        return signing.signed(Type.RECEIPT, told, both.holder.means.own.document).encode()

    both.counter.changes = changes("/crosscheck/receipt", change)
    session = both.asks(GEZIM)
    leg = both.shown(session).legs[0]
    assert (leg.state, leg.code, leg.has_receipt) == (LegState.DONE, "bad-note", False)
    assert both.hits(session) == [1]
    both.counter.changes = None
    both.pair.both(days=1, minutes=1)
    both.work()
    assert both.shown(session).legs[0].has_receipt


@both_databases
def test_quota_that_is_used_up_is_said(tmp_path: Path, kind: str):
    with asked(tmp_path, kind, agreed=terms(points=300, case_points=300)) as both:
        first, second = both.asks(GEZIM), both.asks(STRANGER)
        assert both.shown(first).state is SessionState.DONE
        stopped(both, second, "over-quota")
        assert both.shown(second).legs[0].left == 300 - 256


def test_new_epoch_before_the_first_batch_is_asked_under_the_new_key(both: Asked):
    both.asks(STRANGER)
    old = both.kept().published.epoch
    session = both.draft(GEZIM)
    both.start(session)
    another_epoch(both)
    both.work()
    leg = both.leg(session)
    assert both.shown(session).state is SessionState.DONE
    assert leg.epoch == both.kept().published.epoch != old
    assert both.hits(session) == [1]
    refused = [each for each in both.entries("crosscheck-refused") if each.detail["code"] == "wrong-epoch"]
    assert len(refused) == 1
    assert len(both.ours("crosscheck-asked")) == 2


def test_new_epoch_in_the_middle_spends_nothing_twice(
    both: Asked, small: None, monkeypatch: pytest.MonkeyPatch
):
    session = both.draft(*SEVERAL)
    both.start(session)
    with monkeypatch.context() as patched:
        patched.setattr(legs, "_ask", stops_after(legs._ask, 3))
        with pytest.raises(Stopped):
            both.work()
    spent = both.holder_served()[0].points
    another_epoch(both)
    both.work()
    stopped(both, session, "wrong-epoch")
    assert [served.points for served in both.holder_served()] == [spent]


def test_cancelled_in_the_middle_nothing_more_is_asked(both: Asked, small: None):
    session = both.draft(*SEVERAL)
    both.start(session)

    def cancel(call: Call) -> None:
        if call.message.url.endswith(EVALUATE) and len(both.evaluations()) == 1:
            asking.cancel(both.asker.office, INVESTIGATOR, session)

    both.counter.before = cancel
    both.work()
    assert len(both.evaluations()) < both.leg(session).batches
    assert both.shown(session).state is SessionState.CANCELLED
    assert both.hits(session) == []
    assert all(row.sealed is None for row in both.batches_of(session))


def test_node_says_who_asks_and_nothing_of_whom(both: Asked):
    session = both.asks(GEZIM)
    (body,) = both.evaluations()
    told = question(body)
    assert (told.officer, told.reference, told.subjects) == (INVESTIGATOR.person, "2026/1", 1)
    assert told.session == both.leg(session).id
    assert session.encode() not in body
    assert b"Vokshi" not in body
    for key in of_question(both.opened(session).overlaps[0].subject):
        assert evaluated(both.partner_name, key) not in body


def test_two_sessions_about_the_same_people_share_no_point(both: Asked):
    for _ in range(2):
        both.asks(GEZIM)
    first, second = (unpacked(body)[1] for body in both.evaluations())
    points = [{each[n : n + 32] for n in range(0, len(each), 32)} for each in (first, second)]
    assert not points[0] & points[1]


def test_set_is_fetched_once_for_several_sessions(both: Asked):
    for _ in range(3):
        both.asks(GEZIM)
    assert len([path for path in both.counter.paths() if path.startswith("/crosscheck/shards")]) == 1
    assert len(both.counter.paths()) == 2 + 3 * 2


class Stopped(RuntimeError):
    """The node was killed here."""


def stops_after(work: Callable[..., object], times: int) -> Callable[..., object]:
    """Does the work so many times, and is killed before the answer of the next is used."""
    done = 0

    def stops(*given: object, **said: object) -> object:
        nonlocal done
        found = work(*given, **said)
        done += 1
        if done > times:
            raise Stopped
        return found

    return stops


def stops_at_once(*_: object) -> object:
    """The node was killed before anything was asked."""
    raise Stopped


def another_epoch(both: Asked) -> None:
    """What was agreed changes, so that the partner is entitled to another set, under another key."""
    agree(both.asker.side, both.holder.side, terms(things=False))
    both.run()


def question(body: bytes) -> Question:
    return signing.told(unpacked(body)[0], Question)
