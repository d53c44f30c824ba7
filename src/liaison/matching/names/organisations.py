"""Names of organisations and ships: legal forms, numbers, and the words that many share.

Sources of the legal forms: the company registers of the countries named (ISO 20275 lists them all); transliterations
as the OFAC and EU lists write them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from liaison.matching.names.romanise import forms
from liaison.matching.names.split import tokens
from liaison.matching.phonetics import fold

# One kind of company a line: limited liability, shares, partnership and so on, in the words of many countries.
_LEGAL = {
    "limited": """
    ltd|limited|llc|l l c|gmbh|g m b h|gesellschaft mit beschrankter haftung|ooo|tov|too|sarl|s a r l|srl
    s r l|bv|b v|bvba|b v b a
    doo|d o o|ood|eood|oue|ou|uab|sia|oy|aps|kft|sp z o o|spolka z o o|sro|s r o|lda|ltda|limitada|pvt|private
    pte|sdn bhd|sdn|bhd
    co ltd|company limited|limited liability company|limited liability partnership|llp|l l p|limited company
    pty|proprietary
    obshchestvo s ogranichennoi otvetstvennostiu|obshchestvo s ogranichennoy otvetstvennostyu
    s ogranichennoi otvetstvennostiu
    obshchestvo s ogranichennoj otvetstvennostju|tovarystvo z obmezhenoiu vidpovidalnistiu
    sociedad de responsabilidad limitada
    societatea cu raspundere limitata|societate cu raspundere limitata|drustvo s ogranicenom odgovornoscu
    s de r l|s de rl|sh p k|shpk
    societe a responsabilite limitee|societa a responsabilita limitata|limited sirketi|ltd sti|as llc|fzc|fze
    fzco|wll|w l l
    """,
    "shares": """
    ag|aktiengesellschaft|se|sa|s a|spa|s p a|plc|p l c|public limited company|inc|incorporated|corp
    corporation|nv|n v|as|a s|ab|asa
    oao|zao|pao|ao|ojsc|cjsc|pjsc|jsc|joint stock company|open joint stock company|closed joint stock company
    oyj|nyrt|zrt|ad|a d
    public joint stock company|aktsionernoe obshchestvo|otkrytoe aktsionernoe obshchestvo
    zakrytoe aktsionernoe obshchestvo|pat|prat
    publichnoe aktsionernoe obshchestvo|sociedad anonima|societe anonyme|societa per azioni|anonim sirketi
    aktiebolag|sab|sae|s a e
    sa de cv|s a de c v|s a de cv|kgaa|aksionerno druzhestvo|dionicko drustvo|dd|d d|akcine bendrove|a d|kk
    k k|saog|qsc|psc
    kabushiki kaisha|pt|p t|tbk|sha|sh a|s a s|sas|bhg|pjs
    """,
    "company": "co|company|cie|compagnie|kompaniya|kompania|gesellschaft|sirketi|sherkat|sharika|firma|firm",
    "partnership": "lp|l p|limited partnership|kg|ohg|gbr|snc|s n c|sca|spk|sp k|komanditgesellschaft|partners",
    "fund": "stiftung|foundation|fondation|fundacion|fundacja|fond|trust",
    "association": "ev|e v|eingetragener verein|ngo|ano|nko|asbl|onlus",
    "state": "fgup|gup|mup|federal state unitary enterprise|state unitary enterprise|gp",
}

# Kinds of thing, not names: what many organisations are called besides their name.
GENERIC = frozenset(
    """
    bank banking company companies trading trade group holding holdings international intl general industries industrial industry
    enterprise enterprises services service shipping maritime marine airlines aviation air transport transportation logistics import
    export investment investments development construction engineering technology technologies systems solutions global world
    national state central management organization organisation center centre institute university agency office department
    ministry committee council foundation fund association society charity relief oil gas petroleum energy petrochemical chemical
    electronics electric power steel metal mining products commercial commerce financial finance capital insurance exchange real
    estate properties property partners consulting business the of and for de la el et und i y di del a an in
    """.split()
)  # noqa: SIM905
# fmt: skip

# One word in several spellings or languages.
SAME_WORD = {
    variant: words.split()[0]
    for words in (
        "international intl internacional internationale internazionale mezhdunarodnyi",
        "national nacional nationale nazionale natsionalnyi",
        "organization organisation organizacion organizatsiya",
        "bank banco banque banka banca", "company co cie compania compagnie kompaniya",
        "industries industry industrie industria",
        "group gruppe grupo groupe gruppo gruppa grup", "center centre centro zentrum tsentr", "trading trade",
        "united unated", "brothers bros", "manufacturing mfg", "department dept", "first 1st", "second 2nd",
        "third 3rd",
        "shipping sudokhodnaya", "people peoples", "and und et", "holding holdings", "service services",
        "technology technologies tech",
        "investment investments", "enterprise enterprises", "product products", "system systems",
        "university universitat universite universidad",
        "corporation corp",
    )
    for variant in words.split()
}  # fmt: skip

GENERIC_BITS = 4.0  # the most that a generic word can say

_NUMBER_WORDS = {
    word: str(n)
    for n, words in enumerate(
        ("one first", "two second ii", "three third iii", "four fourth iv", "five fifth v", "six sixth vi",
        "seven seventh vii",
         "eight eighth viii", "nine ninth ix", "ten tenth x"), 1
    )
    for word in words.split()
} | {"xi": "11", "xii": "12", "xiii": "13", "xiv": "14", "xv": "15"}  # fmt: skip
_DIGITS = re.compile(r"\d+")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")


@cache
def _legal() -> dict[tuple[str, ...], str]:
    """Kind of legal form by the sounds of its words."""
    return {
        tuple(map(_sound, phrase.split())): kind
        for kind, block in _LEGAL.items()
        for line in block.splitlines()
        for phrase in line.split("|")
        if phrase.strip()
    }


def _sound(token: str) -> str:
    """By which a word of a legal form is known: long words by their fold, so that a doubled letter does not matter."""
    form = token if token.isascii() else next(iter(forms(token)), "")
    return fold(form) if len(form) > 8 else form


@cache
def _longest() -> int:
    return max(map(len, _legal()))


@dataclass(frozen=True, slots=True)
class Parts:
    """An organisation's name taken apart. tokens: without legal forms and numbers; legal: kinds of legal form."""

    tokens: tuple[str, ...]
    legal: frozenset[str]
    numbers: frozenset[str]
    initials: frozenset[str]  # of every run of three words or more


@lru_cache(maxsize=1 << 14)
def parts(text: str) -> Parts:
    """An organisation's name taken apart. A name of nothing but a legal form keeps its tokens."""
    words = [_one_word(token) for token in tokens(_ORDINAL.sub("", text.casefold()))]
    names, legal = _without_legal(words)
    found = {digits.lstrip("0") or "0" for digits in _DIGITS.findall(text)}
    kept = []
    for at, one in enumerate(_letters_together(names)):
        if one in _NUMBER_WORDS and (len(one) > 1 or at):
            found.add(_NUMBER_WORDS[one])
        else:
            kept.append(one)
    return Parts(tuple(kept or names or words), frozenset(legal), frozenset(found), _initials(words))


def _without_legal(words: list[str]) -> tuple[list[str], set[str]]:
    """(the words that are no legal form, kinds of legal form)."""
    keys = [_sound(one) for one in words]
    kept: list[str] = []
    legal: set[str] = set()
    at = 0
    while at < len(words):
        size, kind = _legal_at(keys, at)
        if kind:
            legal.add(kind)
        else:
            kept.append(words[at])
        at += size
    return kept, legal


def _one_word(token: str) -> str:
    """The token's first form, in the spelling that stands for all of its word."""
    form = next(iter(forms(token)), token)
    return SAME_WORD.get(form, form if token.isascii() or form in SAME_WORD else token)


def _letters_together(words: list[str]) -> list[str]:
    """Letters that stand alone side by side run together: L.X.C. is `lxc`."""
    out: list[str] = []
    alone = False
    for one in words:
        if len(one) == 1 and alone:
            out[-1] += one
        else:
            out.append(one)
        alone = len(one) == 1
    return out


def _initials(words: list[str]) -> frozenset[str]:
    letters = "".join(w[0] for w in words)
    main = "".join(w[0] for w in words if w not in _SMALL_WORDS)
    return frozenset(x for x in (letters, main) if len(x) > 2)


_SMALL_WORDS = frozenset("the of and for de la el et und i y di del a an in".split())  # noqa: SIM905


def _legal_at(keys: list[str], at: int) -> tuple[int, str]:
    """How many tokens from `at` on are a legal form, and its kind; (1, "") for none."""
    for size in range(min(_longest(), len(keys) - at), 0, -1):
        if kind := _legal().get(tuple(keys[at : at + size]), ""):
            return size, kind
    return 1, ""


@lru_cache(maxsize=1 << 14)
def looks_like_one(text: str) -> bool:
    """Whether a name is an organisation's or a ship's: a legal form, a digit, or a word that people are not called."""
    words = [_one_word(token) for token in tokens(text)]
    if any(c.isdigit() for c in text) or any(one in _TELLING for one in words):
        return True
    dotted = [tuple(abbreviation.lower().split(".")[:-1]) for abbreviation in _DOTTED.findall(text)]
    keys = [_sound(one) for one in words]
    return any(letters in _legal() for letters in dotted) or any(
        _is_plain_legal(keys, at) for at in range(len(keys))
    )


def _is_plain_legal(keys: list[str], at: int) -> bool:
    size, kind = _legal_at(keys, at)
    phrase = keys[at : at + size]
    return bool(kind) and max(map(len, phrase)) > 1 and not (size == 1 and phrase[0] in _ALSO_NAMES)


_DOTTED = re.compile(r"\b(?:[A-Za-z]\.){2,}")
_TELLING = frozenset(one for one in GENERIC if len(one) > 4 or one in ("the", "of", "and")) - frozenset(
    ("union", "power", "steel", "state", "world", "metal")
)
_ALSO_NAMES = frozenset(
    "sa as se ad ag co dd pt ab oy ao too pat sia doo sha kk ev gp ou kg as pao aps spa dd uab partners fond".split()
)  # noqa: SIM905
