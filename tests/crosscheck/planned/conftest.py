"""Two agencies that agreed to warn each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crosscheck.planned.meeting import Two, two


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Two]:
    with two(tmp_path) as made:
        made.begin()
        yield made
