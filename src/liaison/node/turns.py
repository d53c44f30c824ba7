"""Fair turns among partners: whose call is answered next, and who waits outside for having been told to (threat A10).

Everything here belongs to one event loop and is used by nothing else.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

EARLY = 8  # calls before the time that are forgiven: cosigning, or a person who tries again
MISTAKES, MISTAKES_EACH_SECOND = 60.0, 1.0  # calls without a signature that counts
LONGEST = 60.0  # seconds that one who does not wait is kept out


class Turns:
    """So many calls at once, of each caller at most `each`; who waits comes in by turns, one call of each caller."""

    def __init__(self, slots: int, each: int) -> None:
        self._free, self._each = slots, each
        self._busy = Counter[bytes]()
        self._waiting: OrderedDict[bytes, deque[asyncio.Future[None]]] = OrderedDict()

    @asynccontextmanager
    async def turn(self, caller: bytes) -> AsyncIterator[None]:
        """What happens inside is one call of this caller, once it is its turn."""
        mine: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(caller, deque()).append(mine)
        self._let_in()
        try:
            await mine
            yield
        finally:
            self._end(caller, mine)

    def _end(self, caller: bytes, mine: asyncio.Future[None]) -> None:
        if mine.done() and not mine.cancelled():
            self._busy[caller] -= 1
            self._free += 1
            if not self._busy[caller]:
                del self._busy[caller]
        else:
            with suppress(KeyError, ValueError):  # it gave up before its turn came
                self._waiting[caller].remove(mine)
                if not self._waiting[caller]:
                    del self._waiting[caller]
        self._let_in()

    def _let_in(self) -> None:
        while self._free:
            following = next((each for each in self._waiting if self._busy[each] < self._each), None)
            if following is None:
                return
            queue = self._waiting[following]
            mine = queue.popleft()
            if queue:
                self._waiting.move_to_end(following)
            else:
                del self._waiting[following]
            if not mine.done():
                self._busy[following] += 1
                self._free -= 1
                mine.set_result(None)


@dataclass(slots=True)
class Patience:
    """How many calls that prove nothing a caller may still make: they are read, and cost the node as much as others."""

    clock: Callable[[], float] = time.monotonic
    _left: dict[bytes, tuple[float, float]] = field(default_factory=dict)

    def lasts(self, caller: bytes) -> bool:
        """Whether one more of them is forgiven."""
        now = self.clock()
        left, since = self._left.get(caller, (MISTAKES, now))
        left = min(MISTAKES, left + (now - since) * MISTAKES_EACH_SECOND)
        self._left[caller] = max(0.0, left - 1), now
        return left >= 1


@dataclass(slots=True)
class Told:
    """When a caller may come again, how long it was told to wait, and how often it came before."""

    until: float
    seconds: float
    early: int = 0


@dataclass(slots=True)
class Door:
    """Callers who were told to wait. One who keeps coming before the time is told to wait twice as long, and again."""

    clock: Callable[[], float] = time.monotonic
    _told: dict[bytes, Told] = field(default_factory=dict)

    def tell(self, caller: bytes, seconds: float) -> None:
        """A caller is told to wait."""
        self._told[caller] = Told(self.clock() + seconds, seconds)

    def wait(self, caller: bytes) -> int:
        """The whole seconds after which a caller may come again; 0 where it may come in now."""
        told, now = self._told.get(caller), self.clock()
        if told is None:
            return 0
        if now >= told.until:
            del self._told[caller]
            return 0
        told.early += 1
        if told.early > EARLY:
            told.seconds, told.early = min(max(told.seconds, 1.0) * 2, LONGEST), 0
            told.until = max(told.until, now + told.seconds)
        return int(told.until - now) + 1
