"""Events as a partner's program sees them: those published to its partner, and its own that wait for the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException

from liaison.formats import misp
from liaison.model.errors import BadInput, LiaisonError, NotFound
from liaison.supply import contributions, published
from liaison.supply.published import Collection, Event
from liaison.web.context import Visit
from liaison.web.errors import problem_of
from liaison.web.headers import request_id, route_of

Object = dict[str, Any]
MOST = 100  # events of one answer
MAX_PAGE = 1_000_000


def told(request: Request[Any, Any, Any], error: Exception) -> Response[Object]:
    """An error as MISP writes it, of the same words as everywhere else."""
    problem = problem_of(error, request_id(request.scope))
    words = ". ".join(text for text in (problem.message, problem.hint) if text)
    if problem.reasons:
        words = "; ".join(f"{each.missing}: {each.remedy}" for each in problem.reasons)
    return Response(
        {"name": problem.title, "message": words, "url": route_of(request.scope)}, status_code=problem.status
    )


HANDLERS: dict[type[Exception] | int, Callable[..., Any]] = {LiaisonError: told, HTTPException: told}


def named(key: str) -> tuple[int, str]:
    """The number or the UUID by which an event is asked for."""
    return (int(key), "") if key.isascii() and key.isdigit() and len(key) < 16 else (0, key.lower())


def one(visit: Visit, key: str) -> Object:
    """One event, its reading recorded. Raises NotFound."""
    number, name = named(key)
    found = every(visit, number, name) if number or name else []
    if not found:
        raise NotFound
    record(visit, found[:1])
    return found[0]


def every(visit: Visit, number: int = 0, key: str = "") -> list[Object]:
    """The events that there are for this account, those published first, then its own that wait. Raises LinkClosed."""
    groups = {each.id: each for each in published.collections(visit.office, visit.who)}
    there = published.events(visit.office, visit.who, number, key)
    there += contributions.own_events(visit.office, visit.who, number, key)
    return [written(each, groups[each.collection]) for each in there]


def record(visit: Visit, shown: Sequence[Mapping[str, Any]]) -> None:
    """Write down which events are told. Raises LedgerUnavailable."""
    published.told_events(visit.office, visit.who, [str(each["uuid"]) for each in shown])


def searched(visit: Visit, wanted: Mapping[str, Any]) -> list[Object]:
    """The events that meet a search, of one page. Raises BadInput."""
    return paged([each for each in every(visit) if misp.matches(each, wanted)], wanted)


def paged(found: list[Object], wanted: Mapping[str, Any]) -> list[Object]:
    """One page, as `limit` and `page` ask for it. Raises BadInput."""
    limit = _number(wanted, "limit", MOST)
    start = (_number(wanted, "page", 1) - 1) * limit
    return found[start : start + min(limit, MOST)]


def written(event: Event, group: Collection) -> Object:
    """An event in MISP's form."""
    shared = group_of(group)
    if event.publication is not None:
        return misp.event(event.publication, event.number, shared)
    return event.raw | {"id": str(event.number), "SharingGroup": shared, "sharing_group_id": shared["id"]}


def group_of(collection: Collection) -> Object:
    """A collection as a sharing group."""
    return misp.sharing_group(collection.id, collection.title, collection.members)


def place_of(visit: Visit, event: Mapping[str, Any]) -> str:
    """The collection that an event is sent to: its sharing group, or the only one that takes contributions.

    Raises NotFound, BadInput.
    """
    groups = published.collections(visit.office, visit.who)
    wanted = str(event.get("sharing_group_id") or "0")
    if wanted != "0":
        for each in groups:
            if wanted in (each.id, str(misp.number_of(each.id))):
                return each.id
        raise NotFound
    open_ones = [each.id for each in groups if each.writable]
    if len(open_ones) != 1:
        raise BadInput(
            "it is not said with whom it is shared",
            field="sharing_group_id",
            hint="name a sharing group that takes contributions",
        )
    return open_ones[0]


def _number(wanted: Mapping[str, Any], name: str, default: int) -> int:
    given = wanted.get(name)
    if given in (None, ""):
        return default
    text = str(given)
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_PAGE):
        raise BadInput(f"the {name} is no number above 0", field=name, hint="write 1 or more")
    return int(text[:9])
