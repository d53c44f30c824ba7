import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import NamedTuple

import pytest

from liaison.matching.columns import People
from liaison.matching.index import Index
from liaison.matching.search import Limits, search
from liaison.screening.leads import Lead, lead
from liaison.screening.report import Report, bar, html, isolated, reach
from liaison.screening.rules import NOTICE, bits

VOID = {"meta", "br", "col"}
HOSTILE = '<img src=x onerror="alert(1)">'


class Bad(NamedTuple):
    file: str
    row: int
    field: str
    reason: str


class Page(HTMLParser):
    """What a page consists of; fails on an element that is not closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, text: str) -> None:
        if "style" not in self.open:
            self.text += text

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def report(
    leads: Sequence[Lead], bad: Sequence[Bad] = (), alerts: int = 0, subjects: str = "passengers.csv"
) -> Report:
    made = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
    return Report(
        subjects,
        ("held",),
        made,
        (("Alerts", "1"),),
        5000,
        alerts or len(leads),
        ("UTF-8",),
        bad,
        "a.errors",
        leads,
    )


@pytest.fixture
def leads(index: Index, people: Callable[..., People]) -> list[Lead]:
    subjects = people([("P1", "GEZIM " + HOSTILE, "VOKSHI", "1984-03-02"), ("=cmd|1", "ARTA", "HOXHA", "")])
    hits = search(index, subjects, Limits(min_score=8))
    return [lead(index, subjects, hits, row) for row in range(len(hits))]


def test_nothing_runs_and_nothing_is_fetched(leads: list[Lead]) -> None:
    page = Page(html(report(leads, [Bad("passengers.csv", 3, "dob", HOSTILE)], subjects=HOSTILE)))
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object", "embed", "link", "base", "form", "audio", "video"}
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name in ("src", "style") for name in attributes)
        assert (attributes.get("href") or "#").startswith("#")
    assert "url(" not in html(report(leads))
    assert HOSTILE in page.text


def test_the_policy_allows_the_style_sheet_alone(leads: list[Lead]) -> None:
    policy = next(meta["content"] for meta in Page(html(report(leads))).named("meta") if "http-equiv" in meta)
    assert policy is not None
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_every_alert_shows_the_reasons_that_sum_to_its_score(leads: list[Lead]) -> None:
    assert leads
    text = html(report(leads))
    for shown in leads:
        parts = shown.explanation.contributions
        assert sum(round(part.bits * 10_000) for part in parts) == shown.score
        assert all(f"{part.bits:+.4f}" in text for part in parts)
        assert f"{bits(shown.score)} bits" in text


def test_a_screen_reader_finds_its_way(leads: list[Lead]) -> None:
    text = html(report(leads, [Bad("a.csv", 1, "dob", "no date")]))
    page = Page(text)
    assert page.named("html")[0]["lang"] == "en"
    assert len(page.named("main")) == 1
    assert len(page.named("caption")) == len(page.named("table"))
    assert all("scope" in cell for cell in page.named("th"))
    assert all(drawing["aria-hidden"] == "true" for drawing in page.named("svg"))
    levels = [int(level) for level in re.findall(r"<h([1-6])", text)]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_it_says_that_an_alert_is_a_lead(leads: list[Lead]) -> None:
    assert NOTICE in Page(html(report(leads))).text


def test_differences_are_said_in_words_too(leads: list[Lead]) -> None:
    text = Page(html(report(leads))).text
    assert "≠ spelled differently" in text
    assert "≠ differs" in text


def test_it_says_how_many_alerts_it_does_not_show(leads: list[Lead]) -> None:
    assert f"The strongest {len(leads)} of 5,000 alerts" in html(report(leads, alerts=5000))


def test_no_alerts_is_not_called_proof_of_absence() -> None:
    text = Page(html(report([]))).text
    assert "No alerts" in text
    assert "does not show that nobody is on the lists" in text


def test_many_bad_rows_are_counted_and_their_file_is_named() -> None:
    text = Page(html(report([], [Bad("a.csv", row, "dob", "no date") for row in range(1, 301)]))).text
    assert "300 values could not be read. The first 100 are shown here. All are listed in a.errors." in text


def test_bars_follow_each_other() -> None:
    assert 'x="1.0"' in bar(0, 10, 0, 20)
    assert 'width="99.0"' in bar(0, 10, 0, 20)
    assert 'class="against"' in bar(10, 5, 0, 20)
    assert bar(3, 3, 0, 20) == ""


def test_the_scale_reaches_from_the_lowest_to_the_highest_sum(leads: list[Lead]) -> None:
    low, high = reach(leads[0].explanation.contributions)
    assert low <= 0
    assert high >= leads[0].explanation.score


def test_words_from_right_to_left_are_set_apart() -> None:
    assert isolated("x = محمد علي; 1") == "x = <bdi>محمد علي</bdi>; 1"
