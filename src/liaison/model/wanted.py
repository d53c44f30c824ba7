"""What the owner of a record asks of whoever meets a stolen or wanted vehicle."""

from __future__ import annotations

from enum import Enum

from liaison.model.errors import BadInput
from liaison.model.structs import Value

MOST_DAYS = 90  # for which a vehicle is wanted, unless a person looks at the entry again and sets a new end
LONGEST_NOTE = 500  # characters of each text


class Sought(Enum):
    """Why a vehicle stands on a list. A wanted one is sought for whoever uses it, so that its entry is short-lived."""

    STOLEN = "stolen"
    WANTED = "wanted"


class ActionCode(Enum):
    """What is asked for."""

    STOP = "stop"
    OBSERVE = "observe"
    CHECK_DISCREETLY = "check-discreetly"
    DO_NOT_ALERT_DRIVER = "do-not-alert-driver"

    @property
    def meaning(self) -> str:
        """In one sentence."""
        return ACTIONS[self]


ACTIONS = {
    ActionCode.STOP: "Stop the vehicle as your own law lets you, and call the owner of the entry.",
    ActionCode.OBSERVE: "Do not stop the vehicle. Note where, when and which way it goes, and tell the owner.",
    ActionCode.CHECK_DISCREETLY: "Check the vehicle as in any other control; note who is in it and what it carries.",
    ActionCode.DO_NOT_ALERT_DRIVER: "Do nothing that could show the driver that the vehicle is sought.",
}


class Wanted(Value, frozen=True, kw_only=True):
    """An entry of a stolen or wanted vehicle: what is asked for, on which legal basis, by which office, and whom to
    call. `risk` says what endangers whoever approaches (armed, violent); empty for nothing known.

    Raises BadInput for a text that is empty or too long.
    """

    sought: Sought
    action: ActionCode
    basis: str
    office: str
    contact: str
    risk: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in ("basis", "office", "contact", "risk"):
            text = getattr(self, field)
            if not text and field != "risk":
                hint = "an entry says its legal basis, the office that owns it, and whom to call"
                raise BadInput(f"the {field} of the entry is empty", field=field, hint=hint)
            if len(text) > LONGEST_NOTE:
                raise BadInput(
                    f"the {field} has {len(text)} characters",
                    field=field,
                    hint=f"at most {LONGEST_NOTE} are kept",
                )
