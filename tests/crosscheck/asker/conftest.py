"""Two agencies of which one may ask the other, and batches that are small."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.crosscheck.asker import looking
from tests.crosscheck.askers import Asked, asked


@pytest.fixture
def both(tmp_path: Path) -> Iterator[Asked]:
    with asked(tmp_path) as held:
        yield held


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches, so that a few people make several."""
    monkeypatch.setattr(looking, "BATCH", 64)
