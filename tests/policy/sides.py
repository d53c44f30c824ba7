"""For each rule: acts, facts on which it permits, and facts on which it refuses."""

from __future__ import annotations

from typing import Any

import msgspec

from liaison.model.categories import Category
from liaison.model.grounds import OFFENCES, Purpose
from liaison.model.handling import HandlingCode
from liaison.model.roles import Role
from liaison.policy import Action, Actor, AlertState
from liaison.policy.actions import GROUNDED, RECORDED
from liaison.policy.context import IDENTIFYING, NARROWING, SPECIAL
from tests.policy.facts import A_CONSENT, AN_APPROVAL, AN_ASSURANCE, DAY, HOUR, NOW, SECOND

Facts = dict[str, Any]
SEARCHES = (
    Action.CHECK,
    Action.CHECK_BULK,
    Action.STANDING_QUESTION,
    Action.FOLLOW,
    Action.ASK_SAFEGUARDING,
)
TOLD = (
    Action.DISCLOSE,
    Action.NOTIFY_CONVICTION,
    Action.ASK_PARTNER,
    Action.GRANT,
    Action.TELL_OUTCOME,
)
USES = (
    Action.READ_HOLDING,
    Action.CONFIRM,
    Action.INSTRUCT,
    Action.CARRY,
    Action.DISCLOSE,
    Action.USE_IN_COURT,
)
FOREIGN: Facts = {"record__own": False}
ABROAD: Facts = {"partner__within": False, "partner__gateway_expires": NOW + DAY}
H0, H1, H2, H3 = (frozenset({HandlingCode.H0, code}) for code in HandlingCode)


def consent(**changed: Any) -> Facts:
    return {"consent": msgspec.structs.replace(A_CONSENT, **changed)}


def approval(**changed: Any) -> Facts:
    return {"subjects": 51, "approval": msgspec.structs.replace(AN_APPROVAL, **changed)}


def assurance(**changed: Any) -> Facts:
    risky = {"partner__capital": True, "grounds__offence": "homicide"}
    return {**risky, "assurance": msgspec.structs.replace(AN_ASSURANCE, **changed)}


# rule: (acts, facts on which it permits, facts on which it refuses)
SIDES: dict[str, tuple[tuple[Action, ...], list[Facts], list[Facts]]] = {
    "P02/roles": (
        (Action.READ_LEDGER, Action.STATISTICS),
        [
            {"actor": Actor(person="o-1", roles=frozenset({Role.AUDITOR}))},
            {"actor": Actor(person="o-1", roles=frozenset({Role.DATA_PROTECTION_OFFICER, Role.SUPERVISOR}))},
        ],
        [{"actor": Actor(person="o-1", roles=frozenset({Role.AUDITOR, Role.INVESTIGATOR}))}],
    ),
    "L01/grounds": (tuple(sorted(GROUNDED, key=str)), [{}], []),
    "L01/own": (tuple(sorted(GROUNDED, key=str)), [{}], [{"grounds__officer": "o-2"}]),
    "L01/fresh": (
        tuple(sorted(GROUNDED, key=str)),
        [{"grounds__given": NOW}, {"grounds__given": NOW - 90 * DAY}],
        [{"grounds__given": NOW + SECOND}, {"grounds__given": NOW - 90 * DAY - SECOND}],
    ),
    "L01/basis": (
        SEARCHES[:4] + USES,
        [{"grounds__basis": "agreement"}, {"grounds__basis": "order", "authority": "GIP 12/26"}],
        [
            {"grounds__basis": "whim"},
            {"grounds__basis": "border-law"},
            {"grounds__basis": "vital-interest", "record__collected_for": Purpose.INVESTIGATION},
        ],
    ),
    "L01/reuse": (
        USES,
        [{"record__collected_for": None}, {"record__collected_for": Purpose.PREVENTION}],
        [{"record__collected_for": Purpose.BORDER_CHECK}, {"record__collected_for": Purpose.EXECUTION}],
    ),
    "L04/kind": (
        SEARCHES[:4],
        [{"grounds__purpose": Purpose.BORDER_CHECK, "grounds__basis": "border-law"}],
        [{"grounds__purpose": p, "grounds__basis": "vital-interest"} for p in Purpose if p.protects],
    ),
    "L04/protection": (
        (Action.ASK_SAFEGUARDING, Action.ANSWER_SAFEGUARDING),
        [{"grounds__purpose": Purpose.SAFEGUARDING}],
        [{"grounds__purpose": Purpose.PUBLIC_SECURITY}],
    ),
    "L26/authority": (
        (Action.CHECK, Action.DISCLOSE, Action.READ_HOLDING),
        [{"grounds__basis": "order", "authority": "GIP 12/26"}, {"grounds__basis": "task", "authority": ""}],
        [{"grounds__basis": "order"}],
    ),
    "A20/case": (
        tuple(sorted(GROUNDED - {Action.BREAK_GLASS}, key=str)),
        [{"on_case": False, "glass_until": NOW + SECOND}, {"glass_until": NOW - HOUR}],
        [{"on_case": False}, {"on_case": False, "glass_until": NOW}],
    ),
    "A20/reason": (
        (
            Action.CONFIRM,
            Action.BREAK_GLASS,
            Action.CORRECT,
            Action.RESTRICT,
            Action.HOLD,
            Action.ERASE,
            Action.GRANT,
            Action.RECALL,
        ),
        [{"reason": "x" * 10}],
        [{"reason": ""}, {"reason": "x" * 9}, {"reason": "   x     x"}],
    ),
    "A20/glass": (
        (Action.BREAK_GLASS,),
        [{"until": NOW + SECOND}, {"until": NOW + 8 * HOUR}],
        [{"until": None}, {"until": NOW}, {"until": NOW + 8 * HOUR + SECOND}],
    ),
    "A20/review": ((Action.REVIEW_BREAK_GLASS,), [{}], [{"requester": "o-1"}, {"requester": None}]),
    "L07/special": (
        SEARCHES,
        [{"criteria": frozenset({"name", *NARROWING})}],
        [{"criteria": frozenset({"name", field})} for field in sorted(SPECIAL)],
    ),
    "L07/known": (
        SEARCHES,
        [{"criteria": frozenset({*IDENTIFYING, *NARROWING})}],
        [{"criteria": frozenset({"name", "shoe_size"})}],
    ),
    "L08/individual": (
        SEARCHES,
        [{"criteria": frozenset({field, "nationality"})} for field in sorted(IDENTIFYING)],
        [{"criteria": frozenset({field})} for field in sorted(NARROWING)]
        + [{"criteria": NARROWING}, {"criteria": frozenset()}],
    ),
    "L08/conviction": ((Action.NOTIFY_CONVICTION,), [{}], [{"final_conviction": False}]),
    "L10/bulk": (
        SEARCHES,
        [
            {"subjects": 50},
            {"subjects": 1, "recent": 49},
            {"subjects": 0, "recent": 50},
            {"subjects": 1, "recent_all_cases": 199},
            {"subjects": 1, "pattern": True, "approval": AN_APPROVAL},
            {"subjects": 1, "recent": 50, "approval": AN_APPROVAL},
            {"subjects": 1, "recent_all_cases": 200, "approval": AN_APPROVAL},
            approval(),
            approval(persons=51),
            approval(persons=60, used=9),
            approval(roles=frozenset({Role.SUPERVISOR, Role.INVESTIGATOR})),
            approval(given=NOW),
            approval(expires=NOW + SECOND),
            approval(given=NOW - 10 * HOUR, expires=NOW + 62 * HOUR),
        ],
        [
            {"subjects": 51},
            {"subjects": 2, "recent": 49},
            {"subjects": 1, "recent": 50},
            {"subjects": 1, "recent_all_cases": 200},
            {"subjects": 1, "pattern": True},
            approval(persons=50),
            approval(persons=60, used=10),
            approval(person="o-1"),
            approval(roles=frozenset({Role.INVESTIGATOR, Role.DATA_PROTECTION_OFFICER})),
            approval(roles=frozenset()),
            approval(case="c-2"),
            approval(given=NOW + SECOND),
            approval(expires=NOW),
            approval(given=NOW - 10 * HOUR, expires=NOW + 62 * HOUR + SECOND),
        ],
    ),
    "L10/most": (
        SEARCHES,
        [approval(persons=300_000) | {"subjects": 250_000}],
        [approval(persons=300_000) | {"subjects": 250_001}],
    ),
    "L16/standing": (
        (Action.STANDING_QUESTION,),
        [{"until": NOW + SECOND}, {"until": NOW + 180 * DAY}],
        [{"until": None}, {"until": NOW}, {"until": NOW + 180 * DAY + SECOND}],
    ),
    "L16/carried": (
        (Action.CARRY,),
        [{"until": NOW + SECOND}, {"until": NOW + 3 * DAY}],
        [{"until": None}, {"until": NOW}, {"until": NOW + 3 * DAY + SECOND}],
    ),
    "A22/approve": (
        (Action.APPROVE,),
        [{"actor": Actor(person="o-1", roles=frozenset({Role.APPROVER}))}],
        [{"requester": "o-1"}, {"requester": None}],
    ),
    "L31/assessment": (
        (Action.SETTINGS, Action.AGREE),
        [{"widens": False, "assessment": ""}, {"widens": True, "assessment": "dpia-3"}],
        [{"assessment": ""}],
    ),
    "P03/record": (tuple(sorted(RECORDED, key=str)), [{}], [{"record": None}]),
    "L03/category": ((Action.IMPORT,), [{}], [{"record__category": None}]),
    "L04/index": (
        (Action.INDEX,),
        [{"record__category": Category.CONVICTED}],
        [
            {"record__category": Category.VICTIM},
            {"record__category": Category.WITNESS},
            {"record__category": Category.CONTACT},
            {"record__category": Category.MISSING},
            {"record__minor": True},
        ],
    ),
    "L04/shielded": (
        USES,
        [{"record__category": Category.CONTACT}, {"record__category": Category.MISSING}],
        [
            {"record__category": Category.VICTIM},
            {"record__category": Category.WITNESS},
            {"record__category": None},
            {"record__minor": True},
        ],
    ),
    "L04/named": ((Action.ANSWER_SAFEGUARDING,), [{}], [{"actor__safeguards": False}]),
    "L09/candidate": (
        (Action.CONFIRM,),
        [{}],
        [{"alert": None}, {"alert": AlertState.CONFIRMED}, {"alert": AlertState.REJECTED}],
    ),
    "L09/confirmed": (
        (Action.INSTRUCT,),
        [{}],
        [
            {"alert": None},
            {"alert": AlertState.CANDIDATE},
            {"alert": AlertState.REJECTED},
            {"confirmed_by": None},
            {"confirmed_by": ""},
        ],
    ),
    "L09/instruction": (
        (Action.INSTRUCT,),
        [{"instruction": word} for word in ("call", "seize-document", "discreet", "do-not-alert")],
        [{"instruction": ""}, {"instruction": "arrest"}],
    ),
    "L16/retention": (
        (Action.IMPORT,),
        [
            {"record__expires_at": NOW + SECOND},
            {"record__expires_at": NOW + 1825 * DAY},
            {"record__category": Category.CONVICTED, "record__expires_at": NOW + 3650 * DAY},
        ],
        [
            {"record__expires_at": None},
            {"record__expires_at": NOW},
            {"record__expires_at": NOW + 1825 * DAY + SECOND},
            {"record__category": Category.CONTACT, "record__expires_at": NOW + 1095 * DAY + SECOND},
        ],
    ),
    "L16/review": (
        (Action.IMPORT,),
        [{"record__review_at": NOW + SECOND}, {"record__review_at": NOW + 1095 * DAY}],
        [
            {"record__review_at": None},
            {"record__review_at": NOW},
            {"record__review_at": NOW + 1095 * DAY + SECOND},
            {"record__category": Category.VICTIM, "record__review_at": NOW + 365 * DAY + SECOND},
        ],
    ),
    "L16/expired": (
        (*USES, Action.INDEX),
        [{"record__expires_at": NOW + SECOND}],
        [{"record__expires_at": NOW}, {"record__expires_at": None}],
    ),
    "L21/restricted": ((*USES, Action.INDEX), [{}], [{"record__restricted": True}]),
    "L22/hold": (
        (Action.ERASE,),
        [{"record__held_until": NOW}, {"record__held_until": None}],
        [{"record__held_until": NOW + SECOND}],
    ),
    "L22/end": (
        (Action.HOLD,),
        [{"until": NOW + 3650 * DAY}],
        [{"until": None}, {"until": NOW}, {"until": NOW + 3650 * DAY + SECOND}],
    ),
    "L05/grade": ((Action.DISCLOSE,), [{}], [{"record__graded": False}]),
    "L06/review": (
        (Action.DISCLOSE,),
        [{"record__review_at": NOW + SECOND}],
        [{"record__review_at": NOW}, {"record__review_at": None}],
    ),
    "L06/own": ((Action.RECALL,), [{}], [FOREIGN]),
    "L01/agreement": (
        (Action.DISCLOSE, Action.NOTIFY_CONVICTION, Action.ASK_PARTNER),
        [
            {"partner__purposes": frozenset({Purpose.INVESTIGATION})},
            {"partner__offences": frozenset({"fraud"})},
            {
                "grounds__purpose": Purpose.PUBLIC_SECURITY,
                "grounds__offence": "",
                "partner__offences": frozenset(),
            },
            {"exchange": "convictions", "partner__exchanges": frozenset({"convictions"})},
        ],
        [
            {"partner__purposes": frozenset()},
            {"partner__purposes": frozenset(Purpose) - {Purpose.INVESTIGATION}},
            {"partner__offences": frozenset(OFFENCES) - {"fraud"}},
            {"exchange": "convictions"},
            {"exchange": ""},
        ],
    ),
    "L10/authorised": (
        (Action.ASK_PARTNER,),
        [{}, approval(), approval(persons=60, used=9)],
        [
            {"approval": None},
            approval(persons=50),
            approval(person="o-1"),
            approval(roles=frozenset({Role.INVESTIGATOR})),
            approval(case="c-2"),
            approval(expires=NOW),
        ],
    ),
    "L10/quota": (
        (Action.ASK_PARTNER,),
        [{"partner__quota_left": 1}, {"subjects": 0, "partner__quota_left": 0}],
        [{"partner__quota_left": 0}, {"subjects": 3, "partner__quota_left": 2}],
    ),
    "L11/court": (
        (Action.USE_IN_COURT,),
        [
            {"record__handling": H1},
            {**FOREIGN, "record__handling": H2},
            {**FOREIGN, "record__handling": H1, **consent()},
        ],
        [
            {**FOREIGN, "record__handling": H1},
            {**FOREIGN, "record__handling": H1, **consent(recipient="other")},
            {**FOREIGN, "record__handling": H1, **consent(purpose=Purpose.PROSECUTION)},
            {**FOREIGN, "record__handling": H1, **consent(expires=NOW)},
            {**FOREIGN, "record__handling": H1, **consent(), "partner": None},
        ],
    ),
    "L11/other": (
        (Action.DISCLOSE, Action.USE_IN_COURT, Action.CARRY),
        [
            {"record__handling": H3},
            {**FOREIGN, "record__handling": H0},
            {**FOREIGN, "record__handling": H3, **consent()},
        ],
        [{**FOREIGN, "record__handling": H3}],
    ),
    "L12/onward": (
        (Action.DISCLOSE,),
        [
            {"record__handling": H2},
            {**FOREIGN, "record__handling": H0},
            {**FOREIGN, "record__handling": H2, **consent()},
            {**FOREIGN, "record__handling": H2, **consent(expires=NOW + SECOND)},
            {**FOREIGN, **ABROAD, **consent()},
        ],
        [
            {**FOREIGN, "record__handling": H2},
            {**FOREIGN, **ABROAD},
            {**FOREIGN, "record__handling": H2, **consent(expires=NOW)},
        ],
    ),
    "L12/originator": ((Action.GRANT,), [{}], [FOREIGN]),
    "L13/recipient": ((Action.NOTIFY_CONVICTION, Action.ANSWER_PARTNER), [{}], []),
    "L13/open": ((*TOLD, Action.ANSWER_PARTNER), [{}], [{"partner__open": False}]),
    "L13/gateway": (
        (*TOLD, Action.ANSWER_PARTNER),
        [ABROAD, {**ABROAD, "partner__gateway_expires": NOW + SECOND}],
        [{**ABROAD, "partner__gateway_expires": None}, {**ABROAD, "partner__gateway_expires": NOW}],
    ),
    "L14/capital": (
        TOLD,
        [
            {"partner__capital": True},
            {"grounds__offence": "homicide"},
            assurance(),
            assurance(signed=NOW),
            assurance(signed=NOW - 24 * HOUR),
        ],
        [
            {"partner__capital": True, "grounds__offence": "homicide"},
            {
                "partner__capital": True,
                "grounds__purpose": Purpose.PUBLIC_SECURITY,
                "grounds__offence": "",
            },
            assurance(reference=""),
            assurance(reasons=""),
            assurance(signer_roles=frozenset({Role.APPROVER})),
            assurance(signed_by="o-1"),
            assurance(signed=NOW + SECOND),
            assurance(signed=NOW - 24 * HOUR - SECOND),
        ],
    ),
    "L18/follow": (
        (Action.FOLLOW,),
        [
            {"hours": 12, "cameras": 50},
            {"hours": 24, "cameras": 400, "approval": AN_APPROVAL},
        ],
        [
            {"hours": 13},
            {"cameras": 51},
            {"hours": 13, "approval": msgspec.structs.replace(AN_APPROVAL, person="o-1")},
        ],
    ),
    "L29/camera": (
        (Action.PLACE_CAMERA,),
        [{}, {"until": NOW + 366 * DAY}],
        [
            {"authority": "  "},
            {"assessment": ""},
            {"until": None},
            {"until": NOW},
            {"until": NOW + 366 * DAY + SECOND},
        ],
    ),
    "L29/sensor": (
        (Action.REGISTER_SENSOR,),
        [{}, {"until": NOW + 366 * DAY}],
        [
            {"authority": " "},
            {"assessment": ""},
            {"until": None},
            {"until": NOW},
            {"until": NOW + 366 * DAY + SECOND},
        ],
    ),
    "L17/unmask": (
        (Action.UNMASK,),
        [{}, {"authority": "Special court, 77/26", "subjects": 1000}],
        [
            {"authority": ""},
            {"authority": "  "},
            {"approval": None},
            {"approval": msgspec.structs.replace(AN_APPROVAL, person="o-1")},
            {"approval": msgspec.structs.replace(AN_APPROVAL, case="c-2")},
            {"approval": msgspec.structs.replace(AN_APPROVAL, expires=NOW)},
            {"approval": msgspec.structs.replace(AN_APPROVAL, roles=frozenset({Role.INVESTIGATOR}))},
            {"approval": msgspec.structs.replace(AN_APPROVAL, used=1000)},
        ],
    ),
    "L15/character": (
        TOLD,
        [
            {"grounds__offence": "homicide"},
            {"grounds__purpose": Purpose.PUBLIC_SECURITY, "grounds__offence": ""},
        ],
        [{"grounds__offence": word} for word in ("treason", "sedition", "desertion", "blasphemy")],
    ),
    "L15/origin": (
        (Action.DISCLOSE, Action.NOTIFY_CONVICTION, Action.GRANT),
        [
            {"record__protected": True},
            {"partner__origin": True},
            {"record__protected": True, "partner__origin": True, "origin_reviewed": True},
        ],
        [{"record__protected": True, "partner__origin": True}],
    ),
}
PERMITS = [(rule, act, facts) for rule, (acts, good, _) in SIDES.items() for act in acts for facts in good]
REFUSES = [(rule, act, facts) for rule, (acts, _, bad) in SIDES.items() for act in acts for facts in bad]
