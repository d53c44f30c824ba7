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
from liaison.policy.terms import Say, plain


@dataclass(frozen=True, slots=True)
class Explained:
    """One rule in words: its id, the acts it applies to, what it asks, its source, and how far that was read."""

    rule: str
    actions: tuple[str, ...]
    asks: str
    source: str
    read: str


def explain(pack: Pack, say: Say = plain) -> tuple[Explained, ...]:
    """Every rule of a pack, as an officer reads it, in the language that `say` speaks."""
    return tuple(_explained(rule, pack, say) for rule in rules(pack))


def _explained(rule: Rule, pack: Pack, say: Say) -> Explained:
    return Explained(
        rule=rule.id,
        actions=(say("everything"),)
        if rule.actions == ALL
        else tuple(say(a.label) for a in Action if a in rule.actions),
        asks=rule.needs.asks(say),
        source=rule.source,
        read=say(pack.sources[rule.id.partition("/")[0]].read),
    )


def numbers(pack: Pack, say: Say = plain) -> dict[str, str]:
    """The pack's numbers and lists by what they are, as an officer reads them."""
    return _of_asking(pack, say) | _of_records(pack, say)


def _of_asking(pack: Pack, say: Say) -> dict[str, str]:
    bulk = pack.bulk
    return {
        say("status"): say(pack.status),
        say("persons one officer asks about alone, in a case"): f"{bulk.persons:,}",
        say("persons one officer asks about alone, in all cases"): f"{bulk.persons_all_cases:,}",
        say(
            "travellers one officer checks alone, one by one, each by a document or a vehicle's mark"
        ): f"{bulk.travellers:,}",
        say("passengers of one flight that are checked without a second person"): f"{pack.travel.manifest:,}",
        say("a camera's entry ends within"): _days(pack.cameras.days, say),
        say("the pseudonym of a mark on no list is kept"): _hours(pack.cameras.unmatched_hours, say),
        say("a vehicle is followed back, without a second person"): _hours(pack.cameras.follow_hours, say),
        say(
            "cameras at which a vehicle is followed, without a second person"
        ): f"{pack.cameras.follow_cameras:,}",
        say("the entry of a drone, a boat or a team ends within"): _days(pack.sensors.days, say),
        say("its place is kept at most"): say(
            "%(minutes)s minutes", minutes=f"{pack.sensors.track_minutes:,}"
        ),
        say("where was patrolled is kept"): _hours(pack.sensors.patrol_hours, say),
        say("people in need wait before more are told"): say(
            "%(minutes)s minutes", minutes=f"{pack.sensors.waiting_minutes:,}"
        ),
        say("what was done for people in need is kept"): _days(pack.sensors.rescue_days, say),
        say("counted within"): _hours(bulk.window_hours, say),
        say("persons in one search at most"): f"{bulk.most:,}",
        say("who approves"): ", ".join(say(role.value) for role in Role if role in pack.approval.roles),
        say("an approval holds"): _hours(pack.approval.max_hours, say),
        say("grounds hold"): _days(pack.grounds.max_days, say),
        say("a standing question ends within"): _days(pack.standing_days, say),
        say("a broken glass closes within"): _hours(pack.glass.max_hours, say),
        say("a broken glass is reviewed within"): _hours(pack.glass.review_hours, say),
        say("a check finds"): ", ".join(say(c.value) for c in Category if c in pack.index.categories),
        say("instructions on a hit"): ", ".join(say(each) for each in sorted(pack.instructions)),
    }


def _of_records(pack: Pack, say: Say) -> dict[str, str]:
    clocks, kept = pack.deadlines, pack.retention
    days = {
        say("kept at most, %(category)s", category=say(c.value)): _days(n, say)
        for c, n in _by_category(kept.max_days)
    }
    reviews = {
        say("reviewed within, %(category)s", category=say(c.value)): _days(n, say)
        for c, n in _by_category(kept.review_days)
    }
    return {
        **days,
        **reviews,
        say("passengers of a flight are named for"): _days(pack.travel.mask_days, say),
        say("a flight is kept"): _days(pack.travel.gone_days, say),
        say("the log is kept"): _days(kept.log_days, say),
        say("a request is answered within"): say(
            "%(urgent)s h urgent, %(obtainable)s h to be obtained, %(other)s h other",
            urgent=clocks.urgent_hours,
            obtainable=clocks.obtainable_hours,
            other=clocks.other_hours,
        ),
        say("core data after a hit within"): say("%(hours)s h", hours=clocks.core_hours),
    }


def _days(days: int, say: Say) -> str:
    return say("%(days)s days", days=f"{days:,}")


def _hours(hours: int, say: Say) -> str:
    return say("%(hours)s hours", hours=f"{hours:,}")


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
