"""The clock of the machine, and whether it can be trusted for things that cannot be undone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

JUMP = timedelta(minutes=5)
BEHIND = timedelta(minutes=5)


class SystemClock:
    """The machine's clock in UTC."""

    def now(self) -> datetime:
        """The time."""
        return datetime.now(UTC)


class ClockWatch:
    """Compares the clock that people set with one that only counts on; they part when the first is set."""

    def __init__(self, now: datetime, counted: float) -> None:
        self.start, self.counted = now, counted

    def jump(self, now: datetime, counted: float) -> timedelta:
        """By how much the clock was set since the start; `counted` in seconds."""
        return (now - self.start) - timedelta(seconds=counted - self.counted)

    def fault(self, now: datetime, counted: float, recorded: datetime | None) -> str:
        """Why the clock is not trusted, empty where it is. `recorded` is the newest time the ledger knows."""
        if abs(self.jump(now, counted)) > JUMP:
            return "the clock was set while the node ran"
        if recorded is not None and now < recorded - BEHIND:
            return "the clock is behind the ledger"
        return ""


def counted() -> float:
    """Seconds since the machine started, sleep included: nobody sets this clock."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
