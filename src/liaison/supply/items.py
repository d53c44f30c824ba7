"""What is supplied of one record: signed by its originator, with the conditions inside the signature (rule L11).

Whoever holds an item, however many nodes it came through, can see that the originator wrote it so. What is passed on
may be put under further conditions and never under fewer: those of each node stand beside the item, those of the
originator in it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from enum import Enum
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from liaison.model.categories import Category
from liaison.model.errors import BadInput
from liaison.model.grounds import Purpose, offence
from liaison.model.handling import Handling
from liaison.model.holding import Assessment, Fact, Instruction
from liaison.model.scales import Graded
from liaison.model.structs import Value
from liaison.model.subjects import AnySubject, Person
from liaison.model.wanted import Wanted
from liaison.supply.signing import Type, opened, signed, told

LONGEST_CHAIN = 16  # nodes
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,119}")
LONGEST_WORDS = 2000  # signs


class Item(Value, frozen=True, kw_only=True):
    """One record as its originator supplies it. Grade and handling have no default: without them it is no item.

    `law` names the rule packs under which it was sent. `revision` grows with each correction, under the same id.
    `restricted` where the person contests it. Raises BadInput.
    """

    federation: str
    id: str
    originator: str
    revision: int
    subject: AnySubject
    category: Category | None = None
    why: str = ""
    source: str
    graded: Graded
    facts: tuple[Fact, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    handling: Handling
    purpose: Purpose
    offence: str = ""
    law: tuple[str, ...]
    instruction: Instruction | None = None
    wanted: Wanted | None = None
    retention_until: dt.date
    review_at: dt.date
    restricted: bool = False
    supersedes: str = ""
    made: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        require_name(self, "id")
        for field in ("federation", "originator", "source", "law"):
            if not getattr(self, field):
                raise BadInput(f"the {field} is empty", field=field, hint="ask the originator for it")
        if self.category is None and type(self.subject) is Person:
            raise BadInput("a person without a category", field="category", hint="ask the originator for it")
        if self.offence or self.purpose.needs_offence:
            offence(self.offence)
        if self.revision < 1 or self.made.tzinfo is None or self.review_at > self.retention_until:
            raise BadInput("a number or a date cannot be", field="revision", hint="ask the originator")


def require_name(value: Value, *fields: str) -> None:
    """Raises BadInput for what is no name that a node gives to something of its own. It stands in addresses and in
    entries, so it is short and no text."""
    for field in fields:
        if not NAME.fullmatch(getattr(value, field)):
            raise BadInput(f"the {field} is no name", field=field, hint="write a-z, 0-9 and . _ : -")


class Urgency(Value, frozen=True, kw_only=True):
    """Why it could not wait for the originator's permission: LED, article 35(2). `reasons` in a supervisor's words."""

    threat: str
    reasons: str
    at: dt.datetime

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in ("threat", "reasons"):
            if not 15 <= len(getattr(self, field)) <= LONGEST_WORDS:
                raise BadInput(
                    f"the {field} has not 15 to {LONGEST_WORDS} characters",
                    field=field,
                    hint="name the immediate and serious threat, and why it cannot wait",
                )
        if self.at.tzinfo is None:
            raise BadInput("the time has no zone", field="at", hint="times are in UTC")


class Supplied(Value, frozen=True, kw_only=True):
    """An item as a letter carries it. `chain` are the nodes it came through, the originator first, the sender last.

    Where the sender is not the originator, `card` is the originator's card as the sender vouches for it, `added` what
    the nodes between added to the handling, `consent` the originator's token, or `urgency` why there is none.
    `purpose` is what it is passed on for, where that is not what it was supplied for.
    """

    item: str
    chain: tuple[str, ...]
    card: str = ""
    added: Handling | None = None
    consent: str = ""
    urgency: Urgency | None = None
    purpose: Purpose | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not 0 < len(self.chain) <= LONGEST_CHAIN or len({*self.chain}) != len(self.chain):
            raise BadInput(
                "the chain is empty, too long or goes in a circle", field="chain", hint="ask the sender"
            )

    @property
    def originator(self) -> str:
        """Whose record it is, as the chain says."""
        return self.chain[0]


class State(Enum):
    """How an item stands at a node."""

    HELD = "held"
    RESTRICTED = "restricted"  # contested: kept, shown as such, used for nothing
    RECALLED = "recalled"
    ERASED = "erased"
    EXPIRED = "expired"  # its retention ended

    @property
    def over(self) -> bool:
        """Whether its content is gone for good."""
        return self in (State.RECALLED, State.ERASED, State.EXPIRED)


def sign_item(item: Item, key: Ed25519PrivateKey) -> str:
    """The item as its originator signs it."""
    return signed(Type.ITEM, item, key)


def read_item(text: str, keys: Mapping[str, Ed25519PublicKey]) -> Item:
    """The item that one of these keys signed. Raises BadInput, BadNote."""
    return opened(Type.ITEM, text, Item, keys)


def unverified(text: str) -> Item:
    """What an item says, its signature not looked at: to know whose key it takes, or where it was checked before."""
    return told(text, Item)


def digest(text: str) -> str:
    """SHA-256 of a signed document, in hex."""
    return sha256(text.encode()).hexdigest()
