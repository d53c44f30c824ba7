"""The text of a request as it is written: from a form, from a program, and back into a form."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec

from liaison.assistance.drafting import Draft
from liaison.assistance.messages import Wanted
from liaison.model.errors import BadInput
from liaison.model.handling import Handling, HandlingCode
from liaison.web.forms import Form

LONGEST = 4_000  # characters of a text
Short = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=LONGEST)]
SHORTS = (
    "partner",
    "grounds",
    "reference",
    "instrument",
    "exchange",
    "contact",
    "article",
    "marking",
    "term",
)
TEXTS = ("description", "link", "belief", "restrictions", "urgency")


class NewRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A request to be drafted, on grounds of one's own, which say purpose, offence and case.

    `partner` is the origin of the partner's node. `urgency` says why it is urgent; empty where it is not. `exception`
    is the code for which the own single point of contact has no copy, `centre` the coordination centre that has one.
    `term` names another term of the instrument, as "other-purpose" of ECRIS where the person concerned asked.
    """

    partner: Short
    grounds: Short
    reference: Short
    instrument: Short
    exchange: Short
    description: Words
    link: Words
    belief: Words
    wanted: Annotated[list[Wanted], msgspec.Meta(min_length=1, max_length=len(Wanted))]
    contact: Short
    review_at: dt.date
    retention_until: dt.date
    handling: tuple[HandlingCode, ...] = (HandlingCode.H0,)
    restriction: Words = ""
    language: Annotated[str, msgspec.Meta(max_length=20)] = "en"
    article: Short = ""
    urgency: Words = ""
    restrictions: Words = ""
    marking: Short = ""
    exception: Short = ""
    centre: Short = ""
    term: Short = ""


def draft_sent(sent: NewRequest) -> Draft:
    """The text that a program sent. Raises BadInput with the field."""
    given = {name: getattr(sent, name) for name in sent.__struct_fields__}
    codes, restriction = given.pop("handling"), given.pop("restriction")
    wanted = tuple(dict.fromkeys(given.pop("wanted")))
    return Draft(**given, wanted=wanted, handling=Handling(codes=codes, restriction=restriction))


def draft_in(form: Form) -> Draft:
    """The text that a form holds. Raises BadInput with the field."""
    wanted = tuple(form.all_chosen("wanted", Wanted))
    codes = tuple(form.all_chosen("handling", HandlingCode))
    if not wanted:
        raise BadInput("nothing is asked for", field="wanted", hint="say what is wanted of each subject")
    if form.ticked("urgent") != bool(form.text("urgency")):
        raise BadInput(
            "an urgent request says why", field="urgency", hint="tick the box and say why, or neither"
        )
    copied = form.needed("copied", longest=40)
    return Draft(
        **{name: form.text(name, longest=200) for name in SHORTS},
        **{name: form.text(name) for name in TEXTS},
        language=form.text("language", longest=20) or "en",
        wanted=wanted,
        handling=Handling(codes=codes, restriction=form.text("restriction")),
        review_at=day_in(form, "review_at"),
        retention_until=day_in(form, "retention_until"),
        exception="" if copied == "copy" else copied,
        centre=form.text("centre", longest=200),
    )


def form_of(text: Draft) -> Form:
    """A form that holds this text."""
    fields = {name: [str(getattr(text, name))] for name in (*SHORTS, *TEXTS, "language", "centre")}
    fields |= {
        "wanted": [each.value for each in text.wanted],
        "handling": [code.value for code in text.handling.codes],
        "restriction": [text.handling.restriction],
        "urgent": ["yes"] if text.urgency else [],
        "copied": [text.exception or "copy"],
        **_date_fields("review_at", text.review_at),
        **_date_fields("retention_until", text.retention_until),
    }
    return Form(fields)


def new_form(today: dt.date, review_days: int, retention_days: int) -> Form:
    """An empty form with the dates and the handling that are asked for most."""
    return Form(
        {
            "handling": ["H0"],
            "wanted": ["identity", "records"],
            "copied": ["copy"],
            **_date_fields("review_at", today + dt.timedelta(days=review_days)),
            **_date_fields("retention_until", today + dt.timedelta(days=retention_days)),
        }
    )


def date_parts(form: Form, name: str) -> tuple[str, str, str]:
    """Day, month and year as they stand in a form."""
    day, month, year = (form.text(f"{name}-{part}", longest=4) for part in ("day", "month", "year"))
    return day, month, year


def day_in(form: Form, name: str) -> dt.date:
    """A date of a form. Raises BadInput where it is empty or none."""
    found = form.date(name)
    if found is None:
        raise BadInput("this is needed", field=name, hint="write day, month and year in figures")
    return found


def _date_fields(name: str, day: dt.date) -> dict[str, list[str]]:
    return {f"{name}-day": [str(day.day)], f"{name}-month": [str(day.month)], f"{name}-year": [str(day.year)]}
