"""Which column of a file holds what, guessed by its header in a dozen languages; what a person says goes before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from liaison.holdings.layout import Kind, Target
from liaison.holdings.words import plain
from liaison.model.errors import BadSetting, UnusableFile

FIELDS = ("id", "given", "middle", "surname", "name", "alias", "dob", "sex", "nationality", "document")
HEADERS = {
    "id": "id pid wid rid uid uuid ident identifier recordid recid personid passengerid paxid subjectid dataid caseid entityid entnum ref"
    " reference recordno recordnumber rowid key",
    "given": "given givenname givennames first firstname firstnames fname forename forenames vorname vornamen prenom prenoms nombres imena"
    " prenume vardas keresztnev utonev fornamn fornavn voornaam voornamen etunimi krestnijmeno jmeno eesnimi vards nombre nome ime ad adi"
    " isim imie имя имена імя име ονομα emri الاسمالاول",
    "middle": "middle middlename middlenames secondname patronymic patronym otchestvo отчество побатькові презиме",
    "surname": "surname surnames last lastname lastnames lname family familyname familynames nachname familienname nom nomdefamille apellido"
    " apellidos cognome sobrenome apelido nazwisko prezime mbiemri mbiemer soyad soyadi soyisim nume numedefamilie pavarde vezeteknev"
    " csaladnev prijmeni priezvisko фамилия прізвище επωνυμο eponymo achternaam efternamn efternavn etternavn sukunimi perekonnanimi uzvards"
    " اللقب اسمالعائلة primarylastname",
    "name": "name fullname completename wholename personname passengername paxname passenger pax caption nomcomplet nometprenom nomprenom"
    " nombrecompleto nomecompleto nomecognome adsoyad adisoyadi imieinazwisko imeiprezime emridhembiemri numeleprenume numesiprenume"
    " vollstandigername фио піб ονοματεπωνυμο الاسم الاسمالكامل navn naam namn nimi teljesnev vesselname shipname organisation organization"
    " company entity entityname",
    "alias": "alias aliases aka akas alsoknownas othernames othername alternativenames alternativename altnames nickname nicknames",
    "dob": "dob dateofbirth birthdate birthday birthdt datebirth born birth geburtsdatum geburtstag geboren datedenaissance naissance"
    " fechadenacimiento fechanacimiento fechanac nacimiento datadinascita datanascita datadenascimento datanascimento dataurodzenia"
    " datumrodenja datumrodjenja dogumtarihi datanasterii gimimodata szuletesidatum szuletesiido datumnarozeni датарождения датанародження"
    " датанараждане ημερομηνιαγεννησης geboortedatum fodelsedatum fodselsdato syntymaaika datelindja yob yearofbirth birthyear geburtsjahr"
    " تاريخالميلاد",
    "sex": "sex gender geschlecht sexe sexo sesso genere plec pol spol cinsiyet gjinia lytis пол стать φυλο geslacht kon kjonn الجنس",
    "nationality": "nat nationality nationalities citizenship citizenships nationalite nacionalidad nazionalita cittadinanza nacionalidade"
    " narodowosc obywatelstwo drzavljanstvo uyruk uyrugu kombesia shtetesia cetatenie cetatenia nationalitate pilietybe"
    " staatsangehorigkeit nationalitat staatsburgerschaft гражданство громадянство υπηκοοτητα nationaliteit الجنسية country countryofcitizenship",
    "document": "doc docno docnr docnum docnumber document documentno documentnr documentnumber documentnum passport passportno passportnr"
    " passportnum passportnumber passportid traveldocument traveldocumentnumber traveldoc idnumber idno idcard idcardnumber identitycard"
    " nationalid nationalidnumber idnumber personalnumber reisepass reisepassnummer passnummer passnr ausweisnummer numerodepasseport"
    " passeport pasaporte numerodepasaporte passaporto paszport numerpaszportu pasos pasaport pasaportno pashaporta pasaport паспорт"
    " номерпаспорта διαβατηριο paspoort paspoortnummer رقمالجواز",
}  # fmt: skip
KNOWN = {word: field for field, words in HEADERS.items() for word in words.split()}
# The word for a given name that is also the word for a name: given where there is a surname as well.
EITHER = frozenset("nombre nome ime ad adi isim imie имя име ονομα emri".split())
FAMILY_WHERE_GIVEN = frozenset("name naam namn navn nimi".split())  # as in `Name;Vorname`
SEVERAL = ("document", "alias", "nationality")


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns (0-based) that hold each field, and the headers of those that hold none."""

    columns: Mapping[str, tuple[int, ...]]
    header: tuple[str, ...]

    def __getitem__(self, field: str) -> tuple[int, ...]:
        return self.columns.get(field, ())

    def __str__(self) -> str:
        pairs = (f"{field} = {' + '.join(self.header[at] for at in self[field])}" for field in FIELDS if self[field])
        return ", ".join(pairs)

    def unused(self) -> list[str]:
        """The headers of columns that are not read."""
        used = {at for columns in self.columns.values() for at in columns}
        return [name for at, name in enumerate(self.header) if at not in used]

    def field_of(self, column: int) -> str:
        """The header of a column; empty for none."""
        return self.header[column] if 0 <= column < len(self.header) else ""

    def targets(self) -> tuple[tuple[str, ...], tuple[Target, ...]]:
        """The columns to fill, and the field that each holds."""
        given = self["given"] + self["middle"]
        made = [("id", Target(Kind.ID, self["id"]))]
        made += [(field, Target(Kind.NAME, columns)) for field, columns in (
            ("given", given), ("surname", self["surname"]), ("name", self["name"])) if columns]  # fmt: skip
        for field, kind in (("dob", Kind.DATE), ("sex", Kind.SEX)):
            made += [(field, Target(kind, self[field]))] if self[field] else []
        for field, kind in (("alias", Kind.TEXT), ("document", Kind.NUMBER), ("nationality", Kind.COUNTRY)):
            made += [(field, Target(kind, (column,))) for column in self[field]]
        return tuple(field for field, _ in made), tuple(target for _, target in made)

    def least(self) -> int:
        """How many fields a row needs to have an id and a name, or where there is no name column a number."""
        needed = self["id"] + (self["given"] + self["surname"] + self["name"] or self["document"])
        return 1 + max(needed, default=0)


def guess(header: Sequence[str], said: Mapping[str, str]) -> Headings:
    """The mapping of a header, with what was said. Raises BadSetting for a column or field there is not."""
    columns: dict[str, list[int]] = {field: [] for field in FIELDS}
    told = {_field(field): _column(header, name) for field, name in said.items()}
    words = [plain(name) for name in header]
    for at, word in enumerate(words):
        field = KNOWN.get(word) or KNOWN.get(word.rstrip("0123456789"), "")
        if field and field not in told and at not in told.values() and (not columns[field] or field in SEVERAL):
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
    field = word if word in FIELDS else KNOWN.get(word)
    if field is None:
        raise BadSetting(f"{name!r} is no field of a person", hint=f"the fields are {', '.join(FIELDS)}")
    return field


def _column(header: Sequence[str], name: str) -> int:
    for at, column in enumerate(header):
        if column == name:
            return at
    alike = [at for at, column in enumerate(header) if plain(column) == plain(name)]
    if alike and plain(name):
        return alike[0]
    if name.isdecimal() and 1 <= int(name) <= len(header):
        return int(name) - 1
    raise BadSetting(f"there is no column {name!r}", hint=f"the columns are {', '.join(header)}")


def required(found: Headings, file: str) -> Headings:
    """The mapping, if it finds people. Raises UnusableFile."""
    if found["given"] or found["surname"] or found["name"] or found["document"]:
        return found
    if len(found.header) == 1:
        raise UnusableFile(
            f"{file} has one column, and its first row does not name it as a name", file=file, row=0,
            hint="if fields are separated by another sign than a comma, semicolon, tab or bar, change it; else put `name` above the column",
        )  # fmt: skip
    raise UnusableFile(
        f"the first row of {file} names no column with names or document numbers", file=file, row=0,
        hint="the first row must be a header such as id,given,surname,dob; or say which column is which with --map surname=COLUMN",
    )  # fmt: skip
