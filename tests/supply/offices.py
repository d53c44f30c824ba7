"""Several agencies with real offices, keys, agreements and letters; the courier carries those of whoever is on."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, select

from liaison.holdings.access import Footing
from liaison.model import canonical
from liaison.model.categories import CaseId
from liaison.model.grounds import Grounds, Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.structs import Value
from liaison.office import Office
from liaison.partners import directory, service
from liaison.partners.agreement import Cap, Gateway, GatewayKind
from liaison.partners.service import Terms, View
from liaison.policy import Actor
from liaison.storage.tables.supply import HELD, RECIPIENTS, SUPPLIED
from liaison.supply import following, inbound, letters, recalls, sending
from liaison.supply.documents import Why
from liaison.supply.issuing import Issued
from liaison.supply.items import Supplied, unverified
from liaison.supply.letters import Parcel
from liaison.supply.receiving import JOB, link
from liaison.supply.sending import Choice, Sending, Sent, Withheld
from liaison.transport import delivery, inbox
from liaison.transport.calls import Batch, Receipts
from liaison.transport.means import Means
from tests.holdings.offices import DESK, INVESTIGATOR, a_case, ids, imported
from tests.node_fixtures import START, FixedClock
from tests.partners.pairs import FEDERATION, SUPERVISOR, Side, a_side

assert inbound
OTHER_DESK = Actor(person=DESK.person.replace("desk", "desk2"), roles=DESK.roles, trained=True)  # type: ignore[arg-type]
WITHIN = Gateway(kind=GatewayKind.WITHIN, reference="Directive (EU) 2016/680")
PURPOSES = (Purpose.INVESTIGATION, Purpose.PROSECUTION, Purpose.PUBLIC_SECURITY)
TERMS = Terms(
    purposes=PURPOSES,
    offences=("fraud", "drugs", "laundering"),
    exchanges=("records", "spontaneous"),
    gateway=WITHIN,
    quota=2000,
    handling=Handling(codes=(HandlingCode.H0,)),
    languages=("en",),
    caps=(Cap(days=365),),
)


@dataclass
class Agency:
    """One agency of the test: its node, its means, and whether it can be reached."""

    side: Side
    means: Means
    on: bool = True

    @property
    def office(self) -> Office:
        return self.side.office

    @property
    def origin(self) -> str:
        return self.side.origin

    def do(self, work: Callable[[Connection], Any]) -> Any:
        return self.office.write(work)

    def see(self, query: Any) -> list[Row[Any]]:
        return self.office.read(lambda connection: list(connection.execute(query).all()))

    def held(self, item: str) -> Row[Any]:
        (row,) = self.see(select(HELD).where(HELD.c.id == item))
        return row

    def supplied(self, item: str) -> Row[Any]:
        (row,) = self.see(select(SUPPLIED).where(SUPPLIED.c.id == item))
        return row

    def follow(self) -> following.Followed:
        return following.run(self.office, self.means)

    def records(self, content: bytes | None = None, **said: Any) -> list[str]:
        """The ids of records of a list, which is imported."""
        imported(self.office, *([content] if content else []), **said)
        return ids(self.office, said.get("list_name", "wanted"))

    def sends(self, other: Agency, *records: str, **said: Any) -> list[Supplied]:
        """Records as a letter carries them. Fails where one is withheld."""
        given = self.weighs(other, *records, **said)
        assert all(isinstance(each, Sent) for each in given), given
        return [each.supplied for each in given if isinstance(each, Sent)]

    def weighs(
        self, other: Agency, *records: str, actor: Actor = DESK, handling: Handling | None = None, **said: Any
    ) -> tuple[Sent | Withheld, ...]:
        def work(connection: Connection) -> tuple[Sent | Withheld, ...]:
            partner = directory.partner(connection, other.origin)
            grounds = said.pop(
                "grounds", grounds_of(actor, **{k: said.pop(k) for k in ("purpose", "offence") if k in said})
            )
            values = {"exchange": "records", "on_case": True, "request": "request-1"} | said
            order = Sending(partner=partner, grounds=grounds, **values)
            choices = [Choice(holding=record, handling=handling) for record in records]
            return sending.send(self.office, self.means, connection, actor, order, choices)

        done: tuple[Sent | Withheld, ...] = self.do(work)
        return done

    def gives(self, other: Agency, *records: str, **said: Any) -> list[str]:
        """The ids of items that were sent by letter."""
        supplied = self.sends(other, *records, **said)
        self.posts(other, letters.PASSED, Parcel(supplied=tuple(supplied)))
        return [canonical_id(each) for each in supplied]

    def posts(self, other: Agency, kind: str, body: Value, urgent: bool = False) -> None:
        def work(connection: Connection) -> None:
            letters.post(
                self.office,
                self.means,
                connection,
                other.origin,
                kind,
                body,
                thread="thread-1",
                urgent=urgent,
            )

        self.do(work)

    def recalls(self, item: str, why: Why = Why.WRONG) -> Issued:
        return recalls.recall(self.office, self.means, DESK, item, why, "The record was of somebody else.")

    def case(self, *items: str) -> Footing:
        """A case of the investigator's in which these items may be read."""
        if not self._cased:
            a_case(self.office, INVESTIGATOR, DESK, OTHER_DESK)
            self._cased = True
        for item in items:
            self.do(lambda connection, item=item: link(connection, item, "case-1", JOB, self.office.now()))
        return footing(INVESTIGATOR)

    _cased: bool = False


@dataclass
class Net:
    """Agencies and the letters between them."""

    agencies: dict[str, Agency] = field(default_factory=dict)
    clock: FixedClock = field(default_factory=FixedClock)
    refused: int = 0  # letters

    def agree(self, left: Agency, right: Agency, terms: Terms = TERMS) -> None:
        """Pair two, sign an agreement, and say that neither threatens anybody's life."""
        for one, other in ((left, right), (right, left)):
            one.side.takes(other.side.card())
        proposed = left.side.proposes(right.side, terms)
        right.side.receives(left.side, proposed)
        left.side.receives(right.side, right.side.signs(left.side, proposed))
        for one, other in ((left, right), (right, left)):
            view = View(capital=False, state_of_origin=False)
            service.assess(one.office, SUPERVISOR, other.origin, view, "DPIA-1")

    def carry(self) -> int:
        """Carry every letter that can go, and what follows from it, until nothing moves; how many went."""
        carried = 0
        while True:
            moved = sum(self._deliver(one) for one in self.agencies.values() if one.on)
            for one in self.agencies.values():
                if one.on:
                    done = one.follow()
                    moved += done.issued + done.carried_out + done.confirmed + done.chased
            if not moved:
                return carried
            carried += moved

    def _deliver(self, sender: Agency) -> int:
        moved = 0
        for partner in sender.office.read(directory.partners):
            other = self.agencies[partner.origin]
            channel: Any = Channel(sender, other)
            while other.on:
                done = delivery.deliver(sender.office, sender.means, partner, channel, random.Random(1))
                assert not done.fault, done.fault
                self.refused += done.refused
                moved += done.accepted + done.refused
                if not done.accepted + done.refused:
                    break
        return moved


@dataclass
class Channel:
    """The way from one agency to another, in memory: the bytes are those of the wire."""

    sender: Agency
    other: Agency

    def call(self, method: str, path: str, body: bytes) -> tuple[int, bytes, str]:
        batch = canonical.decode(body, Batch)
        partner = self.other.office.read(lambda c: directory.partner(c, self.sender.origin))
        texts = [text.encode() for text in batch.letters]
        receipts = inbox.take_in(self.other.office, self.other.means, partner, texts)
        return (
            200,
            canonical.encode(Receipts(receipts=tuple(each.decode() for each in receipts))),
            "application/json",
        )


@contextmanager
def agencies(
    folder: Path, *origins: str, agreed: bool = True, terms: Terms = TERMS, kind: str = "sqlite"
) -> Iterator[Net]:
    """A net of agencies that share a clock; each agreed with the next one in the row."""
    net = Net()
    with ExitStack() as stack:
        for seed, origin in enumerate(origins, 1):
            side = stack.enter_context(a_side(folder / f"node{seed}", origin, seed, kind))
            side.office.clock.time = net.clock.time  # type: ignore[attr-defined]
            object.__setattr__(side.office, "clock", net.clock)
            net.agencies[origin] = Agency(side, Means(federation=FEDERATION, origin=origin, own=side.keys))
        row = list(net.agencies.values())
        for agency in row:
            agency.side.card()
        for left, right in pairwise(row) if agreed else ():
            net.agree(left, right, terms)
        yield net


def grounds_of(actor: Actor, purpose: Purpose = Purpose.INVESTIGATION, offence: str = "fraud") -> Grounds:
    return Grounds(
        purpose=purpose,
        case=CaseId("request-1"),
        basis="agreement",
        justification="The partner asked for it in writing.",
        officer=actor.person,
        given=START,
        offence=offence if purpose.needs_offence else "",
    )


def footing(actor: Actor, purpose: Purpose = Purpose.INVESTIGATION, case: str = "case-1") -> Footing:
    return Footing(
        "grounds-1",
        Grounds(
            purpose=purpose,
            case=CaseId(case),
            basis="task",
            justification="The suspect was named by the bank.",
            officer=actor.person,
            given=START,
            offence="fraud" if purpose.needs_offence else "",
        ),
    )


def canonical_id(supplied: Supplied) -> str:
    return unverified(supplied.item).id


def recipients(agency: Agency, item: str) -> dict[str, str]:
    """Who has an item, as this node knows, and through whom."""
    return {row.recipient: row.via for row in agency.see(select(RECIPIENTS).where(RECIPIENTS.c.item == item))}
