"""Two nodes, killed at any moment and with a bad network between them: nothing lost, nothing doubled, order kept.

Each campaign has real processes, a real channel and real databases; see two_nodes.py. The mutants show that the oracle
would see what it says it does not see.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import mutants
from tests.faults.two_nodes import ALL, FAULTS, Verdict, campaign, prepare
from tests.faults.wire import Faults

pytestmark = pytest.mark.alone
SERVING = 5.0  # seconds after which a node that was killed answers again


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pattern") / "pair"
    folder.mkdir()
    prepare(folder)
    return folder


@pytest.fixture
def folder(pattern: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(pattern, tmp_path / "pair"))


def require_clean(verdict: Verdict, posted: int) -> None:
    assert verdict.clean, str(verdict)
    assert verdict.posted == posted


def test_kills_and_a_bad_network_lose_and_double_nothing(folder: Path) -> None:
    verdict = campaign(folder, letters=500, kills=20, faults=ALL, pace=0.05)
    require_clean(verdict, 500)
    assert len(verdict.serving) == 20
    assert max(verdict.serving) <= SERVING


def test_parted_nodes_deliver_in_order_once_they_are_joined(folder: Path) -> None:
    require_clean(campaign(folder, letters=100, cuts=6, pace=0.02), 100)


@pytest.mark.timeout(600)  # half of the calls fail, and the pauses between them grow
def test_receipts_that_are_lost_double_nothing_and_bytes_that_were_changed_are_refused(folder: Path) -> None:
    bad = Faults(lost=0.3, changed=0.1, answer_changed=0.1)
    verdict = campaign(folder, letters=100, faults=bad, pace=0.05, patience=300)
    require_clean(verdict, 100)
    assert verdict.befell["lost"]
    assert verdict.befell["changed"] + verdict.befell["answer_changed"]


def test_a_node_that_forgets_what_came_is_caught(folder: Path) -> None:
    lossy = campaign(
        folder, letters=100, faults=FAULTS["lost"], pace=0.05, patience=10, mutant=mutants.NO_DEDUPE
    )
    assert lossy.doubled, str(lossy)


def test_a_node_that_acknowledges_before_it_commits_is_caught(folder: Path) -> None:
    killed = campaign(folder, letters=100, kills=8, pace=0.1, patience=5, mutant=mutants.ACK_EARLY)
    assert killed.lost, str(killed)


def test_a_node_that_marks_before_the_receipt_is_caught(folder: Path) -> None:
    lossy = Faults(cut=0.4)
    cut = campaign(folder, letters=100, faults=lossy, pace=0.05, patience=5, mutant=mutants.MARK_EARLY)
    assert cut.lost, str(cut)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_two_hundred_kills_lose_and_double_nothing(folder: Path) -> None:
    verdict = campaign(folder, letters=10_000, kills=200, faults=ALL, pace=0.03, patience=600)
    require_clean(verdict, 10_000)
    assert max(verdict.serving) <= SERVING


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_five_thousand_with_three_of_ten_receipts_lost(folder: Path) -> None:
    verdict = campaign(folder, letters=5_000, faults=FAULTS["lost"], pace=0.01, patience=900)
    require_clean(verdict, 5_000)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_fifty_partitions(folder: Path) -> None:
    require_clean(campaign(folder, letters=2_000, cuts=50, pace=0.02, patience=120), 2_000)


@pytest.mark.campaign
@pytest.mark.timeout(3600)
def test_ten_thousand_over_a_network_that_delays_doubles_and_turns_around(folder: Path) -> None:
    slow = replace(ALL, delay=2.0, again=0.1, late=0.1)
    require_clean(campaign(folder, letters=10_000, faults=slow, pace=0.01, patience=1800), 10_000)
