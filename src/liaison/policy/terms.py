"""Conditions as values: each says what it asks, what is lacking where it is not met, and what would meet it.

A term is a frozen value that looks at a Context and nothing else. Where the facts that it judges are absent, it
holds only if another term of the same rule asks for them (see `tests/policy/test_rules.py`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar, Protocol

from liaison.policy.context import Context


class Say(Protocol):
    """A message in the reader's language, with its values in their places."""

    def __call__(self, message: str, **values: object) -> str:
        """The text."""
        ...


def plain(message: str, **values: object) -> str:
    """The message as it stands, in English."""
    return message % values if values else message


class Term(Protocol):
    """One condition, or several put together."""

    def holds(self, context: Context) -> bool:
        """Whether the facts meet it."""
        ...

    def asks(self, say: Say = plain) -> str:
        """What it asks, as a clause."""
        ...

    def lacking(self, context: Context) -> str:
        """What is lacking, as a clause, where it does not hold."""
        ...

    def remedy(self, context: Context) -> str:
        """What a person can do so that it holds, as a clause."""
        ...


class Leaf:
    """A single condition: three clauses, in which the names of its fields stand for their values."""

    __slots__: tuple[str, ...] = ()
    says: ClassVar[str]
    lacks: ClassVar[str]
    cure: ClassVar[str]

    def asks(self, say: Say = plain) -> str:
        """What it asks, as a clause."""
        return self._told(self.says, say)

    def lacking(self, context: Context) -> str:
        """What is lacking, as a clause."""
        return self._told(self.lacks)

    def remedy(self, context: Context) -> str:
        """What a person can do, as a clause."""
        return self._told(self.cure)

    def _told(self, clause: str, say: Say = plain) -> str:
        return say(clause).format(**{name: worded(getattr(self, name), say) for name in self.__slots__})


@dataclass(frozen=True, slots=True, init=False)
class AllOf:
    """Holds where every part does."""

    parts: tuple[Term, ...]

    def __init__(self, *parts: Term) -> None:
        object.__setattr__(self, "parts", parts)

    def holds(self, context: Context) -> bool:
        """Whether every part does."""
        return all(part.holds(context) for part in self.parts)

    def asks(self, say: Say = plain) -> str:
        """What each part asks."""
        return say(", and ").join(part.asks(say) for part in self.parts)

    def lacking(self, context: Context) -> str:
        """What the parts lack that do not hold."""
        return ", and ".join(part.lacking(context) for part in self._failing(context))

    def remedy(self, context: Context) -> str:
        """What the parts need that do not hold."""
        return ", and ".join(part.remedy(context) for part in self._failing(context))

    def _failing(self, context: Context) -> list[Term]:
        return [part for part in self.parts if not part.holds(context)]


@dataclass(frozen=True, slots=True, init=False)
class AnyOf:
    """Holds where one part does."""

    parts: tuple[Term, ...]

    def __init__(self, *parts: Term) -> None:
        object.__setattr__(self, "parts", parts)

    def holds(self, context: Context) -> bool:
        """Whether one part does."""
        return any(part.holds(context) for part in self.parts)

    def asks(self, say: Say = plain) -> str:
        """What the parts ask, one of which is enough."""
        return say("; or ").join(part.asks(say) for part in self.parts)

    def lacking(self, context: Context) -> str:
        """What each part lacks."""
        return ", and ".join(part.lacking(context) for part in self.parts)

    def remedy(self, context: Context) -> str:
        """What each part needs, one of which is enough."""
        return "; or ".join(dict.fromkeys(part.remedy(context) for part in self.parts))


def worded(value: object, say: Say = plain) -> str:
    """A field's value as a clause shows it: a set as a sorted list of labels, a number with its thousands."""
    if isinstance(value, frozenset | tuple):
        return ", ".join(sorted(worded(part, say) for part in value)) or say("none")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dt.timedelta):
        return _spanned(value, say)
    text = str(getattr(value, "value", value))
    return say(text) if text else ""


def _spanned(span: dt.timedelta, say: Say) -> str:
    """Whole days from three days on, else hours."""
    hours = span // dt.timedelta(hours=1)
    if hours >= 72 and hours % 24 == 0:
        return say("%(days)s days", days=f"{hours // 24:,}")
    return say("%(hours)s hours", hours=f"{hours:,}")
