"""Why a person may be asked about: purpose, offence, case, legal basis and the officer's own words.

Purposes are those of Directive (EU) 2016/680, article 1(1), and three that are kept apart from them. Offences are
the categories of Framework Decision 2002/584/JHA, article 2(2), with short labels of our own, and a few that those
leave out, among them the ones that rules L14 and L15 need to tell apart.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum

from liaison.model.categories import CaseId, OfficerId
from liaison.model.errors import BadInput
from liaison.model.structs import Value

SHORTEST = 15  # characters of a justification
LONGEST = 2000  # characters
FEWEST_WORDS = 3  # different ones
LONGEST_CODE = 80  # characters of a case or a legal basis


class Purpose(Enum):
    """What the answer is for. One purpose a question; another purpose is another question."""

    PREVENTION = "prevention"
    INVESTIGATION = "investigation"
    DETECTION = "detection"
    PROSECUTION = "prosecution"
    EXECUTION = "execution of penalties"
    PUBLIC_SECURITY = "threat to public security"
    BORDER_CHECK = "border check"
    MISSING_PERSON = "missing person"
    SAFEGUARDING = "safeguarding"

    @property
    def label(self) -> str:
        """As a person reads it."""
        return self.value[0].upper() + self.value[1:]

    @property
    def needs_offence(self) -> bool:
        """Whether it is about an offence, which is then named."""
        return self in ABOUT_AN_OFFENCE

    @property
    def protects(self) -> bool:
        """Whether it is for the person's own protection: a separate kind of question, answered by a person."""
        return self in (Purpose.MISSING_PERSON, Purpose.SAFEGUARDING)


ABOUT_AN_OFFENCE = frozenset(
    {Purpose.PREVENTION, Purpose.INVESTIGATION, Purpose.DETECTION, Purpose.PROSECUTION, Purpose.EXECUTION}
)


class OffenceFlag(Enum):
    """What makes an offence need another look before anything about it leaves the node."""

    POLITICAL = "political"
    MILITARY = "military"
    RELIGIOUS = "religious"
    CAPITAL = "capital"  # some states that keep the death penalty threaten it for this


class Offence(Value, frozen=True, kw_only=True):
    """One coded kind of offence. `max_years` is the longest custodial sentence in years, where a pack says so."""

    code: str
    label: str
    flags: tuple[OffenceFlag, ...] = ()
    max_years: int | None = None

    @property
    def excluded(self) -> bool:
        """Whether its character is political, military or religious (INTERPOL's Constitution, article 3)."""
        return bool({OffenceFlag.POLITICAL, OffenceFlag.MILITARY, OffenceFlag.RELIGIOUS} & {*self.flags})

    @property
    def capital(self) -> bool:
        """Whether there is a risk of the death penalty somewhere."""
        return OffenceFlag.CAPITAL in self.flags


_CAPITAL = (OffenceFlag.CAPITAL,)
_ROWS: tuple[tuple[str, str, tuple[OffenceFlag, ...]], ...] = (
    ("organised-crime", "Taking part in a criminal organisation", ()),
    ("terrorism", "Terrorism", _CAPITAL),
    ("trafficking-persons", "Trafficking in human beings", ()),
    ("child-exploitation", "Sexual exploitation of children", ()),
    ("drugs", "Trafficking in drugs", _CAPITAL),
    ("weapons", "Trafficking in weapons, munitions and explosives", ()),
    ("corruption", "Corruption", ()),
    ("fraud", "Fraud", ()),
    ("laundering", "Laundering of the proceeds of crime", ()),
    ("counterfeiting-currency", "Counterfeiting currency", ()),
    ("computer-crime", "Computer-related crime", ()),
    ("environment", "Crime against the environment and protected species", ()),
    ("smuggling-persons", "Facilitating unauthorised entry and residence", ()),
    ("homicide", "Murder and grievous bodily injury", _CAPITAL),
    ("organ-trade", "Illicit trade in human organs and tissue", ()),
    ("kidnapping", "Kidnapping, illegal restraint and hostage-taking", _CAPITAL),
    ("hate-crime", "Racism and xenophobia", ()),
    ("armed-robbery", "Organised or armed robbery", _CAPITAL),
    ("cultural-goods", "Trafficking in cultural goods", ()),
    ("swindling", "Swindling", ()),
    ("extortion", "Racketeering and extortion", ()),
    ("piracy-of-products", "Counterfeiting and piracy of products", ()),
    ("forged-documents", "Forgery of administrative documents", ()),
    ("forged-payment", "Forgery of means of payment", ()),
    ("hormones", "Trafficking in hormones and growth promoters", ()),
    ("nuclear", "Trafficking in nuclear or radioactive materials", ()),
    ("stolen-vehicles", "Trafficking in stolen vehicles", ()),
    ("rape", "Rape", _CAPITAL),
    ("arson", "Arson", ()),
    ("international-crimes", "Crimes within the International Criminal Court's jurisdiction", _CAPITAL),
    ("seizure-of-craft", "Unlawful seizure of aircraft or ships", _CAPITAL),
    ("sabotage", "Sabotage", ()),
    ("theft", "Theft and burglary", ()),
    ("handling-stolen", "Handling stolen goods", ()),
    ("assault", "Assault", ()),
    ("domestic-violence", "Domestic violence and stalking", ()),
    ("tax", "Evasion of taxes and customs duties", ()),
    ("escape", "Escape from custody and breach of a sentence", ()),
    ("perverting-justice", "Perverting the course of justice", ()),
    ("traffic", "Serious road traffic offence", ()),
    ("treason", "Treason and espionage", (OffenceFlag.POLITICAL, OffenceFlag.CAPITAL)),
    ("sedition", "Sedition, insult of the state or of its offices", (OffenceFlag.POLITICAL,)),
    ("unlawful-association", "Unlawful association or assembly", (OffenceFlag.POLITICAL,)),
    ("desertion", "Desertion and refusal of military service", (OffenceFlag.MILITARY, OffenceFlag.CAPITAL)),
    ("blasphemy", "Blasphemy, apostasy and unlawful worship", (OffenceFlag.RELIGIOUS, OffenceFlag.CAPITAL)),
)
OFFENCES: dict[str, Offence] = {
    code: Offence(code=code, label=label, flags=flags) for code, label, flags in _ROWS
}


def offence(code: str) -> Offence:
    """The offence of this code. Raises BadInput for one that is not on the list."""
    found = OFFENCES.get(code)
    if found is None:
        raise BadInput(
            f"{code!r} is no offence code", field="offence", hint="take one from the list of offences"
        )
    return found


class Grounds(Value, frozen=True, kw_only=True):
    """Why one officer asks, in one case, for one purpose. `basis` is the code of a legal basis in the node's pack.

    `officer` is the person, not an account; `given` is when the officer wrote it, in UTC. `offence` may be empty
    only for a purpose that is not about one. Raises BadInput, naming the field.
    """

    purpose: Purpose
    case: CaseId
    basis: str
    justification: str
    officer: OfficerId
    given: dt.datetime
    offence: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in ("case", "basis", "officer"):
            _refuse_empty(field, getattr(self, field))
        if self.offence or self.purpose.needs_offence:
            offence(self.offence)
        _refuse_thin(self.justification)
        if self.given.tzinfo is None:
            raise BadInput("the time has no zone", field="given", hint="times are in UTC")


def _refuse_empty(field: str, text: str) -> None:
    if not text:
        raise BadInput(f"the {field} is empty", field=field, hint=f"name the {field}")
    if len(text) > LONGEST_CODE:
        raise BadInput(
            f"the {field} has {len(text)} characters", field=field, hint=f"at most {LONGEST_CODE} are kept"
        )


def _refuse_thin(text: str) -> None:
    if len(text) > LONGEST:
        raise BadInput(
            f"the justification has {len(text)} characters",
            field="justification",
            hint=f"at most {LONGEST} are kept; put the rest in the case",
        )
    words = {word.casefold() for word in text.split() if any(sign.isalpha() for sign in word)}
    if len(text) < SHORTEST or len(words) < FEWEST_WORDS:
        raise BadInput(
            "the justification says too little",
            field="justification",
            hint=f"say in your own words why you ask: {FEWEST_WORDS} words, {SHORTEST} characters or more",
        )
