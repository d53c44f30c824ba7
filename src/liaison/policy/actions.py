"""What may be decided about: every act at a node that the law has a word on, and the capability it takes."""

from __future__ import annotations

from enum import Enum

from liaison.model.roles import Capability


class Action(Enum):
    """One act of one person. Its value is its name in the ledger and in packs."""

    CHECK = "check"
    CHECK_BULK = "check-bulk"
    STANDING_QUESTION = "standing-question"
    READ_HOLDING = "read-holding"
    CONFIRM = "confirm"
    INSTRUCT = "instruct"
    CARRY = "carry"
    PLACE_CAMERA = "place-camera"
    REGISTER_SENSOR = "register-sensor"
    RESCUE = "rescue"
    FOLLOW = "follow"
    BREAK_GLASS = "break-glass"
    REVIEW_BREAK_GLASS = "review-break-glass"
    APPROVE = "approve"
    OPEN_CASE = "open-case"
    IMPORT = "import"
    INDEX = "index"
    CORRECT = "correct"
    RESTRICT = "restrict"
    HOLD = "hold"
    ERASE = "erase"
    ASK_SAFEGUARDING = "ask-safeguarding"
    ANSWER_SAFEGUARDING = "answer-safeguarding"
    DISCLOSE = "disclose"
    USE_IN_COURT = "use-in-court"
    NOTIFY_CONVICTION = "notify-conviction"
    PAIR = "pair"
    AGREE = "agree"
    ASK_PARTNER = "ask-partner"
    CROSSCHECK = "crosscheck"
    ANSWER_PARTNER = "answer-partner"
    GRANT = "grant"
    RECALL = "recall"
    TELL_OUTCOME = "tell-outcome"
    ANSWER_PERSON = "answer-person"
    SUPERVISE = "supervise"
    READ_LEDGER = "read-ledger"
    AUDIT_SAMPLE = "audit-sample"
    STATISTICS = "statistics"
    UNMASK = "unmask"
    ADMINISTER_ACCOUNTS = "administer-accounts"
    SETTINGS = "settings"

    @property
    def label(self) -> str:
        """As a person reads it."""
        return self.value.replace("-", " ")

    @property
    def capability(self) -> Capability:
        """What a person's roles must bring for it."""
        return CAPABILITIES[self]


CAPABILITIES = {
    Action.CHECK: Capability.CHECK,
    Action.CHECK_BULK: Capability.CHECK_BULK,
    Action.STANDING_QUESTION: Capability.STANDING_QUESTION,
    Action.READ_HOLDING: Capability.READ_HOLDING,
    Action.CONFIRM: Capability.CONFIRM,
    Action.INSTRUCT: Capability.CONFIRM,
    Action.CARRY: Capability.CHECK,
    Action.PLACE_CAMERA: Capability.PLACE_CAMERA,
    Action.REGISTER_SENSOR: Capability.REGISTER_SENSOR,
    Action.RESCUE: Capability.SENSORS,
    Action.FOLLOW: Capability.CHECK,
    Action.BREAK_GLASS: Capability.BREAK_GLASS,
    Action.REVIEW_BREAK_GLASS: Capability.REVIEW_BREAK_GLASS,
    Action.APPROVE: Capability.APPROVE,
    Action.OPEN_CASE: Capability.OPEN_CASE,
    Action.IMPORT: Capability.IMPORT,
    Action.INDEX: Capability.IMPORT,
    Action.CORRECT: Capability.CORRECT,
    Action.RESTRICT: Capability.RESTRICT,
    Action.HOLD: Capability.RESTRICT,
    Action.ERASE: Capability.ERASE,
    Action.ASK_SAFEGUARDING: Capability.CHECK,
    Action.ANSWER_SAFEGUARDING: Capability.SAFEGUARDING,
    Action.DISCLOSE: Capability.DISCLOSE,
    Action.USE_IN_COURT: Capability.DISCLOSE,
    Action.NOTIFY_CONVICTION: Capability.NOTIFY_CONVICTION,
    Action.PAIR: Capability.SETTINGS,
    Action.AGREE: Capability.AGREE,
    Action.ASK_PARTNER: Capability.ASK_PARTNER,
    Action.CROSSCHECK: Capability.ASK_PARTNER,
    Action.ANSWER_PARTNER: Capability.ANSWER_PARTNER,
    Action.GRANT: Capability.GRANT,
    Action.RECALL: Capability.RECALL,
    Action.TELL_OUTCOME: Capability.TELL_OUTCOME,
    Action.ANSWER_PERSON: Capability.ANSWER_PERSON,
    Action.SUPERVISE: Capability.SUPERVISE,
    Action.READ_LEDGER: Capability.READ_LEDGER,
    Action.AUDIT_SAMPLE: Capability.AUDIT_SAMPLE,
    Action.STATISTICS: Capability.STATISTICS,
    Action.UNMASK: Capability.CHECK_BULK,
    Action.ADMINISTER_ACCOUNTS: Capability.ADMINISTER_ACCOUNTS,
    Action.SETTINGS: Capability.SETTINGS,
}

ALL = frozenset(Action)
SEARCHES = frozenset({Action.CHECK, Action.CHECK_BULK, Action.STANDING_QUESTION, Action.FOLLOW})
# what is done with one record that was found
USES = frozenset(
    {
        Action.READ_HOLDING,
        Action.CONFIRM,
        Action.INSTRUCT,
        Action.CARRY,
        Action.DISCLOSE,
        Action.USE_IN_COURT,
    }
)
SAFEGUARDING = frozenset({Action.ASK_SAFEGUARDING, Action.ANSWER_SAFEGUARDING})
ORDINARY = (
    SEARCHES
    | USES
    | {
        Action.BREAK_GLASS,
        Action.NOTIFY_CONVICTION,
        Action.ASK_PARTNER,
        Action.CROSSCHECK,
        Action.GRANT,
        Action.TELL_OUTCOME,
        Action.UNMASK,
        Action.PLACE_CAMERA,
    }
)
GROUNDED = ORDINARY | SAFEGUARDING
# what cannot be judged without facts of a record
RECORDED = USES | {
    Action.IMPORT,
    Action.INDEX,
    Action.CORRECT,
    Action.RESTRICT,
    Action.HOLD,
    Action.ERASE,
    Action.ANSWER_SAFEGUARDING,
    Action.NOTIFY_CONVICTION,
    Action.GRANT,
    Action.RECALL,
}
# what goes to a partner: information about somebody, or an answer that says that there is none
TOLD = frozenset(
    {
        Action.DISCLOSE,
        Action.NOTIFY_CONVICTION,
        Action.ASK_PARTNER,
        Action.GRANT,
        Action.TELL_OUTCOME,
    }
)
# what an agreement's purposes, offences and kinds of exchange are held against
AGREED = frozenset({Action.DISCLOSE, Action.NOTIFY_CONVICTION, Action.ASK_PARTNER, Action.CROSSCHECK})
ADDRESSED = TOLD | {Action.ANSWER_PARTNER, Action.CROSSCHECK}
REASONED = frozenset(
    {
        Action.CONFIRM,
        Action.BREAK_GLASS,
        Action.CORRECT,
        Action.RESTRICT,
        Action.HOLD,
        Action.ERASE,
        Action.GRANT,
        Action.RECALL,
    }
)
