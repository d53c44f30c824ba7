"""What stands sealed of a session: its title, its subjects, and the outputs while they are needed. One key for each
session: to destroy it, and the key that is the seed, is to erase whom it was about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from liaison.model.canonical import decoder, encode
from liaison.model.structs import Value
from liaison.model.subjects import AnySubject
from liaison.office import Office
from liaison.ports import KeyId
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.crosscheck import ASKED


class Bad(Value, frozen=True, kw_only=True):
    """A row of a list, or one field of it, that could not be used; row 0 is the whole list."""

    row: int
    field: str
    reason: str


class Said(Value, frozen=True, kw_only=True):
    """What a session is called, and what was wrong with its list."""

    title: str
    bad: tuple[Bad, ...] = ()
    notes: tuple[str, ...] = ()


class Entry(Value, frozen=True, kw_only=True):
    """One subject, and what the list calls it."""

    subject: AnySubject
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The two keys of a session: what seals it, and the seed that every blind comes from."""

    key: bytes
    seed: bytes


def secrets_of(office: Office, session: Row[Any]) -> Secrets:
    """The keys of a session that was loaded. Raises Erased."""
    key, seed = office.keys.fetch([KeyId(session.key), KeyId(session.seed)])
    return Secrets(key, seed)


def said_of(key: bytes, session: Row[Any]) -> Said:
    """What is sealed of a session itself."""
    return decoder(Said).decode(unseal(key, session.sealed, session_about(session.id)))


def sealed_said(key: bytes, session: str, said: Said) -> bytes:
    """The same, sealed."""
    return seal(key, encode(said), session_about(session))


def sealed_entry(key: bytes, session: str, number: int, entry: Entry) -> bytes:
    """One subject, sealed."""
    return seal(key, encode(entry), subject_about(session, number))


def entries(
    connection: Connection, key: bytes, session: str, numbers: Sequence[int] | None = None
) -> dict[int, Entry]:
    """The subjects of a session by their numbers, in order; all of them, or these."""
    chosen = ASKED.c.session == session
    if numbers is not None:
        chosen &= ASKED.c.number.in_(numbers)
    rows = connection.execute(select(ASKED).where(chosen).order_by(ASKED.c.number)).all()
    read = decoder(Entry)
    return {
        row.number: read.decode(unseal(key, row.sealed, subject_about(session, row.number))) for row in rows
    }


def subjects_of(held: Mapping[int, Entry]) -> dict[int, AnySubject]:
    """The subjects alone, by their numbers."""
    return {number: entry.subject for number, entry in held.items()}


def session_about(session: str) -> str:
    """What a session's seal is bound to."""
    return f"crosscheck_sessions:{session}"


def subject_about(session: str, number: int) -> str:
    """What a subject's seal is bound to."""
    return f"crosscheck_subjects:{session}:{number}"


def batch_about(leg: str, number: int) -> str:
    """What the seal of a batch's outputs is bound to."""
    return f"crosscheck_batches:{leg}:{number}"
