"""CONTRIBUTING.md sends nobody to a file that there is not."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROWS = [line for line in (ROOT / "CONTRIBUTING.md").read_text("utf-8").splitlines() if line.startswith("| ")][
    2:
]


@pytest.mark.parametrize("row", ROWS)
def test_every_file_that_a_question_leads_to_is_there(row: str) -> None:
    named = re.findall(r"`([^`]+)`", row)
    assert named
    for path in named:
        assert (ROOT / "src" / "liaison" / path).exists(), path
