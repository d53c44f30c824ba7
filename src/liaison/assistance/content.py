"""What stands sealed of a request: its opening, its subjects and what the check found of each. One key for each row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from liaison.assistance.messages import Entry, Opening
from liaison.model.canonical import decoder, encode
from liaison.model.structs import Value
from liaison.office import Office
from liaison.ports import Compartment, KeyId
from liaison.screening.content import Shown, Why
from liaison.storage.sealing import seal, unseal

T = TypeVar("T")
Key = tuple[KeyId, bytes]


class FoundHit(Value, frozen=True, kw_only=True):
    """A record that may be the subject: a lead for a person. `score` in 1/10,000 bit, `chance` in millionths."""

    holding: str
    score: int
    chance: int
    subject: Shown
    record: Shown
    reasons: tuple[Why, ...]


class Found(Value, frozen=True, kw_only=True):
    """What the check of one subject found, strongest first, and how many more there were."""

    hits: tuple[FoundHit, ...] = ()
    more: int = 0


class Words(Value, frozen=True, kw_only=True):
    """A text that a person wrote."""

    text: str


class Bad(Value, frozen=True, kw_only=True):
    """A row of a list, or one field of it, that could not be used; row 0 is the whole list."""

    row: int
    field: str
    reason: str


class ListSaid(Value, frozen=True, kw_only=True):
    """What a list was called, and what was wrong with it."""

    name: str
    bad: tuple[Bad, ...] = ()
    notes: tuple[str, ...] = ()


def keys(office: Office, count: int = 1) -> list[Key]:
    """New keys, made before the transaction that uses them."""
    return office.keys.create(Compartment.ASSISTANCE, count) if count else []


def sealed(key: Key, value: object, about: str) -> bytes:
    """A value in canonical form, sealed for the row `about`."""
    return seal(key[1], encode(value), about)


def open_as(office: Office, key: int, content: bytes, about: str, kind: type[T]) -> T:
    """A sealed value. Raises Erased, StoreUnavailable."""
    return read_as(unseal(office.keys.fetch([KeyId(key)])[0], content, about), kind)


def read_as(content: bytes, kind: type[T]) -> T:
    """A value of its canonical bytes, which this node wrote and which are not compared with the form again."""
    return decoder(kind).decode(content)


def opening_of(office: Office, row: Any) -> Opening:
    """The opening of a request's row. Raises Erased."""
    return open_as(office, row.key, row.sealed, request_about(row.id), Opening)


def entries_of(office: Office, rows: Sequence[Any]) -> list[Entry]:
    """The entries of subjects' rows, in order. Raises Erased."""
    held = office.keys.fetch([KeyId(row.key) for row in rows])
    return [
        read_as(unseal(key, row.sealed, subject_about(row.request_id, row.number)), Entry)
        for key, row in zip(held, rows, strict=True)
    ]


def found_of(office: Office, row: Any) -> Found:
    """What the check found of a subject; nothing before it. Raises Erased."""
    if row.found is None:
        return Found()
    return open_as(office, row.key, row.found, found_about(row.request_id, row.number), Found)


def request_about(request: str) -> str:
    """What a request's seal is bound to."""
    return f"assistance_requests:{request}"


def subject_about(request: str, number: int) -> str:
    """What a subject's seal is bound to."""
    return f"assistance_subjects:{request}:{number}"


def found_about(request: str, number: int) -> str:
    """What the seal of a subject's results is bound to."""
    return f"assistance_subjects.found:{request}:{number}"
