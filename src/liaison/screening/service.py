"""What a check does, in order: read, search, leave out what was cleared, write alerts, bad rows and report."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import numpy as np

from liaison.holdings import BadRow
from liaison.matching.asks import read_asks
from liaison.matching.columns import People
from liaison.matching.index import Index
from liaison.matching.search import Hits, Limits, search
from liaison.model.errors import BadInput, BadSetting
from liaison.screening import report
from liaison.screening.alerts import STANDARD_OUTPUT, bad_rows_path, whole_file, write_alerts, write_bad_rows
from liaison.screening.bulk import search_with
from liaison.screening.cleared import Cleared, Clearing
from liaison.screening.identity import record_key, subject_key
from liaison.screening.leads import Lead, lead
from liaison.screening.progress import Progress, quiet
from liaison.screening.rules import bits
from liaison.screening.sources import PLAIN, Form, Source, records

REPORTED = 100  # alerts in a report
LOOK = "see which pairs are with `liaison cleared FILE`"


@dataclass(frozen=True, slots=True)
class Order:
    """A check of many people: against what, within which limits, and where the answers go."""

    against: tuple[Path, ...]
    alerts: Path
    limits: Limits = field(default_factory=Limits)
    report: Path | None = None
    reported: int = REPORTED
    cleared: Path | None = None
    jobs: str = ""  # where the work is done: "" here, a number of processes, ray, ray://...
    form: Form = PLAIN  # of the lists


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
    require_places(places(order.alerts, order.report), [*order.against, order.cleared])
    listed = None if order.alerts == STANDARD_OUTPUT else bad_rows_path(order.alerts)
    with ThreadPoolExecutor(1) as beside:  # the names are read while the index is built
        reading = beside.submit(read_asks, subjects.people)
        held = records(order.against, order.form, progress)
        asked = reading.result()
    require_lists(held.index, order.limits)
    if order.cleared and not order.cleared.exists():
        reason = f"there is no file {order.cleared}"
        raise BadInput(reason, file=str(order.cleared), hint="`liaison clear` makes it with the first pair")
    cleared = Cleared.open(order.cleared) if order.cleared else None
    people, limits = subjects.people, replace(order.limits, cleared=cleared)
    hits = search_with(order.jobs, held.index, held.saved, people, limits, progress, asked)
    write_alerts(order.alerts, held.index, people, hits)
    bad = (*subjects.bad, *held.bad)
    if listed:
        write_bad_rows(listed, bad)
    outcome = Outcome(
        name,
        len(people),
        held.index.count(limits.lists),
        tuple(name for name in held.index.lists if limits.lists is None or name in limits.lists),
        len(hits),
        len(np.unique(hits.subject)),
        int(hits.score[-1]) if len(hits) else hits.least,
        cleared.left_out if cleared else 0,
        len(bad),
        (*subjects.notes, *held.notes),
        order.alerts,
        listed if bad else None,
        order.report,
        held.index,
        people,
        hits,
    )
    if order.report:
        progress("Writing the report", 0, 1)
        write_report(order.report, outcome, bad, order.reported, now)
        progress("Writing the report", 1, 1)
    return outcome


def check_one(index: Index, person: People, limits: Limits) -> list[Lead]:
    """The alerts for one person, strongest first."""
    require_lists(index, limits)
    hits = search(index, person, limits)
    return [lead(index, person, hits, row) for row in range(len(hits))]


def write_report(path: Path, outcome: Outcome, bad: tuple[BadRow, ...], reported: int, now: datetime) -> None:
    """Write the report of a check with its strongest `reported` alerts."""
    counts = (
        ("People checked", f"{outcome.people:,}"),
        ("Records checked against", f"{outcome.records:,}"),
        ("Alerts", f"{outcome.alerts:,}"),
        ("People with an alert", f"{outcome.people_with_alert:,}"),
        ("Weakest alert, bits" if outcome.alerts else "Score asked for, bits", bits(outcome.least)),
        *([("Left out as cleared before", f"{outcome.left_out:,}")] if outcome.left_out else []),
        ("Bad rows", f"{outcome.bad_rows:,}"),
    )
    told = report.Report(
        outcome.subjects,
        outcome.lists,
        now,
        counts,
        outcome.people,
        outcome.alerts,
        outcome.notes,
        bad,
        str(outcome.bad_rows_file or ""),
        [outcome.lead(rank) for rank in range(1, min(reported, outcome.alerts) + 1)],
    )
    with whole_file(path) as out:
        out.write(report.html(told))


@dataclass(frozen=True, slots=True)
class Decision:
    """Who cleared a pair or undid it, when and why."""

    who: str
    when: datetime
    why: str


def clear(
    cleared: Cleared, people: People, index: Index, pair: tuple[str, str], decision: Decision
) -> list[Clearing]:
    """Remember that a subject is not a record; returns the lines written, one for each record of that id.

    `pair` is the subject's id and the record's id. Raises BadInput when one is not there, or
    nobody or no reason is named.
    """
    return _write(cleared, "clear", _pairs(cleared, people, index, pair), pair, index, decision)


def undo(
    cleared: Cleared, people: People, index: Index, pair: tuple[str, str], decision: Decision
) -> list[Clearing]:
    """Take a clearing back; returns the lines written. Raises BadInput also when the pair is not cleared."""
    standing = cleared.standing
    pairs = [found for found in _pairs(cleared, people, index, pair) if found[:2] in standing]
    if not pairs:
        raise BadInput(f"{pair[0]} and {pair[1]} are not cleared as they stand now", field="id", hint=LOOK)
    return _write(cleared, "undo", pairs, pair, index, decision)


def _pairs(
    cleared: Cleared, people: People, index: Index, pair: tuple[str, str]
) -> list[tuple[str, str, int]]:
    """The digests of both sides, and the record, for everyone who has these ids."""
    subjects = [subject_key(people, row, cleared.salt) for row in _rows(people, pair[0])]
    held = _records(index, pair[1])
    if not subjects:
        raise BadInput(f"there is no subject with the id {pair[0]!r}", field="subject_id")
    if not held:
        raise BadInput(f"there is no record with the id {pair[1]!r}", field="record_id")
    return [(subject, record_key(index, row, cleared.salt), row) for subject in subjects for row in held]


def _write(
    cleared: Cleared,
    verb: str,
    pairs: list[tuple[str, str, int]],
    ids: tuple[str, str],
    index: Index,
    decision: Decision,
) -> list[Clearing]:
    for field_name, value in (("who", decision.who), ("why", decision.why)):
        if not value.strip():
            raise BadInput(
                f"it is not said {field_name}", field=field_name, hint="give --who NAME and --why REASON"
            )
    when, lists = decision.when.isoformat(timespec="seconds"), index.people
    written = [
        Clearing(verb, subject, record, *ids, lists.list_name(row), decision.who, when, decision.why)
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


def places(output: Path, *others: Path | None) -> list[Path | None]:
    """Where a run writes: its output, the bad rows beside it, and others."""
    listed = None if output == STANDARD_OUTPUT or output.is_dir() else bad_rows_path(output)
    return [output, listed, *others]


def require_places(written: Sequence[Path | None], read: Sequence[Path | None]) -> None:
    """Raises BadInput, before any work, when a file cannot be written there or would take the place of one read."""
    inputs = {path.resolve() for path in read if path and path != STANDARD_OUTPUT}
    outputs = [path for path in written if path and path != STANDARD_OUTPUT]
    for path in outputs:
        if path.resolve() in inputs:
            raise BadInput(
                f"{path} is read: it cannot be written too", file=str(path), hint="give another name"
            )
        if not path.resolve().parent.is_dir():
            reason = f"{path} cannot be written: there is no folder {path.parent}"
            raise BadInput(reason, file=str(path), hint="make the folder first")
        if path.is_dir():
            raise BadInput(f"{path} is a folder", file=str(path), hint="give the name of a file")
    if len({path.resolve() for path in outputs}) < len(outputs):
        raise BadInput(f"{outputs[0]} would be written twice", file=str(outputs[0]), hint="give two names")
