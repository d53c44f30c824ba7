"""Columns of a file that say what a record of this program must know: in what capacity, how good, until when."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache, lru_cache

from liaison.holdings.dates import Order, both, readings
from liaison.holdings.words import plain
from liaison.model.categories import Category
from liaison.model.errors import BadInput
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import Instruction
from liaison.model.scales import Graded
from liaison.model.wanted import ActionCode, Sought

HEADERS = {
    "category": "category personcategory categoryofperson categoryofdatasubject datasubjectcategory capacity "
    "involvement personrole roleincase kategori kategoria categorie categoriedepersonne kategorie eigenschaft "
    "categoria qualite cilesia",
    "case": "case caseno casenr casenumber caseref casereference casefile file fileno filenumber rasti dosja "
    "affaire dossier aktenzeichen",
    "reason": "reason reasonforrecord groundsofrecord arsyeja motif anlass",
    "owner": "owner recordowner originator owningagency pronari proprietaire eigner",
    "source": "source informationsource sourcename burimi quelle",
    "grade": "grade grading evaluation sourceevaluation vleresimi evaluationsource bewertung 4x4 5x5x5 3x5x2",
    "handling": "handling handlingcode handlingcodes trajtimi codedetraitement",
    "restriction": "restriction handlingrestriction handlingcondition",
    "retention": "retention retentionuntil retainuntil keepuntil expires expiresat expiry deleteafter "
    "conservation ruajtja",
    "review": "review reviewat reviewdate nextreview rishikimi revision",
    "instruction": "instruction instructions actiononhit onhit measure udhezimi consigne massnahme",
}
# Of a vehicle whose row says that it is stolen or wanted; of anything else these are columns as any other.
WANTED_HEADERS = {
    "wanted": "wanted sought wantedstatus kerkuar kerkohet gesucht ausgeschrieben recherche signalement",
    "action": "action actioncode actiontotake veprimi handlung conduiteatenir",
    "basis": "basis legalbasis bazaligjore rechtsgrundlage baselegale",
    "office": "office owneroffice owningoffice issuingoffice zyra dienststelle service",
    "contact": "contact officecontact telephone kontakti kontakt",
    "risk": "risk risknote warning warnings caution rreziku gefahr gefahrenhinweis risque",
}
SOUGHT = {
    Sought.STOLEN: "stolen theft vjedhur evjedhur ivjedhur gestohlen vole volee rubato robado ukraden",
    Sought.WANTED: "wanted sought kerkuar ikerkuar ekerkuar gesucht recherche recherchee ricercato buscado",
}
CATEGORIES = {
    Category.SUSPECT: "suspect suspected accused charged idyshuar dyshuar edyshuar prevenu misencause "
    "beschuldigter beschuldigte verdachtiger verdachtige tatverdachtiger sospechoso indagato",
    Category.CONVICTED: "convicted convict offender sentenced idenuar denuar edenuar condamne condamnee verurteilter "
    "verurteilte condenado condannato",
    Category.VICTIM: "victim injuredparty victime viktime viktima opfer geschadigter victima vittima",
    Category.WITNESS: "witness temoin deshmitar deshmitare zeuge zeugin testigo testimone",
    Category.CONTACT: "contact associate contactorassociate kontakt kontaktperson contacto contatto",
    Category.MISSING: "missing missingperson disparu disparue izhdukur zhdukur ezhdukur vermisst vermisste "
    "desaparecido scomparso",
}
CODE = re.compile(r"H[0-3]")


@cache
def _by_header() -> Mapping[str, str]:
    return {word: field for field, words in HEADERS.items() for word in words.split()}


@cache
def _by_category() -> Mapping[str, Category]:
    return {word: category for category, words in CATEGORIES.items() for word in words.split()}


@cache
def _by_wanted_header() -> Mapping[str, str]:
    return {word: field for field, words in WANTED_HEADERS.items() for word in words.split()}


@lru_cache(4096)
def wanted_field_of(header: str) -> str:
    """The field of a stolen or wanted vehicle that a header means; empty for none."""
    return _by_wanted_header().get(plain(header), "")


@lru_cache(256)
def sought(text: str) -> Sought:
    """Whether a vehicle is stolen or wanted, by a word of several languages. Raises BadInput."""
    for one, words in SOUGHT.items():
        if plain(text) in words.split():
            return one
    raise BadInput(
        f"{text!r} says neither stolen nor wanted", field="wanted", hint="write stolen or wanted, or nothing"
    )


@lru_cache(256)
def action(text: str) -> ActionCode:
    """What is asked of whoever meets a vehicle. Raises BadInput: an action that is not known is not to stop."""
    for one in ActionCode:
        if plain(text) == plain(one.value):
            return one
    raise BadInput(
        f"{text!r} is no action code",
        field="action",
        hint=f"write one of {', '.join(one.value for one in ActionCode)}",
    )


@lru_cache(4096)
def field_of(header: str) -> str:
    """The field of a record that a header means; empty for none."""
    return _by_header().get(plain(header), "")


@lru_cache(4096)
def category(text: str) -> Category:
    """The category that a word of several languages means. Raises BadInput: not known is not suspect."""
    found = _by_category().get(plain(text))
    if found is None:
        raise BadInput(
            f"{text!r} is no category of person",
            field="category",
            hint=f"write one of {', '.join(one.value for one in Category)}",
        )
    return found


@lru_cache(4096)
def handling(text: str, restriction: str = "") -> Handling:
    """The handling of codes such as `H1 H2`. Raises BadInput."""
    parts = text.upper().replace(",", " ").replace(";", " ").replace("+", " ").split()
    if not parts or not all(CODE.fullmatch(part) for part in parts):
        raise BadInput(f"{text!r} is no handling code", field="handling", hint="write H0, H1, H2 or H3")
    return Handling(codes=tuple(HandlingCode(part) for part in parts), restriction=restriction)


@lru_cache(4096)
def graded(text: str) -> Graded:
    """The grade on the scale that its form says. Raises BadInput."""
    return Graded.read(text)


@lru_cache(64)
def instruction(text: str) -> Instruction:
    """What to do upon a hit. Raises BadInput."""
    for one in Instruction:
        if plain(text) == plain(one.value):
            return one
    raise BadInput(
        f"{text!r} is no instruction",
        field="instruction",
        hint=f"write one of {', '.join(one.value for one in Instruction)}",
    )


@lru_cache(4096)
def day(text: str) -> dt.date:
    """A whole date, to come or past, that can be read in one way alone. Raises BadInput."""
    try:
        code, other = both(readings(text, 9999), Order.NOTHING)
        if other:
            raise ValueError("it can be read as two dates")
        return dt.date(code >> 9, code >> 5 & 15, code & 31)
    except ValueError as error:
        raise BadInput(f"{text!r} is not one whole date", hint="write it as 2031-12-31") from error
