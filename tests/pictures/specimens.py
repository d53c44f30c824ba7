"""Specimens that are nobody's, for the tests that read pictures; all of them are invented."""

from __future__ import annotations

import importlib.util
from random import Random
from typing import Any

import pytest

from bench.photographs import PRINTED
from liaison.formats.mrz.layouts import TD1, TD3
from liaison.formats.mrz.writing import written

PARTS = ("cv2", "onnxruntime", "rapidocr")
PASSPORT = written(TD3, code="P", issuer="UTO", nationality="UTO", surname="SPECIMEN", given="NOBODY MARIA",
                   number="XK7654321", birth="840229", sex="F", expiry="310601")  # fmt: skip
CARD = written(TD1, code="I", issuer="UTO", nationality="UTO", surname="QUERFELDT", given="ILLO", number="D23145890",
               birth="740812", sex="M", expiry="320415")  # fmt: skip

needs_extra = pytest.mark.skipif(
    any(importlib.util.find_spec(part) is None for part in PARTS) or not PRINTED.exists(),
    reason="the extra `photographs` (./dev setup --photographs) or Debian's package fonts-ocr-b is not installed",
)


def page(
    zone: str = PASSPORT, seed: int = 1, degrees: float = 2.0, lean: float = 0.02, scale: float = 8.0
) -> Any:
    """The page of a zone on a table, as pixels."""
    from bench.photographs_drawn import drawn, laid

    chance = Random(seed)
    return laid(drawn(zone, chance, scale), chance, degrees, lean)


def file(picture: Any, kind: str = ".jpg", quality: int = 88) -> bytes:
    """Pixels as a file."""
    from bench.photographs_drawn import sent

    return sent(picture, quality, kind)
