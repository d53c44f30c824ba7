"""The letters of supply as they come in: each kind to what takes it, in the transaction of its receipt."""

from __future__ import annotations

from sqlalchemy import Connection

from liaison.office import Office
from liaison.supply import arriving, following, letters, outcomes, permissions, receiving, reporting
from liaison.supply.documents import Report, Told
from liaison.supply.letters import Answering, Asking, Parcel
from liaison.supply.receiving import Where
from liaison.transport.inbox import Incoming, handles
from liaison.transport.means import Means

EVERY = 5.0  # seconds after which it is looked for what follows
# kinds of letters that something follows from
WAKES = frozenset({letters.PASSED, letters.NOTICE, letters.REPORT})


def run(office: Office, means: Means) -> following.Followed:
    """Do all that waits. Raises as `following.run`."""
    return following.run(office, means)


@handles(letters.PASSED, Parcel)
def take_parcel(office: Office, connection: Connection, means: Means, incoming: Incoming[Parcel]) -> str:
    """Items that a partner passes on."""
    where = Where(sender=incoming.partner.origin)
    taken = receiving.receive(office, means, connection, where, incoming.body.supplied)
    return f"{len(taken)} items"


@handles(letters.NOTICE, Told)
def take_notice(office: Office, connection: Connection, means: Means, incoming: Incoming[Told]) -> str:
    """A recall, correction, restriction or erasure."""
    return arriving.take_notice(office, means, connection, incoming.partner.origin, incoming.body)


@handles(letters.REPORT, Report)
def take_report(office: Office, connection: Connection, means: Means, incoming: Incoming[Report]) -> str:
    """A confirmation, or that an item was passed on."""
    return reporting.take_report(office, means, connection, incoming.partner.origin, incoming.body)


@handles(letters.ASKED, Asking)
def take_asked(office: Office, connection: Connection, means: Means, incoming: Incoming[Asking]) -> str:
    """A request for permission."""
    return permissions.take_asked(office, connection, incoming.partner.origin, incoming.body)


@handles(letters.ANSWERED, Answering)
def take_answered(office: Office, connection: Connection, means: Means, incoming: Incoming[Answering]) -> str:
    """The answer to one."""
    return permissions.take_answered(office, connection, incoming.partner.origin, incoming.body)


@handles(letters.OUTCOME, letters.Told)
def take_outcome(
    office: Office, connection: Connection, means: Means, incoming: Incoming[letters.Told]
) -> str:
    """What came of an item."""
    return outcomes.take(office, connection, incoming.partner.origin, incoming.body)
