"""Whether the law and the agreement still carry a session that was permitted when it began."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from liaison import policy
from liaison.crosscheck.asker.asking import context_of
from liaison.model.errors import Conflict, Erased, NotFound
from liaison.office import Office
from liaison.partners import directory
from liaison.screening.approved import by_number_alone
from liaison.screening.colleagues import actor_of
from liaison.screening.lookups import latest_grounds
from liaison.screening.permission import weigh, write_refusal


def still_lawful(office: Office, session: Row[Any], partner: str) -> bool:
    """Whether the person, the case, the grounds, the agreement and the law still carry it at this partner. A refusal
    is on the ledger; the number alone was settled when it began."""
    try:
        context = office.read(lambda connection: _context(office, connection, session, partner))
    except (NotFound, Conflict, Erased):
        return False
    decision = weigh(office, policy.Action.CROSSCHECK, context)
    if not isinstance(decision, policy.Refuse) or by_number_alone(decision):
        return True
    refusal, action = decision, policy.Action.CROSSCHECK
    office.write(lambda connection: write_refusal(office, connection, action, context, refusal))
    return False


def _context(office: Office, connection: Connection, session: Row[Any], partner: str) -> policy.Context:
    now = office.now()
    actor = actor_of(connection, session.person, now)
    grounds = latest_grounds(connection, session.grounds_id)
    context = context_of(office, connection, actor, session, grounds)
    told = directory.facts(directory.partner(connection, partner), now)
    return msgspec.structs.replace(context, partner=told)
