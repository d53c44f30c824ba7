"""Which column of a list of vehicles, or of documents reported lost or stolen, holds what: guessed by its header, and
what a person says goes before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from liaison.holdings import fields, mapping
from liaison.holdings.kept import distinct
from liaison.holdings.words import plain
from liaison.model.errors import BadSetting

VEHICLE, DOCUMENT = "vehicle", "document"
FOUND_BY = {VEHICLE: ("plate", "vin"), DOCUMENT: ("number",)}
NAMES_PERSONS = frozenset({"given", "middle", "surname", "name", "alias", "dob"})


@cache
def known(kind: str) -> Mapping[str, str]:
    """The field that a header of such a list means, by the header as `plain` writes it."""
    lines = files(__package__).joinpath("thing_headers.tsv").read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    told = {plain(word): field for of, field, words in rows if of == kind for word in words.split("|")}
    return {field: field for field in told.values()} | told


@dataclass(frozen=True, slots=True)
class ThingColumns:
    """The columns of such a list: `names` are their headers, each once, `fields` what each holds: empty for one that is
    kept as it is."""

    kind: str
    names: tuple[str, ...]
    fields: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(
            f"{field} = {name}" for field, name in zip(self.fields, self.names, strict=True) if field
        )

    @property
    def headers(self) -> dict[str, str]:
        """The header of each field that there is."""
        return {field: name for field, name in zip(self.fields, self.names, strict=True) if field}

    @property
    def kept(self) -> list[str]:
        """The headers of columns that are kept as they are."""
        return [name for field, name in zip(self.fields, self.names, strict=True) if not field]


def columns_of(header: Sequence[str], said: Mapping[str, str]) -> ThingColumns | None:
    """The columns of a list of vehicles or of reported documents; None for any other list.

    said: the file's column for a field. A list that names persons is one of persons, whatever else it has. Raises
    BadSetting for a column or field that there is not.
    """
    persons = any(mapping.known().get(plain(name)) in NAMES_PERSONS for name in header)
    for kind in (VEHICLE, DOCUMENT):
        told = {known(kind).get(plain(field), field): name for field, name in said.items()}
        chosen = bool(set(told) & set(FOUND_BY[kind]))
        others = sorted(set(told) - set(known(kind).values()))
        if chosen and others:
            every = ", ".join(sorted(set(known(kind).values())))
            raise BadSetting(f"{others[0]!r} is no field of a {kind}", hint=f"the fields are {every}")
        if not chosen and (persons or others):
            continue
        found = _of(kind, header, told)
        if set(FOUND_BY[kind]) & set(found) and (kind == VEHICLE or "status" in found):
            return ThingColumns(kind, tuple(distinct(header)), found)
    return None


def _of(kind: str, header: Sequence[str], said: Mapping[str, str]) -> tuple[str, ...]:
    told = {mapping.column(header, name): field for field, name in said.items()}
    taken, found = set(told.values()), []
    for at, name in enumerate(header):
        field = told.get(at) or _field(kind, name)
        if at not in told:
            field = "" if field in taken else field
            taken.add(field)
        found.append(field)
    return tuple(found)


def _field(kind: str, header: str) -> str:
    own = known(kind).get(plain(header), "")
    entry = fields.wanted_field_of(header) if kind == VEHICLE else ""
    return own or entry or fields.field_of(header)
