"""Reading the ledger: everyone what they did themselves; data-protection officers and auditors what anyone did.

A look at what others did is itself recorded, in the transaction of the look (Directive (EU) 2016/680, article 25).
What was done is searched from the newest entry backwards, a window at a time, since what entries state is sealed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from liaison import policy
from liaison.ledger.log import Opened, size
from liaison.ledger.reading import opened_between
from liaison.ledger.statements import Statement
from liaison.model.errors import Erased, NotFound
from liaison.model.roles import Capability
from liaison.office import Office
from liaison.officers.access import can

SEARCHED = "ledger-searched"
READ = "ledger-read"
WINDOW = 500  # entries opened at once
MOST = 5_000  # entries looked at for one page; the page then says how far it came


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; an empty part narrows nothing. Times are in UTC, `until` is not included."""

    what: str = ""
    who: str = ""
    case: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def fits(self, statement: Statement) -> bool:
        """Whether an entry is one of those looked for."""
        return (
            (not self.what or statement.what == self.what)
            and (not self.who or statement.who == self.who)
            and (not self.case or statement.case == self.case)
            and (self.since is None or statement.when >= self.since)
            and (self.until is None or statement.when < self.until)
        )


@dataclass(frozen=True, slots=True)
class Found:
    """Entries, the newest first; `before` is where the search goes on, 0 at the beginning of the log.

    `looked_at` entries were opened for it, `erased` of which state nothing any more.
    """

    entries: tuple[Opened, ...]
    before: int
    looked_at: int
    erased: int


def may_read_all(actor: policy.Actor) -> bool:
    """Whether their roles let them read what others did."""
    return can(actor, Capability.READ_LEDGER)


def search(
    office: Office, actor: policy.Actor, wanted: Wanted, *, before: int | None = None, limit: int = 50
) -> Found:
    """The entries that fit, older than `before`, at most `limit`. Raises NotLawful, LedgerDamaged."""
    office.decide(policy.Action.READ_LEDGER, policy.Context(actor=actor, now=office.now()))

    def work(connection: Connection) -> Found:
        found = _backwards(office, connection, wanted, before, limit)
        named = {"what": wanted.what, "who": wanted.who, "case": wanted.case}
        statement = Statement(
            what=SEARCHED,
            who=actor.person,
            when=office.now(),
            outcome=str(len(found.entries)),
            detail={name: text for name, text in named.items() if text},
        )
        office.log.append(connection, statement)
        return found

    return office.write(work)


def own(
    office: Office,
    actor: policy.Actor,
    wanted: Wanted = Wanted(),
    *,
    before: int | None = None,
    limit: int = 50,
) -> Found:
    """What this person did, the newest first: their own acts alone, whatever is asked for. Raises LedgerDamaged."""
    wanted = replace(wanted, who=actor.person)
    return office.read(lambda connection: _backwards(office, connection, wanted, before, limit))


def entry(office: Office, actor: policy.Actor, index: int) -> Opened | None:
    """One entry; None where what it stated was erased, for those who read all. A look at another's act is recorded.

    Raises NotFound for an entry that there is not, and for another's act where this person may not read it.
    """

    def work(connection: Connection) -> Opened | None:
        found = _one(office, connection, index)
        if found is not None and found.statement.who == actor.person:
            return found
        if not may_read_all(actor):
            raise NotFound
        office.decide(policy.Action.READ_LEDGER, policy.Context(actor=actor, now=office.now()))
        detail = {"entry": str(index)}
        statement = Statement(what=READ, who=actor.person, when=office.now(), detail=detail)
        office.log.append(connection, statement)
        return found

    return office.write(work)


def _one(office: Office, connection: Connection, index: int) -> Opened | None:
    if not 0 <= index < size(connection):
        raise NotFound
    try:
        return office.log.open(connection, index)
    except Erased:
        return None


def _backwards(
    office: Office, connection: Connection, wanted: Wanted, before: int | None, limit: int
) -> Found:
    end = size(connection) if before is None else min(before, size(connection))
    kept: list[Opened] = []
    looked_at = erased = 0
    while end > 0 and looked_at < MOST and len(kept) < limit:
        start = max(0, end - WINDOW)
        for index, opened in reversed(opened_between(office.keys, connection, start, end)):
            looked_at, end = looked_at + 1, index
            if opened is None:
                erased += 1
            elif wanted.fits(opened.statement):
                kept.append(opened)
                if len(kept) == limit:
                    break
    return Found(tuple(kept), end, looked_at, erased)
