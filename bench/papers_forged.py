"""Twelve kinds of forgeries of invented documents (bench/papers_made.py says how the forger is modelled)."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

from bench.papers_made import (
    FORGER,
    ON,
    SEEN,
    Paper,
    changed,
    one_sign,
    person,
    personal_of,
    plain,
    seen_before,
    sound,
)
from liaison.formats.mrz.digits import digit

KINDS = {
    1: "one sign of the number changed, digits left",
    2: "birth moved, digits left",
    3: "expiry prolonged, digits left",
    4: "birth moved, its own digit computed, composite left",
    5: "zone altered and computed anew, page left",
    6: "expiry prolonged in zone and page",
    7: "birth moved in zone and page",
    8: "another person in zone and page",
    9: "counterfeit from nothing",
    10: "an issuer that is not, or no longer",
    11: "names of one document, data of another",
    12: "a copy of a genuine document, used as well",
}
COMPUTED = range(5, 13)  # in which every check digit agrees
FANTASY = ("RHO", "ZAN", "BHN", "NHE", "DWG", "EAI", "SLD", "WSA", "YUG", "ZAR", "SUN", "ANT")


def forged(kind: int, chance: random.Random) -> Paper:
    """A forgery of that kind, made from an invented sound passport."""
    while (paper := sound(chance)).card or "<" in paper.layout_fields["birth"]:
        pass
    made = MAKERS[kind](paper, chance)
    made.kind = kind
    return made


def _moved(raw: str, chance: random.Random, least: int, most: int) -> str:
    """The date some years earlier or later, that of a birth never in the future."""
    year = int(raw[:2]) + chance.choice((-1, 1)) * chance.randrange(least, most + 1)
    day = raw[2:] if raw[2:] != "0229" else "0228"
    return f"{year % 100:02}{day}"


def _birth(paper: Paper, chance: random.Random) -> str:
    while True:
        moved = _moved(paper.layout_fields["birth"], chance, 1, 15)
        if int(moved[:2]) not in range(ON.year % 100 - 1, ON.year % 100 + 4):
            return moved


def _later(paper: Paper, chance: random.Random) -> str:
    raw = paper.layout_fields["expiry"]
    return f"{int(raw[:2]) + chance.randrange(1, 9):02}" + (raw[2:] if raw[2:] != "0229" else "0228")


def _raw(paper: Paper, at: int, put: str) -> Paper:
    """Signs of the zone changed, nothing computed; the page shows what was changed too."""
    zone = paper.zone
    paper.zone = zone[:at] + put + zone[at + len(put) :]
    return paper


def _number(paper: Paper, chance: random.Random) -> Paper:
    at = 45 + chance.randrange(len(paper.layout_fields["number"]))
    alike = string.digits if paper.zone[at].isdigit() else string.ascii_uppercase
    put = chance.choice(alike.replace(paper.zone[at], ""))
    number = one_sign(paper.layout_fields["number"], at - 45, put)
    return _raw(changed(paper, number=number), 0, one_sign(paper.zone, at, put))


def _birth_left(paper: Paper, chance: random.Random) -> Paper:
    birth, zone = _birth(paper, chance), paper.zone
    return _raw(changed(paper, birth=birth), 0, zone[:58] + birth + zone[64:])


def _expiry_left(paper: Paper, chance: random.Random) -> Paper:
    expiry, zone = _later(paper, chance), paper.zone
    return _raw(changed(paper, expiry=expiry), 0, zone[:66] + expiry + zone[72:])


def _one_digit(paper: Paper, chance: random.Random) -> Paper:
    birth, zone = _birth(paper, chance), paper.zone
    return _raw(changed(paper, birth=birth), 0, zone[:58] + birth + digit(birth) + zone[65:])


def _zone_alone(paper: Paper, chance: random.Random) -> Paper:
    surname, given, _, _ = person(chance)
    other = sound(chance, state=paper.layout_fields["issuer"])
    fields = chance.choice(
        (
            {"number": other.layout_fields["number"]},
            {"birth": _birth(paper, chance)},
            {"expiry": _later(paper, chance)},
            {"surname": plain(surname), "given": plain(given)},
        )
    )
    return changed(paper, page=False, **fields)


def _prolonged(paper: Paper, chance: random.Random) -> Paper:
    return changed(paper, expiry=_later(paper, chance))


def _younger(paper: Paper, chance: random.Random) -> Paper:
    birth = _birth(paper, chance)
    made = changed(paper, birth=birth)
    made.earlier = [] if chance.random() > SEEN else [seen_before(paper, chance, 500)]
    if chance.random() < FORGER["knows the personal number"] and paper.layout_fields["optional"]:
        born = made.page.born
        assert born is not None
        optional = personal_of(
            paper.layout_fields["issuer"], born.earliest, paper.layout_fields["sex"], chance
        )
        made.layout_fields["optional"] = optional
        made.made()
    return made


def _another(paper: Paper, chance: random.Random) -> Paper:
    surname, given, born, _ = person(chance)
    known = chance.random() < FORGER["knows the personal number"]
    optional = (
        personal_of(paper.layout_fields["issuer"], born, paper.layout_fields["sex"], chance)
        if known
        else paper.layout_fields["optional"]
    )
    made = changed(
        paper, birth=f"{born:%y%m%d}", surname=plain(surname), given=plain(given), optional=optional
    )
    made.earlier = [] if chance.random() > SEEN else [seen_before(paper, chance, 500)]
    return made


def _from_nothing(paper: Paper, chance: random.Random) -> Paper:
    made = sound(
        chance,
        term=chance.random() < FORGER["knows the term"],
        series=chance.random() < FORGER["knows the series"],
    )
    while made.card:
        made = sound(
            chance,
            term=chance.random() < FORGER["knows the term"],
            series=chance.random() < FORGER["knows the series"],
        )
    if chance.random() > FORGER["knows the personal number"]:
        many = len(made.layout_fields["optional"])
        made.layout_fields["optional"] = chance.choice(("", "".join(chance.choices(string.digits, k=many))))
    made.earlier = []
    return made.made()


def _fantasy(paper: Paper, chance: random.Random) -> Paper:
    state = chance.choice(FANTASY)
    made = changed(paper, issuer=state, nationality=state, optional="")
    made.earlier = []
    return made


def _joined(paper: Paper, chance: random.Random) -> Paper:
    other = sound(chance)
    while other.card:
        other = sound(chance)
    fields = {
        name: other.layout_fields[name]
        for name in ("number", "nationality", "birth", "sex", "expiry", "optional")
    }
    made = changed(paper, page=chance.random() < FORGER["alters the page too"], **fields)
    made.earlier = []
    return made


def _copied(paper: Paper, chance: random.Random) -> Paper:
    soon = chance.random() < 0.3
    paper.earlier = []
    if chance.random() < SEEN:
        paper.earlier = [
            seen_before(paper, chance, chance.uniform(0.1, 1) if soon else chance.uniform(8, 3000))
        ]
    return paper


MAKERS: dict[int, Callable[[Paper, random.Random], Paper]] = {
    1: _number, 2: _birth_left, 3: _expiry_left, 4: _one_digit, 5: _zone_alone, 6: _prolonged, 7: _younger, 8: _another,
    9: _from_nothing, 10: _fantasy, 11: _joined, 12: _copied,
}  # fmt: skip
