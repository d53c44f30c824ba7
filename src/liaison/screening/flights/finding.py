"""All passengers of a manifest looked up at once, by name and by their documents alone; nothing is kept here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import log2

import numpy as np

from liaison.formats.manifests import people
from liaison.formats.manifests.model import Passenger
from liaison.matching.columns import People
from liaison.matching.dates import BIT
from liaison.matching.index import Index
from liaison.matching.search import Hits, Limits, search
from liaison.screening.bulk_runs import ClearedPairs
from liaison.screening.content import Shown
from liaison.screening.documents_rules import reports
from liaison.screening.finding import Hit, Pairs, hits_of
from liaison.screening.flights import columns
from liaison.screening.identity import subject_key
from liaison.screening.list_rules import MOST_ALERTS
from liaison.screening.records import Terms

BY_CHANCE = 0.02  # records that match a passenger by chance, at most: 20 alerts on 1,000 people
FLOOR = 8.0  # bits that an alert has at least


@dataclass(frozen=True, slots=True)
class Found:
    """Records that match, strongest first; how many more there are than are kept, and how many pairs were cleared
    before; the score that was asked for, in 1/10,000 bit."""

    hits: tuple[Hit, ...]
    more: int
    cleared: int
    least: int


def least(records: int) -> float:
    """The score in bits at which a passenger matches at most BY_CHANCE records by chance. Nothing is filled up: a
    flight without anybody who is sought has as good as no alerts."""
    return max(log2(max(records, 1)) - log2(BY_CHANCE), FLOOR)


def find(
    index: Index,
    passengers: Sequence[Passenger],
    named: People,
    pairs: Pairs,
    cleared: Mapping[str, ClearedPairs],
    progress: Callable[[int, int], None] | None = None,
) -> Found:
    """The records that match passengers, `named` as columns.by_name has them; `hit.subject.id` is the place, from 1."""
    wanted = least(len(index))
    first = _search(index, named, cleared["name"], wanted, progress)
    papers = columns.by_document(passengers)
    second = _search(index, papers, cleared["document"], wanted)
    found = hits_of(index, named, first.take(np.arange(min(len(first), MOST_ALERTS))), pairs)
    known = {(hit.subject.id, hit.holding) for hit in found}
    alone = hits_of(index, papers, second.take(np.arange(min(len(second), MOST_ALERTS))), pairs)
    missed = [hit for hit in alone if (hit.subject.id, hit.holding) not in known]
    every = sorted((*found, *_as_named(missed, passengers, named, pairs)), key=lambda hit: -hit.score)
    more = max(len(first) - MOST_ALERTS, 0) + max(len(every) - MOST_ALERTS, 0)
    left_out = sum(each.left_out for each in cleared.values())
    return Found(tuple(every[:MOST_ALERTS]), more, left_out, round(wanted * BIT))


def _search(
    index: Index,
    asked: People,
    cleared: ClearedPairs,
    wanted: float,
    progress: Callable[[int, int], None] | None = None,
) -> Hits:
    return search(index, asked, Limits(min_score=wanted, cleared=cleared), progress)


def _as_named(hits: Sequence[Hit], passengers: Sequence[Passenger], named: People, pairs: Pairs) -> list[Hit]:
    """Hits by a document alone, on the passenger by name: so that the pair is known again."""
    if not hits:
        return []
    rows = {text: row for row, text in enumerate(named.ids)}
    scoped = pairs.scoped(named)
    made = []
    for hit in hits:
        place, row = int(hit.subject.id) - 1, rows.get(hit.subject.id)
        own = bytes.fromhex(subject_key(scoped, row, pairs.salt)) if row is not None else hit.subject_digest
        made.append(replace(hit, subject=_side(place, passengers[place]), subject_digest=own))
    return made


def _side(place: int, one: Passenger) -> Shown:
    name = f"{one.names[0].given} {one.names[0].surname}".strip() if one.names else ""
    return Shown(
        id=str(place + 1), name=name, born=one.born, sex=one.sex.lower(), nationality=one.nationality
    )


def reported(one: Passenger, terms: Terms | None) -> bool:
    """Whether a record reports one of a passenger's documents as lost, stolen or invalid."""
    person = people.person(one)
    return bool(terms and person and reports(terms.holding, person.documents))
