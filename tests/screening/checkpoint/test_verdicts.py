"""A verdict is the worst that speaks for it; what holds back is told at once, what acts waits for a person."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from liaison.matching.dates import WORDS, Grade
from liaison.model.holding import Instruction
from liaison.model.identifiers import Country, DocumentNumber, Plate
from liaison.model.subjects import Document, Vehicle
from liaison.model.wanted import ActionCode, Sought, Wanted
from liaison.screening.checkpoint.verdicts import (
    Order,
    Verdict,
    called,
    has_paper,
    is_quiet,
    of_document,
    of_person,
    of_thing,
    orders_of,
    worst,
)
from liaison.screening.content import Why
from liaison.screening.document_rules import Outcome
from liaison.screening.finding_things import AGREES, READS_ALIKE
from tests.node_fixtures import START
from tests.screening.node import VOKSHI, holding

ALLOWED = frozenset(each.value for each in Instruction)


def wanted(action: ActionCode, risk: str = "") -> object:
    entry = Wanted(
        sought=Sought.WANTED,
        action=action,
        basis="order 1",
        office="Desk X",
        contact="+355 4 555 0100",
        risk=risk,
    )
    ends = (START + timedelta(days=20)).date()
    return holding(
        VOKSHI,
        subject=Vehicle(plate=Plate("AA107OB")),
        wanted=entry,
        instruction=None,
        retention_until=ends,
        review_at=ends,
    )


def test_a_hit_goes_before_a_stop_and_a_stop_before_a_look() -> None:
    order = [Verdict.CLEAR, Verdict.LOOK, Verdict.STOP, Verdict.HIT]
    for one, two in product(order, order):
        assert worst((one, two)) is order[max(order.index(one), order.index(two))]
    assert worst(()) is Verdict.CLEAR


def test_a_plate_that_is_only_read_alike_is_looked_at_again() -> None:
    assert of_thing([]) is Verdict.CLEAR
    assert of_thing([READS_ALIKE]) is Verdict.LOOK
    assert of_thing([READS_ALIKE, AGREES]) is Verdict.HIT


@pytest.mark.parametrize(
    ("reasons", "same", "verdict"),
    [
        ({"document": 5}, True, "hit"),
        ({"document": 5}, False, "look"),
        ({"name": 90, "date": 5}, False, "hit"),
        ({"document": 5, "date": 5}, False, "look"),
        ({"name": -5, "date": 5, "document": 5}, False, "look"),
        ({"name": 90}, False, "look"),
        ({"sex": 5}, False, "look"),
    ],
)
def test_a_name_alone_or_a_number_one_sign_apart_is_no_match(
    reasons: dict[str, int], same: bool, verdict: str
) -> None:
    words = {"date": WORDS[Grade.EQUAL]}
    why = [Why(kind=kind, words=words.get(kind, "-"), worth=worth) for kind, worth in reasons.items()]
    assert of_person([(why, same)]) is Verdict(verdict)


@pytest.mark.parametrize("grade", [grade for grade in Grade if grade is not Grade.EQUAL])
def test_a_date_that_is_only_like_another_is_no_match(grade: Grade) -> None:
    why = [Why(kind="name", words="-", worth=90), Why(kind="date", words=WORDS[grade], worth=5)]
    assert of_person([(why, False)]) is Verdict.LOOK


@pytest.mark.parametrize(
    ("number", "issuer", "same"),
    [
        ("XX0000001", "ALB", True),
        ("XX0000001", "", True),
        ("XX0000001", "SRB", False),
        ("XX0000002", "ALB", False),
    ],
)
def test_a_document_is_the_same_to_the_sign_and_of_no_other_state(
    number: str, issuer: str, same: bool
) -> None:
    asked = Document(number=DocumentNumber("XX0000001"), issuer=Country("ALB"))
    paper = Document(number=DocumentNumber(number), issuer=Country(issuer) if issuer else None)
    assert has_paper(holding(VOKSHI, subject=paper), [asked]) is same
    assert has_paper(holding(VOKSHI, document=number), [asked]) is (number == "XX0000001")


def test_a_document_that_does_not_hold_together_is_stopped_and_a_reported_one_is_a_hit() -> None:
    assert of_document(Outcome.NOTHING_FOUND, [], False, Verdict.CLEAR) is Verdict.CLEAR
    assert of_document(Outcome.LOOK_AGAIN, [], False, Verdict.CLEAR) is Verdict.LOOK
    assert of_document(Outcome.STOP, [], False, Verdict.LOOK) is Verdict.STOP
    assert of_document(Outcome.STOP, [], True, Verdict.CLEAR) is Verdict.HIT
    assert of_document(Outcome.NOTHING_FOUND, ["date.expired"], False, Verdict.CLEAR) is Verdict.LOOK
    assert of_document(Outcome.NOTHING_FOUND, ["date.others"], False, Verdict.CLEAR) is Verdict.CLEAR


@pytest.mark.parametrize(
    ("instruction", "told", "quiet"),
    [
        (None, (), False),
        (Instruction.CALL, (Order.CALL,), False),
        (Instruction.SEIZE_DOCUMENT, (), False),
        (Instruction.DISCREET, (Order.DISCREET,), True),
        (Instruction.DO_NOT_ALERT, (Order.DO_NOT_ALERT,), True),
    ],
)
def test_what_holds_an_officer_back_is_told_at_once_and_what_acts_is_not(
    instruction: Instruction | None, told: tuple[Order, ...], quiet: bool
) -> None:
    record = holding(VOKSHI, instruction=instruction)
    assert orders_of(record, ALLOWED) == (*told, Order.VERIFY)
    assert is_quiet(record) is quiet
    assert orders_of(record, frozenset()) == (Order.VERIFY,), (
        "an instruction that the law does not have is not told"
    )
    assert is_quiet(record) is quiet, "and it is quiet all the same"


@pytest.mark.parametrize(
    ("action", "quiet"),
    [(ActionCode.STOP, False), *((each, True) for each in ActionCode if each is not ActionCode.STOP)],
)
def test_a_vehicle_that_is_to_be_stopped_is_verified_first(action: ActionCode, quiet: bool) -> None:
    record = wanted(action)
    assert is_quiet(record) is quiet  # type: ignore[arg-type]
    told = [order.value for order in orders_of(record, ALLOWED)]  # type: ignore[arg-type]
    assert told == [*([action.value] if quiet else []), "verify"]
    assert called(record) == "Desk X, +355 4 555 0100"  # type: ignore[arg-type]


def test_danger_is_told_first() -> None:
    record = wanted(ActionCode.STOP, "the driver may be armed")
    assert orders_of(record, ALLOWED) == (Order.DANGER, Order.VERIFY)  # type: ignore[arg-type]
