"""How often chance alone would do as well, as the page of an answer says it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from liaison.web.alerts import by_chance


class Said:
    """A reader of English."""

    def say(self, message: str, **values: object) -> str:
        return message % values if values else message


@pytest.mark.parametrize(
    ("millionths", "said"),
    [
        (0, "fewer than one in a thousand questions"),
        (4_651, "one question in 215 "),
        (500_000, "one question in 2 "),
        (700_000, "about every question "),
        (1_400_000, "about every question "),
        (1_600_000, "up to 2 records"),
        (12_000_000, "up to 12 records"),
    ],
)
def test_no_sentence_counts_to_one(millionths: int, said: str) -> None:
    visit: Any = Said()
    content: Any = SimpleNamespace(chance=millionths)
    assert said in by_chance(visit, content)
