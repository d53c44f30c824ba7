"""What a node tells machines about itself, in its log and its metrics, holds nothing of anybody."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from liaison.cli.node_demo import serving
from liaison.demo.agency import OFFICERS
from liaison.demo.making import make
from liaison.demo.walk import CASE, GROUNDS, REASON, walk

SHORT = 4  # letters; a shorter name may stand in any word


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> SimpleNamespace:
    """What a served node told in logs and metrics while a check was walked through, and the names it must not tell."""
    place = tmp_path_factory.mktemp("told") / "node"
    make(place, 300, 1, lambda line: None)
    with serving(place) as address:
        walk(address, lambda line: None)
        for path in (
            "/people?q=Sobolev",
            "/holdings/Sobolev",
            "/search/default?q=Aleksey+Sobolev",
            "/Sobolev",
        ):
            httpx.get(f"{address}{path}", timeout=30)
        metrics = httpx.get(f"{address}/metrics", timeout=30).text
        ready = httpx.get(f"{address}/readyz", timeout=30).text
    log = (place / "serve.log").read_text("utf-8")
    return SimpleNamespace(log=log, metrics=metrics, ready=ready, names=names(place))


def names(place: Path) -> set[str]:
    """Every name of the lists and of the officers, with the words, documents and reasons that were typed."""
    found = {
        "Sobolev",
        "Aleksey",
        "1972-04-12",
        CASE["title"],
        CASE["reference"],
        GROUNDS["justification"],
        REASON,
    }
    for file in ("wanted.csv", "protected.csv"):
        with (place / file).open(encoding="utf-8") as lines:
            for row in csv.DictReader(lines):
                found |= {row["surname"], row["given_names"], row["document"], row["record_id"]}
    for officer in OFFICERS:
        found |= {officer.name, officer.password}
    return {name for name in found if name and len(name) > SHORT}


def test_the_log_is_written_and_names_nobody(told: SimpleNamespace) -> None:
    assert told.log.count("\n") > 10
    assert '"/api/v1/checks"' in told.log
    assert len(told.names) > 300
    assert {name for name in told.names if name in told.log} == set()


def test_metrics_and_readiness_name_nobody(told: SimpleNamespace) -> None:
    assert "liaison_requests_total" in told.metrics
    assert {name for name in told.names if name in told.metrics or name in told.ready} == set()
