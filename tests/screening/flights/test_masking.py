"""Nobody named after six months, nothing left after five years, and named again with an approval alone (rule L17)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from liaison.ledger.log import Log
from liaison.model.errors import (
    BadInput,
    Conflict,
    Erased,
    LedgerUnavailable,
    LiaisonError,
    NotFound,
    NotLawful,
)
from liaison.model.roles import Role
from liaison.officers import approvals, notices
from liaison.policy import limits
from liaison.ports import KeyId
from liaison.screening.alerting import alert_of, alerts_of_check
from liaison.screening.confirming import confirm
from liaison.screening.flights import checking, masking, unmasking, viewing
from liaison.screening.flights.masking import passenger_about, run
from liaison.screening.flights.rules import State
from liaison.screening.flights.taking import travel_about, who_about
from liaison.screening.flights.unmasking import Wanted, ask, name_again
from liaison.screening.grounds import give_grounds
from liaison.screening.keeping import alert_about
from liaison.storage.sealing import unseal
from liaison.storage.tables.flights import MANIFESTS, PASSENGERS
from liaison.storage.tables.screening import ALERTS
from tests.formats.manifests.made import many
from tests.node_fixtures import START, both_databases
from tests.screening.flights.flown import SOUGHT, deliver, message, one
from tests.screening.node import ANA, BASIS, BEN, REASON, WHY, Desk, a_desk, actor, enter, rules_of

CARL, DORA = actor("carl", Role.APPROVER), actor("dora", Role.DATA_PROTECTION_OFFICER)
AUTHORITY = "Special court against corruption and organised crime, 77/26"
NAMES = ("VOKSHI", "Vokshi", "GEZIM", "BA1234567", "AAAAB")


def flown(desk: Desk, *, confirmed: bool = True) -> tuple[str, str]:
    """A flight with one alert, and the alert, confirmed where nothing else is said."""
    kept = one(deliver(desk, message()))
    (mark,) = viewing.flight_of(desk.office, ANA, kept.flight).aboard[0].marks
    if confirmed:
        confirm(desk.office, ANA, mark.alert, REASON)
    return kept.flight, mark.alert


def days(desk: Desk, count: int, **more: float) -> None:
    """So many days after the flight was reported."""
    desk.clock.time = START + timedelta(days=count, **more)


def rows(desk: Desk, table: Any) -> list[Row[Any]]:
    return list(desk.office.read(lambda connection: connection.execute(select(table)).all()))


def names_on(desk: Desk, flight: str) -> list[str]:
    shown = viewing.flight_of(desk.office, ANA, flight)
    return [name.surname for each in shown.aboard for name in each.one.names]


def opens(desk: Desk, key: int, sealed: bytes, about: str) -> bool:
    """Whether a piece, as it may stand in a backup of the database, opens with the key ring as it is now."""
    try:
        unseal(desk.office.keys.fetch([KeyId(key)])[0], sealed, about)
    except Erased:
        return False
    return True


def grounds_now(desk: Desk) -> str:
    from liaison.model.grounds import Purpose

    return give_grounds(
        desk.office, ANA, desk.case.id, purpose=Purpose.INVESTIGATION, basis=BASIS, justification=WHY
    )


@both_databases
def test_on_day_182_everybody_is_named_and_on_day_183_nobody_is(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        flight, alert = flown(desk, confirmed=False)
        (backup,), (led,) = rows(desk, MANIFESTS), rows(desk, ALERTS)
        days(desk, 182, hours=23)
        assert run(desk.office) == (0, 0)
        assert "VOKSHI" in names_on(desk, flight)
        days(desk, 183)
        assert run(desk.office) == (1, 0)
        assert names_on(desk, flight) == []
        shown = viewing.flight_of(desk.office, ANA, flight)
        assert shown.report is not None
        assert (shown.report.masked, shown.found, shown.listed.masked) == (True, 10, True)
        assert shown.aboard[0].one.seat == "12C", "how they travel stays"
        assert not opens(desk, backup.who_key, backup.who, who_about(backup.id)), "nor does a backup say who"
        assert not opens(desk, led.key, led.sealed, alert_about(alert))
        assert opens(desk, backup.key, backup.sealed, travel_about(backup.id))
        assert alert_of(desk.office, ANA, alert).content is None
        (now,) = rows(desk, MANIFESTS)
        assert now.who is None
        (said,) = [said for said in desk.said() if said.what == "travel-masked"]
        assert (said.objects, said.detail) == (
            (backup.id,),
            {"manifests": "1", "people": "10", "carried": "0"},
        )


def test_whoever_looks_too_early_for_the_job_sees_nobody_either(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        flight, _ = flown(desk)
        days(desk, 183)
        assert names_on(desk, flight) == []
        assert viewing.flight_of(desk.office, ANA, flight, search="vokshi").found == 0
        days(desk, 1826)
        assert viewing.flight_of(desk.office, ANA, flight).aboard == ()


def test_no_copy_of_the_key_ring_opens_what_was_masked(tmp_path: Path) -> None:
    from liaison.storage.keys import KeyRing

    with a_desk(tmp_path) as desk:
        flown(desk)
        (before,) = rows(desk, MANIFESTS)
        days(desk, 183)
        run(desk.office)
        folder = tmp_path / "copy"
        KeyRing.make(folder)
        for master in (tmp_path / "keys").glob("*.key"):
            (folder / master.name).write_bytes(master.read_bytes())
        desk.office.keys.backup(folder / "keys.db")  # type: ignore[attr-defined]
        copy = KeyRing(folder)
        with pytest.raises(Erased):
            copy.fetch([KeyId(before.who_key)])
        copy.close()


@both_databases
def test_who_was_confirmed_is_carried_over_masked_and_named_by_an_approval_alone(
    tmp_path: Path, kind: str
) -> None:
    with a_desk(tmp_path, kind) as desk:
        enter(desk.office, CARL, DORA)
        flight, alert = flown(desk)
        before = next(row for row in rows(desk, ALERTS) if row.id == alert)
        days(desk, 183)
        assert run(desk.office) == (1, 0)
        masked = alert_of(desk.office, ANA, alert)
        assert masked.content is not None
        assert (masked.content.subject.name, masked.content.subject.born) == ("a passenger", "")
        assert masked.content.record.name == "Gëzim Vokshi", "our own record stays what it is"
        assert {why.words for why in masked.content.reasons} == {""}
        assert [decision.reason for decision in masked.history] == [REASON]
        assert not opens(desk, before.key, before.sealed, alert_about(alert))
        assert "VOKSHI" not in names_on(desk, flight)
        shown = viewing.flight_of(desk.office, ANA, flight)
        assert [mark.carried for mark in shown.aboard[0].marks] == [True]

        wanted = Wanted(alert, grounds_now(desk), AUTHORITY, "He is charged, and the court asks who flew")
        approval = ask(desk.office, ANA, wanted)
        with pytest.raises(Conflict):
            name_again(desk.office, ANA, approval)
        with pytest.raises(NotLawful):
            approvals.decide(desk.office, actor("ana", Role.APPROVER), approval, True, "I agree with myself")
        asked = approvals.show(desk.office, CARL, approval)
        assert (asked.kind, asked.about["authority"]) == ("unmask-passenger", AUTHORITY)
        approvals.decide(desk.office, CARL, approval, True, "The decision of the court lies before me")
        with pytest.raises(NotFound):
            name_again(desk.office, BEN, approval)
        named = name_again(desk.office, ANA, approval)
        assert named.who.names == (("VOKSHI", "GEZIM"),)
        assert named.who.documents[0][1] == "BA1234567"
        with pytest.raises(Conflict):
            name_again(desk.office, ANA, approval)
        (said,) = [said for said in desk.said() if said.what == "passenger-unmasked"]
        assert said.objects == (alert, flight, approval)
        assert "passenger-unmasked" in [notice.kind for notice in notices.waiting(desk.office, DORA)]
        assert not any(name in repr(desk.said()) for name in NAMES)


@pytest.mark.parametrize("changes", [{"authority": ""}, {"reason": "no"}, {"authority": "x" * 201}])
def test_an_approval_names_the_authority_and_says_why(tmp_path: Path, changes: dict[str, str]) -> None:
    with a_desk(tmp_path) as desk:
        _, alert = flown(desk)
        days(desk, 183)
        run(desk.office)
        said = {"authority": AUTHORITY, "reason": "The court asks who flew"} | changes
        with pytest.raises(BadInput) as refused:
            ask(desk.office, ANA, Wanted(alert, grounds_now(desk), **said))
        assert refused.value.field == next(iter(changes))


def test_an_approval_for_something_else_names_nobody(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, CARL)
        flown(desk)
        days(desk, 183)
        run(desk.office)
        other = approvals.ask(
            desk.office, ANA, approvals.Request("more-checks", {"reason": "x"}, desk.case.id, 5)
        )
        approvals.decide(desk.office, CARL, other, True, "Seen, and in order")
        with pytest.raises(Conflict):
            name_again(desk.office, ANA, other)
        assert "passenger-unmasked" not in desk.verbs()


def test_a_law_that_names_no_authority_is_refused_by_the_rule(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, CARL)
        _, alert = flown(desk)
        days(desk, 183)
        run(desk.office)
        about = {
            "passenger": alert,
            "flight": "",
            "grounds": grounds_now(desk),
            "authority": " ",
            "reason": "none",
        }
        approval = approvals.ask(desk.office, ANA, approvals.Request(unmasking.KIND, about, desk.case.id, 1))
        approvals.decide(desk.office, CARL, approval, True, "Seen, and in order")
        with pytest.raises(NotLawful) as refused:
            name_again(desk.office, ANA, approval)
        assert rules_of(refused.value) == {"L17/unmask"}


def test_nobody_is_named_who_was_not_confirmed_or_is_not_masked(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        _, alert = flown(desk, confirmed=False)
        for count in (10, 183):
            days(desk, count)
            run(desk.office)
            with pytest.raises(Conflict):
                ask(desk.office, ANA, Wanted(alert, grounds_now(desk), AUTHORITY, "The court asks who flew"))


@both_databases
def test_after_five_years_all_is_gone(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        enter(desk.office, CARL)
        flight, alert = flown(desk)
        days(desk, 183)
        run(desk.office)
        backup = rows(desk, MANIFESTS)[0], rows(desk, PASSENGERS)[0], rows(desk, ALERTS)[0]
        days(desk, 1825, hours=23)
        assert run(desk.office) == (0, 0)
        assert viewing.flight_of(desk.office, ANA, flight).found == 10
        days(desk, 1826)
        assert run(desk.office) == (0, 1)
        manifest, passenger, led = backup
        assert not opens(desk, manifest.key, manifest.sealed, travel_about(manifest.id))
        assert not opens(desk, passenger.key, passenger.sealed, passenger_about(alert))
        assert not opens(desk, led.key, led.sealed, alert_about(alert))
        (now,) = rows(desk, MANIFESTS)
        assert (now.sealed, now.who, rows(desk, PASSENGERS)[0].sealed) == (None, None, None)
        days(desk, 1827)
        shown = viewing.flight_of(desk.office, ANA, flight)
        assert (shown.listed.gone, shown.manifest, shown.aboard) == (True, None, ())
        assert [said.what for said in desk.said() if said.what.startswith("travel-")] == [
            "travel-masked",
            "travel-erased",
        ]
        with pytest.raises(LiaisonError):
            ask(desk.office, ANA, Wanted(alert, grounds_now(desk), AUTHORITY, "The court asks who flew"))


def test_a_run_that_was_broken_off_is_finished_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(office: object) -> None:
        raise RuntimeError("the power went off")

    with a_desk(tmp_path) as desk:
        flown(desk)
        (before,), (led,) = rows(desk, MANIFESTS), rows(desk, ALERTS)
        days(desk, 183)
        finish = masking._finish
        calls = iter((finish, broken))
        with monkeypatch.context() as patched:
            patched.setattr(masking, "_finish", lambda office: next(calls)(office))
            with pytest.raises(RuntimeError):
                run(desk.office)
        assert opens(desk, before.who_key, before.who, who_about(before.id)), "the key was not yet destroyed"
        assert run(desk.office) == (0, 0)
        assert not opens(desk, before.who_key, before.who, who_about(before.id))
        assert not opens(desk, led.key, led.sealed, alert_about(led.id))
        assert desk.verbs().count("travel-masked") == 1


def test_nothing_is_masked_that_the_ledger_cannot_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise LedgerUnavailable("the disk is full")

    with a_desk(tmp_path) as desk:
        flown(desk)
        (before,) = rows(desk, MANIFESTS)
        days(desk, 183)
        with monkeypatch.context() as patched:
            patched.setattr(Log, "append", full)
            with pytest.raises(LedgerUnavailable):
                run(desk.office)
        assert opens(desk, before.who_key, before.who, who_about(before.id))


def test_many_flights_are_masked_in_several_transactions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masking, "BATCH", 2)
    with a_desk(tmp_path) as desk:
        for number in range(5):
            deliver(desk, message(*many(2), SOUGHT, number=str(200 + number)))
        days(desk, limits(desk.office.regimes).mask_days)
        assert run(desk.office) == (5, 0)
        assert desk.verbs().count("travel-masked") == 3
        assert all(row.who is None for row in rows(desk, MANIFESTS))


@both_databases
def test_what_is_masked_while_it_is_checked_makes_no_alert_that_names_somebody(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = checking.find

    def slow(*asked: Any) -> Any:
        found = find(*asked)
        days(desk, 183)
        assert run(desk.office) == (1, 0)
        return found

    with a_desk(tmp_path, kind) as desk:
        monkeypatch.setattr(checking, "find", slow)
        kept = one(deliver(desk, message()))
        assert kept.state is State.FAILED
        assert rows(desk, ALERTS) == rows(desk, PASSENGERS) == []


@both_databases
@pytest.mark.parametrize("confirmed", [False, True])
def test_an_alert_names_no_passenger_from_its_day_though_the_job_is_late(
    tmp_path: Path, kind: str, confirmed: bool
) -> None:
    with a_desk(tmp_path, kind) as desk:
        _, alert = flown(desk, confirmed=confirmed)
        days(desk, 182, hours=23)
        named = alert_of(desk.office, ANA, alert).content
        assert named is not None
        assert named.subject.name == "GEZIM VOKSHI"
        days(desk, 183)
        late = alert_of(desk.office, ANA, alert)
        (listed,) = alerts_of_check(desk.office, ANA, late.check)
        assert late.content == listed.content
        if confirmed:
            assert late.content is not None
            assert (late.content.subject.name, late.content.subject.born) == ("a passenger", "")
            assert not any(reason.words for reason in late.content.reasons)
            assert late.history[0].reason == REASON
        else:
            assert late.content is None
            with pytest.raises(Erased):
                confirm(desk.office, ANA, alert, REASON)
        run(desk.office)
        assert alert_of(desk.office, ANA, alert).content == late.content, "as the job leaves it"
