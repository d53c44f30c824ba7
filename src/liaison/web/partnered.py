"""Partners as the screen and the API show them: words for their states, what an agreement says, where a page stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from liaison.model.grounds import OFFENCES, Purpose
from liaison.model.roles import Capability
from liaison.partners.access import MAY_SEE
from liaison.partners.agreement import Agreement, GatewayKind
from liaison.partners.rules import AgreementState, CardState, Lane, PartnerState
from liaison.transport.delivery import Backlog
from liaison.web.compared import comparison_rows
from liaison.web.context import Visit
from liaison.web.language import LANGUAGES, later
from liaison.web.routes.holdings import CATEGORIES

READS, PAIRS, AGREES = MAY_SEE, Capability.SETTINGS, Capability.AGREE
SLASH = "~"  # stands for the slash of an origin in an address of the screen; no origin has one

STATES = {
    PartnerState.PROPOSED: (later("Not agreed yet"), "warn"),
    PartnerState.ACTIVE: (later("Open"), "good"),
    PartnerState.CLOSED: (later("Closed: the gateway has ended"), "bad"),
    PartnerState.REVOKED: (later("Revoked"), "quiet"),
}
CARDS = {
    CardState.CURRENT: (later("In use"), "good"),
    CardState.RETIRED: (later("Replaced"), "quiet"),
    CardState.REVOKED: (later("Revoked"), "bad"),
}
AGREEMENTS = {
    AgreementState.PROPOSED: (later("Proposed"), "warn"),
    AgreementState.IN_FORCE: (later("In force"), "good"),
    AgreementState.REPLACED: (later("Replaced"), "quiet"),
    AgreementState.WITHDRAWN: (later("Ended"), "quiet"),
}
GATEWAYS = {
    GatewayKind.WITHIN: later("The same law holds there"),
    GatewayKind.ADEQUACY: later("An adequacy decision (LED, article 36)"),
    GatewayKind.SAFEGUARDS: later("Appropriate safeguards (LED, article 37)"),
    GatewayKind.SPECIAL: later("Case by case (LED, article 38)"),
}
EXCHANGES = {
    "records": later("Records"),
    "assets": later("Assets"),
    "convictions": later("Convictions"),
    "spontaneous": later("Unasked information"),
    "publication": later("Published lists"),
    "crosscheck": later("Private cross-checks"),
    "standing-crosscheck": later("Standing cross-checks"),
    "deconfliction": later("Actions that may meet"),
}
LANES = {Lane.URGENT: later("Urgent"), Lane.ORDINARY: later("Ordinary")}
REFUSED = {  # why letters of a partner counted for nothing
    "form": later("They are no letters"),
    "federation": later("They are of another federation or version"),
    "names": later("They name another sender or recipient"),
    "key": later("They are under a key that does not count there"),
    "signature": later("Their signature does not fit"),
    "gap": later("Letters before them were missing"),
}
FAULTS = {
    "the link is not open": later("The link is not open"),
    "its card names no address": later("Its card names no address"),
    "it asks us to wait": later("It asks us to wait"),
    "another certificate than the card's": later("It shows another certificate than its card"),
    "its answer is too long": later("Its answer is too long"),
    "ConnectError": later("Nothing answers at its address"),
    "ConnectTimeout": later("Nothing answers at its address"),
    "ReadTimeout": later("It does not answer in time"),
    "ReadError": later("The connection broke"),
    "RemoteProtocolError": later("The connection broke"),
}
CAPABILITIES = {
    "bulk": later("Requests about many"),
    "convictions": later("Convictions"),
    "onward": later("Passing on"),
    "recall": later("Calling back"),
}
LETTERS = {
    "actions-changed": later("Planned actions changed"),
    "actions-overlap": later("Actions overlap"),
    "request": later("A request"),
    "request-part": later("Subjects of a request"),
    "request-received": later("A request has arrived"),
    "request-triaged": later("Sorted subjects"),
    "request-withdrawn": later("A request is withdrawn"),
    "request-corrected": later("Corrected subjects"),
    "request-closed": later("A request is closed"),
    "request-copy": later("Copy of a request"),
    "clarification-asked": later("A question back"),
    "clarification-given": later("Answer to a question back"),
    "answers": later("Answers"),
    "spontaneous": later("Unasked information"),
    "convictions-asked": later("A request for convictions"),
    "convictions": later("Notices of convictions"),
    "supply": later("A record passed on"),
    "supply-notice": later("Recall or correction"),
    "supply-report": later("Confirmation of a recall or correction"),
    "permission-asked": later("A request for permission"),
    "permission-answered": later("Answer about a permission"),
    "outcome": later("An outcome"),
    "card": later("New keys"),
    "agreement": later("An agreement"),
    "void": later("A number without a letter"),
}
"""Kind of a letter -> what it carries."""
DELIVERED = {
    "waiting": (later("Waits"), "warn"),
    "delivered": (later("Delivered"), "good"),
    "accepted": (later("Accepted"), "good"),
    "refused": (later("Refused"), "bad"),
}
"""State of a letter, in either box -> words and tone."""


def place_of(origin: str) -> str:
    """The address of a partner's page."""
    return f"/partners/{origin.replace('/', SLASH)}"


def origin_in(part: str) -> str:
    """The origin that a part of an address names."""
    return part.replace(SLASH, "/")


def said(visit: Visit, words: dict[Any, tuple[str, str]]) -> dict[Any, tuple[str, str]]:
    """States with their words in the reader's language, and tones."""
    return {state: (visit.say(text), tone) for state, (text, tone) in words.items()}


def can_do(visit: Visit, capabilities: Iterable[str]) -> str:
    """What a node can do beyond what every node can; one that has no word here by its code."""
    return ", ".join(visit.say(CAPABILITIES.get(each, each)) for each in capabilities) or "–"


def spoken(languages: Iterable[str]) -> str:
    """Languages by their own names; one that the screen does not speak by its code."""
    return ", ".join(LANGUAGES.get(each, each) for each in languages) or "–"


def fault_of(visit: Visit, backlog: Backlog | None) -> str:
    """Why the last try to reach a partner failed, in words; empty where it did not."""
    if backlog is None or not backlog.fault:
        return ""
    return visit.say(FAULTS.get(backlog.fault, backlog.fault))


def backlogs_by_origin(visit: Visit) -> dict[str, Backlog]:
    """How the way to each partner stands, by its origin."""
    return {each.partner: each for each in visit.node.correspondence.backlogs()}


def agreement_rows(visit: Visit, agreement: Agreement) -> list[tuple[str, str]]:
    """What an agreement allows, as a table that is read before it is signed."""
    gateway = agreement.gateway
    return [
        (visit.say("Purposes"), _listed(visit.say(each.label) for each in agreement.purposes)),
        (visit.say("Offences"), _listed(_offence(visit, code) for code in agreement.offences)),
        (
            visit.say("Kinds of exchange"),
            _listed(visit.say(EXCHANGES.get(each, each)) for each in agreement.exchanges),
        ),
        (visit.say("Legal gateway"), f"{visit.say(GATEWAYS[gateway.kind])}: {gateway.reference}"),
        (visit.say("Asked about in a day, at most"), str(agreement.quota)),
        (visit.say("Handling where nothing is said"), _handling(agreement)),
        (visit.say("Kept by the recipient, at most"), _listed(_caps(visit, agreement))),
        (visit.say("Languages"), spoken(agreement.languages)),
        (visit.say("Both can do"), can_do(visit, agreement.capabilities)),
        *(comparison_rows(visit, agreement.crosscheck) if agreement.crosscheck else ()),
    ]


def purposes_offered(visit: Visit) -> list[tuple[str, str]]:
    """Purposes that an agreement can name."""
    return [(each.value, visit.say(each.label)) for each in Purpose]


def offences_offered(visit: Visit) -> list[tuple[str, str]]:
    """Offences that an agreement can name; none of a political, military or religious character."""
    return [(each.code, visit.say(each.label)) for each in OFFENCES.values() if not each.excluded]


def _offence(visit: Visit, code: str) -> str:
    return visit.say(OFFENCES[code].label) if code in OFFENCES else code


def _handling(agreement: Agreement) -> str:
    codes = " ".join(code.value for code in agreement.handling.codes)
    return f"{codes} ({agreement.handling.restriction})" if agreement.handling.restriction else codes


def _caps(visit: Visit, agreement: Agreement) -> Iterable[str]:
    for cap in agreement.caps:
        whom = visit.say(CATEGORIES[cap.category]) if cap.category else visit.say("Everything else")
        yield visit.say("%(whom)s: %(days)s days", whom=whom, days=cap.days)


def _listed(words: Iterable[str]) -> str:
    return "; ".join(words) or "–"
