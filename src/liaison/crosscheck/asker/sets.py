"""Partners' token sets: fetched whole, held against what the partner signed, and kept sealed.

Every shard is fetched, always, or the change from one state to the next: which shard one fetches would say something
of whom one looks for. A set never goes back to a state before the one that was seen.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from liaison.crosscheck.asker.lines import Line, Refused
from liaison.crosscheck.asker.states import LegState
from liaison.crosscheck.function import tokens
from liaison.crosscheck.function.tokens import Outline, TokenSet
from liaison.crosscheck.likeness.matchkeys import VERSION
from liaison.crosscheck.messages import Of, Published, Rejection, parted
from liaison.crosscheck.recording import ITSELF, record
from liaison.holdings.shelves import no_orphans
from liaison.ledger.tree import leaf_hash
from liaison.model import canonical
from liaison.model.errors import (
    BadInput,
    BadNote,
    DamagedSet,
    LiaisonError,
    NotFound,
    OtherNormaliser,
    WrongKey,
)
from liaison.office import Office, new_id
from liaison.partners.directory import Partner
from liaison.ports import Compartment, KeyId
from liaison.storage.rings import EachRing
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.crosscheck import LEGS, SET_SHARDS, SETS
from liaison.supply import signing
from liaison.supply.signing import Type
from liaison.transport.calls import code_of
from liaison.transport.channel import Unreachable

WHAT_FETCHED, WHAT_REJECTED, WHAT_DROPPED = (
    "partner-set-fetched",
    "partner-set-rejected",
    "partner-set-forgotten",
)
FRESH = dt.timedelta(minutes=1)  # in which a set is not asked for again before a session
DAILY = dt.timedelta(days=1)
AT_ONCE = 3 << 20  # bytes of shards asked for with one call; the holder sends 4 MiB at most
MOST_STEPS = 40  # changes in a row, before the whole set is the shorter way
MOST_OPEN = 512 << 20  # bytes of sets that are kept open in memory
FAULTS = (DamagedSet, WrongKey, OtherNormaliser, BadNote, BadInput)


@dataclass(frozen=True, slots=True)
class Kept:
    """A partner's set as it is here. `fetched` is when the partner last said that it is the newest."""

    id: str
    partner: str
    published: Published
    tokens: TokenSet
    fetched: dt.datetime


@dataclass(slots=True)
class _Open:
    """Sets that were unsealed once, the one that was not used for longest first."""

    held: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)
    fetching: dict[tuple[str, Of], threading.Lock] = field(default_factory=dict)

    def get(self, name: str) -> Kept | None:
        with self.lock:
            if name in self.held:
                self.held.move_to_end(name)
            return self.held.get(name)

    def put(self, kept: Kept) -> None:
        with self.lock:
            self.held = OrderedDict(
                (name, each)
                for name, each in self.held.items()
                if (each.partner, each.published.of) != (kept.partner, kept.published.of)
            )
            self.held[kept.id] = kept
            while len(self.held) > 1 and sum(map(_size, self.held.values())) > MOST_OPEN:
                self.held.popitem(last=False)

    def drop(self, name: str) -> None:
        with self.lock:
            self.held.pop(name, None)

    def one_at_a_time(self, partner: str, of: Of) -> threading.Lock:
        with self.lock:
            return self.fetching.setdefault((partner, of), threading.Lock())


_OPEN = EachRing(lambda keys: _Open())


def held(office: Office, partner: str, of: Of = Of.RECORDS) -> Kept:
    """The set of a partner that is here. Raises NotFound where none was fetched."""
    row = office.read(lambda connection: _row(connection, partner, of))
    if row is None:
        raise NotFound
    known = _OPEN.of(office.keys).get(row.id)
    return known if known is not None and known.fetched == row.fetched else _unsealed(office, row)


def fresh(office: Office, line: Line, of: Of = Of.RECORDS, within: dt.timedelta = FRESH) -> Kept:
    """The partner's newest set, asked for again where that is longer ago than `within`.

    Raises Unreachable, Refused; and, once it is on the ledger, DamagedSet, WrongKey, OtherNormaliser, BadNote, BadInput
    for what is not as it was signed, or older than what was seen.
    """
    with _OPEN.of(office.keys).one_at_a_time(line.origin, of):
        try:
            kept = held(office, line.origin, of)
        except NotFound:
            return renewed(office, line, None, of)
        recent = office.now() - kept.fetched < within
        return kept if recent else renewed(office, line, kept, of)


def at_hand(office: Office, partner: str, of: Of = Of.RECORDS) -> Kept | None:
    """The partner's set, where it is open here and need not be asked for again: no call, and no wait."""
    row = office.read(lambda connection: _row(connection, partner, of))
    kept = None if row is None else _OPEN.of(office.keys).get(row.id)
    if row is None or kept is None or kept.fetched != row.fetched:
        return None
    now = office.now()
    return kept if now - kept.fetched < FRESH and now < kept.published.ends else None


def renewed(office: Office, line: Line, before: Kept | None, of: Of) -> Kept:
    """The partner's newest set, whatever is here. Raises as `fresh`."""
    told: Published | None = None
    try:
        partner = line.partner()
        document = line.ask("GET", f"/crosscheck/set/{of.value}").decode("ascii", "replace")
        told = signing.opened(Type.TOKEN_SET, document, Published, signing.keys_of(partner.cards))
        return _renewed(office, line, before, of, (partner, told, document))
    except FAULTS as error:
        rejected(office, line, of, told, error)
        raise


def rejected(office: Office, line: Line, of: Of, told: Published | None, error: LiaisonError) -> None:
    """Record that what a partner sent of its set was not taken, and tell the partner, where it can be told."""
    detail = {"partner": line.origin, "code": code_of(error)}
    office.write(lambda connection: record(office, connection, WHAT_REJECTED, ITSELF, detail=detail))
    epoch, version = (told.epoch, told.version) if told is not None else ("", 0)
    try:
        said = canonical.encode(Rejection(of=of, epoch=epoch, version=version, code=code_of(error)))
        line.ask("POST", "/crosscheck/refused", said)
    except (Unreachable, LiaisonError):
        return  # what counts is that nothing was taken


def _renewed(
    office: Office, line: Line, before: Kept | None, of: Of, given: tuple[Partner, Published, str]
) -> Kept:
    partner, told, document = given
    _require_own(told, partner, of)
    tokens.require_outline(told.outline)
    if before is not None:
        same = _require_newer(told, before.published)
        moved_on = told.epoch != before.published.epoch
        if same or (moved_on and _in_use(office, before)):
            return _seen_again(office, before)
    found = None
    if before is not None and told.epoch == before.published.epoch:
        found = _changed(office, line, before, told)
    return _keep(office, partner, told, document, found or _whole(line, told))


def drop(office: Office, row: Row[Any]) -> None:
    """Destroy the set of this row, if it is here still."""
    opened = _OPEN.of(office.keys)
    with opened.one_at_a_time(row.partner, Of(row.of)):
        office.keys.destroy([KeyId(row.key)])  # first: what a stop leaves of the rows is found again

        def work(connection: Connection) -> None:
            connection.execute(delete(SET_SHARDS).where(SET_SHARDS.c.set == row.id))
            if connection.execute(delete(SETS).where(SETS.c.id == row.id)).rowcount:
                detail = {"partner": row.partner, "version": str(row.version)}
                record(
                    office,
                    connection,
                    WHAT_DROPPED,
                    ITSELF,
                    digest=row.root,
                    objects=(row.epoch,),
                    detail=detail,
                )

        office.write(work)
        opened.drop(row.id)


def _require_own(told: Published, partner: Partner, of: Of) -> None:
    """Raises BadInput for another's set, OtherNormaliser for one whose keys are made otherwise."""
    if told.holder != partner.origin or told.of is not of:
        raise BadInput("the set is not the one that was asked for", field="holder")
    if told.normaliser != VERSION:
        raise OtherNormaliser(
            f"{partner.origin} makes its keys by {told.normaliser}, and this node by {VERSION}"
        )


def _require_newer(told: Published, before: Published) -> bool:
    """Whether it is the very state that is here. Raises DamagedSet for one before it, WrongKey for another key."""
    if told.epoch != before.epoch:
        if told.begun < before.begun:
            raise DamagedSet("the set is of an older epoch than the one that is here")
        return False
    if told.public != before.public:
        raise WrongKey("the epoch has another key than before")
    if told.version < before.version:
        raise DamagedSet("the set is older than the one that is here")
    if told.version > before.version:
        return False
    if told.outline != before.outline:
        raise DamagedSet("one state of the set was signed twice, and not alike")
    return True


def _in_use(office: Office, kept: Kept) -> bool:
    """Whether a session is being asked under this set's key, which the holder answers until the epoch's end."""
    if office.now() >= kept.published.ends:
        return False
    mine = (LEGS.c.partner == kept.partner) & (LEGS.c.epoch == kept.published.epoch)
    running = mine & (LEGS.c.state == LegState.RUNNING.value) & (LEGS.c.answered > 0)
    query = select(LEGS.c.id).where(running).limit(1)
    return office.read(lambda connection: connection.execute(query).first()) is not None


def _seen_again(office: Office, kept: Kept) -> Kept:
    now = office.now()
    here = SETS.c.id == kept.id
    office.write(lambda connection: connection.execute(update(SETS).where(here).values(fetched=now)))
    again = Kept(kept.id, kept.partner, kept.published, kept.tokens, now)
    _OPEN.of(office.keys).put(again)
    return again


def _whole(line: Line, told: Published) -> TokenSet:
    """Every shard, each held against what was signed as it comes. Raises DamagedSet."""
    outline = told.outline
    longest = tokens.longest_shard(outline)
    total = len(outline.digests)
    each = max(1, outline.count * outline.width // 8 // max(total, 1))  # bytes of a shard, at the most, about
    step = max(1, AT_ONCE // each)
    shards: list[bytes] = []
    for first in range(0, total, step):
        last = min(first + step, total) - 1
        body = line.ask("GET", f"/crosscheck/shards/{told.epoch}/{told.version}/{first}-{last}")
        try:
            came = parted(body, last - first + 1)
        except BadInput as error:
            raise DamagedSet("what came is not the shards that were asked for") from error
        for digest, shard in zip(outline.digests[first : last + 1], came, strict=True):
            if len(shard) > longest or leaf_hash(shard) != digest:
                raise DamagedSet("a shard is not the one that was signed")
        shards += came
    return tokens.opened(outline, shards)


def _changed(office: Office, line: Line, before: Kept, told: Published) -> TokenSet | None:
    """The set by the changes since the state that is here; None where the whole has to be fetched."""
    if not told.changes or told.version - before.published.version > MOST_STEPS:
        return None
    found = before.tokens
    try:
        for version in range(before.published.version, told.version):
            found = tokens.changed(found, line.ask("GET", f"/crosscheck/changes/{told.epoch}/{version}"))
        if found.outline != told.outline:
            raise DamagedSet("the changes do not lead to the set that was signed")
    except Refused:
        return None
    except DamagedSet as error:
        rejected(office, line, told.of, told, error)
        return None
    return found


def _keep(office: Office, partner: Partner, told: Published, document: str, found: TokenSet) -> Kept:
    """Put a set in the place of the one before."""
    ((key, secret),) = office.keys.create(Compartment.CROSSCHECK)
    name, now, root = new_id("set"), office.now(), told.outline.root.hex()
    rows = [
        {"set": name, "number": number, "sealed": seal(secret, shard, _about(name, number))}
        for number, shard in enumerate(found.shards)
    ]

    def work(connection: Connection) -> list[KeyId]:
        detail = {"partner": partner.origin, "version": str(told.version), "count": str(told.count)}
        entry = record(
            office, connection, WHAT_FETCHED, ITSELF, digest=root, objects=(told.epoch,), detail=detail
        )
        former = _row(connection, partner.origin, told.of)
        if former is not None:
            connection.execute(delete(SET_SHARDS).where(SET_SHARDS.c.set == former.id))
            connection.execute(delete(SETS).where(SETS.c.id == former.id))
        values = {
            each: getattr(told, each) for each in ("epoch", "version", "public", "people", "begun", "ends")
        }
        values |= {"id": name, "partner": partner.origin, "of": told.of.value, "root": root, "key": key}
        values |= {"document": document, "fetched": now, "entry": entry}
        connection.execute(insert(SETS).values(values))
        connection.execute(insert(SET_SHARDS), rows)
        return [] if former is None else [KeyId(former.key)]

    with no_orphans(office.keys, [key]):
        former = office.write(work)
    office.keys.destroy(former)
    kept = Kept(name, partner.origin, told, found, now)
    _OPEN.of(office.keys).put(kept)
    return kept


def _unsealed(office: Office, row: Row[Any]) -> Kept:
    """A set as it stands in the database, held once more against what was signed. Raises DamagedSet."""
    query = select(SET_SHARDS).where(SET_SHARDS.c.set == row.id).order_by(SET_SHARDS.c.number)
    shards = office.read(lambda connection: connection.execute(query).all())
    (key,) = office.keys.fetch([KeyId(row.key)])
    told = signing.told(row.document, Published)
    outline: Outline = told.outline
    found = tokens.opened(outline, [unseal(key, each.sealed, _about(row.id, each.number)) for each in shards])
    kept = Kept(row.id, row.partner, told, found, row.fetched)
    _OPEN.of(office.keys).put(kept)
    return kept


def _row(connection: Connection, partner: str, of: Of) -> Row[Any] | None:
    here = (SETS.c.partner == partner) & (SETS.c.of == of.value)
    return connection.execute(select(SETS).where(here)).first()


def _about(name: str, number: int) -> str:
    return f"crosscheck_set_shards:{name}:{number}"


def _size(kept: Kept) -> int:
    return sum(map(len, kept.tokens.shards))
