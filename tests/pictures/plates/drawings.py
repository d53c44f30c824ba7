"""Drawn plates of nobody, and films of them, for the tests that run the networks."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from random import Random
from typing import Any

import pytest

PARTS = ("cv2", "onnxruntime", "rapidocr")
needs_networks = pytest.mark.skipif(
    any(importlib.util.find_spec(part) is None for part in PARTS),
    reason="the extra `anpr` (./dev setup --photographs) is not installed",
)


def picture(text: str = "AB 123 CD", state: str = "AL", seed: int = 9, hard: float = 0.5) -> Any:
    """A vehicle with this mark, as pixels."""
    return looks(text, state, 1, seed, hard)[0]


def looks(text: str, state: str, many: int, seed: int = 9, hard: float = 0.5) -> list[Any]:
    """Looks at a vehicle that comes nearer."""
    from bench.plates_drawn import frames

    return frames(text, state, Random(seed), many, hard)


def empty() -> Any:
    """The road with a vehicle on it that has no plate."""
    from bench.plates_drawn import road

    return road(Random(9))


def lettering(text: str) -> Any:
    """Words on the back of a lorry, as large as a plate."""
    import cv2

    shown = empty()
    cv2.putText(shown, text, (150, 380), cv2.FONT_HERSHEY_DUPLEX, 2.0, (240, 240, 240), 4, cv2.LINE_AA)
    return shown


def photograph(path: Path, shown: Any) -> Path:
    """The pixels as a file."""
    import cv2

    path.write_bytes(bytes(cv2.imencode(path.suffix, shown)[1].tobytes()))
    return path


def film(path: Path, shown: list[Any], rate: float = 25.0) -> Path:
    """The frames as a film."""
    import cv2

    kind = {".mp4": "mp4v", ".avi": "MJPG"}[path.suffix]
    height, width = shown[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*kind), rate, (width, height))
    for each in shown:
        writer.write(each)
    writer.release()
    return path
