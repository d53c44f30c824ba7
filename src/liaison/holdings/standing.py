"""How the rows of a list meet the records that stand already: what is new, changed, unchanged, or stays erased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from liaison.holdings import safeguarding, shelves
from liaison.holdings.rules import is_protected
from liaison.holdings.shelves import OPEN, Draft, Shelf
from liaison.model.holding import Change, Holding, State, Version

SHELVES = (OPEN, safeguarding.SHELF)


@dataclass(frozen=True, slots=True)
class Listed:
    """A record as its list has it, the dates that the list says, the digests of its id, and where it belongs."""

    row: int
    holding: Holding
    dates: str
    refs: tuple[bytes, bytes]
    protected: bool


@dataclass(slots=True)
class Plan:
    """What a batch comes to."""

    new: dict[str, list[Draft]] = field(default_factory=dict)  # by the shelf's table
    renewed: dict[str, list[Draft]] = field(default_factory=dict)
    moved: list[tuple[Row[Any], Draft]] = field(default_factory=list)
    forgotten: list[Row[Any]] = field(default_factory=list)  # tombstones that a record comes anew for
    unchanged: int = 0
    erased: list[int] = field(default_factory=list)  # rows of records that were erased, or are to seem so
    hidden: int = 0  # of the renewed: told of as if erased

    def counts(self) -> tuple[int, int]:
        """New and changed records."""
        new = sum(map(len, self.new.values()))
        return new, sum(map(len, self.renewed.values())) + len(self.moved)

    def told(self) -> tuple[int, int]:
        """New and changed records as the importer is told."""
        new, changed = self.counts()
        return new, changed - self.hidden


def begun(connection: Connection, list_name: str) -> list[Shelf]:
    """The shelves that hold any record of a list."""
    return [
        shelf
        for shelf in SHELVES
        if connection.execute(
            select(shelf.records.c.id).where(shelf.records.c.list == list_name).limit(1)
        ).first()
    ]


def held(
    connection: Connection, list_name: str, listed: Sequence[Listed], begun: Sequence[Shelf] = SHELVES
) -> dict[bytes, tuple[Shelf, Row[Any]]]:
    """The records on these shelves that stand already, by the digest of their id on their own shelf."""
    found: dict[bytes, tuple[Shelf, Row[Any]]] = {}
    for number, shelf in enumerate(SHELVES):
        if shelf not in begun:
            continue
        refs = [one.refs[number] for one in listed]
        for start in range(0, len(refs), shelves.AT_ONCE):
            table = shelf.records
            chosen = (table.c.list == list_name) & table.c.ref.in_(refs[start : start + shelves.AT_ONCE])
            found |= {row.ref: (shelf, row) for row in connection.execute(select(table).where(chosen))}
    return found


class Planner:
    """Plans batches of one import. key: what digests of content are made under."""

    def __init__(self, key: bytes, change: Change, *, again: bool) -> None:
        self._key, self._change, self._again = key, change, again

    def plan(
        self,
        listed: Iterable[Listed],
        standing: dict[bytes, tuple[Shelf, Row[Any]]],
        before: dict[str, Holding],
    ) -> Plan:
        """What to do about each. before: what protected records say now, by id."""
        made = Plan()
        for one in listed:
            found = standing.get(one.refs[1]) or standing.get(one.refs[0])
            if found is None:
                self._new(made, one)
            elif found[1].state == State.ERASED.value:
                self._after_erasure(made, one, found[1])
            else:
                self._known(made, one, *found, before)
        return made

    def _digest(self, one: Listed) -> bytes:
        """The keyed digest of what a list says: the same on both shelves, so that it goes along with a record."""
        return shelves.keyed(self._key, content(one.holding), one.dates)

    def _draft(self, one: Listed, record: str, version: int, protected: bool, holding: Holding) -> Draft:
        written = Version(holding=holding, change=self._change)
        digest = self._digest(one)
        return Draft(record, version, written, one.refs[protected], digest)

    def _new(self, made: Plan, one: Listed) -> None:
        draft = self._draft(one, shelves.fresh_id(), 1, one.protected, one.holding)
        made.new.setdefault(SHELVES[one.protected].records.name, []).append(draft)

    def _after_erasure(self, made: Plan, one: Listed, row: Row[Any]) -> None:
        if self._again:
            made.forgotten.append(row)
            self._new(made, one)
        else:
            made.erased.append(one.row)

    def _known(
        self, made: Plan, one: Listed, shelf: Shelf, row: Row[Any], before: dict[str, Holding]
    ) -> None:
        """Whom a person took under protection, and the list does not, is told of as erased, as everywhere else."""
        safe = shelf is not OPEN
        by_hand = row.id in before and is_protected(before[row.id], self._change.at.date())
        hidden = safe and not one.protected and by_hand
        if hidden:
            made.erased.append(one.row)
        if row.digest == self._digest(one) and row.state != State.WITHDRAWN.value:
            made.unchanged += not hidden
        elif one.protected and not safe:
            made.moved.append((row, self._draft(one, shelves.fresh_id(), 1, True, one.holding)))
        else:
            holding = safeguarding.still_protected(one.holding, before.get(row.id))
            draft = self._draft(one, row.id, row.version + 1, safe, holding)
            state = State.LIVE if row.state == State.WITHDRAWN.value else State(row.state)
            draft = Draft(draft.id, draft.version, draft.content, draft.ref, draft.digest, state)
            made.renewed.setdefault(shelf.records.name, []).append(draft)
            made.hidden += hidden


def content(holding: Holding) -> bytes:
    """What a list says of a record: all but what moves with the day and the importer."""
    parts = [
        getattr(holding, name)
        for name in holding.__struct_fields__
        if name not in ("retention_until", "review_at", "involvement", "wanted")
    ]
    parts += [holding.wanted] if holding.wanted is not None else []
    involved = holding.involvement
    said = (involved.category, involved.case, involved.reason) if involved else ()
    return shelves.ENCODER.encode([*parts, *said])
