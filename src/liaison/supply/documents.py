"""What follows an item once it has left: the originator's notices, what each node confirms, who passed it to whom.

A notice is signed by the originator and travels wherever the item went; a confirmation is signed by the node that did
what the notice says, and travels back the same way. None of them holds anything of the person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import Enum

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from liaison.model.errors import BadInput
from liaison.model.structs import Value
from liaison.partners.cards import LONGEST_NAME, ORIGIN
from liaison.supply.items import LONGEST_CHAIN, Urgency, require_name
from liaison.supply.signing import Type, opened

MOST_PASSED = 500  # further recipients that one confirmation names


class Kind(Enum):
    """What the originator says of an item that it supplied."""

    RECALL = "recall"
    ERASE = "erase"
    CORRECT = "correct"
    RESTRICT = "restrict"
    UNRESTRICT = "unrestrict"

    @property
    def ends(self) -> bool:
        """Whether nothing is left of the item."""
        return self in (Kind.RECALL, Kind.ERASE)


class Why(Enum):
    """The coded reason of a notice."""

    WRONG = "it was wrong"
    UNLAWFUL = "it was unlawfully sent"
    CONTESTED = "the person contests it"
    SETTLED = "what was contested is settled"
    OVER = "what it was held for is over"
    WITHDRAWN = "its list no longer has it"
    ORDER = "a court or supervisory authority ordered it"


class Notice(Value, frozen=True, kw_only=True):
    """The originator's word on one item. `number` grows by one with each notice on the item.

    `replacement` is the digest of the corrected item, which travels beside the notice. Raises BadInput.
    """

    federation: str
    id: str
    originator: str
    item: str
    number: int
    kind: Kind
    why: Why
    made: dt.datetime
    replacement: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_name(self, "id", "item")
        if self.number < 1 or self.made.tzinfo is None:
            raise BadInput(
                "its number is below 1, or its time has no zone", field="number", hint="ask its sender"
            )
        if (self.kind is Kind.CORRECT) != bool(self.replacement):
            raise BadInput("a correction and its replacement belong together", field="replacement")


class Outcome(Enum):
    """What a node did upon a notice."""

    DONE = "done"
    EVIDENCE = "kept as evidence"  # restricted in place of erased: a legal hold is on it (article 16(3))
    NEVER_HELD = "never held"


class Confirmation(Value, frozen=True, kw_only=True):
    """That `node`, the last of `chain`, did what a notice says. `passed_to` are those it gave the item to itself."""

    federation: str
    notice: str
    item: str
    chain: tuple[str, ...]
    outcome: Outcome
    passed_to: tuple[str, ...] = ()
    at: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_chain(self.chain)
        if len(self.passed_to) > MOST_PASSED or len({*self.passed_to}) != len(self.passed_to):
            raise BadInput(f"it names no recipients, each once, of at most {MOST_PASSED}", field="passed_to")
        if not all(len(each) <= LONGEST_NAME and ORIGIN.fullmatch(each) for each in self.passed_to):
            raise BadInput("a recipient's name is not in form", field="passed_to")

    @property
    def node(self) -> str:
        """Who confirms."""
        return self.chain[-1]


class Passage(Value, frozen=True, kw_only=True):
    """That the last node of `chain` passed an item on: on a consent, under the same law, or in urgency."""

    federation: str
    item: str
    chain: tuple[str, ...]
    recipient: str
    consent: str = ""
    urgency: Urgency | None = None
    at: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        _require_chain(self.chain)
        if len(self.recipient) > LONGEST_NAME or not ORIGIN.fullmatch(self.recipient):
            raise BadInput("a recipient's name is not in form", field="recipient")

    @property
    def node(self) -> str:
        """Who passed it on."""
        return self.chain[-1]


class Told(Value, frozen=True, kw_only=True):
    """A letter with a notice on its way out. `card` as in Supplied; `replacement` the corrected item, signed."""

    notice: str
    chain: tuple[str, ...]
    card: str = ""
    replacement: str = ""


class Report(Value, frozen=True, kw_only=True):
    """A letter on its way back to the originator: a confirmation or a passage, with its signer's card."""

    document: str
    chain: tuple[str, ...]
    card: str = ""


class Standing(msgspec.Struct, frozen=True):
    """What notices have come to at one node: the highest number of each matter. `ended` wins over all."""

    ended: Kind | None = None
    corrected: int = 0
    contested: int = 0
    restricted: bool = False


def read_notice(text: str, keys: Mapping[str, Ed25519PublicKey]) -> Notice:
    """The notice that one of the originator's keys signed. Raises BadInput, BadNote."""
    return opened(Type.NOTICE, text, Notice, keys)


def goes_on(chain: tuple[str, ...]) -> bool:
    """Whether a chain that a partner tells can take one more node: each once, by its name, and not too many."""
    named = all(len(node) <= LONGEST_NAME and ORIGIN.fullmatch(node) for node in chain)
    return named and 0 < len(chain) < LONGEST_CHAIN and len({*chain}) == len(chain)


def _require_chain(chain: tuple[str, ...]) -> None:
    if not 0 < len(chain) <= LONGEST_CHAIN or len({*chain}) != len(chain):
        raise BadInput("the chain is empty, too long or goes in a circle", field="chain")
    if not all(len(each) <= LONGEST_NAME and ORIGIN.fullmatch(each) for each in chain):
        raise BadInput("a name in the chain is not in form", field="chain")
