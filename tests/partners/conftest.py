from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.partners.pairs import Side, agree, pair, two_sides


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    """Two nodes that do not know one another."""
    with two_sides(tmp_path) as both:
        yield both


@pytest.fixture
def paired(sides: tuple[Side, Side]) -> tuple[Side, Side]:
    """Two nodes that took one another's cards."""
    pair(*sides)
    return sides


@pytest.fixture
def agreed(paired: tuple[Side, Side]) -> tuple[Side, Side]:
    """Two nodes with an agreement in force."""
    agree(*paired)
    return paired
