"""The authoriser of this part: who may know of partners. Whoever may not finds none."""

from __future__ import annotations

from sqlalchemy import Connection

from liaison import policy
from liaison.model.errors import NotFound
from liaison.model.roles import Capability, capabilities
from liaison.office import Office
from liaison.partners.directory import Partner, partner, partners

MAY_SEE = frozenset(
    {
        Capability.SETTINGS,
        Capability.AGREE,
        Capability.SUPERVISE,
        Capability.ASK_PARTNER,
        Capability.ANSWER_PARTNER,
        Capability.READ_LEDGER,
    }
)


def require(
    office: Office, actor: policy.Actor, action: policy.Action, *, widens: bool = False, assessment: str = ""
) -> None:
    """Raises NotLawful where this person's roles or the node's law do not permit the action.

    What lets more pass than before (`widens`) names the impact assessment that covers it.
    """
    facts = policy.Context(actor=actor, now=office.now(), widens=widens, assessment=assessment)
    office.decide(action, facts)


def may_see(actor: policy.Actor) -> bool:
    """Whether their work has to do with partners."""
    return bool(MAY_SEE & capabilities(actor.roles, trained=actor.trained))


def load_partner(connection: Connection, actor: policy.Actor, origin: str) -> Partner:
    """The partner of this name, to whoever may know of it. Raises NotFound."""
    if not may_see(actor):
        raise NotFound
    return partner(connection, origin)


def load_partners(connection: Connection, actor: policy.Actor) -> list[Partner]:
    """Every partner, to whoever may know of them; to others none."""
    return partners(connection) if may_see(actor) else []
