"""Pairs that a person has cleared: this passenger is not that record. They do not come back until either side changes.

The file is lines of JSON, only ever added to: first a salt, then each clearing and each undoing with who, when and why.
Identity stands in it as salted digests (see `identity`), so the file holds ids and reasons but no names.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from liaison.matching.columns import People
from liaison.matching.index import Index
from liaison.matching.search import Hits
from liaison.model.errors import BadInput
from liaison.screening.identity import record_key, subject_key

FORMAT = 1
FIELDS = ("verb", "subject", "record", "subject_id", "record_id", "list", "who", "when", "why")


@dataclass(frozen=True, slots=True)
class Clearing:
    """One line of the file: `verb` is clear or undo; `subject` and `record` are digests; `when` is ISO 8601 in UTC."""

    verb: str
    subject: str
    record: str
    subject_id: str
    record_id: str
    list: str
    who: str
    when: str
    why: str


class Cleared:
    """The cleared pairs of a file. Given to `Limits.cleared`, it marks the hits that were cleared before."""

    def __init__(self, path: Path, salt: bytes, history: list[Clearing]) -> None:
        self.path, self.salt, self.history = path, salt, history
        self.left_out = 0  # hits marked the last time it was asked

    @classmethod
    def open(cls, path: Path) -> Cleared:
        """The pairs of a file, which need not exist yet. Raises BadInput with the line that cannot be read."""
        if not path.exists():
            return cls(path, secrets.token_bytes(32), [])
        lines = path.read_text("utf-8").splitlines()
        try:
            head = json.loads(lines[0])
            if head["cleared"] != FORMAT:
                raise ValueError
            salt = bytes.fromhex(head["salt"])
        except (ValueError, KeyError, TypeError, IndexError) as error:
            raise BadInput(
                f"{path} is not a file of cleared pairs",
                file=str(path),
                row=1,
                hint="give a file that `liaison clear` wrote",
            ) from error
        return cls(
            path, salt, [_clearing(path, row, line) for row, line in enumerate(lines[1:], 2) if line.strip()]
        )

    @property
    def standing(self) -> dict[tuple[str, str], Clearing]:
        """The pairs that are cleared now, by their digests."""
        pairs: dict[tuple[str, str], Clearing] = {}
        for line in self.history:
            if line.verb == "clear":
                pairs[line.subject, line.record] = line
            else:
                pairs.pop((line.subject, line.record), None)
        return pairs

    def write(self, line: Clearing) -> None:
        """Add a line to the file, on the disk before this returns."""
        new = not self.path.exists()
        with self.path.open("a", encoding="utf-8") as out:
            if new:
                out.write(json.dumps({"cleared": FORMAT, "salt": self.salt.hex()}) + "\n")
            out.write(json.dumps({name: getattr(line, name) for name in FIELDS}, ensure_ascii=False) + "\n")
            out.flush()
            os.fsync(out.fileno())
        self.history.append(line)

    def __call__(self, index: Index, people: People, hits: Hits) -> NDArray[np.bool_]:
        """bool[hits]: True where the pair is cleared and neither side has changed since."""
        standing = self.standing
        cleared = np.zeros(len(hits), np.bool_)
        self.left_out = 0
        if not standing:
            return cleared
        for row in _with_ids(index, hits, {line.record_id for line in standing.values()}):
            subject = subject_key(people, int(hits.subject[row]), self.salt)
            cleared[row] = (subject, record_key(index, int(hits.record[row]), self.salt)) in standing
        self.left_out = int(cleared.sum())
        return cleared


def _with_ids(index: Index, hits: Hits, wanted: set[str]) -> NDArray[np.int64]:
    """The hits on records of these ids; digests are only made of those."""
    records, place = np.unique(hits.record, return_inverse=True)
    shown = index.people
    held = np.array([shown.record_id(int(record)) in wanted for record in records], np.bool_)
    return np.flatnonzero(held[place]) if len(records) else np.zeros(0, np.int64)


def _clearing(path: Path, row: int, line: str) -> Clearing:
    try:
        fields: dict[str, Any] = json.loads(line)
        clearing = Clearing(**{name: fields[name] for name in FIELDS})
    except (ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}, line {row}: not a cleared pair", file=str(path), row=row) from error
    if clearing.verb not in ("clear", "undo"):
        raise BadInput(
            f"{path}, line {row}: {clearing.verb!r} is neither clear nor undo",
            file=str(path),
            row=row,
            field="verb",
        )
    return clearing
