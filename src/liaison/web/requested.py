"""Requests between agencies as the screen and the API show them: words for their states, choices, and who may look."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from liaison.assistance import convictions, sending
from liaison.assistance.access import load
from liaison.assistance.clocks import INSTRUMENTS, instrument
from liaison.assistance.codes import Table, codes
from liaison.assistance.messages import Access, ConvictionsAsked, Wanted
from liaison.assistance.reading import MOST, Line, Page, RequestView, inbox, outbox
from liaison.assistance.rules import Side, State, SubjectState
from liaison.model.errors import BadInput
from liaison.model.grounds import OFFENCES, Purpose
from liaison.model.handling import HandlingCode
from liaison.model.roles import Capability
from liaison.partners.reading import PartnerRow, listed
from liaison.partners.rules import PartnerState
from liaison.web.context import Visit
from liaison.web.forms import Form
from liaison.web.language import later

ASKS, ANSWERS = Capability.ASK_PARTNER, Capability.ANSWER_PARTNER
ANSWERERS = frozenset({ANSWERS, Capability.SUPERVISE})
READS = frozenset({ASKS, ANSWERS, Capability.APPROVE, Capability.SUPERVISE})
SHOWN = 50  # lines of a page
TICKED = 500  # subjects that are ticked at once
FARTHEST = 20  # pages of the service that one page of a filtered list looks through
Pairs = list[tuple[str, str]]

STATES = {
    State.DRAFT: (later("Draft"), "quiet"),
    State.SUBMITTED: (later("Waits for authorisation"), "warn"),
    State.NOT_AUTHORISED: (later("Not authorised"), "bad"),
    State.AUTHORISED: (later("Authorised, not sent"), "warn"),
    State.SENT: (later("Sent"), "info"),
    State.ARRIVING: (later("Arriving"), "info"),
    State.RECEIVED: (later("Received"), "info"),
    State.TRIAGED: (later("Sorted"), "info"),
    State.ANSWERING: (later("Being answered"), "info"),
    State.ANSWERED: (later("Answered"), "good"),
    State.WITHDRAWN: (later("Withdrawn"), "quiet"),
    State.RETURNED: (later("Returned by the other node"), "bad"),
    State.CLOSED: (later("Closed"), "quiet"),
}
SUBJECT_STATES = {
    SubjectState.WAITING: (later("Waits"), "info"),
    SubjectState.PREPARED: (later("Nothing found"), "neutral"),
    SubjectState.HIT: (later("May be held"), "warn"),
    SubjectState.FULL: (later("Answered in full"), "good"),
    SubjectState.PARTIAL: (later("Answered in part"), "good"),
    SubjectState.NOTHING: (later("Nothing held"), "quiet"),
    SubjectState.REFUSED: (later("Not answered: refused"), "bad"),
    SubjectState.WITHDRAWN: (later("Asked no longer"), "quiet"),
}
ACCESS = {
    Access.DIRECT: later("Directly held"),
    Access.OBTAINABLE: later("Has to be obtained"),
    Access.AUTHORITY: later("Needs a judicial authorisation"),
}
WANTED = {
    Wanted.IDENTITY: later("Who they are"),
    Wanted.RECORDS: later("What is recorded of them"),
    Wanted.CONVICTIONS: later("Their convictions"),
    Wanted.WHEREABOUTS: later("Where they are"),
    Wanted.ASSETS: later("What they own"),
}
EXCHANGES = {
    "records": later("Records"),
    "assets": later("Assets"),
    "convictions": later("Convictions"),
}
HANDLING = {
    HandlingCode.H0: later("H0: only for the crimes it was sent for"),
    HandlingCode.H1: later("H1: not in court without our permission"),
    HandlingCode.H2: later("H2: not to be passed on without our permission"),
    HandlingCode.H3: later("H3: other restrictions, written out"),
}
PAUSES = {
    "judicial-authorisation": later("A court or prosecutor was asked to authorise the answer"),
    "clarification": later("The other side was asked for what the request lacks"),
    "identification": later("The other side was asked who the person is"),
}


TERMS = {
    "other-purpose": later(
        "the person concerned asked, or it is for no criminal proceeding (20 working days)"
    ),
    "execution": later("the order was recognised: 90 days from then"),
}


def require_seen(visit: Visit, request: str) -> None:
    """Raises NotFound for a request that the person does not see."""
    visit.office.read(lambda connection: load(visit.office, connection, visit.actor, request))


def box(visit: Visit, side: Side, *, over: bool, after: str, most: int) -> Page:
    """One page of the in-box or the out-box. Raises NotFound for a place that is no request of theirs."""
    if after:
        require_seen(visit, after)
    opened = inbox if side is Side.RECEIVED else outbox
    return opened(visit.office, visit.actor, over=over, after=after, most=most)


def narrowed(
    visit: Visit, side: Side, *, over: bool, after: str, state: State | None, partner: str, mine: bool
) -> Page:
    """One page of a box with those lines alone that are in this state, of this partner, on the person's own desk."""
    if state is None and not partner and not mine:
        return box(visit, side, over=over, after=after, most=SHOWN)
    found: list[Line] = []
    for line in _lines(visit, side, over, after):
        wanted = state in (None, line.state) and partner in ("", line.partner)
        if not wanted or (mine and line.person != visit.actor.person):
            continue
        if len(found) == SHOWN:
            return Page(found, found[-1].id)
        found.append(line)
    return Page(found, "")


def _lines(visit: Visit, side: Side, over: bool, after: str) -> Iterator[Line]:
    for _ in range(FARTHEST):
        some = box(visit, side, over=over, after=after, most=MOST)
        yield from some.lines
        after = some.next
        if not after:
            return


def places_in(form: Form) -> tuple[int, ...]:
    """The places of the subjects that are ticked in a form. Raises BadInput where none is."""
    ticked = form.all("numbers")
    if not ticked or len(ticked) > TICKED:
        raise BadInput("no subject is ticked", field="numbers", hint="tick some, or choose all")
    if not all(each.isascii() and each.isdigit() and len(each) < 8 for each in ticked):
        raise BadInput("this is no place in the request", field="numbers")
    return tuple(dict.fromkeys(int(each) for each in ticked))


def terms_to_choose(visit: Visit) -> Pairs:
    """The terms that the asking side can choose, each with its instrument."""
    return [
        (name, f"{instrument(code).title}: {term_words(visit, code, name)}")
        for code in INSTRUMENTS
        for name, each in instrument(code).choices.items()
        if each.by == "asking"
    ]


def term_words(visit: Visit, code: str, name: str) -> str:
    """A term that was chosen, in words; empty for none."""
    if not name:
        return ""
    given = instrument(code)
    if name not in given.choices:
        return name
    return visit.say(TERMS[name]) if name in TERMS else given.choices[name].label


def send(visit: Visit, seen: RequestView) -> None:
    """Send a request of either kind that was authorised. Raises as the two services."""
    sends = convictions.send if isinstance(seen.text, ConvictionsAsked) else sending.send
    sends(visit.office, visit.node.means, visit.actor, seen.line.id)


def names_of_partners(visit: Visit) -> dict[str, str]:
    """The names of partners by their origins; none to whoever may not know of partners."""
    return {each.origin: each.name or each.agency for each in listed(visit.office, visit.actor)}


def partners_to_ask(visit: Visit) -> list[PartnerRow]:
    """The partners that letters pass to now."""
    return [each for each in listed(visit.office, visit.actor) if each.state is PartnerState.ACTIVE]


def said(visit: Visit, words: dict[State, tuple[str, str]]) -> dict[State, tuple[str, str]]:
    """States with their words in the reader's language, and tones."""
    return {state: (visit.say(text), tone) for state, (text, tone) in words.items()}


def states_of(visit: Visit, side: Side, *, over: bool) -> Pairs:
    """The states that a box can be narrowed to."""
    done = {State.ANSWERED, State.WITHDRAWN, State.RETURNED, State.CLOSED}
    ours = {State.DRAFT, State.SUBMITTED, State.NOT_AUTHORISED, State.AUTHORISED, State.SENT, State.RETURNED}
    shown = [state for state in State if (state in done) is over]
    if side is Side.RECEIVED:
        shown = [state for state in shown if state not in ours]
    else:
        shown = [state for state in shown if state is not State.ARRIVING]
    return [(state.value, visit.say(STATES[state][0])) for state in shown]


def instruments() -> Pairs:
    """Every instrument under which a request may be made."""
    return [(code, instrument(code).title) for code in INSTRUMENTS]


def words_of(visit: Visit, table: Table, wanted: Collection[str] = ()) -> Pairs:
    """The codes of a table in the reader's language, or those that are wanted."""
    return [
        (code, each.words(visit.language))
        for code, each in codes(table).items()
        if not wanted or code in wanted
    ]


def purpose_words(visit: Visit, value: str) -> str:
    """A purpose in words; empty for none."""
    return visit.say(Purpose(value).label) if value else ""


def offence_words(visit: Visit, code: str) -> str:
    """An offence in words; a dash for none."""
    return visit.say(OFFENCES[code].label) if code in OFFENCES else code or "–"
