"""Canaries: invented people in a set. Whoever asks for the records of one has tried out names and not investigated.

Their names are drawn from the public table of names that comes with the engine, their dates by lot; none has a key in
common with a record. They stand in the set as records do, sealed under the key of their epoch, and go with it.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sqlalchemy import Connection, Row, insert, select, update

from liaison.crosscheck.function import tokens
from liaison.crosscheck.function.eliasfano import Numbers
from liaison.crosscheck.function.keyholder import KeyHolder
from liaison.crosscheck.likeness.matchkeys import EXACT, evaluated, of_question, of_record
from liaison.crosscheck.likeness.shares import Shares
from liaison.crosscheck.recording import ITSELF, record
from liaison.matching.names.background import people_bits
from liaison.model import canonical
from liaison.model.dates import PartialDate
from liaison.model.errors import Erased
from liaison.model.roles import Role
from liaison.model.subjects import AnySubject, Name, Person
from liaison.office import Office, new_id
from liaison.officers import notices
from liaison.ports import KeyId
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.crosscheck import CANARIES, EPOCHS

WHAT = "canary-asked-about"
FEWEST, IN_TEN_THOUSAND = 4, 3
SHORTEST = 4  # letters of a name
YEARS = (1955, 2000)
TRIES = 20


@dataclass(frozen=True, slots=True)
class Met:
    """One of the subjects that were asked about, by its place from 0 on, is nobody: this canary."""

    canary: str
    epoch: str
    place: int


def due(records: int) -> int:
    """How many canaries a set of so many records gets."""
    return max(FEWEST, records * IN_TEN_THOUSAND // 10_000)


def invent(
    count: int, holder: str, shares: Shares, process: KeyHolder, taken: Numbers
) -> list[tuple[Person, Numbers]]:
    """So many invented people and the heads of their keys, none of which is among those taken; fewer where chance
    finds no more."""
    lots, made, rising = secrets.SystemRandom(), list[tuple[Person, Numbers]](), np.sort(taken)
    for _ in range(TRIES * count):
        if len(made) == count:
            break
        person = _person(lots)
        keys = [evaluated(holder, key) for key in of_record(person, shares)]
        heads = process.heads(keys)
        if len(heads) and not tokens.among(rising, heads).any():
            made.append((person, heads))
    return made


def rows(key: bytes, epoch: str, people: Iterable[Person]) -> list[dict[str, object]]:
    """Canaries as they are kept."""
    found: list[dict[str, object]] = []
    for person in people:
        id = new_id("canary")
        found.append({"id": id, "epoch": epoch, "sealed": seal(key, canonical.encode(person), _about(id))})
    return found


def put(connection: Connection, made: Sequence[dict[str, object]]) -> None:
    """Keep them, in the transaction that publishes their set."""
    if made:
        connection.execute(insert(CANARIES), list(made))


def met(office: Office, subjects: Sequence[AnySubject], *, partner: str = "", request: str = "") -> list[Met]:
    """Which of the subjects of a request are canaries: the same two names and date of birth.

    Each is told to the supervisors and stands in the ledger, with who asked and in which request.
    """
    held = _held(office)
    asked = [(place, _named(subject)) for place, subject in enumerate(subjects)] if held else []
    found = [Met(row.id, row.epoch, place) for place, names in asked for row, own in held if names & own]
    if found:
        office.write(lambda connection: _told(office, connection, found, partner, request))
    return found


def _told(office: Office, connection: Connection, found: Sequence[Met], partner: str, request: str) -> None:
    now = office.now()
    for each in found:
        told = {"partner": partner, "request": request, "epoch": each.epoch}
        record(office, connection, WHAT, ITSELF, objects=(each.canary,), detail=told)
        connection.execute(update(CANARIES).where(CANARIES.c.id == each.canary).values(met=now))
    notices.add(connection, Role.SUPERVISOR, WHAT, request or found[0].canary, now)


def _held(office: Office) -> list[tuple[Row[Any], set[bytes]]]:
    """Every canary whose epoch is not closed, with the texts of its names and date."""
    query = select(CANARIES.c.id, CANARIES.c.epoch, CANARIES.c.sealed, EPOCHS.c.key).join(EPOCHS)
    kept: list[Row[Any]] = office.read(lambda connection: list(connection.execute(query)))
    try:
        keys = office.keys.fetch([KeyId(row.key) for row in kept])
    except Erased:  # an epoch was closed meanwhile
        return []
    people = [
        canonical.decode(unseal(key, row.sealed, _about(row.id)), Person)
        for row, key in zip(kept, keys, strict=True)
    ]
    return [(row, _named(person)) for row, person in zip(kept, people, strict=True)]


def _named(subject: AnySubject) -> set[bytes]:
    keys = of_question(subject) if isinstance(subject, Person) else []
    return {key.text for key in keys if key.family == "S" and key.says == EXACT}


def _person(lots: random.Random) -> Person:
    forms, weights = _forms()
    given, surname = lots.choices(forms, weights, k=2)
    born = dt.date(lots.randint(*YEARS), lots.randint(1, 12), lots.randint(2, 28))
    name = Name(given=given.title(), surname=surname.title())
    return Person(names=(name,), born=(PartialDate(born.isoformat()),))


@cache
def _forms() -> tuple[list[str], list[float]]:
    """Forms of names, and how often each is drawn."""
    known = {form: bits for form, bits in people_bits().items() if len(form) >= SHORTEST and form.isalpha()}
    return list(known), [2.0**-bits for bits in known.values()]


def _about(canary: str) -> str:
    return f"crosscheck_canaries:{canary}"
