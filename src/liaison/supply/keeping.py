"""How items are kept: sealed under keys of their own, which are destroyed once the change that ends them is durable."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, delete, insert, select

from liaison.model import canonical
from liaison.model.handling import Handling
from liaison.model.structs import Value
from liaison.office import Office
from liaison.partners import directory
from liaison.ports import Compartment, KeyId, Keys
from liaison.storage.rings import EachRing
from liaison.storage.sealing import seal, unseal
from liaison.storage.stock import Stock
from liaison.storage.tables.supply import KEYS_DUE
from liaison.supply.items import Item, unverified

_STOCKS = EachRing(lambda keys: Stock(keys, Compartment.SUPPLY))
SEPARATOR = " "  # between the origins of a chain, and between codes


class Kept(Value, frozen=True, kw_only=True):
    """An item as it is sealed: the originator's words, its card where it was vouched for, what others added."""

    item: str
    card: str = ""
    added: Handling | None = None

    @property
    def content(self) -> Item:
        """What it says; its signature was checked before it was kept."""
        return unverified(self.item)


@dataclass(frozen=True, slots=True)
class Sealed:
    """Content as a row holds it."""

    key: int
    sealed: bytes


def sealed(keys: Keys, contents: Sequence[tuple[str, bytes]]) -> list[Sealed]:
    """Each content under a new key; the first of each pair names its row."""
    made = _stock(keys).take(len(contents))
    return [
        Sealed(int(key_id), seal(key, content, about))
        for (about, content), (key_id, key) in zip(contents, made, strict=True)
    ]


def _stock(keys: Keys) -> Stock:
    """The stock of this key ring: one commit of the ring serves many items."""
    return _STOCKS.of(keys)


def opened(keys: Keys, key: int, content: bytes, about: str) -> bytes:
    """The content of a row. Raises Erased, StoreUnavailable."""
    return unseal(keys.fetch([KeyId(key)])[0], content, about)


def under(keys: Keys, key: int, content: bytes, about: str) -> bytes:
    """More content under the key of a row. Raises Erased."""
    return seal(keys.fetch([KeyId(key)])[0], content, about)


def kept(keys: Keys, key: int, content: bytes, item: str) -> Kept:
    """An item that was kept. Raises Erased, StoreUnavailable."""
    return canonical.decode(opened(keys, key, content, about_item(item)), Kept)


def written(value: msgspec.Struct) -> bytes:
    """A value as it is sealed."""
    return canonical.encode(value)


def about_item(item: str) -> str:
    """The name of an item's row."""
    return f"supply:{item}"


def chain_text(chain: Iterable[str]) -> str:
    """A chain as it is kept: origins hold no space."""
    return SEPARATOR.join(chain)


def chain_of(text: str) -> tuple[str, ...]:
    """The chain of a text."""
    return tuple(text.split(SEPARATOR)) if text else ()


def codes_text(handling: Handling) -> str:
    """Handling codes as a column holds them."""
    return SEPARATOR.join(code.value for code in handling.codes)


def origin(connection: Connection) -> str:
    """The name of this node. Raises NotFound before it has a card."""
    return directory.own_card(connection).card.origin


def destroy_later(connection: Connection, item: str, keys: Iterable[int | None]) -> None:
    """Have keys destroyed once this transaction is durable: `destroy_due` does it, also after a crash."""
    due = {key for key in keys if key is not None}
    held = connection.execute(select(KEYS_DUE.c.key).where(KEYS_DUE.c.key.in_(due))).scalars() if due else ()
    rows = [{"key": key, "item": item} for key in sorted(due - {*held})]
    if rows:
        connection.execute(insert(KEYS_DUE), rows)


def destroy_due(office: Office) -> int:
    """Destroy what is due; how many keys there were."""
    due = office.read(lambda connection: list(connection.execute(select(KEYS_DUE.c.key)).scalars()))
    if not due:
        return 0
    office.keys.destroy([KeyId(key) for key in due])
    gone = delete(KEYS_DUE).where(KEYS_DUE.c.key.in_(due))
    office.write(lambda connection: connection.execute(gone))
    return len(due)
