"""State machines whose steps are a table."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TypeVar

from liaison.model.errors import Conflict

S = TypeVar("S", bound=Enum)
T = TypeVar("T", bound=Enum)


def moved(steps: Mapping[tuple[S, T], S], what: str, state: S, step: T) -> S:
    """The state that follows. `what` is what has the state, with its article.

    Raises Conflict where the step cannot be taken from here.
    """
    following = steps.get((state, step))
    if following is None:
        raise Conflict(f"{what} that is {state.value} cannot be {step.value}")
    return following
