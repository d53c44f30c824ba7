"""A check by an officer: who may, what is told, and that nothing is told that is not on the ledger."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select

from liaison import policy
from liaison.ledger.log import Log
from liaison.model.errors import BadInput, BadSetting, Conflict, LedgerUnavailable, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.identifiers import Country, Plate
from liaison.model.roles import Role
from liaison.model.subjects import Name, Person, Vehicle
from liaison.officers import approvals
from liaison.screening import desk as desk_module
from liaison.screening import finding, permission
from liaison.screening.alerting import alert_of, alerts_of_case
from liaison.screening.approved import ask_for_more
from liaison.screening.asked import criteria
from liaison.screening.bulk_orders import order_list, pasted
from liaison.screening.bulk_runs import begin, finish
from liaison.screening.case_rules import Part
from liaison.screening.cases import add_member, close_case, remove_member
from liaison.screening.desk import Question, check
from liaison.screening.forgetting import forget_records
from liaison.screening.grounds import give_grounds, grounds_of, own_grounds
from liaison.storage.tables.holdings import LINKS
from liaison.storage.tables.screening import ALERTS, CHECKS
from tests.node_fixtures import both_databases
from tests.screening.node import (
    ANA,
    BASIS,
    BEN,
    VOKSHI,
    WHY,
    Desk,
    a_desk,
    actor,
    enter,
    gezim,
    nobody,
    passport,
    rules_of,
)

GIVEN = {"purpose": Purpose.INVESTIGATION, "basis": BASIS, "justification": WHY}


@both_databases
def test_a_check_tells_who_matches_with_reasons_that_sum_to_the_score(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        answer = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        (alert,) = answer.alerts
        assert alert.content is not None
        assert (alert.content.record.name, alert.content.record.id) == ("Gëzim Vokshi", "R900")
        assert sum(reason.worth for reason in alert.content.reasons) == alert.score
        assert alert.holding == desk.ids["R900"]


@both_databases
def test_what_was_asked_and_what_was_told_stand_on_the_ledger(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        answer = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        asked, told = desk.said()[-2:]
        assert (asked.what, told.what, asked.objects[0]) == ("check", "check-answered", answer.check)
        assert (asked.grounds, asked.case, asked.purpose) == (desk.grounds, desk.case.id, "investigation")
        assert len(asked.digest) == 64
        assert told.objects == (answer.check, desk.ids["R900"])
        assert "Vokshi" not in repr((asked, told))


def test_the_same_question_has_the_same_digest_and_another_has_another(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        for subject in (gezim(), gezim(), nobody()):
            check(desk.office, desk.live, ANA, Question(subject, desk.grounds))
        one, same, other = (statement.digest for statement in desk.said() if statement.what == "check")
        assert one == same != other


def test_an_alert_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        (alert,) = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds)).alerts
        assert alert_of(desk.office, ANA, alert.id) == alert


@both_databases
def test_nothing_is_told_when_the_ledger_cannot_be_written(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path, kind) as desk:
        monkeypatch.setattr(Log, "append_many", _unavailable)
        with pytest.raises(LedgerUnavailable):
            check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        assert _rows(desk) == (0, 0)


def test_nothing_is_told_when_the_alerts_cannot_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path) as desk:
        before = len(desk.said())
        monkeypatch.setattr("liaison.screening.keeping._link", _unavailable)
        with pytest.raises(LedgerUnavailable):
            check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        assert _rows(desk) == (0, 0)
        assert len(desk.said()) == before


def test_another_persons_grounds_are_not_found_like_those_that_are_not(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        said = []
        for grounds in (desk.grounds, "grounds-of-nobody"):
            with pytest.raises(NotFound) as missing:
                check(desk.office, desk.live, BEN, Question(nobody(), grounds))
            said.append(str(missing.value))
        assert said[0] == said[1]


def test_a_role_that_may_not_check_is_refused_and_the_refusal_is_logged(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        with pytest.raises(NotLawful) as refused:
            check(desk.office, desk.live, actor("ana", Role.SUPERVISOR), Question(gezim(), desk.grounds))
        assert rules_of(refused.value) == {"P01/check"}
        last = desk.said()[-1]
        assert (last.what, last.outcome, last.detail["rules"]) == ("refused", "check", "P01/check")
        assert _rows(desk) == (0, 0)


def test_who_is_asked_about_is_named_and_never_a_nationality_alone(tmp_path: Path) -> None:
    with pytest.raises(BadInput):
        Person(nationalities=(Country("ALB"),))
    signs = Person(names=(Name(full="?!"),), nationalities=(Country("ALB"),))
    with a_desk(tmp_path) as desk, pytest.raises(BadInput) as refused:
        check(desk.office, desk.live, ANA, Question(signs, desk.grounds))
    assert refused.value.field == "name"
    assert criteria(gezim()) == {"name", "born", "sex", "nationality"}
    assert criteria(Vehicle(plate=Plate("AA107OB"))) == {"plate"}
    assert criteria(passport()) == {"document"}


def test_grounds_grow_old(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.clock.forward(days=policy.limits(desk.office.regimes).grounds_days, seconds=1)
        with pytest.raises(NotLawful) as refused:
            check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds))
        assert rules_of(refused.value) == {"L01/fresh"}


def test_grounds_given_again_take_the_place_of_those_before(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        again = give_grounds(desk.office, ANA, desk.case.id, **GIVEN)  # type: ignore[arg-type]
        assert [given.id for given in own_grounds(desk.office, ANA, desk.case.id)] == [again]
        assert len(grounds_of(desk.office, ANA, desk.case.id)) == 2
        with pytest.raises(Conflict):
            check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds))


def test_nobody_asks_in_a_closed_case(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        close_case(desk.office, ANA, desk.case.id)
        with pytest.raises(Conflict):
            check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds))


def test_who_has_left_the_case_asks_no_more_in_it(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
        grounds = give_grounds(desk.office, BEN, desk.case.id, **GIVEN)  # type: ignore[arg-type]
        check(desk.office, desk.live, BEN, Question(nobody(), grounds))
        remove_member(desk.office, ANA, desk.case.id, BEN.person)
        with pytest.raises(NotLawful) as refused:
            check(desk.office, desk.live, BEN, Question(nobody(), grounds))
        assert rules_of(refused.value) == {"A20/case"}


def test_grounds_that_no_check_could_rest_on_are_refused_at_once(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, pytest.raises(NotLawful) as refused:
        give_grounds(desk.office, ANA, desk.case.id, **GIVEN | {"basis": "order"})  # type: ignore[arg-type]
    assert rules_of(refused.value) == {"L26/authority"}


def test_an_order_that_is_named_carries_the_check(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        named = GIVEN | {"basis": "order", "authority": "Court of Tirana, 12/2026"}
        grounds = give_grounds(desk.office, ANA, desk.case.id, **named)  # type: ignore[arg-type]
        assert len(check(desk.office, desk.live, ANA, Question(gezim(), grounds)).alerts) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"born": "2015-01-01"},
        {"retention_until": "past"},
    ],
)
def test_a_record_that_its_conditions_keep_back_is_told_to_nobody(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    with a_desk(tmp_path) as desk:
        if "retention_until" in changes:
            desk.clock.forward(days=60)
            day = (desk.clock.now() - timedelta(days=1)).date()
            changes = {"retention_until": day, "review_at": day}
        desk.change(VOKSHI, **changes)
        answer = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        assert (answer.alerts, answer.withheld, answer.cleared) == ((), 0, 0)
        assert desk.said()[-1].detail["kept-back"] == "1"


def test_an_alert_carries_the_conditions_of_its_record(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        handling = Handling(codes=(HandlingCode.H1, HandlingCode.H3), restriction="Ask before any use")
        desk.change(VOKSHI, handling=handling)
        (alert,) = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds)).alerts
        assert alert.content is not None
        assert alert.content.handling == ("H0", "H1", "H3")
        assert alert.content.restriction == "Ask before any use"
        assert (alert.content.category, alert.content.grade) == ("suspect", "B2")


def test_a_passport_number_finds_its_bearer(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        (alert,) = check(desk.office, desk.live, ANA, Question(passport(), desk.grounds)).alerts
        assert alert.holding == desk.ids["R900"]


def test_a_plate_is_found_as_it_is_read_and_before_one_that_is_easily_taken_for_it(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.arrive(("V1", "Ana", "Leka", "1990-01-01"), subject=Vehicle(plate=Plate("AA 107 OB")))
        desk.arrive(("V2", "Ana", "Leka", "1990-01-01"), subject=Vehicle(plate=Plate("AA 107 0B")))
        answer = check(desk.office, desk.live, ANA, Question(Vehicle(plate=Plate("AA107OB")), desk.grounds))
        assert [alert.holding for alert in answer.alerts] == [desk.ids["V1"], desk.ids["V2"]]
        words = [alert.content.reasons[0].words for alert in answer.alerts if alert.content]
        assert words == ["registration mark agrees", "registration mark is easily read as the other"]


def test_a_person_of_several_names_is_found_by_any_of_them(tmp_path: Path) -> None:
    names = (Name(full="Somebody Else"), Name(given="Gezim", surname="Vokshi"))
    with a_desk(tmp_path) as desk:
        answer = check(desk.office, desk.live, ANA, Question(gezim(names=names), desk.grounds))
        assert [alert.holding for alert in answer.alerts] == [desk.ids["R900"]]


def test_more_alerts_than_were_asked_for_are_counted(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.arrive(*((f"D{n}", "Gëzim", "Vokshi", f"1984-02-1{n}") for n in range(3)))
        someone = gezim(born=())
        every = check(desk.office, desk.live, ANA, Question(someone, desk.grounds, min_score=1))
        assert len(every.alerts) > 2
        some = check(desk.office, desk.live, ANA, Question(someone, desk.grounds, min_score=1, most=2))
        assert (len(some.alerts), some.withheld) == (2, len(every.alerts) - 2)
        assert [alert.score for alert in some.alerts] == [alert.score for alert in every.alerts[:2]]


@pytest.mark.parametrize(
    ("limits", "error"),
    [({"most": 0}, BadInput), ({"most": 1001}, BadInput), ({"lists": ("absent",)}, BadSetting)],
)
def test_limits_that_cannot_be_are_said(tmp_path: Path, limits: dict, error: type[Exception]) -> None:  # type: ignore[type-arg]
    with a_desk(tmp_path) as desk, pytest.raises(error):
        check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds, **limits))


@both_databases
def test_a_case_may_read_the_records_that_it_met(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        for _ in range(2):
            check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        met = desk.office.read(lambda c: c.execute(select(LINKS.c.case_id, LINKS.c.holding_id)).all())
        assert [tuple(row) for row in met] == [(desk.case.id, desk.ids["R900"])]


@both_databases
def test_an_approval_for_more_lets_so_many_more_be_asked(tmp_path: Path, kind: str) -> None:
    carl = actor("carl", Role.APPROVER)
    with a_desk(tmp_path, kind) as desk:
        enter(desk.office, carl)
        most = policy.limits(desk.office.regimes).bulk_persons
        crowd = "\n".join(f"Wolfgang Obermüller {1900 + n}-01-11" for n in range(most))
        finish(
            desk.office,
            desk.live,
            begin(desk.office, ANA, order_list(desk.office, ANA, pasted(desk.grounds, crowd)).id),
        )
        approval = ask_for_more(desk.office, ANA, desk.case.id, 2, "Two more names came up today")
        with pytest.raises(NotLawful):
            check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds))
        approvals.decide(desk.office, carl, approval, True, "Seen, and in order")
        for _ in range(2):
            check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds))
        with pytest.raises(NotLawful):
            check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds))


@both_databases
def test_of_two_checks_at_once_only_one_is_the_last_that_is_allowed(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path, kind) as desk:
        most = policy.limits(desk.office.regimes).bulk_persons
        crowd = "\n".join(f"Wolfgang Obermüller {1900 + n}-01-11" for n in range(most - 1))
        order = order_list(desk.office, ANA, pasted(desk.grounds, crowd))
        finish(desk.office, desk.live, begin(desk.office, ANA, order.id))
        question, find = Question(nobody(), desk.grounds), finding.find_person

        def meanwhile(*asked: object) -> object:
            monkeypatch.setattr("liaison.screening.desk.find_person", find)
            check(desk.office, desk.live, ANA, question)
            return find(*asked)  # type: ignore[arg-type]

        monkeypatch.setattr("liaison.screening.desk.find_person", meanwhile)
        with pytest.raises(NotLawful) as refused:
            check(desk.office, desk.live, ANA, question)
        assert rules_of(refused.value) == {"L10/bulk"}
        assert desk.verbs()[-3:] == ["check", "check-answered", "refused"]


def a_border(desk: Desk, travellers: int) -> str:
    """Grounds of a border check, under a law that has one officer check so many travellers alone."""
    (pack,) = desk.office.regimes
    fewer = msgspec.structs.replace(pack, bulk=msgspec.structs.replace(pack.bulk, travellers=travellers))
    object.__setattr__(desk.office, "regimes", (fewer,))
    given = GIVEN | {"purpose": Purpose.BORDER_CHECK, "basis": "border-law"}
    return give_grounds(desk.office, ANA, desk.case.id, **given)  # type: ignore[arg-type]


def kinds(desk: Desk) -> dict[str, int]:
    """How many checks of which kind are kept."""
    query = select(CHECKS.c.kind, func.count()).group_by(CHECKS.c.kind)
    rows = desk.office.read(lambda one: one.execute(query).all())
    return {row.kind: int(row[1]) for row in rows}


@both_databases
def test_travellers_beyond_their_number_count_as_persons_asked_about(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        most = policy.limits(desk.office.regimes).bulk_persons
        question = Question(passport("XX0000001"), a_border(desk, 3))
        for _ in range(3 + most):
            check(desk.office, desk.live, ANA, question)
        assert kinds(desk) == {"traveller": 3, "one": most}
        with pytest.raises(NotLawful) as refused:
            check(desk.office, desk.live, ANA, question)
        assert rules_of(refused.value) == {"L10/bulk"}


@both_databases
def test_of_two_travellers_at_once_only_one_is_the_last_that_is_counted_as_one(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path, kind) as desk:
        question, find = Question(passport("XX0000001"), a_border(desk, 1)), desk_module._find

        def meanwhile(*asked: object, **named: object) -> object:
            monkeypatch.setattr(desk_module, "_find", find)
            check(desk.office, desk.live, ANA, question)
            return find(*asked, **named)  # type: ignore[arg-type]

        monkeypatch.setattr(desk_module, "_find", meanwhile)
        check(desk.office, desk.live, ANA, question)
        assert kinds(desk) == {"traveller": 1, "one": 1}


def test_who_leaves_the_case_while_the_search_runs_is_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        add_member(desk.office, ANA, desk.case.id, BEN.person, Part.MEMBER)
        grounds = give_grounds(desk.office, BEN, desk.case.id, **GIVEN)  # type: ignore[arg-type]
        find = finding.find_person

        def meanwhile(*asked: object) -> object:
            remove_member(desk.office, ANA, desk.case.id, BEN.person)
            return find(*asked)  # type: ignore[arg-type]

        monkeypatch.setattr("liaison.screening.desk.find_person", meanwhile)
        with pytest.raises(NotLawful) as refused:
            check(desk.office, desk.live, BEN, Question(nobody(), grounds))
        assert rules_of(refused.value) == {"A20/case"}
        assert desk.verbs()[-1] == "refused"


def test_the_same_facts_are_not_weighed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_desk(tmp_path) as desk:
        weighed, weigh = list[object](), permission.weigh

        def counted(*asked: object) -> object:
            weighed.append(asked)
            return weigh(*asked)  # type: ignore[arg-type]

        monkeypatch.setattr("liaison.screening.approved.weigh", counted)
        check(desk.office, desk.live, ANA, Question(nobody(), desk.grounds))
        assert len(weighed) == 1


@both_databases
def test_when_a_record_is_erased_its_alerts_say_nothing_any_more(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        (alert,) = check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds)).alerts
        assert forget_records(desk.office, [alert.holding]) == 1
        (erased,) = alerts_of_case(desk.office, ANA, desk.case.id)
        assert (erased.id, erased.content, erased.instruction) == (alert.id, None, "")


def test_the_database_says_nothing_in_clear_of_whom_was_asked_about(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds))
        desk.office.store.close()
        kept = b"".join(path.read_bytes() for path in tmp_path.glob("node.db*"))
        for secret in ("Vokshi", "Gëzim", "Van at the border", WHY, "1984-02-03"):
            assert secret.encode() not in kept


def _rows(desk: Desk) -> tuple[int, int]:
    """Checks and alerts in the database."""
    tables = (CHECKS, ALERTS)
    counts = [
        desk.office.read(lambda c, t=table: c.execute(select(func.count()).select_from(t)).scalar_one())
        for table in tables
    ]
    return counts[0], counts[1]


def _unavailable(*_: object, **__: object) -> None:
    raise LedgerUnavailable("the disk is full")
