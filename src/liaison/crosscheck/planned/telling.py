"""What two nodes tell each other of planned actions, in letters: that a set changed, and that two actions overlap.

`actions-changed` carries nothing. `actions-overlap` carries one whole output of the recipient's function: only who had
that very input evaluated can know it, while the recipient's set shows its beginning alone. A recipient warns by what it
finds in its own actions, and refuses a claim that is of none of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from liaison.crosscheck.function.tokens import OUTPUT
from liaison.crosscheck.messages import require_names
from liaison.crosscheck.planned.actions import WAKE, ProbeState, fresh_probe
from liaison.crosscheck.planned.actionset import claimed
from liaison.crosscheck.recording import ITSELF, record
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput
from liaison.model.roles import Role
from liaison.model.structs import Value
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.officers.states import AccountState
from liaison.partners.directory import Partner
from liaison.screening.colleagues import unit_of
from liaison.storage.tables.deconfliction import ACTIONS, PROBES, WARNINGS
from liaison.storage.tables.officers import ACCOUNT_ROLES, ACCOUNTS
from liaison.storage.tables.screening import CASES
from liaison.transport import outbox
from liaison.transport.inbox import Incoming, Refused, handles
from liaison.transport.means import Means

WHAT_WARNED = "action-overlap"
OVERLAP = "actions-overlap"
LEAST = 1024  # bytes of both kinds of letters
WHOLE = re.compile(f"[0-9a-f]{{{2 * OUTPUT}}}")


class Changed(Value, frozen=True, kw_only=True):
    """A set of actions has another version; whoever wants to know more looks."""


class Overlap(Value, frozen=True, kw_only=True):
    """An action of the sender's meets one of the recipient's: `output`, in hex, under the key of `epoch`."""

    epoch: str
    output: str

    def __post_init__(self) -> None:
        super().__post_init__()
        require_names(self, "epoch")
        if not WHOLE.fullmatch(self.output):
            raise BadInput(f"an output has {OUTPUT} bytes", field="output")


def tell_changed(office: Office, connection: Connection, means: Means, partner: Partner, epoch: str) -> None:
    """Tell a partner that the set for it has changed, in the transaction that changed it."""
    outbox.post(
        office, connection, means, outbox.Outgoing(partner.origin, WAKE, epoch, Changed(), least=LEAST)
    )


def tell_overlap(
    office: Office, connection: Connection, means: Means, partner: Partner, probe: Row[Any], output: bytes
) -> None:
    """Tell a partner that an action of ours meets one of its own, in the transaction that warns our officer."""
    body = Overlap(epoch=probe.epoch, output=output.hex())
    letter = outbox.Outgoing(partner.origin, OVERLAP, probe.session, body, urgent=True, least=LEAST)
    outbox.post(office, connection, means, letter)


@handles(WAKE, Changed)
def take_changed(office: Office, connection: Connection, means: Means, incoming: Incoming[Changed]) -> str:
    """The background looks, once it is woken by the letter's kind."""
    return "to-look-at"


@handles(OVERLAP, Overlap)
def take_overlap(office: Office, connection: Connection, means: Means, incoming: Incoming[Overlap]) -> str:
    """Warn whoever planned what the claim is of. Raises Refused for a claim that is of nothing planned here."""
    partner, body = incoming.partner, incoming.body
    ids = claimed(office, connection, partner, body.epoch, bytes.fromhex(body.output))
    rows = connection.execute(select(ACTIONS).where(ACTIONS.c.id.in_(ids)).order_by(ACTIONS.c.id)).all()
    if not rows:
        raise Refused("claim", "it is of nothing that is planned here")
    for row in rows:
        warn(office, connection, row, partner)
        _overlaps(office, connection, row, partner)
    return "warned"


def warn(office: Office, connection: Connection, row: Row[Any], partner: Partner) -> bool:
    """Warn whoever entered an action, and the supervisors of its unit, once for each partner; whether it is new."""
    same = (WARNINGS.c.action == row.id) & (WARNINGS.c.partner == partner.origin)
    same &= WARNINGS.c.revision == row.revision
    if connection.execute(select(WARNINGS.c.id).where(same)).first() is not None:
        return False
    objects, now = (row.id, partner.id), office.now()
    entry = record(office, connection, WHAT_WARNED, ITSELF, objects=objects, case=row.case_id)
    made = {"id": new_id("warning"), "action": row.id, "partner": partner.origin}
    made |= {"revision": row.revision, "at": now, "by": "", "entry": entry}
    connection.execute(insert(WARNINGS).values(made))
    for person in dict.fromkeys((row.person, *_supervisors(office, connection, row.case_id))):
        notices.add(connection, OfficerId(person), WHAT_WARNED, row.id, now)
    return True


def _overlaps(office: Office, connection: Connection, row: Row[Any], partner: Partner) -> None:
    """The action's state at this partner is that it overlaps, whether it was asked about there or not."""
    here = (PROBES.c.action == row.id) & (PROBES.c.partner == partner.origin)
    if connection.execute(select(PROBES.c.action).where(here)).first() is None:
        made = fresh_probe(row.id, partner.origin, row.revision, lawful=True)
        connection.execute(insert(PROBES).values(made))
    values = {"state": ProbeState.OVERLAP.value, "at": office.now()}
    connection.execute(update(PROBES).where(here).values(**values))


def _supervisors(office: Office, connection: Connection, case: str) -> Sequence[str]:
    """The supervisors of the unit of a case."""
    unit = connection.execute(select(CASES.c.unit).where(CASES.c.id == case)).scalar()
    active = (ACCOUNTS.c.state == AccountState.ACTIVE.value) & (ACCOUNT_ROLES.c.role == Role.SUPERVISOR.value)
    query = select(ACCOUNTS.c.person).join(ACCOUNT_ROLES, ACCOUNT_ROLES.c.account == ACCOUNTS.c.id)
    people = connection.execute(query.where(active).distinct().order_by(ACCOUNTS.c.person)).scalars().all()
    return [person for person in people if unit and unit_of(office, connection, person) == unit]
