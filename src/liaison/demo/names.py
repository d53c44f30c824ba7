"""The names that the invented people bear, each with the spellings that offices of several countries give it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

SHARES = {  # of 100 people
    "ALB": 10, "ARA": 12, "RUS": 8, "TUR": 10, "ROU": 8, "SRB": 7, "GRC": 6, "UKR": 5, "BGR": 5,
    "DEU": 5, "FRA": 5, "ESP": 5, "ITA": 4, "POL": 3, "KUR": 2, "LTU": 2, "HUN": 1, "NLD": 1, "CZE": 1,
}  # fmt: skip
NATIONALITIES = {
    "ARA": ("SYR", "IRQ", "EGY", "MAR", "TUN", "DZA", "LBN"),
    "KUR": ("IRQ", "TUR", "SYR"),
    "ALB": ("ALB", "XKX"),
    "SRB": ("SRB", "BIH", "MNE", "HRV"),
}
CYRILLIC = dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufye", strict=True)) | {"ц": "ts"}
CYRILLIC |= {
    "ё": "e",
    "ж": "zh",
    "х": "kh",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "ie",
    "ь": "",
    "ю": "iu",
    "я": "ia",
}
CYRILLIC |= {"і": "i", "ї": "i", "є": "ie", "ґ": "g", "'": "", "’": ""}  # ICAO 9303, part 3, section 6
ENGLISH = CYRILLIC | {"й": "y", "ю": "yu", "я": "ya", "ё": "yo", "ъ": "a", "ї": "yi", "є": "ye"}
FRENCH = CYRILLIC | {"у": "ou", "ж": "j", "ш": "ch", "ч": "tch", "ю": "iou", "ё": "io"}
GREEK = dict(zip("αβγδεζηικλμνξοπρσςτυφω", "avgdeziiklmnxoprsstyfo", strict=True)) | {
    "χ": "ch",
    "θ": "th",
    "ψ": "ps",
}
GREEK_OTHER = GREEK | {"β": "b", "η": "e", "υ": "u", "φ": "ph", "χ": "h", "ξ": "ks"}
GREEK_PAIRS = (
    ("ου", "ou"),
    ("αυ", "av"),
    ("ευ", "ev"),
    ("μπ", "b"),
    ("ντ", "nt"),
    ("γγ", "ng"),
    ("γκ", "gk"),
)
SHORT = 4  # letters of a given name from which no family name is made
VOWELS = "aeiouаейоуяьαεηοςως"
DIGRAPHS = {
    pair[0]: pair[1:]
    for pair in (
        "üue", "öoe", "äae", "åaa", "øoe", "çch", "şsh", "šsh", "čch", "žzh", "ğgh",
        "țtz", "șsh", "ćch", "ñny", "đdj", "qk", "xsh",
    )
}  # fmt: skip
LETTERS = {"ß": "ss", "ø": "o", "đ": "d", "ı": "i", "ł": "l", "æ": "ae", "œ": "oe", "ə": "a"}


@dataclass(frozen=True, slots=True)
class Name:
    """A name as its bearer writes it, and Latin spellings, the usual one first."""

    native: str
    latin: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """The names of a region; `family` are common ones first, then ones made from given names."""

    code: str
    men: tuple[Name, ...]
    women: tuple[Name, ...]
    family: tuple[Name, ...]


@cache
def regions() -> tuple[Region, ...]:
    """The regions, in the order of SHARES."""
    kinds: dict[tuple[str, str], list[str]] = {}
    text = (files("liaison.demo") / "names.txt").read_text("utf-8")
    for line in text.splitlines():
        if not line.startswith("#"):
            code, kind, *words = line.split()
            kinds[code, kind] = words
    return tuple(_region(code, *(kinds[code, kind] for kind in "mfse")) for code in SHARES)


def _region(code: str, men: list[str], women: list[str], family: list[str], endings: list[str]) -> Region:
    made = [
        _derived(man.split("="), ending.strip("-")) for ending in endings for man in men if len(man) > SHORT
    ]
    return Region(
        code, *(tuple(dict.fromkeys(map(_name, words))) for words in (men, women, [*family, *made]))
    )


def _derived(spellings: list[str], ending: str) -> str:
    return "=".join(stem(spelling) + ending if ending else spelling for spelling in spellings)


def stem(name: str) -> str:
    """A given name without its last vowels, as family names are made of it."""
    return name.rstrip(VOWELS) or name


def _name(word: str) -> Name:
    native, *latin = word.replace("_", " ").split("=")
    return Name(
        native, tuple(latin) or tuple(dict.fromkeys(spelling.title() for spelling in spellings(native)))
    )


def spellings(native: str) -> list[str]:
    """Latin spellings of a name by the tables of different offices, in lower case."""
    small = native.lower()
    if "α" <= min(plain(small)) <= "ω":
        bare = plain(small)
        for pair, latin in GREEK_PAIRS:
            bare = bare.replace(pair, latin)
        return [_by(bare, table) for table in (GREEK, GREEK_OTHER)]
    if any("а" <= letter <= "ґ" for letter in small):
        return [_by(small, table) for table in (CYRILLIC, ENGLISH, FRENCH)]
    return [small, plain(small), plain(_by(small, DIGRAPHS))]


def plain(text: str) -> str:
    """The text without accents, as a machine-readable zone has it."""
    letters = unicodedata.normalize("NFD", "".join(LETTERS.get(letter, letter) for letter in text.lower()))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _by(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in text)
