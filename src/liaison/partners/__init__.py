"""Other agencies: how they are known, what was agreed with each, and whether the way to them is open.

A partner is a key, not a place on a list of states: whoever's fingerprint was compared out of band can be one. It
becomes one when an administrator takes its card and supervisors of both sides sign an agreement (Directive (EU)
2016/680, articles 35 to 39; Directive (EU) 2023/977, article 4).
"""

from liaison.partners.agreement import Agreement, Cap, Gateway, GatewayKind
from liaison.partners.cards import Card, OwnKeys, SignedCard, key_id
from liaison.partners.directory import (
    KeyNotValid,
    Lane,
    LinkClosed,
    Partner,
    PartnerState,
    facts,
    own_card,
    partner,
    partners,
    require_open,
)

__all__ = [
    "Agreement",
    "Cap",
    "Card",
    "Gateway",
    "GatewayKind",
    "KeyNotValid",
    "Lane",
    "LinkClosed",
    "OwnKeys",
    "Partner",
    "PartnerState",
    "SignedCard",
    "facts",
    "key_id",
    "own_card",
    "partner",
    "partners",
    "require_open",
]
