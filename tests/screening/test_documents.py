"""A document examined at the desk: on grounds, on the ledger, told as hit or no hit, and remembered for some hours."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from liaison.formats.mrz.layouts import TD3
from liaison.formats.mrz.writing import written
from liaison.ledger.log import Log
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput, LedgerUnavailable, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.holding import Fact
from liaison.model.identifiers import Country, DocumentNumber
from liaison.model.roles import Role
from liaison.model.scales import Graded
from liaison.model.subjects import Document, DocumentKind, Person
from liaison.policy import limits
from liaison.screening import documents_seen
from liaison.screening.alerting import alerts_of_case
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member
from liaison.screening.document_rules import Outcome, Page
from liaison.screening.documents import Examined, Shown, examine
from liaison.screening.documents_rules import Listed
from liaison.screening.grounds import give_grounds
from liaison.storage.tables.screening import TRACES
from tests.node_fixtures import START, both_databases
from tests.screening.conftest import Row
from tests.screening.node import ANA, BASIS, BEN, WHY, Desk, a_desk, actor, enter

DAY = timedelta(hours=24)
SOUND = {"code": "P", "issuer": "ALB", "nationality": "ALB", "surname": "OBERMULLER", "given": "WOLFGANG",
         "number": "BA7654321", "birth": "900315", "sex": "M", "expiry": "310601"}  # fmt: skip
LOST: Row = ("L1", "-", "-", "1990-01-01")


def zone(**changes: str) -> str:
    return written(TD3, **{**SOUND, **changes})


def paper(**changes: object) -> Document:
    said = {"number": DocumentNumber("BA7654321"), "type": DocumentKind.PASSPORT, "issuer": Country("ALB")}
    return Document(**(said | changes))  # type: ignore[arg-type]


def reported(desk: Desk, subject: Document | None = None, **changes: object) -> None:
    """Let a report of a document come in."""
    said: dict[str, object] = {"subject": subject or paper(), "owner": "Border police, Kukës"}
    desk.arrive(LOST, **(said | {"extra": {"Status": "Stolen"}} | changes))


def look(desk: Desk, text: str = "", window: timedelta = DAY, **shown: object) -> Examined:
    given = Shown(text or zone(), **{"grounds": desk.grounds, **shown})  # type: ignore[arg-type]
    return examine(desk.office, desk.live, ANA, given, window)


def at_the_border(desk: Desk) -> str:
    """Grounds for a first line."""
    return give_grounds(
        desk.office,
        ANA,
        desk.case.id,
        purpose=Purpose.BORDER_CHECK,
        basis="border-law",
        justification="First line at the road crossing, early shift",
    )


def traces(desk: Desk) -> int:
    count = select(func.count()).select_from(TRACES)
    return int(desk.office.read(lambda connection: connection.execute(count).scalar_one()))


@both_databases
def test_a_sound_document_of_somebody_whom_nobody_seeks(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        done = look(desk, place="Morina")
        assert (done.findings, done.outcome, done.listed) == ((), Outcome.NOTHING_FOUND, Listed.NO_HIT)
        assert (done.reported, done.others, done.owners) == ((), (), ())
        asked, answered, said = desk.said()[-3:]
        assert (asked.what, answered.what, said.what) == ("check", "check-answered", "document-examined")
        assert said.objects == (done.answer.check,)
        assert (said.case, said.grounds, said.purpose) == (desk.case.id, desk.grounds, "investigation")
        assert (said.outcome, said.detail) == (
            "nothing-found",
            {"digits": "consistent", "listed": "no-hit", "rules": ""},
        )
        assert len(said.digest) == 64
        assert "BA7654321" not in repr(desk.said())
        assert "OBERMULLER" not in repr(desk.said())


def test_a_first_line_examines_one_after_another_and_an_investigation_does_not(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        most, border = limits(desk.office.regimes).bulk_persons, at_the_border(desk)
        for _ in range(most + 2):
            look(desk, grounds=border)
        for _ in range(most):
            look(desk)
        with pytest.raises(NotLawful) as refused:
            look(desk)
        assert [reason.rule for reason in refused.value.reasons] == ["L10/bulk"]
        look(desk, grounds=border)


@both_databases
def test_a_stolen_passport_is_a_hit_with_whom_to_call_and_never_the_record(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        reported(desk)
        done = look(desk)
        assert done.listed is Listed.HIT
        assert done.owners == ("Border police, Kukës",)
        (alert,) = done.reported
        assert alert.holding == desk.ids["L1"]
        assert done.others == ()
        assert alert.instruction == "", "what to do is told once a person has confirmed"
        kept = {one.id for one in alerts_of_case(desk.office, ANA, desk.case.id)}
        assert alert.id in kept, "a trained person decides upon it like upon any other"
        assert [said.detail["listed"] for said in desk.said() if said.what == "document-examined"] == ["hit"]


def test_the_first_line_is_told_of_a_stolen_passport_and_of_its_holder_who_is_sought(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        reported(desk)
        desk.arrive(("W1", "Wolfgang", "Obermuller", "1990-03-15"))
        done = look(desk, grounds=at_the_border(desk))
        assert done.listed is Listed.HIT
        assert [alert.holding for alert in done.others] == [desk.ids["W1"]]


@pytest.mark.parametrize(
    ("changes", "listed"),
    [
        ({"subject": paper(issuer=Country("SRB"))}, Listed.NO_HIT),
        ({"subject": paper(issuer=None)}, Listed.NO_HIT),
        ({"subject": paper(type=DocumentKind.VISA)}, Listed.NO_HIT),
        ({"subject": paper(type=DocumentKind.OTHER)}, Listed.HIT),
        ({"extra": {}}, Listed.NO_HIT),
        ({"extra": {"Status": "found again"}}, Listed.NO_HIT),
        ({"extra": {"remark": "stolen"}}, Listed.NO_HIT),
        ({"extra": {"statut": "Volé"}}, Listed.HIT),
        (
            {"extra": {}, "facts": (Fact(text="lost", graded=Graded(), dated=PartialDate("2026-01")),)},
            Listed.HIT,
        ),
    ],
)
def test_a_hit_needs_number_state_type_and_what_befell_it(
    tmp_path: Path, changes: dict[str, object], listed: Listed
) -> None:
    with a_desk(tmp_path) as desk:
        reported(desk, **changes)
        done = look(desk)
        assert done.listed is listed
        assert len(done.others) + len(done.reported) == 1, "the number alone is a lead all the same"


def test_a_person_with_a_lost_document_is_no_report_of_it(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        reported(desk, subject=Person(documents=(paper(),)))  # type: ignore[arg-type]
        done = look(desk)
        assert (done.listed, len(done.others)) == (Listed.NO_HIT, 1)


def test_no_name_keeps_a_report_from_being_found(tmp_path: Path) -> None:
    words = " ".join("ABCDEFGHIJKLMNOPQRS")
    with a_desk(tmp_path) as desk:
        reported(desk)
        assert look(desk, zone(surname="X", given=words)).listed is Listed.HIT


def test_the_number_on_the_page_is_asked_for_as_well(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        reported(desk, subject=paper(number=DocumentNumber("BA0000001")))
        done = look(desk, page=Page(number="BA 0000001"))
        assert done.listed is Listed.HIT
        assert "page.number" in {finding.rule for finding in done.findings}


def test_a_report_that_its_conditions_keep_back_is_told_to_nobody(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        day = (START + timedelta(days=30)).date()
        reported(desk, retention_until=day, review_at=day)
        desk.clock.forward(days=31)
        done = look(desk)
        (told,) = [said for said in desk.said() if said.what == "check-answered"]
        assert told.detail["kept-back"] == "1"
        assert (done.listed, done.reported, done.others) == (Listed.NO_HIT, (), ())


def test_the_holder_is_checked_in_the_same_act(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        done = look(desk, zone(surname="VOKSHI", given="GEZIM", birth="840203"))
        assert [alert.holding for alert in done.others] == [desk.ids["R900"]]
        assert done.listed is Listed.NO_HIT
        assert desk.verbs().count("check") == 1


def test_what_the_page_says_is_compared_and_asked_about(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        said = Page(surname="Vokshi", given="Gëzim", born=PartialDate("1984-02-03"))
        done = look(desk, page=said)
        assert {finding.rule for finding in done.findings} == {"page.names", "page.dates"}
        assert done.outcome is Outcome.STOP
        assert [alert.holding for alert in done.others] == [desk.ids["R900"]]


@pytest.mark.parametrize("text", ["", "no zone at all", "P<ALBHOXHA<<ARBEN<<<<<<<<<<<<<<<<<<<<<<<<<<<<<"])
def test_what_is_no_zone_is_refused_and_nothing_was_asked(tmp_path: Path, text: str) -> None:
    with a_desk(tmp_path) as desk:
        before = desk.verbs()
        with pytest.raises(BadInput) as refused:
            examine(desk.office, desk.live, ANA, Shown(text, desk.grounds), DAY)
        assert refused.value.field == "mrz"
        assert desk.verbs() == before


@pytest.mark.parametrize(
    ("shown", "field"),
    [
        ({"place": "x" * 81}, "place"),
        ({"latitude": 41.0}, "longitude"),
        ({"longitude": 19.0}, "latitude"),
        ({"latitude": 91.0, "longitude": 19.0}, "latitude"),
        ({"latitude": 41.0, "longitude": -181.0}, "longitude"),
    ],
)
def test_a_place_that_cannot_be_is_refused(tmp_path: Path, shown: dict[str, object], field: str) -> None:
    with a_desk(tmp_path) as desk:
        with pytest.raises(BadInput) as refused:
            look(desk, **shown)  # type: ignore[arg-type]
        assert refused.value.field == field
        assert "check" not in desk.verbs()


def test_nobody_examines_on_grounds_of_others_or_without_training(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        shown = Shown(zone(), desk.grounds)
        enter(desk.office, BEN)
        with pytest.raises(NotFound):
            examine(desk.office, desk.live, BEN, shown, DAY)
        auditor = actor("ana", Role.AUDITOR)
        with pytest.raises(NotLawful):
            examine(desk.office, desk.live, auditor, shown, DAY)
        assert desk.verbs().count("refused") == 1
        assert "document-examined" not in desk.verbs()
        assert traces(desk) == 0


def test_nothing_is_told_where_it_cannot_be_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise LedgerUnavailable("the disk is full")

    with a_desk(tmp_path) as desk:
        reported(desk)
        with monkeypatch.context() as broken:
            broken.setattr(Log, "append", full)
            with pytest.raises(LedgerUnavailable):
                look(desk)
        assert traces(desk) == 0, "what was not recorded left no trace either"


@both_databases
def test_one_document_with_two_people_is_seen_through_pseudonyms(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        assert look(desk, place="Rinas").findings == ()
        assert look(desk, zone(number="BA7654322"), place="Rinas").findings == (), "another document"
        same = look(desk, zone(given="VVOLFGANG"), place="Rinas")
        assert same.findings == (), "one name in common: the other may be misread"
        found = look(desk, zone(surname="HOXHA", given="ARBEN"), place="Rinas").findings
        assert [one.rule for one in found] == ["seen.other-person"]
        born = look(desk, zone(birth="910315"), place="Rinas").findings
        assert [one.rule for one in born] == ["seen.other-person"]
        dates = look(desk, zone(expiry="290601"), place="Rinas").findings
        assert "seen.other-dates" in {one.rule for one in dates}
        assert all("OBERMULLER" not in one.words for one in (*found, *born))


def test_one_document_in_two_places(tmp_path: Path) -> None:
    rinas = {"place": "Rinas", "latitude": 41.41, "longitude": 19.72}
    with a_desk(tmp_path) as desk:
        assert look(desk, **rinas).findings == ()  # type: ignore[arg-type]
        desk.clock.forward(hours=1)
        dover = look(desk, place="Dover", latitude=51.13, longitude=1.31)
        assert [one.rule for one in dover.findings] == ["seen.elsewhere"]
        assert dover.outcome is Outcome.STOP
        unsaid = look(desk, place="a ship")
        assert [one.rule for one in unsaid.findings] == ["seen.another-place"]
        assert unsaid.outcome is Outcome.NOTHING_FOUND, "without degrees it is to be known, and no more"
        assert look(desk, zone(number="BA7654322"), place="Dover").findings == ()


@both_databases
def test_a_trace_says_nothing_to_whom_has_not_the_key_and_ends(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        look(desk, place="Rinas")
        (row,) = desk.office.read(lambda connection: connection.execute(select(TRACES)).all())
        held = repr(tuple(row)) + repr(bytes(row.names))
        assert not any(
            text in held for text in ("BA7654321", "OBERMULLER", "WOLFGANG", "900315", "310601", "ana")
        )
        assert (row.place, row.latitude, row.longitude) == ("Rinas", None, None)
        assert len(row.names) == 2 * len(row.document) == 32
        desk.clock.forward(hours=23)
        assert documents_seen.forget(desk.office, DAY) == 0
        desk.clock.forward(hours=1)
        found = look(desk, zone(surname="HOXHA", given="ARBEN"), place="Rinas").findings
        assert found == (), "what is past its hours is not asked for, erased or not"
        assert documents_seen.forget(desk.office, DAY) == 1
        assert (desk.verbs()[-1], desk.said()[-1].detail) == ("documents-forgotten", {"traces": "1"})
        assert traces(desk) == 1
        said = desk.verbs()
        assert documents_seen.forget(desk.office, DAY) == 0
        assert desk.verbs() == said, "to erase nothing is no entry"


def test_without_a_window_no_trace_is_kept_and_the_old_go(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        look(desk, place="Rinas")
        none = timedelta(0)
        other = look(desk, zone(surname="HOXHA", given="ARBEN"), window=none, place="Rinas")
        assert other.findings == ()
        assert traces(desk) == 1
        assert documents_seen.forget(desk.office, none) == 1


def test_a_zone_whose_digits_do_not_agree_leaves_no_trace(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        done = look(desk, zone().replace("BA7654321", "BA7654327"), place="Rinas")
        assert done.outcome is Outcome.STOP
        assert traces(desk) == 0


def test_the_marks_of_one_name_differ_between_documents(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        look(desk)
        look(desk, zone(number="BA7654322"))
        one, two = desk.office.read(lambda connection: connection.execute(select(TRACES)).all())
        assert not {one.document, one.birth, one.names, one.expiry} & {
            two.document,
            two.birth,
            two.names,
            two.expiry,
        }


def test_colleagues_are_warned_too(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
        theirs = give_grounds(
            desk.office, BEN, desk.case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=WHY
        )
        look(desk, place="Rinas")
        done = examine(desk.office, desk.live, BEN, Shown(zone(birth="910315"), theirs, place="Morina"), DAY)
        assert {one.rule for one in done.findings} == {"seen.other-person", "seen.another-place"}
