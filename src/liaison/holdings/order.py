"""What a person says about a list before it is imported, and what came of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from liaison.holdings.findings import BadRow
from liaison.holdings.rules import LONGEST_NAME, SUPPLIED, WRITTEN
from liaison.model.categories import CaseId, Category
from liaison.model.errors import BadInput
from liaison.model.handling import Handling
from liaison.model.holding import Instruction
from liaison.model.scales import Graded


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    """One list to be imported. What a row does not say itself is taken from here.

    content: a file, or its bytes (with `name` as the file is called). case, reason: why these people stand in the
    list. retention_until, review_at: for rows that say none themselves; without the first such rows are refused,
    without the second the law's latest day holds. category: for rows that have none; without it such rows are refused.
    complete: whether what the list no longer has is withdrawn. again: whether records erased before may come in anew.
    columns, encoding, delimiter: see `read_people`. supplied: by a partner, whose own list it goes into. Raises
    BadInput for an empty text, or dates that do not fit.
    """

    list_name: str
    content: Path | bytes
    owner: str
    source: str
    handling: Handling
    retention_until: dt.date | None
    review_at: dt.date | None
    case: CaseId
    reason: str
    name: str = ""
    category: Category | None = None
    graded: Graded = field(default_factory=Graded)
    instruction: Instruction | None = None
    complete: bool = False
    again: bool = False
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    delimiter: str = ""
    supplied: bool = False

    def __post_init__(self) -> None:
        for name in ("list_name", "owner", "source", "case", "reason"):
            if not getattr(self, name).strip():
                raise BadInput(f"the {name} is empty", field=name, hint=f"name the {name}")
        if len(self.list_name) > LONGEST_NAME:
            raise BadInput(f"a list's name has at most {LONGEST_NAME} characters", field="list_name")
        if self.list_name.startswith(SUPPLIED) and not self.supplied:
            hint = "give it another name; a record of a partner's comes in as an item"
            raise BadInput("lists of this name hold what partners supplied", field="list_name", hint=hint)
        if self.list_name == WRITTEN:
            hint = "give it another name; entries are written on the page of vehicles"
            raise BadInput("this list holds the entries that are written here", field="list_name", hint=hint)
        if self.review_at and self.retention_until and self.review_at > self.retention_until:
            raise BadInput("the review comes after the end of retention", field="review_at")

    @property
    def file(self) -> str:
        """The name of the file."""
        return self.name or (self.content.name if isinstance(self.content, Path) else self.list_name)


@dataclass(slots=True)
class Imported:
    """What an import did. refused: rows that are left out; bad_rows: what is told of rows, in the file's order;
    missing: records that the list no longer has.

    kept: headers of columns that have no place in a record and stand in its `extra`.
    """

    id: str
    list_name: str
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    missing: int = 0
    withdrawn: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @property
    def read(self) -> int:
        """Rows that were looked at: each was taken or left out."""
        return self.new + self.changed + self.unchanged + self.refused

    @property
    def left_out(self) -> list[BadRow]:
        """Why rows are left out."""
        return [bad for bad in self.bad_rows if bad.left_out]

    @property
    def doubts(self) -> list[BadRow]:
        """What is told of rows that were taken."""
        return [bad for bad in self.bad_rows if not bad.left_out]

    def __str__(self) -> str:
        if not (self.new or self.changed or self.withdrawn or self.refused):
            stand = "the record stands as the file has it"
            if self.unchanged != 1:
                stand = f"all {self.unchanged:,} records stand as the file has them"
            return f"{self.list_name}: nothing changed, {stand}."
        counts = {
            "new": self.new,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "left out": self.refused,
            "withdrawn": self.withdrawn,
        }
        told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
        return f"{self.list_name}: {told}."
