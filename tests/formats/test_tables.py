from __future__ import annotations

import csv
import io
import json

import pytest

from liaison.formats import followthemoney, spreadsheet
from liaison.holdings.options import Options
from liaison.holdings.read import read_stream
from liaison.holdings.streams import Stream
from liaison.model.dates import PartialDate
from liaison.model.handling import Handling, HandlingCode
from liaison.model.identifiers import DocumentNumber, Iban, Plate
from liaison.model.subjects import Account, Document, DocumentKind, Name, Organisation, Person, Sex, Vehicle

H1 = Handling(codes=(HandlingCode.H1,))
ARTA = Person(
    names=(Name(given="Arta", surname="Beka"),),
    born=(PartialDate("1980-02-03"),),
    sex=Sex.FEMALE,
    birthplace="Fier",
    documents=(Document(number=DocumentNumber("X123456"), type=DocumentKind.PASSPORT),),
)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "＝1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(text: str) -> None:
    table = spreadsheet.table(["Name"], [[text]], mark="=who").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(table, newline="")))
    assert rows[1][0] == f"'{text}"
    assert rows[-1][0] == "'=who"


def test_plain_cells_stay_what_they_are_and_quotes_do_not_break_out() -> None:
    cells = ['Ana "the" Gashi', "a,b", "two\nlines", "Соболев", "1980-02-03"]
    table = spreadsheet.table(["a", "b", "c", "d", "e"], [cells]).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(table, newline="")))[1] == cells


@pytest.mark.parametrize(
    ("subject", "schema", "properties"),
    [
        (Vehicle(plate=Plate("AA 1 BB")), "Vehicle", {"registrationNumber": ["AA1BB"]}),
        (Account(iban=Iban("DE89370400440532013000")), "BankAccount", {"iban": ["DE89370400440532013000"]}),
        (Organisation(names=("Ltd",)), "Organization", {"name": ["Ltd"]}),
        (Document(number=DocumentNumber("X1234")), "Identification", {"number": ["X1234"]}),
    ],
)
def test_a_thing_as_an_entity(subject: object, schema: str, properties: dict[str, list[str]]) -> None:
    (made,) = followthemoney.entities("id-1", subject, H1, "Test police")  # type: ignore[arg-type]
    assert made.schema == schema
    assert properties.items() <= made.properties.items()
    assert any(note.startswith("H1:") for note in made.properties["notes"])


def test_a_person_comes_with_their_documents_and_is_read_again_as_the_same() -> None:
    person, paper = followthemoney.entities("id-1", ARTA, H1)
    assert (person.schema, paper.schema) == ("Person", "Passport")
    assert paper.properties["holder"] == ["id-1"]
    assert "Fier" not in json.dumps(person.properties)
    content = followthemoney.lines([person, paper])
    stream = Stream("entities", io.BytesIO(content), len(content))
    people = read_stream(stream, Options(list_name="t", last_year=2026)).people
    assert len(people) == 1
    assert [json.loads(line)["schema"] for line in content.splitlines()] == ["Person", "Passport"]
