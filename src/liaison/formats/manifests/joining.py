"""Parts of a message put together, and people who came twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from liaison.formats.edifact.doubts import Doubt
from liaison.formats.manifests.model import Flight, Manifest, Passenger

SAYS_IT_LISTS = "the message says it lists"  # how the readers begin a doubt about the number of people
TOLD = 100  # people who came twice that are said one by one


def join(manifests: Iterable[Manifest]) -> list[Manifest]:
    """One manifest for each message, where the first of its parts stood. Parts come in any order, from any file."""
    groups: dict[object, list[Manifest]] = {}
    for number, manifest in enumerate(manifests):
        groups.setdefault(shared(manifest) or number, []).append(manifest)
    return [_counted(_once(_joined(parts)), parts) for parts in groups.values()]


def shared(manifest: Manifest) -> tuple[str, ...] | None:
    """What the parts of a message have in common; None for one that came whole.

    Carriers give what they take back the reference of what they sent: that is another message, and so is the same
    flight of another day.
    """
    part = manifest.part
    if part is None or not part.reference:
        return None
    first = manifest.flights[0] if manifest.flights else None
    day = first.legs[0].departs[:10] if first and first.legs else ""
    back = manifest.change if manifest.cancelled else ""
    name = first.name if first else ""
    return (manifest.message, manifest.kind.value, manifest.sender, part.reference, name, day, back)


def _joined(parts: list[Manifest]) -> Manifest:
    if parts[0].part is None:
        return parts[0]
    ordered = sorted(parts, key=lambda manifest: manifest.part.number if manifest.part else 0)
    passengers: list[Passenger] = []
    for manifest in ordered:
        passengers += _moved(manifest.passengers, len(passengers))
    doubts = [doubt for manifest in ordered for doubt in manifest.doubts]
    return msgspec.structs.replace(
        ordered[0],
        part=ordered[0].part if len(ordered) == 1 else None,
        flights=_flights(ordered),
        passengers=tuple(passengers),
        dropped=sum(manifest.dropped for manifest in ordered),
        doubts=(*doubts, *_missing(ordered)),
        file=", ".join(dict.fromkeys(manifest.file for manifest in ordered if manifest.file)),
    )


def _counted(manifest: Manifest, parts: list[Manifest]) -> Manifest:
    """With the number that the message says it lists: carriers count the part, or the whole in every part."""
    if len(parts) < 2:
        return manifest
    declared = [part.declared for part in parts if part.declared is not None]
    doubts, whole = manifest.doubts, len(manifest.passengers)
    if whole in declared:
        doubts = tuple(doubt for doubt in doubts if not doubt.words.startswith(SAYS_IT_LISTS))
    total = whole if whole in declared else sum(declared)
    return msgspec.structs.replace(manifest, declared=total if declared else None, doubts=doubts)


def _moved(passengers: Sequence[Passenger], by: int) -> Iterable[Passenger]:
    for one in passengers:
        moved = by and one.infant_of is not None
        yield msgspec.structs.replace(one, infant_of=(one.infant_of or 0) + by) if moved else one


def _flights(ordered: list[Manifest]) -> tuple[Flight, ...]:
    return tuple(dict.fromkeys(flight for manifest in ordered for flight in manifest.flights))


def _missing(ordered: list[Manifest]) -> list[Doubt]:
    """Doubts about parts that did not come, or came twice."""
    parts = [manifest.part for manifest in ordered if manifest.part]
    numbers = [part.number for part in parts]
    reference = parts[0].reference
    told = []
    missing = sorted(set(range(1, max(numbers) + 1)) - set(numbers))
    if missing:
        told.append(f"of the message {reference!r} part {', '.join(map(str, missing))} did not come")
    if not any(part.final for part in parts):
        told.append(f"of the message {reference!r} the last part (F) did not come: people may be missing")
    if len(set(numbers)) < len(numbers):
        told.append(f"of the message {reference!r} a part came twice")
    return [Doubt(0, -1, words, "read all parts together, or ask for the missing one") for words in told]


def _once(manifest: Manifest) -> Manifest:
    """The manifest without people who came twice, exactly as they were, in one message."""
    places: dict[object, int] = {}
    kept: list[Passenger] = []
    now: list[int] = []  # where each passenger went
    doubts: list[Doubt] = []
    for one in manifest.passengers:
        key = _same(one)
        place = places.get(key, -1) if key else -1
        if place < 0:
            place = len(kept)
            kept.append(one)
            if key:
                places[key] = place
        else:
            kept[place] = _merged(kept[place], one)
            words = f"somebody stands twice, first in {manifest.piece} {kept[place].segment}; counted once"
            doubts.append(Doubt(one.segment, -1, words, "look whether they are two people", manifest.file))
        now.append(place)
    if len(kept) == len(manifest.passengers):
        return manifest
    kept = [
        msgspec.structs.replace(one, infant_of=now[one.infant_of]) if one.infant_of is not None else one
        for one in kept
    ]
    more = len(doubts) - TOLD
    rest = [Doubt(0, -1, f"{more:,} more people stand twice", "", manifest.file)] if more > 0 else []
    return msgspec.structs.replace(
        manifest, passengers=tuple(kept), doubts=(*manifest.doubts, *doubts[:TOLD], *rest)
    )


def _same(one: Passenger) -> object:
    """What two listings of one person share; None where too little is known to say so."""
    if not (one.names and (one.born or one.documents)):
        return None
    return (one.names[0], one.born, one.documents[:1], one.locator, one.role)


def _merged(one: Passenger, other: Passenger) -> Passenger:
    """One person of two listings: what the first does not say is taken from the second, and every name and document
    of both is kept."""
    more = {
        name: getattr(other, name)
        for name in one.__struct_fields__
        if getattr(one, name) in ("", None, ()) and getattr(other, name) not in ("", None, ())
    }
    for name in ("names", "documents"):  # whom either of them may be is looked up
        if new := [each for each in getattr(other, name) if each not in getattr(one, name)]:
            more[name] = (*getattr(one, name), *new)
    return msgspec.structs.replace(one, **more) if more else one
