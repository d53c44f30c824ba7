"""PNRGOV: who is in a booking and who is not, what is dropped, code-shares, infants, and the booking's past."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.manifests import (
    Flight,
    Kind,
    Leg,
    Manifest,
    Passenger,
    TravelDocument,
    Travelled,
    read,
    writing,
)
from liaison.formats.manifests.model import Named
from liaison.formats.manifests.requests import is_sensitive
from tests.formats.manifests.made import DATA, FLIGHT, births, countries, documents, manifest, many, words

HEAD = (
    "UNB+IATA:1+LI+XK+260303:2200+1'UNH+1+PNRGOV:13:1:IA'MSG+:22'ORG+LI'"
    "TVL+040326:1220:040326:1635+TIA+LHR+LI+117'EQN+1'SRC'RCI+LI:QW12ER'"
)
FOOT = "UNT+0+1'UNZ+1+1'"
DOCS = "SSR+DOCS:HK:1:LI:::::/P/GBR/50000000{n}/GBR/0{n}FEB72/F/01JAN30/{name}"
LEG = "TVL+040326:1220:040326:1635+TIA+LHR+LI+117:Y'"


def of(body: str) -> Manifest:
    [found] = read((HEAD + body + FOOT).encode())
    return found


def said(found: Manifest) -> str:
    return "\n".join(doubt.words for doubt in found.doubts)


@pytest.fixture(scope="module")
def bookings() -> Manifest:
    [found] = read((DATA / "bookings.edi").read_bytes())
    return found


def test_the_flight_and_who_else_sells_it(bookings: Manifest) -> None:
    assert (bookings.kind, bookings.version, bookings.sender) == (Kind.BOOKINGS, "13:1", "LI")
    assert bookings.flights == (
        Flight(
            "LI",
            "117",
            "A",
            (Leg("TIA", "LHR", "2026-03-04T12:20", "2026-03-04T16:35"),),
            (Travelled("ZZ", "4117"),),
        ),
    )


def test_a_traveller_has_what_was_sent_as_passenger_data(bookings: Manifest) -> None:
    anna = bookings.passengers[0]
    assert anna.names == (Named("LEKA", "ANNA MARIA"),)
    assert (anna.born, anna.sex, anna.nationality, anna.residence) == ("1984-02-03", "F", "ALB", "ALB")
    assert anna.documents == (
        TravelDocument("P", "BA1234567", "ALB", "2031-01-15"),
        TravelDocument("V", "V99887", "GBR"),
    )
    assert (anna.birthplace, anna.addresses) == ("SHKODER ALB", ("2 HIGH STREET, LONDON, E1 1AA, GBR",))
    assert (anna.seat, anna.locator, anna.reference) == ("12A", "QW12ER", "1")


def test_an_infant_on_a_lap_is_one_person_of_the_adult(bookings: Manifest) -> None:
    besa = bookings.passengers[1]
    assert (besa.names, besa.born, besa.sex) == ((Named("LEKA", "BESA"),), "2025-01-10", "F")
    assert (besa.infant, besa.infant_of) == (True, 0)
    assert besa.documents == (TravelDocument("P", "BB7654321", "ALB", "2030-01-09"),)


def test_co_passengers_keep_their_own_documents_in_whatever_order(bookings: Manifest) -> None:
    held = {each.names[0].given: [one.number for one in each.documents] for each in bookings.passengers}
    assert held == {
        "ANNA MARIA": ["BA1234567", "V99887"],
        "BESA": ["BB7654321"],
        "ARBEN": ["BC1111111"],
        "PAUL": ["500000001"],
        "JANE": ["500000002"],
        "THABO": [],
        "COMER": [],
    }
    assert [each.locator for each in bookings.passengers] == ["QW12ER"] * 3 + ["ZX98CV"] * 4


def test_the_journey_leaves_out_what_was_cancelled_hotels_and_the_past(bookings: Manifest) -> None:
    assert [flight.name for flight in bookings.passengers[0].legs] == ["ZZ4117", "QX11"]
    assert bookings.passengers[0].legs[1].legs == (Leg("LHR", "CWL", "2026-03-06T09:00", "2026-03-06T10:15"),)
    assert all("OLD00001" not in str(each) for each in bookings.passengers)


def test_the_check_in_gives_seats_and_bags_and_who_came_late(bookings: Manifest) -> None:
    paul, _, _, late = bookings.passengers[3:]
    assert (paul.seat, paul.bags) == ("14C", 2)
    assert (late.seat, late.names[0].surname) == ("20F", "LATE")
    assert [doubt.words for doubt in bookings.doubts] == [
        "a traveller stands in the check-in and not in the booking"
    ]


def test_health_and_belief_are_dropped_and_counted(bookings: Manifest) -> None:
    assert bookings.dropped == 2
    kept = msgspec.json.encode(bookings).decode()
    assert "VGML" not in kept
    assert "WCHR" not in kept


@pytest.mark.parametrize(
    ("code", "sensitive"),
    [("KSML", True), ("MOML", True), ("DBML", True), ("WCHC", True), ("BLND", True), ("MEDA", True),
     ("DOCS", False), ("SEAT", False), ("INFT", False), ("", False), ("ML", False), ("D WC", False)],
)  # fmt: skip
def test_which_requests_are_of_a_special_category(code: str, sensitive: bool) -> None:
    assert is_sensitive(code) is sensitive


def test_a_document_without_reference_goes_by_its_name() -> None:
    found = of(
        "TIF+SMITH+PAUL MR:A:1'TIF+NDOU+ZANELE MS:A:2'"
        + DOCS.format(n=1, name="SMITH/PAUL")
        + "'"
        + DOCS.format(n=2, name="NDOU/ZANELE")
        + "'"
    )
    assert [each.documents[0].number for each in found.passengers] == ["500000001", "500000002"]


def test_a_document_before_every_name_waits_for_its_bearer() -> None:
    docs = DOCS.format(n=2, name="NDOU/ZANELE")
    found = of(f"{docs}'TIF+SMITH+PAUL MR:A:1'TIF+NDOU+ZANELE MS:A:2'{docs.replace('000002', '000003')}+::2'")
    assert [len(each.documents) for each in found.passengers] == [0, 2]
    nobody = of(f"{docs.replace('NDOU', 'ELSE')}'TIF+SMITH+PAUL MR:A:1'TIF+NDOU+ZANELE MS:A:2'")
    assert "a document names nobody of the booking" in said(nobody)
    assert nobody.doubts[0].segment in (2, 9)


def test_a_surname_that_is_not_the_bookings_is_said_and_both_are_kept() -> None:
    found = of("TIF+SMITH+JANE MS:A:1'" + DOCS.format(n=1, name="NDOU/JANE") + "+::1'")
    assert found.passengers[0].names == (Named("NDOU", "JANE"), Named("SMITH", "JANE"))
    assert "surname in the document is not the one in the booking" in said(found)


@pytest.mark.parametrize(
    ("given", "document", "names"),
    [
        ("JOHNMR", "JOHN", ["JOHN"]),
        ("JOHN MR", "JOHN/PAUL", ["JOHN PAUL"]),
        ("JOHNMR", "JOHNMR/PAUL", ["JOHN PAUL", "JOHNMR PAUL"]),
        ("SEJOONMR", "SE JOON", ["SE JOON", "SEJOON"]),
        ("KONG CHUN MRS", "KON G CHUN", ["KONG CHUN"]),
        ("BILL", "WILLIAM", ["WILLIAM", "BILL"]),
    ],
)
def test_titles_and_blanks_of_given_names(given: str, document: str, names: list[str]) -> None:
    docs = DOCS.format(n=1, name=f"SMITH/{document}").replace("/F/", "//")
    found = of(f"TIF+SMITH+{given}:A:1'{docs}+::1'")
    assert [name.given for name in found.passengers[0].names] == names


def test_a_title_that_no_document_confirms_is_taken_off_and_the_whole_kept() -> None:
    assert [name.given for name in of("TIF+LOBB+MOLLYMRS:A:1'").passengers[0].names] == ["MOLLY", "MOLLYMRS"]


def test_an_infant_that_has_a_name_of_its_own_is_not_two() -> None:
    found = of("TIF+LEKA+ANNA MRS:A:1.1:1'SSR+INFT:HK:1:LI:::::LEKA/BESA/10JAN25+::1.1'TIF+LEKA+BESA:IN:2.1'")
    assert [(each.names[0].given, each.infant_of) for each in found.passengers] == [
        ("ANNA", None),
        ("BESA", 0),
    ]
    assert found.passengers[1].born == "2025-01-10"


def test_an_infant_whose_adult_is_not_known_is_a_doubt() -> None:
    found = of("TIF+LEKA+ANNA MRS:A:1'TIF+LEKA+ARBEN MR:A:2'TIF+LEKA+BESA:IN:3'")
    assert (found.passengers[2].infant, found.passengers[2].infant_of) == (True, None)
    assert "not with whom" in said(found)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("TIF+SMITH+JANE:A:1'SSR+DOCS:HK:1:LI+::1'", "cut before the date of birth"),
        ("TIF+SMITH+JANE:A:1'TVL+040326:4321+TIA+LHR+LI+117'", "a time of the leg is none"),
        ("TIF+SMITH+JANE:A:1'TIF+SMITH+PAUL:A:1'", "two travellers have the reference '1'"),
        ("", "a booking names no traveller"),
        ("TIF'", "a traveller has no name"),
        ("TIF+SMITH+JANE:A:1'QQQ+1'", "'QQQ' is not one of PNRGOV"),
        ("TIF+SMITH+JANE:A:1'SRC'RCI+LI:B'TIF+A+B:A:1'", "says it holds 1 bookings; read: 2"),
        ("ORG+1A:MUC+1TIF+KIM:I+KONG CHUN MRS:A:3'", "TIF begins within ORG"),
    ],
)
def test_what_cannot_be_relied_on_is_said(body: str, words: str) -> None:
    assert words in said(of(body))


def test_a_traveller_behind_a_lost_terminator_is_read() -> None:
    found = of("ORG+1A:MUC+1TIF+KIM:I+KONG CHUN MRS:A:3'" + DOCS.format(n=1, name="KIM/KONG CHUN") + "+::3'")
    assert [(each.names, each.born) for each in found.passengers] == [
        ((Named("KIM", "KONG CHUN"),), "1972-02-01")
    ]


def test_an_arrival_without_its_day_is_of_the_day_of_departure() -> None:
    found = of("TIF+SMITH+JANE:A:1'TVL+040326:1220:1635+TIA+LHR+LI+117'")
    assert found.passengers[0].legs[0].legs == (FLIGHT.legs[0],)


def travellers() -> st.SearchStrategy[Passenger]:
    return st.builds(
        Passenger,
        names=st.builds(Named, words, words).map(lambda name: (name,)),
        born=births,
        sex=st.sampled_from(["M", "F", "X", ""]),
        nationality=countries,
        documents=documents().map(lambda held: held if held else ()),
        seat=st.sampled_from(["", "1A", "45K"]),
        bags=st.none() | st.integers(0, 9),
    )


@given(st.lists(travellers(), min_size=1, max_size=5, unique_by=lambda each: each.names), st.integers(1, 3))
def test_what_is_written_is_read_again(listed: list[Passenger], size: int) -> None:
    people = tuple(
        msgspec.structs.replace(each, locator=f"L{at // size}", reference=str(at % size + 1), legs=(FLIGHT,))
        for at, each in enumerate(listed)
    )
    made = manifest(people, Kind.BOOKINGS, "PNRGOV")
    [found] = read(writing.pnrgov(made))
    assert [msgspec.structs.replace(each, segment=0) for each in found.passengers] == list(people)
    assert (found.flights, found.doubts) == (made.flights, ())


SOUND = writing.pnrgov(manifest(many(5, legs=(FLIGHT,), reference="1"), Kind.BOOKINGS, "PNRGOV"))


@given(st.integers(130, len(SOUND) - 1))
def test_what_was_whole_before_a_cut_is_read(at: int) -> None:
    [whole], [found] = read(SOUND), read(SOUND[:at])
    closed = max(0, SOUND[:at].count(b"SRC") - 1)
    assert found.passengers[:closed] == whole.passengers[:closed]
    assert found.doubts


@given(st.binary(max_size=120), st.integers(0, len(SOUND)))
def test_any_bytes_in_a_message_are_read_or_refused(noise: bytes, at: int) -> None:
    from liaison.model.errors import BadInput

    try:
        found = read(SOUND[:at] + noise + SOUND[at:])
    except BadInput:
        return
    assert all(
        each.infant_of is None or each.infant_of < len(one.passengers)
        for one in found
        for each in one.passengers
    )
