"""What stands sealed: the question of a check, and an alert as it was shown when it was decided upon."""

from __future__ import annotations

import msgspec

from liaison.model.canonical import encode
from liaison.model.structs import Value
from liaison.model.subjects import AnySubject, Vehicle
from liaison.model.text import Text
from liaison.model.wanted import Wanted

NOBODY = "a passenger"  # how somebody is called whose name is masked
MOST = 50  # alerts that one question shows, where no other number is given


class Asked(Value, frozen=True, kw_only=True):
    """A question: about whom or what, and within which limits. `least` is a score in 1/10,000 bit; None where the
    size of the lists says it. No `lists`: all."""

    subject: AnySubject
    least: int | None = None
    lists: tuple[str, ...] = ()
    most: int = MOST


class Shown(Value, frozen=True, kw_only=True):
    """One side of an alert, as its source writes it; empty where the source says nothing. What follows the nationality
    is a vehicle's."""

    id: str = ""
    name: str = ""
    born: str = ""
    sex: str = ""
    nationality: str = ""
    plate: str = ""
    registered: str = ""
    vin: str = ""
    make: str = ""
    colour: str = ""


class Why(Value, frozen=True, kw_only=True):
    """One reason and what it is worth, in 1/10,000 bit; the reasons of an alert sum to its score."""

    kind: str
    words: str
    worth: int


class Content(Value, frozen=True, kw_only=True):
    """An alert as it is sealed.

    `chance` is how many records of the list would match so well by chance, at most, in millionths. `grade` is 4x4,
    `graded_as` the source's own grade and scale. `instruction` and `wanted`, but for its risk, are told to nobody
    before the alert is confirmed.
    """

    list: str
    subject: Shown
    record: Shown
    reasons: tuple[Why, ...]
    chance: int
    category: str = ""
    grade: str = ""
    graded_as: str = ""
    handling: tuple[str, ...] = ()
    restriction: str = ""
    owner: str = ""
    instruction: str = ""
    wanted: Wanted | None = None
    review_passed: bool = False

    @property
    def about(self) -> str:
        """What both sides are: person, vehicle, or thing for what else has a number."""
        kinds = {why.kind for why in self.reasons}
        if kinds & {"plate", "vin"}:
            return "vehicle"
        return (
            "thing" if kinds & {"phone", "imei", "iban", "account", "register", "organisation"} else "person"
        )


OF_VEHICLE = ("plate", "registered", "vin", "make", "colour")


def described(subject: AnySubject) -> dict[str, str]:
    """What a side says of a vehicle beside its name; nothing for what is none."""
    if not isinstance(subject, Vehicle):
        return {}
    return {name: str(getattr(subject, name) or "") for name in OF_VEHICLE}


def without_subject(content: Content) -> Content:
    """An alert that does not say whom it is about: the record's side stays, and what each reason is worth."""
    reasons = tuple(Why(kind=why.kind, words="", worth=why.worth) for why in content.reasons)
    side = Shown(id=content.subject.id, name=NOBODY)
    return msgspec.structs.replace(content, subject=side, reasons=reasons)


def pack(value: Value) -> bytes:
    """The canonical bytes of a value."""
    return encode(value)


def asked_of(content: bytes) -> Asked:
    """The question that was sealed."""
    return ASKED.decode(content)


def content_of(content: bytes) -> Content:
    """The alert that was sealed."""
    return CONTENT.decode(content)


def _text(kind: type[object], written: object) -> object:
    if issubclass(kind, Text) and isinstance(written, str):
        return kind(written)
    raise TypeError(f"{written!r} is not a {kind.__name__}")


# Made here: a type that threads meet first, and at once, crashes msgspec.
ASKED, CONTENT = msgspec.json.Decoder(Asked, dec_hook=_text), msgspec.json.Decoder(Content)
