"""A node that serves and what its partners hold: real keys, cards, channels and letters, to be used well or badly.

The node is open_node's own, with its listener on the loopback and its background work. A partner here is nobody's
program: it holds a partner's private keys and writes whatever bytes it likes with them.
"""

from __future__ import annotations

import datetime as dt
import secrets
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liaison.ledger.keys import Kind, Signer
from liaison.model import canonical
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.structs import Value
from liaison.node import partnership
from liaison.node.making import make_node
from liaison.node.settings import Settings
from liaison.node.wiring import Node, open_node
from liaison.office import new_id
from liaison.partners import own, service
from liaison.partners.agreement import Agreement, Cap, Gateway, GatewayKind, SignedAgreement, sign_agreement
from liaison.partners.cards import Card, OwnKeys, SignedCard, Use, key_id, packed, sign_card
from liaison.partners.rules import Lane
from liaison.partners.service import Pairing, Terms, View
from liaison.storage.tables import metadata
from liaison.transport.calls import LETTERS, Batch, Receipts
from liaison.transport.channel import client_tls
from liaison.transport.letters import (
    SALT,
    Letter,
    Receipt,
    Type,
    digest_of,
    parts,
    receipt_of,
    require_signed,
    seal_body,
)
from liaison.transport.messages import Message, Reply, sign_request, verify_response
from liaison.transport.partnering import CardLetter
from tests.partners.pairs import ADMINISTRATOR, SUPERVISOR

FEDERATION = "test"
QUOTA = 2000
TERMS = Terms(
    purposes=(Purpose.INVESTIGATION,),
    offences=("drugs",),
    exchanges=("records", "spontaneous"),
    gateway=Gateway(kind=GatewayKind.WITHIN, reference="the same law"),
    quota=QUOTA,
    handling=Handling(codes=(HandlingCode.H0,)),
    languages=("en",),
    caps=(Cap(days=365),),
)
# what an attempt may leave behind: the letter itself as evidence, its place, its entries, and the tries of a courier
TRACES = frozenset(
    {
        "letters_in",
        "letter_conflicts",
        "letter_lanes",
        "letter_deliveries",
        "letter_refusals",
        "notices",
        "ledger_entries",
        "ledger_payloads",
    }
) | {"ledger_heads", "ledger_cursors", "ledger_witnessed", "retention_runs"}
SOON = 1.0  # seconds within which an honest partner's letter goes through, on a machine that is not busy
TRIES = 20  # letters of which one goes through as soon, on one that is
PROMPT = 10.0  # seconds for what is not measured


class Clock:
    """The machine's clock, which can be set."""

    def __init__(self) -> None:
        self.off = dt.timedelta()

    def now(self) -> dt.datetime:
        return dt.datetime.now(dt.UTC) + self.off

    @contextmanager
    def set(self, **by: float) -> Iterator[None]:
        """Set it for a while."""
        self.off += dt.timedelta(**by)
        try:
            yield
        finally:
            self.off -= dt.timedelta(**by)


@dataclass
class House:
    """The node that is attacked."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    port: int = 0
    held: Any = None
    node: Any = None

    @classmethod
    def made(cls, folder: Path) -> House:
        port = free_port()
        settings = Settings(
            name="house",
            agency="Agency of the house",
            origin="house.example",
            regimes=("demo",),
            federation=FEDERATION,
            port=0,
            partner_host="127.0.0.1",
            partner_port=port,
            partner_url=f"https://127.0.0.1:{port}",
        )
        make_node(folder, settings, lambda node: "")
        return cls(folder, port=port)

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def open(self) -> None:
        self.held = open_node(self.folder, self.clock)
        self.node = self.held.__enter__()

    def close(self) -> None:
        self.held.__exit__(None, None, None)
        self.node = None

    @contextmanager
    def opened(self) -> Iterator[House]:
        self.open()
        try:
            yield self
        finally:
            if self.node is not None:
                self.close()

    def restart(self) -> None:
        self.close()
        self.open()

    @contextmanager
    def restored(self) -> Iterator[None]:
        """What happens inside is undone: the folder is put back as it was before."""
        copy = self.folder.with_name(f"{self.folder.name}-copy")
        self.close()
        shutil.copytree(self.folder, copy)
        self.open()
        yield
        self.close()
        shutil.rmtree(self.folder)
        copy.rename(self.folder)
        self.open()

    def card(self) -> SignedCard:
        return partnership.card(self.here, ADMINISTRATOR)

    @property
    def here(self) -> Node:
        node: Node = self.node
        return node

    def agrees(self, partner: Partner, terms: Terms = TERMS) -> None:
        """Pair with a partner, and sign an agreement that it signs too."""
        node, office = self.here, self.here.office
        vkey = node.signers[0].verifier.vkey
        self.pairs(partner)
        proposed = service.propose(office, SUPERVISOR, node.signers[0], partner.origin, terms, "DPIA-1")
        signed = partner.signs(proposed)
        assert service.receive(office, SUPERVISOR, vkey, partner.origin, signed.text) == "in force"
        view = View(capital=False, state_of_origin=False)
        service.assess(office, SUPERVISOR, partner.origin, view, "DPIA-1")

    def pairs(self, partner: Partner) -> None:
        node = self.here
        given = Pairing(partner.card.text, partner.card.card.fingerprint)
        service.pair(node.office, ADMINISTRATOR, node.signers[0].verifier.vkey, FEDERATION, given)
        node.correspondence.look()

    def work(self, *names: str) -> None:
        """Do what the background does, now: a letter that breaks it breaks the test."""
        for each in self.here.background:
            if each.name in (names or ("requests", "supply", "index")):
                each.now()

    def digests(self, more: frozenset[str] = frozenset()) -> dict[str, str]:
        """A digest of every table but those that record attempts."""

        def work(connection: Any) -> dict[str, str]:
            found = {}
            for table in metadata.sorted_tables:
                if table.name not in TRACES | more:
                    rows = sorted(repr(tuple(row)) for row in connection.execute(table.select()))
                    found[table.name] = sha256("\n".join(rows).encode()).hexdigest()
            return found

        return self.here.office.read(work)

    def settled(self, more: frozenset[str] = frozenset()) -> dict[str, str]:
        """The digests once nothing moves any more."""
        until, before = time.monotonic() + PROMPT, self.digests(more)
        while True:
            time.sleep(0.03)
            now = self.digests(more)
            if now == before:
                return now
            assert time.monotonic() < until, "something moves without end"
            before = now

    def rows(self, query: Any) -> list[Any]:
        return self.here.office.read(lambda connection: list(connection.execute(query).all()))


class Partner:
    """Whoever holds the private keys of a partner. `house` is the card of the node that it writes to."""

    def __init__(self, folder: Path, origin: str, house: House, federation: str = FEDERATION) -> None:
        folder.mkdir(parents=True)
        self.folder, self.origin, self.clock, self.url = folder, origin, house.clock, house.url
        self.theirs = house.card().card
        self.federation = federation
        self.identity = Signer(origin, Kind.ED25519, secrets.token_bytes(32))
        self.witness = Signer(origin, Kind.COSIGNATURE, secrets.token_bytes(32))
        own.make_keys(folder, 1)
        self.keys: OwnKeys = own.load_keys(folder, 1)
        self.card = self.signed_card()
        self.numbers = dict.fromkeys(Lane, 1)  # the next in each lane
        self._http: httpx.Client | None = None

    def close(self) -> None:
        if self._http is not None:
            self._http.close()
            self._http = None

    # --- cards, agreements and keys --------------------------------------------------------------------------

    def signed_card(self, keys: OwnKeys | None = None, **said: Any) -> SignedCard:
        """Its card, with whatever it wants to say."""
        held = keys or self.keys
        values: dict[str, Any] = {
            "federation": self.federation,
            "origin": self.origin,
            "agency": f"Agency of {self.origin}",
            "generation": held.generation,
            "ledger": self.identity.verifier.vkey,
            "witness": self.witness.verifier.vkey,
            "addresses": (),
            "document": packed(held.document.public_key().public_bytes_raw()),
            "channel": packed(held.channel.public_key().public_bytes_raw()),
            "seal": packed(held.seal.public_key().public_bytes_raw()),
            "certificate": packed(held.certificate),
            "capabilities": ("bulk",),
            "versions": (1,),
            "languages": ("en",),
            "made": self.clock.now(),
        }
        return sign_card(Card(**(values | said)), self.identity)

    def next_keys(self) -> OwnKeys:
        """Keys of the next generation; it goes on with the present ones until it says otherwise."""
        own.make_keys(self.folder, self.keys.generation + 1)
        return own.load_keys(self.folder, self.keys.generation + 1)

    def goes_over(self, keys: OwnKeys, card: SignedCard) -> None:
        self.close()
        self.keys, self.card = keys, card

    def signs(self, proposed: SignedAgreement) -> SignedAgreement:
        given = {**proposed.signatures, self.origin: sign_agreement(proposed.agreement, self.identity)}
        return SignedAgreement(proposed.agreement, given)

    def proposes(self, agreement: Agreement) -> str:
        """A proposal of its own, that it signed alone."""
        return SignedAgreement(agreement, {self.origin: sign_agreement(agreement, self.identity)}).text

    # --- letters ---------------------------------------------------------------------------------------------

    def letter(
        self,
        kind: str,
        body: Value | bytes,
        *,
        lane: Lane = Lane.ORDINARY,
        number: int = 0,
        key: Ed25519PrivateKey | None = None,
        edit: Any = None,
        **said: Any,
    ) -> bytes:
        """A letter as it is signed. No number: the next one, which it takes. `edit` changes the payload's bytes."""
        if not number:
            number = self.numbers[lane]
            self.numbers[lane] += 1
        values: dict[str, Any] = {
            "federation": self.federation,
            "version": 1,
            "id": new_id("letter"),
            "kind": kind,
            "sender": self.origin,
            "recipient": self.theirs.origin,
            "lane": lane,
            "number": number,
            "thread": "thread-1",
            "made": self.clock.now(),
            "seal_key": self.theirs.seal_id,
        }
        written = body if isinstance(body, bytes) else canonical.encode(body)
        letter = seal_body(
            written,
            secrets.token_bytes(SALT),
            self.theirs.seal_key,
            lambda digest, sealed: Letter(**(values | said), digest=digest, sealed=sealed),
        )
        payload = canonical.encode(letter)
        return jws(edit(payload) if edit else payload, key or self.keys.document)

    def send(self, *letters: bytes) -> list[Receipt]:
        """Letters in one call; their receipts, each seen to be the house's for these very bytes."""
        return [receipt_of(parts(Type.RECEIPT, text)) for text in self.send_raw(*letters)]

    def send_raw(self, *letters: bytes) -> list[bytes]:
        body = canonical.encode(Batch(letters=tuple(each.decode() for each in letters)))
        answer = self.call("POST", LETTERS, body)
        assert answer.status_code == 200, (answer.status_code, answer.content)
        texts = [each.encode() for each in canonical.decode(answer.content, Receipts).receipts]
        assert len(texts) == len(letters)
        for text, letter in zip(texts, letters, strict=True):
            document = parts(Type.RECEIPT, text)
            require_signed(document, self.theirs.document_key)
            assert receipt_of(document).digest == digest_of(letter)
        return texts

    def tell(self, kind: str, body: Value | bytes, **said: Any) -> Receipt:
        """One letter and its receipt."""
        return self.send(self.letter(kind, body, **said))[0]

    def known_card(self, **said: Any) -> bytes:
        """A letter that changes nothing: the card that is known."""
        return self.letter("card", CardLetter(card=self.card.text), **said)

    def gets_through(self) -> float:
        """Have an honest letter taken; the seconds that it took."""
        letter, began = self.known_card(), time.monotonic()
        (receipt,) = self.send(letter)
        assert receipt.outcome.value == "accepted", receipt
        return time.monotonic() - began

    def is_served(self) -> None:
        """Have honest letters taken, the first of them or a later one soon: who is shut out or delayed never is."""
        times = [self.gets_through()]
        while times[-1] >= SOON:
            assert len(times) < TRIES, times
            times.append(self.gets_through())

    # --- calls -----------------------------------------------------------------------------------------------

    @property
    def http(self) -> httpx.Client:
        if self._http is None:
            self._http = httpx.Client(
                verify=client_tls(self.keys, [self.theirs]),
                timeout=httpx.Timeout(60),
                trust_env=False,
                follow_redirects=False,
            )
        return self._http

    def signature(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        key: Ed25519PrivateKey | None = None,
        name: str = "",
        nonce: str = "",
        at: dt.datetime | None = None,
    ) -> Message:
        """A request as it is signed."""
        message = Message(method, self.url + path, body, {})
        chosen = key or self.keys.channel
        sign_request(
            message,
            chosen,
            name or self.keys.channel_id,
            at or self.clock.now(),
            nonce or secrets.token_urlsafe(16),
        )
        return message

    def call(self, method: str, path: str, body: bytes = b"", **said: Any) -> httpx.Response:
        """A call that is signed; an answer that is, was signed by the house for this very question."""
        message = self.signature(method, path, body, **said)
        answer = self.put(message)
        if "signature" in answer.headers:
            reply = Reply(answer.status_code, message, answer.content, dict(answer.headers))
            verify_response(reply, self.theirs.channel_key, self.clock.now())
        return answer

    def put(self, message: Message, headers: Mapping[str, str] = {}) -> httpx.Response:
        """A message as it stands, once more if it likes."""
        told = {**message.headers, "content-type": "application/json", **headers}
        return self.http.request(message.method, message.url, content=message.body, headers=told)


def jws(
    payload: bytes, key: Ed25519PrivateKey, header: bytes | None = None, typ: str = "liaison-letter"
) -> bytes:
    """A document of any bytes, with any header."""
    name = key_id(Use.DOCUMENT, key.public_key().public_bytes_raw())
    head = header or canonical.encode({"alg": "EdDSA", "kid": name, "typ": typ})
    text = f"{packed(head)}.{packed(payload)}".encode()
    return text + b"." + packed(key.sign(text)).encode()


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def forget(*partners: Partner) -> None:
    for each in partners:
        with suppress(Exception):
            each.close()


def serve(folder: Path) -> None:
    """Serve until nobody listens any more."""
    with open_node(folder):
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
