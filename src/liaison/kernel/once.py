"""Values that are made once for the whole process, also where several threads ask for the first one together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

T = TypeVar("T")


def once(make: Callable[[], T]) -> Callable[[], T]:
    """`make`, called once: whoever comes while it runs waits for its value.

    `functools.cache` would call it in every such thread and keep one value alone. The arrays of the others would go
    while the kernel still reads them.
    """
    lock, made = threading.RLock(), list[T]()

    @wraps(make)
    def value() -> T:
        if not made:
            with lock:
                if not made:
                    made.append(make())
        return made[0]

    return value
