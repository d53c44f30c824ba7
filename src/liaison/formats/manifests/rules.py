"""What is doubtful of a manifest on a given day. The day is the caller's: nothing here reads a clock."""

from __future__ import annotations

from datetime import date, timedelta

from liaison.formats.edifact.doubts import Doubt
from liaison.formats.manifests.model import Manifest

AHEAD = timedelta(days=362)  # carriers sell no further ahead (IATA: schedules are open for 361 days)


def doubts_on(manifest: Manifest, today: date) -> tuple[Doubt, ...]:
    """Doubts about the days of the flights: one that has left, or leaves further ahead than flights are sold.

    Days are of the airport of departure.
    """
    told = []
    for flight in manifest.flights:
        days = [leg.departs[:10] for leg in flight.legs if leg.departs]
        if not days:
            told.append(f"the {manifest.form} does not say when {flight.name} departs")
        elif max(days) < today.isoformat():
            told.append(f"{flight.name} departed on {max(days)}, before today")
        elif min(days) > (today + AHEAD).isoformat():
            told.append(f"{flight.name} departs on {min(days)}, more than a year ahead")
    hint = f"look whether an old {manifest.form} was read again, or the date in it is wrong or missing"
    return tuple(Doubt(0, -1, words, hint, manifest.file) for words in told)
