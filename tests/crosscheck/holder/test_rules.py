"""What may become a match key, for every category, state and condition."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from liaison.crosscheck.holder.light import DECODER, LightHolding
from liaison.crosscheck.holder.rules import CrosscheckTerms, Standing, Unpublished, publishable, unpublished
from liaison.holdings.rules import SUPPLIED
from liaison.holdings.shelves import ENCODER
from liaison.model.categories import CaseId, Category, Involvement, OfficerId
from liaison.model.dates import PartialDate
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import Change, Holding, State, Version
from liaison.model.identifiers import Plate
from liaison.model.subjects import Name, Person, Vehicle

TODAY = dt.date(2026, 11, 21)
STANDING = Standing(today=TODAY)
EVERY = CrosscheckTerms(categories=frozenset(Category))


def kept(said: Holding) -> LightHolding:
    """The record as a set reads it again after it was kept."""
    change = Change(what="imported", by=OfficerId("o"), at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    return DECODER.decode(ENCODER.encode(Version(holding=said, change=change))).holding


def record(category: Category = Category.SUSPECT, born: str = "1984-02-13") -> LightHolding:
    return kept(said(category, born))


def said(category: Category = Category.SUSPECT, born: str = "1984-02-13") -> Holding:
    return Holding(
        list_name="wanted", record="1", owner="us", source="us", handling=Handling(codes=(HandlingCode.H0,)),
        subject=Person(names=(Name(full="A B"),), born=(PartialDate(born),)), retention_until=dt.date(2027, 1, 1),
        review_at=dt.date(2026, 12, 1),
        involvement=Involvement(category=category, case=CaseId("c"), reason="r", reviewer=OfficerId("o")),
    )  # fmt: skip


@pytest.mark.parametrize("category", list(Category))
def test_protected_categories_are_never_published_whatever_the_terms(category: Category) -> None:
    may = category in {Category.SUSPECT, Category.CONVICTED, Category.CONTACT}
    assert publishable(record(category), STANDING, EVERY) is may


@pytest.mark.parametrize("category", list(Category))
def test_by_default_only_suspects_and_convicted(category: Category) -> None:
    may = category in {Category.SUSPECT, Category.CONVICTED}
    assert publishable(record(category), STANDING, CrosscheckTerms()) is may


@pytest.mark.parametrize("born", ["2008-11-22", "2008", "2008-12", "2015-01-01"])
def test_who_may_be_a_child_is_never_published(born: str) -> None:
    assert unpublished(record(born=born), STANDING, EVERY) is Unpublished.MINOR


def test_any_date_of_birth_by_which_somebody_may_be_a_child_counts() -> None:
    born = (PartialDate("1984-02-13"), PartialDate("2012-05-06"))
    either = Person(names=(Name(full="A B"),), born=born)
    assert (
        unpublished(kept(msgspec.structs.replace(said(), subject=either)), STANDING, EVERY)
        is Unpublished.MINOR
    )


def test_a_person_of_whom_it_is_not_known_why_there_is_a_record_is_never_published() -> None:
    nobody_knows = msgspec.structs.replace(record(), involvement=None)
    assert not publishable(nobody_knows, STANDING, EVERY)


def test_who_came_of_age_today_is() -> None:
    assert publishable(record(born="2008-11-21"), STANDING, EVERY)


@pytest.mark.parametrize("state", [state for state in State if state is not State.LIVE])
def test_only_live_records(state: State) -> None:
    assert unpublished(record(), Standing(today=TODAY, state=state), EVERY) is Unpublished.STATE


def test_an_overdue_record_is_not() -> None:
    assert unpublished(record(), Standing(today=dt.date(2027, 1, 2)), EVERY) is Unpublished.OVERDUE


def test_what_a_partner_supplied_is_not() -> None:
    supplied = msgspec.structs.replace(said(), list_name=f"{SUPPLIED}them")
    assert unpublished(kept(supplied), STANDING, EVERY) is Unpublished.NOT_OWN


def test_what_is_restricted_in_words_is_not() -> None:
    held = msgspec.structs.replace(
        said(), handling=Handling(codes=(HandlingCode.H3,), restriction="ask first")
    )
    assert unpublished(kept(held), STANDING, EVERY) is Unpublished.HANDLING


def test_things_as_the_terms_say() -> None:
    car = kept(msgspec.structs.replace(said(), subject=Vehicle(plate=Plate("AA 123 BB")), involvement=None))
    assert publishable(car, STANDING, CrosscheckTerms())
    assert unpublished(car, STANDING, CrosscheckTerms(things=False)) is Unpublished.THING


def test_a_thing_of_a_victim_is_not_published() -> None:
    car = kept(msgspec.structs.replace(said(Category.VICTIM), subject=Vehicle(plate=Plate("AA 123 BB"))))
    assert str(unpublished(car, STANDING, EVERY)) == "a victim, a witness or a missing person"
