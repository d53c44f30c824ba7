"""What a record or a question is about: a person, document, vehicle, phone, account or organisation."""

from __future__ import annotations

from enum import Enum

from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.identifiers import Country, DocumentNumber, Iban, Imei, PhoneNumber, Plate, Vin
from liaison.model.structs import Value


class Sex(Enum):
    """As ICAO 9303 prints it. A sex that is not known is left out."""

    MALE = "M"
    FEMALE = "F"
    OTHER = "X"


class DocumentKind(Enum):
    """What was issued."""

    PASSPORT = "passport"
    IDENTITY_CARD = "identity card"
    RESIDENCE_PERMIT = "residence permit"
    DRIVING_LICENCE = "driving licence"
    VISA = "visa"
    OTHER = "other"


class NameKind(Enum):
    """How a name stands to its bearer."""

    PRIMARY = "primary"
    ALIAS = "alias"
    BIRTH = "birth"
    NATIVE = "native"  # in the script of its own language


class Name(Value, frozen=True, kw_only=True):
    """One name: `given` and `surname`, or `full` where the source does not tell them apart; never both.

    Raises BadInput for an empty name, and for one given in both ways.
    """

    given: str = ""
    surname: str = ""
    full: str = ""
    kind: NameKind = NameKind.PRIMARY

    def __post_init__(self) -> None:
        super().__post_init__()
        if bool(self.full) == bool(self.given or self.surname):
            raise BadInput(
                "a name is either full, or given and surname",
                field="full",
                hint="give one of the two, not both",
            )

    def __str__(self) -> str:
        return self.full or f"{self.given} {self.surname}".strip()


class Subject(Value, frozen=True, kw_only=True, tag_field="kind"):
    """The base of the six; `kind` on the wire tells them apart."""

    def needs_one_of(self, *fields: str) -> None:
        """Raises BadInput where all of these fields are empty."""
        if not any(getattr(self, field) for field in fields):
            kind = type(self).__name__.lower()
            one_of = " or ".join(fields)
            raise BadInput(f"this {kind} has no {one_of}", field=fields[0], hint=f"give its {one_of}")


class Document(Subject, frozen=True, kw_only=True, tag="document"):
    """A document that says who someone is."""

    number: DocumentNumber
    type: DocumentKind = DocumentKind.OTHER
    issuer: Country | None = None
    expires: PartialDate | None = None


class Person(Subject, frozen=True, kw_only=True, tag="person"):
    """A person by names, dates of birth (several where sources disagree), nationalities and documents.

    Ethnicity, religion, health and orientation have no place here. Raises BadInput without name and document.
    """

    names: tuple[Name, ...] = ()
    born: tuple[PartialDate, ...] = ()
    birthplace: str = ""
    sex: Sex | None = None
    nationalities: tuple[Country, ...] = ()
    documents: tuple[Document, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        self.needs_one_of("names", "documents")


class Vehicle(Subject, frozen=True, kw_only=True, tag="vehicle"):
    """A vehicle by its registration mark, its identification number, or both. Raises BadInput without either."""

    plate: Plate | None = None
    registered: Country | None = None
    vin: Vin | None = None
    make: str = ""
    colour: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.needs_one_of("plate", "vin")


class Phone(Subject, frozen=True, kw_only=True, tag="phone"):
    """A telephone by the number it answers to, by its device, or both. Raises BadInput without either."""

    number: PhoneNumber | None = None
    imei: Imei | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.needs_one_of("number", "imei")


class Account(Subject, frozen=True, kw_only=True, tag="account"):
    """An account by its IBAN, or by the number its institution gives it. Raises BadInput without either, and
    for a number without its institution, which says nothing."""

    iban: Iban | None = None
    number: str = ""
    institution: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.needs_one_of("iban", "number")
        if self.number and not self.institution:
            raise BadInput(
                "an account number without its institution", field="institution", hint="name the bank"
            )


class Organisation(Subject, frozen=True, kw_only=True, tag="organisation"):
    """A company, association or other body. Raises BadInput without name and register number."""

    names: tuple[str, ...] = ()
    registered: Country | None = None
    register_number: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.needs_one_of("names", "register_number")
        if not all(self.names):
            raise BadInput("a name is empty", field="names", hint="leave an empty name out")


AnySubject = Person | Document | Vehicle | Phone | Account | Organisation
