"""What is published to partners of one record: the thing that is wanted, the officer's words, the conditions.

It is made for one door at a time: what the door is not for is not in it. A natural person's birthplace and what the
agency's files say of them besides are never published; persons go by MISP and by files alone.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from hashlib import sha256

import msgspec

from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose, offence
from liaison.model.handling import Handling
from liaison.model.holding import Instruction
from liaison.model.scales import Graded
from liaison.model.structs import Value
from liaison.model.subjects import Account, AnySubject, Document, Organisation, Person, Phone, Vehicle

LONGEST = 2_000  # signs of the officer's words
FORMS = ("stix", "misp")


class Publication(Value, frozen=True, kw_only=True):
    """One wanted person or thing as partners see it. `id` is a UUID; `made` its first version, `changed` this one.

    `origin` is the name of the node, `agency` its agency in words. Raises BadInput.
    """

    id: str
    origin: str
    agency: str
    subject: AnySubject
    purpose: Purpose
    offence: str = ""
    words: str = ""
    handling: Handling
    graded: Graded = Graded()
    instruction: Instruction | None = None
    made: dt.datetime
    changed: dt.datetime
    until: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        require_uuid(self.id, "id")
        for field in ("origin", "agency"):
            if not getattr(self, field):
                raise BadInput(f"the {field} is empty", field=field, hint=f"name the {field}")
        if len(self.words) > LONGEST:
            raise BadInput(
                f"the text has {len(self.words)} characters", field="words", hint=f"at most {LONGEST}"
            )
        if self.offence:
            offence(self.offence)
        if not self.made <= self.changed < self.until:
            raise BadInput("the times are not in order", field="until", hint="the end comes last")

    @property
    def kind(self) -> str:
        """What it is about, by the tag of the subject."""
        return str(type(self.subject).__struct_config__.tag)

    @property
    def title(self) -> str:
        """A line that says what is wanted, without saying who."""
        what = offence(self.offence).label if self.offence else self.purpose.label
        return f"Wanted {self.kind}: {what}"


def reduced(subject: AnySubject) -> AnySubject:
    """The subject as partners may have it: of a person no birthplace."""
    if isinstance(subject, Person):
        return msgspec.structs.replace(subject, birthplace="")
    return subject


def require_door(subject: AnySubject, forms: tuple[str, ...]) -> None:
    """Raises BadInput where a form is none, or is not for this kind of subject: STIX is not made for persons."""
    if not forms or any(form not in FORMS for form in forms):
        raise BadInput("name the forms: stix, misp or both", field="forms")
    if isinstance(subject, Person) and "stix" in forms:
        raise BadInput(
            "a person is not published as STIX",
            field="forms",
            hint="publish the vehicle or document, or send the record to the partner",
        )


def fields(subject: AnySubject) -> Iterator[tuple[str, str]]:
    """What a subject says, as pairs of a plain name and a text, in a fixed order."""
    match subject:
        case Vehicle():
            yield from _told(subject, "plate", "registered", "vin", "make", "colour")
        case Document():
            yield "number", str(subject.number)
            yield "type", subject.type.value
            yield from _told(subject, "issuer", "expires")
        case Phone():
            yield from _told(subject, "number", "imei")
        case Account():
            yield from _told(subject, "iban", "number", "institution")
        case Organisation():
            yield from (("name", name) for name in subject.names)
            yield from _told(subject, "registered", "register_number")
        case Person():
            yield from (("name", str(name)) for name in subject.names)
            yield from (("born", str(date)) for date in subject.born)
            yield from (("sex", subject.sex.value),) if subject.sex else ()
            yield from (("nationality", str(code)) for code in subject.nationalities)
            yield from (("document", str(paper.number)) for paper in subject.documents)


def _told(subject: AnySubject, *names: str) -> Iterator[tuple[str, str]]:
    yield from ((name, str(value)) for name in names if (value := getattr(subject, name)))


def uuid_of(*parts: str) -> str:
    """The UUID of something that has no random id of its own: the same for the same parts, in the form of version 4,
    which STIX and MISP ask for."""
    digest = sha256("\0".join(("liaison", *parts)).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def require_uuid(text: str, field: str) -> str:
    """The UUID in its one form. Raises BadInput."""
    try:
        found = str(uuid.UUID(text))
    except (ValueError, AttributeError):
        found = ""
    if found != text:
        raise BadInput("this is no UUID", field=field, hint="write it in lower case with its hyphens")
    return found
