"""Faults that the campaigns of letters and answers must find, put into a process of the tests and nowhere else."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, delete, select, update

from liaison.assistance import answering
from liaison.office import Office
from liaison.partners.directory import Partner
from liaison.storage.tables.transport import INBOX, LANES, OUTBOX
from liaison.transport import delivery, inbox
from liaison.transport.means import Means

NO_DEDUPE, ACK_EARLY, MARK_EARLY = "no dedupe", "acknowledged early", "marked early"
POST_LATE = "posted late"
EARLY = 0.8  # seconds from the acknowledgement to the commit
LATE = 0.8  # seconds from an answer to its letter


def put_in(mutant: str) -> None:
    """Put a mutant into this process; nothing for an empty name."""
    if mutant:
        {
            NO_DEDUPE: no_dedupe,
            ACK_EARLY: acknowledge_early,
            MARK_EARLY: mark_early,
            POST_LATE: post_late,
        }[mutant]()


def no_dedupe() -> None:
    """What came before is forgotten as soon as it comes again."""
    original = inbox._take

    def take(
        office: Office, connection: Connection, means: Means, partner: Partner, read: Any, *rest: Any
    ) -> Any:
        letter = read.letter
        if letter is not None:
            chosen = INBOX.c.partner == partner.id, INBOX.c.id == letter.id
            if connection.execute(select(INBOX.c.id).where(*chosen)).first() is not None:
                connection.execute(delete(INBOX).where(*chosen))
                lane = LANES.c.partner == partner.id, LANES.c.lane == letter.lane.value
                connection.execute(update(LANES).where(*lane).values(next_in=letter.number))
        return original(office, connection, means, partner, read, *rest)

    inbox._take = take


class _Early:
    """An office whose changes are told before they are committed."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def __getattr__(self, name: str) -> Any:
        return getattr(self._office, name)

    def write(self, work: Any) -> Any:
        """What the work gives, while its transaction is still open."""
        told: queue.SimpleQueue[tuple[Any, BaseException | None]] = queue.SimpleQueue()

        def slow(connection: Connection) -> None:
            try:
                found = work(connection)
            except BaseException as error:
                told.put((None, error))
                raise
            told.put((found, None))
            time.sleep(EARLY)

        def later() -> None:
            with suppress(Exception):
                self._office.write(slow)

        threading.Thread(target=later, daemon=True).start()
        found, error = told.get()
        if error is not None:
            raise error
        return found


def acknowledge_early() -> None:
    """Receipts are given out first, and what they acknowledge is committed a moment later."""
    original = inbox.take_in

    def take_in(office: Office, means: Means, partner: Partner, texts: Sequence[bytes]) -> list[bytes]:
        return original(_Early(office), means, partner, texts)  # type: ignore[arg-type]

    inbox.take_in = take_in


def mark_early() -> None:
    """A letter counts as delivered as soon as it is on its way, whatever becomes of it there."""
    sending, exchanging = delivery._send, delivery._exchange
    here = threading.local()

    def marked(letters: Sequence[delivery.Waiting], values: dict[str, Any]) -> None:
        def work(connection: Connection) -> None:
            for each in letters:
                connection.execute(update(OUTBOX).where(OUTBOX.c.id == each.id).values(**values))

        here.office.write(work)

    def send(office: Office, *rest: Any) -> delivery.Delivered:
        here.office = office
        return sending(office, *rest)

    def exchange(partner: Partner, channel: Any, letters: Sequence[delivery.Waiting]) -> Any:
        marked(letters, {"state": "delivered", "receipt": b"early", "done": here.office.now()})
        receipts = exchanging(partner, channel, letters)
        marked(letters, {"state": "waiting", "receipt": None, "done": None})  # to be marked as it should be
        return receipts

    delivery._send, delivery._exchange = send, exchange


def post_late() -> None:
    """What was answered is recorded first, and its letter is posted in a transaction of its own a moment later."""
    original = answering.post

    def post(office: Office, connection: Connection, *rest: Any, **said: Any) -> str:
        def later() -> None:
            time.sleep(LATE)
            with suppress(Exception):
                office.write(lambda another: original(office, another, *rest, **said))

        threading.Thread(target=later, daemon=True).start()
        return ""

    answering.post = post
