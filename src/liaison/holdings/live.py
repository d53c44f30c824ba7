"""The match index in memory, kept up with the records: what a check looks into.

Readers take the index that is there and keep it for as long as they look; a change makes another and puts it in its
place. A record that is taken out is out of the index that others hold as well, at once. Victims, witnesses, the
missing and children are never read here: their table is not (rule L04).
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from weakref import WeakSet

import msgspec
import numpy as np
from sqlalchemy import Connection

from liaison.holdings import indexing, snapshots
from liaison.holdings.indexing import LightThing
from liaison.holdings.shelves import last_change
from liaison.holdings.terms import Terms, terms_of
from liaison.holdings.things import Sighted, Things
from liaison.matching.index import Index
from liaison.matching.one import Checker
from liaison.matching.segment import Segment
from liaison.model.errors import DamagedIndex, NotFound
from liaison.office import Office

MOST_SEGMENTS = 32
SMALL_SHARE = 8  # the base is built anew once the rest has an eighth of its records
MOST_AT_ONCE = 100_000  # changes that are added to an index; more make a new one
THINGS = msgspec.msgpack.Decoder(dict[str, LightThing])


@dataclass(frozen=True, slots=True)
class View:
    """What readers see: people, things, and the place in the order of changes at which they stand."""

    index: Index
    things: Things
    cursor: int


class LiveIndex:
    """The records of one office that can be found. folder: where it is kept sealed between two starts, if anywhere.

    `background` lets indexes that have grown many parts be built anew in a thread of their own. Raises
    StoreUnavailable.
    """

    def __init__(self, office: Office, folder: Path | None = None, *, background: bool = False) -> None:
        self._office, self._folder, self._background = office, folder, background
        self._lock, self._building = threading.RLock(), threading.Lock()
        self._local = threading.local()
        self._rebuilding: threading.Thread | None = None
        self._key = secrets.token_bytes(32)
        self.follow: Callable[[], None] = (
            _nobody  # called after each change: what partners have follows the records
        )
        self._view = self._opened() or self._built()
        self.refresh()
        self.checker()  # makes what every checker needs, which takes longer than a request may
        _INDEXES.add(self)

    @property
    def index(self) -> Index:
        """The match index as it is now. Ids of records in it are those of holdings."""
        return self._view.index

    @property
    def cursor(self) -> int:
        """The place in the order of changes up to which the index is kept."""
        return self._view.cursor

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists that hold records which can be found."""
        return tuple(name for name in self.index.lists if name)

    def checker(self, lists: frozenset[str] | None = None) -> Checker:
        """A checker of one person for this thread, on the index as it is now."""
        index = self._view.index
        kept: tuple[Index, dict[frozenset[str] | None, Checker]] | None = getattr(self._local, "kept", None)
        if kept is None or kept[0] is not index:
            kept = self._local.kept = (index, {})
        checkers = kept[1]
        if lists not in checkers:
            if len(checkers) >= MOST_SEGMENTS:
                checkers.clear()
            checkers[lists] = Checker(index, lists)
        return checkers[lists]

    def holding_id(self, list_name: str, record_id: str) -> str:
        """The holding that a record of the index is. Raises NotFound where it is not, or no longer, in the index."""
        for segment in self._view.index.segments:
            row = _row(segment, record_id)
            if row is None or segment.removed[row]:
                continue
            if segment.lists[segment.arrays["source"][row]] == list_name:
                return record_id
        raise NotFound

    def terms(self, connection: Connection, holdings: Sequence[str]) -> Mapping[str, Terms]:
        """The conditions of records by their ids; a record that is gone is left out."""
        return terms_of(self._office, connection, holdings)

    def vehicles(self, plate: str, *, confusable: bool = False) -> list[Sighted]:
        """The vehicles whose plate is this one or, where asked, is easily taken for it."""
        things, today = self._view.things, self._today()
        found = things.vehicles(plate, confusable=confusable)
        return [seen for seen in found if not things.ended(seen.holding, today)]

    def of_marks(self, marks: Sequence[str]) -> list[tuple[int, Sighted]]:
        """Every vehicle whose plate is one of these marks, in ASCII capitals and digits, or is easily taken for it,
        with the mark's place."""
        things, today = self._view.things, self._today()
        found = things.of_marks(marks)
        return [(place, seen) for place, seen in found if not things.ended(seen.holding, today)]

    def exact(self, kind: str, text: str) -> list[str]:
        """The holdings of a number: kind is phone, imei, iban, vin, account, register or organisation."""
        things, today = self._view.things, self._today()
        return [holding for holding in things.find(kind, text) if not things.ended(holding, today)]

    def _today(self) -> str:
        return self._office.now().date().isoformat()

    def refresh(self) -> int:
        """Take in every change since the last time; how many records it touched."""
        with self._lock:
            cursor, ids = self._office.read(lambda connection: _changes(connection, self._view.cursor))
            many = len(ids) > MOST_AT_ONCE or _is_small(self.index, len(ids))
            if not many:
                self._view = self._with(self._view, ids, cursor)
        if many and not self._building.acquire(blocking=False):
            return 0  # what is being built takes these changes in before it is shown
        if many:
            try:
                self._build_anew()
            finally:
                self._building.release()
        self._tidy()
        return len(ids)

    def take_out(self, holdings: Iterable[str]) -> None:
        """Let these be found no more, from now on, by whoever looks. Snapshots are the caller's concern."""
        with self._lock:
            ids = list(holdings)
            _remove(self._view.index, ids)
            self._view = replace(self._view, things=self._view.things.changed(ids, {}))

    def rebuild(self) -> None:
        """Build the index anew from the records; what was there serves until it is done."""
        with self._building:
            self._build_anew()

    def _build_anew(self) -> None:
        built = self._built()
        with self._lock:
            cursor, ids = self._office.read(lambda connection: _changes(connection, built.cursor))
            self._view = self._with(built, ids, cursor)

    def save(self) -> Path | None:
        """Keep the index on disk, sealed; None where there is no folder. Raises OSError.

        An index that something was taken out of still has its letters, and is built anew first.
        """
        if self._folder is None:
            return None
        if any(segment.removed_count for segment in self.index.segments):
            self.rebuild()
        with self._lock:
            view = self._view
            things = msgspec.msgpack.encode(view.things.held)
            return snapshots.save(
                self._office, self._folder, snapshots.Snapshot(view.index, things, view.cursor)
            )

    def close(self) -> None:
        """Wait for what is being built, and be told of no more changes."""
        _INDEXES.discard(self)
        if self._rebuilding is not None:
            self._rebuilding.join()

    def serves(self, office: Office) -> bool:
        """Whether this is an index of that office."""
        return self._office.store is office.store

    def _opened(self) -> View | None:
        if self._folder is None:
            return None
        try:
            kept = snapshots.load(self._office, self._folder)
        except DamagedIndex:
            return None  # the records are what counts; the index is made from them again
        if kept is None:
            return None
        return View(kept.index, Things(self._key, THINGS.decode(kept.things)), kept.cursor)

    def _built(self) -> View:
        cursor = self._office.read(last_change)
        gathered = indexing.everything(self._office)
        things = Things(self._key, {id: thing for id, _, thing in gathered.things})
        return View(Index.build(indexing.columns(gathered.people)), things, cursor)

    def _with(self, view: View, ids: Sequence[str], cursor: int) -> View:
        """The view with changes up to `cursor`. Its index is not changed, but for what is taken out of it."""
        if not ids:
            return replace(view, cursor=cursor)
        _remove(view.index, ids)
        found = self._office.read(lambda connection: indexing.some(self._office, connection, ids))
        index = view.index
        if found.people:
            index = Index(index.segments)
            index.add(indexing.columns(found.people))
        things = view.things.changed(ids, {id: thing for id, _, thing in found.things})
        return View(index, things, cursor)

    def _tidy(self) -> None:
        """Make one part of many, in the background where that is wanted."""
        if len(self.index.segments) <= MOST_SEGMENTS or (self._rebuilding and self._rebuilding.is_alive()):
            return
        if not self._background:
            self._merge()
            return
        self._rebuilding = threading.Thread(target=self._merge, name="index", daemon=True)
        self._rebuilding.start()

    def _merge(self) -> None:
        """Make the small parts one; the first as well, once they have grown to an eighth of it."""
        first, *small = self.index.segments
        if sum(map(len, small)) * SMALL_SHARE > len(first):
            self.rebuild()
            return
        with self._lock:
            view = self._view
            ids = [id for segment in view.index.segments[1:] for id in _present(segment)]
            found = self._office.read(lambda connection: indexing.some(self._office, connection, ids))
            merged = Index(view.index.segments[:1])
            if found.people:
                merged.add(indexing.columns(found.people))
            self._view = replace(view, index=merged)


_INDEXES: WeakSet[LiveIndex] = WeakSet()


def changed(office: Office) -> None:
    """Let every index of this office take in what has changed."""
    for live in _of(office):
        live.refresh()
        live.follow()


def taken_out(office: Office, holdings: Sequence[str]) -> None:
    """Let these records be found no more in any index of this office, before this returns."""
    for live in _of(office):
        live.take_out(holdings)
        live.follow()


def _of(office: Office) -> list[LiveIndex]:
    return [live for live in _INDEXES if live.serves(office)]


def _nobody() -> None:
    """Nothing follows the records: a test, or a verb of the command line."""


def _changes(connection: Connection, after: int) -> tuple[int, list[str]]:
    rows = list(indexing.changed_ids(connection, after))
    return last_change(connection), [id for id, _ in rows]


def _is_small(index: Index, changes: int) -> bool:
    """Whether an index is so small beside its changes that its statistics say nothing of them."""
    return changes * SMALL_SHARE > len(index.segments[0])


def _remove(index: Index, holdings: Iterable[str]) -> None:
    for id in holdings:
        for segment in index.segments:
            row = _row(segment, id)
            if row is not None and not segment.removed[row]:
                segment.removed[row] = 1
                segment.removed_count += 1


def _row(segment: Segment, id: str) -> int | None:
    """Where a record stands in a segment: its ids are of one length and ascend."""
    ids, wanted = segment.strings("ids"), id.encode()
    width = int(ids.ends[1]) if len(ids) else 0
    if not width or len(wanted) != width:
        return None
    texts = ids.data[: width * len(ids)].view(f"S{width}")
    at = int(np.searchsorted(texts, np.bytes_(wanted)))
    return at if at < len(ids) and texts[at] == wanted else None


def _present(segment: Segment) -> list[str]:
    ids = segment.strings("ids")
    return [ids[int(row)] for row in np.flatnonzero(segment.removed == 0)]
