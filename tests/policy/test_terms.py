"""Conditions put together."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import product

import pytest

from liaison.policy import Action, Context
from liaison.policy.terms import AllOf, AnyOf, Leaf, worded
from tests.policy.facts import lawful

ANY = lawful(Action.STATISTICS)


@dataclass(frozen=True, slots=True)
class Is(Leaf):
    """A condition that is or is not met."""

    name: str
    met: bool
    says = "{name} is"
    lacks = "{name} is not"
    cure = "make {name}"

    def holds(self, context: Context) -> bool:
        assert context is ANY
        return self.met


def parts(*met: bool) -> list[Is]:
    return [Is(name, held) for name, held in zip("abc", met, strict=False)]


@pytest.mark.parametrize("met", list(product([True, False], repeat=3)))
def test_all_of_holds_where_each_part_does_and_any_of_where_one_does(met: tuple[bool, ...]) -> None:
    assert AllOf(*parts(*met)).holds(ANY) is all(met)
    assert AnyOf(*parts(*met)).holds(ANY) is any(met)


def test_all_of_tells_what_fails_alone() -> None:
    term = AllOf(*parts(False, True, False))
    assert term.asks() == "a is, and b is, and c is"
    assert term.lacking(ANY) == "a is not, and c is not"
    assert term.remedy(ANY) == "make a, and make c"


def test_any_of_tells_each_way_once() -> None:
    term = AnyOf(*parts(False, False), Is("b", False))
    assert term.asks() == "a is; or b is; or b is"
    assert term.lacking(ANY) == "a is not, and b is not, and b is not"
    assert term.remedy(ANY) == "make a; or make b"


def test_terms_nest() -> None:
    inner = AllOf(AllOf(*parts(True, False)))
    assert (inner.lacking(ANY), inner.remedy(ANY)) == ("b is not", "make b")
    assert AnyOf(inner).lacking(ANY) == "b is not"
    assert AnyOf(inner).remedy(ANY) == "make b"
    term = AnyOf(AllOf(*parts(True, False)), Is("c", False))
    assert not term.holds(ANY)
    assert term.asks() == "a is, and b is; or c is"
    assert term.remedy(ANY) == "make b; or make c"


def test_terms_are_values() -> None:
    assert AllOf(*parts(True)) == AllOf(*parts(True))
    assert AllOf(*parts(True)) != AllOf(*parts(False))
    assert AnyOf(*parts(True)) != AllOf(*parts(True))


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (frozenset({"b", "a"}), "a, b"),
        (("b", "a"), "a, b"),
        (frozenset(), "none"),
        (12345, "12,345"),
        (Action.CHECK, "check"),
        (frozenset({Action.IMPORT, Action.CHECK}), "check, import"),
        (dt.timedelta(hours=8), "8 hours"),
        (dt.timedelta(hours=71), "71 hours"),
        (dt.timedelta(hours=72), "3 days"),
        (dt.timedelta(hours=73), "73 hours"),
        (dt.timedelta(days=2), "48 hours"),
        (dt.timedelta(days=3650), "3,650 days"),
        (dt.timedelta(hours=2401), "2,401 hours"),
    ],
)
def test_values_are_worded_as_a_person_reads_them(value: object, said: str) -> None:
    assert worded(value) == said
