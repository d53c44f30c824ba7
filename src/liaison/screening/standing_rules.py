"""When a standing question ends, and why. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import Enum


class Ended(Enum):
    """Why a standing question stands no more."""

    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    CASE_CLOSED = "case closed"
    NOT_LAWFUL = "no longer lawful"  # its grounds, its case or the person's roles do not carry it any more


def due(now: datetime, expires: datetime) -> bool:
    """Whether it has expired: it answers nothing from that moment on."""
    return now >= expires
