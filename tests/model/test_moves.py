"""Steps of state machines by their tables."""

from __future__ import annotations

from enum import Enum

import pytest

from liaison.model.errors import Conflict
from liaison.model.moves import moved


class Door(Enum):
    OPEN = "open"
    SHUT = "shut"


class Step(Enum):
    SHUT = "shut"
    LOCK = "locked"


STEPS = {(Door.OPEN, Step.SHUT): Door.SHUT}


def test_a_step_of_the_table_is_taken_and_another_is_refused_in_words() -> None:
    assert moved(STEPS, "a door", Door.OPEN, Step.SHUT) is Door.SHUT
    with pytest.raises(Conflict, match="a door that is shut cannot be locked"):
        moved(STEPS, "a door", Door.SHUT, Step.LOCK)
