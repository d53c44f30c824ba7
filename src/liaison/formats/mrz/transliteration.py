"""Whether a name of the page may be written as the zone writes it.

Recommended transliterations of ICAO Doc 9303 part 3, section 6, with others that issuers use; Cyrillic and Greek after
the tables there and ELOT 743. The zone is not written anew: it is only asked whether some way of writing leads to it.
"""

from __future__ import annotations

import unicodedata
from functools import cache

LATIN = {
    "Ä": "AE A AXX", "Å": "AA A", "Æ": "AE", "Ð": "D DH", "Đ": "D DJ", "Ł": "L", "Ñ": "N NXX", "Ö": "OE O OXX",
    "Ø": "OE O", "Œ": "OE", "ß": "SS", "ẞ": "SS", "Þ": "TH", "Ü": "UE U UXX", "Ĳ": "IJ", "Ŋ": "N", "Ə": "E A",
    "ı": "I", "İ": "I", "Ħ": "H", "Ŧ": "T", "ĸ": "Q K", "Ŀ": "L", "Ơ": "O", "Ư": "U",
}  # fmt: skip
CYRILLIC = {
    "А": "A", "Б": "B", "В": "V", "Г": "G H", "Ґ": "G", "Д": "D", "Ђ": "DJ D", "Е": "E IE YE", "Ё": "E IO YO",
    "Є": "IE YE", "Ж": "ZH Z J", "З": "Z", "Ѕ": "DZ", "И": "I Y", "І": "I", "Ї": "I YI", "Й": "I Y J", "Ј": "J",
    "К": "K", "Л": "L", "Љ": "LJ",
    "М": "M", "Н": "N", "Њ": "NJ", "О": "O", "П": "P", "Р": "R", "С": "S", "Т": "T", "Ћ": "C", "У": "U",
    "Ў": "U W", "Ф": "F", "Х": "KH H", "Ц": "TS C", "Ч": "CH C", "Џ": "DZ DJ", "Ш": "SH S", "Щ": "SHCH SHT",
    "Ъ": "IE A -", "Ы": "Y", "Ь": "- Y", "Э": "E", "Ю": "IU YU JU", "Я": "IA YA JA", "Ѓ": "G GJ", "Ќ": "K KJ", "Ә": "A",
    "Қ": "K Q", "Ң": "N", "Ө": "O", "Ұ": "U", "Ү": "U", "Ғ": "G", "Һ": "H",
}  # fmt: skip
GREEK = {
    "Α": "A", "Β": "V B", "Γ": "G N", "Δ": "D", "Ε": "E", "Ζ": "Z", "Η": "I", "Θ": "TH", "Ι": "I", "Κ": "K", "Λ": "L",
    "Μ": "M B", "Ν": "N D", "Ξ": "X", "Ο": "O", "Π": "P -", "Ρ": "R", "Σ": "S", "Τ": "T -", "Υ": "Y U V F I", "Φ": "F",
    "Χ": "CH H", "Ψ": "PS", "Ω": "O",
}  # fmt: skip
TABLE = {sign: ways.replace("-", "").split(" ") for sign, ways in {**LATIN, **CYRILLIC, **GREEK}.items()}


@cache
def ways(sign: str) -> tuple[str, ...] | None:
    """How a sign of a name may be written; nothing for an apostrophe or hyphen, None for a letter not known here."""
    sign = sign if sign in TABLE else sign.upper()
    if sign in TABLE:
        return tuple(TABLE[sign])
    if sign.isascii():
        return (sign,) if sign.isalpha() else ("",)
    plain = "".join(part for part in unicodedata.normalize("NFD", sign) if not unicodedata.combining(part))
    if plain != sign:
        inner = [ways(part) for part in plain]
        return inner[0] if len(inner) == 1 else None
    return None if sign.isalpha() else ("",)


def agrees(page: str, zone: str, cut: bool = False) -> bool | None:
    """Whether the page's name may be what the zone writes; `cut` where the zone may hold its beginning alone.

    None where the page's script is not known here. Blanks and hyphens do not count. Takes time in proportion to the
    name's length.
    """
    written, places = zone.replace(" ", ""), {0}
    for sign in unicodedata.normalize("NFC", page):
        known = ways(sign)
        if known is None:
            return None
        if cut and any(
            len(way) >= len(written) - at and way.startswith(written[at:]) for at in places for way in known
        ):
            return True
        places = {at + len(way) for at in places for way in known if written.startswith(way, at)}
        if not places:
            return False
    return len(written) in places
