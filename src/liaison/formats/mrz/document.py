"""A zone that was read: every field, where it stands, whether its check digits agree, and every doubt."""

from __future__ import annotations

from datetime import date

import msgspec

from liaison.formats.mrz import dates, digits, names, states
from liaison.formats.mrz.layouts import Layout
from liaison.model.dates import PartialDate

CONSISTENT, NOT_CONSISTENT = "consistent", "not consistent"


class Field(msgspec.Struct, frozen=True):
    """A field as it stands in the zone; line and column are counted from 1."""

    name: str
    text: str
    line: int
    column: int


class Doubt(msgspec.Struct, frozen=True):
    """Something that was not as it should be, or was read otherwise than it stood there."""

    kind: str  # "corrected", "unreadable", "filled", "swapped", ...
    words: str
    field: str = ""
    line: int = 0  # of the zone, or of the scanned text where no field is named; 0 for the whole
    column: int = 0


class CheckResult(msgspec.Struct, frozen=True):
    """One check digit, what it covers, and whether it agrees."""

    field: str
    covers: str
    stands: str
    computed: str
    agrees: bool
    line: int
    column: int


class Document(msgspec.Struct, frozen=True):
    """One machine readable zone. `bits` is its verdict (digits.verdict)."""

    layout: Layout
    text: str
    bits: int
    doubts: tuple[Doubt, ...] = ()

    @property
    def consistent(self) -> bool:
        """Whether every check digit agrees and every sign is of its field's type. It says nothing of genuineness."""
        return not self.bits & digits.FAULTS

    @property
    def verdict(self) -> str:
        """ "consistent" or "not consistent"."""
        return CONSISTENT if self.consistent else NOT_CONSISTENT

    @property
    def lines(self) -> tuple[str, ...]:
        """The zone as it is printed."""
        width = self.layout.width
        return tuple(self.text[at : at + width] for at in range(0, self.layout.size, width))

    def raw(self, field: str) -> str:
        """A field with its fillers; empty for one that this layout does not have."""
        first, end = self.layout.fields.get(field, (0, 0))
        return self.text[first:end]

    def fields(self) -> tuple[Field, ...]:
        """Every field and where it stands."""
        layout = self.layout
        return tuple(
            Field(name, self.raw(name), *layout.place(at)) for name, (at, _) in layout.fields.items()
        )

    @property
    def code(self) -> str:
        """The document code: P, PD, I, ID, AC, V, ..."""
        return self.raw("code").rstrip("<")

    @property
    def issuer(self) -> str:
        """The issuing state or organisation; D for Germany."""
        return self.raw("issuer").rstrip("<")

    @property
    def nationality(self) -> str:
        """The holder's nationality."""
        return self.raw("nationality").rstrip("<")

    @property
    def issuer_meaning(self) -> states.State:
        """What the issuer's code means."""
        return states.meaning(self.issuer)

    @property
    def number(self) -> str:
        """The whole document number, also of one that goes on in the optional data; a filler in it is left out."""
        number = self.raw("number")
        if self.bits & digits.LONG:
            number += digits.overflow_of(self.layout, self.text)[:-1]
        return number.replace("<", "")

    @property
    def optional(self) -> str:
        """Optional data, or the personal number of a passport; without the rest of a long number."""
        first, end = self.layout.fields["optional"]
        if self.bits & digits.LONG:
            first += len(digits.overflow_of(self.layout, self.text))
        return self.text[first:end].strip("<")

    @property
    def optional_2(self) -> str:
        """The second field of optional data, which only TD1 has."""
        return self.raw("optional_2").strip("<")

    @property
    def names(self) -> names.Names:
        """Surname and given names as the zone writes them."""
        return names.split(self.raw("names"))

    @property
    def sex(self) -> str:
        """M, F, or nothing where it is not said."""
        return self.raw("sex").rstrip("<")

    def born(self, on: date) -> PartialDate | None:
        """The date of birth, inferred as of a day; None where not even the year is known. Raises BadInput."""
        return dates.birth(self.raw("birth"), on)

    def expires(self, on: date) -> PartialDate | None:
        """The date of expiry, inferred as of a day; None where none is given. Raises BadInput."""
        return dates.expiry(self.raw("expiry"), on)

    def checks(self) -> tuple[CheckResult, ...]:
        """Every check digit of the zone."""
        return tuple(self._check(number) for number in range(len(self.layout.checks)))

    def _check(self, number: int) -> CheckResult:
        check, text = self.layout.checks[number], self.text
        covered = "".join(text[first:end] for first, end in check.pieces)
        at = check.at
        if number == 0 and self.bits & digits.LONG:
            rest = digits.overflow_of(self.layout, text)
            covered += "<" * bool(self.bits & digits.COUNTED) + rest[:-1]
            at = self.layout.overflow[0] + len(rest) - 1
        agrees = not self.bits >> number & 1
        return CheckResult(
            check.field, check.covers, text[at], digits.digit(covered), agrees, *self.layout.place(at)
        )
