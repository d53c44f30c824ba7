"""Copies that are taken away, as the screen and the API offer them: forms, what each door lets through, and the answer
that carries the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec
from litestar import Response
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.response import Stream

from liaison.assistance.leaving import Taken, footing_of_request
from liaison.formats.copies import MEDIA, Form
from liaison.holdings.access import Footing
from liaison.model.errors import BadInput
from liaison.model.handling import HandlingCode
from liaison.policy import Action
from liaison.supply import rules
from liaison.supply.leaving import Copy
from liaison.supply.rules import Door
from liaison.web.context import Visit
from liaison.web.footing import footing_of
from liaison.web.forms import Form as Sent
from liaison.web.language import later

FORMS = {
    Form.PAPER: (later("On paper (PDF)"), later("To print: every page says who took it and when.")),
    Form.TABLE: (later("Table (CSV)"), later("For a spreadsheet; no cell is taken for a formula.")),
    Form.ENTITIES: (later("FollowTheMoney"), later("JSON, one entity a line, for tools that trace.")),
    Form.STIX: (later("STIX 2.1"), later("Things, never persons. Nothing under H2 or H3.")),
    Form.MISP: (later("MISP event"), later("JSON for MISP. Nothing under H2 or H3.")),
}
GOES, STAYS = later("Goes along"), later("Left out")
PERMITTED = later("Only where the originator has permitted it")
Short = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=4_000)]


class Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A body whose texts are texts: half of a surrogate pair is none, and a zero is refused by some databases."""

    def __post_init__(self) -> None:
        """Refuse what is no text: the API tells it as a fault of the body."""
        for name in self.__struct_fields__:
            text = getattr(self, name)
            if isinstance(text, str) and ("\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text)):
                raise ValueError(f"{name} holds a sign that is no text")


class Copying(Plain, frozen=True, forbid_unknown_fields=True):
    """In which form a copy is made, on which grounds of one's own, and for which court, if it is for one."""

    form: Form = msgspec.field(name="format")  # `form` is what a page sends: the framework takes it for that
    grounds: Short
    court: Short = ""


class Answerers(Plain, frozen=True, forbid_unknown_fields=True):
    """The same; whoever answered may write a justification in place of grounds: the request gives the rest."""

    form: Form = msgspec.field(name="format")
    grounds: Short = ""
    justification: Words = ""
    court: Short = ""


@dataclass
class CopyOperation(Operation):
    """How the description tells of a call whose answer is a file: a media type for each form."""

    def __post_init__(self) -> None:
        """Put the forms in place of the one type that the framework knows of."""
        held = (self.responses or {}).get("200")
        if isinstance(held, OpenAPIResponse):
            held.content = {
                media: OpenAPIMediaType(schema=Schema(description=f"The copy: {form.name.lower()}"))
                for form, media in MEDIA.items()
            }


def offered(visit: Visit, forms: tuple[Form, ...] = tuple(Form)) -> list[tuple[str, str, str]]:
    """The forms as choices, each with a word on it."""
    return [(form.value, visit.say(FORMS[form][0]), visit.say(FORMS[form][1])) for form in forms]


def let_through(
    visit: Visit, codes: Mapping[str, int], *, own: bool
) -> list[tuple[list[str], int, str, str, str]]:
    """What each door does with records, by their codes: the codes, how many records, and the words for file and paper,
    for STIX and MISP, and for a court."""
    rows = []
    for text, count in codes.items():
        held = frozenset(HandlingCode(code) for code in text.split())
        unbound = rules.shut(held, Action.DISCLOSE, Door.MISP)
        bound = rules.to_be_lifted(held, Action.USE_IN_COURT) & held and not own
        formats = f"{visit.say(STAYS)} ({_named(held & rules.UNBOUND_NEVER)})" if unbound else visit.say(GOES)
        against = _named(held & rules.to_be_lifted(held, Action.USE_IN_COURT))
        court = f"{visit.say(PERMITTED)} ({against})" if bound else visit.say(GOES)
        rows.append((text.split(), count, visit.say(GOES), formats, court))
    return rows


def chosen_form(form: Sent, forms: tuple[Form, ...] = tuple(Form)) -> Form:
    """The form that was chosen. Raises BadInput."""
    found = form.chosen("form", Form)
    if found not in forms:
        raise BadInput("this is not one of the choices", field="form", hint="choose one of the list")
    return found


def footing(visit: Visit, request: str, grounds: str, words: str) -> Footing:
    """One's own grounds; or, for whoever answers a request, that request's with their own words. Raises NotFound,
    BadInput where neither is given."""
    if request and not grounds:
        return footing_of_request(visit.office, visit.actor, request, words)
    if not grounds:
        raise BadInput("this is needed", field="grounds", hint="choose the case and purpose")
    return footing_of(visit, grounds)


def answer(copy: Copy | Taken) -> Response[Any]:
    """A copy as a file that is saved. One that is written part by part is sent so."""
    headers = {"Content-Disposition": f'attachment; filename="{copy.name}"'}
    if isinstance(copy, Copy):
        return Response(copy.content, media_type=copy.form.media, headers=headers)
    if not copy.form.streams:
        return Response(b"".join(copy.parts), media_type=copy.form.media, headers=headers)
    return Stream(_begun(copy.parts), media_type=copy.form.media, headers=headers)


def _begun(parts: Iterator[bytes]) -> Iterator[bytes]:
    """The parts, of which the first is made before anything is sent: what goes wrong there is still told."""
    first = next(parts, b"")

    def every() -> Iterator[bytes]:
        yield first
        yield from parts

    return every()


def _named(codes: frozenset[HandlingCode]) -> str:
    return " ".join(code.value for code in HandlingCode if code in codes)
