"""Tables of vehicles and of documents reported lost or stolen: what is read, what is told, and what goes on.

Every plate, number and office is invented.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from liaison.holdings import thing_columns
from liaison.holdings.consult import inspect
from liaison.holdings.delimited import table_of
from liaison.holdings.findings import Findings
from liaison.holdings.live import LiveIndex
from liaison.holdings.options import Options
from liaison.holdings.streams import Stream
from liaison.holdings.thing_columns import DOCUMENT, VEHICLE, columns_of, known
from liaison.holdings.thing_rows import from_table
from liaison.holdings.words import plain
from liaison.model.categories import Category
from liaison.model.errors import BadSetting, UnusableFile
from liaison.model.holding import Holding
from liaison.model.identifiers import Country, DocumentNumber, Plate, Vin
from liaison.model.subjects import Document, DocumentKind, Vehicle
from liaison.model.wanted import ActionCode, Sought
from liaison.office import Office
from liaison.screening.documents_rules import reports
from tests.holdings.offices import DESK, ids, imported
from tests.node_fixtures import an_office

HEADER = "id,plate,state,vin,make,model,colour,status,action,basis,office,contact,risk,expires,review,reason,category"
ENTRY = {
    "id": "1",
    "plate": "AA 107 OB",
    "state": "AL",
    "vin": "",
    "make": "VW",
    "model": "Golf",
    "colour": "grey",
    "status": "wanted",
    "action": "observe",
    "basis": "order 1",
    "office": "Unit 1",
    "contact": "+355 4 555 0100",
    "risk": "",
    "expires": "2026-05-01",
    "review": "",
    "reason": "",
    "category": "suspect",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    with an_office(tmp_path, request.param) as made:
        yield made


def table(*rows: dict[str, str]) -> bytes:
    """Rows of the header, each the usual entry with what it says otherwise."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER.split(","), lineterminator="\n")
    writer.writeheader()
    writer.writerows([ENTRY | {"id": str(number)} | row for number, row in enumerate(rows, 1)])
    return out.getvalue().encode()


def held(office: Office, list_name: str = "wanted") -> list[Holding]:
    return [inspect(office, DESK, one, "looking at the import").holding for one in ids(office, list_name)]


def test_a_row_becomes_a_vehicle_with_its_entry(office: Office) -> None:
    assert (
        imported(
            office, table({"risk": "armed", "reason": "seen at the port", "review": "2026-04-20"})
        ).bad_rows
        == []
    )
    (record,) = held(office)
    vehicle = Vehicle(plate=Plate("AA107OB"), registered=Country("ALB"), make="VW Golf", colour="grey")
    assert (record.record, record.subject) == ("1", vehicle)
    assert record.wanted is not None
    assert (record.wanted.sought, record.wanted.action) == (Sought.WANTED, ActionCode.OBSERVE)
    assert (record.wanted.basis, record.wanted.office, record.wanted.risk) == ("order 1", "Unit 1", "armed")
    assert (record.retention_until, record.review_at) == (dt.date(2026, 5, 1), dt.date(2026, 4, 20))
    assert record.category is Category.SUSPECT
    assert record.involvement is not None
    assert record.involvement.reason == "seen at the port"


@pytest.mark.parametrize(
    ("said", "field", "told"),
    [
        ({"state": "Narnia"}, "state", "write ISO 3166"),
        ({"plate": "A"}, "plate", "2 to 12 letters and digits"),
        ({"plate": ""}, "plate", "give its registration mark or its identification number"),
        ({"vin": "1M8GDM9A1KP042788"}, "vin", "look at the number again"),  # its check digit must agree
        ({"vin": "WVWZZZ1JZ3W38675O"}, "vin", "look at the number again"),  # the last is a letter
        ({"vin": "WVWZZZ1JZ3W"}, "vin", "a vehicle identification number has 17"),
        ({"expires": ""}, "expires", "no later than 2026-05-31"),
        ({"expires": "2026-06-01"}, "expires", "no later than 2026-05-31"),
        ({"expires": "2026-03-02"}, "expires", "after 2026-03-02"),
        ({"expires": "soon"}, "expires", "write it as 2031-12-31"),
        ({"action": "ram it"}, "action", "write one of stop"),
        ({"action": ""}, "action", "write one of stop"),
        ({"basis": ""}, "basis", "legal basis"),
        ({"contact": ""}, "contact", "whom to call"),
        ({"status": "borrowed"}, "status", "stolen or wanted"),
        ({"category": ""}, "category", "left out"),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_column_and_what_to_do_and_the_others_go_on(
    tmp_path: Path, said: dict[str, str], field: str, told: str
) -> None:
    with an_office(tmp_path) as office:
        result = imported(office, table(said, {"plate": "AA 108 OB"}))
        (bad,) = result.bad_rows
        assert (bad.file, bad.row, bad.field) == ("wanted.csv", 1, field)
        assert "left out" in bad.reason
        assert told in bad.reason
        assert [str(record.subject.plate) for record in held(office)] == ["AA108OB"]  # type: ignore[union-attr]


def test_look_alike_letters_are_kept_as_written_found_as_read_and_told(office: Office) -> None:
    live = LiveIndex(office)
    result = imported(office, table({"plate": "СА 1234 ЕЕ", "state": "BG"}))
    (bad,) = result.bad_rows
    assert (bad.row, bad.field) == (1, "plate")
    assert "the Cyrillic letter С was read as the Latin C (sign 1)" in bad.reason
    assert "left out" not in bad.reason
    assert len(live.vehicles("CA1234EE")) == 1
    (record,) = held(office)
    assert record.subject == Vehicle(
        plate=Plate("СА1234ЕЕ"), registered=Country("BGR"), make="VW Golf", colour="grey"
    )


def test_a_mark_of_no_form_of_its_state_is_told_and_kept_and_one_of_a_state_without_forms_is_not(
    office: Office,
) -> None:
    result = imported(office, table({"plate": "AA0OOAA"}, {"plate": "7ABC123", "state": "US"}))
    assert [(bad.row, bad.field) for bad in result.bad_rows] == [(1, "plate")]
    assert "AA000AA" in result.bad_rows[0].reason
    assert result.new == 2


def test_a_number_of_north_america_that_agrees_and_one_of_a_maker_who_needs_no_digit_are_taken(
    office: Office,
) -> None:
    rows = {"vin": "1M8GDM9AXKP042788", "plate": ""}, {"vin": "WVWZZZ1JZ3W386752", "plate": ""}
    assert imported(office, table(*rows)).bad_rows == []
    assert {record.subject.vin for record in held(office)} == {  # type: ignore[union-attr]
        Vin("1M8GDM9AXKP042788"),
        Vin("WVWZZZ1JZ3W386752"),
    }


def test_a_stolen_vehicle_may_say_no_end_and_one_that_nobody_seeks_is_a_vehicle(office: Office) -> None:
    assert (
        imported(
            office, table({"status": "stolen", "expires": ""}, {"status": "", "plate": "AA 109 OB"})
        ).bad_rows
        == []
    )
    stolen, other = sorted(held(office), key=lambda record: record.record)
    assert stolen.wanted is not None
    assert stolen.retention_until > dt.date(2026, 12, 31)
    assert other.wanted is None


def test_a_column_of_categories_that_says_stolen_makes_an_entry(office: Office) -> None:
    content = (
        b"Registration,Country,Category,Action,Legal basis,Contact,Expires\n"
        b"AA 110 OB,Albania,stolen,stop,order 2,+355 4 555 0101,2026-05-01\n"
    )
    assert imported(office, content, category=Category.SUSPECT).bad_rows == []
    (record,) = held(office)
    assert record.wanted is not None
    assert (record.wanted.sought, record.category) == (Sought.STOLEN, Category.SUSPECT)
    assert record.record == "ALB AA110OB", "a list without ids is brought up to date by state and mark"


def test_a_complete_list_withdraws_what_it_no_longer_has_and_the_same_again_changes_nothing(
    office: Office,
) -> None:
    live = LiveIndex(office)
    both = table({}, {"plate": "AA 108 OB"})
    imported(office, both, complete=True)
    again = imported(office, both, complete=True)
    assert (again.unchanged, again.new, again.changed, again.withdrawn) == (2, 0, 0, 0)
    fewer = imported(office, table({}), complete=True)
    assert fewer.withdrawn == 1
    assert (len(live.vehicles("AA107OB")), live.vehicles("AA108OB")) == (1, [])


def test_what_is_told_comes_in_the_order_of_the_file(tmp_path: Path) -> None:
    rows = {"plate": "АА 107 ОВ"}, {"state": "Narnia"}, {"action": "ram it"}, {"plate": "A"}
    with an_office(tmp_path) as office:
        assert [bad.row for bad in imported(office, table(*rows)).bad_rows] == [1, 2, 3, 4]


def test_a_table_whose_every_row_is_too_long_tells_each(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        result = imported(office, b"plate,state\nAA 107 OB,AL,stolen\nAA 108 OB,AL,stolen\n")
        assert [bad.row for bad in result.bad_rows] == [1, 2]


def test_the_same_vehicle_twice_without_ids_is_told(office: Office) -> None:
    content = table({"id": ""}, {"id": "", "plate": "aa-107-ob"})
    result = imported(office, content)
    assert [(bad.row, bad.reason) for bad in result.bad_rows] == [
        (2, "the record of row 1 once more: left out")
    ]


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1250", ";"), ("utf-8", "|")]
)
def test_files_of_spreadsheets_are_read(tmp_path: Path, encoding: str, delimiter: str) -> None:
    """As Excel and its like save them, in the languages of the region."""
    header = [
        "Registarska oznaka",
        "Država",
        "Boja",
        "Status",
        "Action",
        "Pravni osnov",
        "Služba",
        "Kontakt",
        "Važi do",
    ]
    row = ["AA 301 OB", "AL", "žuta", "ukraden", "stop", "nalog 7", "Služba Čačak", "+381 1", "2026-05-01"]
    content = "\r\n".join(delimiter.join(line) for line in (header, row)).encode(encoding)
    with an_office(tmp_path) as office:
        assert imported(office, content, category=Category.SUSPECT).bad_rows == []
        (record,) = held(office)
        assert record.wanted is not None
        assert (record.wanted.office, record.subject.colour) == ("Služba Čačak", "žuta")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("header", "last"),
    [
        ("Kennzeichen;Zulassungsstaat;FIN;Marke;Modell;Farbe;Gültig bis", "retention"),
        ("Immatriculation;Pays;N° de châssis;Marque;Modèle;Couleur;Motif", "reason"),
        ("Targa e mjetit;Shteti;Numri i shasisë;Prodhuesi;Modeli;Ngjyra;Statusi", "wanted"),
        ("Регистрационен номер;Държава;Номер на рама;Марка;Модел;Цвят;Статус", "wanted"),
        ("Matrícula;País;Bastidor;Marca;Modelo;Color;Medida", "action"),
        ("Number plate;Ulke;Sasi no;Marka;Model;Renk;Risk", "risk"),
    ],
)
def test_headers_are_guessed_in_many_languages(header: str, last: str) -> None:
    found = columns_of(header.split(";"), {})
    assert found is not None
    assert found.kind == VEHICLE
    assert found.fields == ("plate", "registered", "vin", "make", "model", "colour", last)


def test_what_a_person_says_goes_before_the_guess_and_a_field_that_there_is_not_is_refused() -> None:
    found = columns_of(["Col 1", "plate", "x"], {"plate": "Col 1", "Kennzeichen": "Col 1", "colour": "3"})
    assert found is not None
    assert found.fields == ("plate", "", "colour")
    with pytest.raises(BadSetting, match="no field of a vehicle"):
        columns_of(["Col 1"], {"plate": "Col 1", "wings": "Col 1"})
    with pytest.raises(BadSetting, match="there is no column"):
        columns_of(["Col 1"], {"plate": "Col 2"})


def test_a_list_of_persons_stays_one_whatever_it_says_of_vehicles() -> None:
    assert columns_of(["id", "given", "surname", "dob", "plate"], {}) is None
    assert columns_of(["Name", "Vehicle registration"], {}) is None
    assert columns_of(["passport", "nationality"], {}) is None, "numbers that nobody reports are of persons"
    assert columns_of(["plate", "state"], {"dob": "plate"}) is None, "whoever names a birth means persons"


def test_every_word_of_the_table_means_one_field_and_none_is_written_twice() -> None:
    path = Path(thing_columns.__file__).with_name("thing_headers.tsv")
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    for kind in (VEHICLE, DOCUMENT):
        words = [plain(word) for of, _, listed in rows if of == kind for word in listed.split("|")]
        twice = {word for word, count in Counter(words).items() if count > 1}
        fields = {
            word: {
                field for of, field, listed in rows if of == kind and word in map(plain, listed.split("|"))
            }
            for word in twice
        }
        assert {word: found for word, found in fields.items() if len(found) > 1} == {}
        assert all(words)
        assert known(kind)


def test_documents_reported_stolen_are_read_and_found_by_number_and_state(office: Office) -> None:
    content = (
        b"Document number,Issuing state,Type,Status,Date,Owner office,Category\n"
        b"BA1234567,ALB,passport,stolen,2026-01-02,Registry of Tirana,contact\n"
        b"BA7654321,,passport,lost,,,contact\n"
        b"BA7654322,AL,passport,,,,contact\n"
        b"BA7654323,AL,library card,lost,,,contact\n"
        b"X,AL,passport,lost,,,contact\n"
    )
    result = imported(office, content)
    assert [(bad.row, bad.field, "left out" in bad.reason) for bad in sorted(result.bad_rows)] == [
        (2, "Issuing state", True),
        (3, "Status", True),
        (4, "Type", False),
        (5, "Document number", True),
    ]
    first, other = sorted(held(office), key=lambda record: record.record)
    paper = Document(number=DocumentNumber("BA1234567"), type=DocumentKind.PASSPORT, issuer=Country("ALB"))
    assert (first.subject, first.owner) == (paper, "Registry of Tirana")
    assert first.extra["Date"] == "2026-01-02"
    assert reports(first, (paper,))
    assert other.subject == Document(number=DocumentNumber("BA7654323"), issuer=Country("ALB"))


CELL = some.text(max_size=30) | some.sampled_from(
    [*ENTRY.values(), "СА 1234 ЕЕ", "1M8GDM9AXKP042788", "D", "stolen"]
)


@given(some.lists(some.lists(CELL, min_size=1, max_size=19), min_size=1, max_size=6))
def test_whatever_stands_in_a_row_it_is_read_or_told_and_never_breaks(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    content = f"{HEADER}\n{out.getvalue()}".encode("utf-8", "replace")
    opened = table_of(Stream("list.csv", io.BytesIO(content)), Options("list", 2026))
    columns = columns_of(opened.header, {})
    assert columns is not None
    findings = Findings("list.csv")
    try:
        read = list(from_table(opened, columns, findings))
    except UnusableFile:  # nothing stands in any row
        assert not content.partition(b"\n")[2].strip(b',"\r\n \t\0') or not findings.bad_rows
        return
    told = {bad.row for bad in findings.bad_rows if "left out" in bad.reason}
    assert not {one.row for one in read} & told
    assert all(isinstance(one.subject, Vehicle) and one.record for one in read)
    assert all(bad.reason for bad in findings.bad_rows)
