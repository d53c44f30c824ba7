"""Invented travel documents and forgeries of twelve kinds, for measuring what rules find: no person or number is real.

The sound ones are made from a description of its own of what states print (SERIES, TERMS), with what the rules do not
know or take for unusual strewn in at the rates of STRAY: series outside every table, states without a row, emergency
papers, refugees, residence permits, cut names, partial dates, people over a hundred, clerks' mistakes. The rates are
assumptions, written here so that they can be disputed.

The forger (kinds 5 to 12) computes every check digit anew, writes dates that exist and copies the look of names. What
the forger knows of numbers, personal numbers and validity is drawn by lot in each document, as FORGER says. The rules'
tables are not consulted, but for the check digits of personal numbers, which are states' public formulas. Three
documents in ten were seen by the node before (SEEN).
"""

from __future__ import annotations

import random
import string
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from liaison.formats.mrz import Document, digits, read
from liaison.formats.mrz.layouts import TD1, TD3
from liaison.formats.mrz.writing import sealed, written
from liaison.model.dates import PartialDate
from liaison.screening.document_rules import Page, Sighting

ON = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SEEN = 0.3
# L a letter, 9 a digit, C one of the signs of German numbers, other letters themselves
SERIES = {
    "ALB": "BA9999999 BB9999999 BC9999999",
    "AUT": "U9999999 P9999999 T9999999",
    "BEL": "EL999999 GA999999",
    "BGR": "389999999 399999999",
    "CZE": "99999999",
    "D": "CCCCCCCC9 C99CCCC99",
    "ESP": "PAA999999 XDD999999 AAI999999",
    "FRA": "99LL99999",
    "GBR": "999999999",
    "GRC": "AL9999999 AP9999999",
    "HRV": "999999999",
    "HUN": "BL999999 BJ9999999",
    "ITA": "YA9999999 YB9999999 AA9999999",
    "POL": "EL9999999 ZS9999999",
    "PRT": "CA999999 L999999",
    "RKS": "P99999999",
    "ROU": "059999999 069999999",
    "SVN": "PB9999999",
    "TUR": "U99999999 S99999999",
    "USA": "999999999 A99999999",
    "SWE": "99999999 AA999999",
    "NLD": "NLLLLLL99 BLLL99LL9",
    "SRB": "999999999",
    "MKD": "C9999999 A9999999",
    "MNE": "L99LL9999",
    "BIH": "A9999999 B9999999",
    "UKR": "FL999999 GA999999",
    "GEO": "99LL99999",
    "IND": "L9999999",
    "CHN": "E99999999 EA9999999",
    "BRA": "LL999999",
    "MAR": "LL9999999",
    "EST": "KF9999999 KE9999999",
    "LTU": "99999999",
    "SVK": "BL9999999",
    "FIN": "FP9999999",
    "CHE": "X99LL99L9",
}
# years of adults, of children, and the age below which one is a child; the rest have 10, 5 and 16
TERMS = {
    "AUT": (10, 5, 12),
    "BEL": (7, 5, 18),
    "CHE": (10, 5, 18),
    "D": (10, 6, 24),
    "ESP": (10, 5, 30),
    "FRA": (10, 5, 18),
    "ITA": (10, 5, 18),
    "NLD": (10, 5, 18),
    "POL": (10, 5, 12),
    "RKS": (10, 5, 18),
    "SWE": (5, 5, 18),
    "IND": (10, 5, 18),
    "CHN": (10, 5, 16),
    "GRC": (10, 5, 14),
}
STRAY = {
    "series": 0.003,
    "term": 0.002,
    "emergency": 0.01,
    "refugee": 0.004,
    "other nationality": 0.0003,
    "personal": 0.00001,
    "person's number": 0.002,
    "partial": 0.003,
    "over a hundred": 0.0002,
    "no sex": 0.001,
    "cut": 0.01,
    "one name": 0.004,
    "odd term": 0.002,
    "late": 0.05,
    "expired": 0.05,
}
SURNAMES = [
    "Hoxha",
    "Çela",
    "Gjoni",
    "Müller",
    "Weiß",
    "Özdemir",
    "Yıldız",
    "Kovačić",
    "Đurić",
    "Nowak",
    "Wójcik",
    "Łukasik",
    "Ionescu",
    "Țăran",
    "O'Connor",
    "Smith-Jones",
    "García",
    "Muñoz",
    "Núñez",
    "Dvořák",
    "Ødegård",
    "Ångström",
    "Bălan",
    "Petrov",
    "Nguyễn",
    "De~la~Cruz",
    "Van~der~Berg",
    "Kowalska",
    "Papadopoulou",
    "Benali",
    "Singh",
    "Wang",
    "Silva",
    "Rossi",
    "D'Angelo",
    "Dupont",
    "Lefèvre",
    "Shevchenko",
    "Beridze",
    "Horváth",
]
GIVEN = [
    "Arben",
    "Elira",
    "Jörg",
    "Zoë",
    "Şükran",
    "İbrahim",
    "Željka",
    "Łucja",
    "Ștefan",
    "Siobhán",
    "Anne-Marie",
    "José",
    "María",
    "Jiří",
    "Åse",
    "Björn",
    "Élodie",
    "Olena",
    "Nino",
    "László",
    "Mei",
    "Priya",
    "Luís",
    "Giulia",
    "Mohamed",
    "Fatima",
    "Ivan",
    "Petra",
    "Ana",
    "Luka",
    "Dritan",
    "Besa",
]
PLAIN = {
    "ü": "UE",
    "ö": "OE",
    "ä": "AE",
    "ß": "SS",
    "Ö": "OE",
    "Ü": "UE",
    "Ø": "OE",
    "ø": "OE",
    "å": "AA",
    "Å": "AA",
    "ı": "I",
    "Ł": "L",
    "ł": "L",
    "Đ": "D",
    "đ": "D",
    "'": "",
    "-": " ",
    "~": " ",
}
PLACES = (
    ("Rinas", 41.41, 19.72),
    ("Dover", 51.13, 1.31),
    ("Lampedusa", 35.5, 12.6),
    ("Narva", 59.38, 28.2),
    ("Algeciras", 36.13, -5.44),
)
FORGER = {
    "knows the series": 0.5,
    "knows the personal number": 0.3,
    "knows the term": 0.8,
    "alters the page too": 0.5,
}


@dataclass
class Paper:
    """A document, what its page says, and where it was seen before."""

    layout_fields: dict[str, str]
    page: Page
    card: bool = False
    zone: str = ""
    earlier: list[Sighting] = field(default_factory=list)
    kind: int = 0

    def made(self) -> Paper:
        """With its zone written, every check digit right."""
        self.zone = written(TD1 if self.card else TD3, **self.layout_fields)
        return self

    @property
    def document(self) -> Document:
        """The zone as it is read."""
        return read(self.zone)


def plain(name: str) -> str:
    """A name as one issuer would write it in the zone; this table is not the rules' one."""
    import unicodedata

    out = "".join(PLAIN.get(sign, sign) for sign in name)
    return "".join(s for s in unicodedata.normalize("NFD", out) if s in string.ascii_letters + " ").upper()


def number_of(state: str, chance: random.Random) -> str:
    """A number of one of the state's series."""
    shape = chance.choice(SERIES[state].split())
    return "".join(_sign(sign, at, chance) for at, sign in enumerate(shape))


def _sign(sign: str, at: int, chance: random.Random) -> str:
    if sign == "C":
        return chance.choice("CFGHJK" if at == 0 else "CFGHJKLMNPRTVWXYZ0123456789")
    return {"L": chance.choice(string.ascii_uppercase), "9": str(chance.randrange(10))}.get(sign, sign)


def personal_of(state: str, born: date, sex: str, chance: random.Random) -> str:
    """A personal number of the state with its check digit, found by trying; empty where the state prints none."""
    from liaison.screening.document_rules.personal import READINGS

    shapes = {
        "BGR": ("{y:02}{bg:02}{d:02}", 3),
        "POL": ("{y:02}{pl:02}{d:02}", 4),
        "ROU": ("{s}{y:02}{m:02}{d:02}", 5),
        "EST": ("{s2}{y:02}{m:02}{d:02}", 3),
        "LTU": ("{s2}{y:02}{m:02}{d:02}", 3),
        "SRB": ("{d:02}{m:02}{yyy:03}71", 3),
        "MKD": ("{d:02}{m:02}{yyy:03}45", 3),
        "MNE": ("{d:02}{m:02}{yyy:03}21", 3),
        "BIH": ("{d:02}{m:02}{yyy:03}17", 3),
        "CZE": ("{y:02}{cz:02}{d:02}", 3),
        "SVK": ("{y:02}{cz:02}{d:02}", 3),
        "SWE": ("{yyyy}{m:02}{d:02}", 3),
    }
    if state not in shapes:
        return ""
    shape, free = shapes[state]
    late, man = born.year >= 2000, sex != "F"
    head = shape.format(
        y=born.year % 100,
        yyy=born.year % 1000,
        yyyy=born.year,
        m=born.month,
        d=born.day,
        bg=born.month + 40 * late,
        pl=born.month + 20 * late,
        cz=born.month + 50 * (not man),
        s=(1 if man else 2) + 4 * late,
        s2=(3 if man else 4) + 2 * late,
    )
    while True:
        text = head + "".join(chance.choices(string.digits, k=free))
        for last in string.digits:
            said = READINGS[state](text + last)
            if said is not None and said.agrees and said.sex in ("", "M" if man else "F"):
                return text + last


def person(chance: random.Random) -> tuple[str, str, date, str]:
    """Surname, given names, birth and sex of an invented person."""
    surname = chance.choice(SURNAMES) + (" " + chance.choice(SURNAMES) if chance.random() < 0.1 else "")
    given = " ".join(chance.sample(GIVEN, chance.choice((1, 1, 2))))
    if chance.random() < STRAY["cut"]:
        given = " ".join(chance.sample(GIVEN, 7))
    if chance.random() < STRAY["one name"]:
        given = ""
    age = (
        100 * 365 + chance.randrange(2000)
        if chance.random() < STRAY["over a hundred"]
        else chance.randrange(200, 88 * 365)
    )
    return surname.replace("~", " "), given, ON - timedelta(days=age), chance.choice("MF")


def _years(day: date, years: int) -> date:
    return day.replace(year=day.year + years, day=min(day.day, 28) if day.month == 2 else day.day)


def sound(chance: random.Random, *, state: str = "", term: bool = True, series: bool = True) -> Paper:
    """A sound document; a forger's counterfeit where `term` or `series` is not known to its maker."""
    state = state or chance.choice(list(SERIES))
    surname, given, born, sex = person(chance)
    card, stray = chance.random() < 0.2, {name for name, rate in STRAY.items() if chance.random() < rate}
    adult, child, below = TERMS.get(state, (10, 5, 16))
    years = adult if not term or card or "term" in stray else None
    issued = ON - timedelta(
        days=chance.randrange(1, min((years or child) * 365, max((ON - born).days - 5, 2)))
    )
    if years is None:
        years = adult if _years(born, below) <= issued else child
    if "expired" in stray and (ON - born).days > 9000:
        issued -= timedelta(days=chance.randrange(1, 2000))
        years = adult if not term or card or _years(born, below) <= issued else child
    expires = _years(issued, 1 if "emergency" in stray else years) - timedelta(days=chance.choice((0, 0, 1)))
    expires += (
        timedelta(days=chance.randrange(25)) if "late" in stray and "emergency" not in stray else timedelta()
    )
    if "odd term" in stray:
        expires = issued + timedelta(days=chance.randrange(400, 3600))
    if state == "GBR" and issued < date(2018, 9, 1) and years == 10 and not card:
        expires += timedelta(days=chance.randrange(270))
    nationality = state
    if "refugee" in stray or (card and chance.random() < 0.4):
        nationality = chance.choice(("XXA", "XXB", "XXC", *(() if not card else SERIES)))
    elif "other nationality" in stray:
        nationality = chance.choice(list(SERIES))
    number = number_of(state, chance) if series and "series" not in stray else _any_number(chance)
    said = born if "personal" not in stray else _years(born, -1)
    said = born - timedelta(days=1) if state == "SWE" and "person's number" in stray else said
    optional = personal_of(state, said, sex, chance) if nationality == state and chance.random() < 0.9 else ""
    day = f"{born:%y%m%d}"
    birth, page_born = (
        (day, born.isoformat()) if "partial" not in stray else (day[:2] + "<<<<", str(born.year))
    )
    fields = {
        "code": "I" if card else "P",
        "issuer": state,
        "nationality": nationality,
        "number": number,
        "birth": birth,
        "surname": plain(surname),
        "given": plain(given),
        "sex": "<" if "no sex" in stray else sex,
        "expiry": f"{expires:%y%m%d}",
        "optional": optional,
    }
    page = Page(
        surname=surname,
        given=given,
        number=number,
        issuer=state,
        nationality=nationality,
        sex="X" if "no sex" in stray else sex,
        born=PartialDate(page_born),
        issued=PartialDate(issued.isoformat()),
        expires=PartialDate(expires.isoformat()),
    )
    paper = Paper(fields, page, card).made()
    if chance.random() < SEEN:
        paper.earlier = [
            seen_before(paper, chance, hours=chance.uniform(8, 3000), misread=chance.random() < 0.05)
        ]
    return paper


def _any_number(chance: random.Random) -> str:
    return "".join(
        chance.choices(string.ascii_uppercase, k=chance.randrange(3))
        + chance.choices(string.digits, k=chance.randrange(6, 8))
    )


def seen_before(paper: Paper, chance: random.Random, hours: float, misread: bool = False) -> Sighting:
    """The document where it was seen so many hours ago; one letter of its name misread where that is said."""
    place, latitude, longitude = chance.choice(PLACES[1:])
    zone = paper.zone
    if misread:
        at = zone.index(paper.layout_fields["surname"].replace(" ", "<"))
        zone = zone[:at] + chance.choice(string.ascii_uppercase) + zone[at + 1 :]
    return Sighting(
        document=read(zone),
        at=NOW - timedelta(hours=hours),
        place=place,
        latitude=latitude,
        longitude=longitude,
    )


def here(paper: Paper) -> Sighting:
    """The document as it is looked at now."""
    place, latitude, longitude = PLACES[0]
    return Sighting(document=paper.document, at=NOW, place=place, latitude=latitude, longitude=longitude)


def changed(paper: Paper, page: bool = True, **fields: str) -> Paper:
    """The document with other fields, every digit computed anew; the page too, or left as it was."""
    made = replace(paper, layout_fields={**paper.layout_fields, **fields}).made()
    if page:
        known = {
            name: PartialDate(_iso(fields[raw], name))
            for raw, name in (("birth", "born"), ("expiry", "expires"))
            if raw in fields and "<" not in fields[raw]
        }
        texts = {
            name: fields[name]
            for name in ("surname", "given", "number", "issuer", "nationality")
            if name in fields
        }
        made.page = Page(
            **{**{name: getattr(paper.page, name) for name in Page.__struct_fields__}, **texts, **known}
        )
    return made


def _iso(raw: str, name: str) -> str:
    year = int(raw[:2])
    century = 2000 if name == "expires" or year <= ON.year % 100 else 1900
    return f"{century + year}-{raw[2:4]}-{raw[4:]}"


def one_sign(text: str, at: int, put: str) -> str:
    """The text with another sign at a place."""
    return text[:at] + put + text[at + 1 :]


__all__ = ["ON", "Paper", "changed", "digits", "here", "one_sign", "sealed", "seen_before", "sound"]
