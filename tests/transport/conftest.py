from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.partners.pairs import agree, pair, two_sides
from tests.transport.sides import Writer, a_writer


@pytest.fixture
def writers(tmp_path: Path) -> Iterator[tuple[Writer, Writer]]:
    """Two sides with an agreement in force, who write to each other."""
    with two_sides(tmp_path) as (left, right):
        pair(left, right)
        agree(left, right)
        yield a_writer(left), a_writer(right)
