"""What may be on a copy, for how long it is good, and how long a scan is remembered. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from liaison.holdings.rules import is_protected
from liaison.model.categories import Category
from liaison.model.errors import BadInput
from liaison.model.holding import Holding
from liaison.model.subjects import Document, Person, Vehicle
from liaison.screening.checkpoint.forms import (
    DOCUMENT,
    NUMBER,
    PERSON,
    PLATE,
    Form,
    document_form,
    number_form,
    person_forms,
    plate_form,
)
from liaison.screening.checkpoint.verdicts import TELLING, Order, Verdict, called, is_quiet, orders_of
from liaison.screening.documents_rules import reports

CARRIED = frozenset({Category.SUSPECT, Category.CONVICTED})
REMEMBERED = timedelta(days=7)  # beyond the life of a copy: so long a booth may be without the node
CODE_SIGNS = 10  # 50 bits
LONGEST_PLACE = 80  # characters
COUNTED = {DOCUMENT: "documents", PLATE: "plates", NUMBER: "vehicle-numbers", PERSON: "people"}
FOUND = ("people", "children", "documents", "vehicles", "other")  # of what there are counts
MOST_FOUND = 10_000  # in one count


class Entry(msgspec.Struct, frozen=True):
    """What a copy says behind a mark: kind, orders, whom to call, whether it is quiet, the record, its last day.

    `until` is the day from which it matches no more, as 2026-11-23; empty where that is after the copy's end.
    """

    kind: str
    orders: tuple[Order, ...]
    call: str
    quiet: bool
    reference: str
    until: str = ""


def carried(holding: Holding, today: date) -> tuple[Form, ...]:
    """The forms under which a record stands on a copy; none for one that is not carried: whoever is protected, and
    what nobody reported, wants or can be told apart by."""
    if is_protected(holding, today) or holding.category not in CARRIED:
        return ()
    return tuple((kind, form) for kind, form in _forms(holding) if form)


def entry(holding: Holding, kind: str, reference: str, allowed: frozenset[str], expires: datetime) -> Entry:
    """What a copy that ends at `expires` says of a record."""
    ends = holding.retention_until
    gone = datetime.combine(ends, time(), UTC) < expires
    return Entry(
        kind=kind,
        orders=orders_of(holding, allowed),
        call=called(holding),
        quiet=is_quiet(holding),
        reference=reference,
        until=ends.isoformat() if gone else "",
    )


def merged(one: Entry, two: Entry) -> Entry:
    """What a copy says where two records have one mark: every order of both, quiet where either is, and the later end.

    The office and the reference are those of the one that is quiet, else of the first.
    """
    first, second = (two, one) if two.quiet and not one.quiet else (one, two)
    orders = dict.fromkeys((*first.orders, *second.orders))
    return msgspec.structs.replace(
        first,
        orders=tuple(sorted(orders, key=TELLING.index)),
        until=max(one.until, two.until) if one.until and two.until else "",
    )


def kept_for(copy_hours: int, document_hours: int) -> timedelta:
    """For how long scans are remembered: until nobody can send one again that was made on a copy."""
    return max(timedelta(hours=copy_hours) + REMEMBERED, timedelta(hours=document_hours))


def place_of(text: str) -> str:
    """The name of a place. Raises BadInput for one that is too long."""
    place = " ".join(text.split())
    if len(place) > LONGEST_PLACE:
        words = f"this has {len(place)} characters; at most {LONGEST_PLACE} are taken"
        raise BadInput(words, field="place", hint="name the place in a few words")
    return place


def time_of(text: str) -> datetime:
    """When a scan was made without the node. Raises BadInput for what is no time with its zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None or not 2000 <= at.year < 9000:
        raise BadInput(f"{text!r} is not a time", field="at", hint="write it as 2026-11-22T02:00:00Z")
    return at.astimezone(UTC)


def verdict_of(text: str) -> Verdict:
    """What a device said. Raises BadInput."""
    known = {verdict.value: verdict for verdict in Verdict}
    if text not in known:
        hint = f"write one of {', '.join(known)}"
        raise BadInput(f"{text!r} is no verdict", field="verdict", hint=hint)
    return known[text]


def require_counts(of: str, found: int, helped: int) -> None:
    """Raises BadInput for counts that cannot be."""
    if of not in FOUND:
        raise BadInput(f"{of!r} is not counted", field="of", hint=f"write one of {', '.join(FOUND)}")
    for field, number in (("found", found), ("helped", helped)):
        if not 0 <= number <= MOST_FOUND:
            raise BadInput(f"{number} is no count", field=field, hint=f"write 0 to {MOST_FOUND:,}")
    if not found and not helped:
        raise BadInput("nothing is counted", field="found", hint="say how many were found or helped")


def _forms(holding: Holding) -> Iterator[Form]:
    match holding.subject:
        case Document() as paper:
            if reports(holding, (paper,)):
                yield DOCUMENT, document_form(str(paper.number), str(paper.issuer or ""))
        case Vehicle(plate=plate, vin=vin) if holding.wanted is not None:
            yield PLATE, plate_form(str(plate or ""))
            yield NUMBER, number_form(str(vin or ""))
        case Person(names=names, born=born):
            for name in names:
                for day in born:
                    yield from ((PERSON, form) for form in person_forms(name, day, every=True))
