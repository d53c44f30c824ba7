"""Two agencies that agreed on deconfliction, their wires and rounds, and what they plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from liaison import policy
from liaison.crosscheck.holder import processes
from liaison.crosscheck.planned import actions, probing
from liaison.crosscheck.planned.actionkeys import Address, Thing
from liaison.crosscheck.planned.actions import Plan
from liaison.model.identifiers import Country, Plate
from liaison.model.subjects import Vehicle
from liaison.partners.agreement import DECONFLICTION, Comparison
from liaison.storage import migrate
from tests.crosscheck.planned.actions_wire import Wire
from tests.node_fixtures import START
from tests.two_offices import INVESTIGATOR, TERMS, Agency, Pair, two_offices

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
AGREED = replace(
    TERMS,
    exchanges=(*TERMS.exchanges, DECONFLICTION),
    crosscheck=Comparison(points=20_000, case_points=10_000),
)
LATER = START + 2 * DAY + dt.timedelta(hours=3, minutes=13)
HOUSE = Address(
    country=Country("ALB"), postcode="1001", street="Rruga e Kavajës", number="12a", town="Tiranë"
)
SAME = Address(country=Country("ALB"), postcode="1001", street="rr. Kavajes", number="12 A")
CAR = Vehicle(plate=Plate("AA 123 BC"), registered=Country("ALB"))
TABLES = migrate.every_table().tables  # all of them, before any database is made
SECRETS = ("kavaj", "a note of ours", "tiran", "aa 123 bc", "aa123bc")


@dataclass
class Two:
    """Two agencies that agreed on deconfliction, and the wires between them."""

    pair: Pair
    there: Wire  # from the asking to the asked
    back: Wire

    @property
    def ours(self) -> Agency:
        return self.pair.asking

    @property
    def theirs(self) -> Agency:
        return self.pair.asked

    def round(self, *agencies: Agency) -> None:
        """One round of the background of each, letters carried after it."""
        for each in agencies or (self.ours, self.theirs):
            probing.run(each.office, each.means, self.there if each is self.ours else self.back)
            self.pair.carry()

    def begin(self) -> None:
        """Both publish their first sets."""
        self.round()
        self.round()


@contextmanager
def two(folder: Path, kind: str = "sqlite", terms: object = AGREED) -> Iterator[Two]:
    with two_offices(folder, kind, terms, ()) as pair:  # type: ignore[arg-type]
        made = Two(pair, Wire(pair.asking, pair.asked), Wire(pair.asked, pair.asking))
        try:
            yield made
        finally:
            for each in (pair.asking, pair.asked):
                processes.of(each.office).end_all()


def plan(agency: Agency, thing: Thing = HOUSE, **changed: object) -> Plan:
    given: dict[str, object] = {
        "grounds": agency.grounds,
        "thing": thing,
        "starts": agency.office.now() + 2 * DAY,
        "ends": agency.office.now() + 2 * DAY + 4 * HOUR,
        "note": "a note of ours",
    }
    return Plan(**(given | changed))  # type: ignore[arg-type]


def planned(agency: Agency, thing: Thing = HOUSE, **changed: object) -> str:
    return actions.enter(agency.office, agency.means, INVESTIGATOR, plan(agency, thing, **changed))


def warned(agency: Agency, who: policy.Actor = INVESTIGATOR) -> list[str]:
    return [each.action for each in actions.warnings_of(agency.office, who)]


def state(agency: Agency, action: str) -> tuple[str, str]:
    (probe,) = actions.action_of(agency.office, INVESTIGATOR, action).probes
    return probe.state.value, probe.code
