"""Columns as they were split become a list of people."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from liaison.holdings import dates
from liaison.holdings.countries import nationalities
from liaison.holdings.findings import Findings
from liaison.holdings.layout import Columns, Remaining
from liaison.holdings.mapping import Headings
from liaison.holdings.sexes import sex
from liaison.holdings.words import tidy
from liaison.matching.columns import People, Strings

T = TypeVar("T")


def assembled(
    columns: Columns,
    fields: Sequence[str],
    headings: Headings,
    list_name: str,
    findings: Findings,
    last_year: int,
) -> People:
    """The people of the columns; what is wrong with a value goes to `findings`."""
    rows = len(columns.numbers)
    at = {field: [number for number, name in enumerate(fields) if name == field] for field in fields}

    def text(field: str) -> Strings:
        return columns.texts[at[field][0]] if field in at else Strings.empty(rows)

    given, surname, full = one_of_each(text("given"), text("surname"), text("name"))
    dob, dob_alt = born(columns, at.get("dob", []), headings, findings, last_year)
    nationality, second = citizens(columns, at.get("nationality", []), headings, findings)
    documents, owner = numbers([columns.texts[number] for number in at.get("document", [])])
    person = np.arange(rows, dtype=np.int32)
    if "alias" in at:
        person, given, surname, full = with_aliases(
            [columns.texts[number] for number in at["alias"]], given, surname, full
        )
    return People(
        ids=text("id"),
        person=person,
        given=given,
        surname=surname,
        full=full,
        dob=dob,
        dob_alt=dob_alt,
        sex=sexes(columns, at.get("sex", []), headings, findings),
        nationality=nationality,
        nationality_alt=second,
        documents=documents,
        document_person=owner,
        source=np.zeros(rows, np.uint16),
        lists=(list_name,),
    )


def one_of_each(given: Strings, surname: Strings, full: Strings) -> tuple[Strings, Strings, Strings]:
    """Given name and surname where both are there, else the full name if there is one."""
    if not full.ends[-1] or not (given.ends[-1] or surname.ends[-1]):
        return given, surname, full
    lengths = [np.diff(column.ends) for column in (given, surname, full)]
    use_full = ((lengths[0] == 0) | (lengths[1] == 0)) & (lengths[2] > 0)
    return only(given, ~use_full), only(surname, ~use_full), only(full, use_full)


def only(column: Strings, keep: NDArray[np.bool_]) -> Strings:
    """The column with empty strings where it is not kept."""
    lengths = np.diff(column.ends)
    kept = np.repeat(keep, lengths)
    ends = np.zeros(len(column) + 1, np.int64)
    np.cumsum(np.where(keep, lengths, 0), out=ends[1:])
    return Strings(column.data[: column.ends[-1]][kept], ends)


def numbers(columns: Sequence[Strings]) -> tuple[Strings, NDArray[np.int32]]:
    """The document numbers of one or more columns, and whose they are."""
    held = [np.flatnonzero(column.ends[1:] != column.ends[:-1]).astype(np.int32) for column in columns]
    if not columns:
        return Strings.empty(0), np.zeros(0, np.int32)
    parts = [
        column
        if len(rows) == len(column)
        else Strings(column.data, np.concatenate([column.ends[:1], column.ends[1:][rows]]))
        for column, rows in zip(columns, held, strict=True)
    ]
    if len(parts) == 1:
        return parts[0], held[0]
    owner = np.concatenate(held)
    order = np.argsort(owner, kind="stable")
    return Strings.concat(parts).take(order), owner[order]


def with_aliases(
    columns: Sequence[Strings], given: Strings, surname: Strings, full: Strings
) -> tuple[NDArray[np.int32], Strings, Strings, Strings]:
    """The names with those of alias columns, where several stand between semicolons or bars."""
    owner: list[int] = []
    aliases: list[str] = []
    for column in columns:
        for row in np.flatnonzero(np.diff(column.ends)).tolist():
            names = [tidy(name) for name in column[row].replace("|", ";").split(";")]
            aliases += [name for name in names if name]
            owner += [row] * sum(map(bool, names))
    person = np.concatenate([np.arange(len(given)), np.array(owner, np.int64)]).astype(np.int32)
    order = np.argsort(person, kind="stable")
    none = Strings.empty(len(aliases))
    given, surname = (Strings.concat([column, none]).take(order) for column in (given, surname))
    return person[order], given, surname, Strings.concat([full, Strings.of(aliases)]).take(order)


def born(
    columns: Columns, targets: Sequence[int], headings: Headings, findings: Findings, last_year: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Dates and their other readings; the order of day and month is the column's where the column settles it."""
    rows = len(columns.numbers)
    if not targets:
        return np.zeros(rows, np.int32), np.zeros(rows, np.int32)
    dob, alt = columns.values[targets[0]].astype(np.int32, copy=False), np.zeros(rows, np.int32)
    left, field = columns.remaining[targets[0]], headings.field_of(headings["dob"][0])
    found = _read(left, columns.numbers, field, findings, lambda text: dates.readings(text, last_year))
    times = np.bincount(left.which, minlength=len(left.values)).tolist()
    settled = dates.settle((one.order, times[at]) for at, value in enumerate(found) for one in value or ())
    codes = np.array([dates.both(value or (), settled.order) for value in found], np.int32).reshape(-1, 2)
    dob[left.rows], alt[left.rows] = codes[left.which].T
    _tell(
        settled,
        sum(times[at] for at, value in enumerate(found) if any(one.about for one in value or ())),
        field,
        findings,
    )
    return dob, alt


def _tell(settled: dates.Settled, about: int, field: str, findings: Findings) -> None:
    if settled.ambiguous:
        how = {
            dates.Order.NOTHING: "taken both ways, day first and month first",
            dates.Order.DAY_FIRST: "read day first, as the other dates of the column are",
            dates.Order.MONTH_FIRST: "read month first, as the other dates of the column are",
        }[settled.order]
        findings.note(
            f"dates in {field} that can be read day first or month first: {settled.ambiguous:,}, {how}"
        )
    findings.counted(
        about,
        f"date in {field} is approximate and taken as a year",
        f"dates in {field} are approximate and taken as years",
    )


def citizens(
    columns: Columns, targets: Sequence[int], headings: Headings, findings: Findings
) -> tuple[NDArray[np.uint16], NDArray[np.uint16]]:
    """The first and the second nationality of each row."""
    rows = len(columns.numbers)
    first, second = np.zeros(rows, np.uint16), np.zeros(rows, np.uint16)
    for number, (target, column) in enumerate(zip(targets, headings["nationality"], strict=True)):
        codes, left = columns.values[target].astype(np.uint16, copy=False), columns.remaining[target]
        found = _read(left, columns.numbers, headings.field_of(column), findings, nationalities)
        pairs = np.array([((*(value or ()), 0, 0))[:2] for value in found], np.uint16).reshape(-1, 2)
        more = np.zeros(rows, np.uint16)
        codes[left.rows], more[left.rows] = pairs[left.which].T
        if number == 0:
            first, second = codes, more
        else:
            second = np.where((second == 0) & (codes != first), codes, second)
        many = np.array([len(value or ()) > 2 for value in found], bool)
        for row in left.rows[many[left.which]].tolist() if many.any() else []:
            findings.bad(
                int(columns.numbers[row]),
                headings.field_of(column),
                "more than two nationalities; the first two are used",
            )
    lone = (first == 0) & (second != 0)
    if lone.any():
        first, second = np.where(lone, second, first), np.where(lone, 0, second)
    return first, second


def sexes(
    columns: Columns, targets: Sequence[int], headings: Headings, findings: Findings
) -> NDArray[np.uint8]:
    """The sex of each row."""
    if not targets:
        return np.zeros(len(columns.numbers), np.uint8)
    codes, left = columns.values[targets[0]].astype(np.uint8, copy=False), columns.remaining[targets[0]]
    found = _read(left, columns.numbers, headings.field_of(headings["sex"][0]), findings, sex)
    codes[left.rows] = np.array([value or 0 for value in found], np.uint8)[left.which]
    return codes


def _read(
    left: Remaining, numbers: NDArray[np.int32], field: str, findings: Findings, read: Callable[[str], T]
) -> list[T | None]:
    """Each distinct value once; None, and every row that holds it reported, for one that cannot be read."""
    found: list[T | None] = []
    reasons: dict[int, str] = {}
    for at, text in enumerate(left.values):
        try:
            found.append(read(text))
        except ValueError as error:
            found.append(None)
            reasons[at] = sys.intern(f"{error}; the row goes on without it")
    if reasons:
        wrong = np.zeros(len(left.values), bool)
        wrong[list(reasons)] = True
        for place in np.flatnonzero(wrong[left.which]).tolist():
            findings.bad(
                int(numbers[left.rows[place]]),
                field,
                reasons[int(left.which[place])],
            )
    return found
