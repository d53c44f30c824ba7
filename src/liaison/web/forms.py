"""What a person sent in a form: bounded texts, choices and files; and the form shown again with what was wrong."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.exceptions import ClientException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge

from liaison.model.errors import BadInput, LiaisonError, NotLawful
from liaison.web.language import later
from liaison.web.multipart import Upload, parts_of
from liaison.web.render import Field

Chosen = TypeVar("Chosen", bound=Enum)
LONGEST = 4_000  # characters of a field, unless told
MOST_FIELDS = 500
PARTS = ("year", "month", "day")  # of a date that is sent in three fields
DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{1,20})?")
NEEDED = later("this is needed")
FILL_IN = "fill it in"
FORMS = (RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART)


class WrongMedia(LiaisonError):
    """The body is in a form that this address does not take."""

    status = 415
    title = "The body is in the wrong form"
    hint = "send a form as application/x-www-form-urlencoded or multipart/form-data"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that was wrong with a form. `field` is the name of the input it is about, or empty."""

    message: str
    field: str = ""
    hint: str = ""
    label: str = ""  # of the field, once the page was drawn

    @property
    def told(self) -> str:
        """The message for the summary, with the field it is about."""
        return f"{self.label}: {self.message}" if self.label else self.message

    @property
    def beside(self) -> str:
        """The message for the field itself, with what to write there instead."""
        return f"{self.message}: {self.hint}" if self.hint else self.message


@dataclass(frozen=True, slots=True)
class Form:
    """The fields that were sent, in order, and what was found wrong with them. An empty one stands for a new form."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)
    uploads: dict[str, list[Upload]] = field(default_factory=dict)  # every file of a field that takes several
    problems: tuple[Problem, ...] = ()
    refusal: NotLawful | None = None

    def text(self, name: str, *, longest: int = LONGEST) -> str:
        """The field, without space around it; empty where it was not sent. Raises BadInput when it is too long."""
        text = (self.fields.get(name) or [""])[0].strip()
        if len(text) > longest:
            raise BadInput(f"this has {len(text)} characters; at most {longest} are taken", field=name)
        return text

    def needed(self, name: str, *, longest: int = LONGEST) -> str:
        """The field. Raises BadInput where it is empty."""
        text = self.text(name, longest=longest)
        if not text:
            raise BadInput(NEEDED, field=name, hint=FILL_IN)
        return text

    def secret(self, name: str) -> str:
        """A password as it was typed, spaces and all. Raises BadInput where it is empty or too long."""
        typed = (self.fields.get(name) or [""])[0]
        if not typed or len(typed) > LONGEST:
            raise BadInput(NEEDED if not typed else "this is too long", field=name)
        return typed

    def all(self, name: str) -> list[str]:
        """Every value of a field that may be given more than once."""
        return [text.strip() for text in self.fields.get(name, []) if text.strip()]

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.all(name))

    def chosen(self, name: str, kind: type[Chosen]) -> Chosen:
        """The member of an enum by its value. Raises BadInput."""
        return _member(self.needed(name), name, kind)

    def all_chosen(self, name: str, kind: type[Chosen]) -> list[Chosen]:
        """Members of an enum by their values. Raises BadInput."""
        return [_member(text, name, kind) for text in self.all(name)]

    def date(self, name: str) -> dt.date | None:
        """A date from NAME-day, NAME-month and NAME-year, or from NAME as 2026-03-31; None where all are empty."""
        parts = [self.text(f"{name}-{part}", longest=4) for part in PARTS]
        written = "-".join(part.zfill(2) for part in parts) if any(parts) else self.text(name, longest=10)
        if not written:
            return None
        try:
            return dt.date.fromisoformat(written)
        except ValueError:
            raise BadInput(
                later("this is no date"), field=name, hint="write day, month and year in figures"
            ) from None

    def number(self, name: str, least: int, most: int) -> int:
        """A whole number from `least` to `most`. Raises BadInput."""
        text = self.needed(name, longest=12)
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise BadInput(f"this is not a whole number from {least} to {most}", field=name)
        return int(text)

    def degrees(self, name: str) -> float:
        """Degrees as a plain decimal number, with a point or a comma. Raises BadInput."""
        text = self.needed(name, longest=30)
        if not DEGREES.fullmatch(text):
            raise BadInput(later("this is no number"), field=name, hint=later("give degrees, as 41.3275"))
        return float(text.replace(",", "."))

    def file(self, name: str) -> Upload:
        """A file that was sent; its name is a person's text, never a path. Raises BadInput where there is none."""
        found = self.files.get(name)
        if found is None:
            raise BadInput(later("no file was chosen"), field=name, hint="choose a file")
        return found

    def several(self, name: str) -> list[Upload]:
        """The files that were sent in one field, none where nobody chose one."""
        return [each for each in self.uploads.get(name, []) if each.filename]

    def refused(self, error: LiaisonError) -> Form:
        """The same form with what was wrong: shown again, it keeps what was typed."""
        where = error.field if isinstance(error, BadInput) else ""
        own = error.hint if error.hint not in {type(error).hint, FILL_IN} else ""
        problem = Problem(str(error), where, own)
        refusal = error if isinstance(error, NotLawful) else self.refusal
        return replace(self, problems=(*self.problems, problem), refusal=refusal)

    def error(self, name: str) -> str:
        """What was wrong with one field; empty where nothing was."""
        return next((problem.beside for problem in self.problems if problem.field == name), "")

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Messages with the ids of their fields, for the summary at the top of the page."""
        return [(problem.told, problem.field) for problem in self.problems]

    def drawn(self, fields: Mapping[str, Field], say: Callable[[str], str]) -> Form:
        """The form with every problem by the label of its field, in the order of the page.

        A field that has to be filled in and was sent empty is a problem too, whichever was met first.
        """
        about = {problem.field for problem in self.problems}
        if not about & set(fields):
            return self
        empty = [name for name in fields if fields[name].required and self._empty(name) and name not in about]
        found = [*self.problems, *(Problem(NEEDED, name) for name in empty)]
        labelled = [
            _labelled(each, fields[each.field], say) if each.field in fields else each for each in found
        ]
        order = {name: place for place, name in enumerate(fields)}
        return replace(self, problems=tuple(sorted(labelled, key=lambda each: order.get(each.field, -1))))

    def _empty(self, name: str) -> bool:
        """Whether the field, or each part of a date, was sent with nothing in it."""
        names = [name, *(f"{name}-{part}" for part in PARTS)]
        return any(each in self.fields for each in names) and not any(self.all(each) for each in names)


def _labelled(problem: Problem, field: Field, say: Callable[[str], str]) -> Problem:
    """A problem as the page of its field words it. An empty field may have a sentence of its own, which names it."""
    if problem.message == NEEDED and field.needed:
        return replace(problem, message=field.needed, hint="")
    hint = say(problem.hint) if problem.hint else ""
    return replace(problem, message=say(problem.message), hint=hint, label=field.label)


def end_of(day: dt.date, longest: dt.datetime) -> dt.datetime:
    """The end of a last day; of the latest that the law allows, this hour of it. Raises BadInput for a day without an
    end: the last of the calendar."""
    if day == longest.date():
        return longest
    if day >= dt.date.max:
        raise BadInput(later("this day is too far ahead"), field="until", hint=later("name an earlier day"))
    return dt.datetime.combine(day, dt.time(), dt.UTC) + dt.timedelta(days=1)


async def the_form(request: Request[Any, Any, Any]) -> Form:
    """The form of a request. Raises WrongMedia for a body of another kind, BadInput for one that cannot be read."""
    kind, _ = request.content_type
    if not kind and request.headers.get("content-length", "0") == "0":
        return Form()
    if kind not in FORMS:
        raise WrongMedia("this address takes a form")
    try:
        return _of(await _sent(request, kind))
    except RequestEntityTooLarge:
        raise
    except (ValueError, ClientException) as error:
        raise BadInput("the form could not be read", hint="send it again") from error


async def _sent(request: Request[Any, Any, Any], kind: str) -> list[tuple[str, Any]]:
    """The pairs of a form. They are read here: the framework would keep the texts of one that is URL-encoded, and
    with them names and passwords, in a cache, and write files to the disk as they are."""
    if kind == RequestEncodingType.MULTI_PART:
        return list(await parts_of(request.stream(), request.content_type[1].get("boundary", "")))
    written = (await request.body()).decode("ascii")
    return parse_qsl(written, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)


def _of(sent: list[tuple[str, Any]]) -> Form:
    fields: dict[str, list[str]] = {}
    files: dict[str, Upload] = {}
    uploads: dict[str, list[Upload]] = {}
    for name, value in sent:
        if isinstance(value, Upload):
            files[name] = value
            uploads.setdefault(name, []).append(value)
        else:
            fields.setdefault(name, []).append(_plain(str(value)))
    return Form(fields, files, uploads)


def _plain(text: str) -> str:
    """The text, if it is one: half of a surrogate pair is none, which is seen at once where it is encoded."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadInput("a text holds a sign that is no text") from None
    if "\0" in text:
        raise BadInput("a text holds a sign that is no text")
    return text.replace("\r\n", "\n")


def _member(text: str, name: str, kind: type[Chosen]) -> Chosen:
    try:
        return kind(text)
    except ValueError:
        raise BadInput(
            later("this is not one of the choices"), field=name, hint="choose one of the list"
        ) from None
