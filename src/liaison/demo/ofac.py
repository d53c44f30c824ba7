"""The list of specially designated people of the US Office of Foreign Assets Control, of 2021, as it ships here.

It is a work of the US government and in the public domain. Of the published files this holds the individuals, their
other names, and of the remarks what is compared: dates of birth, sex, nationalities and document numbers. It is here
to be tried on; a check of real people needs the list of the day.
"""

from __future__ import annotations

import gzip
from importlib.resources import files
from pathlib import Path

FILES = {"sdn.csv.gz": "ofac_sdn.csv", "alt.csv.gz": "ofac_alt.csv"}


def unpack(folder: Path) -> Path:
    """Write the pair of files into the folder; returns the list of people, beside which its other names lie."""
    for packed, name in FILES.items():
        content = (files("liaison.demo") / packed).read_bytes()
        (folder / name).write_bytes(gzip.decompress(content))
    return folder / "ofac_sdn.csv"
