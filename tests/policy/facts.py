"""Facts under which each act is lawful, to be spoilt one at a time, and arbitrary ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import msgspec
from hypothesis import strategies as st

from liaison.model.categories import Category
from liaison.model.grounds import OFFENCES, Grounds, Purpose
from liaison.model.handling import HandlingCode
from liaison.model.roles import HOLDERS, Role
from liaison.policy import (
    NAMES,
    Action,
    Actor,
    AlertState,
    Approval,
    Assurance,
    Consent,
    Context,
    Pack,
    Partner,
    Permit,
    RecordFacts,
    SubjectKind,
    decide,
    load_pack,
)
from liaison.policy.actions import SAFEGUARDING
from liaison.policy.context import IDENTIFYING, NARROWING, SPECIAL

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
EU, UK, ALBANIA, DEMO = (load_pack(name) for name in NAMES)
PACKS = (EU, UK, ALBANIA, DEMO)
HOUR, DAY, SECOND = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(seconds=1)
PREFERRED = (Role.DESK_OFFICER, Role.DATA_PROTECTION_OFFICER, Role.SUPERVISOR, Role.ADMINISTRATOR)


def an_actor(action: Action) -> Actor:
    role = next(role for role in PREFERRED if role in HOLDERS[action.capability])
    return Actor(person="o-1", roles=frozenset({role}), trained=True, safeguards=True)


def grounds_for(action: Action) -> Grounds:
    protects = action in SAFEGUARDING
    return Grounds(
        purpose=Purpose.MISSING_PERSON if protects else Purpose.INVESTIGATION,
        offence="" if protects else "fraud",
        case="c-1",
        basis="vital-interest" if protects else "task",
        justification="Named by the seller as the driver",
        officer="o-1",
        given=NOW - HOUR,
    )


A_RECORD = RecordFacts(
    category=Category.SUSPECT,
    graded=True,
    handling=frozenset({HandlingCode.H0}),
    own=True,
    collected_for=Purpose.INVESTIGATION,
    review_at=NOW + 300 * DAY,
    expires_at=NOW + 300 * DAY,
)
A_PARTNER = Partner(
    name="partner",
    open=True,
    purposes=frozenset(Purpose),
    offences=frozenset(OFFENCES),
    exchanges=frozenset({"records"}),
    quota_left=1000,
    within=True,
    origin=False,
    capital=False,
)
AN_APPROVAL = Approval(
    person="o-2",
    roles=frozenset({Role.APPROVER}),
    case="c-1",
    persons=1000,
    given=NOW - HOUR,
    expires=NOW + 10 * HOUR,
)
AN_ASSURANCE = Assurance(
    reference="note 17",
    signed_by="o-3",
    signer_roles=frozenset({Role.SUPERVISOR}),
    reasons="strictly necessary: a threat to life",
    signed=NOW - HOUR,
)
A_CONSENT = Consent(recipient="partner", purpose=Purpose.INVESTIGATION, expires=NOW + HOUR)


AGREED_BY = (Action.UNMASK, Action.PLACE_CAMERA, Action.REGISTER_SENSOR)


def lawful(action: Action, **changed: Any) -> Context:
    """Facts on which every pack permits the act, less those that are changed. `record__own=False` changes a part."""
    alert = AlertState.CONFIRMED if action is Action.INSTRUCT else AlertState.CANDIDATE
    facts: dict[str, Any] = {
        "actor": an_actor(action),
        "now": NOW,
        "grounds": grounds_for(action),
        "on_case": True,
        "criteria": frozenset({"name", "born"}),
        "record": A_RECORD,
        "alert": alert,
        "confirmed_by": "o-4",
        "instruction": "call",
        "reason": "compared both sides",
        "until": NOW + HOUR,
        "requester": "o-5",
        "final_conviction": True,
        "partner": A_PARTNER,
        "exchange": "records",
        "approval": AN_APPROVAL if action in (Action.ASK_PARTNER, Action.UNMASK) else None,
        "authority": "GIP 12/26" if action in AGREED_BY else "",
        "assessment": "dpia-3",
    }
    for name, value in changed.items():
        whole, _, part = name.partition("__")
        facts[whole] = msgspec.structs.replace(facts[whole], **{part: value}) if part else value
    return Context(**facts)


def refusing(action: Action, *packs: Pack, **changed: Any) -> set[str]:
    """The ids of the rules that refuse the act on these facts; by the European pack, where none is named."""
    decision = decide(action, lawful(action, **changed), packs or (EU,))
    return set() if isinstance(decision, Permit) else {reason.rule for reason in decision.reasons}


times = st.one_of(
    st.sampled_from([NOW - SECOND, NOW, NOW + SECOND, NOW + DAY, NOW - DAY]),
    st.integers(-5000, 5000).map(lambda hours: NOW + hours * HOUR),
)
people = st.sampled_from(["o-1", "o-2", "o-3"])
role_sets = st.frozensets(st.sampled_from(Role), max_size=3)
counts = st.one_of(st.integers(0, 60), st.integers(0, 300_000))
PARTS: Mapping[str, st.SearchStrategy[Any]] = {
    "actor": st.builds(
        Actor, person=people, roles=role_sets, trained=st.booleans(), safeguards=st.booleans()
    ),
    "grounds": st.none()
    | st.builds(
        Grounds,
        purpose=st.sampled_from(Purpose),
        offence=st.sampled_from(sorted(OFFENCES)),
        case=st.sampled_from(["c-1", "c-2"]),
        basis=st.sampled_from(["task", "order", "agreement", "border-law", "vital-interest", "none"]),
        justification=st.just("Named by the seller as the driver"),
        officer=people,
        given=times,
    ),
    "on_case": st.booleans(),
    "subject": st.sampled_from(SubjectKind),
    "subjects": counts,
    "recent": counts,
    "recent_all_cases": counts,
    "crossed": counts,
    "hours": counts,
    "cameras": counts,
    "criteria": st.frozensets(
        st.sampled_from(sorted(IDENTIFYING | NARROWING | SPECIAL | {"shoe"})), max_size=3
    ),
    "pattern": st.booleans(),
    "approval": st.none()
    | st.builds(
        Approval,
        person=people,
        roles=role_sets,
        case=st.sampled_from(["c-1", "c-2"]),
        persons=counts,
        used=counts,
        given=times,
        expires=times,
    ),
    "record": st.none()
    | st.builds(
        RecordFacts,
        category=st.none() | st.sampled_from(Category),
        minor=st.booleans(),
        graded=st.booleans(),
        handling=st.frozensets(st.sampled_from(HandlingCode)),
        own=st.booleans(),
        collected_for=st.none() | st.sampled_from(Purpose),
        review_at=st.none() | times,
        expires_at=st.none() | times,
        restricted=st.booleans(),
        held_until=st.none() | times,
        protected=st.booleans(),
    ),
    "alert": st.none() | st.sampled_from(AlertState),
    "confirmed_by": st.none() | people,
    "instruction": st.sampled_from(["", "call", "arrest"]),
    "reason": st.sampled_from(["", "compared both sides"]),
    "until": st.none() | times,
    "glass_until": st.none() | times,
    "requester": st.none() | people,
    "authority": st.sampled_from(["", "GIP 12/26"]),
    "final_conviction": st.booleans(),
    "partner": st.none()
    | st.builds(
        Partner,
        name=st.sampled_from(["partner", "other"]),
        open=st.booleans(),
        purposes=st.frozensets(st.sampled_from(Purpose), max_size=3),
        offences=st.frozensets(st.sampled_from(sorted(OFFENCES)), max_size=3),
        exchanges=st.frozensets(st.sampled_from(["records", "convictions"])),
        quota_left=counts,
        within=st.booleans(),
        gateway_expires=st.none() | times,
        origin=st.booleans(),
        capital=st.booleans(),
    ),
    "exchange": st.sampled_from(["", "records", "convictions"]),
    "consent": st.none()
    | st.builds(Consent, recipient=st.just("partner"), purpose=st.sampled_from(Purpose), expires=times),
    "assurance": st.none()
    | st.builds(
        Assurance,
        reference=st.sampled_from(["", "note"]),
        signed_by=people,
        signer_roles=role_sets,
        reasons=st.sampled_from(["", "needed"]),
        signed=times,
    ),
    "origin_reviewed": st.booleans(),
    "widens": st.booleans(),
    "assessment": st.sampled_from(["", "dpia-3"]),
    "manifest": st.booleans(),
}


@st.composite
def cases(draw: st.DrawFn) -> tuple[Action, Context]:
    """An act and arbitrary facts: lawful ones, some of which are replaced, so that permits are met too."""
    action = draw(st.sampled_from(Action))
    names = draw(st.frozensets(st.sampled_from(sorted(PARTS)), max_size=len(PARTS)))
    few = draw(st.booleans())
    chosen = sorted(names)[: 2 if few else None]
    return action, lawful(action, **{name: draw(PARTS[name]) for name in chosen})


regimes = st.lists(st.sampled_from(PACKS), min_size=1, max_size=4, unique_by=lambda pack: pack.name).map(
    tuple
)
