"""Numbers and lists of several regimes together."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec
import pytest
from hypothesis import given

from liaison.model.categories import Category
from liaison.model.errors import BadSetting
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.policy import Pack, findable, limits
from tests.policy.facts import ALBANIA, DEMO, EU, PACKS, UK, regimes

FEWEST = (
    "approval_hours",
    "bulk_persons",
    "bulk_persons_all_cases",
    "bulk_most",
    "grounds_days",
    "standing_days",
    "glass_hours",
    "glass_review_hours",
    "log_days",
    "urgent_hours",
    "obtainable_hours",
    "other_hours",
    "core_hours",
)
SHARED = ("purposes", "categories", "instructions", "approval_roles")


def changed(pack: Pack, path: str, value: Any) -> Pack:
    table, _, field = path.partition(".")
    inner = msgspec.structs.replace(getattr(pack, table), **{field: value}) if field else value
    return msgspec.structs.replace(pack, **{table: inner})


@given(regimes, regimes)
def test_more_regimes_are_never_laxer(some: tuple[Pack, ...], others: tuple[Pack, ...]) -> None:
    one, both = limits(some), limits(some + others)
    assert all(getattr(both, name) <= getattr(one, name) for name in (*FEWEST, *SHARED))
    assert both.bulk_window >= one.bulk_window
    assert {*both.notices} >= {*one.notices}
    for category in Category:
        assert both.retention_days[category] <= one.retention_days[category]
        assert both.review_days[category] <= one.review_days[category]
    assert both == limits(others + some)


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("approval.max_hours", "approval_hours", 1),
        ("bulk.persons", "bulk_persons", 1),
        ("bulk.persons_all_cases", "bulk_persons_all_cases", 1),
        ("bulk.most", "bulk_most", 1),
        ("grounds.max_days", "grounds_days", 1),
        ("standing_days", "standing_days", 1),
        ("glass.max_hours", "glass_hours", 1),
        ("glass.review_hours", "glass_review_hours", 1),
        ("retention.log_days", "log_days", 1),
        ("deadlines.urgent_hours", "urgent_hours", 1),
        ("deadlines.obtainable_hours", "obtainable_hours", 1),
        ("deadlines.other_hours", "other_hours", 1),
        ("deadlines.core_hours", "core_hours", 1),
        ("purposes.allowed", "purposes", frozenset({Purpose.PREVENTION})),
        ("index.categories", "categories", frozenset({Category.SUSPECT})),
        ("instructions", "instructions", frozenset({"call"})),
        ("approval.roles", "approval_roles", frozenset({Role.SUPERVISOR})),
    ],
)
def test_of_each_the_stricter_counts(path: str, name: str, value: Any) -> None:
    strict = changed(EU, path, value)
    assert getattr(limits((strict,)), name) == value
    assert getattr(limits((EU, strict)), name) == value
    assert getattr(limits((EU,)), name) != value


def test_look_ups_are_counted_in_the_longest_window() -> None:
    longer = changed(EU, "bulk.window_hours", 48)
    assert limits((EU,)).bulk_window == dt.timedelta(hours=24)
    assert limits((EU, longer)).bulk_window == dt.timedelta(hours=48)


def test_retention_is_the_shortest_of_each_category() -> None:
    both = limits((EU, UK))
    assert both.retention_days[Category.SUSPECT] == 1825
    assert limits((UK,)).retention_days[Category.SUSPECT] == 2190
    assert both.review_days == EU.retention.review_days


def test_bases_are_those_that_every_regime_knows() -> None:
    without = changed(UK, "bases", tuple(basis for basis in UK.bases if basis.code != "agreement"))
    both = limits((without, EU))
    assert [basis.code for basis in both.bases] == ["border-law", "order", "task", "vital-interest"]
    assert both.bases[2] is EU.basis("task")
    assert next(basis.code for basis in limits((EU, UK)).bases) == "agreement"
    assert limits((EU, without)) == both


def test_notices_are_all_shown() -> None:
    assert limits((EU, ALBANIA)).notices == tuple(sorted((EU.notice, ALBANIA.notice)))
    assert limits((changed(EU, "notice", ""), DEMO)).notices == (DEMO.notice,)


def test_without_a_regime_there_are_no_numbers() -> None:
    with pytest.raises(BadSetting, match=r"^there is no rule pack$") as caught:
        limits(())
    assert caught.value.hint == "choose one in the settings"


@pytest.mark.parametrize("category", Category)
def test_a_check_finds_suspects_and_convicted_persons_of_age_alone(category: Category) -> None:
    assert findable(category, False, PACKS) is (category in (Category.SUSPECT, Category.CONVICTED))
    assert not findable(category, True, PACKS)
    assert not findable(category, False, ())


def test_one_regime_that_leaves_a_category_out_is_enough() -> None:
    strict = changed(EU, "index.categories", frozenset({Category.SUSPECT}))
    assert findable(Category.CONVICTED, False, (EU,))
    assert not findable(Category.CONVICTED, False, (EU, strict))
