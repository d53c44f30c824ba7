"""Zones read in drawn pages of invented passports and cards, by what disturbs them. They are no photographs."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.common import Absent, Figures, cpu_seconds
from bench.papers_made import sound
from liaison.pictures.answers import UNCLEAR, Found
from liaison.pictures.networks import installed

PRINTED = Path("/usr/share/fonts/opentype/ocr-b/OCRB.otf")  # of Debian's package fonts-ocr-b
EACH, QUICK = 20, 2  # pages of each kind
QUALITY = 80  # of the JPEG that is read
Camera = Callable[[str, random.Random], Any]


def measure(quick: bool) -> list[Figures]:
    """The shares read, marked and accepted, of each kind of disturbance. Raises Absent without the
    extra, and without the font."""
    if not installed():
        raise Absent("the extra `photographs` is not installed: ./dev setup --photographs")
    if not PRINTED.exists():
        raise Absent("the font of the zones is not installed: Debian's package fonts-ocr-b")
    found = Figures("Zones in drawn pages of invented passports and cards: right, of all")
    whole: Counter[str] = Counter()
    for kind, camera in _cameras().items():
        counts = _read(kind, camera, QUICK if quick else EACH)
        whole += counts
        more = f"{counts['sure']} surely, {counts['marked']} wrong and marked, {counts['unread']} not read"
        found.add(kind, f"{counts['right']} of {counts['pages']}", more)
    found.add("all: exact, as it was read", f"{whole['exact'] / whole['pages']:.1%}")
    found.add(
        "all: right, after correction by the types of the fields", f"{whole['right'] / whole['pages']:.1%}"
    )
    found.add("all: right and said to be read surely", f"{whole['sure'] / whole['pages']:.1%}")
    found.add("wrong and said to be read surely", whole["accepted"], "pages", "0")
    found.add("wrong, digits agree, and marked", whole["consistent"], "pages")
    found.add("wrong signs without a mark on them, in pages with others marked", whole["unmarked"], "signs")
    found.add("wrong, digits do not agree", whole["marked"] - whole["consistent"], "pages")
    found.add("not read, with advice", whole["unread"], "pages")
    seconds = whole["milliseconds"] / 1000 / whole["pages"]
    found.add("CPU of a page, without starting the process", f"{seconds:.2f}", "s", "<= 1.5")
    found.add("CPU of starting the process and loading the networks", f"{_starting():.2f}", "s")
    found.notes += [
        f"{whole['pages']} pages in OCR-B, JPEG of quality {QUALITY}; disturbed by bench/photographs_drawn.py",
        "no photograph of a real document was tried, and none may be: nobody may take these rates for a camera's",
    ]
    return [found]


def _cameras() -> dict[str, Camera]:
    from bench import photographs_drawn as drawn

    def page(zone: str, chance: random.Random, turn: float = 3.0, lean: float = 0.02, **more: float) -> Any:
        flat = drawn.drawn(zone, chance, more.pop("scale", 8.0))
        return drawn.laid(flat, chance, more.pop("around", 0.0) + chance.uniform(-turn, turn), lean, **more)

    return {
        "flat": lambda zone, chance: page(zone, chance, 0, 0),
        "turned by up to 12 degrees": lambda zone, chance: page(zone, chance, 12),
        "seen from aside, corners up to 9 % off": lambda zone, chance: page(zone, chance, 4, 0.09),
        "out of focus, sigma 1.2 to 2.2 pixels": lambda zone, chance: drawn.blurred(
            page(zone, chance), chance.uniform(1.2, 2.2)
        ),
        "shaken, 5 to 9 pixels": lambda zone, chance: drawn.shaken(
            page(zone, chance), chance.randrange(5, 10), chance.uniform(0, 180)
        ),
        "noisy, sigma 15 to 40 of 255": lambda zone, chance: drawn.noisy(
            page(zone, chance), chance, chance.uniform(15, 40)
        ),
        "lit from one side, with a reflection": lambda zone, chance: drawn.lit(
            page(zone, chance), chance, 0.2, chance.uniform(0.3, 0.7)
        ),
        "from afar, 4 to 5.5 pixels a millimetre": lambda zone, chance: page(
            zone, chance, scale=chance.uniform(4, 5.5), room=0.4
        ),
        "upside down": lambda zone, chance: page(zone, chance, 5, around=180),
        "on its side": lambda zone, chance: page(zone, chance, 5, around=chance.choice([90, 270]), room=0.35),
    }


def _read(kind: str, camera: Camera, many: int) -> Counter[str]:
    import cv2
    import numpy as np

    from bench.photographs_drawn import FORMS, sent
    from liaison.pictures.zones import zones

    chance, counts = random.Random(f"photographs of {kind}"), Counter[str]()
    while counts["pages"] < many:
        zone = sound(chance).zone
        if len(zone.split("\n")[0]) not in FORMS:
            continue
        picture = cv2.imdecode(np.frombuffer(sent(camera(zone, chance), QUALITY), np.uint8), cv2.IMREAD_COLOR)
        start = cpu_seconds()
        found, _ = zones(np.asarray(picture))
        counts["milliseconds"] += round(1000 * (cpu_seconds() - start))
        counts["pages"] += 1
        counts += _judged(zone, found)
    return counts


def _judged(zone: str, found: list[Found]) -> Counter[str]:
    """What one page counts for. A page with more than one zone is wrong: there is one on each."""
    if not found:
        return Counter(unread=1)
    one = found[0]
    if one.text == zone and len(found) == 1:
        untouched = not any(doubt.kind not in (UNCLEAR, "names") for doubt in one.doubts)
        return Counter(right=1, sure=one.sure, exact=untouched)
    if one.sure:
        return Counter(accepted=1)
    marked = {(doubt.line, doubt.column) for doubt in one.doubts}
    pairs = [
        (row, column)
        for row, (true, said) in enumerate(zip(zone.split("\n"), one.text.split("\n"), strict=False), 1)
        for column, (sign, other) in enumerate(zip(true, said, strict=False), 1)
        if sign != other
    ]
    unmarked = (
        sum(place not in marked and (place[0], 0) not in marked for place in pairs) if one.consistent else 0
    )
    return Counter(marked=1, consistent=one.consistent, unmarked=unmarked)


def _starting() -> float:
    """CPU seconds of a process that reads the smallest picture there is."""
    import resource

    from bench.photographs_drawn import np, sent
    from liaison.pictures.reader import Reader

    def children() -> float:
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return used.ru_utime + used.ru_stime

    start = children()
    Reader().read(sent(np.full((64, 64, 3), 200, np.uint8)))
    return children() - start
