"""What the holder answers, and what it refuses: each with its own error, in the ledger, and with nothing revealed."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liaison.crosscheck.function.groups import POINT
from liaison.crosscheck.holder import giving, quotas, serving
from liaison.crosscheck.holder.questions import OutOfOrder, Uncountersigned, people_at_least
from liaison.crosscheck.messages import (
    Countersignature,
    Kind,
    Of,
    Receipt,
    packed,
    parted,
    permitted,
    receipt_of,
    unpacked,
    whole_of,
)
from liaison.ledger.keys import Signer
from liaison.model.errors import (
    BadInput,
    BadNote,
    BadPoint,
    Conflict,
    LedgerUnavailable,
    LiaisonError,
    NotFound,
    NotLawful,
    OtherNormaliser,
    OverQuota,
    Replayed,
    WrongEpoch,
    WrongKey,
)
from liaison.model.grounds import Purpose
from liaison.partners import service
from liaison.partners.rules import LinkClosed
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.calls import ROOT, Call, Desk, Trouble, code_of
from liaison.transport.messages import Message, sign_request
from tests.crosscheck.holders import Batch, Crosscheck, crosscheck, terms
from tests.partners.pairs import signer
from tests.screening.conftest import crowd
from tests.screening.node import gezim, nobody
from tests.two_offices import HEAD

FEW = crowd()[:12]
AUTHORITY = signer("court.example", 9)
MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)


@pytest.fixture(name="both", params=["sqlite", "postgresql"], scope="module")
def crosscheck_of_few(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Crosscheck]:
    agreed = terms(
        countersigned_above=50, authorities=(AUTHORITY.verifier.vkey,), points=20_000, case_points=9_000
    )
    with crosscheck(tmp_path_factory.mktemp("holder"), request.param, FEW, agreed) as both:
        yield both


def refused(both: Crosscheck, body: bytes, error: type[LiaisonError]) -> None:
    """This is refused with this error and no other, is in the ledger, and leaves no row."""
    rows, before = both.rows(), len(both.holder.said())
    with pytest.raises(LiaisonError) as found:
        both.evaluate(body)
    assert type(found.value) is error, found.value
    assert both.rows() == rows
    (said,) = both.holder.said()[before:]
    assert (said.what, said.detail["code"]) == (serving.WHAT_REFUSED, code_of(found.value))
    assert said.detail["partner"] == both.asker.origin


def said_otherwise(both: Crosscheck, asked: Batch, /, **said: object) -> bytes:
    """The batch under other words, signed anew."""
    return packed(both.signed(msgspec.structs.replace(asked.question, **said)), asked.blinded.points)


def fresh(both: Crosscheck, parts: int = 1, count: int = 8, **said: object) -> list[Batch]:
    """Batches whose points nobody asked before."""
    return both.batches([os.urandom(16) for _ in range(count)], parts, **said)


def with_points(both: Crosscheck, points: bytes) -> bytes:
    """A question that was truly signed for these points."""
    (batch,) = fresh(both, count=len(points) // POINT)
    digest = sha256(points).hexdigest()
    told = msgspec.structs.replace(batch.question, digest=digest, whole=whole_of([digest]))
    return packed(both.signed(told), points)


def test_a_question_is_answered_counted_and_found(both: Crosscheck) -> None:
    rows = both.rows()
    assert both.found(gezim(), nobody()) == [True, False]
    assert both.rows() == (rows[0] + 2, rows[1] + 2)
    said = both.entries(serving.WHAT_ANSWERED)[-1]
    assert said.detail["partner"] == both.asker.origin
    assert said.digest


def test_an_entry_is_written_before_the_answer_leaves(
    both: Crosscheck, monkeypatch: pytest.MonkeyPatch
) -> None:
    (batch,), rows = fresh(both), both.rows()

    def full(*_: object, **__: object) -> None:
        raise LedgerUnavailable("the disk is full")

    monkeypatch.setattr(serving, "record", full)
    with pytest.raises(LedgerUnavailable):
        both.evaluate(batch.body)
    assert both.rows() == rows


REFUSED: dict[str, tuple[dict[str, object], type[LiaisonError]]] = {
    "no such epoch": ({"epoch": "epoch-other"}, WrongEpoch),
    "another key": ({"public": "ab" * 32}, WrongKey),
    "another normaliser": ({"normaliser": "liaison-xc/v2"}, OtherNormaliser),
    "to another node": ({"holder": "elsewhere.example"}, BadInput),
    "in another's name": ({"asker": "elsewhere.example"}, BadInput),
    "of another federation": ({"federation": "other"}, BadInput),
    "other points than were signed for": ({"digest": "ab" * 32}, BadInput),
    "another number of points": ({"points": 7}, BadInput),
    "a purpose that is not agreed": ({"purpose": Purpose.BORDER_CHECK, "offence": ""}, NotLawful),
    "an offence that is not agreed": ({"offence": "fraud"}, NotLawful),
    "no offence": ({"offence": ""}, NotLawful),
    "of planned actions, which is not agreed": ({"of": Of.ACTIONS}, NotLawful),
    "more than the quota": ({"all_points": 20_001, "batches": 9}, OverQuota),
    "more than the quota of a case": ({"all_points": 9_001, "batches": 9}, OverQuota),
    "too many people without an authority": ({"subjects": 51}, Uncountersigned),
    "too many points for so few people": ({"all_points": 256 + 51 * 37, "batches": 9}, Uncountersigned),
    "not the batches that were told of": ({"whole": "ab" * 32}, OutOfOrder),
    "fewer points than were told": ({"all_points": 9}, OutOfOrder),
    "the second batch first": ({"batch": 2, "batches": 2, "all_points": 16}, OutOfOrder),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_question_is_refused(both: Crosscheck, case: str) -> None:
    said, error = REFUSED[case]
    (batch,) = fresh(both)
    signed = {"countersigned": leave(both, batch)} if error is OverQuota else {}
    refused(both, said_otherwise(both, batch, **signed, **said), error)


def test_points_that_are_none_are_refused(both: Crosscheck) -> None:
    good = fresh(both)[0].blinded.points
    for bad in (
        bytes(POINT),
        b"\xff" * POINT,
        good[:-POINT] + bytes(POINT),
        good[:-1] + bytes([good[-1] | 128]),
    ):
        refused(both, with_points(both, bad), BadPoint)


def test_a_body_that_is_none_is_refused(both: Crosscheck) -> None:
    (batch,) = fresh(both)
    refused(both, b"", BadInput)
    refused(both, batch.body[:-1], BadInput)
    refused(both, batch.body[:40], BadInput)


def test_a_question_counts_for_some_minutes(both: Crosscheck) -> None:
    now = both.asker.clock.now()
    for made in (now - 6 * MINUTE, now + 6 * MINUTE):
        (batch,) = fresh(both)
        refused(both, said_otherwise(both, batch, made=made), BadInput)
    both.ask(fresh(both, made=now - 4 * MINUTE)[0])


def test_a_question_under_another_key_is_refused(both: Crosscheck) -> None:
    (batch,) = fresh(both)
    text = signing.signed(Type.QUESTION, batch.question, Ed25519PrivateKey.generate())
    refused(both, packed(text, batch.blinded.points), BadNote)
    other = signing.signed(Type.RECEIPT, batch.question, both.asker.means.own.document)
    refused(both, packed(other, batch.blinded.points), BadInput)


def test_a_batch_that_was_answered_is_refused_under_any_other_words(both: Crosscheck) -> None:
    (batch,) = fresh(both)
    both.ask(batch)
    refused(both, said_otherwise(both, batch, officer="person-other"), Replayed)
    refused(both, said_otherwise(both, batch, session="session-other"), Replayed)


def test_the_same_question_has_the_same_answer_and_counts_once(both: Crosscheck) -> None:
    (batch,) = fresh(both)
    first, rows = both.evaluate(batch.body), both.rows()
    used = meter(both).used
    assert both.evaluate(batch.body) == first
    both.forward(hours=1)  # however late its answer was missed
    assert both.evaluate(batch.body) == first
    assert (both.rows(), meter(both).used) == (rows, used)


def test_batches_of_a_session_follow_one_another_under_the_same_words(both: Crosscheck) -> None:
    first, second, third = fresh(both, 3, 9)
    refused(both, second.body, OutOfOrder)
    both.ask(first)
    refused(both, third.body, OutOfOrder)
    for said in (
        {"officer": "person-two"},
        {"reference": "2026/2"},
        {"subjects": 2},
        {"batches": 4},
        {"basis": "b"},
    ):
        refused(both, said_otherwise(both, second, **said), OutOfOrder)
    both.ask(second)
    swapped = third.question.whole[::-1]
    refused(both, said_otherwise(both, third, whole=swapped), OutOfOrder)
    both.ask(third)


def test_the_last_batch_completes_what_was_committed_to(both: Crosscheck) -> None:
    first, second = fresh(both, 2)
    both.ask(first)
    (other,) = fresh(both, count=4)
    told = msgspec.structs.replace(second.question, digest=other.question.digest)
    refused(both, packed(both.signed(told), other.blinded.points), OutOfOrder)
    both.ask(second)


def leave(both: Crosscheck, batch: Batch, by: Signer = AUTHORITY, **said: str) -> Countersignature:
    """What an authority signs for a session."""
    told = {
        "holder": both.holder.origin,
        "session": batch.question.session,
        "whole": batch.question.whole,
    } | said
    content = permitted(**told)
    line, _, rest = content.partition(b"\n")
    signature = by.sign_apart(line + b"\n", rest)
    return Countersignature(authority=by.verifier.vkey, signature=signature.hex())


def test_an_authority_lets_more_people_be_asked_about(both: Crosscheck) -> None:
    (batch,) = fresh(both, subjects=51)
    refused(both, batch.body, Uncountersigned)
    other = signer("other.example", 8)
    wrong = [
        leave(both, batch, other),
        msgspec.structs.replace(leave(both, batch, other), authority=AUTHORITY.verifier.vkey),
        leave(both, batch, holder="elsewhere.example"),
        leave(both, batch, session="session-other"),
        leave(both, batch, whole="ab" * 32),
        Countersignature(authority=AUTHORITY.verifier.vkey, signature="00"),
    ]
    for each in wrong:
        refused(both, said_otherwise(both, batch, countersigned=each), Uncountersigned)
        refused(both, said_otherwise(both, batch, countersigned=each, subjects=1), Uncountersigned)
    good = msgspec.structs.replace(batch.question, countersigned=leave(both, batch))
    both.evaluate(packed(both.signed(good), batch.blinded.points))


def test_people_are_counted_by_points_where_those_are_more(both: Crosscheck) -> None:
    def people(subjects: int, points: int) -> int:
        (batch,) = fresh(both)
        return people_at_least(msgspec.structs.replace(batch.question, subjects=subjects, all_points=points))

    assert [people(1, 256), people(9, 256), people(1, 512), people(1, 62_976)] == [1, 9, 7, 1696]


def test_people_of_a_case_count_together_but_for_those_whom_an_authority_signed_for(both: Crosscheck) -> None:
    (signed,) = fresh(both, subjects=60, reference="split")
    leave_given = msgspec.structs.replace(signed.question, countersigned=leave(both, signed))
    both.evaluate(packed(both.signed(leave_given), signed.blinded.points))
    first, second = fresh(both, 2, subjects=30, reference="split")
    both.ask(first)
    both.ask(fresh(both, subjects=20, reference="split")[0])
    both.ask(second)  # of a session that was let in
    refused(both, fresh(both, subjects=1, reference="split")[0].body, Uncountersigned)
    both.ask(fresh(both, subjects=50, reference="of another case")[0])


def test_a_standing_cross_check_that_is_asked_anew_counts_its_people_once(tmp_path: Path) -> None:
    authority = (AUTHORITY.verifier.vkey,)
    with crosscheck(tmp_path, rows=FEW, agreed=terms(countersigned_above=50, authorities=authority)) as both:

        def standing(people: int) -> Batch:
            until = both.asker.clock.now() + 20 * DAY
            return fresh(both, subjects=people, kind=Kind.STANDING, until=until)[0]

        both.forward(days=20)
        both.ask(standing(40))
        first = both.epoch().id
        both.forward(days=9, hours=1)
        both.run()
        assert both.epoch().id != first
        both.ask(standing(40))
        refused(both, fresh(both, subjects=11)[0].body, Uncountersigned)
        refused(both, standing(11).body, Uncountersigned)
        both.ask(fresh(both, subjects=10)[0])


def test_a_standing_question_ends_as_the_agreement_says(both: Crosscheck) -> None:
    now = both.asker.clock.now()
    for days, good in ((60, True), (61, False), (-1, False)):
        until = now + dt.timedelta(days=days)
        (batch,) = fresh(both, kind=Kind.STANDING, until=until)
        both.ask(batch) if good else refused(both, batch.body, NotLawful)


def meter(both: Crosscheck) -> quotas.Meter:
    office = both.holder.office
    now = office.now()
    return office.read(lambda connection: quotas.meter(connection, both.asker.origin, Of.RECORDS, now))


def test_a_quota_is_of_a_partner_and_of_a_case(both: Crosscheck) -> None:
    before = meter(both)
    answer, _ = both.ask(fresh(both, count=100, reference="case a")[0])
    after = meter(both)
    assert (after.used, answer.left) == (before.used + 100, before.left - 100)
    assert (after.by_case["case a"], after.left_of("case a")) == (100, 8_900)


def test_a_receipt_is_signed_by_both_once_all_was_answered(both: Crosscheck) -> None:
    first, second = fresh(both, 2)
    both.ask(first)
    theirs = both.receipt(first)
    office, means = both.holder.office, both.holder.means

    def given(text: str) -> bytes:
        return serving.receipt(office, means, both.partner, text.encode())

    with pytest.raises(OutOfOrder):
        given(theirs)
    both.ask(second)
    for wrong in ({"subjects": 5}, {"points": 9}, {"officer": "other"}, {"whole": "ab" * 32}):
        told = msgspec.structs.replace(receipt_of(first.question), **wrong)  # type: ignore[arg-type]
        with pytest.raises(BadInput):
            given(signing.signed(Type.RECEIPT, told, both.asker.means.own.document))
    with pytest.raises(NotFound):
        given(
            signing.signed(Type.RECEIPT, receipt_of(fresh(both)[0].question), both.asker.means.own.document)
        )
    with pytest.raises(BadNote):
        given(signing.signed(Type.RECEIPT, receipt_of(first.question), Ed25519PrivateKey.generate()))
    ours = given(theirs)
    assert given(theirs) == ours
    told = signing.opened(Type.RECEIPT, ours.decode(), Receipt, both.holder_keys)
    assert told == receipt_of(first.question)
    assert ours.decode().split(".")[1] == theirs.split(".")[1]  # the same bytes
    assert len([e for e in both.entries(serving.WHAT_RECEIPT) if e.detail["session"] == told.session]) == 1


def called(both: Crosscheck, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    """The answer over the desk at which calls of partners are answered."""
    own, office = both.asker.means.own, both.holder.office
    message = Message(method, f"https://holder.example:8443{ROOT}{path}", body, {})
    sign_request(message, own.channel, own.channel_id, both.asker.clock.now(), os.urandom(16).hex())
    desk = Desk(office, both.holder.means, _nothing, _nothing)
    answered = desk.answer(Call(message, own.certificate))
    return answered.status, answered.body


def _nothing() -> object:
    raise AssertionError("nobody asks for the ledger here")


def test_the_desk_answers_calls_and_tells_a_code_alone(both: Crosscheck) -> None:
    (batch,) = fresh(both)
    status, body = called(both, "POST", "/crosscheck/evaluate", batch.body)
    assert (status, unpacked(body)[1]) == (200, unpacked(both.evaluate(batch.body))[1])
    again = said_otherwise(both, batch, session="session-again")
    status, body = called(both, "POST", "/crosscheck/evaluate", again)
    told = msgspec.json.decode(body, type=Trouble)
    assert (status, told.code, told.title) == (409, "replayed", Replayed.title)
    status, body = called(both, "POST", "/crosscheck/receipt", both.receipt(batch).encode())
    assert status == 200


def test_a_set_is_fetched_in_parts(both: Crosscheck) -> None:
    status, text = called(both, "GET", "/crosscheck/set/records")
    told = signing.opened(Type.TOKEN_SET, text.decode(), type(both.published()), both.holder_keys)
    assert (status, told) == (200, both.published())
    place = f"/crosscheck/shards/{told.epoch}/{told.version}"
    status, body = called(both, "GET", f"{place}/0-15")
    assert (status, len(parted(body, 16))) == (200, 16)
    assert called(both, "GET", f"{place}/3-3")[0] == 200
    for wrong, status in (("0-16", 400), ("9-3", 400), ("a-b", 404), ("0-", 404)):
        assert called(both, "GET", f"{place}/{wrong}")[0] == status
    assert called(both, "GET", f"/crosscheck/shards/{told.epoch}/9/0-15")[0] == 409
    assert called(both, "GET", "/crosscheck/shards/epoch-other/1/0-15")[0] == 409
    assert called(both, "GET", "/crosscheck/set/actions")[0] == 403
    assert called(both, "GET", "/crosscheck/set/people")[0] == 404
    assert called(both, "GET", f"/crosscheck/changes/{told.epoch}/1")[0] == 404
    assert {each.detail["what"] for each in both.entries(giving.WHAT)} >= {
        "outline",
        "shards 0-15",
        "shards 3-3",
    }


def test_shards_are_given_up_to_a_size(both: Crosscheck, monkeypatch: pytest.MonkeyPatch) -> None:
    told = both.published()
    monkeypatch.setattr(giving, "MOST", 300)
    with pytest.raises(BadInput):
        giving.shards(both.holder.office, both.partner, told.epoch, told.version, (0, 15))
    assert giving.shards(both.holder.office, both.partner, told.epoch, told.version, (7, 7))


def test_whoever_is_no_partner_any_more_is_answered_nothing(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW) as both:
        (batch,), told = fresh(both), both.published()
        stale = both.partner
        service.end(both.holder.office, HEAD, both.asker.origin)
        refused(both, batch.body, LinkClosed)
        for fetch in (
            lambda: giving.published(both.holder.office, stale, Of.RECORDS),
            lambda: giving.shards(both.holder.office, stale, told.epoch, 1, (0, 3)),
            lambda: giving.change(both.holder.office, stale, told.epoch, 1),
        ):
            with pytest.raises(LinkClosed):
                fetch()


def test_parallel_batches_take_no_more_than_the_quota_together(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW, agreed=terms(points=50, case_points=40)) as both:
        batches = [fresh(both, count=10, reference=f"case {number % 2}")[0] for number in range(8)]

        def ask(batch: Batch) -> bool:
            try:
                both.evaluate(batch.body)
            except OverQuota:
                return False
            return True

        with ThreadPoolExecutor(8) as threads:
            answered = list(threads.map(ask, batches))
        assert sum(answered) == 5
        assert (meter(both).used, meter(both).left, both.rows()) == (50, 0, (5, 5))
        assert len(both.entries(serving.WHAT_REFUSED)) == 3
        with pytest.raises(OverQuota) as over:
            both.evaluate(fresh(both)[0].body)
        assert over.value.retry_after == 30 * 86_400


def test_a_case_has_a_quota_of_its_own(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW, agreed=terms(points=50, case_points=10)) as both:
        both.ask(fresh(both, count=10)[0])
        refused(both, fresh(both, count=1)[0].body, OverQuota)
        both.ask(fresh(both, count=10, reference="another")[0])


def test_while_the_first_set_is_made_nothing_is_given(tmp_path: Path) -> None:
    with crosscheck(tmp_path, rows=FEW, made=False) as both:
        with pytest.raises(Conflict, match="being made"):
            both.published()
        both.run()
        assert both.published().version == 1
