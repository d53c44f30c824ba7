"""What passed between agencies, as the screen and the API show it: words for states and reasons, what an item says."""

from __future__ import annotations

from typing import Any

from liaison.model.grounds import OFFENCES, Purpose
from liaison.model.handling import HandlingCode
from liaison.model.roles import Capability
from liaison.partners.reading import listed
from liaison.partners.rules import PartnerState
from liaison.supply.documents import Kind, Outcome, Why
from liaison.supply.items import Item, State
from liaison.supply.letters import Result
from liaison.supply.reading import NoticeView
from liaison.supply.rules import Asked
from liaison.web.context import Visit
from liaison.web.language import later
from liaison.web.said import subject_rows

RECEIVES = frozenset({Capability.READ_HOLDING, Capability.DISCLOSE, Capability.RECALL})
SUPPLIES = frozenset({Capability.DISCLOSE, Capability.RECALL, Capability.GRANT})
PERMITS = SUPPLIES | {Capability.ASK_PARTNER}
DESK = Capability.ANSWER_PARTNER
PUBLISHES = frozenset({Capability.DISCLOSE, Capability.RECALL, Capability.AGREE})
Said = dict[Any, tuple[str, str]]

STATES = {
    State.HELD: (later("Held"), "good"),
    State.RESTRICTED: (later("Contested: not to be used"), "warn"),
    State.RECALLED: (later("Called back"), "bad"),
    State.ERASED: (later("Erased"), "quiet"),
    State.EXPIRED: (later("Past its time"), "quiet"),
}
HOW = {
    "sent": later("sent"),
    "passed": later("passed on"),
    "urgent": later("passed on in urgency"),
}
KINDS = {
    Kind.RECALL: later("Called back"),
    Kind.ERASE: later("To be erased"),
    Kind.CORRECT: later("Corrected"),
    Kind.RESTRICT: later("Restricted"),
    Kind.UNRESTRICT: later("No longer restricted"),
}
WHYS = {
    Why.WRONG: later("It was wrong"),
    Why.UNLAWFUL: later("It was unlawfully sent"),
    Why.CONTESTED: later("The person contests it"),
    Why.SETTLED: later("What was contested is settled"),
    Why.OVER: later("What it was held for is over"),
    Why.WITHDRAWN: later("Its list no longer has it"),
    Why.ORDER: later("A court or supervisory authority ordered it"),
}
OUTCOMES = {
    Outcome.DONE: (later("Done"), "good"),
    Outcome.EVIDENCE: (later("Kept as evidence, restricted"), "warn"),
    Outcome.NEVER_HELD: (later("Never held"), "quiet"),
}
RESULTS = {
    Result.ARREST: later("Arrest"),
    Result.CHARGE: later("Charge"),
    Result.CONVICTION: later("Conviction"),
    Result.CONFISCATION: later("Confiscation"),
    Result.FOUND: later("Found, as asked"),
    Result.NOTHING: later("Nothing came of it"),
}
ASKED = {
    Asked.ASKED: (later("Waits for an answer"), "warn"),
    Asked.GRANTED: (later("Permitted"), "good"),
    Asked.REFUSED: (later("Refused"), "bad"),
    Asked.EXPIRED: (later("Over"), "quiet"),
    Asked.VOID: (later("Void: the item was called back"), "quiet"),
}
LIFTS = {
    HandlingCode.H1: later("H1: use in court"),
    HandlingCode.H2: later("H2: passing it on"),
    HandlingCode.H3: later("H3: what the originator wrote out"),
}
ADDED = {
    HandlingCode.H1: later("H1: not in court without the originator’s permission"),
    HandlingCode.H2: later("H2: not to be passed on without the originator’s permission"),
}


def said(visit: Visit, words: Said) -> Said:
    """States with their words in the reader's language, and tones."""
    return {state: (visit.say(text), tone) for state, (text, tone) in words.items()}


def words(visit: Visit, some: dict[Any, str]) -> dict[Any, str]:
    """The same without tones."""
    return {code: visit.say(text) for code, text in some.items()}


def tabs_of(visit: Visit, here: str) -> list[tuple[str, str, bool]]:
    """The places of what passed between agencies that this person has."""
    places = [
        (visit.say("Received"), "/received", visit.may(*RECEIVES)),
        (visit.say("Supplied"), "/supplied", visit.may(*SUPPLIES)),
        (visit.say("Not confirmed"), "/supplied/notices", visit.may(*SUPPLIES)),
        (visit.say("Permissions"), "/permissions", visit.may(*PERMITS)),
        (visit.say("Sent in by programs"), "/intake", visit.may(DESK)),
        (visit.say("Published"), "/published", visit.may(*PUBLISHES)),
    ]
    return [(label, href, href == here) for label, href, shown in places if shown]


def purpose_words(visit: Visit, purpose: str) -> str:
    """A purpose by its value, as a person reads it."""
    return visit.say(Purpose(purpose).label) if purpose in {each.value for each in Purpose} else purpose


def offence_words(visit: Visit, code: str) -> str:
    """An offence by its code, as a person reads it."""
    return visit.say(OFFENCES[code].label) if code in OFFENCES else code or "–"


def names_of_nodes(visit: Visit) -> dict[str, str]:
    """What partners, and this node itself, are called here, by origin."""
    partners = {each.origin: each.name for each in listed(visit.office, visit.actor)}
    return partners | {visit.settings.origin: visit.settings.agency or visit.settings.origin}


def open_partners(visit: Visit) -> list[tuple[str, str]]:
    """Partners to whom something can go, as choices."""
    return [
        (each.origin, each.name)
        for each in listed(visit.office, visit.actor)
        if each.state is PartnerState.ACTIVE
    ]


def item_rows(visit: Visit, item: Item) -> list[tuple[str, str]]:
    """What an item says of its subject."""
    return subject_rows(visit, item.subject)


def waits_for(notice: NoticeView) -> int:
    """How many nodes have not complied with a notice."""
    return len(notice.open)


def chain_text(chain: tuple[str, ...], names: dict[str, str]) -> str:
    """The way that something went, node by node."""
    return " → ".join(names.get(each, each) for each in chain)
