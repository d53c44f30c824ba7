"""The list of specially designated people of the US Office of Foreign Assets Control, of 2021, as it ships here.

It is a work of the US government and in the public domain. Of the published files this holds the individuals, their
other names, and of the remarks what is compared: dates of birth, sex, nationalities and document numbers. It is here
to be tried on; a check of real people needs the list of the day.
"""

from __future__ import annotations

import gzip
from importlib.resources import files
from pathlib import Path

NAMES = ("sdn.csv", "alt.csv")


def unpack(folder: Path) -> Path:
    """Write the pair of files into `folder`/ofac; returns the list of people, beside which its other names lie."""
    place = folder / "ofac"
    place.mkdir(exist_ok=True)
    for name in NAMES:
        packed = (files("liaison.demo") / f"{name}.gz").read_bytes()
        (place / name).write_bytes(gzip.decompress(packed))
    return place / NAMES[0]
