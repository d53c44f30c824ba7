"""A scan at the booth: one check each, told once, on the ledger like every other. Names and numbers are invented."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select

from liaison.formats.mrz.layouts import TD3
from liaison.formats.mrz.writing import written
from liaison.ledger.log import Log
from liaison.model.errors import BadInput, LedgerUnavailable, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import Instruction
from liaison.model.identifiers import Country, DocumentNumber, Plate, Vin
from liaison.model.subjects import Document, Vehicle
from liaison.model.wanted import ActionCode, Sought, Wanted
from liaison.policy import limits
from liaison.screening.checkpoint import Scan, Told, kept, look, summed
from liaison.screening.checkpoint.recognising import Kind
from liaison.screening.checkpoint.verdicts import Order, Verdict
from liaison.screening.grounds import give_grounds
from liaison.storage.tables.checkpoint import SCANS
from tests.node_fixtures import START, both_databases
from tests.screening.conftest import Row
from tests.screening.node import ANA, BEN, PASSPORT, Desk, a_desk, enter

DAY = timedelta(hours=24)
HOLDER = {"code": "P", "issuer": "ALB", "nationality": "ALB", "surname": "OBERMULLER", "given": "WOLFGANG",
          "number": "XX0000001", "birth": "900315", "sex": "M", "expiry": "310601"}  # fmt: skip
CAR: Row = ("V1", "-", "-", "1990-01-01")
LOST: Row = ("L1", "-", "-", "1990-01-01")


def zone(**changes: str) -> str:
    return written(TD3, **HOLDER | changes)


def sought(
    desk: Desk, action: ActionCode = ActionCode.STOP, plate: str = "AA107OB", **changes: object
) -> None:
    """Let a wanted vehicle come in."""
    ends = (START + timedelta(days=30)).date()
    entry = Wanted(
        sought=Sought.WANTED,
        action=action,
        basis="order 1",
        office="Vehicle crime",
        contact="+355 4 555 0100",
    )
    vehicle = Vehicle(plate=Plate(plate), vin=Vin("WVWZZZ1JZXW000001"))
    said = {
        "subject": vehicle,
        "wanted": entry,
        "instruction": None,
        "retention_until": ends,
        "review_at": ends,
    }
    desk.arrive(CAR, **(said | changes))


def stolen(desk: Desk, **changes: object) -> None:
    """Let a stolen passport come in."""
    paper = Document(number=DocumentNumber("XX0000001"), issuer=Country("ALB"))
    desk.arrive(
        LOST, **({"subject": paper, "owner": "Border police", "extra": {"Status": "stolen"}} | changes)
    )


def scanned(desk: Desk, text: str, id: str = "", **said: object) -> tuple[Told, ...]:
    scan = Scan(id or str(uuid4()), text, **{"grounds": desk.grounds, **said})  # type: ignore[arg-type]
    return look(desk.office, desk.live, ANA, scan, DAY)


def rows(desk: Desk) -> list[tuple[str, str, int, str]]:
    query = select(SCANS).order_by(SCANS.c.at, SCANS.c.id, SCANS.c.part)
    found = desk.office.read(lambda connection: connection.execute(query).all())
    return [(row.person, row.kind, row.part, row.verdict) for row in found]


@both_databases
def test_a_scan_is_a_check_like_every_other_and_nothing_of_it_is_kept(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        (told,) = scanned(desk, zone(), place="Booth 3")
        assert (told.kind, told.verdict, told.alerts, told.orders) == (Kind.DOCUMENT, Verdict.CLEAR, (), ())
        assert desk.verbs()[-3:] == ["check", "check-answered", "document-examined"]
        assert desk.said()[-1].case == desk.case.id
        (row,) = desk.office.read(lambda connection: connection.execute(select(SCANS)).all())
        assert (row.person, row.place, row.kind, row.verdict) == (ANA.person, "Booth 3", "document", "clear")
        assert row.entry == told.entry
        assert row.check_id == told.examined.answer.check  # type: ignore[union-attr]
        for secret in ("OBERMULLER", "XX0000001", "900315"):
            assert secret not in repr(row)
            assert secret not in repr(desk.said())


@both_databases
def test_a_scan_that_is_sent_again_is_told_again_and_not_checked_again(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        sought(desk, ActionCode.OBSERVE)
        id = str(uuid4())
        (first,) = scanned(desk, "AA 107 OB", id)
        before = desk.verbs()
        (again,) = scanned(desk, "AA 107 OB", id)
        assert desk.verbs() == before
        assert (first.doubled, again.doubled) == (False, True)
        assert (again.verdict, again.kind, again.entry) == (first.verdict, first.kind, first.entry)
        assert (again.quiet, again.alerts, again.orders) == (True, (), ()), (
            "still quiet, and an outline alone"
        )
        (unread,) = scanned(desk, "?!", id)
        assert unread.doubled


@both_databases
def test_one_scan_that_is_sent_at_once_from_many_places_is_one_check(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        scanned(desk, "AA 100 AA")  # seals and digests are made once
        before, id = desk.verbs().count("check"), str(uuid4())
        with ThreadPoolExecutor(8) as pool:
            told = list(pool.map(lambda _: scanned(desk, zone(), id)[0], range(8)))
        assert desk.verbs().count("check") == before + 1
        assert sorted(one.doubled for one in told) == [False] + [True] * 7
        assert {one.verdict for one in told} == {Verdict.CLEAR}


def test_anothers_scan_with_the_same_id_is_anothers(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        id = str(uuid4())
        scanned(desk, "AA 100 AA", id)
        scan = Scan(id, "AA 100 AA", desk.grounds)
        with pytest.raises(NotFound):
            look(desk.office, desk.live, BEN, scan, DAY)
        assert desk.office.read(lambda connection: kept.known(connection, BEN.person, id)) == []


@both_databases
def test_two_scans_typed_into_one_are_two_checks_and_two_answers(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        stolen(desk)
        id, text = str(uuid4()), (zone(number="XX7654321") + zone()).replace("\n", "")
        told = scanned(desk, text, id)
        assert [one.verdict for one in told] == [Verdict.CLEAR, Verdict.HIT]
        assert summed(told) is Verdict.HIT
        assert [part for _, _, part, _ in rows(desk)] == [0, 1]
        again = scanned(desk, text, id)
        assert [(one.doubled, one.verdict) for one in again] == [(True, Verdict.CLEAR), (True, Verdict.HIT)]


def test_a_part_that_was_never_checked_is_checked_when_the_scan_is_sent_again(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        stolen(desk)
        id = str(uuid4())
        scanned(desk, zone(number="XX7654321"), id)
        told = scanned(desk, zone(number="XX7654321") + zone(), id)
        assert [(one.doubled, one.verdict) for one in told] == [(True, Verdict.CLEAR), (False, Verdict.HIT)]


@pytest.mark.parametrize(
    ("action", "quiet", "orders"),
    [
        (ActionCode.STOP, False, (Order.VERIFY,)),
        (ActionCode.DO_NOT_ALERT_DRIVER, True, (Order.DO_NOT_ALERT_DRIVER, Order.VERIFY)),
    ],
)
def test_a_wanted_vehicle_is_told_with_whom_to_call_and_a_stop_waits(
    tmp_path: Path, action: ActionCode, quiet: bool, orders: tuple[Order, ...]
) -> None:
    with a_desk(tmp_path) as desk:
        sought(desk, action)
        for text in ("AA 107 OB", "WVWZZZ1JZXW000001"):
            (told,) = scanned(desk, text)
            assert told.verdict is Verdict.HIT
            assert (told.quiet, told.orders) == (quiet, orders)
            assert told.call == ("Vehicle crime, +355 4 555 0100",)
        alike, number = scanned(desk, "AA 107 0B")
        assert (number.kind, number.verdict) == (Kind.NUMBER, Verdict.CLEAR), (
            "it could be a document's number too"
        )
        assert alike.verdict is Verdict.LOOK, "a mark that is only taken for it is looked at again"
        (cyrillic,) = scanned(desk, "АА 107 ОВ")
        assert cyrillic.verdict is Verdict.HIT, "letters that look Latin are read as Latin"


def test_a_wanted_mark_of_no_known_form_is_found_though_it_looks_like_a_number(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        sought(desk, plate="A123BC77")
        told = scanned(desk, "A123BC77")
        assert {(one.kind, one.verdict) for one in told} == {
            (Kind.NUMBER, Verdict.CLEAR),
            (Kind.PLATE, Verdict.HIT),
        }


def test_a_vehicle_entry_that_ended_matches_no_more(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        sought(desk)
        desk.clock.forward(days=31)
        grounds = a_grounds(desk, Purpose.INVESTIGATION, "task")
        (told,) = scanned(desk, "AA 107 OB", grounds=grounds)
        assert told.verdict is Verdict.CLEAR


def a_grounds(desk: Desk, purpose: Purpose, basis: str) -> str:
    return give_grounds(
        desk.office,
        ANA,
        desk.case.id,
        purpose=purpose,
        basis=basis,
        justification="First line, the early shift",
    )


def test_a_number_without_its_zone_and_a_name_with_a_date_are_found(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        (number,) = scanned(desk, f"ALB {PASSPORT}")
        assert (number.kind, number.verdict) == (Kind.NUMBER, Verdict.HIT)
        (person,) = scanned(desk, "VOKSHI, Gëzim 03.02.1984")
        assert (person.kind, person.verdict) == (Kind.PERSON, Verdict.HIT)
        assert person.orders == (Order.CALL, Order.VERIFY)
        assert person.call == ("Demo agency",)


def test_a_number_one_sign_apart_is_looked_at_again_and_no_match(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        stolen(desk)
        for text in (zone(number="XX0000002"), "ALB XX0000002"):
            (told,) = scanned(desk, text)
            assert told.verdict is Verdict.LOOK
        (elsewhere,) = scanned(desk, "SRB XX0000001")
        assert elsewhere.verdict is Verdict.LOOK, "the number of another state is another document"


def test_an_instruction_that_acts_is_told_by_no_scan(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        stolen(desk, instruction=Instruction.SEIZE_DOCUMENT)
        (told,) = scanned(desk, zone())
        assert (told.verdict, told.orders, told.call) == (Verdict.HIT, (Order.VERIFY,), ("Border police",))


def test_what_the_conditions_of_a_record_keep_back_is_told_by_no_scan(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        stolen(desk, handling=Handling(codes=(HandlingCode.H1,)))
        (told,) = scanned(desk, zone())
        assert told.verdict is Verdict.HIT, "H1 keeps a record from court and not from an officer"
        assert [alert.content.handling for alert in told.alerts if alert.content] == [("H0", "H1")]


def test_a_line_of_vehicles_and_documents_at_a_border_needs_no_second_person(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        most = limits(desk.office.regimes).bulk_persons
        border = a_grounds(desk, Purpose.BORDER_CHECK, "border-law")
        for number in range(most + 2):
            scanned(desk, f"AA {100 + number} BB", grounds=border)
            scanned(desk, f"WVWZZZ1JZXW{number:06}", grounds=border)
            scanned(desk, f"ALB XX{number:07}", grounds=border)
        for day in range(most):
            scanned(desk, f"Arben Hoxha 1984-{1 + day // 28:02}-{1 + day % 28:02}", grounds=border)
        with pytest.raises(NotLawful) as refused:
            scanned(desk, "Arben Hoxha 1985-03-02", grounds=border)
        assert [reason.rule for reason in refused.value.reasons] == ["L10/bulk"], (
            "a name is nobody who stands there"
        )  # type: ignore[attr-defined]
        scanned(desk, "ALB XX9999999", grounds=border)


@both_databases
def test_without_the_ledger_nothing_is_told_and_nothing_is_kept(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path, kind) as desk:
        sought(desk)

        def full(*_: object) -> None:
            raise LedgerUnavailable("the disk is full")

        monkeypatch.setattr(Log, "append_many", full)
        with pytest.raises(LedgerUnavailable):
            scanned(desk, "AA 107 OB")
        assert rows(desk) == []


def test_a_document_whose_rules_never_spoke_is_looked_at_again_and_not_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path) as desk:
        id, real = str(uuid4()), Log.append

        def full(*_: object) -> None:
            raise LedgerUnavailable("the disk is full")

        monkeypatch.setattr(Log, "append", full)
        with pytest.raises(LedgerUnavailable):
            scanned(desk, zone(), id)
        monkeypatch.setattr(Log, "append", real)
        (again,) = scanned(desk, zone(), id)
        assert (again.doubled, again.verdict) == (True, Verdict.LOOK)


def test_the_first_line_is_told_of_what_others_look_for(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        sought(desk, ActionCode.CHECK_DISCREETLY)
        stolen(desk)
        border = a_grounds(desk, Purpose.BORDER_CHECK, "border-law")
        for text in ("AA 107 OB", zone(), "VOKSHI, Gëzim 1984-02-03"):
            (told,) = scanned(desk, text, grounds=border)
            assert told.verdict is Verdict.HIT


@pytest.mark.parametrize(
    ("said", "field"), [({"text": "zzz"}, "text"), ({"text": "AA 100 AA", "place": "x" * 81}, "place")]
)
def test_what_cannot_be_used_is_refused_at_its_field(
    tmp_path: Path, said: dict[str, str], field: str
) -> None:
    with a_desk(tmp_path) as desk:
        before = desk.verbs()
        with pytest.raises(BadInput) as error:
            scanned(desk, **said)
        assert error.value.field == field
        assert desk.verbs() == before


@both_databases
def test_scans_are_forgotten_once_nobody_can_send_them_again(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        scanned(desk, "AA 100 AA")
        desk.clock.forward(days=7)
        assert kept.forget(desk.office, timedelta(days=8)) == 0
        scanned(desk, "AA 100 AA")
        desk.clock.forward(days=1)
        assert kept.forget(desk.office, timedelta(days=8)) == 1
        assert len(rows(desk)) == 1
        assert desk.said()[-1].detail == {"scans": "1", "copies": "0"}
