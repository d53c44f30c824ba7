"""Each test builds the rules anew, so that none rests on what another built."""

from __future__ import annotations

import pytest

from liaison.policy.rules import rules, rules_for


@pytest.fixture(autouse=True)
def _rules_built_anew() -> None:
    rules_for.cache_clear()
    rules.cache_clear()
