"""Records as the match index takes them: read a page at a time, opened, and put into columns.

What is read here is a light twin of model.holding.Version: only what is compared, as plain text, since every value
was checked when the record was written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import ColumnElement, Connection, Row, select

from liaison import policy
from liaison.holdings.shelves import AT_ONCE, OPEN, Shelf, about
from liaison.matching.columns import People, Strings, country_code, dob_code
from liaison.model.errors import Erased
from liaison.model.holding import State
from liaison.office import Office
from liaison.ports import KeyId, Keys
from liaison.storage.sealing import unseal
from liaison.storage.tables.holdings import HOLDINGS, VERSIONS

PAGE = 5_000
SEXES = {"": 0, "M": 1, "F": 2, "X": 3}


class LightName(msgspec.Struct):
    """A name."""

    given: str = ""
    surname: str = ""
    full: str = ""


class LightDocument(msgspec.Struct, tag_field="kind", tag="document"):
    """A document."""

    number: str


class LightPerson(msgspec.Struct, tag_field="kind", tag="person"):
    """A person."""

    names: list[LightName] = []
    born: list[str] = []
    sex: str = ""
    nationalities: list[str] = []
    documents: list[LightDocument] = []


class LightEnding(msgspec.Struct):
    """What ends on a day: `until` is the day from which it is found no more, as 2031-12-31; empty where unknown."""

    until: str = ""


class LightVehicle(LightEnding, tag_field="kind", tag="vehicle"):
    """A vehicle."""

    plate: str = ""
    vin: str = ""


class LightPhone(LightEnding, tag_field="kind", tag="phone"):
    """A telephone."""

    number: str = ""
    imei: str = ""


class LightAccount(LightEnding, tag_field="kind", tag="account"):
    """An account."""

    iban: str = ""
    number: str = ""
    institution: str = ""


class LightOrganisation(LightEnding, tag_field="kind", tag="organisation"):
    """An organisation."""

    names: list[str] = []
    register_number: str = ""


LightThing = LightVehicle | LightPhone | LightAccount | LightOrganisation
LightSubject = LightPerson | LightDocument | LightThing


class LightHolding(msgspec.Struct):
    """A record."""

    subject: LightSubject
    retention_until: str = ""


class LightVersion(msgspec.Struct):
    """A version."""

    holding: LightHolding


@dataclass(slots=True)
class Gathered:
    """Records that can be found, ascending by id: people (and documents), with their lists, and other things."""

    people: list[tuple[str, str, LightPerson]]
    things: list[tuple[str, str, LightThing]]


DECODE = msgspec.json.Decoder(LightVersion).decode


def findable(office: Office, now: dt.datetime) -> ColumnElement[bool]:
    """The records that a check may find: live, not overdue, of a category that the law of the node lets in."""
    categories = [category.value for category in policy.limits(office.regimes).categories]
    return (
        (HOLDINGS.c.state == State.LIVE.value)
        & (HOLDINGS.c.retention > now)
        & HOLDINGS.c.category.in_(categories)
    )


def everything(office: Office, kind: str = "") -> Gathered:
    """Every record that can be found; of one kind alone, where one is named: others are not opened."""
    gathered, last = Gathered([], []), ""
    while rows := office.read(lambda connection, after=last: _page(office, connection, after, kind)):  # type: ignore[misc]
        take(office.keys, rows, gathered)
        last = rows[-1].id
    return _ascending(gathered)


def some(office: Office, connection: Connection, ids: Sequence[str], kind: str = "") -> Gathered:
    """Those of these records that can be found; of one kind alone, where one is named."""
    gathered = Gathered([], [])
    for start in range(0, len(ids), AT_ONCE):
        chosen = HOLDINGS.c.id.in_(ids[start : start + AT_ONCE])
        query = _rows(office, kind).where(chosen)
        take(office.keys, connection.execute(query).all(), gathered)
    return _ascending(gathered)


def _ascending(gathered: Gathered) -> Gathered:
    """The same, ascending by the bytes of their ids, which is not how every database orders text."""
    gathered.people.sort(key=lambda one: one[0])
    gathered.things.sort(key=lambda one: one[0])
    return gathered


def _page(office: Office, connection: Connection, after: str, kind: str) -> Sequence[Row[Any]]:
    query = _rows(office, kind).where(HOLDINGS.c.id > after).order_by(HOLDINGS.c.id).limit(PAGE)
    return connection.execute(query).all()


def _rows(office: Office, kind: str) -> Any:
    latest = (VERSIONS.c.holding == HOLDINGS.c.id) & (VERSIONS.c.version == HOLDINGS.c.version)
    columns = (HOLDINGS.c.id, HOLDINGS.c.list, VERSIONS.c.version, VERSIONS.c.key, VERSIONS.c.sealed)
    found = findable(office, office.now())
    return select(*columns).join(VERSIONS, latest).where(found & (HOLDINGS.c.kind == kind) if kind else found)


def take(keys: Keys, rows: Sequence[Row[Any]], gathered: Gathered, shelf: Shelf = OPEN) -> None:
    """Open these rows; one whose key was destroyed meanwhile is left out."""
    for row, key in zip(rows, _fetched(keys, rows), strict=True):
        if key is None:
            continue
        holding = DECODE(unseal(key, row.sealed, about(shelf, row.id, row.version))).holding
        subject = holding.subject
        if isinstance(subject, LightPerson):
            gathered.people.append((row.id, row.list, subject))
        elif isinstance(subject, LightDocument):
            gathered.people.append((row.id, row.list, LightPerson(documents=[subject])))
        else:
            subject.until = holding.retention_until
            gathered.things.append((row.id, row.list, subject))


def _fetched(keys: Keys, rows: Sequence[Row[Any]]) -> Sequence[bytes | None]:
    try:
        return keys.fetch([KeyId(row.key) for row in rows])
    except Erased:
        return [_fetched_one(keys, row.key) for row in rows]


def _fetched_one(keys: Keys, key: int) -> bytes | None:
    try:
        return keys.fetch([KeyId(key)])[0]
    except Erased:
        return None


def columns(found: Sequence[tuple[str, str, LightPerson]]) -> People:
    """People as columns; the id of each is that of its record here."""
    names = [(at, name) for at, (_, _, one) in enumerate(found) for name in one.names or (LightName(),)]
    papers = [(at, paper.number) for at, (_, _, one) in enumerate(found) for paper in one.documents]
    lists = list(dict.fromkeys(name for _, name, _ in found)) or [""]
    number = {name: at for at, name in enumerate(lists)}
    born = _pairs([[_code(text) for text in one.born[:2]] for _, _, one in found], np.int32)
    states = _pairs([[_state(text) for text in one.nationalities[:2]] for _, _, one in found], np.uint16)
    return People(
        ids=Strings.of([id for id, _, _ in found]),
        person=np.array([at for at, _ in names], np.int32),
        given=Strings.of([name.given for _, name in names]),
        surname=Strings.of([name.surname for _, name in names]),
        full=Strings.of([name.full for _, name in names]),
        dob=born[:, 0].copy(),
        dob_alt=born[:, 1].copy(),
        sex=np.array([SEXES.get(one.sex, 0) for _, _, one in found], np.uint8),
        nationality=states[:, 0].copy(),
        nationality_alt=states[:, 1].copy(),
        documents=Strings.of([paper for _, paper in papers]),
        document_person=np.array([at for at, _ in papers], np.int32),
        source=np.array([number[name] for _, name, _ in found], np.uint16),
        lists=tuple(lists),
    )


def _pairs(values: Iterable[Sequence[int]], kind: type[np.generic]) -> Any:
    """The first two numbers of each, 0 for none: [n, 2]."""
    return np.array([(*some, 0, 0)[:2] for some in values], kind).reshape(-1, 2)


@lru_cache(1 << 17)
def _code(text: str) -> int:
    return dob_code(*(int(part) for part in text.split("-")))


@lru_cache(1 << 10)
def _state(text: str) -> int:
    return country_code(text)


def changed_ids(connection: Connection, after: int) -> Iterator[tuple[str, int]]:
    """The records that changed behind a place in the order of changes, and the place of each change."""
    query = select(HOLDINGS.c.id, HOLDINGS.c.change).where(HOLDINGS.c.change > after)
    for row in connection.execute(query.order_by(HOLDINGS.c.change)):
        yield row.id, row.change
