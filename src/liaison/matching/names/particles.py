"""Words of a name that tell little of who bears it: particles, titles, endings of patronymics.

All are forms: ASCII letters, a-z. Sources: the particles and courtesy words listed by ICAO 9303 part 3 (4.6),
the naming pages of the UN Security Council and OFAC lists, and the civil registries' own usage.
"""

from __future__ import annotations

_PARTICLES = """
al el ul ud ur ad as ash at adh bin ben ibn bint ibnat binti bani banu abu abou abi aba abo bou umm um oum
walad ould oulad wuld dhu ait von vom van zu zum zur der den des dem ten ter te op het tot af av de da do
dos das del della dello dei degli delle di du la le las los ap ab mac fitz oglu oghlu ogly oglou ogli uulu
uly ulu kizi kyzy qizi kizy haji hajji hadji haj hajj hadj alhaj sheikh shaikh shaykh sheik cheikh cheik
sayyid sayed sayyed seyed seyyed syed mullah mulla molla maulavi maulawi mawlawi agha
"""
PARTICLES: frozenset[str] = frozenset(_PARTICLES.split())

_TITLES = """
mr mrs ms miss mister dr doctor prof professor sir madam madame mme mlle monsieur herr frau fraulein dipl
senor senora senhor president minister ambassador colonel col lieutenant lt general brigadier brig captain
capt sergeant sgt commander cmdr admiral adm alhaji hojatoleslam hojjatoleslam ayatollah mawlana maulana
moulana reverend archbishop jr sr junior esq phd gospodin gospodja tov kyrios kyria
"""
TITLES: frozenset[str] = frozenset(_TITLES.split())

# Endings of a father's name, longest first; East Slavic, Bulgarian and Macedonian, Icelandic, Turkic, Armenian.
_PATRONYMIC = (
    "ovitch", "evitch", "yevich", "ievich", "ovych", "ovich", "evich", "ovic", "evic", "ovici", "yovych", "ievych",
    "ovna", "evna", "ievna", "yevna", "ivna", "ichna", "inichna", "sdottir", "ogly", "oglu", "kyzy", "gizi",
)  # fmt: skip


def is_particle(form: str) -> bool:
    """Whether the form is a particle, an article or a word of kinship, such as `al`, `von`, `bin`."""
    return form in PARTICLES


def is_title(form: str) -> bool:
    """Whether the form is a title or a courtesy, such as `dr`, `haji`, `colonel`."""
    return form in TITLES


def is_patronymic(form: str) -> bool:
    """Whether the form ends as names made of a father's name do: `ivanovich`, `petrovna`. Surnames may too."""
    return len(form) > 6 and form.endswith(_PATRONYMIC)
