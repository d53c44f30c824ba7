"""Forms and cursors: bounded, exact, and shown again with what was wrong."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import BadInput, Conflict
from liaison.model.roles import Role
from liaison.web.forms import Form
from liaison.web.paging import cursor_of, parts_of, slice_by_number
from liaison.web.render import Field


def a_form(**fields: str) -> Form:
    return Form({name.replace("_", "-"): [text] for name, text in fields.items()})


def test_a_text_is_trimmed_and_bounded() -> None:
    assert a_form(name="  Ana ").text("name") == "Ana"
    with pytest.raises(BadInput) as refused:
        a_form(name="x" * 11).text("name", longest=10)
    assert refused.value.field == "name"


def test_what_is_needed_names_its_field() -> None:
    with pytest.raises(BadInput) as refused:
        a_form(name=" ").needed("name")
    assert refused.value.field == "name"


def test_a_field_says_what_to_write_there_and_the_summary_stays_short() -> None:
    thin = BadInput("it says too little", field="why", hint="three words or more")
    form = a_form(why="x").refused(thin)
    assert form.error("why") == "it says too little: three words or more"
    assert form.errors == [("it says too little", "why")]


@pytest.mark.parametrize("hint", [None, "fill it in"])
def test_a_field_repeats_no_hint_that_says_nothing(hint: str | None) -> None:
    assert (
        a_form().refused(BadInput("this is needed", field="why", hint=hint)).error("why") == "this is needed"
    )


def test_a_password_keeps_its_spaces() -> None:
    assert a_form(password=" two words ").secret("password") == " two words "


def test_a_choice_is_one_of_the_list() -> None:
    assert a_form(role="auditor").chosen("role", Role) is Role.AUDITOR
    with pytest.raises(BadInput):
        a_form(role="Auditor").chosen("role", Role)


@pytest.mark.parametrize(
    ("fields", "written"),
    [
        ({"on_day": "3", "on_month": "2", "on_year": "2026"}, "2026-02-03"),
        ({"on": "2026-02-03"}, "2026-02-03"),
        ({}, "None"),
    ],
)
def test_a_date_in_parts_or_whole(fields: dict[str, str], written: str) -> None:
    assert str(a_form(**fields).date("on")) == written


@pytest.mark.parametrize(
    "fields", [{"on": "03.02.2026"}, {"on_day": "31", "on_month": "2", "on_year": "2026"}]
)
def test_a_date_that_is_none_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(BadInput) as refused:
        a_form(**fields).date("on")
    assert refused.value.field == "on"


@pytest.mark.parametrize("text", ["0", "11", "-1", "1.5", "٣", "1e3", ""])
def test_a_number_outside_its_bounds_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        a_form(count=text).number("count", 1, 10)


def test_a_refused_form_keeps_what_was_typed() -> None:
    form = a_form(name="Ana").refused(BadInput("too short", field="name"))
    assert form.text("name") == "Ana"
    assert form.error("name") == "too short"
    assert form.errors == [("too short", "name")]


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_a_cursor_gives_back_its_parts(parts: list[str]) -> None:
    clean = [part.encode("utf-8", "replace").decode() for part in parts]
    assert parts_of(cursor_of(*clean), len(clean)) == tuple(clean)


@given(st.text(min_size=1, max_size=60))
def test_a_cursor_of_nobodys_making_is_refused_or_read(text: str) -> None:
    with suppress(BadInput):
        assert isinstance(parts_of(text, 1), tuple)


@given(st.integers(0, 60), st.integers(1, 20))
def test_slices_give_every_row_once(count: int, limit: int) -> None:
    rows, seen, cursor = list(range(count)), [], ""
    while True:
        part = slice_by_number(rows, cursor, limit)
        seen += part.rows
        cursor = part.after
        if not cursor:
            break
    assert seen == rows


FIELDS = {
    "title": Field("Title", required=True),
    "until": Field("Kept until", required=True),
    "note": Field("Note", required=False),
    "other": Field("Other form", required=True),
}


def test_every_problem_is_told_by_the_label_of_its_field_in_the_order_of_the_page() -> None:
    sent = Form({"note": [""], "title": [" "], "until-day": [""], "until-month": [""], "until-year": [""]})
    form = sent.refused(BadInput("this is no date", field="note")).drawn(FIELDS, str)
    assert form.errors == [
        ("Title: this is needed", "title"),
        ("Kept until: this is needed", "until"),
        ("Note: this is no date", "note"),
    ]
    assert form.error("until") == "this is needed"


def test_what_was_sent_is_not_said_to_be_needed() -> None:
    sent = Form({"title": [""], "until-day": ["3"], "until-month": [""], "until-year": [""]})
    form = sent.refused(BadInput("this is no date", field="until")).drawn(FIELDS, str)
    assert [field for _, field in form.errors] == ["title", "until"]


def test_a_refusal_that_is_about_no_field_stands_alone() -> None:
    form = Form({"title": [""]}).refused(Conflict("it is closed")).drawn(FIELDS, str)
    assert form.errors == [("it is closed", "")]
