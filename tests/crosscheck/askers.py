"""Two agencies that may cross-check, with the real channel between them: TLS on the loopback, the holder's own desk."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Row as Kept
from sqlalchemy import select

from liaison.crosscheck.asker import asking, blinding, drafting, legs, lines, reading, sets
from liaison.crosscheck.asker.drafting import Order
from liaison.crosscheck.holder import processes
from liaison.ledger.statements import Statement
from liaison.model.errors import NotFound
from liaison.node.limits import Limits
from liaison.node.listener import Listener
from liaison.partners import service
from liaison.partners.service import Terms, View
from liaison.storage.tables.crosscheck import BATCHES, HITS, LEGS, SERVED, SESSIONS
from liaison.transport.calls import Answered, Call, Desk
from liaison.transport.messages import Reply, sign_response
from tests.crosscheck.holders import Crosscheck, terms
from tests.partners.pairs import Side, a_side, agree, pair, two_sides
from tests.screening.conftest import Row, crowd
from tests.two_offices import HEAD, INVESTIGATOR, Agency, Pair, agency

GEZIM = "Gëzim Vokshi;1984-02-03;ALB;BA1234567"
STRANGER = "Wolfgang Obermüller;1931-11-30;DEU;"
HEADER = "name;born;nationality;document"


@dataclass
class Counter:
    """The holder's desk, and what becomes of its answers on the way: `calls` is every call that came."""

    desk: Desk
    calls: list[tuple[str, bytes]] = field(default_factory=list)
    before: Callable[[Call], None] | None = None
    changes: Callable[[str, Answered], Answered] | None = None
    lost: bool = False  # what was changed was so on the wire, and not by the partner

    def answer(self, call: Call) -> Answered:
        path = call.message.url.partition("/liaison/v1")[2]
        self.calls.append((path, call.message.body))
        if self.before is not None:
            self.before(call)
        answered = self.desk.answer(call)
        if self.changes is None:
            return answered
        changed = self.changes(path, answered)
        return changed if self.lost else self._signed(call, changed)

    def _signed(self, call: Call, answered: Answered) -> Answered:
        """What was changed, signed for the channel: it is the partner itself that sends it."""
        own, office = self.desk.means.own, self.desk.office
        reply = Reply(answered.status, call.message, answered.body)
        sign_response(reply, own.channel, own.channel_id, office.now())
        return Answered(answered.status, answered.body, {**answered.headers, **reply.headers})

    def paths(self) -> list[str]:
        return [path for path, _ in self.calls]


@dataclass
class Asked(Crosscheck):
    """The asker's node beside the holder's."""

    counter: Counter = field(init=False)
    listener: Listener = field(init=False)
    port: int = 0

    def listen(self) -> None:
        holder = self.holder
        desk = Desk(holder.office, holder.means, _none, _none)
        self.counter = getattr(self, "counter", None) or Counter(desk)
        url = f"https://127.0.0.1:{self.port}"
        self.listener = Listener(self.counter, holder.means.own, Limits(), "127.0.0.1", self.port, url)  # type: ignore[arg-type]
        self.listener.know(holder.means.own, [self.partner.card])
        self.listener.start()

    def hangs_up(self) -> None:
        """The holder's node is down."""
        self.listener.stop()
        lines.close(self.asker.office)

    @property
    def partner_name(self) -> str:
        return self.holder.origin

    def order(self, *rows: str, **said: Any) -> Order:
        content = "\n".join([HEADER, *rows]).encode() if rows else b""
        given: dict[str, Any] = {"partners": (self.partner_name,), "title": "Couriers", "content": content}
        return Order(self.asker.grounds, **(given | said))

    def draft(self, *rows: str, **said: Any) -> str:
        return drafting.draft(self.asker.office, INVESTIGATOR, self.order(*rows, **said))

    def start(self, session: str) -> None:
        asking.start(self.asker.office, self.asker.means, INVESTIGATOR, session)

    def work(self) -> int:
        return legs.run(self.asker.office, self.asker.means)

    def asks(self, *rows: str, **said: Any) -> str:
        """A session that was started and worked off."""
        session = self.draft(*rows, **said)
        self.start(session)
        self.work()
        return session

    def shown(self, session: str) -> reading.Shown:
        return reading.session_of(self.asker.office, INVESTIGATOR, session)

    def opened(self, session: str) -> reading.Opened:
        return reading.opened(self.asker.office, INVESTIGATOR, session)

    def leg(self, session: str) -> Kept[Any]:
        """The last round."""
        query = select(LEGS).where(LEGS.c.session == session).order_by(LEGS.c.round.desc())
        return self.asker.office.read(lambda connection: connection.execute(query).first())  # type: ignore[return-value]

    def batches_of(self, session: str) -> list[Kept[Any]]:
        query = select(BATCHES).where(BATCHES.c.session == session).order_by(BATCHES.c.leg, BATCHES.c.number)
        return self.asker.office.read(lambda connection: list(connection.execute(query)))

    def hits(self, session: str) -> list[int]:
        query = select(HITS.c.number).where(HITS.c.session == session).order_by(HITS.c.number)
        return self.asker.office.read(lambda connection: list(connection.execute(query).scalars()))

    def session(self, session: str) -> Kept[Any]:
        query = select(SESSIONS).where(SESSIONS.c.id == session)
        return self.asker.office.read(lambda connection: connection.execute(query).one())

    def change(self, statement: Any) -> None:
        """Somebody alters the asker's database."""
        self.asker.office.write(lambda connection: connection.execute(statement))

    def ours(self, what: str) -> list[Statement]:
        """Entries of the asker's ledger."""
        return [each for each in self.asker.said() if each.what == what]

    def kept(self) -> sets.Kept:
        return sets.held(self.asker.office, self.partner_name)

    def forget_memory(self) -> None:
        """As after a stop: nothing is left in memory."""
        for held in (sets._OPEN, legs._WORKS):
            held.drop(self.asker.office.keys)
        blinding._KEPT.drop(self.asker.office.keys)
        lines.close(self.asker.office)

    def holder_served(self) -> list[Kept[Any]]:
        """Sessions as the holder keeps them."""
        query = select(SERVED).order_by(SERVED.c.first)
        return self.holder.office.read(lambda connection: list(connection.execute(query)))

    def evaluations(self) -> list[bytes]:
        return [body for path, body in self.counter.calls if path == "/crosscheck/evaluate"]


def _none() -> Any:
    raise NotFound


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@contextmanager
def asked(
    folder: Path,
    kind: str = "sqlite",
    rows: Sequence[Row] | None = None,
    agreed: Terms | None = None,
    *,
    made: bool = True,
) -> Iterator[Asked]:
    """Two agencies that may cross-check; the holder listens, and its set is made."""
    with ExitStack() as stack:
        left, right = stack.enter_context(two_sides(folder, kind))
        one = agency(left, "2026/1", ())
        yield _beside(stack, one, right, crowd() if rows is None else rows, agreed or terms(), made=made)


@contextmanager
def besides(
    both: Asked, folder: Path, kind: str = "sqlite", rows: Sequence[Row] | None = None
) -> Iterator[Asked]:
    """Another holder of the same asker."""
    with ExitStack() as stack:
        third = stack.enter_context(a_side(folder / "third", "customs.example", 3, kind))
        yield _beside(stack, both.asker, third, crowd() if rows is None else rows, terms(), made=True)


def _beside(
    stack: ExitStack, asker: Agency, right: Side, rows: Sequence[Row], agreed: Terms, *, made: bool
) -> Asked:
    """A holder that the asker may cross-check with, listening."""
    left, port = asker.side, free_port()
    right.told = replace(right.told, addresses=(f"https://127.0.0.1:{port}",))
    pair(left, right)
    other = agency(right, "2026/2", rows)
    agree(left, right, agreed)
    for here, there in ((left, right), (right, left)):
        view = View(capital=False, state_of_origin=False)
        service.assess(here.office, HEAD, there.origin, view, "DPIA-2")
    both = Asked(Pair(asker, other))
    both.port = port
    stack.callback(processes.stop, right.office)
    if made:
        both.run()
    both.listen()
    stack.callback(both.listener.stop)
    stack.callback(lines.close, left.office)
    return both
