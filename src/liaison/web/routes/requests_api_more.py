"""Requests over the API beyond asking and answering: steps on one that was sent, what is signed, texts, notices."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec

from liaison.assistance import (
    changing,
    convictions,
    pausing,
    reading,
    register,
    safeguards,
    spontaneous,
    templates,
    triage,
)
from liaison.assistance.messages import Access
from liaison.assistance.safeguards import Safeguards
from liaison.assistance.spontaneous import Given, Giving
from liaison.model.handling import Handling, HandlingCode
from liaison.model.roles import Capability
from liaison.supply import reasons
from liaison.web.context import Visit
from liaison.web.drafts import NewRequest, Words, draft_sent
from liaison.web.paging import Cursor, Listed
from liaison.web.requested import ANSWERERS, ANSWERS, ASKS, READS
from liaison.web.routing import call, look
from liaison.web.subjects import SubjectIn, subject_of

Short = Annotated[str, msgspec.Meta(max_length=200)]
Some = Annotated[list[Short], msgspec.Meta(min_length=1, max_length=200)]


class Correcting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a subject should have been, and why."""

    subject: SubjectIn
    reason: Words


class Pausing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The coded lawful reason for which a clock stands still, the reference of the step taken, and for which subjects
    by how they are reached; none: for all."""

    reason: Short
    source: Short
    access: Access | None = None


class PauseOut(msgspec.Struct, frozen=True):
    """A pause that is not over; `access` is empty where it is for all subjects."""

    id: str
    access: str
    reason: str
    source: str
    began: dt.datetime


class ClockOut(msgspec.Struct, frozen=True):
    """The clock of a request: when its open subjects are due by how they are reached (none: it stands still), the
    pauses that are not over, and the term that was chosen in place of the ordinary one."""

    due: dict[str, dt.datetime | None]
    pauses: list[PauseOut]
    term: str


class Term(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The name of a term of the instrument."""

    term: Short


class SafeguardsOut(msgspec.Struct, frozen=True):
    """What has to be signed before anything goes: whether an assurance is needed, until when one serves, and whether
    people sought protection from that state."""

    partner: str
    offence: str
    assurance: bool
    until: dt.datetime | None
    origin: bool


class Assuring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A partner's document of assurance for an offence, and why it is strictly necessary to send."""

    partner: Short
    offence: Short
    reference: Short
    reasons: Words


class OfRecord(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A partner, a record, and what is said of both."""

    partner: Short
    holding: Short
    reasons: Words


class AskingFor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rule for which supervisors are asked to sign, the partner, and the offence or record."""

    rule: Short
    partner: Short
    about: Short


class Made(msgspec.Struct, frozen=True):
    """The id of what was made."""

    id: str


class TemplateIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A text to begin requests with; its grounds are not kept."""

    name: Short
    text: NewRequest


class TemplateOut(msgspec.Struct, frozen=True):
    """A text that is kept. `reference` and `description` are what a request begins with."""

    id: str
    name: str
    partner: str
    instrument: str
    exchange: str
    reference: str
    description: str
    kept: dt.datetime


class ConvictionOut(msgspec.Struct, frozen=True):
    """A notice of a final conviction, in the reader's language."""

    partner: str
    country: str
    court: str
    decided: dt.date
    final: dt.date
    offences: tuple[str, ...]
    sanctions: tuple[str, ...]
    source: str
    confiscation: bool
    names: tuple[str, ...]
    received: dt.datetime


class Notifying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """To whom notices go, and why."""

    partner: Short
    justification: Words


class AskingConvictions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All final convictions of our own nationals within a time; no offences: all. Another person authorises it."""

    partner: Short
    grounds: Short
    reference: Short
    contact: Short
    since: dt.date
    until: dt.date
    offences: Annotated[list[Short], msgspec.Meta(max_length=200)] = []


class Why(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is sent."""

    justification: Words


class NotifiedOut(msgspec.Struct, frozen=True):
    """How many convictions were sent, and the rules that kept others back, each with how many."""

    sent: int
    kept_back: dict[str, int]


class Supplying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records to be supplied unasked, on grounds of one's own; `handling` besides what each record has."""

    partner: Short
    holdings: Some
    grounds: Short
    reason: Words
    handling: tuple[HandlingCode, ...] = ()
    restriction: Words = ""
    urgent: bool = False


class UnaskedOut(msgspec.Struct, frozen=True):
    """What went or came without a request; `reason` is empty in lists."""

    id: str
    side: str
    partner: str
    purpose: str
    offence: str
    at: dt.datetime
    items: tuple[str, ...]
    reason: str


class SuppliedOut(msgspec.Struct, frozen=True):
    """What was supplied, and the records that the law kept back with every reason."""

    id: str
    withheld: dict[str, tuple[str, ...]]


@call("/requests/{request_id:str}/subjects/{number:int}/correct", audience=ASKS, tags=["requests"])
def api_correct_subject(visit: Visit, request_id: str, number: int, data: Correcting) -> Made:
    """Correct a subject of a request that was sent; it is checked and answered anew."""
    subjects = {number: subject_of(data.subject)}
    changing.correct(visit.office, visit.node.means, visit.actor, request_id, subjects, data.reason)
    return Made(request_id)


@look("/requests/{request_id:str}/clock", audience=READS, tags=["requests"])
def api_clock(visit: Visit, request_id: str) -> ClockOut:
    """The clock of a request."""
    return _clock(visit, request_id)


@call("/requests/{request_id:str}/pause", audience=ANSWERS, tags=["requests"])
def api_pause(visit: Visit, request_id: str, data: Pausing) -> Made:
    """Let the clock stand still for a lawful reason of the instrument."""
    office, means = visit.office, visit.node.means
    return Made(pausing.pause(office, means, visit.actor, request_id, data.reason, data.source, data.access))


@call("/requests/{request_id:str}/pauses/{pause_id:str}/end", audience=ANSWERS, tags=["requests"])
def api_resume(visit: Visit, request_id: str, pause_id: str) -> ClockOut:
    """Let the clock run on."""
    pausing.resume(visit.office, visit.node.means, visit.actor, request_id, pause_id)
    return _clock(visit, request_id)


@call("/requests/{request_id:str}/term", audience=ANSWERS, tags=["requests"])
def api_term(visit: Visit, request_id: str, data: Term) -> ClockOut:
    """Say that another term of the instrument counts from now on, as "execution" after an order was recognised."""
    triage.choose_term(visit.office, visit.node.means, visit.actor, request_id, data.term)
    return _clock(visit, request_id)


@look("/requests/{request_id:str}/safeguards", audience=READS, tags=["requests"])
def api_safeguards(visit: Visit, request_id: str) -> SafeguardsOut:
    """What has to be signed before anything of a request goes to its partner."""
    return _safeguards(safeguards.of_request(visit.office, visit.actor, request_id))


@call("/requests/assurances", audience=Capability.SUPERVISE, tags=["requests"], status=201)
def api_assure(visit: Visit, data: Assuring) -> Made:
    """Sign reasons of strict necessity on an assurance; it serves for 24 hours, for another person."""
    return Made(
        reasons.assure(visit.office, visit.actor, data.partner, data.offence, data.reference, data.reasons)
    )


@call("/requests/origins", audience=Capability.SUPERVISE, tags=["requests"], status=201)
def api_review_origin(visit: Visit, data: OfRecord) -> Made:
    """Sign that contact with the state from which a person sought protection was reviewed."""
    return Made(reasons.review_origin(visit.office, visit.actor, data.partner, data.holding, data.reasons))


@call(
    "/requests/safeguards/protection",
    audience=frozenset({Capability.DISCLOSE, Capability.SUPERVISE}),
    tags=["requests"],
    status=201,
)
def api_protection(visit: Visit, data: OfRecord) -> Made:
    """Say that the person of a record sought protection from a partner's state."""
    return Made(reasons.tell_protection(visit.office, visit.actor, data.partner, data.holding, data.reasons))


@call("/requests/safeguards/ask", audience=frozenset({ASKS, ANSWERS}), tags=["requests"])
def api_ask_supervisors(visit: Visit, data: AskingFor) -> AskingFor:
    """Ask the supervisors to sign an assurance ("L14/capital") or a review ("L15/origin")."""
    safeguards.ask(visit.office, visit.actor, data.rule, data.partner, data.about)
    return data


@look("/requests/templates", audience=ASKS, tags=["requests"])
def api_templates(visit: Visit) -> Listed[TemplateOut]:
    """Every text that is kept to begin requests with."""
    return Listed([_template(each) for each in templates.templates(visit.office, visit.actor)])


@call("/requests/templates", audience=ASKS, tags=["requests"], status=201)
def api_keep_template(visit: Visit, data: TemplateIn) -> Made:
    """Keep a text as a template."""
    return Made(templates.keep(visit.office, visit.actor, data.name, draft_sent(data.text)))


@call("/requests/templates/{template_id:str}/end", audience=ASKS, tags=["requests"])
def api_end_template(visit: Visit, template_id: str) -> Made:
    """Keep a template no longer; whoever kept it does so."""
    templates.end(visit.office, visit.actor, template_id)
    return Made(template_id)


@look("/requests/convictions", audience=ANSWERERS, tags=["requests"])
def api_convictions(visit: Visit, confiscation: bool = False) -> Listed[ConvictionOut]:
    """Notices of convictions that partners sent; with `confiscation` those alone that order one."""
    found = register.received(visit.office, visit.actor, visit.language, confiscation=confiscation)
    return Listed([_conviction(each) for each in found])


@call("/requests/convictions", audience=ASKS, tags=["requests"], status=201)
def api_ask_convictions(visit: Visit, data: AskingConvictions) -> Made:
    """Ask for all convictions of our own nationals; the request's id."""
    given = {name: getattr(data, name) for name in data.__struct_fields__}
    asking = convictions.Asking(**(given | {"offences": tuple(data.offences)}))
    return Made(convictions.ask(visit.office, visit.actor, asking))


@call("/requests/convictions/notify", audience=Capability.NOTIFY_CONVICTION, tags=["requests"])
def api_notify(visit: Visit, data: Notifying) -> NotifiedOut:
    """Send a partner the notices of its own nationals that it was not sent yet."""
    done = convictions.notify(visit.office, visit.node.means, visit.actor, data.partner, data.justification)
    return NotifiedOut(done.sent, done.kept_back)


@call("/requests/{request_id:str}/convictions", audience=ANSWERS, tags=["requests"])
def api_answer_convictions(visit: Visit, request_id: str, data: Why) -> NotifiedOut:
    """Answer with the convictions that were asked for and that the law lets go."""
    convictions.how_many(visit.office, visit.actor, request_id)
    done = convictions.answer(visit.office, visit.node.means, visit.actor, request_id, data.justification)
    return NotifiedOut(done.sent, done.kept_back)


@look("/requests/unasked", audience=ANSWERERS, tags=["requests"])
def api_unasked(visit: Visit, cursor: Cursor = "") -> Listed[UnaskedOut]:
    """What went and came without a request, newest first."""
    found = spontaneous.listed(visit.office, visit.actor, cursor)
    more = found[-1].id if len(found) == spontaneous.MOST else ""
    return Listed([_unasked(each) for each in found], more)


@look("/requests/unasked/{given_id:str}", audience=ANSWERERS, tags=["requests"])
def api_one_unasked(visit: Visit, given_id: str) -> UnaskedOut:
    """One of them with its reason; the look is an entry of the ledger."""
    return _unasked(spontaneous.one(visit.office, visit.actor, given_id))


@call("/requests/unasked", audience=Capability.DISCLOSE, tags=["requests"], status=201)
def api_supply(visit: Visit, data: Supplying) -> SuppliedOut:
    """Supply records to a partner that did not ask; each is decided on by itself."""
    handling = Handling(codes=data.handling, restriction=data.restriction) if data.handling else None
    giving = Giving(
        partner=data.partner,
        holdings=tuple(dict.fromkeys(data.holdings)),
        grounds=data.grounds,
        reason=data.reason,
        handling=handling,
        urgent=data.urgent,
    )
    given, withheld = spontaneous.give(visit.office, visit.node.means, visit.actor, giving)
    return SuppliedOut(given, {each.holding: each.reasons for each in withheld})


class IntoCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Grounds of one's own in the case."""

    grounds: Short


@call("/requests/unasked/{given_id:str}/case", audience=ANSWERERS, tags=["requests"])
def api_unasked_into_case(visit: Visit, given_id: str, data: IntoCase) -> UnaskedOut:
    """Let the people of a case use what came; the same again changes nothing."""
    spontaneous.into_case(visit.office, visit.actor, given_id, data.grounds)
    return _unasked(spontaneous.one(visit.office, visit.actor, given_id))


def _clock(visit: Visit, request: str) -> ClockOut:
    view = reading.request_view(visit.office, visit.actor, request)
    pauses = [PauseOut(each.id, each.access, each.reason, each.source, each.began) for each in view.standing]
    dues = {name: due.at for name, due in view.dues.items()}
    return ClockOut(dues or {"": view.line.due}, pauses, view.term)


def _safeguards(found: Safeguards) -> SafeguardsOut:
    return SafeguardsOut(found.partner, found.offence, found.assurance, found.until, found.origin)


def _template(each: templates.Shown) -> TemplateOut:
    text = each.text
    return TemplateOut(
        each.id,
        each.name,
        text.partner,
        text.instrument,
        text.exchange,
        text.reference,
        text.description,
        each.at,
    )


def _conviction(each: register.Readable) -> ConvictionOut:
    held = each.conviction
    return ConvictionOut(
        each.partner,
        str(held.country),
        held.court,
        held.decided,
        held.final,
        tuple(each.offences),
        tuple(each.sanctions),
        held.source,
        held.confiscation,
        tuple(str(name) for name in held.person.names),
        each.received,
    )


def _unasked(each: Given) -> UnaskedOut:
    return UnaskedOut(
        each.id, each.side, each.partner, each.purpose, each.offence, each.at, each.items, each.reason
    )


ROUTES = (
    api_correct_subject,
    api_clock,
    api_pause,
    api_resume,
    api_term,
    api_safeguards,
    api_assure,
    api_review_origin,
    api_protection,
    api_ask_supervisors,
    api_templates,
    api_keep_template,
    api_end_template,
    api_convictions,
    api_ask_convictions,
    api_notify,
    api_answer_convictions,
    api_unasked,
    api_one_unasked,
    api_unasked_into_case,
    api_supply,
)
