"""Limits by name and by person: counted before anything is tried, whatever the HTTP method or the answer's form."""

from __future__ import annotations

import math
import threading
from collections import OrderedDict, deque
from collections.abc import Iterable, Sequence
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
    """So many requests of one person within a time, over all their accounts; kept in this process's memory."""

    def __init__(self, most: int, within: timedelta) -> None:
        self.most, self.within = most, within
        self._times: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, person: str, now: datetime) -> None:
        """Count one request. Raises TooMany where there were `most` within the time."""
        with self._lock:
            times = self._times.setdefault(person, deque())
            self._times.move_to_end(person)
            while times and now - times[0] >= self.within:
                times.popleft()
            if len(times) >= self.most:
                wait = math.ceil((self.within - (now - times[0])).total_seconds())
                raise TooMany(
                    "too many requests in a short time",
                    retry_after=min(max(1, wait), math.ceil(self.within.total_seconds())),
                )
            times.append(now)
            if len(self._times) > REMEMBERED:
                self._times.popitem(last=False)
