"""What TAXII 2.1 lays down of the wire: media types, filters, pages, errors. Sections are the specification's."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException

from liaison.formats import stix
from liaison.model.errors import BadInput, LiaisonError, NotSignedIn
from liaison.supply.published import MOST, Filter, Held, Page
from liaison.web.errors import problem_of
from liaison.web.headers import request_id

TAXII = "application/taxii+json;version=2.1"
STIX = "application/stix+json;version=2.1"
SPECS = frozenset({"2.0", "2.1"})
ALL = frozenset({"all"})
LONGEST = 400  # signs of a parameter
MOST_VALUES = 100
CURSOR = re.compile(r"([1-9]\d{0,17})-([0-9a-f]{16})")
CHALLENGE = 'Basic realm="liaison", charset="UTF-8"'


class NotAcceptable(LiaisonError):
    """The client takes no form that TAXII 2.1 answers in."""

    status = 406
    title = "The answer has another form than what is asked for"
    hint = f"send Accept: {TAXII}"


class WrongForm(LiaisonError):
    """The body is not what TAXII 2.1 takes."""

    status = 415
    title = "The body is in the wrong form"
    hint = f"send Content-Type: {TAXII}"


class Unprocessable(LiaisonError):
    """The body is JSON, and no envelope of TAXII 2.1."""

    status = 422
    title = "The body is no envelope"
    hint = 'send {"objects": [...]} with STIX 2.1 objects'


def answer(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    """An answer in TAXII's form."""
    body = msgspec.json.encode(content)
    return Response(body, status_code=status, headers={"Content-Type": TAXII} | dict(headers or {}))


def told(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """An error as TAXII writes it (3.6.1), of the same words as everywhere else."""
    problem = problem_of(error, request_id(request.scope))
    status = 403 if problem.status == 409 else problem.status
    message = {
        "title": problem.title,
        "description": ". ".join(text for text in (problem.message, problem.hint) if text),
        "error_code": problem.type,
        "http_status": str(status),
    }
    if problem.reasons:
        message["description"] = "; ".join(f"{each.missing}: {each.remedy}" for each in problem.reasons)
    headers = {"WWW-Authenticate": CHALLENGE} if isinstance(error, NotSignedIn) else {}
    return answer(message, status, headers)


HANDLERS: dict[type[Exception] | int, Callable[..., Any]] = {
    LiaisonError: told,
    HTTPException: told,
}


def require_accept(request: Request[Any, Any, Any]) -> None:
    """Raises NotAcceptable where the client takes neither TAXII 2.1 nor anything (3.5, RFC 9110 section 12.5.1)."""
    asked = request.headers.get("accept", "*/*")
    if not any(_accepted(part) for part in asked.split(",")):
        raise NotAcceptable("this answers in TAXII 2.1 alone")


def require_content(request: Request[Any, Any, Any], body: bytes) -> list[object]:
    """The objects of an envelope. Raises WrongForm, BadInput for no JSON, Unprocessable."""
    kind, options = _media(request.headers.get("content-type", ""))
    if kind != "application/taxii+json" or options.get("version", "2.1") != "2.1":
        raise WrongForm("the body is not TAXII 2.1")
    try:
        sent = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise BadInput("the body is not JSON", hint="send an envelope") from None
    objects = sent.get("objects") if isinstance(sent, dict) else None
    if not isinstance(objects, list) or not objects:
        raise Unprocessable("there is no list of objects in it")
    return objects


def filter_of(
    request: Request[Any, Any, Any], place: str, *, ids: frozenset[str] = frozenset(), every: bool = False
) -> Filter:
    """The filter of a request's query (3.4, 3.5). `place` is what is read: a cursor of elsewhere is refused.
    `every`: all versions are read.

    Raises BadInput, naming the parameter.
    """
    query = {name: request.query_params.getall(name) for name in request.query_params}
    for name, values in query.items():
        if name in KNOWN and (len(values) != 1 or not 0 < len(values[0]) <= LONGEST):
            raise BadInput(f"{name} stands there twice, or says nothing or too much", field=name)
    given = {name: values[0] for name, values in query.items() if name in KNOWN}
    added = given.get("added_after")
    specs = _values(given, "match[spec_version]")
    if specs - SPECS:
        raise BadInput("there is no such version of STIX", field="match[spec_version]", hint="2.0 or 2.1")
    versions = ALL if every else _values(given, "match[version]") or frozenset({"last"})
    for text in versions - {"last", "first", "all"}:
        stix.read_time(text)
    wanted = Filter(
        added_after=stix.read_time(added) if added else None,
        ids=ids or _values(given, "match[id]"),
        types=_values(given, "match[type]"),
        specs=specs,
        versions=versions,
        limit=_limit(given.get("limit")),
    )
    return _after(wanted, given["next"], place) if "next" in given else wanted


KNOWN = frozenset(
    {"added_after", "limit", "next", "match[id]", "match[type]", "match[version]", "match[spec_version]"}
)


def paged(page: Page, place: str, wanted: Filter, rows: str, content: list[Any]) -> Response[bytes]:
    """A page in TAXII's form: `more` and `next` where there is more, and when its first and last were added (3.5)."""
    if not content:
        return answer({})
    told: dict[str, Any] = {rows: content}
    if page.more:
        told = {"more": True, "next": cursor(page.objects[-1].seq, place, wanted)} | told
    first, last = page.objects[0].added, page.objects[-1].added
    dates = {"X-TAXII-Date-Added-First": moment(first), "X-TAXII-Date-Added-Last": moment(last)}
    return answer(told, headers=dates)


def row_of(held: Held) -> dict[str, str]:
    """An object as the manifest has it (5.3)."""
    version = stix.timestamp(held.version)
    return {"id": held.id, "date_added": moment(held.added), "version": version, "media_type": STIX}


def moment(time: dt.datetime) -> str:
    """A time to the microsecond, so that to go on from it misses nothing."""
    return f"{time.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def cursor(seq: int, place: str, wanted: Filter) -> str:
    """Where the next page begins: behind the last object of this one, in an order that only grows. It never loops."""
    return f"{seq}-{_mark(place, wanted)}"


def _after(wanted: Filter, text: str, place: str) -> Filter:
    match = CURSOR.fullmatch(text)
    if match is None or match[2] != _mark(place, wanted):
        raise BadInput(
            "this is no cursor of this search", field="next", hint="take it from the page before, as it is"
        )
    return replace(wanted, after=int(match[1]))


def _mark(place: str, wanted: Filter) -> str:
    """What ties a cursor to its search; the number of objects on a page may change from one to the next."""
    said = (place, str(wanted.added_after), *(sorted(part) for part in _parts(wanted)))
    return sha256(repr(said).encode()).hexdigest()[:16]


def _parts(wanted: Filter) -> tuple[frozenset[str], ...]:
    return wanted.ids, wanted.types, wanted.specs, wanted.versions


def _values(given: Mapping[str, str], name: str) -> frozenset[str]:
    values = given[name].split(",") if name in given else []
    if len(values) > MOST_VALUES or not all(values):
        raise BadInput("a value is empty, or there are too many", field=name, hint="write a,b,c")
    return frozenset(values)


def _limit(text: str | None) -> int:
    if text is None:
        return MOST
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) < 1:
        raise BadInput("the limit is no number above 0", field="limit", hint="write 1 or more")
    return min(int(text), MOST)


def _accepted(part: str) -> bool:
    kind, options = _media(part)
    if options.get("q", "1") in ("0", "0.0", "0.00", "0.000"):
        return False
    if kind in ("*/*", "application/*"):
        return True
    return kind == "application/taxii+json" and options.get("version", "2.1") == "2.1"


def _media(text: str) -> tuple[str, dict[str, str]]:
    kind, *rest = (part.strip() for part in text.split(";"))
    pairs = (part.partition("=") for part in rest)
    return kind.casefold(), {name.strip().casefold(): value.strip().strip('"') for name, _, value in pairs}
