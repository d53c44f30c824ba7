"""A record that an agency holds: about whom, in what capacity, from where, how far to be relied on, until when.

Facts stand apart from assessments, and each is graded and dated (Directive (EU) 2016/680, article 7).
"""

from __future__ import annotations

import datetime as dt
from enum import Enum

import msgspec

from liaison.model.categories import CaseId, Category, Involvement, OfficerId
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.handling import Handling
from liaison.model.scales import Graded
from liaison.model.structs import Value
from liaison.model.subjects import AnySubject, Person, Vehicle
from liaison.model.wanted import Wanted

ADULT = 18  # years


class Instruction(Enum):
    """What an officer does who meets the subject of a confirmed hit."""

    CALL = "call"
    SEIZE_DOCUMENT = "seize-document"
    DISCREET = "discreet"
    DO_NOT_ALERT = "do-not-alert"

    @property
    def meaning(self) -> str:
        """In one sentence."""
        return MEANINGS[self]


MEANINGS = {
    Instruction.CALL: "Call the owner of the record before you do anything else.",
    Instruction.SEIZE_DOCUMENT: "Take the document, give a receipt, and call the owner of the record.",
    Instruction.DISCREET: "Note the place, the time and the company, and let nobody see that you did.",
    Instruction.DO_NOT_ALERT: "Do nothing that could show the person that there is a record.",
}


class State(Enum):
    """What is done with a record."""

    LIVE = "live"
    RESTRICTED = "restricted"  # contested: kept, shown as such, matched against nothing
    WITHDRAWN = (
        "withdrawn"  # its list no longer has it: kept until its retention ends, matched against nothing
    )
    ERASED = "erased"  # its keys are destroyed; what is left says that it was there


class Fact(Value, frozen=True, kw_only=True):
    """Something that a source states to be so. `dated` is when it was so. Raises BadInput for an empty text."""

    text: str
    graded: Graded
    dated: PartialDate
    source: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_empty(self, "text")


class Assessment(Value, frozen=True, kw_only=True):
    """What a person makes of the facts. `dated` is when they did. Raises BadInput for an empty text or assessor."""

    text: str
    graded: Graded
    dated: PartialDate
    assessor: str

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_empty(self, "text", "assessor")


class Holding(Value, frozen=True, kw_only=True):
    """What one record says. `record` is the list's own id of it.

    A person always has an involvement: there is no record of a person of whom it is not known why. `wanted` is of a
    stolen or wanted vehicle, and of nothing else. `extra` holds what the list's file says in columns that have no place
    here, as it says it. Raises BadInput.
    """

    list_name: str
    record: str
    subject: AnySubject
    owner: str
    source: str
    handling: Handling
    retention_until: dt.date
    review_at: dt.date
    involvement: Involvement | None = None
    graded: Graded = Graded()
    instruction: Instruction | None = None
    facts: tuple[Fact, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    wanted: Wanted | None = None
    extra: dict[str, str] = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__post_init__()
        _refuse_empty(self, "list_name", "record", "owner", "source")
        if self.involvement is None and type(self.subject) is Person:
            raise BadInput(
                "a record of a person without a category of person",
                field="category",
                hint="say of each person: suspect, convicted, victim, witness, contact or missing",
            )
        if self.wanted is not None and type(self.subject) is not Vehicle:
            hint = "put what is asked for of a person or document into the instruction"
            raise BadInput("only a vehicle is stolen or wanted here", field="wanted", hint=hint)
        if self.review_at > self.retention_until:
            raise BadInput(
                "the review comes after the end of retention", field="review_at", hint="set it before the end"
            )

    @property
    def category(self) -> Category | None:
        """In what capacity the person stands; None for a thing of which it was not said."""
        return self.involvement.category if self.involvement else None


class Change(Value, frozen=True, kw_only=True):
    """Why there is a version: what was done, by whom, when (UTC), and the reason in their words."""

    what: str
    by: OfficerId
    at: dt.datetime
    reason: str = ""


class Version(Value, frozen=True, kw_only=True):
    """One version of a record as it is sealed."""

    holding: Holding
    change: Change


class LegalHold(Value, frozen=True, kw_only=True):
    """Evidence that must stay (article 16(3)): until when, and the case it is kept for."""

    until: dt.datetime
    case: CaseId


class Record(Value, frozen=True, kw_only=True):
    """A record as it is shown: what it says, which version that is, and how it stands."""

    id: str
    version: int
    state: State
    holding: Holding
    change: Change
    hold: LegalHold | None = None


def maybe_child(born: tuple[PartialDate, ...], today: dt.date) -> bool:
    """Whether someone of these dates of birth may be under 18 on that day: in doubt, yes."""
    return any(_birthday(date.latest) > today for date in born)


def _birthday(born: dt.date) -> dt.date:
    """The day on which someone born then comes of age."""
    try:
        return born.replace(year=born.year + ADULT)
    except ValueError:  # 29 February
        return dt.date(born.year + ADULT, 3, 1)


def _refuse_empty(value: Value, *fields: str) -> None:
    for field in fields:
        if not getattr(value, field):
            raise BadInput(f"the {field} is empty", field=field, hint=f"name the {field}")
