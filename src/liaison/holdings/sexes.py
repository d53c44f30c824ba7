"""The sex of a person as lists write it."""

from __future__ import annotations

from liaison.holdings.words import plain

UNKNOWN, MALE, FEMALE, OTHER = range(4)
WORDS = {
    MALE: "m male man mr masculin masculino maschile mannlich maennlich mann homme hombre uomo homem muski "
    "mashkull erkek barbat vyras mezczyzna ferfi muz м муж мужской чоловік мъж άνδρας ανδρας ذكر 1 "
    "herr boy",
    FEMALE: "f female woman mrs ms w weiblich frau femme feminin femenino femminile mujer donna mulher "
    "zenski femer kadin femeie moteris kobieta no zena k ж жен женский жінка жена γυναικα أنثى انثى "
    "2 girl",
    OTHER: "x other diverse divers d nonbinary intersex indeterminate third 3 o",
    UNKNOWN: "u unknown unk na n none null 0 9 unspecified notknown notspecified undisclosed",
}
TABLE = {plain(word): code for code, words in WORDS.items() for word in words.split()}


def sex(text: str) -> int:
    """0 unknown, 1 male, 2 female, 3 other (also ISO/IEC 5218's 1, 2). Raises ValueError with a reason."""
    found = TABLE.get(plain(text), UNKNOWN if not plain(text) else None)
    if found is None:
        raise ValueError("not a sex that is known by this word; write M, F or X")
    return found
