"""Hangul, kana, Han characters, and the alphabets whose Unicode names spell their sounds.

Hangul is taken apart by the formula of the Unicode standard (3.12) and spelled by Revised Romanisation (2000), then by
McCune-Reischauer as the UN and OFAC lists use it. Kana, Devanagari and its sisters, Ethiopic and others are spelled by
the Unicode names of their letters. A Han character says nothing of its reading, which differs by country; it becomes a
code of five letters, so that equal names agree and different ones do not come near each other.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import name, normalize

from liaison.matching.names.scheme import distinct

_FIRST = "g kk n d tt r m b pp s ss - j jj ch k t p h".replace("-", "").split(" ")
_MIDDLE = [
    "a",
    "ae",
    "ya",
    "yae",
    "eo",
    "e",
    "yeo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "eu",
    "ui",
    "i",
]
_LAST = "- k k k n n n t l k m p l l p l m p p t t ng t t k t p t".replace("-", "").split(" ")
_OLD_FIRST = "k kk n t tt r m p pp s ss - ch tch ch k t p h".replace("-", "").split(" ")
_OLD_MIDDLE = [
    "a",
    "ae",
    "ya",
    "yae",
    "o",
    "e",
    "yo",
    "ye",
    "o",
    "wa",
    "wae",
    "oe",
    "yo",
    "u",
    "wo",
    "we",
    "wi",
    "yu",
    "u",
    "ui",
    "i",
]
# Family names that Koreans abroad and the lists spell in their own way.
_SURNAMES = {
    "김": "kim gim", "이": "lee yi ri rhee", "리": "ri lee", "박": "park pak bak", "최": "choi choe",
    "정": "jung chung jeong chong",
    "강": "kang gang", "조": "cho jo", "윤": "yoon yun", "장": "jang chang", "임": "lim im rim",
    "한": "han", "오": "oh o",
    "서": "seo so suh", "신": "shin sin", "권": "kwon gwon", "황": "hwang", "안": "ahn an", "송": "song",
    "류": "ryu yoo", "유": "yoo yu ryu",
    "전": "jeon chon jun", "홍": "hong", "고": "ko go koh", "문": "moon mun", "양": "yang", "손": "son sohn",
    "배": "bae pae", "백": "baek paek",
    "노": "roh noh no", "로": "ro", "허": "heo ho hur", "남": "nam", "심": "shim sim",
    "주": "joo chu ju", "우": "woo u",
}  # fmt: skip


def hangul(token: str) -> tuple[str, ...]:
    """The forms of a Korean token, Revised Romanisation first; a family name of one syllable in its usual spellings."""
    if token in _SURNAMES:
        return distinct(_SURNAMES[token].split())
    family = _SURNAMES[token[0]].split()[0] if 2 <= len(token) <= 4 and token[0] in _SURNAMES else ""
    given = token[1:] if family else token
    revised, old = _syllables(given, _FIRST, _MIDDLE), _syllables(given, _OLD_FIRST, _OLD_MIDDLE)
    heard = revised.replace("eo", "u").replace("eu", "u").replace("lr", "ll")
    english = revised.replace("eo", "u").replace("u", "oo")
    whole = (_syllables(token, _FIRST, _MIDDLE),) if family else ()
    return distinct((*(family + spelled for spelled in (revised, old, heard, english)), *whole))


def _syllables(token: str, first: list[str], middle: list[str]) -> str:
    out = []
    for letter in token:
        at = ord(letter) - 0xAC00
        out.append(
            first[at // 588] + middle[at % 588 // 28] + _LAST[at % 28] if 0 <= at < 11172 else other(letter)
        )
    return "".join(out)


_NAMED = re.compile(
    r"(?:LETTER|SYLLABLE|VOWEL SIGN|CHARACTER|SIGN) (?:SMALL |CAPITAL |FINAL )*(?:[A-Z]+ )*?([A-Z]+)$"
)
_VIRAMA = re.compile(r"(?:VIRAMA|HALANTA?|SIGN COENG|ASAT|PHINTHU|SIGN AL-LAKUNA)$")
_NASAL = re.compile(r"(?:ANUSVARA|CANDRABINDU|BINDI|TIPPI|NIKAHIT)$")
_INHERENT = re.compile("DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|MALAYALAM|SINHALA")
_SINHALA = re.compile("(?:ALPA|MAHA)APRAANA ")


@lru_cache(maxsize=8192)
def other(letter: str) -> str:
    """The spelling of one letter by its Unicode name; a code of five letters where the name tells none."""
    title = name(letter, "")
    if title.startswith(("THAI", "LAO")):
        return _thai(title)
    if title.startswith(("CJK", "TANGUT", "NUSHU", "KHITAN")) or not (match := _NAMED.search(title)):
        return code(letter) if letter.isalpha() else ""
    return match.group(1).lower()


def _thai(title: str) -> str:
    """Consonants are named by their sound and a word, `KO KAI`; vowels as `SARA I`; marks of tone are silent."""
    words = title.split()[2:]
    if words[:1] == ["SARA"]:
        return words[1].lower()
    return (
        {"THO": "th", "PHO": "ph", "KHO": "kh", "CHO": "ch", "NGO": "ng"}.get(words[0], words[0][0].lower())
        if len(words) > 1 and words[0].endswith("O")
        else ""
    )


def code(letter: str) -> str:
    """Five letters that no other code point has; neighbours differ in most of them."""
    rest, out = ord(letter) * 0x9E3B1 % 0x110000, ""
    for _ in range(5):
        rest, digit = divmod(rest, 20)
        out += "bcdfghjklmnpqrstvwxz"[digit]
    return out


def han(token: str) -> tuple[str, ...]:
    """The form of a token with Han characters: letter codes, and kana as they sound."""
    return distinct(("".join(other(letter) for letter in token),))


def kana(token: str) -> tuple[str, ...]:
    """The forms of a Japanese token in kana: Hepburn, then with long vowels short, then as foreign names sound."""
    spelled = _hepburn(token)
    short = re.sub("(ou|oo)", "o", spelled).replace("uu", "u")
    return distinct((spelled, short, short.replace("u", ""), spelled.replace("r", "l")))


_KANA = {"si": "shi", "ti": "chi", "tu": "tsu", "hu": "fu", "zi": "ji", "di": "ji", "du": "zu"}
_GLIDE = re.compile("(ch|sh|j)?i$")


def _hepburn(token: str) -> str:
    out = ""
    for letter in token.replace("ー", ""):
        title = name(letter, "")
        sound = title.rsplit(" ", 1)[-1].lower() if "LETTER" in title else other(letter)
        out = _small(out, sound) if "SMALL" in title else out + _KANA.get(sound, sound)
    return re.sub(r"\*(.)", r"\1\1", out).replace("*", "").replace("cch", "tch")


def _small(out: str, sound: str) -> str:
    """A small letter changes the one before: ki and small ya are kya, shi and small ya sha; small tsu doubles (`*`)."""
    if sound == "tu":
        return out + "*"
    if len(sound) == 2 and sound[0] == "y":
        return _GLIDE.sub(lambda match: match.group(1) or "y", out) + sound[1]
    return out[:-1] + sound


def named(token: str) -> tuple[str, ...]:
    """The forms of a token in an alphabet whose letters' Unicode names spell them, such as Devanagari or Ethiopic."""
    spelled = _sounds(normalize("NFC", token))
    bare = spelled.removesuffix("a")
    short = bare.replace("aa", "a").replace("ii", "i").replace("uu", "u")
    return distinct((bare, spelled, short, bare.replace("v", "w")))


def _sounds(token: str) -> str:
    """Letters of Brahmic scripts carry an a unless a vowel sign or a virama follows."""
    out = ""
    for letter in token:
        title = _SINHALA.sub("", name(letter, ""))
        if _VIRAMA.search(title):
            out = out.removesuffix("a")
        elif _NASAL.search(title):
            out += "n"
        elif "VOWEL SIGN" in title:
            out = (out.removesuffix("a") if _INHERENT.match(title) else out) + other(letter)
        else:
            out += other(letter)
    return out
