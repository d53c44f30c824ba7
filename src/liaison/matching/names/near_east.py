"""Hebrew, Armenian and Georgian letters.

Sources: the Hebrew Academy's rules of 2006 and Israeli passports; BGN/PCGN 1981 and Hübschmann-Meillet (Armenian);
Georgia's national system of 2002 and the older Russian-mediated spellings.
"""

from __future__ import annotations

from liaison.matching.names.scheme import distinct, letter_table, scheme

_HEBREW = letter_table(
    "א a ב b ג g ד d ה h ו v ז z ח h ט t י y כ k ך k ל l "
    "מ m ם m נ n ן n ס s ע a פ p ף f צ tz ץ tz ק k ר r ש sh ת t "
    "ײ ei ױ oi װ v"
)
_LETTER = "[בגדהזחטכלמנספצקרשתךםןףץ]"
_VOWELS = [
    ("^וו|וו", "v"),
    (f"(?<={_LETTER})ו(?={_LETTER}|$)", "o"),
    ("יי", "ai"),
    ("^י", "y"),
    (f"(?<={_LETTER})י", "i"),
    ("ה$", "a"),
]
_HEBREW_U = [(p, "u" if out == "o" else out) for p, out in _VOWELS]
_HEBREW_SCHEMES = (
    scheme("", _HEBREW, before=_VOWELS),
    scheme(
        "ב v ח ch כ ch ך ch פ f צ ts ץ ts", _HEBREW, before=[("^ב", "b"), ("^כ", "k"), ("^פ", "p"), *_VOWELS]
    ),
    scheme("ש s ח kh", _HEBREW, before=_VOWELS),
    scheme("", _HEBREW, before=_HEBREW_U),
    scheme("א - ע - ה h ו - י -", _HEBREW, before=[("^א", "a"), ("ה$", "")]),
)
HEBREW_KNOWN = {
    "דוד": "david dovid dawid", "משה": "moshe moses mosche", "יוסף": "yosef joseph yossef",
    "אברהם": "avraham abraham",
    "יצחק": "yitzhak isaac itzhak yitzchak", "יעקב": "yaakov jacob yaacov", "שרה": "sarah sara",
    "רחל": "rachel rahel",
    "מרים": "miriam", "בנימין": "binyamin benjamin", "שלמה": "shlomo solomon", "חיים": "haim chaim hayim",
    "כהן": "cohen kohen kahn", "לוי": "levi levy", "מזרחי": "mizrahi mizrachi", "פרץ": "peretz perez",
    "ביטון": "biton bitton",
    "אליהו": "eliyahu elijah", "שמעון": "shimon simon", "ישראל": "israel yisrael", "אהרון": "aharon aaron",
    "יהודה": "yehuda judah",
    "שמואל": "shmuel samuel", "דניאל": "daniel", "מיכאל": "michael mikhael", "נתניהו": "netanyahu",
    "בן": "ben", "בר": "bar",
    "אסתר": "esther ester", "חנה": "hannah chana hana", "לאה": "leah lea", "רבקה": "rivka rebecca",
    "נתן": "natan nathan",
}  # fmt: skip

_ARMENIAN = letter_table(
    "ա a բ b գ g դ d ե e զ z է e ը e թ t ժ zh ի i լ l խ kh "
    "ծ ts կ k հ h ձ dz ղ gh ճ ch մ m յ y ն n շ sh ո o չ ch պ p ջ j "
    "ռ r ս s վ v տ t ր r ց ts ւ v փ p ք k օ o ֆ f և ev"
)
_ARMENIAN_START = [("^ե", "ye"), ("^ո(?!վ)", "vo"), ("ու", "u"), ("և", "ev")]
_ARMENIAN_SCHEMES = (
    scheme("", _ARMENIAN, before=_ARMENIAN_START),
    scheme("", _ARMENIAN, before=[("ու", "ou")]),
    scheme("յ i ը y խ h ղ g ժ j ց tz ծ tz", _ARMENIAN, before=[("յան$", "ian"), *_ARMENIAN_START]),
    scheme(
        "բ p պ b գ k կ g դ t տ d ջ ch ճ j ծ dz ձ ts", _ARMENIAN, before=[("յան$", "ian"), ("ու", "ou")]
    ),  # Western
    scheme("", _ARMENIAN, before=[("յան$", "ian"), *_ARMENIAN_START]),
)

_GEORGIAN = letter_table(
    "ა a ბ b გ g დ d ე e ვ v ზ z თ t ი i კ k ლ l მ m ნ n "
    "ო o პ p ჟ zh რ r ს s ტ t უ u ფ p ქ k ღ gh ყ q შ sh ჩ ch ც ts "
    "ძ dz წ ts ჭ ch ხ kh ჯ j ჰ h ჱ e ჲ y ჳ v ჴ q ჵ o"
)
_GEORGIAN_SCHEMES = (
    scheme("", _GEORGIAN),
    scheme("ფ f ყ k ღ g ჯ dzh ხ kh", _GEORGIAN),
    scheme("ხ h ჯ dj ღ g ყ k ქ q", _GEORGIAN),
    scheme("ვ w შ sch ჩ tsch ჭ tsch ხ ch ც z წ z ჯ dsch", _GEORGIAN),
    scheme("ყ kh ც c წ c ჭ c ჩ c შ s ხ x", _GEORGIAN),
)


def hebrew(token: str) -> tuple[str, ...]:
    """The forms of a Hebrew token: the usual spellings of a common name, or its letters with the written vowels."""
    usual = HEBREW_KNOWN.get(token)
    return distinct(usual.split() if usual else (convention(token) for convention in _HEBREW_SCHEMES))


def armenian(token: str) -> tuple[str, ...]:
    """The forms of an Armenian token, Eastern pronunciation first."""
    return distinct(convention(token) for convention in _ARMENIAN_SCHEMES)


def georgian(token: str) -> tuple[str, ...]:
    """The forms of a Georgian token."""
    return distinct(convention(token) for convention in _GEORGIAN_SCHEMES)
