"""Two agencies that are paired and agreed, each with its records and people, and a courier who carries their letters.

What is sent is sealed, signed, taken in and receipted by the real transport; only the wire is left out, which the tests
of the transport have.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Connection, select, update

import liaison.assistance.inbound  # noqa: F401  so that its letters are understood
from liaison import policy
from liaison.assistance.checking import run_checks
from liaison.assistance.drafting import Draft
from liaison.assistance.messages import Wanted
from liaison.holdings.live import LiveIndex
from liaison.ledger.log import size
from liaison.ledger.statements import Statement
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Role
from liaison.office import Office
from liaison.partners import service
from liaison.partners.agreement import Cap
from liaison.partners.service import Terms, View
from liaison.ports import KeyId
from liaison.screening.cases import open_case
from liaison.screening.grounds import give_grounds
from liaison.storage.sealing import unseal
from liaison.storage.tables.transport import OUTBOX
from liaison.transport import inbox
from liaison.transport.letters import Type, parts, receipt_of
from liaison.transport.means import Means
from liaison.transport.outbox import about_out
from tests.node_fixtures import FixedClock
from tests.partners.pairs import GATEWAY, SUPERVISOR, Side, agree, pair, two_sides
from tests.screening.conftest import Row, crowd
from tests.screening.node import PASSPORT, VOKSHI, WHY, actor, enter, records

INVESTIGATOR = actor("inv")
DESK = actor("desk", Role.DESK_OFFICER)
APPROVER = actor("approver", Role.APPROVER)
HEAD = policy.Actor(person=SUPERVISOR.person, roles=SUPERVISOR.roles, trained=True)
TERMS = Terms(
    purposes=(Purpose.INVESTIGATION, Purpose.PROSECUTION, Purpose.EXECUTION),
    offences=("drugs", "laundering", "organised-crime"),
    exchanges=("records", "convictions", "assets", "spontaneous"),
    gateway=GATEWAY,
    quota=200_000,
    handling=Handling(codes=(HandlingCode.H0,)),
    languages=("en", "sq"),
    caps=(Cap(days=1000),),
)


@dataclass
class Agency:
    """One of the two: its office, means, records, and an open case with grounds of its investigator."""

    side: Side
    means: Means
    live: LiveIndex
    case: str
    grounds: str
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def office(self) -> Office:
        return self.side.office

    @property
    def origin(self) -> str:
        return self.side.origin

    @property
    def clock(self) -> FixedClock:
        return self.side.clock

    def arrive(self, *rows: Row, **changes: object) -> None:
        """Let records come in."""
        self.ids |= records(self.office, rows, **changes)
        self.live.refresh()

    def check(self) -> int:
        """Let the background check what waits."""
        return run_checks(self.office, self.live)

    def said(self) -> list[Statement]:
        """Everything that the ledger states, in order."""
        log = self.office.log
        return self.office.read(lambda c: [log.statement(c, index) for index in range(size(c))])

    def verbs(self) -> list[str]:
        return [statement.what for statement in self.said()]


@dataclass
class Pair:
    """The two agencies and the courier between them."""

    asking: Agency
    asked: Agency
    refused: list[str] = field(default_factory=list)  # codes of negative receipts

    def carry(self, most: int = 1_000_000) -> int:
        """Carry letters both ways until none waits; how many were carried."""
        carried = 0
        while carried < most:
            done = self.bring(self.asking, self.asked, most - carried)
            done += self.bring(self.asked, self.asking, most - carried - done)
            if not done:
                break
            carried += done
        return carried

    def bring(self, sender: Agency, recipient: Agency, most: int = 1_000_000) -> int:
        """Carry what waits at one of them to the other; how many letters."""
        partner = recipient.side.knows(sender.side)
        waiting = sender.office.read(_waiting)[:most]
        for start in range(0, len(waiting), 50):
            rows = waiting[start : start + 50]
            texts = [text for _, text in self._texts(sender.office, rows)]
            receipts = inbox.take_in(recipient.office, recipient.means, partner, texts)
            self._settle(sender.office, [row.id for row in rows], receipts)
        return len(waiting)

    def both(self, **by: float) -> None:
        """Let time pass at both."""
        self.asking.clock.forward(**by)
        self.asked.clock.forward(**by)

    def _texts(self, office: Office, rows: Sequence) -> list[tuple[str, bytes]]:  # type: ignore[type-arg]
        held = office.keys.fetch([KeyId(row.key) for row in rows])
        return [
            (row.id, unseal(key, row.sealed, about_out(row.id))) for row, key in zip(rows, held, strict=True)
        ]

    def _settle(self, office: Office, ids: Sequence[str], receipts: Sequence[bytes]) -> None:
        def work(connection: Connection) -> None:
            for letter, text in zip(ids, receipts, strict=True):
                told = receipt_of(parts(Type.RECEIPT, text))
                accepted = told.outcome.value == "accepted"
                if not accepted:
                    self.refused.append(told.code)
                values = {"state": "delivered" if accepted else "refused", "code": told.code}
                values |= {"receipt": text, "done": office.now()}  # type: ignore[dict-item]
                connection.execute(update(OUTBOX).where(OUTBOX.c.id == letter).values(**values))

        office.write(work)


def _waiting(connection: Connection) -> list:  # type: ignore[type-arg]
    query = select(OUTBOX).where(OUTBOX.c.state == "waiting")
    return list(connection.execute(query.order_by(OUTBOX.c.lane.desc(), OUTBOX.c.number)))


def agency(side: Side, reference: str, rows: Sequence[Row], **changes: object) -> Agency:
    """An agency at work on an open case."""
    office = side.office
    enter(office, INVESTIGATOR, DESK, APPROVER, HEAD)
    case = open_case(office, INVESTIGATOR, reference=reference, title="A case", offence="drugs")
    grounds = give_grounds(
        office, INVESTIGATOR, case.id, purpose=Purpose.INVESTIGATION, basis="task", justification=WHY
    )
    ids = records(office, rows) if rows else {}
    if rows:
        ids |= records(office, [VOKSHI], document=PASSPORT)
    means = Means("test", side.origin, side.keys)
    return Agency(side, means, LiveIndex(office), case.id, grounds, ids)


@contextmanager
def two_offices(
    folder: Path, kind: str = "sqlite", terms: Terms = TERMS, rows: Sequence[Row] | None = None
) -> Iterator[Pair]:
    """Two agencies that are paired and agreed. The one that is asked holds the crowd and one Gëzim Vokshi."""
    with ExitStack() as stack:
        left, right = stack.enter_context(two_sides(folder, kind))
        pair(left, right)
        asking, asked = agency(left, "2026/1", ()), agency(right, "2026/2", crowd() if rows is None else rows)
        gateway = replace(terms)
        agree(left, right, gateway)
        for one, other in ((left, right), (right, left)):
            service.assess(
                one.office, HEAD, other.origin, View(capital=False, state_of_origin=False), "DPIA-2"
            )
        yield Pair(asking, asked)


def text(pair: Pair, **said: object) -> Draft:
    """The text of an ordinary request of the asking agency."""
    return draft_of(pair.asked.origin, pair.asking.grounds, pair.asking.clock.now().date(), **said)


def draft_of(partner: str, grounds: str, today: dt.date, **said: object) -> Draft:
    """The text of an ordinary request to this partner, on these grounds."""
    given: dict[str, object] = {
        "partner": partner,
        "grounds": grounds,
        "reference": "2026/1-1",
        "instrument": "eu-2023-977",
        "exchange": "records",
        "description": "Couriers of a network that brings drugs by van over the border",
        "link": "Each of them drove one of the vans or paid for it",
        "belief": "They are nationals of the state asked, and lived there until 2024",
        "wanted": (Wanted.IDENTITY, Wanted.RECORDS),
        "handling": Handling(codes=(HandlingCode.H0,)),
        "contact": "duty desk, +355 4 000 000",
        "review_at": today + dt.timedelta(days=100),
        "retention_until": today + dt.timedelta(days=200),
        "exception": "none-named",
    }
    return Draft(**(given | said))  # type: ignore[arg-type]
