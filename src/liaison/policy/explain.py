"""The rules in words, from the same values that decide: for the settings page and for docs/policy.md."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from liaison.model.categories import Category
from liaison.model.grounds import Purpose
from liaison.model.roles import HOLDERS, Role
from liaison.policy.actions import ALL, Action
from liaison.policy.packs import UNSTATED, Pack
from liaison.policy.rules import Rule, rules


@dataclass(frozen=True, slots=True)
class Explained:
    """One rule in words: its id, the acts it applies to, what it asks, its source, and how far that was read."""

    rule: str
    actions: tuple[str, ...]
    asks: str
    source: str
    read: str


def explain(pack: Pack) -> tuple[Explained, ...]:
    """Every rule of a pack, as an officer reads it."""
    return tuple(_explained(rule, pack) for rule in rules(pack))


def _explained(rule: Rule, pack: Pack) -> Explained:
    return Explained(
        rule=rule.id,
        actions=("everything",)
        if rule.actions == ALL
        else tuple(a.label for a in Action if a in rule.actions),
        asks=rule.needs.asks(),
        source=rule.source,
        read=pack.sources[rule.id.partition("/")[0]].read,
    )


def numbers(pack: Pack) -> dict[str, str]:
    """The pack's numbers and lists by what they are, as an officer reads them."""
    bulk, clocks = pack.bulk, pack.deadlines
    days = {f"kept at most, {c.value}": f"{n:,} days" for c, n in _by_category(pack.retention.max_days)}
    reviews = {
        f"reviewed within, {c.value}": f"{n:,} days" for c, n in _by_category(pack.retention.review_days)
    }
    return {
        "status": pack.status,
        "persons one officer asks about alone, in a case": f"{bulk.persons:,}",
        "persons one officer asks about alone, in all cases": f"{bulk.persons_all_cases:,}",
        "counted within": f"{bulk.window_hours} hours",
        "persons in one search at most": f"{bulk.most:,}",
        "who approves": ", ".join(role.value for role in Role if role in pack.approval.roles),
        "an approval holds": f"{pack.approval.max_hours} hours",
        "grounds hold": f"{pack.grounds.max_days} days",
        "a standing question ends within": f"{pack.standing_days} days",
        "a broken glass closes within": f"{pack.glass.max_hours} hours",
        "a broken glass is reviewed within": f"{pack.glass.review_hours} hours",
        "a check finds": ", ".join(c.value for c in Category if c in pack.index.categories),
        "instructions on a hit": ", ".join(sorted(pack.instructions)),
        **days,
        **reviews,
        "the log is kept": f"{pack.retention.log_days:,} days",
        "a request is answered within": (
            f"{clocks.urgent_hours} h urgent, {clocks.obtainable_hours} h to be obtained, {clocks.other_hours} h other"
        ),
        "core data after a hit within": f"{clocks.core_hours} h",
    }


def page(packs: tuple[Pack, ...]) -> str:
    """docs/policy.md: who may do what, the rules with the first pack's numbers, and what each pack sets."""
    return "\n".join(
        [
            "# The rules of a node",
            "",
            "Written by `python -m liaison.policy` from the values that decide; a test compares the two.",
            "This is engineering, not legal advice: each agency's counsel signs its own pack.",
            "",
            "Where several packs hold, every rule of each must be met, and of two numbers the stricter counts.",
            "How far a source was read: `text` its text, `summary` a summary, `general` general knowledge alone.",
            "",
            "## Who may do what",
            "",
            *_table(("act", "capability", "roles"), map(_granted, Action)),
            "",
            f"## The rules, with the numbers of `{packs[0].name}`",
            "",
            "A role's capability (`P01`) is asked for besides, for every act.",
            "",
            *_table(("rule", "for", "asks that"), _shown(packs[0])),
            "",
            "## What each pack sets",
            "",
            *_table(("", *(f"`{pack.name}`" for pack in packs)), _compared(packs)),
            *(line for pack in packs for line in _of_pack(pack)),
            "",
        ]
    )


def _granted(action: Action) -> tuple[str, ...]:
    holders = HOLDERS[action.capability]
    return action.label, action.capability.value, ", ".join(role.value for role in Role if role in holders)


def _shown(pack: Pack) -> Iterator[tuple[str, ...]]:
    for row in explain(pack):
        if not row.rule.startswith("P01/"):
            yield row.rule, ", ".join(row.actions), row.asks


def _compared(packs: tuple[Pack, ...]) -> Iterator[tuple[str, ...]]:
    sets = [numbers(pack) for pack in packs]
    return ((name, *(each[name] for each in sets)) for name in sets[0])


def _of_pack(pack: Pack) -> Iterator[str]:
    """A section on one pack: its notice, bases, left-out categories, matrix of purposes, sources."""
    yield from ("", f"## `{pack.name}`: {pack.title}", "")
    yield from (f"Status: {pack.status}. {pack.notice}", "")
    bases = ((b.code, b.label, b.article, b.read, _named(b.purposes)) for b in pack.bases)
    yield from _table(("basis", "what it is", "article", "read", "purposes"), bases)
    yield ""
    left_out = ((category.value, why) for category, why in pack.index.left_out.items())
    yield from _table(("never found by a check", "why"), left_out)
    yield ""
    yield from _table(("collected for", "may serve"), _matrix(pack))
    yield ""
    sources = ((rule, source.article, source.read) for rule, source in sorted(pack.sources.items()))
    yield from _table(("rule", "source", "read"), sources)


def _matrix(pack: Pack) -> Iterator[tuple[str, str]]:
    for row in (*(purpose.value for purpose in Purpose), UNSTATED):
        if row in pack.purposes.reuse:
            yield row, _named(pack.purposes.reuse[row])


def _named(purposes: frozenset[Purpose]) -> str:
    return ", ".join(purpose.value for purpose in Purpose if purpose in purposes)


def _by_category(days: dict[Category, int]) -> list[tuple[Category, int]]:
    return [(category, days[category]) for category in Category]


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [head, tuple("---" for _ in head), *rows]
    return ["| " + " | ".join(line) + " |" for line in lines]
