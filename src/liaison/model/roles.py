"""Who may do what: the roles a person holds at a node, and the capabilities each role brings.

A capability is necessary and never sufficient: `policy.decide` asks for grounds, case and law besides. The table
follows need to know: an administrator runs the node and sees no content (Directive (EU) 2016/680, article 29), an
auditor sees sampled look-ups alone (articles 45 to 47).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum


class Role(Enum):
    """What a named person is at this node. One person may hold several that do not clash."""

    INVESTIGATOR = "investigator"
    DESK_OFFICER = "desk officer"
    APPROVER = "approver"
    SUPERVISOR = "supervisor"
    DATA_PROTECTION_OFFICER = "data-protection officer"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"

    @property
    def label(self) -> str:
        """As a person reads it."""
        return self.value[0].upper() + self.value[1:]

    @property
    def meaning(self) -> str:
        """In one sentence."""
        return MEANINGS[self]


MEANINGS = {
    Role.INVESTIGATOR: "Works cases: checks, confirms hits and keeps standing questions for cases of their own.",
    Role.DESK_OFFICER: "Runs the desk: checks for others, imports and corrects records, answers on protection.",
    Role.APPROVER: "Is the second pair of eyes: approves or refuses what another person asks, and asks nothing.",
    Role.SUPERVISOR: "Answers for a unit: approves, reads records on grounds, and reviews every break-glass.",
    Role.DATA_PROTECTION_OFFICER: (
        "Guards the rights of persons: corrects, restricts and erases records, and reads the ledger."
    ),
    Role.AUDITOR: "Looks from outside: sampled look-ups with their justification, and figures without persons.",
    Role.ADMINISTRATOR: "Runs accounts and settings, and sees no record, case, alert or look-up.",
}


class Capability(Enum):
    """One thing a person can be let do."""

    CHECK = "check"
    CHECK_BULK = "check many"
    CONFIRM = "confirm or reject an alert"
    APPROVE = "approve what another person asks"
    READ_HOLDING = "read a record"
    IMPORT = "import records"
    CORRECT = "correct a record"
    RESTRICT = "restrict a record or hold it for evidence"
    ERASE = "erase a record"
    OPEN_CASE = "open a case"
    STANDING_QUESTION = "keep a standing question"
    PLACE_CAMERA = "register a camera"
    SENSORS = "see drones, boats and teams, and people in need"
    REGISTER_SENSOR = "register a drone, a boat or a team"
    BREAK_GLASS = "break the glass"
    REVIEW_BREAK_GLASS = "review a break-glass"
    SAFEGUARDING = "answer from the safeguarding compartment"
    DISCLOSE = "send or disclose a record"
    NOTIFY_CONVICTION = "send a conviction notice"
    ASK_PARTNER = "ask a partner"
    ANSWER_PARTNER = "answer a partner"
    AGREE = "sign an agreement with a partner"
    GRANT = "permit a partner another use"
    RECALL = "recall or correct what was sent"
    TELL_OUTCOME = "tell a partner what came of it"
    ANSWER_PERSON = "answer a person about their own data"
    SUPERVISE = "see the work of a unit"
    READ_LEDGER = "read the ledger"
    AUDIT_SAMPLE = "draw a sample of look-ups"
    STATISTICS = "see figures without persons"
    ADMINISTER_ACCOUNTS = "administer accounts"
    SETTINGS = "change settings"

    @property
    def label(self) -> str:
        """As a person reads it."""
        return self.value[0].upper() + self.value[1:]


_INVESTIGATOR, _DESK, _APPROVER, _SUPERVISOR, _PROTECTION, _AUDITOR, _ADMINISTRATOR = Role

HOLDERS: dict[Capability, frozenset[Role]] = {
    Capability.CHECK: frozenset({_INVESTIGATOR, _DESK}),
    Capability.CHECK_BULK: frozenset({_INVESTIGATOR, _DESK}),
    Capability.CONFIRM: frozenset({_INVESTIGATOR, _DESK}),
    Capability.APPROVE: frozenset({_APPROVER, _SUPERVISOR}),
    Capability.READ_HOLDING: frozenset({_INVESTIGATOR, _DESK, _SUPERVISOR, _PROTECTION}),
    Capability.IMPORT: frozenset({_DESK}),
    Capability.CORRECT: frozenset({_DESK, _PROTECTION}),
    Capability.RESTRICT: frozenset({_DESK, _PROTECTION}),
    Capability.ERASE: frozenset({_PROTECTION}),
    Capability.OPEN_CASE: frozenset({_INVESTIGATOR, _DESK, _SUPERVISOR}),
    Capability.STANDING_QUESTION: frozenset({_INVESTIGATOR, _DESK}),
    Capability.PLACE_CAMERA: frozenset({_INVESTIGATOR, _DESK}),
    Capability.SENSORS: frozenset({_INVESTIGATOR, _DESK, _SUPERVISOR}),
    Capability.REGISTER_SENSOR: frozenset({_DESK, _SUPERVISOR}),
    Capability.BREAK_GLASS: frozenset({_INVESTIGATOR, _DESK}),
    Capability.REVIEW_BREAK_GLASS: frozenset({_SUPERVISOR, _PROTECTION}),
    Capability.SAFEGUARDING: frozenset({_DESK}),
    Capability.DISCLOSE: frozenset({_DESK}),
    Capability.NOTIFY_CONVICTION: frozenset({_DESK}),
    Capability.ASK_PARTNER: frozenset({_INVESTIGATOR, _DESK}),
    Capability.ANSWER_PARTNER: frozenset({_DESK}),
    Capability.AGREE: frozenset({_SUPERVISOR}),
    Capability.GRANT: frozenset({_SUPERVISOR}),
    Capability.RECALL: frozenset({_DESK, _PROTECTION}),
    Capability.TELL_OUTCOME: frozenset({_INVESTIGATOR, _DESK}),
    Capability.ANSWER_PERSON: frozenset({_PROTECTION}),
    Capability.SUPERVISE: frozenset({_SUPERVISOR}),
    Capability.READ_LEDGER: frozenset({_PROTECTION, _AUDITOR}),
    Capability.AUDIT_SAMPLE: frozenset({_PROTECTION, _AUDITOR}),
    Capability.STATISTICS: frozenset({_SUPERVISOR, _PROTECTION, _AUDITOR}),
    Capability.ADMINISTER_ACCOUNTS: frozenset({_ADMINISTRATOR}),
    Capability.SETTINGS: frozenset({_ADMINISTRATOR}),
}
NEEDS_TRAINING = frozenset({Capability.CONFIRM, Capability.SAFEGUARDING})
STAND_ALONE = (
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)  # whoever oversees or runs the node does not also work with it


def capabilities(roles: Iterable[Role], *, trained: bool = False) -> frozenset[Capability]:
    """What a person of these roles may be let do; what needs training only where they are `trained`."""
    held = frozenset(roles)
    return frozenset(
        capability
        for capability, holders in HOLDERS.items()
        if held & holders and (trained or capability not in NEEDS_TRAINING)
    )


def clash(roles: Iterable[Role]) -> tuple[Role, Role] | None:
    """Two of these roles that no one person may hold at once; None where all go together."""
    held = [role for role in Role if role in set(roles)]
    for alone in STAND_ALONE:
        others = [role for role in held if role is not alone]
        if alone in held and others:
            return alone, others[0]
    return None
