"""Passenger lists held against lists of records in files, without a node: nothing is kept, and nobody is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from liaison.formats.manifests import Manifest
from liaison.matching.columns import People
from liaison.matching.index import Index
from liaison.matching.search import Limits, search
from liaison.screening.flights import columns
from liaison.screening.flights.finding import least
from liaison.screening.leads import Lead, lead
from liaison.screening.service import require_lists


@dataclass(frozen=True, slots=True)
class Led:
    """An alert on a passenger: the place in the list from 0, and the lead."""

    place: int
    lead: Lead


@dataclass(frozen=True, slots=True)
class Checked:
    """A manifest and the alerts on those whom it lists, strongest first."""

    manifest: Manifest
    alerts: tuple[Led, ...]

    @property
    def with_alert(self) -> int:
        """How many people have an alert."""
        return len({each.place for each in self.alerts})


def check(manifests: Sequence[Manifest], index: Index, limits: Limits = Limits()) -> list[Checked]:
    """Everybody on each manifest looked up in one go, by name and by documents alone, as a node does it.

    Without limits an alert takes the score of `finding.least`. Raises BadSetting for a list that is not there.
    """
    require_lists(index, limits)
    if limits.min_score is None and limits.alerts_per_1000 is None:
        limits = replace(limits, min_score=least(len(index)))
    return [_checked(manifest, index, limits) for manifest in manifests]


def _checked(manifest: Manifest, index: Index, limits: Limits) -> Checked:
    found: dict[tuple[int, str, str], Led] = {}
    for asked in (columns.by_name(manifest.passengers), columns.by_document(manifest.passengers)):
        for each in _found(index, asked, limits):
            found.setdefault((each.place, each.lead.list, each.lead.record.id), each)
    return Checked(manifest, tuple(sorted(found.values(), key=lambda each: -each.lead.score)))


def _found(index: Index, asked: People, limits: Limits) -> list[Led]:
    if not len(asked):
        return []
    hits = search(index, asked, limits)
    leads = (lead(index, asked, hits, row) for row in range(len(hits)))
    return [Led(int(each.subject.id) - 1, each) for each in leads]
