"""Plates read in photographs that stay outside the tree, and on invented plates that are drawn; one thread.

The photographs (../shared/data/plates: 54 of openalpr/benchmarks, endtoend/eu, AGPL, most of them Slovak and Czech) are
measured and never copied. Their truth mixes O and 0, so that both are taken for one; nothing else is folded.
"""

from __future__ import annotations

import random
import statistics
from collections import Counter
from math import sqrt
from pathlib import Path
from typing import Any

from bench.common import SHARED, Absent, Figures, cpu_seconds
from liaison.pictures.networks import installed
from liaison.pictures.plates.answers import Plate
from liaison.pictures.plates.reading import SIDES, Wanted

PHOTOGRAPHS = SHARED / "data" / "plates"
EACH, QUICK = 20, 3  # drawn vehicles of each state
FRAMES = 5  # of one drawn vehicle
SURE = (0.5, 0.7, 0.9)  # confidences
AT = {"448, then 960 where unsure (as it is)": SIDES, "448 alone": (448,), "640 alone": (640,), "960 alone": (960,),
      "640, then 960 where unsure": (640, 960)}  # fmt: skip


def measure(quick: bool) -> list[Figures]:
    """Exact reads and processor time on photographs and on drawn plates. Raises Absent without the extra."""
    if not installed():
        raise Absent("the extra `anpr` is not installed: ./dev setup --photographs")
    import cv2

    cv2.setNumThreads(0)
    _read(_blank(), Wanted())
    return [*_photographs(quick), _drawn(quick)]


def _blank() -> Any:
    from bench.plates_drawn import np

    return np.full((480, 640, 3), 200, np.uint8)


def _read(picture: Any, wanted: Wanted) -> tuple[list[Plate], float]:
    """The plates of a picture, and milliseconds of the processor."""
    from liaison.pictures.plates.reading import read

    start = cpu_seconds()
    found = read(picture, wanted)
    return found, 1000 * (cpu_seconds() - start)


def _photographs(quick: bool) -> list[Figures]:
    if not PHOTOGRAPHS.is_dir():
        absent = Figures("Plates in photographs: not measured")
        absent.notes.append(
            f"left out: there are no photographs in ../{PHOTOGRAPHS.relative_to(SHARED.parent)}"
        )
        return [absent]
    names = sorted(PHOTOGRAPHS.glob("*.jpg"))[:: 6 if quick else 1]
    title = f"Plates in {len(names)} photographs, most of them Slovak and Czech; CPU of one thread, decoding included"
    found = Figures(title)
    for said, sides in AT.items():
        _run(found, names, said, Wanted(sides), sides == SIDES)
    _run(found, names, "the camera expects SK and CZ", Wanted(expected=frozenset({"SK", "CZ"})), False)
    found.notes += [
        "exact: the first plate of a photograph is its truth, O and 0 taken for one, and nothing else",
        "the sides and the rules were chosen with these 54 in view: a held-out set of photographs is not here",
        "median 432 by 576 pixels, no plate of Albania, Kosovo or the Western Balkans: nobody may claim them from it",
    ]
    return [found]


def _run(found: Figures, names: list[Path], said: str, wanted: Wanted, more: bool) -> None:
    """The figures of one way to look, all of them where there is `more`."""
    import cv2

    counts, took, sure = Counter[str](), list[float](), Counter[tuple[float, bool]]()
    for name in names:
        truth = _folded(name.with_suffix(".txt").read_text("utf-8").split()[5])
        start = cpu_seconds()
        picture = cv2.imread(str(name))
        decoding = 1000 * (cpu_seconds() - start)
        plates, milliseconds = _read(picture, wanted)
        took.append(decoding + milliseconds)
        first = plates[0] if plates else None
        right = first is not None and _folded(first.text) == truth
        counts["exact"] += right
        counts["unread"] += first is None
        counts["raw"] += first is not None and _folded(first.raw) == truth
        counts["within"] += any(_folded(each.text) == truth for each in (first.candidates if first else ()))
        sure.update((least, right) for least in SURE if first is not None and first.confidence >= least)
    many, middle, mean = len(names), statistics.median(took), statistics.mean(took)
    target = (f">= {0.97:.0%}", "all", "<= 300") if more else ("", "", "")
    share = f"{counts['exact']} of {many} ({counts['exact'] / many:.1%})"
    found.add(f"{said}: exact", share, "", target[0])
    found.add(f"{said}: truth among the candidates", f"{counts['within']} of {many}", "", target[1])
    found.add(f"{said}: CPU of a picture, median and mean", f"{middle:.0f}, {mean:.0f}", "ms", target[2])
    if more:
        low, high = _interval(counts["exact"], many)
        found.add(f"{said}: interval of 95 % (Wilson)", f"{low:.1%} to {high:.1%}")
        found.add(f"{said}: the raw reading alone exact", f"{counts['raw']} of {many}")
        found.add(f"{said}: no plate read", f"{counts['unread']} of {many}")
        found.add(f"{said}: CPU of the slowest picture", round(max(took)), "ms")
        for least in SURE:
            both = sure[least, True] + sure[least, False]
            found.add(
                f"{said}: right where the confidence is {least} or more", f"{sure[least, True]} of {both}"
            )


def _drawn(quick: bool) -> Figures:
    """One look, and FRAMES looks put together, at drawn vehicles."""
    from bench.plates_drawn import MARKS, bare, frames, mark
    from liaison.pictures.plates.fusion import Track, passed
    from liaison.pictures.plates.reading import looks

    many = QUICK if quick else EACH
    found = Figures(
        f"Rendered plates, {many} invented marks of each state: blurred, shaken, noisy, from aside, 85 px up"
    )
    whole, took = Counter[str](), list[float]()
    for state in MARKS:
        chance, counts = random.Random(f"plates of {state}"), Counter[str]()
        for _ in range(many):
            printed = mark(state, chance)
            text, track = bare(printed), Track(0.0, 0.0)
            for at, picture in enumerate(frames(printed, state, chance, FRAMES)):
                start = cpu_seconds()
                seen = looks(picture, Wanted())
                took.append(1000 * (cpu_seconds() - start))
                counts["one"] += at == 0 and bool(seen) and seen[0].found[0].text == text
                counts["one wrong"] += at == 0 and bool(seen) and seen[0].found[0].text != text
                if seen:
                    track.add(seen[0], at / 10)
            told = passed(track) if track.looks else None
            counts["five"] += told is not None and told.plate.text == text
            counts["five wrong"] += told is not None and told.plate.text != text
        whole += counts
        found.add(f"{state}: one look; {FRAMES} looks", f"{counts['one']}; {counts['five']} of {many}")
    total = many * len(MARKS)
    found.add("all: exact in one look", f"{whole['one']} of {total} ({whole['one'] / total:.1%})")
    found.add("all: read otherwise in one look", f"{whole['one wrong']} of {total}")
    found.add(
        f"all: exact in {FRAMES} looks",
        f"{whole['five']} of {total} ({whole['five'] / total:.1%})",
        "",
        ">= 99.5%",
    )
    found.add(f"all: told and wrong in {FRAMES} looks", f"{whole['five wrong']} of {total}", "", "0")
    found.add(
        "CPU of a look, median and mean", f"{statistics.median(took):.0f}, {statistics.mean(took):.0f}", "ms"
    )
    found.notes.append("rendered by bench/plates_drawn.py in one type of letters: not what a camera sees")
    return found


def _folded(text: str) -> str:
    return text.replace("O", "0")


def _interval(right: int, many: int) -> tuple[float, float]:
    """Wilson's interval of 95 %."""
    z, share = 1.96, right / many
    middle, half = (
        share + z * z / (2 * many),
        z * sqrt(share * (1 - share) / many + z * z / (4 * many * many)),
    )
    return (middle - half) / (1 + z * z / many), (middle + half) / (1 + z * z / many)
