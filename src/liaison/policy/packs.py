"""Rule packs: one body of law as data. Where the data ends and the rules that read it begin is `rules.py`.

A pack never switches a rule off; it gives each rule its numbers, lists and source. How far a source was read stands
beside it (`read`): its text, a summary of it, or general knowledge alone.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from liaison.model.categories import Category
from liaison.model.errors import BadSetting
from liaison.model.grounds import OFFENCES, OffenceFlag, Purpose
from liaison.model.roles import Capability, Role, capabilities

Days = Annotated[int, Meta(ge=1, le=36525)]
Hours = Annotated[int, Meta(ge=1, le=8784)]
Persons = Annotated[int, Meta(ge=1, le=10_000_000)]
Words = Annotated[str, Meta(min_length=1, max_length=400)]
Read = Literal["text", "summary", "general"]

NAMES = ("eu-2016-680", "uk-dpa-2018-part-3", "albania", "demo")
UNSTATED = "unstated"  # the row of the matrix for records whose purpose was not written down
INSTRUCTIONS = ("call", "seize-document", "discreet", "do-not-alert")
FINDABLE = frozenset(Category) - {Category.VICTIM, Category.WITNESS}  # rule L04: no pack may say otherwise
# every rule and own obligation that a pack gives a source for
SOURCED = (
    *(
        f"L{number:02}"
        for number in (1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 26, 29, 31)
    ),
    *("A20", "A22", "P01", "P02", "P03"),
)


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, eq=False):
    """One table of a pack."""


class Source(_Table, frozen=True, kw_only=True):
    """Where a rule comes from, as text, and how much of it was read."""

    article: Words
    read: Read


class Purposes(_Table, frozen=True, kw_only=True):
    """Purposes that may be stated, and which of them a record collected for another may serve."""

    allowed: frozenset[Purpose]
    reuse: dict[str, frozenset[Purpose]]


class GroundsTerms(_Table, frozen=True, kw_only=True):
    """How long grounds hold for their case. A justification is always asked for, whatever a law dropped."""

    justification: bool
    max_days: Days


class Basis(_Table, frozen=True, kw_only=True):
    """One kind of legal basis. Its code is the same in every pack, its article each law's own."""

    code: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]{1,38}$")]
    label: Words
    article: Words
    read: Read
    purposes: frozenset[Purpose]
    needs_authority: bool


class Indexing(_Table, frozen=True, kw_only=True):
    """Categories of person that a check can find, and why each of the others cannot."""

    categories: frozenset[Category]
    left_out: dict[Category, Words]


class Bulk(_Table, frozen=True, kw_only=True):
    """How many persons one officer asks about alone, in one case and in all, and the most anyone may. `travellers` are
    how many an officer at a border may check one by one, each by a document; 0 where the law has no such check."""

    persons: Persons
    persons_all_cases: Persons
    window_hours: Hours
    most: Persons
    travellers: Annotated[int, Meta(ge=0, le=100_000)] = 0


class Travel(_Table, frozen=True, kw_only=True):
    """Passengers of flights: how many of one flight are checked without a second person for a border check or one of
    `offences` (0 where the law has no such check); days after which nobody is named any more, and nothing is left."""

    manifest: Annotated[int, Meta(ge=0, le=100_000)]
    offences: frozenset[str]
    mask_days: Days
    gone_days: Days


class Cameras(_Table, frozen=True, kw_only=True):
    """Cameras that read registration marks: days after which an entry of the register ends, hours for which the
    pseudonym of a mark on no list is kept (0: not at all), and how far back, and at how many cameras, one officer
    follows a vehicle without a second person."""

    days: Days
    unmatched_hours: Annotated[int, Meta(ge=0, le=24)]
    follow_hours: Hours
    follow_cameras: Annotated[int, Meta(ge=1, le=100_000)]


class Sensors(_Table, frozen=True, kw_only=True):
    """Drones, boats and teams: days after which an entry of the register ends, minutes for which a place is kept at
    most, hours for which is kept where was patrolled, minutes for which people in need wait before everybody is told
    who may be, and days for which what was done for them is kept."""

    days: Days
    track_minutes: Annotated[int, Meta(ge=1, le=1_440)]
    patrol_hours: Hours
    waiting_minutes: Annotated[int, Meta(ge=1, le=1_440)]
    rescue_days: Days


class FourEyes(_Table, frozen=True, kw_only=True):
    """Who may be the second person, and how long an approval holds at most."""

    roles: frozenset[Role]
    max_hours: Hours


class Retention(_Table, frozen=True, kw_only=True):
    """The longest a record is kept, and the longest between two reviews, by category; and the log."""

    max_days: dict[Category, Days]
    review_days: dict[Category, Days]
    log_days: Days


class Deadlines(_Table, frozen=True, kw_only=True):
    """Hours to answer a request: urgent, urgent but to be obtained, any other; and core data after a hit."""

    urgent_hours: Hours
    obtainable_hours: Hours
    other_hours: Hours
    core_hours: Hours
    source: Source


class Glass(_Table, frozen=True, kw_only=True):
    """How long a broken glass stays open, and within what time it is reviewed."""

    max_hours: Hours
    review_hours: Hours


class Offences(_Table, frozen=True, kw_only=True):
    """Characters of offence about which nothing is sent, and offences that need an assurance, by code."""

    excluded: frozenset[OffenceFlag]
    capital: frozenset[str]
    max_years: dict[str, Annotated[int, Meta(ge=1, le=100)]] = {}


class Pack(_Table, frozen=True, kw_only=True):
    """One regime. Two packs are the same only where they are one object."""

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
    title: Words
    status: Literal["draft", "signed by counsel", "to be completed by counsel", "demonstration"]
    notice: Annotated[str, Meta(max_length=400)]
    purposes: Purposes
    grounds: GroundsTerms
    bases: tuple[Basis, ...]
    index: Indexing
    bulk: Bulk
    travel: Travel
    cameras: Cameras
    sensors: Sensors
    approval: FourEyes
    retention: Retention
    standing_days: Days
    glass: Glass
    deadlines: Deadlines
    offences: Offences
    instructions: frozenset[Literal["call", "seize-document", "discreet", "do-not-alert"]]
    sources: dict[str, Source]

    def basis(self, code: str) -> Basis | None:
        """The basis of this code; None where this law has none."""
        return next((basis for basis in self.bases if basis.code == code), None)

    def reuse(self, collected_for: Purpose | None) -> frozenset[Purpose]:
        """What a record collected for this purpose may serve."""
        row = UNSTATED if collected_for is None else collected_for.value
        return self.purposes.reuse.get(row, frozenset())


LEARNED = msgspec.json.Decoder(Pack)  # before threads meet it


@cache
def load_pack(name: str) -> Pack:
    """The pack of this name that comes with the program. Raises BadSetting."""
    if name not in NAMES:
        raise BadSetting(f"there is no rule pack {name!r}", hint=f"take one of {', '.join(NAMES)}")
    return parse_pack((resources.files(__package__) / "packs" / f"{name}.toml").read_text("utf-8"), name)


def parse_pack(text: str, name: str) -> Pack:
    """The pack that this TOML holds. Raises BadSetting, naming the pack, the table and the field."""
    try:
        pack = msgspec.convert(tomllib.loads(text), Pack)
    except tomllib.TOMLDecodeError as error:
        raise _fault(name, "", f"this is not TOML: {error}") from error
    except msgspec.ValidationError as error:
        raise _placed(name, str(error)) from error
    for place, fault in _faults(pack, name):
        raise _fault(name, place, fault)
    return pack


def _fault(name: str, place: str, fault: str) -> BadSetting:
    where = f", {place}" if place else ""
    return BadSetting(
        f"rule pack {name!r}{where}: {fault}", hint="correct the pack; nothing is decided on it"
    )


def _placed(name: str, message: str) -> BadSetting:
    """msgspec's message with its path (`$.bulk.persons`) told as table and field."""
    fault, _, path = message.partition(" - at `")
    tables = path.rstrip("`").rpartition("$")[2].split(".")
    missing = re.search(r"(?:required|unknown) field `([^`]+)`", fault)
    if missing:
        tables.append(missing[1])
    *table, field = [part for part in tables if part]
    return _fault(name, f"table [{'.'.join(table) or 'top'}], field {field}", fault)


def _faults(pack: Pack, name: str) -> list[tuple[str, str]]:
    """What the shape alone does not show, with its place."""
    return [
        *_name_faults(pack, name),
        *_purpose_faults(pack),
        *_category_faults(pack),
        *_limit_faults(pack),
        *_offence_faults(pack),
        *_source_faults(pack),
    ]


def _name_faults(pack: Pack, name: str) -> list[tuple[str, str]]:
    faults = []
    if pack.name != name:
        faults.append(("table [top], field name", f"it says {pack.name!r}"))
    if pack.status != "signed by counsel" and not pack.notice:
        faults.append(("table [top], field notice", "a pack that no counsel signed says so in a notice"))
    return faults


def _purpose_faults(pack: Pack) -> list[tuple[str, str]]:
    faults = []
    rows = {*(purpose.value for purpose in pack.purposes.allowed), UNSTATED}
    if set(pack.purposes.reuse) != rows:
        faults.append(("table [purposes], field reuse", f"its rows are not {', '.join(sorted(rows))}"))
    for row, served in sorted(pack.purposes.reuse.items()):
        if not served <= pack.purposes.allowed:
            faults.append(("table [purposes.reuse], field " + row, "it serves a purpose that is not allowed"))
    codes = [basis.code for basis in pack.bases]
    if not codes or len(set(codes)) < len(codes):
        faults.append(("table [bases], field code", "there is no basis, or one twice"))
    if not pack.grounds.justification:
        faults.append(("table [grounds], field justification", "a justification is always asked for"))
    return faults


def _category_faults(pack: Pack) -> list[tuple[str, str]]:
    faults = []
    if not pack.index.categories <= FINDABLE:
        faults.append(("table [index], field categories", "victims and witnesses are never in the index"))
    if set(pack.index.left_out) != set(Category) - pack.index.categories:
        faults.append(("table [index], field left_out", "say of each category left out why, and of no other"))
    for field in ("max_days", "review_days"):
        if set(getattr(pack.retention, field)) != set(Category):
            faults.append((f"table [retention], field {field}", "say it of each category"))
    return faults


def _limit_faults(pack: Pack) -> list[tuple[str, str]]:
    faults = []
    if not pack.bulk.persons <= pack.bulk.persons_all_cases <= pack.bulk.most:
        faults.append(("table [bulk], field most", "persons, persons_all_cases and most do not rise"))
    if not pack.approval.roles or any(
        Capability.APPROVE not in capabilities([r]) for r in pack.approval.roles
    ):
        faults.append(("table [approval], field roles", "name roles that may approve"))
    if pack.travel.mask_days > pack.travel.gone_days:
        faults.append(("table [travel], field mask_days", "it is gone before it is masked"))
    clocks = pack.deadlines
    if not clocks.urgent_hours <= clocks.obtainable_hours <= clocks.other_hours:
        faults.append(("table [deadlines], field other_hours", "the deadlines do not rise"))
    return faults


def _offence_faults(pack: Pack) -> list[tuple[str, str]]:
    unknown = sorted((pack.offences.capital | set(pack.offences.max_years)) - set(OFFENCES))
    faults = [("table [offences], field capital", f"no such offence: {code}") for code in unknown]
    strange = sorted(pack.travel.offences - set(OFFENCES))
    return [*faults, *(("table [travel], field offences", f"no such offence: {code}") for code in strange)]


def _source_faults(pack: Pack) -> list[tuple[str, str]]:
    strange = sorted(set(pack.sources) ^ set(SOURCED))
    return [("table [sources], field " + rule, "each rule has one source") for rule in strange]
