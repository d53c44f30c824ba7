"""May this person do this, on these grounds, under these laws? `decide` says so, and why not.

It serves Directive (EU) 2016/680, articles 4 to 11, 16, 25 and 35 to 39, and the laws that the packs hold: rules are
values, a country's numbers are TOML, and where several regimes are concerned each of them must permit. A decision is
made on facts alone: no clock is read and nothing is looked up, so the same facts always have the same answer.
"""

from liaison.policy.actions import Action
from liaison.policy.context import (
    Actor,
    AlertState,
    Approval,
    Assurance,
    Consent,
    Context,
    Partner,
    RecordFacts,
    SubjectKind,
)
from liaison.policy.decide import decide
from liaison.policy.decisions import Decision, Duty, Obligation, Permit, Reason, Refuse, require
from liaison.policy.explain import Explained, explain, numbers, page
from liaison.policy.limits import Limits, crosses, findable, limits
from liaison.policy.packs import INSTRUCTIONS, NAMES, Basis, Pack, load_pack, parse_pack
from liaison.policy.rules import Rule, rules

__all__ = [
    "INSTRUCTIONS",
    "NAMES",
    "Action",
    "Actor",
    "AlertState",
    "Approval",
    "Assurance",
    "Basis",
    "Consent",
    "Context",
    "Decision",
    "Duty",
    "Explained",
    "Limits",
    "Obligation",
    "Pack",
    "Partner",
    "Permit",
    "Reason",
    "RecordFacts",
    "Refuse",
    "Rule",
    "SubjectKind",
    "crosses",
    "decide",
    "explain",
    "findable",
    "limits",
    "load_pack",
    "numbers",
    "page",
    "parse_pack",
    "require",
    "rules",
]
