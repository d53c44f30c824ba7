from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.officers.staff import Agency, an_agency


@pytest.fixture
def agency(tmp_path: Path) -> Iterator[Agency]:
    with an_agency(tmp_path) as made:
        yield made


@pytest.fixture
def either(tmp_path: Path, kind: str) -> Iterator[Agency]:
    """An agency on each database; for tests marked `both_databases`."""
    with an_agency(tmp_path, kind) as made:
        yield made
