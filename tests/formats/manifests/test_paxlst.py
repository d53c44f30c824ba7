"""PAXLST: the messages of tests/formats/data, what is written and read again, and what is cut or wrong."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.edifact import Separators
from liaison.formats.edifact.separators import LEVEL_A, LEVEL_B
from liaison.formats.manifests import Kind, Leg, Manifest, Passenger, Role, TravelDocument, read, writing
from liaison.formats.manifests.building import within_two_years
from liaison.formats.manifests.model import Named
from tests.formats.manifests.made import DATA, ROLES, births, countries, documents, manifest, many, odd, texts

HEAD = "UNB+UNOA:4+LI+XK+260303:2115+1'UNH+1+PAXLST:D:02B:UN:IATA'BGM+745'TDT+20+LI117+++LI'LOC+125+TIA'"
FOOT = "UNT+0+1'UNZ+1+1'"


def one(name: str) -> Manifest:
    [found] = read((DATA / name).read_bytes())
    return found


def of(body: str, head: str = HEAD) -> Manifest:
    [found] = read((head + body + FOOT).encode())
    return found


def words(found: Manifest) -> str:
    return "\n".join(doubt.words for doubt in found.doubts)


def test_a_passenger_list_is_understood_without_a_doubt() -> None:
    found = one("passengers.edi")
    assert (found.kind, found.message, found.version, found.declared) == (
        Kind.PASSENGERS,
        "PAXLST",
        "D:02B",
        3,
    )
    assert (found.sender, found.recipient, found.sent) == ("LICARRIER", "XKAPI", "2026-03-03T21:15")
    assert found.doubts == ()
    [flight] = found.flights
    assert flight.name == "LI117"
    assert flight.legs == (
        Leg("TIA", "BRI", "2026-03-04T12:20", "2026-03-04T13:10"),
        Leg("BRI", "LHR", "2026-03-04T14:00", "2026-03-04T16:35"),
    )
    adult, child, transit = found.passengers
    assert adult == Passenger(
        names=(Named("O'HARA+LEKA", "ANNA MARIA"),),
        born="1984-02-03",
        sex="F",
        nationality="ALB",
        residence="ALB",
        birthplace="Shkoder",
        documents=(
            TravelDocument("P", "BA1234567", "ALB", "2031-01-15"),
            TravelDocument("V", "V99887", "GBR", "2026-12-31"),
        ),
        seat="12A",
        bags=2,
        locator="QW12ER",
        reference="LI0001",
        embarks="TIA",
        disembarks="LHR",
        segment=16,
    )
    assert (child.infant, child.documents, child.infant_of) == (True, (), None)
    assert (transit.role, transit.born, transit.nationality) == (
        Role.PASSENGER_IN_TRANSIT,
        "1920-05-06",
        "XKX",
    )
    assert transit.documents == (TravelDocument("I", "1180000042", "XKX"),)


def test_a_crew_list_that_changes_another_with_the_arrival_first() -> None:
    found = one("crew.edi")
    assert (found.kind, found.change, found.cancelled) == (Kind.CREW, "changed crew", False)
    assert found.flights[0].legs == (Leg("LHR", "TIA", "2026-03-04T20:30", "2026-03-05T00:10"),)
    assert [each.role for each in found.passengers] == [Role.CREW, Role.CREW_IN_TRANSIT]
    assert found.passengers[0].nationality == "DEU"
    assert found.passengers[0].documents == (TravelDocument("AC", "CM555", "ALB"),)


def test_a_close_out_names_nobody_and_gives_references() -> None:
    found = one("closed.edi")
    assert (found.kind, found.change, found.cancelled) == (
        Kind.CLOSED, "flight closed, these did not board", True,
    )  # fmt: skip
    assert [(each.names, each.locator, each.reference) for each in found.passengers] == [
        ((), "QW12ER", "LI0001")
    ]


def test_parts_are_joined_and_who_stands_in_both_is_counted_once() -> None:
    found = one("parts.edi")
    assert [each.names[0].surname for each in found.passengers] == ["GASHI", "SHALA", "RAMA"]
    assert found.passengers[1].nationality == "XKX"  # the second part knew more
    assert (found.part, found.declared) == (None, 3)
    assert [(doubt.segment, doubt.words) for doubt in found.doubts] == [
        (20, "somebody stands twice, first in segment 10; counted once")
    ]


def test_a_part_that_did_not_come_is_said() -> None:
    whole = (DATA / "parts.edi").read_bytes()
    cut = whole.index(b"UNH+2")
    assert "the last part (F) did not come" in words(read(whole[:cut])[0])
    second = whole[: whole.index(b"UNH+1")] + whole[cut:]
    assert "part 1 did not come" in words(read(second)[0])


def test_several_messages_in_one_file_stay_apart() -> None:
    found = read((DATA / "crew.edi").read_bytes() + (DATA / "closed.edi").read_bytes())
    assert [each.kind for each in found] == [Kind.CREW, Kind.CLOSED]
    assert [each.reference for each in found] == ["118", "119"]


@pytest.mark.parametrize(
    ("segment", "said"),
    [
        ("ATT+2++Q'", "the sex 'Q'"),
        ("DTM+329:840230'", "date of birth '840230'"),
        ("NAT+2+QQQ'", "the nationality 'QQQ'"),
        ("LOC+178+TIRANA'", "'TIRANA' is no code of an airport"),
        ("DOC+P:110:111'", "a document has no number"),
        ("DOC+P+A1234'DTM+36:999999'", "the expiry '999999'"),
        ("CNT+42:7'", "it lists 7 people; read: 1"),
        ("ZZQ+1'", "segment 'ZZQ' is not one of PAXLST"),
        ("NAD+FL'", "listed without a name"),
    ],
)
def test_a_value_that_cannot_be_is_a_doubt_and_the_rest_is_read(segment: str, said: str) -> None:
    found = of(f"LOC+87+LHR'NAD+FL+++LEKA:ANNA'{segment}RFF+AVF:QW12ER'")
    [doubt] = [each for each in found.doubts if said in each.words]
    text = HEAD + f"LOC+87+LHR'NAD+FL+++LEKA:ANNA'{segment}"
    last = segment.strip("'").split("'")[-1]
    assert doubt.offset == text.rindex(last)
    assert found.passengers[0].names == (Named("LEKA", "ANNA"),)


def test_the_same_doubt_is_told_for_each_who_gives_rise_to_it() -> None:
    found = of("NAD+FL+++A:B'NAT+2+QQQ'NAD+FL+++C:D'NAT+2+QQQ'")
    assert [doubt.segment for doubt in found.doubts if "QQQ" in doubt.words] == [7, 9]


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (HEAD.replace("TDT+20+LI117+++LI'", "").replace("LOC+125+TIA'", ""), "names no flight"),
        (HEAD.replace("LI117", "117X9"), "'LI117X9' is no flight"),
        (HEAD.replace("BGM+745", "BGM+999"), "BGM '999' is no kind"),
        (HEAD, "of the flight only TIA is named"),
        (HEAD + "DTM+189:9913:201'", "'9913' is no date and time"),
    ],
)
def test_a_flight_that_is_not_said_is_a_doubt(head: str, said: str) -> None:
    assert said in words(of("NAD+FL+++LEKA:ANNA'", head))


def test_sexes_of_infants_are_read() -> None:
    found = of("NAD+FL+++LEKA:BESA'ATT+2++FI'NAD+FL+++LEKA:ANNA'ATT+2++F'")
    assert [(each.sex, each.infant) for each in found.passengers] == [("F", True), ("F", False)]


@pytest.mark.parametrize(
    ("born", "day", "infant"),
    [
        ("2024-03-05", "2026-03-04", True),
        ("2024-03-04", "2026-03-04", False),
        ("2026-03-05", "2026-03-04", False),
        ("2025", "2026-03-04", False),
        ("2025-01-01", "", False),
    ],
)
def test_an_infant_is_under_two_on_the_day(born: str, day: str, infant: bool) -> None:
    assert within_two_years(born, day) is infant


def people() -> st.SearchStrategy[Passenger]:
    return st.builds(
        Passenger,
        names=st.builds(Named, odd, odd).map(lambda name: (name,)),
        born=births,
        sex=st.sampled_from(["M", "F", "X", ""]),
        nationality=countries,
        residence=countries,
        birthplace=st.just("") | odd,
        documents=documents(),
        role=ROLES,
        seat=st.sampled_from(["", "1A", "45K"]),
        bags=st.none() | st.integers(0, 9),
        locator=st.just("") | texts,
        reference=st.just("") | texts,
        embarks=st.sampled_from(["", "TIA"]),
        disembarks=st.sampled_from(["", "LHR"]),
    )


FORMS = [
    writing.Form(),
    writing.Form(announced=False, lines=True),
    writing.Form(Separators("*", "$", "!", "~")),
    writing.Form(Separators("*", "$", "?", "~"), announced=False),
]


def plain(found: Manifest) -> list[Passenger]:
    """The passengers without what writing cannot know: their segments, and whether they count as infants."""
    return [msgspec.structs.replace(each, segment=0, infant=False) for each in found.passengers]


@given(st.lists(people(), max_size=4, unique_by=lambda each: each.names), st.sampled_from(FORMS))
def test_what_is_written_is_read_again(listed: list[Passenger], form: writing.Form) -> None:
    made = manifest(tuple(listed))
    [found] = read(writing.paxlst(made, form))
    assert plain(found) == listed
    assert found.flights == made.flights
    assert (found.sender, found.sent, found.declared) == (made.sender, made.sent, len(listed))
    if form.announced or form.separators == LEVEL_A:
        assert found.doubts == ()


def test_level_b_carries_what_holds_none_of_its_signs() -> None:
    made = manifest(many(5))
    [found] = read(writing.paxlst(made, writing.Form(LEVEL_B, announced=False)))
    assert plain(found) == list(made.passengers)


@given(st.integers(1, 9), st.integers(1, 4))
def test_a_message_in_parts_is_one_again(number: int, per_part: int) -> None:
    made = manifest(many(number))
    [found] = read(writing.paxlst(made, writing.Form(per_part=per_part)))
    assert plain(found) == list(made.passengers)
    assert (found.doubts, found.declared) == ((), number)


SOUND = writing.paxlst(manifest(many(6)))


@given(st.integers(80, len(SOUND) - 1))
def test_what_was_whole_before_a_cut_is_read_and_the_cut_is_said(at: int) -> None:
    [whole], [found] = read(SOUND), read(SOUND[:at])
    before = SOUND[:at].count(b"NAD+FL")
    closed = max(0, before - 1)
    assert plain(found)[:closed] == plain(whole)[:closed]
    assert len(found.passengers) in (closed, before)
    assert "may be cut" in words(found) or found.doubts[-1].words == "the last segment has no terminator"
    assert max(doubt.offset for doubt in found.doubts) < at


@given(st.binary(max_size=120), st.integers(0, len(SOUND)))
def test_any_bytes_in_a_message_are_read_or_refused(noise: bytes, at: int) -> None:
    from liaison.model.errors import BadInput

    try:
        found = read(SOUND[:at] + noise + SOUND[at:])
    except BadInput:
        return
    assert all(doubt.words for each in found for doubt in each.doubts)


def test_a_hundred_thousand_people_on_one_flight_are_read_and_doubted() -> None:
    listed = "".join(f"NAD+FL+++LEKA:NO{number}'DTM+329:840203'" for number in range(100_000))
    found = of("LOC+87+LHR'" + listed)
    assert len(found.passengers) == 100_000
    assert "100,000 people are listed, more than any aircraft or ship carries" in words(found)


def test_more_people_than_are_read_at_once_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from liaison.formats.manifests import building
    from liaison.model.errors import BadInput

    monkeypatch.setattr(building, "MOST_PASSENGERS", 5)
    with pytest.raises(BadInput, match="more than 5 people"):
        read(SOUND)
