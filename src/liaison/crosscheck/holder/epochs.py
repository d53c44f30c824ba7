"""Epochs of this node's sets: one key at a time for each class of partners who are entitled to the same records.

A class is what an agreement lets into a set. An epoch is begun for each class that somebody is in, lasts as long as
the agreement says, and is followed by another before it ends. When it is closed its two keys are destroyed, and with
them whatever was sealed: the seed that the secret comes from, and the set.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import sha256
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from liaison.crosscheck.holder import processes
from liaison.crosscheck.likeness import matchkeys
from liaison.crosscheck.messages import Of
from liaison.crosscheck.planned import actionkeys
from liaison.crosscheck.recording import ITSELF, record
from liaison.holdings.shelves import no_orphans
from liaison.model import canonical
from liaison.model.categories import Category
from liaison.model.errors import Erased, NotFound
from liaison.model.holding import State
from liaison.office import Office, new_id
from liaison.partners import directory
from liaison.partners.agreement import CROSSCHECK, DECONFLICTION, STANDING_CROSSCHECK, Agreement
from liaison.partners.directory import Partner, PartnerState
from liaison.ports import Compartment, KeyId
from liaison.storage.tables.crosscheck import BOOK, CANARIES, EPOCHS, SHARDS, VERSIONS
from liaison.storage.tables.holdings import HOLDINGS

WHAT_BEGUN, WHAT_CLOSED = "token-epoch-begun", "token-epoch-closed"
DAY = dt.timedelta(days=1)
WORDS = {  # of the kinds of exchange that entitle to a set
    Of.RECORDS: frozenset({CROSSCHECK, STANDING_CROSSCHECK}),
    Of.ACTIONS: frozenset({DECONFLICTION}),
}
NORMALISERS = {Of.RECORDS: matchkeys.VERSION, Of.ACTIONS: actionkeys.VERSION}
LEFT_OUT = msgspec.json.Decoder(dict[str, int])
GONE = 100  # where one record in so many has left, a set that publishes no changes is made anew
LOOKED_BACK = 200  # closed epochs whose keys are looked for again


class EpochState(Enum):
    """How far an epoch has come."""

    MAKING = "making"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Sharing:
    """A class of partners, by what their agreements let into the set and how long its key lasts.

    A set of actions is one `partner`'s alone: what the law lets be held against one partner's is not what it lets of
    another's, and nobody but that partner can have evaluated what is claimed to be in it.
    """

    of: Of
    categories: tuple[Category, ...]
    things: bool
    changes: bool
    epoch_days: int
    partner: str = ""  # origin

    @property
    def digest(self) -> str:
        """The class by a name that says nothing of it: SHA-256 in hex."""
        told = (self.of, self.categories, self.things, self.changes, self.epoch_days, self.partner)
        return sha256(canonical.encode(list(told))).hexdigest()


@dataclass(frozen=True, slots=True)
class Class:
    """A class, and who is in it now, by origin."""

    sharing: Sharing
    partners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Epoch:
    """One epoch as it is kept. `sharing` is its class by digest, `left_out` how many records by the name of why.

    `seed` is the key of the ring that the secret comes from, `key` the one that seals the set. `cursor` is where the
    set stands: a place in the order of changes for records, a time for actions.
    """

    id: str
    of: Of
    sharing: str
    number: int
    state: EpochState
    seed: KeyId
    key: KeyId
    public: str
    normaliser: str
    changes: bool
    begun: dt.datetime
    ends: dt.datetime
    closed: dt.datetime | None
    version: int
    people: int
    records: int
    done: int
    left_out: Mapping[str, int]
    cursor: int
    entry: int | None

    def answers_at(self, now: dt.datetime) -> bool:
        """Whether questions are answered under its key."""
        return self.state is EpochState.OPEN and self.begun <= now < self.ends


def sharing_of(agreement: Agreement, of: Of) -> Sharing | None:
    """The class that an agreement puts its partner into; None where it names no such exchange."""
    terms = agreement.crosscheck
    if terms is None or not WORDS[of] & {*agreement.exchanges}:
        return None
    if of is Of.ACTIONS:
        return Sharing(of, (), False, False, terms.epoch_days)
    return Sharing(of, terms.categories, terms.things, terms.changes, terms.epoch_days)


def class_of(partner: Partner, of: Of, now: dt.datetime) -> Sharing | None:
    """The class of a partner whose link is open; None where it is entitled to no such set."""
    if partner.state_at(now) is not PartnerState.ACTIVE or partner.agreement is None:
        return None
    sharing = sharing_of(partner.agreement, of)
    return replace(sharing, partner=partner.origin) if sharing and of is Of.ACTIONS else sharing


def classes(connection: Connection, now: dt.datetime, of: Of = Of.RECORDS) -> dict[str, Class]:
    """The classes that somebody is in, by digest."""
    found: dict[str, Class] = {}
    for partner in directory.partners(connection):
        sharing = class_of(partner, of, now)
        if sharing is not None:
            before = found.get(sharing.digest)
            found[sharing.digest] = Class(sharing, (*(before.partners if before else ()), partner.origin))
    return found


def by_id(connection: Connection, epoch: str) -> Epoch:
    """The epoch of this id. Raises NotFound."""
    row = connection.execute(select(EPOCHS).where(EPOCHS.c.id == epoch)).first()
    if row is None:
        raise NotFound
    return _of(row)


def epochs(connection: Connection, *chosen: ColumnElement[bool]) -> list[Epoch]:
    """Epochs, the newest of each class first."""
    query = select(EPOCHS).where(*chosen).order_by(EPOCHS.c["of"], EPOCHS.c["class"], EPOCHS.c.number.desc())
    return [_of(row) for row in connection.execute(query)]


def answering(connection: Connection, sharing: Sharing, now: dt.datetime) -> Epoch | None:
    """The newest epoch of a class whose set is there; None while the first is being made."""
    mine = EPOCHS.c["class"] == sharing.digest, EPOCHS.c.state == EpochState.OPEN.value
    return next((each for each in epochs(connection, *mine) if each.answers_at(now)), None)


def lead(days: int) -> dt.timedelta:
    """How long before the end of an epoch the next one is begun."""
    return min(DAY, days * DAY / 4)


def run(office: Office, of: Of = Of.RECORDS) -> list[Epoch]:
    """Close what is over, begin what is due; the epochs that are to be made now, each with partners in its class."""
    now = office.now()

    def look(connection: Connection) -> tuple[dict[str, Class], list[Epoch]]:
        held = epochs(connection, EPOCHS.c["of"] == of.value, EPOCHS.c.state != EpochState.CLOSED.value)
        return classes(connection, now, of), held

    wanted, held = office.read(look)
    for epoch in held:
        if epoch.ends <= now or epoch.sharing not in wanted:
            close(office, epoch)
    left = [each for each in held if each.ends > now and each.sharing in wanted]
    for digest, each in wanted.items():
        newest = next((epoch for epoch in left if epoch.sharing == digest), None)
        if newest is None or newest.ends - lead(each.sharing.epoch_days) <= now or _outdated(office, newest):
            left.append(begin(office, each.sharing))
    _destroy_rest(office)
    return [each for each in left if each.state is EpochState.MAKING]


def _outdated(office: Office, epoch: Epoch) -> bool:
    """Whether a set is made anew before its time: more records came than it has, so that its tokens would be too short
    for them; or, where no changes are published, so many were restricted, withdrawn or erased since yesterday."""
    if epoch.state is not EpochState.OPEN:
        return False
    if _since(office, epoch, HOLDINGS.c.state == State.LIVE.value) > epoch.records:
        return True
    if epoch.changes or office.now() < epoch.begun + DAY:
        return False
    return _since(office, epoch, HOLDINGS.c.state != State.LIVE.value) * GONE > epoch.records


def _since(office: Office, epoch: Epoch, chosen: ColumnElement[bool]) -> int:
    """How many records of this kind changed since the set was made or changed."""
    query = select(func.count()).select_from(HOLDINGS).where(HOLDINGS.c.change > epoch.cursor, chosen)
    found: int = office.read(lambda connection: connection.execute(query).scalar_one())
    return found


def end_former(connection: Connection, epoch: Epoch, now: dt.datetime) -> None:
    """Let what came before an epoch that was opened end within a day."""
    same = (EPOCHS.c["of"] == epoch.of.value) & (EPOCHS.c["class"] == epoch.sharing)
    former = same & (EPOCHS.c.number < epoch.number) & (EPOCHS.c.ends > now + DAY)
    connection.execute(update(EPOCHS).where(former).values(ends=now + DAY))


def begin(office: Office, sharing: Sharing) -> Epoch:
    """A new epoch of a class, whose set is still to be made."""
    made = office.keys.create(Compartment.CROSSCHECK, 2)
    (seed, _), (key, _) = made
    now, id = office.now(), new_id("epoch")

    def work(connection: Connection) -> Epoch:
        mine = EPOCHS.c["of"] == sharing.of.value, EPOCHS.c["class"] == sharing.digest
        last = connection.execute(select(EPOCHS.c.number).where(*mine).order_by(EPOCHS.c.number.desc()))
        number = (last.scalar() or 0) + 1
        told = {"of": sharing.of.value, "class": sharing.digest, "number": str(number)}
        entry = record(office, connection, WHAT_BEGUN, ITSELF, objects=(id,), detail=told)
        row = {"id": id, "of": sharing.of.value, "class": sharing.digest, "number": number}
        row |= {"state": EpochState.MAKING.value, "seed": seed, "key": key, "public": ""}
        row |= {
            "normaliser": NORMALISERS[sharing.of],
            "changes": sharing.changes,
            "begun": now,
            "entry": entry,
        }
        row |= {"ends": now + sharing.epoch_days * DAY, "left_out": "{}"}
        row |= dict.fromkeys(("version", "people", "records", "done", "cursor"), 0)
        connection.execute(insert(EPOCHS).values(row))
        return by_id(connection, id)

    with no_orphans(office.keys, [seed, key]):
        return office.write(work)


def close(office: Office, epoch: Epoch) -> None:
    """End an epoch: nothing is answered under its key any more, and nobody can open what was sealed."""
    closed = EpochState.CLOSED.value

    def work(connection: Connection) -> None:
        open_still = (EPOCHS.c.id == epoch.id) & (EPOCHS.c.state != closed)
        values = {"state": closed, "closed": office.now()}
        if connection.execute(update(EPOCHS).where(open_still).values(**values)).rowcount:
            for table in (SHARDS, BOOK, CANARIES):
                connection.execute(delete(table).where(table.c.epoch == epoch.id))
            connection.execute(update(VERSIONS).where(VERSIONS.c.epoch == epoch.id).values(sealed=None))
            told = {"class": epoch.sharing, "number": str(epoch.number)}
            record(office, connection, WHAT_CLOSED, ITSELF, objects=(epoch.id,), detail=told)

    office.write(work)
    processes.of(office).end(epoch.id)
    office.keys.destroy([epoch.seed, epoch.key])


def _destroy_rest(office: Office) -> None:
    """Finish what a crash left of closings."""
    query = select(EPOCHS.c.seed, EPOCHS.c.key).where(EPOCHS.c.state == EpochState.CLOSED.value)
    newest = query.order_by(EPOCHS.c.closed.desc()).limit(LOOKED_BACK)
    rows = office.read(lambda connection: list(connection.execute(newest)))
    left = [KeyId(key) for row in rows for key in (row.seed, row.key) if _is_there(office, key)]
    if left:
        office.keys.destroy(left)


def _is_there(office: Office, key: int) -> bool:
    try:
        office.keys.fetch([KeyId(key)])
    except Erased:
        return False
    return True


def _of(row: Row[Any]) -> Epoch:
    given = dict(row._mapping)
    given |= {"of": Of(row.of), "state": EpochState(row.state), "sharing": given.pop("class")}
    return Epoch(**given | {"left_out": LEFT_OUT.decode(row.left_out)})
