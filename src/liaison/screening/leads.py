"""Alerts as a person reads them: the two sides as they were written, one beside the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from liaison.matching.columns import People, Strings, country_name
from liaison.matching.index import SEXES, Index, born
from liaison.matching.search import Hits

if TYPE_CHECKING:
    from liaison.matching.explain import Explanation

PARTS = ("given", "surname", "full")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of an alert, as its source writes it; empty where the source says nothing."""

    id: str
    name: str
    born: str
    sex: str
    nationality: str


@dataclass(frozen=True, slots=True)
class Lead:
    """An alert for a person to verify. `score` is in 1/10,000 bit."""

    rank: int
    score: int
    list: str
    subject: Side
    record: Side
    explanation: Explanation


def lead(index: Index, people: People, hits: Hits, row: int) -> Lead:
    """The alert in a row of `hits`, with its reasons."""
    from liaison.matching.explain import explain

    subject, record, shown = int(hits.subject[row]), int(hits.record[row]), index.people
    asked = Side(
        people.ids[subject],
        written_name([getattr(people, part)[int(hits.subject_name[row])] for part in PARTS]),
        dates(people, subject),
        SEXES[int(people.sex[subject]) & 3],
        country_name(int(people.nationality[subject])),
    )
    held = Side(
        shown.record_id(record),
        shown.name(int(hits.name[row])),
        shown.born(record),
        shown.sex(record),
        shown.nationality(record),
    )
    reasons = explain(index, people, hits, row)
    return Lead(row + 1, int(hits.score[row]), shown.list_name(record), asked, held, reasons)


def dates(people: People, row: int) -> str:
    """A date of birth as text, with its other reading where it is ambiguous: 1984-02-03 or 1984-03-02."""
    return " or ".join(filter(None, (born(int(people.dob[row])), born(int(people.dob_alt[row])))))


def written_name(parts: Sequence[str]) -> str:
    """Given names, surnames and a full name as one text."""
    return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Line:
    """What a line of the file of alerts says of the two sides."""

    subject_id: str
    record_id: str
    list: str
    subject_name: str
    matched_name: str
    subject_born: str
    record_born: str


def lines(index: Index, people: People, hits: Hits) -> Iterator[Line]:
    """The sides of many hits, column by column: some microseconds a hit."""
    names, own = [_texts(getattr(people, part).take(hits.subject_name)) for part in PARTS], _held(index, hits)
    for row, (subject, subject_id, *parts) in enumerate(
        zip(hits.subject.tolist(), _texts(people.ids.take(hits.subject)), *names, strict=True)
    ):
        record_id, matched, list_name, record_born = own[row]
        yield Line(
            subject_id,
            record_id,
            list_name,
            written_name(parts),
            matched,
            dates(people, subject),
            record_born,
        )


def _held(index: Index, hits: Hits) -> list[tuple[str, str, str, str]]:
    """Id, matched name, list and date of birth of each hit's record."""
    found: list[tuple[str, str, str, str]] = [("", "", "", "")] * len(hits)
    records, names = 0, 0
    for segment in index.segments:
        arrays, rows = segment.arrays, len(segment)
        here = np.flatnonzero((hits.record >= records) & (hits.record < records + rows))
        record, name = hits.record[here] - records, hits.name[here] - names
        columns = [segment.strings("ids").take(record), *(segment.strings(part).take(name) for part in PARTS)]
        code: NDArray[np.int32] = arrays["dob"][record]
        for at, record_id, given, surname, full, source, dob in zip(
            here.tolist(),
            *map(_texts, columns),
            arrays["source"][record].tolist(),
            code.tolist(),
            strict=True,
        ):
            found[at] = record_id, written_name((given, surname, full)), segment.lists[source], born(dob)
        records, names = records + rows, names + len(arrays["name_person"])
    return found


def _texts(column: Strings) -> list[str]:
    """Every string of a column, its bytes and ends taken out of numpy once."""
    content, ends = column.data.tobytes(), column.ends.tolist()
    return [content[start:end].decode("utf-8", "replace") for start, end in pairwise(ends)]
