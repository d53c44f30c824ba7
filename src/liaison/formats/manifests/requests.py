"""Special service requests (SSR) of a booking: those that carry passenger data, as IATA Resolution 830d words them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from liaison.formats.manifests.model import Named

# Requests that tell of health, disability, or by a meal of religion: Directive (EU) 2016/681, article 13(4).
MEDICAL = frozenset(
    (
        "BLND", "DEAF", "DPNA", "ESAN", "LEGB", "LEGL", "LEGR", "MAAS", "MEDA", "OXYG", "POXY", "PPOC", "STCR",
        "SVAN", "WCBD", "WCBW", "WCHC", "WCHR", "WCHS", "WCLB", "WCMP", "WCOB",
    )
)  # fmt: skip
BIRTH = re.compile(r"(?P<day>\d\d[A-Z]{3}\d{2}(?:\d\d)?)$", re.IGNORECASE)


def is_sensitive(code: str) -> bool:
    """Whether a request is of a special category of data: a meal, or something medical."""
    return len(code) == 4 and (code in MEDICAL or code.endswith("ML"))


@dataclass(frozen=True, slots=True)
class Docs:
    """DOCS: `/P/GBR/123456789/GBR/12JUL64/M/23AUG19/SURNAME/GIVEN/MORE`, as written."""

    code: str
    issuer: str
    number: str
    nationality: str
    born: str
    sex: str
    expires: str
    name: Named | None
    infant: bool


def docs(text: str) -> Docs | None:
    """A DOCS request; None where it is cut before its date of birth."""
    parts = _parts(text, 11)
    if text.count("/") < 5:
        return None
    given = " ".join(part for part in parts[8:10] if part)
    name = Named(parts[7], given) if parts[7] or given else None
    infant = len(parts[5]) == 2 and parts[5][1:].upper() == "I"
    code, issuer, number, nationality, born, sex, expires = parts[:7]
    return Docs(code, issuer, number, nationality, born, sex, expires, name, infant)


@dataclass(frozen=True, slots=True)
class Address:
    """DOCA: `/D/USA/301 PARK AVENUE/NEW YORK/NY/10022`; the kind is D (destination), R (residence) or B (birth)."""

    kind: str
    country: str
    text: str
    infant: bool


def doca(text: str) -> Address | None:
    """A DOCA request; None where it says nothing."""
    parts = _parts(text, 7)
    said = ", ".join(part for part in parts[2:6] if part)
    return Address(parts[0].upper(), parts[1], said, parts[6].upper() == "I") if parts[1] or said else None


@dataclass(frozen=True, slots=True)
class Visa:
    """DOCO: `/PLACE OF BIRTH/V/9891404/LONDON/14MAR03/USA`."""

    birthplace: str
    code: str
    number: str
    country: str
    infant: bool


def doco(text: str) -> Visa | None:
    """A DOCO request; None where it says nothing."""
    parts = _parts(text, 7)
    if not (parts[0] or parts[2]):
        return None
    return Visa(parts[0], parts[1].upper() or "V", parts[2], parts[5], parts[6].upper() == "I")


def inft(text: str) -> tuple[Named, str] | None:
    """An infant without a seat: `SURNAME/GIVEN/10AUG11`, its name and date of birth; None where there is no name."""
    text = text.strip().lstrip("/.")
    born = BIRTH.search(text)
    bare = text[: born.start()].rstrip("/ ") if born else text.rstrip("/ ")
    surname, _, given = bare.partition("/")
    if not surname:
        return None
    return Named(surname.strip(), given.replace("/", " ").strip()), born["day"].upper() if born else ""


def free_text(parts: list[str], slashes: int) -> str:
    """The text of a request among its components: the first behind the carrier that has that many slashes."""
    return next((part for part in parts[3:] if part.count("/") >= slashes), "")


def _parts(text: str, least: int) -> list[str]:
    parts = [part.strip() for part in text.split("/")]
    if parts and parts[0] == "":
        parts = parts[1:]
    return parts + [""] * (least - len(parts))
