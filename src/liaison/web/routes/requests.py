"""Requests between agencies on the screen: the in-box, the out-box, and one request as one page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from litestar import Response

from liaison.assistance import clarifying, clocks, reading, safeguards
from liaison.assistance.codes import Table, read
from liaison.assistance.drafting import Draft
from liaison.assistance.events import NODE, Event
from liaison.assistance.messages import Access, ConvictionsAsked, Opening
from liaison.assistance.reading import RequestView, SubjectLine
from liaison.assistance.rules import ANSWERED, OPEN, RUNNING, Side, State, SubjectState
from liaison.assistance.safeguards import Safeguards
from liaison.model.categories import OfficerId
from liaison.model.roles import Capability
from liaison.officers import approvals
from liaison.officers.people import names_of
from liaison.officers.states import ApprovalState
from liaison.web.asked import asked_rows
from liaison.web.compat.entities import caption_of
from liaison.web.context import Visit
from liaison.web.footing import grounds_offered
from liaison.web.forms import Form
from liaison.web.refusals import reasons_in
from liaison.web.requested import (
    ACCESS,
    ANSWERERS,
    ANSWERS,
    ASKS,
    EXCHANGES,
    PAUSES,
    READS,
    STATES,
    SUBJECT_STATES,
    TERMS,
    WANTED,
    names_of_partners,
    narrowed,
    offence_words,
    purpose_words,
    states_of,
    term_words,
    words_of,
)
from liaison.web.routing import page
from liaison.web.verbs import VERBS

INBOX, OUTBOX = "/requests", "/requests/out"
TALKS = {clarifying.ASKED, clarifying.GIVEN}
WITHDRAWN_FROM = RUNNING | {State.SENT}
BEFORE_SENT = {State.DRAFT, State.SUBMITTED, State.NOT_AUTHORISED, State.AUTHORISED}


@page(INBOX, audience=READS)
def received(
    visit: Visit,
    request_state: State | None = None,
    partner: str = "",
    mine: bool = False,
    over: bool = False,
    after: str = "",
) -> Response[str]:
    """What partners ask: urgent ones on top, then what is nearest to its end."""
    if not visit.may(*ANSWERERS):
        return visit.go(OUTBOX)
    return _box(visit, Side.RECEIVED, request_state, partner, mine, over, after)


@page(OUTBOX, audience=READS)
def asked(
    visit: Visit,
    request_state: State | None = None,
    partner: str = "",
    mine: bool = False,
    over: bool = False,
    after: str = "",
) -> Response[str]:
    """What was asked of partners: how far it is, and when the answer is due."""
    return _box(visit, Side.ASKED, request_state, partner, mine, over, after)


@page("/requests/{request_id:str}", audience=READS)
def one_request(
    visit: Visit,
    request_id: str,
    subject_state: SubjectState | None = None,
    access: Access | None = None,
    start: int = 0,
) -> Response[str]:
    """One request: its clock and parties, what it asks, its subjects, and what happened."""
    return shown(visit, request_id, Form(), state=subject_state, access=access, start=start)


def tabs_of(visit: Visit, here: str) -> list[tuple[str, str, bool]]:
    """The places of requests that this person has."""
    places = [(visit.say("Received"), INBOX, visit.may(*ANSWERERS)), (visit.say("Asked"), OUTBOX, True)]
    places.append((visit.say("Templates"), "/requests/templates", visit.may(ASKS)))
    places.append((visit.say("Convictions"), "/requests/convictions", visit.may(*ANSWERERS)))
    places.append((visit.say("Supplied unasked"), "/requests/unasked", visit.may(*ANSWERERS)))
    figures = visit.may(ANSWERS, Capability.STATISTICS)
    places.append((visit.say("How fast answers are"), "/requests/league", figures))
    return [(label, href, href == here) for label, href, shown in places if shown]


def _box(
    visit: Visit, side: Side, state: State | None, partner: str, mine: bool, over: bool, after: str
) -> Response[str]:
    """One box as a page."""
    found = narrowed(visit, side, over=over, after=after, state=state, partner=partner, mine=mine)
    is_in, names = side is Side.RECEIVED, names_of_partners(visit)
    place = INBOX if is_in else OUTBOX
    chosen = {
        "request_state": state.value if state else "",
        "partner": partner,
        "mine": "true" if mine else "",
    }
    given = {name: value for name, value in {**chosen, "over": "true" if over else ""}.items() if value}
    here = f"{place}?{urlencode(given | ({'after': after} if after else {}))}".rstrip("?")
    return visit.page(
        "pages/requests.html",
        title=visit.say("Requests from partners") if is_in else visit.say("Requests to partners"),
        active="requests",
        tabs=tabs_of(visit, place),
        place=place,
        here=here,
        received=is_in,
        over=over,
        chosen=chosen,
        narrowed=bool(state or partner or mine),
        lines=found.lines,
        older=f"{place}?{urlencode(given | {'after': found.next})}" if found.next else "",
        names=names,
        partners_options=sorted(names.items(), key=lambda pair: pair[1]),
        states_options=states_of(visit, side, over=over),
        states={one: (visit.say(words), tone) for one, (words, tone) in STATES.items()},
        purposes={line.purpose: purpose_words(visit, line.purpose) for line in found.lines},
        offences={line.offence: offence_words(visit, line.offence) for line in found.lines},
        exchanges={code: visit.say(words) for code, words in EXCHANGES.items()},
        asks=visit.may(ASKS),
    )


def shown(
    visit: Visit,
    request: str,
    form: Form,
    status: int = 200,
    *,
    state: SubjectState | None = None,
    access: Access | None = None,
    start: int = 0,
) -> Response[str]:
    """One request as a page, with what was wrong with a form of it. Raises NotFound, Erased."""
    office, actor = visit.office, visit.actor
    view = reading.request_view(office, actor, request)
    listed = reading.subjects(
        office, actor, request, state=state, access=access.value if access else None, after=max(0, start)
    )
    is_in, line = view.line.side is Side.RECEIVED, view.line
    talks = clarifying.talks_of(office, actor, request) if TALKS & {one.what for one in view.events} else []
    place = INBOX if is_in else OUTBOX
    names = names_of_partners(visit)
    chosen = {"subject_state": state.value if state else "", "access": access.value if access else ""}
    more = {name: value for name, value in chosen.items() if value} | {"start": str(listed.next)}
    running = line.state in RUNNING
    authorised = approved(visit, view)
    stands = State.AUTHORISED if authorised else line.state
    return visit.page(
        "pages/request.html",
        title=view.text.reference,
        active="requests",
        crumbs=(
            (visit.say("Requests from partners") if is_in else visit.say("Requests to partners"), place),
            (view.text.reference, ""),
        ),
        form=form,
        reasons=reasons_in(form),
        status=status,
        view=view,
        line=line,
        received=is_in,
        partner=names.get(line.partner, line.partner),
        state=(visit.say(STATES[stands][0]), STATES[stands][1]),
        asked_for=text_rows(visit, view),
        counts=_counts(visit, view),
        subjects=[_subject_row(visit, one) for one in listed.subjects],
        chosen=chosen,
        older=f"/requests/{request}?{urlencode(more)}#subjects" if listed.next else "",
        subject_states=_subject_states(visit, view),
        access_options=[(one.value, visit.say(words)) for one, words in ACCESS.items()],
        dues=_dues(visit, view),
        pauses=_pauses(visit, view),
        standing=_standing(visit, view),
        choices=_choices(visit, view),
        safeguards=_safeguards(visit, view),
        signs=visit.may(Capability.SUPERVISE),
        here=f"/requests/{request}",
        withdraws=not is_in and visit.may(ASKS) and line.state in WITHDRAWN_FROM,
        talks=talks,
        pause_reasons=[
            (code, visit.say(PAUSES[code]) if code in PAUSES else one.label)
            for code, one in clocks.instrument(line.instrument).pauses.items()
        ],
        people=names_of(office, _people(view, talks)),
        history=_history(visit, view, names),
        answered=sum(count for one, count in view.counts.items() if one in ANSWERED),
        open_subjects=sum(count for one, count in view.counts.items() if one in OPEN),
        prepared=view.counts.get(SubjectState.PREPARED, 0),
        waiting=view.counts.get(SubjectState.WAITING, 0),
        refusals=words_of(visit, Table.REFUSALS),
        outcomes=words_of(visit, Table.OUTCOMES),
        outcome=read(Table.OUTCOMES, view.outcome, visit.language) if view.outcome else "",
        running=running,
        answers=is_in and running and visit.may(ANSWERS),
        convictions=isinstance(view.text, ConvictionsAsked),
        desk=names_of(office, {OfficerId(line.person)}).get(OfficerId(line.person), "")
        if line.person
        else "",
        own=not is_in and visit.may(ASKS),
        mine=line.person == actor.person,
        approved=authorised,
        approves=line.state is State.SUBMITTED and not is_in and visit.may(Capability.APPROVE),
        before_sent=line.state in BEFORE_SENT,
        grounds=grounds_offered(visit) if not is_in and line.state is State.ANSWERED else [],
        limit=visit.settings.upload_bytes,
    )


def approved(visit: Visit, view: RequestView) -> bool:
    """Whether a second person has said yes, as far as whoever looks can know."""
    if view.line.state is not State.SUBMITTED:
        return view.line.state is State.AUTHORISED
    known = approvals.requests_of(visit.office, visit.actor)
    return any(one.id == view.approval and one.state is ApprovalState.APPROVED for one in known)


def text_rows(visit: Visit, view: RequestView) -> list[tuple[str, Any]]:
    """What a request says, field by field; what is empty is left out."""
    text, line = view.text, view.line
    rows: list[tuple[str, Any]] = [
        (visit.say("Purpose"), purpose_words(visit, line.purpose)),
        (visit.say("Offence"), offence_words(visit, line.offence)),
        (visit.say("Instrument"), clocks.instrument(line.instrument).title),
        (visit.say("Term"), term_words(visit, line.instrument, view.term or getattr(text, "term", ""))),
    ]
    if isinstance(text, ConvictionsAsked):
        rows += [
            (visit.say("Asked for"), visit.say("All final convictions of the asking side's own nationals")),
            (visit.say("Nationals of"), str(text.nationality)),
            (visit.say("Final from"), text.since),
            (visit.say("Final until"), text.until),
            (visit.say("Contact"), text.contact),
        ]
        return rows
    rows += _written(visit, text)
    if isinstance(text, Opening):
        rows.append((visit.say("Asked by"), text.authority))
        rows.append((visit.say("Judicial order"), text.order))
    rows += [(visit.say("Copy to"), partner) for _, partner, _ in view.copies]
    return [(label, value) for label, value in rows if value]


def _written(visit: Visit, text: Draft | Opening) -> list[tuple[str, Any]]:
    return [
        (visit.say("What it is about"), text.description),
        (visit.say("Why these subjects"), text.link),
        (visit.say("Why it may be held there"), text.belief),
        (visit.say("Asked for"), "; ".join(visit.say(WANTED[each]) for each in text.wanted)),
        (visit.say("Why it is urgent"), text.urgency),
        (visit.say("Legal basis"), text.article),
        (visit.say("Handling"), ", ".join(code.value for code in text.handling.codes)),
        (visit.say("Conditions"), "; ".join(filter(None, (text.handling.restriction, text.restrictions)))),
        (visit.say("Marking"), text.marking),
        (visit.say("Contact"), text.contact),
        (visit.say("Review"), text.review_at),
        (visit.say("Kept until"), text.retention_until),
    ]


def _counts(visit: Visit, view: RequestView) -> list[tuple[str, str, int, str]]:
    place = f"/requests/{view.line.id}"
    return [
        (
            visit.say(words),
            tone,
            view.counts[state],
            f"{place}?{urlencode({'subject_state': state.value})}#subjects",
        )
        for state, (words, tone) in SUBJECT_STATES.items()
        if view.counts.get(state)
    ]


def _subject_row(visit: Visit, one: SubjectLine) -> dict[str, Any]:
    words, tone = SUBJECT_STATES[one.state]
    detail = dict(asked_rows(visit, one.entry.subject))
    detail.pop(visit.say("Name"), None)
    return {
        "number": one.number,
        "name": caption_of(one.entry.subject),
        "reference": one.entry.reference,
        "detail": " · ".join(detail.values()),
        "state": (visit.say(words), tone),
        "ground": read(Table.REFUSALS, one.ground, visit.language) if one.ground else "",
        "access": visit.say(ACCESS[Access(one.access)]) if one.access else "",
        "order": one.order,
        "hits": one.hits,
        "open": one.state in OPEN,
        "answered": one.answered,
        "supplied": one.items,
    }


def _subject_states(visit: Visit, view: RequestView) -> list[tuple[str, str]]:
    return [
        (state.value, visit.say(words))
        for state, (words, _) in SUBJECT_STATES.items()
        if view.counts.get(state)
    ]


def _dues(visit: Visit, view: RequestView) -> list[tuple[str, Any]]:
    """When the open subjects are due, by how they are reached."""
    words = {access.value: visit.say(text) for access, text in ACCESS.items()}
    words |= {"": visit.say("Not sorted yet"), "core": visit.say("Core data after a confirmed hit")}
    found = []
    for name, due in view.dues.items():
        access, corrected, _ = name.partition("/")
        told = words.get(access, access)
        found.append((visit.say("%(words)s, corrected", words=told) if corrected else told, due.at))
    return found


def _standing(visit: Visit, view: RequestView) -> list[tuple[str, str, Any, str]]:
    """The pauses that are not over: id, why, since when, and the reference of the step taken."""
    return [
        (
            each.id,
            visit.say(PAUSES[each.reason]) if each.reason in PAUSES else each.reason,
            each.began,
            each.source,
        )
        for each in view.standing
    ]


def _choices(visit: Visit, view: RequestView) -> list[tuple[str, str]]:
    """The terms that the side that is asked can choose still."""
    code = view.line.instrument
    return [
        (name, term_words(visit, code, name))
        for name, each in clocks.instrument(code).choices.items()
        if each.by == "asked" and name != view.term
    ]


def _safeguards(visit: Visit, view: RequestView) -> Safeguards | None:
    """What has to be signed before anything goes, while something may."""
    line = view.line
    asks = line.side is Side.ASKED and line.state in BEFORE_SENT | {State.ANSWERED}
    if not line.partner or not (asks or (line.side is Side.RECEIVED and line.state in RUNNING)):
        return None
    return safeguards.of_request(visit.office, visit.actor, line.id)


def _pauses(visit: Visit, view: RequestView) -> list[dict[str, Any]]:
    found = []
    for access, some in view.pauses.items():
        for one in some:
            found.append(
                {
                    "why": visit.say(PAUSES[one.reason]) if one.reason in PAUSES else one.reason,
                    "for": visit.say(ACCESS[Access(access)]) if access else visit.say("All subjects"),
                    "began": one.began,
                    "ended": one.ended,
                }
            )
    return found


def _people(view: RequestView, talks: list[clarifying.Talk]) -> set[OfficerId]:
    people = {one.who for one in view.events} | {one.asked_by for one in talks}
    people |= {view.line.person, view.authorised_by}
    return {OfficerId(each) for each in people if each and each != NODE}


def _history(visit: Visit, view: RequestView, partners: dict[str, str]) -> list[tuple[str, str, Any, str]]:
    people = {str(who): name for who, name in names_of(visit.office, _people(view, [])).items()}
    return [
        (
            visit.say(VERBS.get(one.what, one.what)),
            _by(visit, one, people, partners),
            one.at,
            _told(visit, one),
        )
        for one in reversed(view.events)
    ]


def _by(visit: Visit, one: Event, people: dict[str, str], partners: dict[str, str]) -> str:
    if one.who == NODE:
        return visit.say("This node")
    return partners.get(one.who) or people.get(one.who, "–")


def _told(visit: Visit, one: Event) -> str:
    told = []
    if one.subjects:
        told.append(
            visit.words.ngettext("%(num)s subject", "%(num)s subjects", one.subjects) % {"num": one.subjects}
        )
    if one.code in {access.value for access in Access}:
        told.append(visit.say(ACCESS[Access(one.code)]))
    elif one.code in PAUSES:
        told.append(visit.say(PAUSES[one.code]))
    elif one.code in TERMS:
        told.append(visit.say(TERMS[one.code]))
    return ", ".join(told)


ROUTES = (received, asked, one_request)
