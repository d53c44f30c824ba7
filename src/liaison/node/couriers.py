"""Who carries letters: a thread for each partner, so that a slow one delays nobody, and the cosigning of each head."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable

from sqlalchemy import Connection

from liaison.ledger.keys import parse_vkey
from liaison.ledger.notes import Head, open_checkpoint
from liaison.ledger.published import Published
from liaison.ledger.witness import PLAIN, origin_hash
from liaison.ledger.witnesses import Behind, ask, read_answer, remember
from liaison.model.errors import BadInput, BadNote, LedgerDamaged, NotFound
from liaison.node.background import Repeated
from liaison.node.logs import log
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.cards import OwnKeys
from liaison.partners.directory import Partner, PartnerState
from liaison.transport import partnering
from liaison.transport.calls import WITNESS, WITNESSED
from liaison.transport.channel import Channel, Unreachable
from liaison.transport.delivery import deliver, due
from liaison.transport.means import Means

LOOK = 1.0  # seconds after which letters that wait are looked for, besides being woken
COSIGN = 30.0  # seconds after which a new head is shown to the partners
STRAIGHT_ON = 1000  # batches without a look at whether to stop


class Courier:
    """The way to one partner: its channel, made anew when keys or cards change."""

    def __init__(self, office: Office, means: Means, origin: str) -> None:
        self.office, self.means, self.origin = office, means, origin
        self._channel: Channel | None = None
        self._made_of: tuple[object, ...] = ()
        self._chance = random.Random()
        self._lock = threading.Lock()

    def run(self) -> None:
        """Deliver what waits, batch after batch, until nothing does or a try fails. Raises StoreUnavailable."""
        self.office.write(_nothing)  # what woke us may be in a transaction that ends behind this one
        for _ in range(STRAIGHT_ON):
            partner, keys, ready = self.office.read(self._look)
            if not ready:
                return
            done = deliver(self.office, self.means, partner, self._to(partner, keys), self._chance)
            if done.fault:
                log().warning("delivery-failed", partner=self.origin, fault=done.fault)
            if done.fault or not done.accepted + done.refused:
                return

    def call(self, method: str, path: str, body: bytes, kind: str) -> tuple[int, bytes, str]:
        """Status, body and content type of one call to the partner. Raises Unreachable."""
        partner, keys, _ = self.office.read(self._look)
        return self._to(partner, keys).call(method, path, body, kind)

    def close(self) -> None:
        """End the connections."""
        with self._lock:
            if self._channel is not None:
                self._channel.close()
                self._channel = None

    def _look(self, connection: Connection) -> tuple[Partner, OwnKeys, bool]:
        partner = directory.partner(connection, self.origin)
        keys = partnering.channel_keys(connection, self.means, partner.id)
        now = self.office.now()
        active = partner.state_at(now) is PartnerState.ACTIVE
        return partner, keys, active and due(connection, partner, now)

    def _to(self, partner: Partner, keys: OwnKeys) -> Channel:
        made_of = (keys.generation, *(each.made for each in partner.cards))
        with self._lock:
            if self._channel is None or made_of != self._made_of:
                if self._channel is not None:
                    self._channel.close()
                cards = (partner.card, *(each for each in partner.cards if each != partner.card))
                self._channel, self._made_of = Channel(keys, cards, self.office.now), made_of
            return self._channel


class Couriers:
    """A courier for each partner, in a thread of its own. `published` opens this node's ledger as it is signed."""

    def __init__(
        self,
        office: Office,
        means: Means,
        published: Callable[[], tuple[Head, Published]],
        failed: Callable[[str], None],
    ) -> None:
        self._office, self._means, self._published, self._failed = office, means, published, failed
        self._threads: dict[str, tuple[Courier, Repeated]] = {}
        self._seen: dict[str, int] = {}  # the size of the head that each partner signed last
        self._lock, self._running = threading.Lock(), False

    def start(self) -> None:
        """Begin with every partner that there is."""
        with self._lock:
            self._running = True
            for _, thread in self._threads.values():
                thread.start()
        self.look()

    def look(self) -> None:
        """Begin with partners that are new."""
        for partner in self._office.read(directory.partners):
            if partner.kept is not PartnerState.REVOKED:
                self._thread(partner.origin)

    def wake(self, origin: str) -> None:
        """Something waits for a partner."""
        if self._running:
            self._thread(origin).wake()

    def call(self, origin: str, method: str, path: str, body: bytes, kind: str) -> tuple[int, bytes, str]:
        """Status, body and content type of one call, over the channel of the letters. Raises Unreachable."""
        return self._courier(origin).call(method, path, body, kind)

    def stop(self) -> None:
        """End after the batches that are under way."""
        with self._lock:
            self._running = False
            threads = list(self._threads.values())
        for courier, thread in threads:
            thread.stop()
            courier.close()

    def cosign(self) -> None:
        """Show the last head to every partner that is active, and keep their signatures on it.

        What one partner says holds up no other. Raises LedgerDamaged where one of them has seen another history.
        """
        try:
            head, published = self._published()
        except NotFound:  # nothing is signed yet
            return
        damage: LedgerDamaged | None = None
        for partner in self._office.read(directory.partners):
            if partner.state_at(self._office.now()) is not PartnerState.ACTIVE:
                continue
            if self._seen.get(partner.origin) == head.checkpoint.size:
                continue
            try:
                self._cosign(partner, head, published)
            except LedgerDamaged as error:
                damage = damage or error
            except (Unreachable, BadInput) as error:
                log().warning("cosigning-failed", partner=partner.origin, fault=error.title)
        if damage is not None:
            raise damage

    def _cosign(self, partner: Partner, head: Head, published: Published) -> None:
        courier, keys = self._courier(partner.origin), [parse_vkey(partner.card.witness)]
        for _ in range(2):  # once more where it had seen another size than we thought
            body = ask(published, self._seen.get(partner.origin, 0))
            status, answer, kind = courier.call("POST", WITNESS, body, PLAIN)
            found = read_answer(status, kind, answer, head, keys)
            if not isinstance(found, Behind):
                remember(self._office.store, partner.origin, head, found, self._office.now())
                self._seen[partner.origin] = head.checkpoint.size
                return
            if found.size > head.checkpoint.size:
                self._require_not_ahead(partner, courier, head)
                return
            self._seen[partner.origin] = found.size

    def _require_not_ahead(self, partner: Partner, courier: Courier, head: Head) -> None:
        """A partner says that it has seen more than there is: it counts where it shows a head that our own key signed.

        Without that, whoever is a partner could stop this ledger with a number. Raises LedgerDamaged, BadNote.
        """
        origin = head.checkpoint.origin
        status, note, _ = courier.call("GET", f"{WITNESSED}{origin_hash(origin)}", b"", PLAIN)
        if status != 200:
            raise BadNote("the partner shows no head of ours that is larger")
        shown = open_checkpoint(note, origin, [each.verifier for each in head.signed])
        if shown.checkpoint.size <= head.checkpoint.size:
            return
        ahead = Behind(shown.checkpoint.size)
        remember(self._office.store, partner.origin, head, ahead, self._office.now())
        raise LedgerDamaged(
            f"{partner.origin} shows a head of ours over {ahead.size} entries, and there are {head.checkpoint.size}",
            place="ledger_heads",
            hint="the node was set back, or runs twice: stop it, and restore the newest backup",
        )

    def _courier(self, origin: str) -> Courier:
        self._thread(origin)
        return self._threads[origin][0]

    def _thread(self, origin: str) -> Repeated:
        with self._lock:
            if origin not in self._threads:
                courier = Courier(self._office, self._means, origin)
                thread = Repeated(f"letters to {origin}", LOOK, courier.run, self._count)
                self._threads[origin] = courier, thread
                if self._running:
                    thread.start()
            return self._threads[origin][1]

    def _count(self, _: str) -> None:
        self._failed("letters")


def _nothing(_: Connection) -> None:
    """A change that changes nothing: it takes its turn behind those that were asked for before."""
