"""The numbers and lists that hold where several regimes do: of each the stricter."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from liaison.model.categories import Category
from liaison.model.errors import BadSetting
from liaison.model.grounds import Purpose
from liaison.model.roles import Role
from liaison.policy.asking import is_traveller
from liaison.policy.context import Context
from liaison.policy.packs import Basis, Pack

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What services must know before they ask for a decision, and what pages offer to choose from.

    `bulk_window` is the longest of the regimes: count look-ups within it. Days, hours and persons are the fewest;
    purposes, bases, categories, roles and instructions those that every regime has.
    """

    purposes: frozenset[Purpose]
    bases: tuple[Basis, ...]
    categories: frozenset[Category]
    instructions: frozenset[str]
    approval_roles: frozenset[Role]
    approval_hours: int
    bulk_persons: int
    bulk_persons_all_cases: int
    bulk_most: int
    bulk_window: dt.timedelta
    manifest_persons: int
    mask_days: int
    camera_days: int
    unmatched_hours: int
    sensor_days: int
    track_minutes: int
    patrol_hours: int
    waiting_minutes: int
    rescue_days: int
    follow_hours: int
    follow_cameras: int
    gone_days: int
    grounds_days: int
    standing_days: int
    glass_hours: int
    glass_review_hours: int
    retention_days: Mapping[Category, int]
    review_days: Mapping[Category, int]
    log_days: int
    urgent_hours: int
    obtainable_hours: int
    other_hours: int
    core_hours: int
    notices: tuple[str, ...]


def limits(regimes: tuple[Pack, ...]) -> Limits:
    """The stricter of the regimes, whatever their order. Raises BadSetting where there is none."""
    if not regimes:
        raise BadSetting("there is no rule pack", hint="choose one in the settings")

    def least(number: Callable[[Pack], int]) -> int:
        return min(number(pack) for pack in regimes)

    def shared(members: Callable[[Pack], Iterable[T]]) -> frozenset[T]:
        return frozenset.intersection(*(frozenset(members(pack)) for pack in regimes))

    return Limits(
        purposes=shared(lambda pack: pack.purposes.allowed),
        bases=_shared_bases(regimes),
        categories=shared(lambda pack: pack.index.categories),
        instructions=shared(lambda pack: pack.instructions),
        approval_roles=shared(lambda pack: pack.approval.roles),
        approval_hours=least(lambda pack: pack.approval.max_hours),
        bulk_persons=least(lambda pack: pack.bulk.persons),
        bulk_persons_all_cases=least(lambda pack: pack.bulk.persons_all_cases),
        bulk_most=least(lambda pack: pack.bulk.most),
        bulk_window=dt.timedelta(hours=max(pack.bulk.window_hours for pack in regimes)),
        manifest_persons=least(lambda pack: pack.travel.manifest),
        camera_days=least(lambda pack: pack.cameras.days),
        unmatched_hours=least(lambda pack: pack.cameras.unmatched_hours),
        sensor_days=least(lambda pack: pack.sensors.days),
        track_minutes=least(lambda pack: pack.sensors.track_minutes),
        patrol_hours=least(lambda pack: pack.sensors.patrol_hours),
        waiting_minutes=least(lambda pack: pack.sensors.waiting_minutes),
        rescue_days=least(lambda pack: pack.sensors.rescue_days),
        follow_hours=least(lambda pack: pack.cameras.follow_hours),
        follow_cameras=least(lambda pack: pack.cameras.follow_cameras),
        mask_days=least(lambda pack: pack.travel.mask_days),
        gone_days=least(lambda pack: pack.travel.gone_days),
        grounds_days=least(lambda pack: pack.grounds.max_days),
        standing_days=least(lambda pack: pack.standing_days),
        glass_hours=least(lambda pack: pack.glass.max_hours),
        glass_review_hours=least(lambda pack: pack.glass.review_hours),
        retention_days=_fewest(pack.retention.max_days for pack in regimes),
        review_days=_fewest(pack.retention.review_days for pack in regimes),
        log_days=least(lambda pack: pack.retention.log_days),
        urgent_hours=least(lambda pack: pack.deadlines.urgent_hours),
        obtainable_hours=least(lambda pack: pack.deadlines.obtainable_hours),
        other_hours=least(lambda pack: pack.deadlines.other_hours),
        core_hours=least(lambda pack: pack.deadlines.core_hours),
        notices=tuple(sorted({pack.notice for pack in regimes if pack.notice})),
    )


def crosses(context: Context, regimes: tuple[Pack, ...]) -> bool:
    """Whether a check is one of a traveller, which is kept and counted as one and not as a search for a person."""
    return is_traveller(context, min(pack.bulk.travellers for pack in regimes))


def findable(category: Category, minor: bool, regimes: tuple[Pack, ...]) -> bool:
    """Whether a person of this category may be put in the match index: in every regime, and never under 18."""
    return bool(regimes) and not minor and all(category in pack.index.categories for pack in regimes)


def _shared_bases(regimes: tuple[Pack, ...]) -> tuple[Basis, ...]:
    """The bases that every regime knows, by code, as the first regime by name words them."""
    first = min(regimes, key=lambda pack: pack.name)
    known = [basis for basis in first.bases if all(pack.basis(basis.code) for pack in regimes)]
    return tuple(sorted(known, key=lambda basis: basis.code))


def _fewest(tables: Iterable[Mapping[Category, int]]) -> dict[Category, int]:
    rows = list(tables)
    return {category: min(row[category] for row in rows) for category in Category}
