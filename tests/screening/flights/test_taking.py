"""Passenger lists taken: kept sealed under two keys, twice the same is once, a batch goes on past a bad file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.formats.manifests.model import Named as Name
from liaison.formats.manifests.model import Passenger, TravelDocument
from liaison.holdings import mapping
from liaison.holdings.dates import PROOFS
from liaison.ledger.log import Log
from liaison.model.errors import BadInput, LedgerUnavailable, NotFound, NotLawful
from liaison.model.roles import Role
from liaison.screening.flights import taking, viewing
from liaison.screening.flights.reading import HEADERS, Sent, known, received
from liaison.screening.flights.rules import State
from liaison.screening.flights.taking import Delivery, take
from liaison.storage.tables.flights import FLIGHTS, MANIFESTS, PASSENGERS
from tests.formats.manifests.made import many
from tests.node_fixtures import both_databases
from tests.screening.flights.flown import DAY, SOUGHT, bookings, border, deliver, message, one
from tests.screening.node import ANA, BEN, Desk, a_desk, actor, enter, rules_of

TABLE = b"""flight,departs,from,to,surname,given,dob,nationality,passport,seat
LI117,2026-03-04,TIA,LHR,Vokshi,Gezim,1984-02-03,ALB,BA1234567,12C
LI117,2026-03-04,TIA,LHR,Oliveira,Marta,1990-01-01,PRT,P0000001,12D
LI118,2026-03-04,LHR,TIA,Novak,Jan,1970-05-05,CZE,P0000002,1A
"""


def rows(desk: Desk, table: object = MANIFESTS) -> list[object]:
    return list(desk.office.read(lambda connection: connection.execute(select(table)).all()))  # type: ignore[call-overload]


@both_databases
def test_a_list_is_kept_with_nobody_in_clear(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        kept = one(deliver(desk, message()))
        assert (kept.name, kept.day, kept.people, kept.state, kept.new) == (
            "LI117",
            DAY,
            10,
            State.CHECKED,
            True,
        )
        (row,) = rows(desk)
        assert row.key != row.who_key, "how they travel and who they are have a key each"  # type: ignore[attr-defined]
        held = b"".join(bytes(part) if isinstance(part, bytes) else repr(part).encode() for part in row)  # type: ignore[attr-defined]
        assert not any(text in held for text in (b"VOKSHI", b"GEZIM", b"BA1234567", b"ABC123", b"AAAAB"))
        assert len(rows(desk, PASSENGERS)) == 1, "who has no alert has no row"
        (said,) = [said for said in desk.said() if said.what == "manifest-taken"]
        assert said.objects == (kept.id, kept.flight)
        assert (said.case, said.grounds, said.detail["people"]) == (desk.case.id, desk.grounds, "10")
        assert (said.detail["flight"], said.detail["day"], len(said.digest)) == ("LI117", DAY, 64)
        assert "VOKSHI" not in repr(desk.said())


@both_databases
def test_the_same_message_twice_changes_nothing_whatever_its_file_is_called(
    tmp_path: Path, kind: str
) -> None:
    with a_desk(tmp_path, kind) as desk:
        first = one(deliver(desk, message()))
        before = desk.verbs()
        for name in ("file1.edi", "again.edi"):
            again = take(desk.office, ANA, Delivery(desk.grounds, (Sent(name, message()),)))
            assert [(each.id, each.new, each.state) for each in again.kept] == [
                (first.id, False, State.CHECKED)
            ]
        twice = deliver(desk, message(), message())
        assert {each.id for each in twice.kept} == {first.id}
        assert desk.verbs() == before
        assert len(rows(desk)) == 1


def test_a_second_report_of_a_flight_stands_beside_the_first(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        first = one(deliver(desk, message()))
        desk.clock.forward(hours=3)
        second = one(deliver(desk, message(*many(3), sent="2026-03-04T10:00")))
        assert (second.flight, second.new) == (first.flight, True)
        shown = viewing.flight_of(desk.office, ANA, first.flight)
        assert [report.people for report in shown.reports] == [3, 10], "the last is shown"
        assert shown.found == 3
        assert viewing.flight_of(desk.office, ANA, first.flight, report=first.id).found == 10


def test_flights_of_other_days_and_numbers_are_others(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        done = deliver(desk, message(), message(day="2026-03-05"), message(number="118"))
        assert len({each.flight for each in done.kept}) == 3
        listed, total = viewing.flights_of(desk.office, ANA)
        assert (total, [each.day for each in listed][:1]) == (3, ["2026-03-05"])
        assert [each.name for each in viewing.flights_of(desk.office, ANA, number="li 118")[0]] == ["LI118"]
        assert len(viewing.flights_of(desk.office, ANA, number="117")[0]) == 2
        assert [each.name for each in viewing.flights_of(desk.office, ANA, day="2026-03-05")[0]] == ["LI117"]
        assert viewing.flights_of(desk.office, ANA, day="2026-03-06") == ([], 0)


def test_a_batch_goes_on_past_a_bad_file(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        done = deliver(
            desk, b"no message at all, and no table", message(), b"", b"UNB+UNOA:4+A+B+260304:1200+1'UNZ+0+1'"
        )
        assert [each.name for each in done.kept] == ["LI117"]
        assert [refusal.file for refusal in done.refused] == ["file1.edi", "file3.edi", "file4.edi"]


def test_where_nothing_can_be_read_the_reason_names_the_file(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        with pytest.raises(BadInput) as refused:
            deliver(desk, b"\x00\x01\x02")
        assert refused.value.file == "file1.edi"
        with pytest.raises(BadInput) as empty:
            deliver(desk)
        assert empty.value.field == "file"
        assert rows(desk) == []


def test_a_cut_message_is_taken_with_what_was_whole_and_a_doubt(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        whole = message()
        kept = one(deliver(desk, whole[: len(whole) * 2 // 3]))
        assert 0 < kept.people < 10
        assert kept.doubts
        shown = viewing.flight_of(desk.office, ANA, kept.flight)
        assert any(doubt.offset > 0 or doubt.segment > 0 for doubt in shown.doubts), "a doubt says where"


def test_a_flight_that_departed_is_taken_with_a_warning(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        kept = one(deliver(desk, message(day="2026-03-01")))
        assert kept.state is State.CHECKED
        (doubt,) = viewing.flight_of(desk.office, ANA, kept.flight).doubts
        assert doubt.words == "LI117 departed on 2026-03-01, before today"


def test_a_cancelled_flight_is_said_so_and_nobody_on_it_is_looked_up(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        first = one(deliver(desk, message()))
        off = message().replace(b"BGM+745", b"BGM+745+XF")
        assert off != message()
        done = one(deliver(desk, off))
        assert (done.flight, done.state) == (first.flight, State.KEPT)
        (listed,), _ = viewing.flights_of(desk.office, ANA)
        assert listed.cancelled
        assert desk.verbs().count("check") == 1
        deliver(desk, message(sent="2026-03-04T11:00"))
        (listed,), _ = viewing.flights_of(desk.office, ANA)
        assert not listed.cancelled, "a later list says that it is flown after all"


@both_databases
def test_two_parts_in_two_deliveries_are_one_report(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        whole = message(per_part=6)
        cut = whole.index(b"UNT+")
        end = whole.index(b"'", cut) + 1
        start = whole.index(b"UNH+")
        tail = whole[whole.index(b"UNZ+") :]
        head = whole[:start]
        one_part, other = head + whole[start:end] + tail, head + whole[end : whole.index(b"UNZ+")] + tail
        first = one(deliver(desk, one_part))
        alone = viewing.flight_of(desk.office, ANA, first.flight)
        assert any("last part (F) did not come" in doubt.words for doubt in alone.doubts)
        desk.clock.forward(minutes=5)
        second = one(deliver(desk, other))
        assert second.flight == first.flight
        both = viewing.flight_of(desk.office, ANA, first.flight)
        assert (both.found, both.with_alert) == (10, 1)
        assert both.aboard[0].one.names[0].surname == "VOKSHI"
        assert not any("did not come" in doubt.words for doubt in both.doubts)
        together = deliver(desk, one_part, other)
        assert not any(each.new for each in together.kept), "both parts are known by now"


@both_databases
def test_what_another_delivery_keeps_meanwhile_takes_no_part_with_it(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = message(per_part=6)
    cut = whole.index(b"'", whole.index(b"UNT+")) + 1
    first = whole[:cut] + whole[whole.index(b"UNZ+") :]
    decide = taking.needs_second
    with a_desk(tmp_path, kind) as desk:

        def quicker(*facts: object) -> bool:
            monkeypatch.setattr(taking, "needs_second", decide)
            deliver(desk, first)
            return decide(*facts)  # type: ignore[arg-type]

        monkeypatch.setattr(taking, "needs_second", quicker)
        done = deliver(desk, whole)
        assert sorted(each.people for each in done.kept) == [4, 6]
        assert viewing.flight_of(desk.office, ANA, done.kept[0].flight).found == 10
        assert {each.state for each in done.kept} == {State.CHECKED}


def test_a_table_is_read_with_its_columns_guessed_and_cut_by_flight(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        done = deliver(desk, TABLE)
        assert [(each.name, each.people, each.state) for each in done.kept] == [
            ("LI117", 2, State.CHECKED),
            ("LI118", 1, State.CHECKED),
        ]
        shown = viewing.flight_of(desk.office, ANA, done.kept[0].flight)
        first = shown.aboard[0].one
        assert (first.names[0].surname, first.born, first.seat) == ("Vokshi", "1984-02-03", "12C")
        assert (first.documents[0].number, first.nationality) == ("BA1234567", "ALB")
        assert (shown.listed.origin, shown.listed.destination, shown.with_alert) == ("TIA", "LHR", 1)


def test_a_table_without_its_flight_takes_the_one_that_is_said(tmp_path: Path) -> None:
    table = b"surname,given,dob\nVokshi,Gezim,1984-02-03\n"
    with a_desk(tmp_path) as desk:
        with pytest.raises(BadInput) as refused:
            deliver(desk, table)
        assert refused.value.field == "flight"
        kept = one(deliver(desk, table, flight="LI 0117", day=DAY))
        assert (kept.name, kept.day) == ("LI117", DAY)


def test_the_headers_that_the_guide_lists_are_those_that_are_known() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "manifests.md").read_text("utf-8")
    tables = guide.split("| what it says | headers |")[1].split("\n\n")[0].splitlines()[2:]
    people, *listed = [set(re.findall("`([^`]+)`", row)) for row in tables]
    assert listed == [set(words.split()) for words in HEADERS.values()]
    assert people <= set(mapping.known())
    assert not people & set(known())


@pytest.mark.parametrize("header", ["date", "day", "Flight Date", "Date of departure", "Departs"])
def test_the_day_of_departure_is_known_by_its_usual_headers(header: str) -> None:
    table = f"flight,{header},surname,given\nLI117,24.03.2026,Vokshi,Gezim\n"
    (read,) = received([Sent("t.csv", table.encode())], 2026).parts
    assert [leg.departs for flight in read.flights for leg in flight.legs] == ["2026-03-24"]
    assert read.doubts == ()


def test_a_table_is_called_a_table_in_every_doubt(tmp_path: Path) -> None:
    row = "LI117,Vokshi,Gezim,1984-02-03\n"
    with a_desk(tmp_path) as desk:
        kept = one(deliver(desk, f"flight,surname,given,dob\n{row}{row}".encode()))
        doubts = viewing.flight_of(desk.office, ANA, kept.flight).doubts
        assert [doubt.words for doubt in doubts] == [
            "the table does not say when LI117 departs",
            "somebody stands twice, first in row 1; counted once",
        ]
        with pytest.raises(BadInput, match="the table names no flight"):
            deliver(desk, b"surname,given\nVokshi,Gezim\n")


def test_a_row_that_is_bad_is_told_by_its_own_number(tmp_path: Path) -> None:
    bad = TABLE.replace(b"1970-05-05", b"the fifth of May")
    found = received([Sent("t.csv", bad)], 2026)
    told = [(doubt.segment, doubt.file) for part in found.parts for doubt in part.doubts]
    assert (3, "t.csv") in told


def test_every_document_and_name_of_a_row_is_looked_up(tmp_path: Path) -> None:
    header = b"flight,departs,surname,given,dob,passport,idcard,alias\n"
    row = b"LI117,2026-03-04,Oliveira,Marta,1990-01-01,P0000001,BA1234567,Vokshi Gezim\n"
    (read,) = received([Sent("t.csv", header + b"LI117,2026-03-04,Novak,Jan,,,,\n" + row)], 2026).parts
    plain, one_ = read.passengers
    assert (len(plain.names), plain.documents) == (1, ())
    assert [paper.number for paper in one_.documents] == ["P0000001", "BA1234567"]
    assert [name.surname for name in one_.names] == ["Oliveira", "Vokshi Gezim"]
    with a_desk(tmp_path) as desk:
        kept = deliver(desk, header + row)
        assert viewing.flight_of(desk.office, ANA, kept.kept[0].flight).with_alert == 1


def test_a_typed_table_counts_as_a_list_and_wants_a_second_person(tmp_path: Path) -> None:
    lines = [f"LI117,{DAY},Nobody{chr(97 + at)},Jan,1970-05-0{at % 9 + 1}" for at in range(11)]
    table = ("flight,departs,surname,given,dob\n" + "\n".join(lines)).encode()
    with a_desk(tmp_path) as desk:
        kept = one(deliver(desk, table, grounds=border(desk)))
        assert (kept.state, bool(kept.approval)) == (State.WAITING, True)
        assert "check" not in desk.verbs()


def test_bookings_serve_no_border_check(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        with pytest.raises(NotLawful, match="bookings serve no border check"):
            deliver(desk, bookings(), grounds=border(desk))
        both = deliver(desk, bookings(), message(), grounds=border(desk))
        assert ([each.name for each in both.kept], [each.file for each in both.refused]) == (
            ["LI117"],
            ["file1.edi"],
        )
        assert one(deliver(desk, bookings())).state is State.CHECKED, "drugs are among the serious offences"


def test_grounds_are_ones_own_and_lawful(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        files = (Sent("a", message()),)
        with pytest.raises(NotFound):
            take(desk.office, BEN, Delivery(desk.grounds, files))
        auditor = actor("ana", Role.AUDITOR)
        with pytest.raises(NotLawful) as refused:
            take(desk.office, auditor, Delivery(desk.grounds, files))
        assert "P01/check-bulk" in rules_of(refused.value)
        assert rows(desk) == rows(desk, FLIGHTS) == []


def test_a_flight_is_not_there_for_who_does_not_see_the_case(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        kept = one(deliver(desk, message()))
        enter(desk.office, BEN, unit="Unit 2")
        assert viewing.flights_of(desk.office, BEN) == ([], 0)
        before = desk.verbs()
        for wanted in (kept.flight, "flight-nowhere"):
            with pytest.raises(NotFound):
                viewing.flight_of(desk.office, BEN, wanted)
        with pytest.raises(NotFound):
            viewing.progress_of(desk.office, BEN, kept.id)
        assert desk.verbs() == before


def test_nothing_is_kept_that_the_ledger_cannot_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LedgerUnavailable("the disk is full")

    with a_desk(tmp_path) as desk:
        with monkeypatch.context() as broken:
            broken.setattr(Log, "append", full)
            with pytest.raises(LedgerUnavailable):
                deliver(desk, message())
        assert rows(desk) == rows(desk, FLIGHTS) == []
        kept = one(deliver(desk, message()))
        with monkeypatch.context() as broken:
            broken.setattr(Log, "append", full)
            with pytest.raises(LedgerUnavailable):
                viewing.flight_of(desk.office, ANA, kept.flight)


def test_who_is_on_board_is_shown_with_search_and_pages_and_an_entry(tmp_path: Path) -> None:
    infant = Passenger(
        names=(Name("VOKSHI", "ERA"),), born="2025-06-01", sex="F", nationality="ALB", infant=True
    )
    with a_desk(tmp_path) as desk:
        kept = one(deliver(desk, message(*many(249), SOUGHT, infant)))
        before = desk.verbs().count("flight-read")
        shown = viewing.flight_of(desk.office, ANA, kept.flight)
        assert (shown.found, shown.pages, len(shown.aboard)) == (251, 3, 100)
        assert shown.aboard[0].one.names[0].given == "GEZIM", "those with alerts come first"
        assert len(viewing.flight_of(desk.office, ANA, kept.flight, page=3).aboard) == 51
        assert viewing.flight_of(desk.office, ANA, kept.flight, page=99).page == 3
        assert viewing.flight_of(desk.office, ANA, kept.flight, search="vokshi gezim").found == 1
        assert viewing.flight_of(desk.office, ANA, kept.flight, search="12c GEZ").found == 1
        assert viewing.flight_of(desk.office, ANA, kept.flight, search="BA1234567").found == 1
        assert viewing.flight_of(desk.office, ANA, kept.flight, search="nobody").aboard == ()
        assert desk.verbs().count("flight-read") == before + 7
        with pytest.raises(BadInput):
            viewing.flight_of(desk.office, ANA, kept.flight, page=0)


def test_what_is_unusual_about_documents_is_said(tmp_path: Path) -> None:
    expired = TravelDocument("P", "BB7654321", "ALB", "2026-03-03")
    odd = TravelDocument("P", "1234567", "ALB", "2031-01-01")
    nowhere = TravelDocument("P", "X1", "QQQ", "2031-01-01")
    people = [
        Passenger(names=(Name(f"NOBODY{sign}", "X"),), documents=(paper,))
        for sign, paper in zip("ABCD", (expired, odd, nowhere, expired), strict=True)
    ]
    with a_desk(tmp_path) as desk:
        table = "flight,departs,surname,given,passport,issuer,expires,documenttype\n" + "\n".join(
            f"LI117,{DAY},{one.names[0].surname},X,{paper.number},{paper.issuer},{paper.expires},P"
            for one in people
            for paper in one.documents
        )
        kept = one(deliver(desk, table.encode()))
        shown = viewing.flight_of(desk.office, ANA, kept.flight)
        found = [{finding.rule for finding in each.findings} for each in shown.aboard]
        assert found[0] == {"date.expired", "seen.other-person"} == found[3]
        assert found[1] == {"number.form"}
        assert any("QQQ" in doubt.words for doubt in shown.doubts), (
            "a code that is none is left out, and told"
        )


@pytest.mark.parametrize(
    ("others", "day", "told"),
    [
        ((), "1972", True),
        (("25/12/1980",) * PROOFS, "1972-05-04", False),
        (("12/25/1980",) * PROOFS, "1972-04-05", False),
    ],
)
def test_a_date_of_birth_that_can_be_two_days_is_taken_as_its_year_and_told(
    others: tuple[str, ...], day: str, told: bool
) -> None:
    lines = [f"XY1,2026-11-25,Hoxha,Arben,{born}" for born in ("04/05/1972", *others)]
    content = "\n".join(["flight,date,surname,given,born", *lines]).encode()
    (made,) = received([Sent("list.csv", content)], 2026).parts
    assert made.passengers[0].born == day
    assert any("day first or month first: 1" in doubt.words for doubt in made.doubts) is told
