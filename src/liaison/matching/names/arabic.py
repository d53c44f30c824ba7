"""Arabic script: Arabic, Persian, Dari, Pashto, Urdu and Kurdish (Sorani).

Short vowels are not written, so a token alone does not say how it sounds. Its forms are, in this order: the usual
Latin spellings of names in `arabic.tsv`; what letters in such a context become most often (`contexts`); and the bare
letters, whose consonants agree with every spelling. The article is left off first, since Latin text writes it apart.

Sources: BGN/PCGN 1956 (Arabic), 1958 (Persian), 2007 (Kurdish, Urdu); ICAO 9303 part 3 section 6 C; the usage of the
UN and OFAC lists.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from liaison.matching.names.contexts import context_table
from liaison.matching.names.scheme import distinct, letter_table, scheme

_BASE = letter_table(
    "ا a ب b ت t ث th ج j ح h خ kh د d ذ dh ر r ز z س s ش sh "
    "ص s ض d ط t ظ z ع a غ gh ف f ق q ك k ل l م m ن n ه h و w "
    "ي y ى a ة a ء - أ a إ i آ a ؤ u ئ y ٱ a پ p چ ch ژ zh گ g "
    "ک k ی y ە e ێ e ۆ o ڕ r ڵ l ڤ v ھ h ہ h ۃ a ۀ e ے e ۓ e "
    "ٹ t ڈ d ڑ r ں n ڼ n ړ r ډ d ټ t ښ sh ږ zh ځ z څ ts ې e ۍ i "
    "ى a ڭ ng ۇ u ۈ u ۋ v ۅ o ې e ڧ q ڨ g ݣ g ڥ v ٻ b ڄ j ڃ ny ڍ d "
    "ۉ u ڳ g ڪ k ۊ u ێ e"
)
_CONSONANT = "[بتثجحخدذرزسشصضطظغفقكلمنهپچژگکڕڵڤھہٹڈڑں]"
_GLIDES = [
    ("^[اأإآ](?=[وي ی])", ""),
    ("^و(?=.)", "w"), ("^[يی](?=.)", "y"),
    ("وو", "u"), ("يي|یی", "ai"),
    (f"(?<={_CONSONANT})و(?={_CONSONANT}|$)", "u"), (f"(?<={_CONSONANT})[يی](?={_CONSONANT}|$)", "i"),
    ("[يی]$", "i"), ("^ع(?=[اويی])", ""), ("ع(?=[اويی])|(?<=[اويی])ع", ""), ("ئ(?=[يی])", ""), ("ه$", "eh"),
]  # fmt: skip
_LETTERS = scheme("", _BASE, before=_GLIDES)
_WESTERN = scheme("ج g ق k و v ش ch ث t ذ d ع - غ g ك c", _BASE, before=[
    ("^و(?=.)", "w"), (f"(?<={_CONSONANT})و(?={_CONSONANT}|$)", "ou"), *_GLIDES[5:-1], ("ه$", "a")])  # fmt: skip
_BONES = scheme("ا - ع - ى - ة - ه h", _BASE, before=[("^[اأآ]", "a"), ("ة$|ه$", "")])
# Sorani writes its vowels, so what stands is what is said.
_SORANI = scheme("ئ - ع - غ gh", _BASE, before=[("وو", "u"), *_GLIDES[:3], *_GLIDES[5:8]])
_SORANI_LATIN = scheme(
    "ش sh چ ch ج c خ x ق q ڤ v ی i ئ -", _BASE, before=[("وو", "u"), *_GLIDES[:3], *_GLIDES[5:8]]
)
_SORANI_LETTERS = frozenset("ەێۆڕڵڤ")

_ARTICLE = re.compile("^(?:ال|آل)(?=..)")
# The article before a sun letter takes on its sound: ash-Shami, an-Nasiri.
_SUN = dict(
    zip(
        "تثدذرزسشصضطظلن",
        ["at", "ath", "ad", "adh", "ar", "az", "as", "ash", "as", "ad", "at", "az", "al", "an"],
        strict=True,
    )
)


@cache
def known() -> dict[str, tuple[str, ...]]:
    """The usual Latin spellings of common names, the commonest first."""
    rows = (files(__package__) / "arabic.tsv").read_text("utf8").splitlines()
    return {native: tuple(spelled.split()) for native, spelled in (row.split("\t") for row in rows)}


def arabic(token: str) -> tuple[str, ...]:
    """The forms of a token in Arabic script."""
    if (usual := known().get(token)) is not None:
        return distinct(usual)
    if not _SORANI_LETTERS.isdisjoint(token):
        return distinct((_SORANI(token), _SORANI_LATIN(token), *_spelled(token)))
    bare = _ARTICLE.sub("", token)
    if bare == token:
        return distinct(_spelled(token))
    return distinct(_with_article(bare, list(distinct(_spelled(bare)))))


def _spelled(token: str) -> list[str]:
    """Without the article: the usual spellings, or what the letters make."""
    if (usual := known().get(token)) is not None:
        return list(usual[:4])
    likely = context_table("arabic").spellings(token)
    return [*likely, _LETTERS(token), _WESTERN(token), _BONES(token)]


def _with_article(bare: str, spelled: list[str]) -> list[str]:
    sun = _SUN.get(bare[0])
    joined = [f"al{spelled[0]}", f"{sun}{spelled[0]}" if sun else f"el{spelled[0]}"] if spelled else []
    return [*spelled[:4], *joined]
