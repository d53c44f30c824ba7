"""Which column of a file holds what, guessed by its header in a dozen languages; what a person says goes before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from liaison.holdings.layout import Kind, Target
from liaison.holdings.words import plain
from liaison.model.errors import BadSetting, UnusableFile

FIELDS = ("id", "given", "middle", "surname", "name", "alias", "dob", "sex", "nationality", "document")
KEPT = "kept"  # what a column is that is no field of a person

# The word for a given name that is also the word for a name: given where there is a surname as well.
EITHER = frozenset(["nombre", "nome", "ime", "ad", "adi", "isim", "imie", "имя", "име", "ονομα", "emri"])
FAMILY_WHERE_GIVEN = frozenset(["name", "naam", "namn", "navn", "nimi"])  # as in `Name;Vorname`
SEVERAL = ("document", "alias", "nationality")


class NoColumns(UnusableFile):
    """The first row of a table names no column of people."""

    def __init__(self, message: str, *, file: str, header: Sequence[str], hint: str) -> None:
        super().__init__(message, file=file, hint=hint)
        self.header = tuple(header)


@cache
def known() -> Mapping[str, str]:
    """The field that a header means, by the header as `plain` writes it."""
    lines = files(__package__).joinpath("headers.tsv").read_text("utf-8").splitlines()
    return {word: field for field, words in (line.split("\t") for line in lines) for word in words.split()}


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns (0-based) that hold each field, and the headers of those that hold none."""

    columns: Mapping[str, tuple[int, ...]]
    header: tuple[str, ...]

    def __getitem__(self, field: str) -> tuple[int, ...]:
        return self.columns.get(field, ())

    def __str__(self) -> str:
        pairs = (
            f"{field} = {' + '.join(self.header[at] for at in self[field])}"
            for field in FIELDS
            if self[field]
        )
        return ", ".join(pairs)

    def unused(self) -> list[str]:
        """The headers of columns that are not read."""
        return [self.header[at] for at in self._others()]

    def _others(self) -> list[int]:
        used = {at for columns in self.columns.values() for at in columns}
        return [at for at in range(len(self.header)) if at not in used]

    def field_of(self, column: int) -> str:
        """The header of a column; empty for none."""
        return self.header[column] if 0 <= column < len(self.header) else ""

    def targets(self, keep: bool = False) -> tuple[tuple[str, ...], tuple[Target, ...]]:
        """The columns to fill, and the field that each holds; with `keep`, KEPT for every other column."""
        given = self["given"] + self["middle"]
        made = [("id", Target(Kind.ID, self["id"]))]
        made += [
            (field, Target(Kind.NAME, columns))
            for field, columns in (("given", given), ("surname", self["surname"]), ("name", self["name"]))
            if columns
        ]
        for field, kind in (("dob", Kind.DATE), ("sex", Kind.SEX)):
            made += [(field, Target(kind, self[field]))] if self[field] else []
        for field, kind in (("alias", Kind.TEXT), ("document", Kind.NUMBER), ("nationality", Kind.COUNTRY)):
            made += [(field, Target(kind, (column,))) for column in self[field]]
        if keep:
            made += [(KEPT, Target(Kind.TEXT, (at,))) for at in self._others()]
        return tuple(field for field, _ in made), tuple(target for _, target in made)

    def least(self) -> int:
        """How many fields a row needs to have an id and a name, or where there is no name column a number."""
        needed = self["id"] + (self["given"] + self["surname"] + self["name"] or self["document"])
        return 1 + max(needed, default=0)


def guess(header: Sequence[str], said: Mapping[str, str]) -> Headings:
    """The mapping of a header, with what was said. Raises BadSetting for a column or field there is not."""
    columns: dict[str, list[int]] = {field: [] for field in FIELDS}
    told = {_field(field): column(header, name) for field, name in said.items()}
    words = [plain(name) for name in header]
    for at, word in enumerate(words):
        field = known().get(word) or known().get(word.rstrip("0123456789"), "")
        if (
            field
            and field not in told
            and at not in told.values()
            and (not columns[field] or field in SEVERAL)
        ):
            columns[field].append(at)
    for field, at in told.items():
        columns[field] = [at]
    _sort_out(columns, words, set(told))
    return Headings({field: tuple(found) for field, found in columns.items() if found}, tuple(header))


def _sort_out(columns: dict[str, list[int]], words: Sequence[str], told: set[str]) -> None:
    """Headers that mean one thing or another, by what stands beside them."""
    given, surname, name = columns["given"], columns["surname"], columns["name"]
    if given and "given" not in told and words[given[0]] in EITHER and not surname and not name:
        columns["name"], columns["given"] = given, []
    elif given and name and not surname and words[name[0]] in FAMILY_WHERE_GIVEN and "name" not in told:
        columns["surname"], columns["name"] = name, []
    nationality = columns["nationality"]
    if len(nationality) > 1 and "nationality" not in told:
        columns["nationality"] = [at for at in nationality if words[at] != "country"][:2]


def _field(name: str) -> str:
    word = plain(name)
    field = word if word in FIELDS else known().get(word)
    if field is None:
        raise BadSetting(f"{name!r} is no field of a person", hint=f"the fields are {', '.join(FIELDS)}")
    return field


def column(header: Sequence[str], name: str) -> int:
    """Where the column of this header, or of this number from 1, stands. Raises BadSetting."""
    for at, each in enumerate(header):
        if each == name:
            return at
    alike = [at for at, each in enumerate(header) if plain(each) == plain(name)]
    if alike and plain(name):
        return alike[0]
    if name.isdecimal() and 1 <= int(name) <= len(header):
        return int(name) - 1
    raise BadSetting(f"there is no column {name!r}", hint=f"the columns are {', '.join(header)}")


def required(found: Headings, file: str) -> Headings:
    """The mapping, if it finds people. Raises NoColumns."""
    if found["given"] or found["surname"] or found["name"] or found["document"]:
        return found
    if len(found.header) == 1:
        raise NoColumns(
            f"{file} has one column, and its first row does not name it as a name",
            file=file,
            header=found.header,
            hint="say by which sign the fields are separated, or put `name` above a column of names",
        )
    raise NoColumns(
        f"the first row of {file} names no column with names or document numbers",
        file=file,
        header=found.header,
        hint="the first row must be a header such as id,given,surname,dob, or say which column is which",
    )
