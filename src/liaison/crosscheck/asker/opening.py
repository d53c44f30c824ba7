"""A session as a file that an independent authority can check by itself: seeds, inputs, and the questions as they were
signed. Pure.

Whoever has it blinds every input again and compares with what the questions say, which the holder has too. It says
whom a session was about, in match keys: it is given to nobody but an authority.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from liaison.crosscheck.asker.looking import PADDING
from liaison.crosscheck.function import voprf
from liaison.crosscheck.function.voprf import LARGEST_BATCH
from liaison.crosscheck.messages import (
    MOST_BATCHES,
    Question,
    Receipt,
    require_digests,
    require_names,
    whole_of,
)
from liaison.model import canonical
from liaison.model.errors import BadInput, BadNote
from liaison.model.structs import Value
from liaison.supply import signing
from liaison.supply.signing import Type

FORM = "liaison crosscheck opening v1"
LARGEST = 1 << 30  # bytes
LONGEST_INPUT = 4096  # hex digits


class Batch(Value, frozen=True, kw_only=True):
    """One batch: the seed of its blinds and its inputs in hex, and the question as it was signed."""

    seed: str
    inputs: tuple[str, ...]
    question: str

    def __post_init__(self) -> None:
        super().__post_init__()
        require_digests("seed", (self.seed,))
        if not 0 < len(self.inputs) <= LARGEST_BATCH or max(map(len, self.inputs)) > LONGEST_INPUT:
            raise BadInput("a batch has a number of inputs", field="inputs")


class Leg(Value, frozen=True, kw_only=True):
    """A session at one partner. `entry` is the number of the ledger's entry that committed to `whole`; `receipts` are
    what both sides signed, where they did."""

    partner: str
    session: str
    whole: str
    entry: int
    batches: tuple[Batch, ...]
    receipts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        require_names(self, "session")
        require_digests("whole", (self.whole,))
        if len(self.batches) > MOST_BATCHES:
            raise BadInput("a session has fewer batches", field="batches")


class Opening(Value, frozen=True, kw_only=True):
    """The file. `keys` are the asking node's document keys by their ids, in hex: compare them with its card."""

    form: str
    asker: str
    session: str
    keys: dict[str, str]
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Verified:
    """What a file shows. `faults` say what does not agree; without any, the inputs are all that was asked."""

    asker: str
    session: str
    legs: int
    points: int
    padding: int
    faults: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether the questions asked these inputs and nothing else."""
        return not self.faults


def verify_opening(content: bytes) -> Verified:
    """Blind every input of a file again, and compare with its questions. Raises BadInput for what is no such file."""
    if len(content) > LARGEST:
        raise BadInput("the file is too long", field="file", hint="at most 1 GiB")
    given = canonical.decode(content, Opening)
    if given.form != FORM:
        raise BadInput("this is no opening of a cross-check", field="form")
    keys = {name: _key(name, written) for name, written in given.keys.items()}
    faults = [fault for leg in given.legs for fault in _faults(given, leg, keys)]
    inputs = [each for leg in given.legs for batch in leg.batches for each in batch.inputs]
    filled = sum(each.startswith(PADDING.hex()) for each in inputs)
    return Verified(given.asker, given.session, len(given.legs), len(inputs), filled, tuple(faults))


def _faults(given: Opening, leg: Leg, keys: dict[str, Ed25519PublicKey]) -> list[str]:
    faults, digests = [], []
    for number, batch in enumerate(leg.batches, 1):
        inputs = [_bytes(each) for each in batch.inputs]
        digest = sha256(voprf.blind(inputs, bytes.fromhex(batch.seed)).points).hexdigest()
        digests.append(digest)
        named = f"{leg.partner}, batch {number}"
        try:
            asked = signing.opened(Type.QUESTION, batch.question, Question, keys)
        except BadNote:
            faults.append(f"{named}: the question was not signed by the asking node")
            continue
        told = (asked.asker, asked.holder, asked.session, asked.batch, asked.batches, asked.whole)
        if told != (given.asker, leg.partner, leg.session, number, len(leg.batches), leg.whole):
            faults.append(f"{named}: the question is another one")
        if asked.digest != digest or asked.points != len(inputs):
            faults.append(f"{named}: the inputs are not what was asked")
    if whole_of(digests) != leg.whole:
        faults.append(f"{leg.partner}: the batches are not those that were committed to")
    if any(signing.told(each, Receipt).whole != leg.whole for each in leg.receipts):
        faults.append(f"{leg.partner}: the receipt is of another session")
    return faults


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise BadInput("an input is written in hex", field="inputs") from error


def _key(name: str, written: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(bytes.fromhex(written))
    except (ValueError, InvalidSignature) as error:
        raise BadInput(f"{name} is no key", field="keys") from error
