"""Limits by name and by person: counted before anything is tried, whatever the HTTP method or the answer's form."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from liaison.model.errors import TooMany
from liaison.officers.rules import counted, still_waiting, wait_after
from liaison.officers.settings import BackOff
from liaison.storage.tables.officers import ATTEMPTS

Bucket = tuple[str, BackOff]
REMEMBERED = 10_000  # persons whose requests are counted at once


def attempt(connection: Connection, buckets: Sequence[Bucket], now: datetime) -> None:
    """Count an attempt in each bucket as failed; `forget` takes it back. Raises TooMany, and counts nothing then.

    Counting first means that attempts made side by side are not worth more than one after another.
    """
    rows = {row.bucket: row for row in connection.execute(_held(name for name, _ in buckets))}
    waits = [still_waiting(rows[name].free, now, limit) for name, limit in buckets if name in rows]
    if (wait := max(waits, default=timedelta(0))) > timedelta(0):
        seconds = math.ceil(wait.total_seconds())
        raise TooMany("too many attempts failed", retry_after=seconds, hint=f"wait {seconds} seconds")
    for name, limit in buckets:
        row = rows.get(name)
        count = counted(row.failures if row else 0, row.last if row else None, now, limit)
        state = {"failures": count, "last": now, "free": now + wait_after(count, limit)}
        if row:
            connection.execute(update(ATTEMPTS).where(ATTEMPTS.c.bucket == name).values(**state))
        else:
            _begin(connection, name, state)


def forget(connection: Connection, buckets: Iterable[str]) -> None:
    """Start these buckets anew, after a success."""
    connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.bucket.in_(list(buckets))))


def give_back(connection: Connection, bucket: Bucket, now: datetime) -> None:
    """Take back the one attempt that succeeded, and leave the others counted."""
    name, limit = bucket
    row = connection.execute(_held([name])).first()
    if row:
        left = max(0, row.failures - 1)
        changed = update(ATTEMPTS).where(ATTEMPTS.c.bucket == name)
        connection.execute(changed.values(failures=left, free=now + wait_after(left, limit)))


def sweep(connection: Connection, now: datetime, limit: BackOff) -> int:
    """Delete buckets that nobody has touched for so long that they count for nothing; how many."""
    return connection.execute(delete(ATTEMPTS).where(ATTEMPTS.c.last < now - limit.forgotten)).rowcount


def _begin(connection: Connection, name: str, state: dict[str, Any]) -> None:
    try:
        connection.execute(insert(ATTEMPTS).values(bucket=name, **state))
    except IntegrityError as error:  # another process of this node counts the first attempt right now
        raise TooMany("two attempts came at once", retry_after=1) from error


def _held(names: Iterable[str]) -> Select[Any]:
    return select(ATTEMPTS).where(ATTEMPTS.c.bucket.in_(list(names))).with_for_update()


class Allowance:
    """How many requests each person may still make now, over all their accounts: it fills up with time.

    It counts in this process's memory, in seconds of a clock that nobody sets.
    """

    def __init__(self, each_second: int, at_once: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.each_second, self.at_once, self.clock = each_second, at_once, clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, person: str) -> None:
        """Count one request. Raises TooMany where none is left, and counts nothing then."""
        with self._lock:
            now = self.clock()
            left, since = self._left.get(person, (float(self.at_once), now))
            left = min(float(self.at_once), left + (now - since) * self.each_second)
            if left < 1:
                wait = math.ceil((1 - left) / self.each_second)
                raise TooMany(
                    "too many requests in a short time", retry_after=wait, hint="wait a moment, then go on"
                )
            self._left[person] = left - 1, now
            self._left.move_to_end(person)
            if len(self._left) > REMEMBERED:
                self._left.popitem(last=False)
