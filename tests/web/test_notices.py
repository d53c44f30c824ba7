"""What is told on the first page has words of its own, wherever in the code it is told."""

from __future__ import annotations

import re
from pathlib import Path

from liaison.supply import arriving, outcomes
from liaison.web.words import NOTICES

SOURCE = Path(__file__).parents[2] / "src" / "liaison"
TOLD = re.compile(r"(?:notices|persons)\.add\(\s*connection,[^\n]*?, \"([a-z-]+)\"")


def test_every_notice_that_is_told_by_name_has_words() -> None:
    named = {kind for path in SOURCE.rglob("*.py") for kind in TOLD.findall(path.read_text())}
    assert "account-created" in named
    assert named | {arriving.WHAT, outcomes.WHAT_HEARD} <= {*NOTICES}


def test_what_was_changed_or_led_to_something_is_one_step_away() -> None:
    assert NOTICES[arriving.WHAT][1] == "/received/{id}"
    assert NOTICES[outcomes.WHAT_HEARD][1] == "/supplied/{id}"
