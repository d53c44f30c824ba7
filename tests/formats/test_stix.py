from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import Any

import pytest

from liaison.formats import handling_marks, misp, stix
from liaison.formats.handling_marks import EXTENSION, MARKS
from liaison.formats.publication import Publication, reduced, uuid_of
from liaison.formats.received import handling_of
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose
from liaison.model.handling import UNSTATED, Handling, HandlingCode
from liaison.model.identifiers import DocumentNumber, Iban, PhoneNumber, Plate, Vin
from liaison.model.scales import Graded
from liaison.model.subjects import (
    Account,
    AnySubject,
    Document,
    DocumentKind,
    Name,
    Organisation,
    Person,
    Phone,
    Vehicle,
)

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
KEY = str(uuid.UUID(int=7 << 64 | 3, version=4))
THINGS: dict[str, AnySubject] = {
    "vehicle": Vehicle(plate=Plate("AA 123 BB"), vin=Vin("WVWZZZ1JZ3W386752")),
    "document": Document(number=DocumentNumber("X123456"), type=DocumentKind.PASSPORT),
    "phone": Phone(number=PhoneNumber("+355691234567")),
    "account": Account(iban=Iban("DE89370400440532013000")),
    "organisation": Organisation(names=("O'Neil \\ Sons", "Second")),
}
ARTA = Person(
    names=(Name(given="Arta", surname="Beka"),), born=(PartialDate("1980-02-03"),), birthplace="Fier"
)
CODES = [
    Handling(codes=(HandlingCode.H0,)),
    Handling(codes=(HandlingCode.H1,)),
    Handling(codes=(HandlingCode.H2,)),
    Handling(codes=(HandlingCode.H1, HandlingCode.H3), restriction='ask "us" first'),
]


def a_publication(subject: AnySubject = THINGS["vehicle"], **more: Any) -> Publication:
    given: dict[str, Any] = {
        "id": KEY,
        "origin": "node.example",
        "agency": "Test police",
        "subject": subject,
        "purpose": Purpose.INVESTIGATION,
        "offence": "theft",
        "handling": CODES[0],
        "graded": Graded(original="B2"),
        "made": NOW,
        "changed": NOW,
        "until": NOW + dt.timedelta(days=9),
    }
    return Publication(**(given | more))


@pytest.mark.parametrize("kind", THINGS)
def test_a_pattern_names_the_number_that_a_thing_is_known_by(kind: str) -> None:
    made = stix.objects(a_publication(THINGS[kind]))[0]
    assert made["pattern"].startswith(f"[x-liaison-{kind}:")
    assert made["id"] == f"indicator--{KEY}"
    assert made["extensions"][EXTENSION]["grade"] == "B2"
    assert stix.fault(made) == ""


def test_a_quote_in_a_name_ends_no_pattern() -> None:
    assert (
        stix.pattern(a_publication(THINGS["organisation"]))
        == "[x-liaison-organisation:name = 'O\\'Neil \\\\ Sons']"
    )


def test_a_person_is_never_made_into_stix() -> None:
    with pytest.raises(BadInput, match="person"):
        stix.objects(a_publication(ARTA))


def test_a_bundle_holds_each_foundation_once_and_every_reference() -> None:
    others = [a_publication(each, id=uuid_of(kind), words="Seen") for kind, each in THINGS.items()]
    bundle = stix.bundle(others, name="Harbour")
    ids = [each["id"] for each in bundle["objects"]]
    assert len(ids) == len(set(ids))
    for each in bundle["objects"]:
        refs = [
            each.get("created_by_ref"),
            *each.get("object_refs", []),
            *each.get("object_marking_refs", []),
        ]
        assert {ref for ref in refs if ref} <= set(ids)
    assert sum(each["type"] == "grouping" for each in bundle["objects"]) == 1
    assert stix.bundle(others, name="Harbour") == bundle
    with pytest.raises(BadInput):
        stix.bundle([])


@pytest.mark.parametrize("handling", CODES, ids=lambda each: "".join(code.value for code in each.codes))
def test_marks_and_tags_come_back_as_the_codes_they_were_made_of(handling: Handling) -> None:
    made = a_publication(handling=handling)
    foundations = {each["id"]: each for each in stix.foundations(made)}
    found = stix.handling_of(stix.objects(made)[0], foundations)
    assert found == handling
    for code in handling.codes:
        words = handling.restriction if code is HandlingCode.H3 else code.meaning
        assert any(words in str(each.get("definition", "")) for each in foundations.values())
    event = misp.event(made, 7, misp.sharing_group(str(uuid.uuid4()), "Group", []))
    assert misp.handling_of(event).codes == handling.codes


@pytest.mark.parametrize(
    "refs",
    [
        None,
        [],
        ["marking-definition--" + str(uuid.uuid4())],
        [MARKS[HandlingCode.H0], "marking-definition--x"],
        "H0",
    ],
)
def test_what_says_nothing_or_nothing_readable_is_held_under_every_code(refs: object) -> None:
    assert stix.handling_of({"object_marking_refs": refs}, {}) == UNSTATED


def test_the_conditions_of_a_whole_contribution_are_those_of_each_part() -> None:
    sent = [
        {"type": "indicator", "id": "a", "object_marking_refs": [MARKS[HandlingCode.H0]]},
        {"type": "note", "id": "b", "object_marking_refs": [MARKS[HandlingCode.H2]]},
    ]
    assert handling_of("stix", sent).codes == (HandlingCode.H0, HandlingCode.H2)
    assert HandlingCode.H3 in handling_of("stix", [*sent, {"type": "note", "id": "c"}]).codes


@pytest.mark.parametrize(
    "names",
    [[], ["tlp:green"], ['liaison:handling="H9"'], ['liaison:handling="H3"'], ['liaison:restriction="x"']],
)
def test_tags_that_say_nothing_whole_are_held_under_every_code(names: list[str]) -> None:
    event = {"Tag": [{"name": name} for name in names]}
    assert misp.handling_of(event).codes == tuple(HandlingCode)


def test_an_event_keeps_a_persons_birthplace_back() -> None:
    made = a_publication(reduced(ARTA))
    event = misp.event(made, 7, misp.sharing_group(str(uuid.uuid4()), "Group", [("a.example", "A")]))
    text = json.dumps(event)
    assert "Fier" not in text
    assert {row["value"] for row in misp.attributes(event)} >= {"Arta Beka", "1980-02-03"}
    assert event["Object"][0]["name"] == "person"


@pytest.mark.parametrize("kind", THINGS)
def test_what_is_withdrawn_says_nothing_more(kind: str) -> None:
    at = NOW + dt.timedelta(hours=1)
    for each in stix.objects(a_publication(THINGS[kind], words="At the port")):
        gone = stix.withdrawn(each, at)
        assert gone["revoked"]
        assert gone["modified"] == stix.timestamp(at)
        assert stix.fault(gone) == ""
        text = json.dumps(gone)
        assert all(word not in text for word in ("AA123BB", "X123456", "port", "DE89", "Neil", "355"))


def test_a_sighting_names_what_was_seen_and_by_which_agency() -> None:
    made = stix.sighting(f"indicator--{KEY}", a_publication(), NOW, NOW, 2)
    assert (made["sighting_of_ref"], made["count"]) == (f"indicator--{KEY}", 2)
    assert stix.fault(made) == ""
    with pytest.raises(BadInput):
        stix.sighting("indicator--1", a_publication(), NOW, NOW)


@pytest.mark.parametrize(
    "text", ["2026-03-02T09:00:00Z", "2026-03-02T09:00:00.000Z", "2026-03-02T09:00:00.000000Z"]
)
def test_times_are_read_to_the_microsecond(text: str) -> None:
    assert stix.read_time(text) == NOW
    assert stix.read_time("2026-03-02T09:00:00.000001Z") > NOW


@pytest.mark.parametrize(
    "text", ["", "2026-03-02", "2026-03-02T09:00:00+01:00", "2026-13-02T09:00:00Z", "now"]
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        stix.read_time(text)


def test_words_of_the_conditions_hold_the_restriction() -> None:
    assert handling_marks.words(CODES[3])[-1] == 'H3: ask "us" first'
