"""Private cross-checks as the screen shows them: words for their states, what agreed, and what each side knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from liaison.crosscheck.asker import reading
from liaison.crosscheck.asker.overview import KeptSet, kept_sets
from liaison.crosscheck.asker.reading import Ahead, LegShown, Overlap, Shown
from liaison.crosscheck.asker.states import LegState, SessionState
from liaison.crosscheck.holder.epochs import EpochState
from liaison.crosscheck.holder.holding import SEES
from liaison.crosscheck.holder.rules import Unpublished
from liaison.crosscheck.likeness.grading import LEAST_TOLD, Strength
from liaison.crosscheck.messages import Kind
from liaison.model.roles import Capability
from liaison.model.subjects import AnySubject, Person
from liaison.partners.access import load_partners
from liaison.partners.agreement import CROSSCHECK, STANDING_CROSSCHECK
from liaison.partners.directory import Partner
from liaison.partners.rules import PartnerState
from liaison.web.compat.entities import caption_of
from liaison.web.context import Visit
from liaison.web.language import later
from liaison.web.render import environment

ASKS, SUPERVISES = Capability.ASK_PARTNER, Capability.SUPERVISE
READS = frozenset({ASKS, Capability.APPROVE, SUPERVISES})
SERVES = SEES
REOPENS = frozenset({SUPERVISES, Capability.AUDIT_SAMPLE})
KINDS_ASKED = frozenset({CROSSCHECK, STANDING_CROSSCHECK})
PLACE = "/crosschecks"
MISSED = 11  # percent of people in a set of a million (docs/crosscheck.md)

STATES = {
    SessionState.DRAFT: (later("Prepared, not asked yet"), "quiet"),
    SessionState.WAITING: (later("Waits for a second person"), "warn"),
    SessionState.REFUSED: (later("The second person said no"), "bad"),
    SessionState.RUNNING: (later("Under way"), "info"),
    SessionState.DONE: (later("Done"), "good"),
    SessionState.CANCELLED: (later("Stopped"), "quiet"),
    SessionState.ENDED: (later("Ended"), "quiet"),
}
LEGS = {
    LegState.WAITING: (later("Waits"), "info"),
    LegState.RUNNING: (later("Is being asked"), "info"),
    LegState.DONE: (later("Answered"), "good"),
    LegState.REFUSED: (later("Refused"), "bad"),
    LegState.CANCELLED: (later("Stopped"), "quiet"),
}
CODES = {  # why a partner waits or refused: errors by their names, and what the asking side found itself
    "bad-point": later("A point could not be used; tell the partner"),
    "countersign": later("An authority has to countersign first"),
    "bad-input": later("What they sent cannot be read"),
    "bad-note": later("What they sent is not under their signature: tell a supervisor"),
    "bad-proof": later("Their proof does not hold: keep it, and tell a supervisor"),
    "damaged-content": later("What is kept here of it is damaged: tell an administrator"),
    "damaged-set": later("Their set is damaged; it is fetched again"),
    "erased": later("Whom it was about was erased here"),
    "link-closed": later("The link to them is not open"),
    "not-ready": later("Their set is being made; it is tried again by itself"),
    "not-lawful": later("The agreement or the law does not allow it"),
    "other-normaliser": later("The two nodes run versions that write their keys differently"),
    "over-quota": later("The quota is used up"),
    "replayed": later("This was answered before"),
    "too-many": later("They ask us to wait"),
    "unsigned": later("They did not sign the receipt; it is asked for no more"),
    "unreachable": later("They cannot be reached; it is tried again by itself"),
    "wrong-epoch": later("Their key has changed; the new set is fetched"),
    "wrong-key": later("Their key is not the one they published: tell both supervisors"),
}
STRENGTHS = {
    Strength.STRONG: later("Strong"),
    Strength.POSSIBLE: later("Possible"),
    Strength.WEAK: later("Weak"),
}
KINDS = {
    Kind.CHECK: (later("Once"), ""),
    Kind.STANDING: (later("Until a day"), later("What they record later is compared too")),
}
EPOCHS = {
    EpochState.MAKING: (later("Is being made"), "info"),
    EpochState.OPEN: (later("Open"), "good"),
    EpochState.CLOSED: (later("Closed, its key destroyed"), "quiet"),
}
LEFT_OUT = {
    Unpublished.PROTECTED: later("A victim, a witness or a missing person"),
    Unpublished.MINOR: later("Somebody who may be under 18"),
    Unpublished.CATEGORY: later("A category that the agreement does not name"),
    Unpublished.THING: later("A thing, where the agreement names people alone"),
    Unpublished.STATE: later("Restricted, withdrawn or erased"),
    Unpublished.OVERDUE: later("Kept for longer than it may be"),
    Unpublished.HANDLING: later("A handling code that lets nothing out"),
    Unpublished.NOT_OWN: later("Another agency’s record"),
}
AGREED = {  # families of match keys -> what agrees where one of them does
    "S": later("name and date of birth"),
    "N": later("name and date of birth"),
    "Y": later("name and year of birth"),
    "YS": later("name and year of birth"),
    "W0": later("one name and date of birth"),
    "W1": later("one name, the beginning of another and date of birth"),
    "W2": later("one name, the beginning of another and date of birth"),
    "W3": later("one name, the beginning of another and date of birth"),
    "WE": later("one name, the end of another and date of birth"),
    "WP": later("one name, date and place of birth"),
    "L": later("name, year and place of birth"),
    "D": later("document number"),
    "P": later("registration mark"),
    "V": later("vehicle identification number"),
    "T": later("telephone number"),
    "I": later("IMEI of a telephone"),
    "B": later("IBAN"),
    "A": later("account number"),
    "E": later("e-mail address"),
    "O": later("register number"),
}
OFF = {
    "year": later("name; year off by %(by)s"),
    "month": later("name; month off by %(by)s"),
    "day": later("name; day off by %(by)s"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """An overlap as a row of a table."""

    number: int
    name: str
    born: str
    reference: str
    strength: str
    agreed: list[str]
    chance: str
    request: str


@dataclass(frozen=True, slots=True)
class Group:
    """The overlaps with one partner, the strongest first. `open` where records of some were not asked for."""

    partner: str
    name: str
    rows: list[Row]
    open: bool


@dataclass(frozen=True, slots=True)
class Knows:
    """What each side knows of a session, in sentences, and what left in figures."""

    ours: list[str]
    theirs: list[str]
    never: str
    legs: Sequence[LegShown] = ()


@dataclass(frozen=True, slots=True)
class Askable:
    """A partner who may be asked. `points` of an epoch, `left` of them as far as anybody has said; `fetched` and
    `renewed` are when its set came and when its key, and with it the quota, is a new one."""

    origin: str
    name: str
    points: int
    left: int | None
    fetched: dt.datetime | None
    renewed: dt.datetime | None


def tabs_of(visit: Visit, here: str) -> list[tuple[str, str, bool]]:
    """The places of cross-checks that this person has."""
    places = [
        (visit.say("Asked"), PLACE, visit.may(*READS)),
        (visit.say("Planned actions"), "/actions", visit.may(ASKS, SUPERVISES)),
        (visit.say("Answered for partners"), f"{PLACE}/served", visit.may(*SERVES)),
        (visit.say("Sets"), f"{PLACE}/sets", visit.may(*SERVES)),
    ]
    return [(label, href, href == here) for label, href, shown in places if shown]


def words_of(visit: Visit) -> dict[str, Any]:
    """The words that pages of sessions draw with, by the values of states."""
    return {
        "states": {each.value: (visit.say(text), tone) for each, (text, tone) in STATES.items()},
        "leg_words": {each.value: visit.say(text) for each, (text, _) in LEGS.items()},
        "leg_tones": {each.value: tone for each, (_, tone) in LEGS.items()},
        "codes": {code: visit.say(text) for code, text in CODES.items()},
        "strengths": {each.value: visit.say(text) for each, text in STRENGTHS.items()},
    }


def agreed_words(visit: Visit, agreed: Iterable[str]) -> list[str]:
    """What agreed, in words, each once. A line is a family of keys, and what was off where something was."""
    said: dict[str, None] = {}
    for line in agreed:
        family, _, off = line.partition(" ")
        part, _, by = off.partition(" ")
        if part in OFF:
            said[visit.say(OFF[part], by=by.lstrip("+-"))] = None
        else:
            said[visit.say(AGREED.get(family, family))] = None
    if visit.say(AGREED["S"]) in said:
        for weaker in ("W0", "W1", "WE"):
            said.pop(visit.say(AGREED[weaker]), None)  # it says no more than both names do
    return list(said)


def by_chance(visit: Visit, expected: float) -> str:
    """How many overlaps as strong would come by chance among all that were asked about."""
    if expected < LEAST_TOLD:
        return visit.say("fewer than 0.01 such overlaps would come by chance")
    return visit.say("about %(number)s such overlaps would come by chance", number=f"{expected:.2g}")


def groups_of(visit: Visit, overlaps: Sequence[Overlap], names: Mapping[str, str]) -> list[Group]:
    """Overlaps by partner, the strongest first."""
    order = list(Strength)
    ranked = sorted(overlaps, key=lambda each: (order.index(each.strength), each.chance, each.number))
    partners = dict.fromkeys(each.partner for each in ranked)
    return [
        Group(
            partner,
            names.get(partner, partner),
            rows := [_row(visit, each) for each in ranked if each.partner == partner],
            any(not row.request for row in rows),
        )
        for partner in partners
    ]


def name_of(subject: AnySubject) -> str:
    """By what a subject is listed."""
    return caption_of(subject) or "–"


def learn(visit: Visit, ahead: Ahead, reference: str) -> str:
    """What a partner would learn of a session."""
    points = visit.words.ngettext("%(num)s point", "%(num)s points", ahead.points) % {
        "num": figure(visit, ahead.points)
    }
    return visit.say(
        "They learn: that you ask, under a number that stands for you, and who agrees; the time, the case’s reference "
        "(%(case)s), its purpose, offence and legal basis; how many you ask about, and %(points)s.",
        case=reference or "–",
        points=points,
    )


def knows_of(visit: Visit, shown: Shown) -> Knows:
    """What each side knows of a session of ours."""
    ours = [
        visit.say("Whom was asked about, and which of them overlap"),
        visit.say(
            "The secret that every point was made from, sealed, so that a supervisor can open it again"
        ),
        visit.say("Each partner’s set: numbers that say nothing without its key"),
        visit.say("How large that set is, rounded up, and when it changes"),
    ]
    theirs = [
        visit.say("That this node asked, as which officer, when, and for which case, purpose and offence"),
        visit.say("How many subjects and points it was, and the digests of the points"),
        visit.say("Who the second person was, and which authority countersigned, where one did"),
        visit.say("How much of the quota is used"),
    ]
    never = visit.say("whom you ask about, what you find, and whether you find anything.")
    return Knows(ours, theirs, never, [leg for leg in shown.legs if leg.whole])


def knows_of_served(visit: Visit) -> Knows:
    """What each side knows of a session that was answered here."""
    ours = [
        visit.say("Who asked, as which officer, when, and for which case, purpose and offence"),
        visit.say("How many subjects and points it was, and the digests of the points"),
    ]
    theirs = [
        visit.say("Which of those it asked about are in our set, and how strongly each agrees"),
        visit.say("How large the set is, rounded up, and when it changes"),
    ]
    return Knows(
        ours, theirs, visit.say("any name, date or number of a record of ours, or who else is in the set.")
    )


def steps_of(visit: Visit, shown: Shown) -> list[tuple[str, str]]:
    """How far a session is, as steps."""
    state = shown.state
    started = state not in (SessionState.DRAFT, SessionState.WAITING, SessionState.REFUSED)
    steps = [(visit.say("Prepared"), "done")]
    if shown.approval:
        waits = state in (SessionState.WAITING, SessionState.REFUSED)
        steps.append((visit.say("A second person agrees"), "now" if waits else "done"))
    if any(leg.countersign for leg in shown.legs):
        signed = started or all(leg.authority for leg in shown.legs if leg.countersign)
        waits = state is SessionState.DRAFT and not signed
        steps.append(
            (visit.say("An authority countersigns"), "now" if waits else "done" if signed else "later")
        )
    asked = {SessionState.RUNNING: "now"}.get(state, "done" if started else "later")
    if state is SessionState.DRAFT and all(word == "done" for _, word in steps):
        asked = "now"
    steps.append((visit.say("Partners answer"), asked))
    over = state in (SessionState.DONE, SessionState.ENDED)
    steps.append((visit.say("You look at what overlaps"), "now" if over else "later"))
    return steps


def nothing_said(visit: Visit, shown: Shown, overlaps: int) -> str:
    """What is said where nothing overlaps; empty where something does or nobody answered yet."""
    answered = [leg.name or leg.partner for leg in shown.legs if leg.state is LegState.DONE]
    if overlaps or not answered:
        return ""
    return visit.say(
        "Nothing that %(names)s hold overlaps. That does not show that they hold nothing: of people whose names or "
        "dates are written wrongly, up to %(missed)s in 100 may be missed, and those whom no set has, as victims, "
        "witnesses and minors, are never found.",
        names=", ".join(answered),
        missed=MISSED,
    )


def _row(visit: Visit, overlap: Overlap) -> Row:
    subject = overlap.subject
    born = " / ".join(date.text for date in subject.born) if isinstance(subject, Person) else ""
    return Row(
        overlap.number,
        name_of(subject),
        born,
        overlap.reference,
        overlap.strength.value,
        agreed_words(visit, overlap.agreed),
        by_chance(visit, overlap.expected),
        overlap.request,
    )


def partners_offered(visit: Visit) -> list[tuple[str, str, str]]:
    """The partners who may be asked, as choices, each with what stands of it."""
    return [(each.origin, each.name, _stands(visit, each)) for each in askable(visit)]


def askable(visit: Visit) -> list[Askable]:
    """The partners with whom an agreement in force names cross-checks, as far as the person may know of partners."""
    office, actor = visit.office, visit.actor
    known = [
        each
        for each in office.read(lambda connection: load_partners(connection, actor))
        if each.agreement is not None and each.agreement.crosscheck is not None
        if {*each.agreement.exchanges} & KINDS_ASKED and each.state_at(office.now()) is PartnerState.ACTIVE
    ]
    sets = {each.partner: each for each in kept_sets(office, actor)}
    ahead = {each.partner: each for each in reading.preview(office, actor, [one.origin for one in known], 1)}
    return [
        _askable(each, ahead[each.origin], sets.get(each.origin)) for each in known if each.origin in ahead
    ]


def warned(visit: Visit, ahead: Ahead) -> str:
    """What stands against asking a partner so much; empty where nothing does."""
    if not ahead.allowed:
        return visit.say("The agreement does not name it")
    left = [each for each in (ahead.left, ahead.case_left) if each is not None]
    if left and ahead.points > min(left):
        return visit.say("Only %(left)s points are left", left=figure(visit, min(left)))
    if ahead.countersign:
        return visit.say("An authority has to countersign")
    return ""


def _askable(partner: Partner, ahead: Ahead, kept: KeptSet | None) -> Askable:
    assert partner.agreement is not None
    assert partner.agreement.crosscheck is not None
    points = partner.agreement.crosscheck.points
    name = partner.name or partner.card.agency
    return Askable(
        partner.origin, name, points, ahead.left, kept.fetched if kept else None, kept.ends if kept else None
    )


def _stands(visit: Visit, one: Askable) -> str:
    """The state of a partner's set here, and the points left."""
    told = visit.say("its set was not fetched yet") if one.fetched is None else visit.say("its set is here")
    if one.left is None:
        return visit.say("%(set)s; up to %(points)s points", set=told, points=figure(visit, one.points))
    return visit.say("%(set)s; %(points)s points left", set=told, points=figure(visit, one.left))


def signed_words(visit: Visit, ours: str, theirs: str) -> list[tuple[str, bool]]:
    """Who signed a receipt, in words, and whether they did."""
    return [
        (visit.say("Signed by this node") if ours else visit.say("Not signed by this node"), bool(ours)),
        (
            visit.say("Signed by the partner") if theirs else visit.say("Not signed by the partner"),
            bool(theirs),
        ),
    ]


def figure(visit: Visit, number: int) -> str:
    """A number as the reader's language writes it."""
    return str(environment(visit.language).filters["count"](number))
