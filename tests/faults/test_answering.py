"""A request about many, answered in batches, while either side is killed: each subject is answered once, on both sides.

See answering.py. The mutant shows that the oracle would see an answer that is lost.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import mutants
from tests.faults.answering import ASKED, Verdict, campaign

pytestmark = pytest.mark.alone
SERVING = 5.0  # seconds after which a node that was killed answers again


def require_clean(verdict: Verdict, subjects: int, midway: int) -> None:
    assert verdict.clean, str(verdict)
    assert (verdict.subjects, verdict.supplied) == (subjects, subjects // 20)
    assert verdict.midway >= midway, str(verdict)
    assert max(verdict.serving) <= SERVING


def test_kills_on_either_side_between_answers_lose_and_double_none(tmp_path: Path) -> None:
    require_clean(campaign(tmp_path, subjects=120, kills=6, most=10), 120, midway=3)


def test_a_node_that_answers_before_it_posts_is_caught(tmp_path: Path) -> None:
    late = mutants.POST_LATE
    verdict = campaign(tmp_path, subjects=60, kills=3, most=10, mutant=late, victims=(ASKED,))
    assert any("never came" in each for each in verdict.lost), str(verdict)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", [1, 2])
def test_seventeen_hundred_subjects_and_a_hundred_kills(tmp_path: Path, seed: int) -> None:
    verdict = campaign(tmp_path, subjects=1_700, kills=100, patience=900, seed=seed)
    require_clean(verdict, 1_700, midway=70)
