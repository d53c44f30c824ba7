"""A node among others: who carries its letters, where partners call, and whose ledgers it signs as a witness."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, select

from liaison.ledger.heads import last_head
from liaison.ledger.keys import Signer, Verifier, parse_vkey
from liaison.ledger.notes import Head
from liaison.ledger.published import Published
from liaison.ledger.sources import Folder
from liaison.ledger.witnesses import Witness
from liaison.model.errors import NotFound
from liaison.node.background import Repeated
from liaison.node.couriers import COSIGN, Couriers
from liaison.node.limits import Limits
from liaison.node.listener import Listener
from liaison.node.settings import Settings
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.directory import PartnerState
from liaison.storage.tables.ledger import WITNESS_STATES, WITNESSED
from liaison.transport.calls import LONGEST_CALL, Desk
from liaison.transport.delivery import Backlog, backlogs
from liaison.transport.means import Means

LOOK = 5.0  # seconds after which partners that are new, or have new keys, are looked for


@dataclass(slots=True)
class Correspondence:
    """Letters out and in, from when the node's background work begins until it ends.

    `witnessed` are the logs that this node witnesses besides its partners', each with its keys.
    """

    office: Office
    means: Means
    settings: Settings
    ledger: Path
    signers: Sequence[Signer]
    cosigner: Signer
    witnessed: Mapping[str, Sequence[Verifier]]
    limits: Limits
    failed: Callable[[str], None]
    couriers: Couriers = field(init=False)
    listener: Listener | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.couriers = Couriers(self.office, self.means, self._published, self.failed)
        self.means.wake = self.couriers.wake

    @property
    def background(self) -> list[Repeated]:
        """What is done by itself besides carrying letters. By the first cosigning, partners that start with this node
        answer."""
        return [
            Repeated("partners", LOOK, self.look, self.failed),
            Repeated("cosigning", COSIGN, self.couriers.cosign, self.failed, first=COSIGN),
        ]

    @property
    def port(self) -> int:
        """Where partners are listened for; 0 where they are not."""
        return self.listener.port if self.listener else 0

    def start(self) -> None:
        """Listen for partners, where that is set, and carry letters. Raises BadSetting."""
        chosen = self.settings
        if chosen.partner_port >= 0:
            desk = Desk(self.office, self.means, lambda: self._published()[1], self.witness)
            self.listener = Listener(
                desk,
                self.means.own,
                _limits(self.limits),
                chosen.partner_host,
                chosen.partner_port,
                chosen.partner_url,
            )
            self._let_in()
            self.listener.start()
        self.couriers.start()

    def stop(self) -> None:
        """Finish what is under way, and stop."""
        if self.listener is not None:
            self.listener.stop()
        self.couriers.stop()

    def look(self) -> None:
        """Let new partners in, and carry letters to them."""
        self._let_in()
        self.couriers.look()

    def witness(self) -> Witness:
        """This node as the witness of its partners' logs, and of those that are listed. Raises NotFound for none."""
        logs = self.office.read(self._logs)
        if not logs:
            raise NotFound
        return Witness(self.office.store, logs, [self.cosigner])

    def cosigned(self, size: int) -> list[str]:
        """The partners who have signed this node's head over so many entries, or a longer one."""
        chosen = select(WITNESSED.c.witness).where(WITNESSED.c.size >= size)
        return self.office.read(lambda connection: list(connection.execute(chosen).scalars()))

    def signed_of(self, origin: str) -> int:
        """How many entries of a partner's ledger the last head covers that this node signed; 0 where it signed none."""
        chosen = select(WITNESS_STATES.c.size).where(WITNESS_STATES.c.origin == origin)
        return self.office.read(lambda connection: connection.execute(chosen).scalar()) or 0

    def backlogs(self) -> list[Backlog]:
        """How the way to each partner stands."""
        return self.office.read(backlogs)

    def _let_in(self) -> None:
        if self.listener is not None:
            known = self.office.read(directory.partners)
            cards = [card for each in known if each.kept is not PartnerState.REVOKED for card in each.cards]
            self.listener.know(self.means.own, cards)

    def _logs(self, connection: Connection) -> dict[str, Sequence[Verifier]]:
        known = [each for each in directory.partners(connection) if each.kept is PartnerState.ACTIVE]
        return {each.origin: [parse_vkey(each.vkey)] for each in known} | dict(self.witnessed)

    def _published(self) -> tuple[Head, Published]:
        """The ledger as it was signed last. Raises NotFound before the first head."""
        keys = [signer.verifier for signer in self.signers]
        head = self.office.read(lambda connection: last_head(connection, keys))
        if head is None:
            raise NotFound
        return head, Published(Folder(self.ledger), head)


def _limits(limits: Limits) -> Limits:
    """The limits of the node's server, with bodies as long as a call of a partner may be."""
    return Limits(
        head_seconds=limits.head_seconds,
        body_seconds=max(limits.body_seconds, 60.0),
        write_seconds=limits.write_seconds,
        idle_seconds=60.0,
        head_bytes=limits.head_bytes,
        body_bytes=LONGEST_CALL,
        upload_bytes=LONGEST_CALL,
        connections=limits.connections,
        connections_each=limits.connections_each,
    )
