"""Two agencies, each with a node, its application and its officers, paired and agreed; letters are carried by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import msgspec

from liaison.assistance.drafting import Draft
from liaison.assistance.messages import Wanted
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Role
from liaison.node.identity import cosigner
from liaison.partners import service
from liaison.partners.own import Particulars
from liaison.partners.service import Terms, View
from liaison.screening.cases import open_case
from liaison.screening.grounds import give_grounds
from tests.partners.pairs import GATEWAY, Side, pair
from tests.screening.conftest import crowd
from tests.screening.node import PASSPORT, VOKSHI, WHY, records
from tests.two_offices import TERMS, Agency, Pair
from tests.web_fixtures import Desk, Officer, a_desk, sign_in

GEZIM = "Gëzim Vokshi;1984-02-03;ALB;BA1234567"
STRANGER = "Wolfgang Obermüller;1931-11-30;DEU;"
TOLD = {
    "instrument": "eu-2023-977",
    "exchange": "records",
    "reference": "2026/1-1",
    "contact": "duty desk, +355 4 000 000",
    "description": "Couriers of a network that brings drugs by van over the border",
    "link": "Each of them drove one of the vans or paid for it",
    "belief": "They lived there until 2024",
}


@dataclass
class House:
    """One agency: its desk, its side of the pair, and its officers."""

    desk: Desk
    side: Side
    agency: Agency
    officers: dict[Role, Officer]

    @property
    def origin(self) -> str:
        return self.side.origin


@dataclass
class Houses:
    """Both, and the courier."""

    asking: House
    asked: House
    pair: Pair

    def carry(self) -> None:
        """Carry every letter, then let the asked side check what waits."""
        self.pair.carry()
        self.pair.asked.check()
        assert self.pair.refused == [], self.pair.refused

    def later(self, **by: float) -> None:
        """Let time pass at both, after which everybody signs in again."""
        self.pair.both(**by)
        for house in (self.asking, self.asked):
            for role, one in house.officers.items():
                session = sign_in(house.desk.office, one.sign_in, house.desk.node.people)
                house.officers[role] = replace(one, session=session)

    def text(self, **said: object) -> Draft:
        """The text of an ordinary request."""
        today = self.asking.desk.clock.time.date()
        given: dict[str, object] = {
            **TOLD,
            "partner": self.asked.origin,
            "grounds": self.asking.agency.grounds,
            "wanted": (Wanted.IDENTITY, Wanted.RECORDS),
            "handling": Handling(codes=(HandlingCode.H0,)),
            "review_at": today + timedelta(days=100),
            "retention_until": today + timedelta(days=200),
            "exception": "none-named",
        }
        return Draft(**(given | said))  # type: ignore[arg-type]

    def form(self, **said: object) -> dict[str, object]:
        """The same as a browser sends it."""
        text = self.text()
        days = {
            f"{name}-{part}": str(getattr(getattr(text, name), part))
            for name in ("review_at", "retention_until")
            for part in ("day", "month", "year")
        }
        given = {"partner": text.partner, "grounds": text.grounds, "copied": "none-named"}
        chosen = {"wanted": ["identity", "records"], "handling": ["H0"]}
        return {**TOLD, **given, **days, **chosen, "list": f"{GEZIM}\n{STRANGER}", **said}


@contextmanager
def two_desks(folder: Path, terms: Terms = TERMS, **settings: object) -> Iterator[Houses]:
    """Both agencies. The one that is asked holds the crowd and one Gëzim Vokshi. `settings` are the asked one's."""
    with ExitStack() as stack:
        left = _house(stack, folder / "asking", "police.example")
        right = _house(stack, folder / "asked", "prosecutor.example", **settings)
        right.desk.clock.time = left.desk.clock.time
        pair(left.side, right.side)
        _agree(left, right, terms)
        days = right.desk.clock.time.date() + timedelta(days=900)
        dates = {"retention_until": days, "review_at": days - timedelta(days=300)}
        for rows, paper in ((crowd(), ""), ([VOKSHI], PASSPORT)):
            right.agency.ids |= records(right.desk.office, rows, document=paper, **dates)
        right.agency.live.refresh()
        yield Houses(left, right, Pair(left.agency, right.agency))


def _house(stack: ExitStack, folder: Path, origin: str, **settings: object) -> House:
    folder.mkdir()
    desk = stack.enter_context(a_desk(folder, origin=origin, agency=f"Agency of {origin}", **settings))
    node = desk.node
    told = Particulars(
        node.settings.federation,
        node.settings.agency,
        cosigner(node.places.keys, origin).verifier.vkey,
        (str(settings.get("partner_url", f"https://{origin}:8443")),),
        ("bulk", "recall"),
    )
    side = Side(desk.office, folder, node.signers[0], node.own, told, desk.clock)
    wanted = (Role.INVESTIGATOR, Role.DESK_OFFICER, Role.APPROVER, Role.SUPERVISOR, Role.AUDITOR)
    officers = {role: desk.enrol(f"{role.name.title()} Hoxha", role, trained=True) for role in wanted}
    actor = desk.actor(officers[Role.INVESTIGATOR])
    case = open_case(desk.office, actor, reference="2026/1", title="Vans", offence="drugs")
    grounds = give_grounds(
        desk.office, actor, case.id, purpose=Purpose.INVESTIGATION, basis="task", justification=WHY
    )
    agency = Agency(side, node.means, node.live, case.id, grounds)
    return House(desk, side, agency, officers)


def _agree(left: House, right: House, terms: Terms) -> None:
    expires = left.desk.clock.time + timedelta(days=300)
    kinds = (*terms.exchanges, "publication")
    gateway = replace(terms, gateway=msgspec.structs.replace(GATEWAY, expires=expires), exchanges=kinds)
    head, other = (each.desk.actor(each.officers[Role.SUPERVISOR]) for each in (left, right))
    proposed = service.propose(left.side.office, head, left.side.identity, right.origin, gateway, "DPIA-1")
    service.receive(right.side.office, other, right.side.vkey, left.origin, proposed.text)
    signed = service.sign(
        right.side.office, other, right.side.identity, left.origin, proposed.agreement.digest, "DPIA-1"
    )
    service.receive(left.side.office, head, left.side.vkey, right.origin, signed.text)
    safe = View(capital=False, state_of_origin=False)
    service.assess(left.side.office, head, right.origin, safe, "DPIA-2")
    service.assess(right.side.office, other, left.origin, safe, "DPIA-2")
