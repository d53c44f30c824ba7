"""What a record must say, and when a person may be a child."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.categories import CaseId, Category, Involvement, OfficerId
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import Assessment, Fact, Holding, maybe_child
from liaison.model.identifiers import Plate
from liaison.model.scales import Graded
from liaison.model.subjects import Name, Person, Vehicle

SUSPECT = Involvement(
    category=Category.SUSPECT, case=CaseId("W-1"), reason="warrant", reviewer=OfficerId("person-1")
)


def a_holding(**said: object) -> Holding:
    values = {
        "list_name": "wanted",
        "record": "17",
        "subject": Person(names=(Name(full="Ana Gashi"),)),
        "owner": "Agency",
        "source": "court",
        "handling": Handling(codes=(HandlingCode.H0,)),
        "retention_until": dt.date(2029, 1, 1),
        "review_at": dt.date(2027, 1, 1),
        "involvement": SUSPECT,
    }
    return Holding(**(values | said))  # type: ignore[arg-type]


def test_a_person_without_category_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        a_holding(involvement=None)
    assert refused.value.field == "category"


def test_a_thing_may_be_without_category() -> None:
    assert a_holding(subject=Vehicle(plate=Plate("AA 123 BB")), involvement=None).category is None


@pytest.mark.parametrize("field", ["list_name", "record", "owner", "source"])
def test_refused_with_an_empty_field(field: str) -> None:
    with pytest.raises(BadInput) as refused:
        a_holding(**{field: " "})
    assert refused.value.field == field


def test_a_review_after_the_end_is_refused() -> None:
    with pytest.raises(BadInput) as refused:
        a_holding(review_at=dt.date(2030, 1, 1))
    assert refused.value.field == "review_at"


def test_facts_stand_apart_from_assessments_and_each_is_graded_and_dated() -> None:
    dated, graded = PartialDate("2025-03"), Graded.read("B2")
    holding = a_holding(
        facts=(Fact(text="seen in Durrës", graded=graded, dated=dated),),
        assessments=(Assessment(text="may flee", graded=graded, dated=dated, assessor="Unit 4"),),
    )
    assert holding.facts[0].graded == holding.assessments[0].graded == graded
    with pytest.raises(TypeError):
        Fact(text="seen in Durrës", dated=dated)  # type: ignore[call-arg]
    with pytest.raises(BadInput):
        Assessment(text="may flee", graded=graded, dated=dated, assessor="")


def test_replaced_fields_are_checked_again() -> None:
    with pytest.raises(BadInput):
        msgspec.structs.replace(a_holding(), involvement=None)


TODAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("born", "child"),
    [
        ("2008-03-02", False),
        ("2008-03-03", True),
        ("2008-03", True),
        ("2008", True),
        ("2007", False),
        ("2008-02-29", False),
    ],
)
def test_in_doubt_a_person_is_a_child(born: str, child: bool) -> None:
    assert maybe_child((PartialDate(born),), TODAY) is child


def test_someone_born_on_a_leap_day_comes_of_age_on_the_first_of_march() -> None:
    assert maybe_child((PartialDate("2008-02-29"),), dt.date(2026, 2, 28))
    assert not maybe_child((PartialDate("2008-02-29"),), dt.date(2026, 3, 1))


def test_one_of_several_dates_is_enough() -> None:
    assert maybe_child((PartialDate("1990"), PartialDate("2015")), TODAY)
    assert not maybe_child((), TODAY)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2025, 12, 31)), st.integers(0, 40_000))
def test_nobody_becomes_a_child_again(born: dt.date, days: int) -> None:
    dates = (PartialDate(born.isoformat()),)
    later = born + dt.timedelta(days=days)
    assert maybe_child(dates, born)
    if not maybe_child(dates, later):
        assert not maybe_child(dates, later + dt.timedelta(days=1))
        assert (later.year, later.month, later.day) >= (born.year + 18, born.month, born.day)
