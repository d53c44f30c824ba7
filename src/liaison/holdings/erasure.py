"""Erasing records: their keys are destroyed, and with them every version in the database, its log and its backups.

What is left is a row that says that there was a record, when, of which list, and the ledger's entry of its erasure.
Before an erasure returns, the record is out of every index in memory, and every index on disk that held it can no
longer be opened (Directive (EU) 2016/680, articles 5 and 16).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Connection

from liaison.holdings import access, live, shelves, snapshots
from liaison.holdings.rules import facts
from liaison.holdings.shelves import OPEN, Shelf
from liaison.holdings.shredding import bury, shred
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput
from liaison.model.holding import State
from liaison.office import Office
from liaison.policy import Action, Actor, Context

WHAT = "erase"
LONGEST = 80  # characters of a reference

Also = Callable[[Office, Connection, Sequence[str]], None]
ALSO: list[Also] = []


class Cause(Enum):
    """Why a record is erased."""

    UNLAWFUL = "unlawful"
    INACCURATE = "inaccurate"
    NOT_NEEDED = "not needed"
    ORDER = "order"
    RETENTION = "retention"

    @property
    def meaning(self) -> str:
        """In words."""
        return MEANINGS[self]


MEANINGS = {
    Cause.UNLAWFUL: "there was no lawful ground to hold it",
    Cause.INACCURATE: "it was wrong, and could not be put right",
    Cause.NOT_NEEDED: "what it was held for is over",
    Cause.ORDER: "a court or the supervisory authority ordered it",
    Cause.RETENTION: "the end of its retention came",
}


@dataclass(frozen=True, slots=True)
class Receipt:
    """That a record was erased: the ledger's entry says so, and can be proved."""

    holding: str
    list_name: str
    cause: Cause
    entry: int


def also(copies: Also) -> Also:
    """Call this in the transaction of every erasure, with the ids: it erases copies that other parts hold."""
    if copies not in ALSO:
        ALSO.append(copies)
    return copies


def erase(office: Office, actor: Actor, holding: str, cause: Cause, reference: str) -> Receipt:
    """Erase a record for good. reference: the letter, order or decision by its number; no name.

    Raises NotFound, Erased, NotLawful (also while a legal hold is on it), BadInput, LedgerUnavailable.
    """
    if not reference.strip() or len(reference) > LONGEST:
        raise BadInput(
            f"a reference has 1 to {LONGEST} characters",
            field="reference",
            hint="give the number of the order or letter",
        )

    def work(connection: Connection) -> Receipt:
        now = office.now()
        row = access.load(connection, actor, holding, now)
        known = facts(
            shelves.latest(connection, office.keys, OPEN, row).holding,
            now.date(),
            State(row.state),
            row.hold_until,
        )
        reason = f"{cause.meaning}: {reference}"
        office.decide(Action.ERASE, Context(actor=actor, now=now, record=known, reason=reason))
        return buried(office, connection, actor.person, OPEN, [(row.id, row.list)], cause, reference)[0]

    receipt = office.write(work)
    finish(office, OPEN, [holding])
    return receipt


def buried(
    office: Office,
    connection: Connection,
    who: OfficerId,
    shelf: Shelf,
    records: Sequence[tuple[str, str]],
    cause: Cause,
    reference: str = "",
) -> list[Receipt]:
    """Bury records (id and list), each with an entry of its own in the ledger. `finish` comes after the commit."""
    now = office.now()
    told = [
        Statement(
            what=WHAT,
            who=who,
            when=now,
            objects=(id,),
            outcome=cause.value,
            detail={"list": name} | ({"reference": reference} if reference else {}),
        )
        for id, name in records
    ]
    entries = office.log.append_many(connection, told)
    ids = [id for id, _ in records]
    receipts = {id: entry.index for id, entry in zip(ids, entries, strict=True)}
    bury(connection, shelf, receipts, shelves.next_change(connection))
    for copies in ALSO:
        copies(office, connection, ids)
    return [Receipt(id, name, cause, receipts[id]) for id, name in records]


def finish(office: Office, shelf: Shelf, ids: Sequence[str]) -> None:
    """What follows a burial that is durable: out of the indexes, snapshots spoiled, keys destroyed."""
    live.taken_out(office, ids)
    shred(office, shelf, ids)
    if shelf is OPEN:
        snapshots.spoil(office)
