"""Making a set of this node's records, in the background: two passes over them, then tokens, signature and ledger.

The first pass counts how common names are, the second makes keys and has them evaluated by the key's process. Every
page of it is kept, sealed, so that a node that stops goes on where it was. Subjects are not kept; between two pages
others have their turn.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import Connection, update

from liaison.crosscheck.function import tokens
from liaison.crosscheck.function.eliasfano import Numbers
from liaison.crosscheck.function.keyholder import KeyHolder
from liaison.crosscheck.holder import book, canaries, epochs, processes, publishable, versions
from liaison.crosscheck.holder.book import Piece, Survey
from liaison.crosscheck.holder.epochs import Epoch, EpochState
from liaison.crosscheck.holder.light import keys_of, known
from liaison.crosscheck.holder.publishable import Looked
from liaison.crosscheck.holder.rules import CrosscheckTerms
from liaison.crosscheck.likeness.matchkeys import evaluated
from liaison.crosscheck.likeness.shares import Shares
from liaison.office import Office
from liaison.storage.tables.crosscheck import EPOCHS
from liaison.transport.means import Means

WHAT = "token-set-published"
PAUSE = 0.01  # seconds between two pages
KEPT_EACH = 20  # pages of the first pass


class Stopped(Exception):
    """The node stops; what was made so far is kept."""


@dataclass(frozen=True, slots=True)
class Making:
    """What is needed to make keys of an epoch's records."""

    office: Office
    means: Means
    epoch: Epoch
    terms: CrosscheckTerms
    key: bytes  # that seals
    process: KeyHolder

    def piece(self, looked: Sequence[Looked], shares: Shares) -> Piece:
        """The heads of these records' keys; of those that may not become any there is nothing in it."""
        holder, inputs = self.means.origin, list[bytes]()
        ids, counts = list[str](), list[int]()
        for each in looked:
            if each.subject is not None:
                keys = keys_of(each.subject, shares)
                inputs += [evaluated(holder, key) for key in keys]
                ids.append(each.id)
                counts.append(len(keys))
        heads = self.process.heads(inputs) if inputs else book.NOTHING
        return book.piece_of(looked[-1].id if looked else "", ids, counts, heads)


def run(office: Office, means: Means) -> None:
    """Begin and close what is due, and make every set that waits for it; it returns early where the node stops."""
    for epoch in epochs.run(office):
        if processes.of(office).stopping.is_set():
            return
        make(office, means, epoch)


def started(office: Office, means: Means, epoch: Epoch, sharing: epochs.Sharing) -> Making:
    """The means to make keys of an epoch. Raises WrongKey, Erased, KeyProcessLost."""
    return Making(
        office,
        means,
        epoch,
        publishable.terms_of(office, sharing),
        office.keys.fetch([epoch.key])[0],
        process_of(office, means, epoch),
    )


def process_of(office: Office, means: Means, epoch: Epoch) -> KeyHolder:
    """The process with the key of an epoch. Raises WrongKey, Erased, KeyProcessLost."""
    words = processes.key_words(means.origin, epoch.sharing, epoch.id)
    return processes.of(office).take(office.keys, epoch.id, epoch.seed, words, epoch.public)


def make(office: Office, means: Means, epoch: Epoch) -> None:
    """Make the set of an epoch, from where it was left, and publish it; where the node stops, it is left again."""
    held = office.read(lambda connection: epochs.classes(connection, office.now(), epoch.of))
    if epoch.sharing not in held:
        return
    making = started(office, means, epoch, held[epoch.sharing].sharing)
    try:
        surveyed = _surveyed(making)
        _keyed(making, surveyed.shares)
        publish(making, surveyed)
    except Stopped:
        making.process.close()  # it may have been started again for the last page


def _surveyed(making: Making) -> Survey:
    """The first pass: the shares of names among the records that may be published."""
    held = book.survey(making.office, making.key, making.epoch)
    cursor = publishable.place(making.office) if not held.last else None
    pages = 0
    while not held.whole:
        looked = _turn(making, held.last)
        for each in looked:
            person = known(each.subject) if each.subject is not None else None
            if person is not None:
                held.shares.count(person.names, person.dates, person.place)
        held = replace(held, last=looked[-1].id if looked else held.last, whole=not looked)
        pages += 1
        if held.whole or pages % KEPT_EACH == 0:
            _keep_survey(making, held, cursor)
            cursor = None
    return held


def _keep_survey(making: Making, held: Survey, cursor: int | None) -> None:
    row = book.sealed(making.key, making.epoch.id, book.SURVEY, held)
    public = making.process.public().hex()

    def work(connection: Connection) -> None:
        book.put(connection, [row])
        values = {"public": public} | ({} if cursor is None else {"cursor": cursor})
        change(connection, making.epoch, **values)

    making.office.write(work)


def _keyed(making: Making, shares: Shares) -> None:
    """The second pass: the heads of every record's keys, a page at a time."""
    number, last = book.last_piece(making.office, making.key, making.epoch)
    while looked := _turn(making, last):
        number, last = number + 1, looked[-1].id
        piece = making.piece(looked, shares)
        row = book.sealed(making.key, making.epoch.id, number, piece)
        making.office.write(lambda connection: _keep_page(connection, making, row, looked))  # noqa: B023  (at once)


def _keep_page(
    connection: Connection, making: Making, row: dict[str, object], looked: Sequence[Looked]
) -> None:
    epoch = epochs.by_id(connection, making.epoch.id)
    book.put(connection, [row])
    left_out = counted(looked, epoch.left_out)
    change(connection, epoch, done=epoch.done + len(looked), left_out=json.dumps(left_out))


def counted(looked: Iterable[Looked], before: Mapping[str, int]) -> Counter[str]:
    """How many records are left out, by the name of why."""
    return Counter(before) + Counter(each.why.name for each in looked if each.why is not None)


def _turn(making: Making, after: str) -> list[Looked]:
    """The next page, after a pause in which others work. Raises Stopped."""
    if processes.of(making.office).stopping.wait(PAUSE):
        raise Stopped
    return publishable.page(making.office, after, making.terms)


def publish(making: Making, surveyed: Survey) -> None:
    """The set of what was made, signed and in the ledger; records that changed meanwhile are looked at again."""
    office, key = making.office, making.key
    cursor = publishable.place(office)
    epoch = office.read(lambda connection: epochs.by_id(connection, making.epoch.id))
    brought = brought_up(making, epoch, epoch.begun, surveyed.shares)
    held, rows = brought.pieces.values(), brought.rows
    heads, records = book.heads_of(held), book.records_of(held)
    count = canaries.due(records)
    invented = canaries.invent(count, making.means.origin, surveyed.shares, making.process, heads)
    theirs = np.concatenate([book.NOTHING, *(each for _, each in invented)])
    made = tokens.build(np.concatenate([heads, theirs]), secrets.token_bytes(tokens.CHANCE))
    state = versions.state(office, making.means, epoch, key, made, records)
    kept = canaries.rows(key, epoch.id, (person for person, _ in invented))
    rows.append(book.sealed(key, epoch.id, book.SURVEY, replace(surveyed, canaries=theirs)))

    def work(connection: Connection) -> None:
        if epochs.by_id(connection, epoch.id).state is EpochState.MAKING:
            canaries.put(connection, kept)
            book.put(connection, rows)
            entry = state.keep(office, connection, WHAT)
            epochs.end_former(connection, epoch, office.now())
            values = {"state": EpochState.OPEN.value, "version": 1, "cursor": cursor, "entry": entry}
            change(connection, epoch, people=state.published.people, records=records, **values)

    office.write(work)


@dataclass(frozen=True, slots=True)
class Brought:
    """A book that was brought up to date: its pieces, the rows to be written for it, and which heads came and went."""

    pieces: dict[int, Piece]
    rows: list[dict[str, object]]
    came: Numbers
    went: Numbers


def brought_up(making: Making, epoch: Epoch, since: dt.datetime, shares: Shares) -> Brought:
    """The book with what changed behind the place of the epoch, or ended since a time."""
    office, key = making.office, making.key
    ids = office.read(lambda connection: publishable.changed(connection, epoch.cursor, since, office.now()))
    held, marks = book.pieces(office, key, epoch), book.marks_of(ids)
    went = {number: cut for number, piece in held.items() if (cut := piece.parted(marks)) is not None}
    held |= {number: kept for number, (kept, _) in went.items()}
    came: dict[int, Piece] = {}
    for start in range(0, len(ids), publishable.PAGE):
        looked = publishable.some(office, ids[start : start + publishable.PAGE], making.terms)
        piece = making.piece(looked, shares)
        if len(piece.marks):
            number = max((*held, *came), default=book.SURVEY) + 1
            came[number] = piece
    held |= came
    rows = [book.sealed(key, epoch.id, number, held[number]) for number in (*went, *came)]
    gone = np.concatenate([book.NOTHING, *(heads for _, heads in went.values())])
    return Brought(held, rows, book.heads_of(came.values()), gone)


def change(connection: Connection, epoch: Epoch, **values: object) -> None:
    """Change the row of an epoch."""
    connection.execute(update(EPOCHS).where(EPOCHS.c.id == epoch.id).values(**values))
