"""The copy of a shift: what it holds, what it never holds, who may carry it, and until when. All is invented."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison import policy
from liaison.holdings.rules import supplied_by
from liaison.model.categories import Category
from liaison.model.errors import Conflict, NotFound, NotLawful
from liaison.model.grounds import Purpose
from liaison.model.handling import UNSTATED, Handling, HandlingCode
from liaison.model.holding import Instruction, State
from liaison.model.roles import Role
from liaison.model.wanted import ActionCode
from liaison.screening.checkpoint import Copy, make
from liaison.screening.checkpoint.copies import load_copy
from liaison.screening.checkpoint.forms import mark
from liaison.screening.checkpoint.verdicts import Order
from liaison.screening.grounds import give_grounds
from liaison.storage.tables.checkpoint import COPIES
from liaison.storage.tables.holdings import HOLDINGS
from tests.holdings.offices import everything_stored, imported
from tests.node_fixtures import both_databases
from tests.screening.checkpoint.test_looking import sought, stolen
from tests.screening.node import ANA, BEN, Desk, a_desk, actor, enter, rules_of

DAY = timedelta(hours=24)
PERSON = "VOKSHI\nGEZIM\n19840203"


def copied(desk: Desk, **said: object) -> Copy:
    given = {"grounds": desk.grounds, "place": "Booth 3", "lasting": DAY} | said
    return make(desk.office, ANA, **given)  # type: ignore[arg-type]


def on(copy: Copy, kind: str, form: str) -> bool:
    return mark(copy.key, kind, form) in copy.entries


@both_databases
def test_a_copy_holds_marks_of_what_the_grounds_may_search_and_nothing_that_can_be_read(
    tmp_path: Path, kind: str
) -> None:
    with a_desk(tmp_path, kind) as desk:
        sought(desk, ActionCode.OBSERVE)
        stolen(desk)
        copy = copied(desk)
        assert copy.counts == {"documents": 1, "plates": 1, "vehicle-numbers": 1, "people": 241}
        assert copy.expires == copy.made + DAY
        found = copy.entries[mark(copy.key, "plate", "AA10708")]
        assert (found.orders, found.quiet) == ((Order.OBSERVE, Order.VERIFY), True)
        assert (found.call, found.reference) == ("Vehicle crime, +355 4 555 0100", desk.ids["V1"])
        assert on(copy, "vehicle-number", "WVWZZZ1JZXW000001")
        assert on(copy, "document", "XX0000001\nALB")
        assert on(copy, "person", PERSON)
        told = repr([dataclasses.astuple(copy)[5]])
        for secret in ("VOKSHI", "Vokshi", "Gëzim", "1984", "AA107", "XX0000001", "WVW"):
            assert secret not in told
        said = desk.said()[-1]
        assert (said.what, said.objects, said.outcome) == ("checkpoint-copy", (copy.id,), "244")
        assert (said.case, said.grounds, said.detail["people"]) == (desk.case.id, desk.grounds, "241")
        kept = everything_stored(desk.office)
        assert copy.code.encode() not in kept
        assert copy.key not in kept
        assert copy.key.hex().encode() not in kept


@both_databases
def test_whoever_is_protected_is_on_no_copy(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        assert on(copied(desk), "person", PERSON)
        desk.arrive(("R901", "Teuta", "Dushku", "1980-05-06"), category=Category.CONTACT)
        assert not on(copied(desk), "person", "DUSHKU\nTEUTA\n19800506")
        kept_apart = b"id,given,surname,dob,category\n1,Arta,Dushku,1980-05-06,victim\n"
        assert imported(desk.office, kept_apart).bad_rows == []
        assert not on(copied(desk), "person", "DUSHKU\nARTA\n19800506")
        desk.arrive(("R902", "Besa", "Dushku", "2012-05-06"))
        assert not on(copied(desk), "person", "DUSHKU\nBESA\n20120506")
        desk.arrive(("R903", "Drita", "Dushku", "1980-05-06"))
        assert on(copied(desk), "person", "DUSHKU\nDRITA\n19800506")


def test_what_became_a_victims_or_was_withdrawn_or_ended_is_not_on_the_next_copy(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        sought(desk)
        assert on(copied(desk), "plate", "AA10708")
        for state in (State.WITHDRAWN, State.RESTRICTED):
            chosen = HOLDINGS.c.id == desk.ids["V1"]
            stand = HOLDINGS.update().where(chosen)
            desk.office.write(
                lambda connection, stand=stand, state=state: connection.execute(
                    stand.values(state=state.value)
                )
            )  # type: ignore[misc]
            assert not on(copied(desk), "plate", "AA10708")
            desk.office.write(lambda connection, stand=stand: connection.execute(stand.values(state="live")))  # type: ignore[misc]
        assert on(copied(desk), "plate", "AA10708")
        desk.clock.forward(days=29, hours=12)
        last = copied(desk).entries
        assert {one.until for one in last.values() if one.kind == "plate"} == {"2026-04-01"}, (
            "it ends on the way"
        )
        desk.clock.forward(days=1)
        desk.grounds = fresh_grounds(desk)
        assert not on(copied(desk), "plate", "AA10708")


def fresh_grounds(desk: Desk) -> str:
    why = "The late shift at the road crossing"
    return give_grounds(
        desk.office, ANA, desk.case.id, purpose=Purpose.INVESTIGATION, basis="task", justification=why
    )


@pytest.mark.parametrize(
    ("changes", "is_on"),
    [
        ({}, True),
        ({"handling": UNSTATED}, True),
        ({"list_name": supplied_by("Agency B")}, True),
        ({"list_name": supplied_by("Agency B"), "handling": Handling(codes=(HandlingCode.H2,))}, True),
        ({"list_name": supplied_by("Agency B"), "handling": UNSTATED}, False),
    ],
)
def test_a_partners_record_under_conditions_of_its_own_is_not_carried(
    tmp_path: Path, changes: dict[str, object], is_on: bool
) -> None:
    with a_desk(tmp_path) as desk:
        desk.arrive(("R903", "Drita", "Dushku", "1980-05-06"), **changes)
        assert on(copied(desk), "person", "DUSHKU\nDRITA\n19800506") is is_on


def test_an_order_to_act_is_on_no_copy(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        sought(desk, ActionCode.STOP)
        stolen(desk, instruction=Instruction.SEIZE_DOCUMENT)
        copy = copied(desk)
        for kind, form in (("plate", "AA10708"), ("document", "XX0000001\nALB")):
            assert copy.entries[mark(copy.key, kind, form)].orders == (Order.VERIFY,)


def test_a_first_line_carries_what_it_is_told_of_when_the_node_is_there(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        sought(desk)
        why = "First line at the road crossing, early shift"
        border = give_grounds(
            desk.office,
            ANA,
            desk.case.id,
            purpose=Purpose.BORDER_CHECK,
            basis="border-law",
            justification=why,
        )
        assert on(copied(desk, grounds=border), "plate", "AA10708")


def test_two_copies_share_no_mark_and_no_code(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        one, two = copied(desk), copied(desk)
        assert not one.entries.keys() & two.entries.keys()
        assert (one.id, one.code, one.key) != (two.id, two.code, two.key)
        assert len(one.code) == 10
        assert not set(one.code) & set("ILOU")


def test_none_is_made_where_the_setting_or_the_law_says_no(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        enter(desk.office, BEN)
        with pytest.raises(Conflict):
            copied(desk, lasting=timedelta())
        with pytest.raises(NotFound):
            make(desk.office, BEN, desk.grounds, "", DAY)
        with pytest.raises(NotLawful) as refused:
            copied(desk, lasting=timedelta(hours=73))
        assert rules_of(refused.value) == {"L16/carried"}
        assert desk.said()[-1].what == "refused"
        auditor = actor("ana", Role.AUDITOR)
        with pytest.raises(NotLawful) as refused:
            make(desk.office, auditor, desk.grounds, "", DAY)
        assert "P01/check" in rules_of(refused.value)
        assert desk.office.read(lambda connection: connection.execute(select(COPIES)).all()) == []


def test_grounds_that_are_too_old_carry_nothing(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        desk.clock.forward(days=policy.limits(desk.office.regimes).grounds_days + 1)
        with pytest.raises(NotLawful) as refused:
            copied(desk)
        assert rules_of(refused.value) == {"L01/fresh"}


def test_anothers_copy_is_what_does_not_exist(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        copy = copied(desk)
        assert desk.office.read(lambda connection: load_copy(connection, ANA, copy.id)).id == copy.id
        for who, id in ((BEN, copy.id), (ANA, "copy-none")):
            with pytest.raises(NotFound):
                desk.office.read(lambda connection, who=who, id=id: load_copy(connection, who, id))  # type: ignore[misc]


def test_a_record_is_decided_by_its_facts_and_not_by_the_one_before(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        rows = [(f"Q{n}", "Drita", f"Dushku{'abcdef'[n]}", "1980-05-06") for n in range(6)]
        for at, row in enumerate(rows):
            more: dict[str, object] = (
                {"list_name": supplied_by("Agency B"), "handling": UNSTATED} if at % 2 else {}
            )
            desk.arrive(row, **more)
        copy = copied(desk)
        found = [on(copy, "person", f"DUSHKU{'ABCDEF'[n]}\nDRITA\n19800506") for n in range(6)]
        assert found == [True, False] * 3
