"""Cyrillic letters of Russian, Ukrainian, Belarusian, Bulgarian, Serbian, Macedonian and the languages of the Union.

Sources: ICAO 9303 part 3 section 6 B (passports); BGN/PCGN 1947 and successors (English-language lists); ISO 9 and
DIN 1460 without marks (science, Yugoslavia's successors); Ukraine's resolution 55 of 2010; Bulgaria's law of 2009;
the spellings of the French and German press.
"""

from __future__ import annotations

from liaison.matching.names.scheme import Scheme, distinct, letter_table, scheme

_BASE = letter_table(
    "а a б b в v г g д d е e ж zh з z и i й y к k л l м m "
    "н n о o п p р r с s т t у u ф f х kh ц ts ч ch ш sh щ shch ъ - "
    "ы y ь - э e ю yu я ya ё e і i ї yi є ye ґ g ў u ѐ e ѝ i "
    "ђ dj ј j љ lj њ nj ћ c џ dz ѓ gj ќ kj ѕ dz ә a ғ g қ k ң n "
    "ө o ұ u ү u һ h ҳ h ҷ j җ j ҡ k ҙ z ҫ s ӣ i ӯ u ҝ g ҹ j ѣ e ѳ f ѵ i ӑ a ӗ e ҥ n ҕ g ҭ t ҟ k ҵ ts ӏ -"
)  # fmt: skip

_ENDINGS = [("[иы]й$", "y"), ("ь(?=[еёюяиіїєо])", "y"), ("кс", "x")]
_PRESS = scheme("", _BASE, before=_ENDINGS)
_ICAO = scheme("й i ю iu я ia ъ ie ї i є ie щ shch", _BASE)
_BGN = scheme("ё yo", _BASE, before=[(r"(?:(?<=^)|(?<=[аеёиоуыэюяьъ]))е", "ye")])
_SCIENCE = scheme("ж z й j х h ц c ч c ш s щ sc ю ju я ja ё jo ї ji є je г g", _BASE)
_GERMAN = scheme("в w ж sch з s й i х ch ц z ч tsch ш sch щ schtsch ю ju я ja ё jo ї ji є je", _BASE,
                 before=[("[иы]й$", "i")])  # fmt: skip
_FRENCH = scheme("ж j й i у ou ч tch ш ch щ chtch ю iou я ia ё io", _BASE,
                 before=[("[иы]й$", "i"), ("ин$", "ine"), ("ц", "ts")])  # fmt: skip
_RUSSIAN = (_PRESS, _ICAO, _SCIENCE, _BGN, _GERMAN, _FRENCH)

# г is h and и is y; also as Russian or Poles write Ukrainian names.
_UKRAINE_BASE = letter_table("г h и y й i ї i є ie ю iu я ia щ shch")
_UKRAINE = scheme(
    "",
    _BASE,
    _UKRAINE_BASE,
    before=[("^є", "ye"), ("^ї", "yi"), ("^й", "y"), ("^ю", "yu"), ("^я", "ya"), ("зг", "zgh")],
)
_UKRAINE_PRESS = scheme("й y ї yi є ye ю yu я ya", _BASE, _UKRAINE_BASE, before=[("ий$", "y")])
_UKRAINE_VIA_RUSSIAN = scheme("й y і i є e ї i", _BASE, before=_ENDINGS)
_UKRAINE_SCIENCE = scheme("г h и y", _SCIENCE.letters)
_POLISH = scheme("в w г h и y ж z й j х ch ц c ч cz ш sz щ szcz ю iu я ia ї i є ie у u", _BASE)
_UKRAINIAN = (_UKRAINE, _UKRAINE_PRESS, _UKRAINE_VIA_RUSSIAN, _UKRAINE_SCIENCE, _POLISH, _GERMAN)

_BULGARIA = scheme("ъ a щ sht х h й y ю yu я ya ь y", _BASE, before=[("ия$", "ia")])
_BULGARIA_SCIENCE = scheme("ъ u щ st х h", _SCIENCE.letters)
_BULGARIA_OLD = scheme("ъ u щ sht х kh", _BASE)
_BULGARIAN = (_BULGARIA, _BULGARIA_OLD, _ICAO, _BULGARIA_SCIENCE, _FRENCH, _GERMAN)

_GAJ = scheme("ж z ч c ш s ц c х h ј j љ lj њ nj ћ c ђ dj џ dz ѓ gj ќ kj", _BASE)
_GAJ_D = scheme("ђ d џ dz љ l њ n ѓ g ќ k", _GAJ.letters)
_SERBIA_PRESS = scheme("ж zh ч ch ш sh ц ts х h ј y љ ly њ ny ћ ch ђ dj џ dj ѓ gy ќ ky", _BASE)
_SERBIA_ENGLISH = scheme("ж zh ч ch ш sh ц c х h ј j љ lj њ nj ћ ch ђ dj џ dzh ѓ gj ќ kj", _BASE)
_SERBIAN = (_GAJ, _SERBIA_ENGLISH, _GAJ_D, _SERBIA_PRESS, _GERMAN)

_STEPPE = scheme("х kh ж zh й i ө o ү u ы y", _BASE, before=[("^е", "ye")])
_STEPPE_J = scheme("ж j ү u ө u", _STEPPE.letters)
_STEPPE_TURKISH = scheme("ж c ш s ы i ч c қ q ғ g ө o ү u ә e х h й y", _BASE)
_TAJIK = scheme("қ q ҷ j ғ gh ӯ u ӣ i х kh ҳ h", _BASE)
_CENTRAL = (_STEPPE, _TAJIK, _STEPPE_J, _STEPPE_TURKISH, _ICAO, _SCIENCE)


def _language(letters: frozenset[str]) -> tuple[Scheme, ...]:
    """The conventions for the language that these letters betray; Russian's where they betray none."""
    if letters & frozenset("іїєґў"):
        return _CENTRAL if letters & frozenset("қғңұүһәө") else _UKRAINIAN
    if letters & frozenset("јљњћђџѓќѕ"):
        return _SERBIAN
    if letters & frozenset("қғңұүһәөҳҷӯӣҡ"):
        return _CENTRAL
    return _BULGARIAN if "ъ" in letters and not letters & frozenset("ыэё") else _RUSSIAN


def cyrillic(token: str) -> tuple[str, ...]:
    """The forms of a Cyrillic token, case folded and composed."""
    token = token.removesuffix("ъ")  # silent at the end, before the reform of 1918
    return distinct(convention(token) for convention in _language(frozenset(token)))
