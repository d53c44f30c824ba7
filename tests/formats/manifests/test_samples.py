"""Real-world shapes: the sample messages of GTAS, read from ../shared where they are. Their travellers are invented.

What is expected was read in the raw files, in the largest at both ends; numbers and a few names alone are kept here.
"""

import pytest

from liaison.formats.manifests import Manifest, Role, read
from tests.formats.manifests.made import GTAS

pytestmark = pytest.mark.skipif(
    not GTAS.is_dir(), reason="the sample messages (../shared/data/border/gtas) are not here"
)

# file: flights with their legs, code-shares, people, documents, infants, first surname, last surname, locators
EXPECTED = {
    "loader-apis-messages-Test1.txt": ("UA989 FRA-IAD", "", 8, 8, 0, "Steur", "Zschieschak", 0),
    "loader-apis-messages-Test3.txt": ("UA989 FRA-IAD", "", 260, 260, 0, "Kuchel", "Pfaffelhuber", 0),
    "loader-apis-messages-multiple_flight_leg_apis.txt": (
        "QQ877 MIA-IAD, QQ827 IAD-JFK JFK-CDG", "", 2, 2, 0, "BARRETT", "LANG", 1,
    ),
    "loader-pnr-messages-2_pnrs_basic.edi": ("DL324 LHR-JFK", "", 4, 3, 0, "SMITHJR", "COOPER", 2),
    "loader-pnr-messages-adult_and_infant.edi": (
        "AM498 MTY-LAS", "", 2, 2, 1, "TESTSURNAMEONE", "TESTSUR NAMETWO", 1,
    ),
    "loader-pnr-messages-codeshare.edi": ("SQ609 ICN-SIN", "KE609 OZ609", 2, 2, 0, "PARK", "KIM", 2),
    "loader-pnr-messages-multiple_flight_leg_pnr.txt": (
        "UA988 FRA-IAD", "", 2, 2, 0, "CHENNAPRAGADA", "NUTTALL", 1,
    ),
    "loader-pnr-messages-no_pnr_history.edi": ("LH474 MUC-YUL", "AC9099", 4, 1, 0, "JACKS", "LENDROT", 3),
    "loader-pnr-messages-pnr2.txt": ("DL324 LHR-JFK", "", 2, 2, 0, "WAYNE", "COOPER", 1),
    "loader-pnr-messages-pnr3.txt": ("UA988 FRA-IAD", "", 4, 4, 0, "DOOLIN", "FENWICK", 1),
    "loader-pnr-messages-pnrMessageExample.txt": ("UA988 FRA-IAD", "", 5, 5, 0, "LOBB", "HABTE", 1),
    "loader-pnr-messages-pnr_split.edi": (
        "AM498 MTY-LAS", "", 3, 1, 0, "TESTSURNAMEONE", "TESTSURNAMETHREE", 2,
    ),
    "parsers-pnr-messages-bigMessagePnr.txt": ("UA988 FRA-IAD", "", 7, 7, 0, "HOLCOMBE", "HOU", 1),
    "parsers-pnr-messages-bigbigPnr.txt": ("XL1439 JFK-GYE", "", 86, 86, 0, "LAI", "BRYAN", 47),
    "parsers-pnr-messages-modifyPnr77ForCodeShare.txt": (
        "TZ6 SIN-OOL", "", 1, 1, 0, "VANDENBERG", "VANDENBERG", 1,
    ),
    "parsers-pnr-messages-pnrAddressPhoneCTCM.txt": ("UA988 FRA-IAD", "", 1, 0, 0, "LOBB", "LOBB", 1),
    "parsers-pnr-messages-pnrEdge.txt": ("UA988 FRA-IAD", "", 1, 0, 0, "LOBB", "LOBB", 1),
    "parsers-pnr-messages-pnrMessage.txt": ("DL324 LHR-JFK", "", 2, 1, 0, "SMITHJR", "JONES", 1),
    "parsers-pnr-messages-pnrMessagePg75.txt": ("SQ609 ICN-SIN", "KE609 OZ609", 2, 2, 0, "PARK", "KIM", 2),
    "parsers-pnr-messages-pnrMessagePg76.txt": ("TZ6 SIN-OOL", "", 2, 0, 0, "DORON", "LENDROT", 1),
    "parsers-pnr-messages-pnrNoOrgMsg.txt": ("UA988 FRA-IAD", "", 1, 0, 0, "LOBB", "LOBB", 1),
    "parsers-pnr-messages-pnrPhoneCTCM.txt": ("UA988 FRA-IAD", "", 1, 0, 0, "LOBB", "LOBB", 1),
    "parsers-pnr-messages-pnrSeatFormats.txt": ("UA988 FRA-IAD", "", 1, 1, 0, "LOBB", "LOBB", 1),
    "parsers-pnr-messages-pnrWithBags.txt": ("UA988 FRA-IAD", "", 268, 268, 0, "FENNER", "ALLKINS", 127),
    "parsers-pnr-messages-pnrWithPrefixesAndBookingDetailBags.txt": (
        "UA988 FRA-IAD", "", 2, 2, 0, "ADONAY", "PETROS", 1,
    ),
}  # fmt: skip


def one(file: str) -> Manifest:
    [found] = read((GTAS / f"gtas-{file}").read_bytes())
    return found


def test_every_sample_is_named_here() -> None:
    assert {path.name.removeprefix("gtas-") for path in GTAS.glob("gtas-*")} == set(EXPECTED)


@pytest.mark.parametrize("file", EXPECTED)
def test_each_sample_is_read_as_a_person_reads_it(file: str) -> None:
    found = one(file)
    people = found.passengers
    flights = ", ".join(
        " ".join([flight.name, *(f"{leg.origin}-{leg.destination}" for leg in flight.legs)])
        for flight in found.flights
    )
    assert EXPECTED[file] == (
        flights,
        " ".join(str(share) for flight in found.flights for share in flight.code_shares),
        len(people),
        sum(len(each.documents) for each in people),
        sum(each.infant for each in people),
        people[0].names[0].surname,
        people[-1].names[0].surname,
        len({each.locator for each in people} - {""}),
    )


def test_values_of_a_passenger_list() -> None:
    todd = one("loader-apis-messages-multiple_flight_leg_apis.txt").passengers[0]
    assert (todd.names[0].given, todd.born, todd.sex, todd.nationality) == ("TODD", "1968-02-23", "M", "FRA")
    assert (todd.documents[0].number, todd.documents[0].expires) == ("YY3478621G", "2008-12-30")
    assert (todd.locator, todd.reference, todd.embarks, todd.disembarks) == (
        "GJIO3RT", "UUI34T543", "MIA", "CDG",
    )  # fmt: skip
    assert {each.role for each in one("loader-apis-messages-Test1.txt").passengers} == {Role.CREW}


def test_values_of_bookings() -> None:
    adult, infant = one("loader-pnr-messages-adult_and_infant.edi").passengers
    assert (adult.documents[0].number, adult.born, adult.nationality) == ("52263000", "1976-05-30", "COL")
    assert (infant.documents[0].number, infant.born, infant.infant_of) == ("AO234000", "2011-08-10", 0)
    kim = one("parsers-pnr-messages-pnrMessagePg75.txt").passengers[1]  # behind a lost terminator
    assert (kim.names[0].given, kim.born, kim.seat, kim.locator) == (
        "KONG CHUN", "1957-02-15", "14A", "X49V9U",
    )  # fmt: skip
    assert one("loader-pnr-messages-2_pnrs_basic.edi").dropped == 5
    ages = [each.born for each in one("loader-pnr-messages-pnr2.txt").passengers]
    assert ages == ["1912-07-12", "1915-07-12"]  # the message is of 2010


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("loader-apis-messages-Test3.txt", "UNT says 99 segments; the message has 3,131"),
        ("loader-apis-messages-Test3.txt", "it lists 206 people; read: 260"),
        ("loader-apis-messages-Test3.txt", "the last part (F) did not come"),
        ("loader-apis-messages-multiple_flight_leg_apis.txt", "text behind the end"),
        ("loader-pnr-messages-codeshare.edi", "announced are the separators"),
        ("parsers-pnr-messages-pnrMessagePg75.txt", "TIF begins within ORG"),
        ("parsers-pnr-messages-modifyPnr77ForCodeShare.txt", "a time of the leg is none"),
        ("parsers-pnr-messages-pnrWithBags.txt", "it holds 1 bookings; read: 127"),
    ],
)
def test_what_is_wrong_in_a_sample_is_said(file: str, words: str) -> None:
    assert any(words in doubt.words for doubt in one(file).doubts)


def test_what_is_no_message_is_refused_with_its_reason() -> None:
    from liaison.model.errors import UnusableFile

    with pytest.raises(UnusableFile, match="neither UNB nor UNH"):
        read((GTAS / "LICENSE.txt").read_bytes())
