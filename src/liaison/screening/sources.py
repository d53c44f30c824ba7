"""Where people to check and records to check against come from: files that `holdings` reads, and saved indexes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from liaison.matching.columns import People, Strings
from liaison.matching.files import MAGIC
from liaison.matching.index import Index
from liaison.model.errors import BadInput, BadSetting
from liaison.screening.progress import Progress, quiet

if TYPE_CHECKING:
    from liaison.holdings import BadRow

SIGNATURE = MAGIC[:-1]  # without the format's version, which `Index.open` checks


@dataclass(frozen=True, slots=True)
class Form:
    """What a person says about a file: its column for a field, its encoding and delimiter; empty where it is found out.

    `organisations`: whether companies, vessels and the like are read as well.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    organisations: bool = False


PLAIN = Form()


@dataclass(frozen=True, slots=True)
class Source:
    """People as read, the rows that could not be used as they are, and what the reader found out about the file."""

    people: People
    bad: tuple[BadRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Records:
    """The records to check against, the file that holds just them if one does, and what was found on the way."""

    index: Index
    saved: Path | None
    bad: tuple[BadRow, ...]
    notes: tuple[str, ...]


def read(path: Path, form: Form = PLAIN, progress: Progress = quiet) -> Source:
    """The people in a file. Raises UnusableFile, BadSetting."""
    from liaison.holdings import read_people

    found = read_people(
        path,
        columns=form.columns,
        encoding=form.encoding,
        delimiter=form.delimiter,
        organisations=form.organisations,
        progress=lambda done, total: progress(f"Reading {path.name} (kB)", done // 1000, total // 1000),
    )
    return Source(found.people, tuple(found.bad_rows), tuple(found.notes))


def is_index(path: Path) -> bool:
    """Whether a file says of itself that it is an index."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(SIGNATURE)) == SIGNATURE


def records(paths: Sequence[Path], form: Form = PLAIN, progress: Progress = quiet) -> Records:
    """One index of all the lists and at most one saved index. Raises BadInput, BadSetting, DamagedIndex."""
    from liaison.holdings import lists_of

    saved = [path for path in paths if is_index(path)]
    if len(saved) > 1:
        raise BadSetting(
            f"{saved[0]} and {saved[1]} are both indexes",
            hint="build one index of all the lists with `liaison index`",
        )
    sources = [read(path, form, progress) for path in lists_of(path for path in paths if path not in saved)]
    bad = tuple(row for source in sources for row in source.bad)
    notes = tuple(note for source in sources for note in source.notes)
    if saved:
        index = Index.open(saved[0])
        for source in sources:
            index.add(source.people)
        return Records(index, None if sources else saved[0], bad, notes)
    people = together([source.people for source in sources])
    if not len(people):
        raise BadInput(
            f"there is nobody to check against in {', '.join(map(str, paths))}",
            hint="see the bad rows, or give another list",
        )
    index = Index.build(
        people, progress=lambda _step, done, total: progress("Building the index", done, total)
    )
    progress("Building the index", 1, 1)
    return Records(index, None, bad, notes)


def together(parts: Sequence[People]) -> People:
    """The people of several files as one; lists of one name become one list."""
    if len(parts) == 1:
        return parts[0]
    lists = tuple(dict.fromkeys(name for part in parts for name in part.lists))
    starts = np.cumsum([0, *(len(part) for part in parts)])
    numbers = [np.array([lists.index(name) for name in part.lists] or [0], np.uint16) for part in parts]

    def joined(name: str) -> Strings:
        return Strings.concat([getattr(part, name) for part in parts])

    def shifted(name: str) -> np.ndarray:
        return np.concatenate(
            [getattr(part, name) + start for part, start in zip(parts, starts, strict=False)]
        ).astype(np.int32)

    def column(name: str) -> np.ndarray:
        return np.concatenate([getattr(part, name) for part in parts])

    return People(
        ids=joined("ids"),
        person=shifted("person"),
        given=joined("given"),
        surname=joined("surname"),
        full=joined("full"),
        dob=column("dob"),
        dob_alt=column("dob_alt"),
        sex=column("sex"),
        nationality=column("nationality"),
        nationality_alt=column("nationality_alt"),
        documents=joined("documents"),
        document_person=shifted("document_person"),
        source=np.concatenate([number[part.source] for number, part in zip(numbers, parts, strict=True)]),
        lists=lists,
    )
