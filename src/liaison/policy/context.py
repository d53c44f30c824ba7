"""The facts a decision is made on. The caller collects them; a fact left out is the one that permits least."""

from __future__ import annotations

import datetime as dt
from enum import Enum

from liaison.model.categories import CaseId, Category, OfficerId
from liaison.model.errors import BadInput
from liaison.model.grounds import Grounds, Purpose
from liaison.model.handling import HandlingCode
from liaison.model.roles import Role
from liaison.model.structs import Value

# fields that point at one person or thing; the others only narrow a question down
IDENTIFYING = frozenset(
    {
        "name",
        "document",
        "plate",
        "vin",
        "phone",
        "imei",
        "iban",
        "account",
        "organisation",
        "register_number",
    }
)
NARROWING = frozenset({"born", "birthplace", "sex", "nationality", "country", "issuer", "make", "colour"})
# Directive (EU) 2016/680, article 10: named so that a refusal can say why; no search has such a field
SPECIAL = frozenset(
    {
        "biometrics",
        "ethnicity",
        "genetics",
        "health",
        "orientation",
        "philosophy",
        "politics",
        "race",
        "religion",
        "trade_union",
    }
)


class SubjectKind(Enum):
    """What the question is about, by the tags of `model.subjects`."""

    PERSON = "person"
    DOCUMENT = "document"
    VEHICLE = "vehicle"
    PHONE = "phone"
    ACCOUNT = "account"
    ORGANISATION = "organisation"


class AlertState(Enum):
    """How far an alert has come. Only a trained person moves it on."""

    CANDIDATE = "candidate"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class Actor(Value, frozen=True, kw_only=True):
    """The person who acts: `person` is the same whatever account is used.

    `trained` to judge alerts; `safeguards` where they are named for the safeguarding compartment.
    """

    person: OfficerId
    roles: frozenset[Role] = frozenset()
    trained: bool = False
    safeguards: bool = False


class Approval(Value, frozen=True, kw_only=True):
    """What a second person approved: a case, at most `persons` persons, until `expires`; `used` are asked about."""

    person: OfficerId
    roles: frozenset[Role]
    case: CaseId
    persons: int
    used: int = 0
    given: dt.datetime
    expires: dt.datetime


class Consent(Value, frozen=True, kw_only=True):
    """The originator's permission for one recipient and purpose, its signature checked by the caller."""

    recipient: str
    purpose: Purpose
    expires: dt.datetime


class Assurance(Value, frozen=True, kw_only=True):
    """A document against death penalty and torture, and the reasons that a senior officer signed."""

    reference: str
    signed_by: OfficerId
    signer_roles: frozenset[Role]
    reasons: str
    signed: dt.datetime


class Partner(Value, frozen=True, kw_only=True):
    """Whom a record or a question would go to. `within` is a state under the same law; else a gateway must be open.

    `origin` where it is the state the person comes from; `capital` where it keeps the death penalty or there is a
    risk of torture. `open` where the link to it is: neither revoked nor closed. `purposes`, `offences` and
    `exchanges` are those of the agreement with it; `quota_left` the subjects that it may still be asked about today.
    """

    name: str
    open: bool = False
    purposes: frozenset[Purpose] = frozenset()
    offences: frozenset[str] = frozenset()
    exchanges: frozenset[str] = frozenset()
    quota_left: int = 0
    within: bool = False
    gateway_expires: dt.datetime | None = None
    origin: bool = True
    capital: bool = True


class RecordFacts(Value, frozen=True, kw_only=True):
    """What a decision must know of a record; nothing of what it says.

    Without `handling` every code applies; without `collected_for` the pack's row for records without a stated
    purpose does. `own` where this agency is the originator. `protected` where the person has asked for asylum or
    is a refugee. `held_until` is the end of a legal hold.
    """

    category: Category | None = None
    minor: bool = False
    graded: bool = False
    handling: frozenset[HandlingCode] = frozenset()
    own: bool = False
    collected_for: Purpose | None = None
    review_at: dt.datetime | None = None
    expires_at: dt.datetime | None = None
    restricted: bool = False
    held_until: dt.datetime | None = None
    protected: bool = False


class Context(Value, frozen=True, kw_only=True):
    """The facts of one act at `now` (UTC).

    `subjects` are the persons or things asked about by this act; `recent` those this person asked about in this
    case before, and `recent_all_cases` in any case, within `limits(regimes).bulk_window`; `crossed` are travellers
    that this person checked at a border within it, who are counted by themselves. `criteria` are the fields
    the search uses, `pattern` where it holds a wildcard. `on_case` where the person works on the case of the
    grounds. `until` is the end asked for: of a standing question, a hold, or a broken glass; `glass_until` the end
    of a glass that was broken before. `requester` is who asked for what is now approved or reviewed. `authority`
    refers to a court's or prosecutor's order. `widens` where a setting lets more be done than before, `assessment`
    refers to the impact assessment that covers it. `exchange` is what is asked or supplied, as the agreement with the
    partner names it. `manifest` where those asked about are all whom a carrier's message lists for one flight.
    `hours` are how far back a vehicle is followed, and `cameras` at how many.
    Raises BadInput for counts below 0 and times without a zone.
    """

    actor: Actor
    now: dt.datetime
    grounds: Grounds | None = None
    on_case: bool = False
    subject: SubjectKind = SubjectKind.PERSON
    subjects: int = 1
    recent: int = 0
    recent_all_cases: int = 0
    crossed: int = 0
    criteria: frozenset[str] = frozenset()
    pattern: bool = False
    approval: Approval | None = None
    record: RecordFacts | None = None
    alert: AlertState | None = None
    confirmed_by: OfficerId | None = None
    instruction: str = ""
    reason: str = ""
    until: dt.datetime | None = None
    glass_until: dt.datetime | None = None
    requester: OfficerId | None = None
    authority: str = ""
    final_conviction: bool = False
    partner: Partner | None = None
    exchange: str = ""
    consent: Consent | None = None
    assurance: Assurance | None = None
    origin_reviewed: bool = False
    widens: bool = True
    assessment: str = ""
    manifest: bool = False
    hours: int = 0
    cameras: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        for field in ("subjects", "recent", "recent_all_cases", "crossed", "hours", "cameras"):
            if getattr(self, field) < 0:
                raise BadInput(f"{field} is below 0", field=field, hint="count again")
        for field, time in _times(self):
            if time.tzinfo is None:
                raise BadInput(f"{field} has no time zone", field=field, hint="times are in UTC")


def _times(value: Value, path: str = "") -> list[tuple[str, dt.datetime]]:
    """Each time in a value and in the values it holds, with its field."""
    found: list[tuple[str, dt.datetime]] = []
    for name in value.__struct_fields__:
        part = getattr(value, name)
        if isinstance(part, dt.datetime):
            found.append((path + name, part))
        elif isinstance(part, Value):
            found += _times(part, f"{path}{name}.")
    return found
