"""What a check does, in order: read, search, leave out what was cleared, write the alerts, the bad rows and the report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from liaison.matching.columns import People
from liaison.matching.index import Index
from liaison.matching.search import Hits, Limits
from liaison.model.errors import BadInput, BadSetting
from liaison.screening import report
from liaison.screening.alerts import STANDARD_OUTPUT, bad_rows_path, whole_file, write_alerts, write_bad_rows
from liaison.screening.bulk import search_with
from liaison.screening.cleared import Cleared, Clearing
from liaison.screening.identity import record_key, subject_key
from liaison.screening.leads import Lead, lead
from liaison.screening.progress import Progress, quiet
from liaison.screening.rules import bits
from liaison.screening.sources import Source, records

REPORTED = 100  # alerts in a report


@dataclass(frozen=True, slots=True)
class Order:
    """A check of many people: against what, within which limits, and where the answers go."""

    against: tuple[Path, ...]
    alerts: Path
    limits: Limits = Limits()
    report: Path | None = None
    reported: int = REPORTED
    cleared: Path | None = None
    jobs: str = ""  # where the work is done: "" here, a number of processes, ray, ray://...
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a check came to. `least` is the score of the weakest alert, in 1/10,000 bit."""

    subjects: str
    people: int
    records: int
    lists: tuple[str, ...]
    alerts: int
    people_with_alert: int
    least: int
    left_out: int
    bad_rows: int
    notes: tuple[str, ...]
    alerts_file: Path
    bad_rows_file: Path | None
    report_file: Path | None
    index: Index = field(repr=False)
    subjects_read: People = field(repr=False)
    hits: Hits = field(repr=False)

    def lead(self, rank: int) -> Lead:
        """The alert of a rank, 1 for the strongest."""
        return lead(self.index, self.subjects_read, self.hits, rank - 1)


def check(name: str, subjects: Source, order: Order, now: datetime, progress: Progress = quiet) -> Outcome:
    """Check people against lists and write what was found. `name` is what the subjects are called in the report.

    Raises BadInput, BadSetting, DamagedIndex, JobLost; nothing is written then.
    """
    for path in filter(None, (order.alerts, order.report)):
        require_folder(path)
    held = records(order.against, order.columns, progress)
    require_lists(held.index, order.limits)
    cleared = Cleared.open(order.cleared) if order.cleared else None
    people, limits = subjects.people, replace(order.limits, cleared=cleared)
    hits = search_with(order.jobs, held.index, people, limits, lambda done, total: progress("Checking", done, total))
    write_alerts(order.alerts, held.index, people, hits)
    bad = (*subjects.bad, *held.bad)
    bad_file = None if order.alerts == STANDARD_OUTPUT else bad_rows_path(order.alerts)
    if bad_file:
        write_bad_rows(bad_file, bad)
    outcome = Outcome(
        name, len(people), len(held.index), held.index.lists, len(hits), len(np.unique(hits.subject)),
        int(hits.score[-1]) if len(hits) else hits.least, cleared.left_out if cleared else 0, len(bad),
        (*subjects.notes, *held.notes), order.alerts, bad_file if bad else None, order.report, held.index, people, hits,
    )  # fmt: skip
    if order.report:
        progress("Writing the report", 0, 1)
        write_report(order.report, outcome, bad, order.reported, now)
        progress("Writing the report", 1, 1)
    return outcome


def check_one(index: Index, person: People, limits: Limits) -> list[Lead]:
    """The alerts for one person, strongest first."""
    require_lists(index, limits)
    hits = search_with("", index, person, limits, None)
    return [lead(index, person, hits, row) for row in range(len(hits))]


def write_report(path: Path, outcome: Outcome, bad: tuple[object, ...], reported: int, now: datetime) -> None:
    """Write the report of a check with its strongest `reported` alerts."""
    counts = (
        ("People checked", f"{outcome.people:,}"),
        ("Records checked against", f"{outcome.records:,}"),
        ("Alerts", f"{outcome.alerts:,}"),
        ("People with an alert", f"{outcome.people_with_alert:,}"),
        ("Weakest alert" if outcome.alerts else "Score asked for", f"{bits(outcome.least)} bits"),
        *([("Left out as cleared before", f"{outcome.left_out:,}")] if outcome.left_out else []),
        ("Bad rows", f"{outcome.bad_rows:,}"),
    )
    told = report.Report(
        outcome.subjects, outcome.lists, now, counts, outcome.people, outcome.alerts, outcome.notes, bad,  # type: ignore[arg-type]
        str(outcome.bad_rows_file or ""), [outcome.lead(rank) for rank in range(1, min(reported, outcome.alerts) + 1)],
    )  # fmt: skip
    with whole_file(path) as out:
        out.write(report.html(told))


@dataclass(frozen=True, slots=True)
class Decision:
    """Who cleared a pair or undid it, when and why."""

    who: str
    when: datetime
    why: str


def clear(cleared: Cleared, people: People, index: Index, pair: tuple[str, str], decision: Decision, *, undo: bool = False) -> list[Clearing]:
    """Remember that a subject is not a record, or undo that; returns the lines written, one for each list that holds the id.

    `pair` is the subject's id and the record's id. Raises BadInput when an id is not there, or there is nothing to undo.
    """
    subject_id, record_id = pair
    if not decision.who.strip() or not decision.why.strip():
        raise BadInput("a clearing names who decided it and why", field="who" if not decision.who.strip() else "why", hint="give --who and --why")
    subjects = [subject_key(people, row, cleared.salt) for row in _rows(people, subject_id)]
    held = _records(index, record_id)
    if not subjects or not held:
        raise BadInput(f"there is no {'subject' if not subjects else 'record'} with the id {subject_id if not subjects else record_id!r}", field="id")
    pairs = [(subject, record_key(index, record, cleared.salt), record) for subject in subjects for record in held]
    if undo:
        pairs = [pair for pair in pairs if pair[:2] in cleared.standing]
        if not pairs:
            raise BadInput(f"{subject_id} and {record_id} are not cleared as they stand now", field="id", hint="see `liaison cleared`")
    when, shown = decision.when.isoformat(timespec="seconds"), index.people
    written = [
        Clearing("undo" if undo else "clear", subject, record, subject_id, record_id, shown.list_name(row), decision.who, when, decision.why)
        for subject, record, row in pairs
    ]
    for line in written:
        cleared.write(line)
    return written


def _rows(people: People, wanted: str) -> list[int]:
    return [row for row, own in enumerate(people.ids) if own == wanted]


def _records(index: Index, record_id: str) -> list[int]:
    found, start = [], 0
    for segment in index.segments:
        found += [int(row) + start for row in segment.find(record_id) if not segment.removed[row]]
        start += len(segment)
    return found


def require_lists(index: Index, limits: Limits) -> None:
    """Raises BadSetting when a list is asked for that the index does not hold."""
    unknown = sorted((limits.lists or frozenset()) - set(index.lists))
    if unknown:
        raise BadSetting(f"there is no list {unknown[0]!r}", hint=f"the lists are {', '.join(index.lists)}")


def require_folder(path: Path) -> None:
    """Raises BadInput when a file cannot be written there, before any work is done."""
    if path != STANDARD_OUTPUT and not path.resolve().parent.is_dir():
        raise BadInput(f"{path} cannot be written: there is no folder {path.parent}", file=str(path), hint="make the folder first")
    if path.is_dir():
        raise BadInput(f"{path} is a folder", file=str(path), hint="give the name of a file")
