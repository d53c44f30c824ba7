"""The matrix code x use x door, every cell of it, against the table of docs/supply.md."""

from __future__ import annotations

import datetime as dt
from itertools import combinations, product
from pathlib import Path

import pytest

from liaison import policy
from liaison.model.categories import Category
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.policy import Action, RecordFacts
from liaison.supply import doors
from liaison.supply.doors import Door, Label, Use
from tests.holdings.offices import DESK
from tests.node_fixtures import START, an_office
from tests.supply.offices import grounds_of

DOC = Path(__file__).parents[2] / "docs" / "supply.md"
USES = {"read": Action.READ_HOLDING, "pass on": Action.DISCLOSE, "court": Action.USE_IN_COURT}
H1, H2, H3 = HandlingCode.H1, HandlingCode.H2, HandlingCode.H3
SETS = [frozenset(c) for n in range(4) for c in combinations((H1, H2, H3), n)]
COURT = "District Court"


def table() -> dict[tuple[str, str], str]:
    """The table of the page: by door and use, what stands in its cell."""
    rows = [
        line.strip("| \n").split("|") for line in DOC.read_text("utf-8").splitlines() if line.startswith("| ")
    ]
    head = next(row for row in rows if row[0].strip() == "Door")
    uses = [cell.strip().lower() for cell in head[1:]]
    names = {door.value for door in Door}
    return {
        (row[0].strip().lower(), use): cell.strip()
        for row in rows
        if row[0].strip().lower() in names
        for use, cell in zip(uses, row[1:], strict=True)
    }


def expected(cell: str, codes: frozenset[HandlingCode], *, own: bool, consented: bool, within: bool) -> bool:
    """What a cell means: `-` shut; `open`; `X, Y` the codes that need consent; `never X` those that nothing lifts."""
    if cell == "-":
        return False
    held = {code.value for code in codes}
    for part in (part.strip() for part in cell.split(";")):
        named = {word.strip(",") for word in part.split() if word.startswith("H")}
        if part.startswith("never") and held & named:
            return False
        bound = held & named or ("H2" in named and not within)
        if part.startswith("consent") and not own and not consented and bound:
            return False
    return True


def test_the_table_names_every_door_and_use() -> None:
    assert set(table()) == {(door.value, use) for door, use in product(Door, USES)}


@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize("use", USES)
def test_every_code_at_every_door(tmp_path: Path, door: Door, use: str) -> None:
    cell, seen = table()[door.value, use], set()
    with an_office(tmp_path) as office:
        for codes, own, consented, within in product(SETS, (True, False), (True, False), (True, False)):
            label, asked = (
                a_label(codes, own=own),
                a_use(USES[use], codes, consented=consented, within=within),
            )
            decision = doors.weigh(office, DESK, label, door, asked)
            may = isinstance(decision, policy.Permit)
            assert may == expected(cell, codes, own=own, consented=consented, within=within), (
                codes,
                own,
                consented,
            )
            seen.add(may)
    assert seen == ({False} if cell == "-" else {True} if cell == "open" else {True, False})


def test_a_consent_that_lifts_another_code_lifts_nothing(tmp_path: Path) -> None:
    with an_office(tmp_path) as office:
        for use, code, other in ((Action.DISCLOSE, H2, H1), (Action.USE_IN_COURT, H1, H2)):
            label = a_label(frozenset({code}), own=False)
            door = Door.ONWARD if use is Action.DISCLOSE else Door.COURT
            for lifted, may in ((code, True), (other, False)):
                asked = a_use(use, frozenset(), consented=True, within=True, lifted=frozenset({lifted}))
                decision = doors.weigh(office, DESK, label, door, asked)
                assert isinstance(decision, policy.Permit) is may


def test_the_originators_consent_does_not_lift_what_a_node_between_added(tmp_path: Path) -> None:
    asked = a_use(Action.DISCLOSE, frozenset({H2}), consented=True, within=True)
    with an_office(tmp_path) as office:
        by_originator = a_label(frozenset({H2}), own=False)
        added = Label(record=by_originator.record, handling=by_originator.handling, original=of(frozenset()))
        assert isinstance(doors.weigh(office, DESK, by_originator, Door.ONWARD, asked), policy.Permit)
        assert isinstance(doors.weigh(office, DESK, added, Door.ONWARD, asked), policy.Refuse)


def test_without_any_code_every_code_holds(tmp_path: Path) -> None:
    label = a_label(frozenset(), own=False)
    bare = Label(
        record=RecordFacts(**{**as_dict(label.record), "handling": frozenset()}),
        handling=of(frozenset({H1, H2, H3})),
        original=of(frozenset({H1, H2, H3})),
    )
    with an_office(tmp_path) as office:
        for use, door in (
            (Action.DISCLOSE, Door.ONWARD),
            (Action.USE_IN_COURT, Door.COURT),
            (Action.DISCLOSE, Door.TAXII),
        ):
            asked = a_use(use, frozenset(), consented=False, within=True)
            assert isinstance(doors.weigh(office, DESK, bare, door, asked), policy.Refuse)


def as_dict(record: RecordFacts) -> dict[str, object]:
    return {name: getattr(record, name) for name in record.__struct_fields__}


def of(codes: frozenset[HandlingCode]) -> Handling:
    held = (HandlingCode.H0, *sorted(codes, key=lambda code: code.value))
    return Handling(codes=held, restriction="ask first" if H3 in codes else "")


def a_label(codes: frozenset[HandlingCode], *, own: bool) -> Label:
    record = RecordFacts(
        category=Category.SUSPECT,
        graded=True,
        handling=frozenset({HandlingCode.H0, *codes}),
        own=own,
        collected_for=Purpose.INVESTIGATION,
        review_at=START + dt.timedelta(days=90),
        expires_at=START + dt.timedelta(days=180),
    )
    return Label(record=record, handling=of(codes), original=of(codes))


def a_use(
    action: Action,
    codes: frozenset[HandlingCode],
    *,
    consented: bool,
    within: bool,
    lifted: frozenset[HandlingCode] = frozenset(),
) -> Use:
    """All that the law asks is there; what is left is the handling."""
    name = COURT if action is Action.USE_IN_COURT else "prosecutor.example"
    partner = policy.Partner(
        name=name,
        open=True,
        purposes=frozenset(Purpose),
        offences=frozenset({"fraud"}),
        exchanges=frozenset({"records"}),
        within=within,
        gateway_expires=START + dt.timedelta(days=30),
        origin=False,
        capital=False,
    )
    consent = policy.Consent(
        recipient=name, purpose=Purpose.INVESTIGATION, expires=START + dt.timedelta(days=1)
    )
    return Use(
        action=action,
        grounds=grounds_of(DESK),
        on_case=True,
        partner=None if action is Action.READ_HOLDING else partner,
        exchange="records",
        consent=consent if consented else None,
        lifted=lifted or (codes | {H1, H2}),
    )
