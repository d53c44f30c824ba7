"""Waiting for what another node does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 60.0  # seconds for anything to arrive


class TooLate(Exception):
    """Something did not arrive in time."""


def until(found: Callable[[], T | None]) -> T:
    """What is found, as soon as it is. Raises TooLate."""
    end = time.monotonic() + PATIENCE
    while not (value := found()):
        if time.monotonic() > end:
            raise TooLate("the other node did not get so far in time")
        time.sleep(0.05)
    return value
