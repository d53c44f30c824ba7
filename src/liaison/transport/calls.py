"""What partners may ask of a node over the channel, and the answer to each: signed, whatever it is.

The caller is known twice: by the certificate of the channel, byte for byte, and by the key that signed the request.
Both must be the same partner's (threats A04, A05).
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection

from liaison.ledger.published import Published
from liaison.ledger.witness import PLAIN
from liaison.ledger.witnesses import Witness
from liaison.model import canonical
from liaison.model.errors import BadInput, BadNote, LiaisonError, MissingFile, NotFound, TooMany
from liaison.model.structs import Value
from liaison.office import Office
from liaison.partners import directory
from liaison.partners.cards import OwnKeys
from liaison.partners.directory import Partner
from liaison.transport import inbox, partnering
from liaison.transport.means import Means
from liaison.transport.messages import Message, Nonces, Reply, key_named, sign_response, verify_request

ROOT = "/liaison/v1"
LETTERS, PAIRING, CARD = f"{ROOT}/letters", f"{ROOT}/pairing", f"{ROOT}/card"
WITNESS, WITNESSED, LEDGER = f"{ROOT}/add-checkpoint", f"{ROOT}/witnessed/", f"{ROOT}/ledger/"
JSON, BYTES = "application/json", "application/octet-stream"
MOST_LETTERS = 500  # in one call
LONGEST_CALL = 8 << 20  # bytes
EACH_SECOND, AT_ONCE = 500.0, 2000.0  # letters of one partner: its allowance, and what it may save up
CALLS_EACH_SECOND, CALLS_AT_ONCE = (
    20.0,
    400.0,
)  # calls that carry no letters: a ledger's files among them


class Batch(Value, frozen=True, kw_only=True):
    """The body of POST /liaison/v1/letters."""

    letters: tuple[str, ...]

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < len(self.letters) <= MOST_LETTERS:
            raise BadInput(f"a call carries 1 to {MOST_LETTERS} letters", field="letters")


class Receipts(Value, frozen=True, kw_only=True):
    """Its answer: a receipt for each letter, in their order."""

    receipts: tuple[str, ...]


class Trouble(Value, frozen=True, kw_only=True):
    """Why a call was not answered: a word, and nothing of this node's workings."""

    title: str
    status: int
    code: str = ""  # which of the errors of model/errors.py, where the caller can act on it


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it came: the address is the one that the caller signed; `certificate` of the channel, in DER."""

    message: Message
    certificate: bytes


Answerer = Callable[[Office, Means, Partner, Message], bytes]
_ANSWERERS: dict[tuple[str, str], Answerer] = {}


def answers(method: str, path: str) -> Callable[[Answerer], Answerer]:
    """Register who answers calls below ROOT to this path, and where it ends with a slash to those under it.

    They give the bytes to send back, and raise a LiaisonError to refuse, whose code and status alone are told.
    """

    def register(answerer: Answerer) -> Answerer:
        held = _ANSWERERS.setdefault((method, ROOT + path), answerer)
        if held is not answerer:
            raise ValueError(f"two answer {method} {path}")
        return answerer

    return register


def code_of(error: LiaisonError) -> str:
    """The name of an error as partners are told it: WrongEpoch -> wrong-epoch."""
    return re.sub(r"(?<=.)([A-Z])", r"-\1", type(error).__name__).lower()


@dataclass(frozen=True, slots=True)
class Answered:
    """What goes back."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(slots=True)
class Allowance:
    """How much each partner may still ask for now; it fills up with time (threat A10)."""

    clock: Callable[[], float] = time.monotonic
    _left: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock)

    def spend(self, partner: str, letters: int) -> None:
        """A call with so many letters. Raises TooMany, saying when to try again."""
        self._spend("letters", partner, letters, EACH_SECOND, AT_ONCE)

    def ask(self, partner: str) -> None:
        """A call that carries no letters. Raises TooMany, saying when to try again."""
        self._spend("calls", partner, 1, CALLS_EACH_SECOND, CALLS_AT_ONCE)

    def _spend(self, what: str, partner: str, count: int, each_second: float, at_once: float) -> None:
        with self._lock:
            now = self.clock()
            left, since = self._left.get((what, partner), (at_once, now))
            left = min(at_once, left + (now - since) * each_second)
            enough = left >= count
            self._left[what, partner] = (left - count if enough else left), now
        if not enough:
            wait = int((count - left) / each_second) + 1
            raise TooMany(f"more {what} than the allowance of a partner", retry_after=wait)


@dataclass(slots=True)
class Desk:
    """Where calls of partners are answered. `published` opens the node's own ledger as it is signed."""

    office: Office
    means: Means
    published: Callable[[], Published]
    witness: Callable[[], Witness]
    nonces: Nonces = field(default_factory=Nonces)
    allowance: Allowance = field(default_factory=Allowance)

    def answer(self, call: Call) -> Answered:
        """The answer to a call. Whoever is no partner is answered nothing but that."""
        try:
            partner, keys = self._caller(call)
        except LiaisonError:
            return Answered(403, b"", {})
        try:
            status, body, kind, more = self._answered(partner, call.message)
        except LiaisonError as error:
            told = Trouble(title=error.title, status=error.status, code=code_of(error))
            status, body, kind, more = error.status, canonical.encode(told), JSON, {}
            if isinstance(error, TooMany):
                more = {"retry-after": str(error.retry_after)}
        reply = Reply(status, call.message, body)
        sign_response(reply, keys.channel, keys.channel_id, self.office.now())
        return Answered(status, body, {**reply.headers, **more, "content-type": kind})

    def _caller(self, call: Call) -> tuple[Partner, OwnKeys]:
        """Who calls, and the keys in which they are answered. Raises NotFound, BadNote."""
        key, now = key_named(call.message.headers), self.office.now()

        def look(connection: Connection) -> tuple[Partner, OwnKeys]:
            found = directory.by_channel_key(connection, key)
            return found, partnering.channel_keys(connection, self.means, found.id)

        partner, keys = self.office.read(look)
        if partner.kept is directory.PartnerState.REVOKED:
            raise NotFound
        card = next((each for each in partner.cards if each.channel_id == key), None)
        if card is None or card.tls != call.certificate:
            raise BadNote("the channel's certificate is not the signer's")
        nonce = verify_request(call.message, card.channel_key, now)
        self.nonces.take(key, nonce, now)
        return partner, keys

    def _answered(self, partner: Partner, message: Message) -> tuple[int, bytes, str, dict[str, str]]:
        path = urlsplit(message.url).path
        if message.method == "POST" and path == LETTERS:
            return 200, self._letters(partner, message.body), JSON, {}
        self.allowance.ask(partner.id)
        if message.method == "POST" and path == PAIRING:
            return 200, partnering.take_pairing(self.office, partner, message.body), JSON, {}
        if message.method == "POST" and path == WITNESS:
            found = self.witness().add_checkpoint(message.body, self.office.now())
            return found.status, found.body.encode(), found.kind or PLAIN, {}
        if message.method == "GET" and path.startswith(WITNESSED):
            return 200, self.witness().checkpoint(path.removeprefix(WITNESSED)), PLAIN, {}
        if message.method == "GET" and path == CARD:
            return 200, self.office.read(directory.own_card).text.encode(), PLAIN, {}
        if message.method == "GET" and path.startswith(LEDGER):
            return 200, self._file(path.removeprefix(LEDGER)), BYTES, {}
        for (method, place), answerer in _ANSWERERS.items():
            if message.method == method and (
                path == place or (place.endswith("/") and path.startswith(place))
            ):
                return 200, answerer(self.office, self.means, partner, message), BYTES, {}
        raise NotFound

    def _letters(self, partner: Partner, body: bytes) -> bytes:
        batch = canonical.decode(body, Batch)
        self.allowance.spend(partner.id, len(batch.letters))
        texts = [each.encode("ascii", "replace") for each in batch.letters]
        receipts = inbox.take_in(self.office, self.means, partner, texts)
        return canonical.encode(Receipts(receipts=tuple(each.decode() for each in receipts)))

    def _file(self, path: str) -> bytes:
        try:
            return self.published().file(path)
        except MissingFile as error:
            raise NotFound from error
