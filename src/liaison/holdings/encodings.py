"""How a file's bytes become letters: byte order marks, UTF-16 without one, single bytes by their letters."""

from __future__ import annotations

import codecs
from functools import cache

import numpy as np
from numpy.typing import NDArray

from liaison.holdings.layout import Fallback
from liaison.model.errors import BadSetting

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The letters that languages write with each encoding: small ones, the frequent first, and behind the bar others.
LETTERS = {
    "cp1252": "éáíóúñçüöäèàâêôîûëïùåøæãõß|ÉÁÍÓÚÑÇÜÖÄÈÀÂÊÔÎÛËÏÙÅØÆÃÕœŒÿ",
    "cp1250": "áéíóúýčřšžěůćłńśźżąęőűăâîţşđöüäëôďťňľ|ÁÉÍÓÚÝČŘŠŽĚŮĆŁŃŚŹŻĄĘŐŰĂÂÎŢŞĐÖÜÄËÔĎŤŇĽß",
    "cp1254": "ışğüöçâî|İŞĞÜÖÇÂÎéûêô",
    "cp1257": "šžčėįųūąęāēīļņģķõäöüłśż|ŠŽČĖĮŲŪĄĘĀĒĪĻŅĢĶÕÄÖÜ",
    "cp1251": "аеиоунтрслвкмдпйязгбчшхжцюьыщёэфіїєґјљњћџђў|АЕИОУНТРСЛВКМДПЙЯЗГБЧШХЖЦЮЬЫЩЁЭФІЇЄҐЈЉЊЋЏЂЎ",
    "cp1253": "αοιετσνηυρπκλμςωγδχθφβξζψάέήίόύώϊϋ|ΑΟΙΕΤΣΝΗΥΡΠΚΛΜΩΓΔΧΘΦΒΞΖΨΆΈΉΊΌΎΏ",
    "cp1256": "المنيرهوتبدسعحقفكشجةطخصضزغىءثذظأإآئپچژگؤک|",
    "iso8859-2": "áéíóúýčřšžěůćłńśźżąęőűăâîţşđöüäëô|ÁÉÍÓÚÝČŘŠŽĚŮĆŁŃŚŹŻĄĘŐŰĂÂÎŢŞĐÖÜÄ",
    "iso8859-5": "аеиоунтрслвкмдпйязгбчшхжцюьыщёэфіїєјљњћџђ|АЕИОУНТРСЛВКМДПЙЯЗГБЧШХЖЦЮЬЫЩЁЭФІЇЄЈЉЊЋЏЂ",
    "iso8859-7": "αοιετσνηυρπκλμςωγδχθφβξζψάέήίόύώϊϋ|ΑΟΙΕΤΣΝΗΥΡΠΚΛΜΩΓΔΧΘΦΒΞΖΨΆΈΉΊΌΎΏ",
    "iso8859-9": "ışğüöçâî|İŞĞÜÖÇÂÎ",
    "koi8-r": "аеиоунтрслвкмдпйязгбчшхжцюьыщёэф|АЕИОУНТРСЛВКМДПЙЯЗГБЧШХЖЦЮЬЫЩЁЭФ",
    "cp1255": "אבגדהוזחטיךכלםמןנסעףפץצקרשת|",
}
NAMES = {
    name: name.replace("cp", "windows-") if name.startswith("cp") else name.replace("iso", "ISO-")
    for name in LETTERS
}
FREQUENT = 18  # letters that begin the list and say most
SAMPLE = 1 << 15  # bytes that are weighed


def marked(head: bytes) -> tuple[str, int]:
    """The encoding that a byte order mark names, and the bytes it takes; empty and 0 without one."""
    for mark, name in MARKS:
        if head.startswith(mark):
            return name, len(mark)
    return "", 0


def unmarked_utf16(head: bytes) -> str:
    """`utf-16-le` or `utf-16-be` where every other byte is 0, as ASCII's letters have it; else empty."""
    pairs = np.frombuffer(head[: len(head) // 2 * 2][:4096], np.uint8).reshape(-1, 2)
    if len(pairs) < 4:
        return ""
    first, second = (pairs == 0).mean(axis=0)
    if second > 0.4 and first < 0.1:
        return "utf-16-le"
    return "utf-16-be" if first > 0.4 and second < 0.1 else ""


def checked(name: str) -> str:
    """Python's name of an encoding that a person named. Raises BadSetting."""
    try:
        found = codecs.lookup(name).name
        "".encode(found)
    except (LookupError, ValueError, TypeError) as error:
        raise BadSetting(
            f"there is no encoding {name!r}", hint="for example utf-8, utf-16, cp1251 or iso-8859-2"
        ) from error
    return found


@cache
def table(encoding: str) -> NDArray[np.uint8]:
    """Each byte's letter in UTF-8 for the kernel: its length and bytes, uint8[256, 4]. U+FFFD for what is undefined."""
    out = np.zeros((256, 4), np.uint8)
    for byte in range(256):
        letter = bytes([byte]).decode(encoding, "replace").encode()
        out[byte, : len(letter) + 1] = [len(letter), *letter]
    return out


def choose(text: bytes, accented: bool) -> tuple[Fallback, NDArray[np.uint8]]:
    """How rows that are not UTF-8 are decoded, from the bytes that begin with the first of them.

    The whole file is taken for written so where most lines with other letters than ASCII's are no UTF-8.
    """
    lines = [line for line in text[: 8 * SAMPLE].splitlines() if not line.isascii()]
    broken = [line for line in lines if not is_utf8(line)]
    encoding = likeliest(b"\n".join(broken)[:SAMPLE])
    return Fallback(encoding, not accented and 2 * len(broken) > len(lines)), table(encoding)


def is_utf8(line: bytes) -> bool:
    """Whether the bytes are UTF-8."""
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def likeliest(sample: bytes) -> str:
    """The single-byte encoding by which the sample reads most like words."""
    return max(LETTERS, key=lambda encoding: score(sample.decode(encoding, "replace"), encoding))


def score(text: str, encoding: str) -> int:
    """How much the letters beyond ASCII look like those of the encoding's languages."""
    frequent, _, other = LETTERS[encoding].partition("|")
    weights = dict.fromkeys(other, 3) | dict.fromkeys(frequent, 3) | dict.fromkeys(frequent[:FREQUENT], 4)
    total, before = 0, " "
    for letter in text:
        if letter > "\x7f":
            total += weights.get(letter, -1 if letter.isalpha() else -4)
            if letter.isupper() and before.islower():
                total -= 4  # a capital within a word
        elif letter.isupper() and before.islower() and before > "\x7f":
            total -= 4
        before = letter
    return total
