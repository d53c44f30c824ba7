"""Vehicles, telephones, accounts and organisations: found by their numbers, which agree or do not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from liaison.matching.dates import BIT
from liaison.model.errors import BadInput
from liaison.model.subjects import Account, AnySubject, Organisation, Phone, Vehicle
from liaison.screening.content import Asked, Shown, Why, described
from liaison.screening.finding import Found, Hit
from liaison.screening.records import Live

# Fixed weights that order the alerts: numbers are not compared as names are, they agree or they do not.
AGREES = 20 * BIT
READS_ALIKE = 10 * BIT
WORDS = {
    "plate": "registration mark",
    "vin": "vehicle identification number",
    "phone": "telephone number",
    "imei": "device number",
    "iban": "account number",
    "account": "account number",
    "register": "register number",
    "organisation": "name of the organisation",
}


def find_thing(live: Live, asked: Asked, salt: bytes) -> Found:
    """The records of a thing, those whose number agrees before those whose plate is easily taken for it.

    Raises BadInput for a subject that is no thing.
    """
    least = READS_ALIKE if asked.least is None else asked.least
    best: dict[str, tuple[int, str, str]] = {}
    for score, holding, kind, number in _matches(live, asked.subject):
        if score >= least and (holding not in best or score > best[holding][0]):
            best[holding] = score, kind, number
    hits = [_hit(asked.subject, holding, *match, salt) for holding, match in best.items()]
    return Found(tuple(sorted(hits, key=lambda hit: (-hit.score, hit.holding))), least)


def named(subject: AnySubject) -> str:
    """What a thing is called: its numbers, or its names."""
    return ", ".join(number for _, number in _numbers(subject))


def _matches(live: Live, subject: AnySubject) -> Iterator[tuple[int, str, str, str]]:
    for kind, number in _numbers(subject):
        if kind == "plate":
            for seen in live.vehicles(number, confusable=True):
                yield AGREES if seen.exact else READS_ALIKE, seen.holding, kind, seen.plate
        else:
            yield from ((AGREES, holding, kind, number) for holding in live.exact(kind, number))


def _numbers(subject: AnySubject) -> list[tuple[str, str]]:
    """What the thing is asked for by."""
    given: list[tuple[str, object]]
    match subject:
        case Vehicle(plate=plate, vin=vin):
            given = [("plate", plate), ("vin", vin)]
        case Phone(number=number, imei=imei):
            given = [("phone", number), ("imei", imei)]
        case Account(iban=iban, number=number, institution=bank):
            given = [("iban", iban), ("account", f"{bank}/{number}" if number else "")]
        case Organisation(names=names, register_number=register):
            given = [("register", register), *(("organisation", name) for name in names)]
        case _:
            raise BadInput("this kind of subject cannot be checked here", field="subject")
    return [(kind, str(number)) for kind, number in given if number]


def _hit(subject: AnySubject, holding: str, score: int, kind: str, number: str, salt: bytes) -> Hit:
    agrees = "agrees" if score == AGREES else "is easily read as the other"
    reason = Why(kind=kind, words=f"{WORDS[kind]} {agrees}", worth=score)
    return hit(subject, holding, number, reason, salt)


def hit(subject: AnySubject, holding: str, number: str, reason: Why, salt: bytes) -> Hit:
    """That a thing matches a record by its number, for one reason."""
    return Hit(
        holding,
        "",
        reason.worth,
        Shown(id="1", name=named(subject), **described(subject)),
        Shown(id=holding, name=number),
        (reason,),
        0,
        _digest(salt, "asked", named(subject)),
        _digest(salt, "held", holding, number),
    )


def _digest(salt: bytes, *parts: str) -> bytes:
    return hashlib.blake2b("\x1e".join(parts).encode(), key=salt, digest_size=16).digest()
