"""What two agencies write to each other about requests: the bodies of letters, as values. Pure.

A request is one opening letter and parts of at most 500 subjects; answers come in batches of at most 200. A letter's
kind is the name under KINDS. Nothing here is trusted by its sender's word: counts and digests are held against what
arrived.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Sequence
from enum import Enum

from liaison.model.canonical import encode
from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose, offence
from liaison.model.handling import Handling
from liaison.model.identifiers import Country
from liaison.model.structs import Value
from liaison.model.subjects import AnySubject, Person
from liaison.supply.items import Supplied, require_name

IDENTITY_ALONE = frozenset(
    {Purpose.BORDER_CHECK}
)  # purposes for which what is told of a person is never given
MOST_SUBJECTS = 100_000  # of one request
PART = 500  # subjects of one letter
BATCH = 200  # answers or notices of one letter
LONGEST = 4_000  # characters of a text
SHORT = 200  # characters of a name or reference
MOST_VALUES = 30  # names, dates or documents of one subject: a quota counts subjects
DIGEST = 64  # hex digits


class Wanted(Enum):
    """What is asked for about each subject."""

    IDENTITY = "identity"
    RECORDS = "records"
    CONVICTIONS = "convictions"
    WHEREABOUTS = "whereabouts"
    ASSETS = "assets"


class Access(Enum):
    """How the information can be reached; the side that is asked says it of each subject, and the clock follows."""

    DIRECT = "direct"
    OBTAINABLE = "obtainable"
    AUTHORITY = "authority"  # a court or prosecutor must permit it first


class Result(Enum):
    """The answer on one subject."""

    FULL = "full"
    PARTIAL = "partial"
    NOTHING = "nothing held"
    REFUSED = "refused"


class Copied(Value, frozen=True, kw_only=True):
    """Whether the own single point of contact has a copy, or the coded exception for which it has none (rule L24)."""

    copied: bool
    exception: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.copied == bool(self.exception):
            raise BadInput(
                "a copy and an exception exclude each other",
                field="copied",
                hint="send the copy, or name the exception by its code",
            )


class Entry(Value, frozen=True, kw_only=True):
    """One subject of a request: its place from 1 on, and what the asking side calls it."""

    number: int
    subject: AnySubject
    reference: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 1 <= self.number <= MOST_SUBJECTS:
            raise BadInput(f"{self.number} is no place in a request", field="number")
        require_short(self, "reference")
        field = beyond(self.subject)
        if field:
            raise BadInput(f"too many {field} of one subject", field=field, hint=f"at most {MOST_VALUES}")


class Opening(Value, frozen=True, kw_only=True):
    """A request without its subjects. `id` is the asking side's; `digest` binds every part.

    `link` says how the purpose hangs together with the subjects, `belief` why the other side should hold something.
    `order` refers to a judicial order; `centre` is the coordination centre that has a copy; `term` the term of the
    instrument that the asking side says applies, empty for the ordinary one. Raises BadInput.
    """

    id: str
    reference: str
    authority: str
    contact: str
    language: str
    instrument: str
    purpose: Purpose
    exchange: str
    description: str
    link: str
    belief: str
    wanted: tuple[Wanted, ...]
    handling: Handling
    copied: Copied
    subjects: int
    parts: int
    digest: str
    made: dt.datetime
    review_at: dt.date
    retention_until: dt.date
    offence: str = ""
    article: str = ""
    revision: int = 0
    urgent: bool = False
    urgency: str = ""
    restrictions: str = ""
    marking: str = ""
    order: str = ""
    centre: str = ""
    term: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_name(self, "id")
        require_said(self, "reference", "authority", "contact", "language", "instrument", "exchange")
        require_said(self, "description", "link", "belief")
        require_short(
            self, "reference", "authority", "contact", "language", "article", "marking", "order", "term"
        )
        require_bounded(self, "description", "link", "belief", "urgency", "restrictions")
        if self.offence or self.purpose.needs_offence:
            offence(self.offence)
        if self.urgent != bool(self.urgency):
            raise BadInput(
                "an urgent request says why, and no other", field="urgency", hint="give both or none"
            )
        if not self.wanted:
            raise BadInput("nothing is asked for", field="wanted", hint="say what is wanted of each subject")
        if not 1 <= self.subjects <= MOST_SUBJECTS or self.parts != parts_of(self.subjects):
            raise BadInput("the counts of subjects and parts do not agree", field="subjects")
        require_digest(self.digest)
        if self.review_at > self.retention_until:
            raise BadInput("the review comes after the end of retention", field="review_at")


class Part(Value, frozen=True, kw_only=True):
    """Some subjects of a request, in order. Raises BadInput where they do not follow each other."""

    request: str
    number: int
    subjects: tuple[Entry, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        require_said(self, "request")
        first = (self.number - 1) * PART + 1
        places = [entry.number for entry in self.subjects]
        if self.number < 1 or not places or places != list(range(first, first + len(places))):
            raise BadInput("the subjects of a part do not follow each other", field="subjects")
        if len(places) > PART:
            raise BadInput(f"a part has {len(places)} subjects", field="subjects", hint=f"at most {PART}")


class Acknowledged(Value, frozen=True, kw_only=True):
    """The request is whole at the other side since `received`, by its clock, which starts then; due unless it is
    sorted otherwise. `digest` is that of what arrived."""

    request: str
    received: dt.datetime
    subjects: int
    digest: str
    due: dt.datetime | None = None


class Triaged(Value, frozen=True, kw_only=True):
    """How many subjects are reached in which way, by the value of Access; when the first and the last are due."""

    request: str
    counts: dict[str, int]
    due: dt.datetime | None = None
    last_due: dt.datetime | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not {*self.counts} <= {access.value for access in Access}:
            raise BadInput("subjects are reached in a way that is none", field="counts")


class Clarify(Value, frozen=True, kw_only=True):
    """A question back. No `subjects`: about the whole request. `pauses` is the code of the lawful reason for which the
    clock stands still; empty where it runs on."""

    request: str
    id: str
    question: str
    subjects: tuple[int, ...] = ()
    pauses: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_said(self, "request", "question")
        require_name(self, "id")
        require_bounded(self, "question")


class Clarified(Value, frozen=True, kw_only=True):
    """The answer to a question back."""

    request: str
    id: str
    answer: str

    def __post_init__(self) -> None:
        super().__post_init__()
        require_said(self, "request", "id", "answer")
        require_bounded(self, "answer")


class Answer(Value, frozen=True, kw_only=True):
    """The answer on one subject: `items` as their originators signed them; `ground` the code of a refusal.

    Raises BadInput where the two do not fit the result.
    """

    number: int
    result: Result
    ground: str = ""
    items: tuple[Supplied, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.ground) != (self.result is Result.REFUSED):
            raise BadInput("a refusal has a coded ground, and nothing else has", field="ground")
        if bool(self.items) != (self.result in (Result.FULL, Result.PARTIAL)):
            raise BadInput("what is answered with something carries its items", field="items")


class Answers(Value, frozen=True, kw_only=True):
    """A batch of answers, numbered from 1 in each request; `revision` is the last correction that the sender had taken
    when it answered."""

    request: str
    number: int
    answers: tuple[Answer, ...]
    revision: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        require_said(self, "request")
        if not 1 <= len(self.answers) <= BATCH:
            raise BadInput(f"a batch has {len(self.answers)} answers", field="answers", hint=f"1 to {BATCH}")


class Withdrawn(Value, frozen=True, kw_only=True):
    """The asking side no longer asks; no `subjects`: about none of them."""

    request: str
    subjects: tuple[int, ...] = ()
    reason: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_said(self, "request")
        require_bounded(self, "reason")


class Corrected(Value, frozen=True, kw_only=True):
    """Subjects as they should have been; each is checked and answered anew."""

    request: str
    revision: int
    subjects: tuple[Entry, ...]
    reason: str

    def __post_init__(self) -> None:
        super().__post_init__()
        require_said(self, "request", "reason")
        require_bounded(self, "reason")
        if not 1 <= len(self.subjects) <= PART or self.revision < 1:
            raise BadInput("a correction names the subjects and its number", field="subjects")


class Closed(Value, frozen=True, kw_only=True):
    """The asking side is done; `outcome` is the code of what it led to."""

    request: str
    outcome: str

    def __post_init__(self) -> None:
        super().__post_init__()
        require_said(self, "request", "outcome")


class Copy(Value, frozen=True, kw_only=True):
    """A request, or a part of it, for the own single point of contact or a coordination centre; `asked` is whom it
    went to."""

    role: str
    asked: str
    opening: Opening
    number: int = 0
    subjects: tuple[Entry, ...] = ()


class Spontaneous(Value, frozen=True, kw_only=True):
    """Information that nobody asked for: why it is given, and the items that carry it."""

    id: str
    purpose: Purpose
    reason: str
    items: tuple[Supplied, ...]
    offence: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_said(self, "reason")
        require_name(self, "id")
        require_bounded(self, "reason")
        if not 1 <= len(self.items) <= BATCH:
            raise BadInput("nothing is supplied", field="items", hint=f"name 1 to {BATCH} items")


class Sanction(Value, frozen=True, kw_only=True):
    """One penalty or measure by its code. `amount` in whole units of `currency`; `days` of deprivation of freedom."""

    code: str
    days: int = 0
    amount: int = 0
    currency: str = ""
    suspended: bool = False


class Conviction(Value, frozen=True, kw_only=True):
    """A conviction as codes that each side reads in its own language (Framework Decision 2009/315/JHA, article 11).

    `id` is its own at the convicting state and stays; `source` the court and file. Raises BadInput without a person's
    nationality, and for a conviction that is not final.
    """

    id: str
    person: Person
    country: Country
    court: str
    decided: dt.date
    final: dt.date
    offences: tuple[str, ...]
    sanctions: tuple[Sanction, ...]
    source: str
    confiscation: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        require_said(self, "id", "court", "source")
        require_short(self, "id", "court", "source")
        if not self.person.nationalities:
            raise BadInput("a notice goes by nationality, and none is given", field="nationalities")
        if not self.offences:
            raise BadInput("a conviction names its offences", field="offences")
        if self.final < self.decided:
            raise BadInput("a conviction is final no sooner than it is decided", field="final")


class ConvictionsAsked(Value, frozen=True, kw_only=True):
    """All final convictions of one's own nationals: the ground is the conviction, never the nationality (rule L08).

    `nationality` is that of the asking side. `offences` by code; none: all. Raises BadInput.
    """

    id: str
    reference: str
    nationality: Country
    since: dt.date
    until: dt.date
    instrument: str
    purpose: Purpose
    copied: Copied
    contact: str
    offences: tuple[str, ...] = ()
    offence: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_name(self, "id")
        require_said(self, "reference", "instrument", "contact")
        if self.until < self.since:
            raise BadInput("the time ends before it begins", field="until")


class Convictions(Value, frozen=True, kw_only=True):
    """Notices of convictions; `request` where they were asked for, `last` where none follows on it."""

    id: str
    notices: tuple[Conviction, ...]
    request: str = ""
    last: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        require_name(self, "id")
        if len(self.notices) > BATCH or (not self.notices and not self.request):
            raise BadInput(f"{len(self.notices)} notices", field="notices", hint=f"1 to {BATCH}")


KINDS: dict[str, type[Value]] = {
    "request": Opening,
    "request-part": Part,
    "request-received": Acknowledged,
    "request-triaged": Triaged,
    "clarification-asked": Clarify,
    "clarification-given": Clarified,
    "answers": Answers,
    "request-withdrawn": Withdrawn,
    "request-corrected": Corrected,
    "request-closed": Closed,
    "request-copy": Copy,
    "spontaneous": Spontaneous,
    "convictions-asked": ConvictionsAsked,
    "convictions": Convictions,
}


def least(purpose: Purpose, wanted: Iterable[Wanted]) -> bool:
    """Whether what is told of a person goes with an answer, or only who they are and how far it is relied on: what was
    not asked for is not given, and a border check needs no more (rule L02)."""
    return purpose not in IDENTITY_ALONE and bool({*wanted} - {Wanted.IDENTITY})


def beyond(subject: AnySubject) -> str:
    """The field of a subject that has more values than one may have in a request; empty where none has."""
    said = ((name, getattr(subject, name)) for name in subject.__struct_fields__)
    return next((name for name, each in said if isinstance(each, tuple) and len(each) > MOST_VALUES), "")


def parts_of(subjects: int) -> int:
    """How many letters so many subjects take."""
    return -(-subjects // PART)


def part_digest(subjects: Sequence[Entry]) -> str:
    """SHA-256 of the canonical bytes of a part's subjects, in hex."""
    return hashlib.sha256(encode(list(subjects))).hexdigest()


def whole_digest(parts: Iterable[str]) -> str:
    """SHA-256 of the digests of a request's parts, in their order: what an opening promises."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def require_said(value: Value, *fields: str) -> None:
    """Raises BadInput for a text that is empty."""
    for field in fields:
        if not getattr(value, field):
            raise BadInput(f"the {field} is empty", field=field, hint=f"give the {field}")


def require_short(value: Value, *fields: str) -> None:
    """Raises BadInput for a name or reference that is too long."""
    _within(value, SHORT, fields)


def require_bounded(value: Value, *fields: str) -> None:
    """Raises BadInput for a text that is too long."""
    _within(value, LONGEST, fields)


def require_digest(digest: str) -> None:
    """Raises BadInput for what is no SHA-256 in hex."""
    if len(digest) != DIGEST or set(digest) - set("0123456789abcdef"):
        raise BadInput("the digest is no SHA-256 in hex", field="digest")


def _within(value: Value, most: int, fields: Iterable[str]) -> None:
    for field in fields:
        if len(getattr(value, field)) > most:
            raise BadInput(f"the {field} is too long", field=field, hint=f"at most {most} characters")
