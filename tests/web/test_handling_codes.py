"""A handling code stands in each of the lists that name them all: the test that fails first when one is added."""

from __future__ import annotations

from importlib import resources

import pytest

from liaison.formats.handling_marks import MARKS
from liaison.holdings import fields
from liaison.model.handling import MEANINGS, UNSTATED, HandlingCode
from liaison.supply.consent import LIFTABLE
from liaison.web.requested import HANDLING
from liaison.web.supplied import ADDED, LIFTS

ALWAYS, WRITTEN = HandlingCode.H0, HandlingCode.H3  # holds in any case; has the originator's own words
PAGES = ("macros/show.html", "pages/received_item.html")


@pytest.mark.parametrize("code", HandlingCode)
def test_a_code_has_its_meaning_and_its_words_for_whoever_sets_it(code: HandlingCode) -> None:
    assert MEANINGS[code]
    assert str(HANDLING[code]).startswith(f"{code.value}: ")


@pytest.mark.parametrize("code", HandlingCode)
def test_a_code_is_read_from_files(code: HandlingCode) -> None:
    restriction = "ask first" if code is WRITTEN else ""
    assert code in fields.handling(code.value, restriction).codes


@pytest.mark.parametrize("code", HandlingCode)
@pytest.mark.parametrize("page", PAGES)
def test_a_code_has_words_on_pages(page: str, code: HandlingCode) -> None:
    text = (resources.files("liaison.web") / "templates" / page).read_text("utf-8")
    assert f'"{code.value}": ' in text


def test_every_code_holds_where_none_was_stated() -> None:
    assert {*UNSTATED.codes} == {*HandlingCode}


def test_every_code_but_the_first_can_be_lifted_by_the_originator() -> None:
    assert {*LIFTABLE} == {*LIFTS} == {*HandlingCode} - {ALWAYS}


def test_every_code_without_words_of_its_own_has_one_mark_and_can_be_added_by_whoever_passes_on() -> None:
    assert {*MARKS} == {*HandlingCode} - {WRITTEN}
    assert {*ADDED} == {*HandlingCode} - {ALWAYS, WRITTEN}
