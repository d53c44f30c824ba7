"""Machine readable zones read a second, and what the rules find of forgeries of twelve kinds among sound documents."""

from __future__ import annotations

import random
from collections import Counter

from bench.common import Figures, cpu_seconds
from bench.papers_forged import COMPUTED, KINDS, forged
from bench.papers_made import ON, Paper, here, sound
from liaison.screening.document_rules import Outcome


def measure(quick: bool) -> list[Figures]:
    """Zones a second, one at a time and in batches; then the rates of what is found and of false alarms."""
    return [_speed(quick), _found(quick)]


def _speed(quick: bool) -> Figures:
    from liaison.formats.mrz import batch, read
    from liaison.screening.document_rules import examined

    chance, many = random.Random(5), 20_000 if quick else 100_000
    papers = [sound(chance) for _ in range(many)]
    zones, found = (
        [paper.zone for paper in papers],
        Figures("Machine readable zones, clean scans, CPU time of one core"),
    )

    def rate(
        title: str, work: object, unit: str, target: str = "", scale: float = 1e3, times: int = 1
    ) -> None:
        assert callable(work)
        start = cpu_seconds()
        for _ in range(times):
            work()
        found.add(title, round(times * many / (cpu_seconds() - start) / scale, 1), unit, target)

    rate("read and checked, one at a time", lambda: [read(zone) for zone in zones], "k/s", ">= 150")
    rate("the same, and every field taken", lambda: [_taken(read(zone)) for zone in zones], "k/s")
    rate("checked in batches of all", lambda: batch.checked(zones), "M/s", ">= 1", 1e6, 5)
    documents = [paper.document for paper in papers]
    rate("every rule asked about the zone alone", lambda: [examined(d, ON) for d in documents], "k/s")
    spoilt = [zone.replace("\n", "").lower().replace("0", "o", 1) for zone in zones[: many // 20]]
    start = cpu_seconds()
    for zone in spoilt:
        read(zone)
    found.add(
        "spoilt scans: run together, small letters, o for 0",
        round(len(spoilt) / (cpu_seconds() - start) / 1e3, 1),
        "k/s",
    )
    return found


def _taken(document: object) -> None:
    from liaison.formats.mrz import Document

    assert isinstance(document, Document)
    _ = (document.code, document.issuer, document.nationality, document.number, document.names, document.sex)
    _ = (document.born(ON), document.expires(ON), document.optional)


def outcomes(paper: Paper, *, zone_alone: bool) -> Outcome:
    """What the rules make of a document: of its zone alone, or with its page and where it was seen."""
    from liaison.screening.document_rules import examined, outcome

    if zone_alone:
        return outcome(examined(paper.document, ON))
    return outcome(examined(paper.document, ON, paper.page, now=here(paper), earlier=paper.earlier))


def rates(papers: list[Paper]) -> dict[str, float]:
    """Shares stopped, and stopped or to be looked at again: by all that is known, and by the zone alone."""
    whole = Counter(outcomes(paper, zone_alone=False) for paper in papers)
    alone = Counter(outcomes(paper, zone_alone=True) for paper in papers)
    many = len(papers)
    return {
        "stopped": whole[Outcome.STOP] / many,
        "looked at": 1 - whole[Outcome.NOTHING_FOUND] / many,
        "stopped, zone alone": alone[Outcome.STOP] / many,
        "looked at, zone alone": 1 - alone[Outcome.NOTHING_FOUND] / many,
        "check digits": sum(not paper.document.consistent for paper in papers) / many,
    }


def _found(quick: bool) -> Figures:
    chance, many, each = random.Random(6), 10_000 if quick else 100_000, 300 if quick else 2_000
    found = Figures(
        "Forgeries stopped, knowing page and sightings (or looked at again; by the zone alone; by digits)"
    )
    kept = {kind: rates([forged(kind, chance) for _ in range(each)]) for kind in KINDS}
    for kind, of in kept.items():
        more = f"({of['looked at']:.1%}; {of['stopped, zone alone']:.1%}; {of['check digits']:.1%})"
        found.add(f"{kind}. {KINDS[kind]}", f"{of['stopped']:.1%}", more)
    for title, what in (
        ("stopped", "stopped"),
        ("stopped or looked at again", "looked at"),
        ("stopped, by the zone alone", "stopped, zone alone"),
    ):
        mean = sum(kept[kind][what] for kind in COMPUTED) / len(COMPUTED)
        found.add(
            f"all kinds computed anew throughout (5 to 12): {title}",
            f"{mean:.1%}",
            "",
            ">= 60 %" if what == "stopped" else "",
        )
    papers = [sound(chance) for _ in range(many)]
    of = rates(papers)
    for title, what, target in (
        ("stopped", "stopped", "<= 1 in 10,000"),
        ("to be looked at again, or stopped", "looked at", ""),
    ):
        found.add(f"sound documents {title}", f"{of[what] * 10_000:.1f}", "in 10,000", target)
    found.notes += [
        f"{each:,} forgeries of each kind, {many:,} sound documents, all invented; the model: bench/papers_made.py",
        "an impostor with a genuine document of another person is found by no rule upon documents",
    ]
    return found
