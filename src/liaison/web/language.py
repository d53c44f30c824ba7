"""The languages of the screen: message catalogues in gettext's format, and which of them an officer reads."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

CATALOGUES = Path(__file__).parent / "locale"
DOMAIN = "liaison"
SOURCE = "en"
LANGUAGES = {"en": "English", "sq": "Shqip", "fr": "Français"}
"""Code -> the language's own name for itself. English is the source and needs no catalogue."""

LONGEST_HEADER = 500  # characters of Accept-Language that are read


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; English where there is none."""
    if language == SOURCE or language not in LANGUAGES:
        return NullTranslations()
    with (CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as compiled:
        return GNUTranslations(compiled)


def choose(preferred: str = "", accepted: str = "") -> str:
    """The language to speak: the officer's own setting, else the browser's first that there is, else English.

    `accepted` is an Accept-Language header (RFC 9110, section 12.5.4); what cannot be read of it is passed over.
    """
    if preferred in LANGUAGES:
        return preferred
    ranked = sorted(_ranges(accepted[:LONGEST_HEADER]), key=lambda found: -found[1])
    return next((code for code, weight in ranked if weight > 0 and code in LANGUAGES), SOURCE)


def _ranges(header: str) -> list[tuple[str, float]]:
    return [(part.partition(";")[0].strip().lower()[:2], _weight(part)) for part in header.split(",")]


def _weight(part: str) -> float:
    _, given, weight = part.replace(" ", "").lower().partition(";q=")
    try:
        return min(float(weight), 1.0) if given else 1.0
    except ValueError:
        return 0.0


def later(message: str) -> str:
    """Marks a message that stands in code and is translated where it is shown; returns it as it is."""
    return message
