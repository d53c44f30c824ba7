"""Holdings: the lists, one record on grounds, and what puts a record right."""

from __future__ import annotations

import datetime as dt
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Response
from msgspec.structs import replace

from liaison.holdings import consult, corrections, erasure, vehicle_entries
from liaison.holdings.access import Footing
from liaison.holdings.consult import Entry, Question
from liaison.holdings.erasure import Cause
from liaison.model.categories import CaseId, Category
from liaison.model.dates import PartialDate
from liaison.model.errors import BadInput, Conflict, NotLawful, TooMany, UnusableFile
from liaison.model.holding import Record, State
from liaison.model.identifiers import DocumentNumber
from liaison.model.roles import Capability
from liaison.model.subjects import Document, DocumentKind, Person
from liaison.officers.people import names_of
from liaison.web.alerts import WantedOut, entry_of, wanted_out
from liaison.web.asked import SUBJECTS
from liaison.web.compat.entities import caption_of, properties_of
from liaison.web.context import Visit
from liaison.web.footing import footing_of, grounds_in, grounds_offered
from liaison.web.forms import Form
from liaison.web.language import later
from liaison.web.paging import Cursor, Limit, Listed
from liaison.web.refusals import reasons_in
from liaison.web.routing import act, look, page
from liaison.web.said import said_rows
from liaison.web.subjects import countries_of, dates_of, sex_of, typed_name

READS = frozenset({Capability.READ_HOLDING, Capability.IMPORT})
IMPORTS, CORRECTS = Capability.IMPORT, Capability.CORRECT
Refusals = (BadInput, Conflict, NotLawful, TooMany, UnusableFile)
STATES = {
    State.LIVE: (later("In use"), "good"),
    State.RESTRICTED: (later("Restricted"), "warn"),
    State.WITHDRAWN: (later("Withdrawn"), "quiet"),
    State.ERASED: (later("Erased"), "quiet"),
}
CATEGORIES = {
    Category.SUSPECT: later("Suspect"),
    Category.CONVICTED: later("Convicted"),
    Category.VICTIM: later("Victim"),
    Category.WITNESS: later("Witness"),
    Category.CONTACT: later("Contact"),
    Category.MISSING: later("Missing"),
}
CHANGES = {
    "correct-holding": later("Corrected"),
    "restrict-holding": later("Restricted"),
    "unrestrict-holding": later("In use again"),
}


@page("/holdings", audience=READS)
def holdings(
    visit: Visit,
    list_name: str = "",
    record_state: State | None = None,
    category: Category | None = None,
    after: str = "",
) -> Response[str]:
    """The lists, and the records of one or all of them: codes and dates, nothing of what they say."""
    office, actor = visit.office, visit.actor
    found = consult.search(
        office, actor, Question(list_name=list_name, state=record_state, category=category, after=after)
    )
    held = consult.lists(office, actor)
    return visit.page(
        "pages/holdings.html",
        title=visit.say("Holdings"),
        active="holdings",
        lists=held,
        entries=found.entries,
        chosen={
            "list_name": list_name,
            "record_state": record_state.value if record_state else "",
            "category": category.value if category else "",
        },
        states=_states(visit),
        state_options=[(state.value, visit.say(words)) for state, (words, _) in STATES.items()],
        lists_options=[(name, name) for name in held],
        kinds={kind: visit.say(words) for kind, words in SUBJECTS.items()},
        older=_older(list_name, record_state, category, found.next),
        categories=[(one.value, visit.say(words)) for one, words in CATEGORIES.items()],
        imports=visit.may(IMPORTS),
        keeps=visit.may(*vehicle_entries.KEEPS),
        erases=visit.may(Capability.ERASE),
        running=visit.node.imports.all_of(actor),
    )


@page("/holdings/{holding_id:str}", audience=READS)
def holding(visit: Visit, holding_id: str, grounds: str = "", case: str = "") -> Response[str]:
    """One record. Reading it is recorded, and rests on grounds of the reader's own."""
    offered = grounds_in(visit, case)
    chosen = grounds or (offered[0][1].id if case and offered else "")
    if not chosen:
        return _choose(visit, holding_id, Form())
    footing = footing_of(visit, chosen)
    record = consult.show(visit.office, visit.actor, holding_id, footing)
    return _record(visit, record, footing, Form())


@act("/holdings/{holding_id:str}/inspect", audience=CORRECTS)
def inspect(visit: Visit, holding_id: str, form: Form) -> Response[Any]:
    """One record, to someone who may put it right and says why they look."""
    try:
        record = consult.inspect(visit.office, visit.actor, holding_id, form.text("reason"))
    except (BadInput, NotLawful) as error:
        return _choose(visit, holding_id, form.refused(error), error.status)
    return _record(visit, record, None, form)


@act("/holdings/{holding_id:str}/correct", audience=CORRECTS)
def correct(visit: Visit, holding_id: str, form: Form) -> Response[Any]:
    """Correct what a record of a person says."""
    record = consult.inspect(visit.office, visit.actor, holding_id, form.text("correct_reason"))
    try:
        said = _corrected(record, form)
        corrections.correct(visit.office, visit.actor, holding_id, said, form.text("correct_reason"))
    except Refusals as error:
        return _record(visit, record, None, form.refused(error), error.status)
    return visit.go("/holdings", "corrected")


@act("/holdings/{holding_id:str}/restrict", audience=Capability.RESTRICT)
def restrict(visit: Visit, holding_id: str, form: Form) -> Response[Any]:
    """Restrict a record, or take it into use again."""
    lift = form.ticked("lift")
    verb = corrections.unrestrict if lift else corrections.restrict
    try:
        verb(visit.office, visit.actor, holding_id, form.text("reason"))
    except Refusals as error:
        return _choose(visit, holding_id, form.refused(error), error.status)
    return visit.go("/holdings", "unrestricted" if lift else "restricted")


@act("/holdings/{holding_id:str}/hold", audience=Capability.RESTRICT)
def hold(visit: Visit, holding_id: str, form: Form) -> Response[Any]:
    """Keep a record as evidence until a day, or no longer."""
    office, actor, reason = visit.office, visit.actor, form.text("reason")
    try:
        if form.ticked("lift"):
            corrections.release_hold(office, actor, holding_id, reason)
            return visit.go("/holdings", "hold-ended")
        until = form.date("until")
        if until is None:
            raise BadInput("this is needed", field="until", hint="say until when")
        end = datetime(until.year, until.month, until.day, tzinfo=dt.UTC)
        corrections.legal_hold(
            office, actor, holding_id, CaseId(form.needed("case", longest=80)), end, reason
        )
    except Refusals as error:
        return _choose(visit, holding_id, form.refused(error), error.status)
    return visit.go("/holdings", "held")


@act("/holdings/{holding_id:str}/erase", audience=Capability.ERASE)
def erase(visit: Visit, holding_id: str, form: Form) -> Response[Any]:
    """Erase a record for good, once the box that says so is ticked."""
    try:
        if not form.ticked("sure"):
            raise BadInput(
                "what is erased cannot be brought back", field="sure", hint="tick the box to erase it"
            )
        reference = form.text("reference", longest=200)
        erasure.erase(visit.office, visit.actor, holding_id, form.chosen("cause", Cause), reference)
    except Refusals as error:
        return _choose(visit, holding_id, form.refused(error), error.status)
    return visit.go("/holdings", "erased")


def _choose(visit: Visit, holding_id: str, form: Form, status: int = 200) -> Response[str]:
    offered = grounds_offered(visit)
    return visit.page(
        "pages/holding_grounds.html",
        title=visit.say("A record"),
        active="holdings",
        crumbs=((visit.say("Holdings"), "/holdings"), (visit.say("A record"), "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        holding=holding_id,
        offered=offered,
        cases=visit.may(Capability.OPEN_CASE),
        corrects=visit.may(CORRECTS),
        breaks=visit.may(Capability.BREAK_GLASS),
    )


def _record(
    visit: Visit, record: Record, footing: Footing | None, form: Form, status: int = 200
) -> Response[str]:
    held = record.holding
    versions = (
        consult.versions(visit.office, visit.actor, record.id, footing) if footing is not None else [record]
    )
    names = names_of(visit.office, {one.change.by for one in versions})
    return visit.page(
        "pages/holding.html",
        title=caption_of(held.subject) or held.record,
        active="holdings",
        crumbs=((visit.say("Holdings"), "/holdings"), (held.record, "")),
        form=form,
        reasons=reasons_in(form),
        status=status,
        rec=record,
        code_values=[code.value for code in held.handling.codes],
        held=held,
        said=said_rows(visit, record),
        state=_states(visit)[record.state],
        category=held.category.value if held.category else "",
        instruction=visit.say(held.instruction.meaning) if held.instruction else "",
        entry=entry_of(visit, held.wanted),
        last_day=held.retention_until - dt.timedelta(days=1),
        versions=[
            (
                visit.say(CHANGES.get(one.change.what, later("Imported"))),
                names.get(one.change.by, "–"),
                one.change.at,
                one.change.reason,
            )
            for one in versions
        ],
        person=held.subject if isinstance(held.subject, Person) else None,
        corrects=visit.may(CORRECTS),
        supplies=visit.may(Capability.DISCLOSE),
        restricts=visit.may(Capability.RESTRICT),
        erases=visit.may(Capability.ERASE),
        causes=[(cause.value, visit.say(cause.meaning)) for cause in Cause if cause is not Cause.RETENTION],
        categories=[(one.value, visit.say(words)) for one, words in CATEGORIES.items()],
    )


def _corrected(record: Record, form: Form) -> Any:
    """The record as the form says it should be. Raises BadInput."""
    held = record.holding
    if not isinstance(held.subject, Person) or held.involvement is None:
        raise BadInput("only a person's record is corrected on this page", field="name")
    names = [line.strip() for line in form.text("names").splitlines() if line.strip()]
    papers = [line.strip() for line in form.text("documents").splitlines() if line.strip()]
    known = {paper.number.text: paper for paper in held.subject.documents}
    documents = [_paper(number) for number in papers]
    subject = Person(
        names=tuple(typed_name(name) for name in names),
        born=tuple(PartialDate(date.text) for date in dates_of(form.text("born").splitlines())),
        birthplace=held.subject.birthplace,
        sex=sex_of(form.text("sex", longest=1)),
        nationalities=countries_of(form.text("nationality").split(","), "nationality"),
        documents=tuple(known.get(paper.number.text, paper) for paper in documents),
    )
    involvement = replace(held.involvement, category=form.chosen("category", Category))
    return replace(held, subject=subject, involvement=involvement)


def _paper(number: str) -> Document:
    return Document(number=DocumentNumber(number), type=DocumentKind.OTHER)


def _older(list_name: str, state: State | None, category: Category | None, after: str) -> str:
    """The address of the page after this one; empty where there is none."""
    chosen = {
        "list_name": list_name,
        "record_state": state.value if state else "",
        "category": category.value if category else "",
        "after": after,
    }
    return f"/holdings?{urlencode({name: value for name, value in chosen.items() if value})}" if after else ""


def _states(visit: Visit) -> dict[State, tuple[str, str]]:
    return {state: (visit.say(words), tone) for state, (words, tone) in STATES.items()}


class EntryOut(msgspec.Struct, frozen=True, kw_only=True):
    """A record in a list of records: codes and dates, nothing of what it says."""

    id: str
    list_name: str
    kind: str
    category: Category | None
    handling: str
    state: State
    version: int
    retention_until: dt.date
    review_at: dt.date
    changed: datetime


class RecordOut(msgspec.Struct, frozen=True, kw_only=True):
    """A record as it is read on grounds. `properties` are FollowTheMoney's; `extra` the list's own other columns."""

    id: str
    version: int
    state: State
    list_name: str
    record: str
    schema: str
    properties: dict[str, list[str]]
    extra: dict[str, str]
    category: Category | None
    owner: str
    source: str
    grade: str
    handling: tuple[str, ...]
    restriction: str
    retention_until: dt.date
    review_at: dt.date
    wanted: WantedOut | None = None
    risk: str = ""


@look("/holdings", audience=READS, tags=["holdings"])
def api_holdings(
    visit: Visit,
    cursor: Cursor = "",
    limit: Limit = 50,
    list_name: Annotated[str, msgspec.Meta(max_length=200)] = "",
    category: Category | None = None,
) -> Listed[EntryOut]:
    """Records by list and category, without what they say."""
    question = Question(list_name=list_name, category=category, after=cursor, most=limit)
    found = consult.search(visit.office, visit.actor, question)
    return Listed([_entry_out(one) for one in found.entries], found.next)


@look("/holdings/{holding_id:str}", audience=READS, tags=["holdings"])
def api_holding(
    visit: Visit, holding_id: str, grounds: Annotated[str, msgspec.Meta(max_length=80)]
) -> RecordOut:
    """One record, on grounds of the person's own."""
    record = consult.show(visit.office, visit.actor, holding_id, footing_of(visit, grounds))
    held = record.holding
    schema, properties = properties_of(held.subject)
    return RecordOut(
        id=record.id,
        version=record.version,
        state=record.state,
        list_name=held.list_name,
        record=held.record,
        schema=schema,
        properties=properties,
        extra=held.extra,
        category=held.category,
        owner=held.owner,
        source=held.source,
        grade=held.graded.original,
        handling=tuple(code.value for code in held.handling.codes),
        restriction=held.handling.restriction,
        retention_until=held.retention_until,
        review_at=held.review_at,
        wanted=wanted_out(held.wanted),
        risk=held.wanted.risk if held.wanted else "",
    )


def _entry_out(entry: Entry) -> EntryOut:
    return EntryOut(
        id=entry.id,
        list_name=entry.list_name,
        kind=entry.kind,
        category=entry.category,
        handling=entry.handling,
        state=entry.state,
        version=entry.version,
        retention_until=entry.retention_until,
        review_at=entry.review_at,
        changed=entry.changed,
    )


ROUTES = (
    holdings,
    holding,
    inspect,
    correct,
    restrict,
    hold,
    erase,
    api_holdings,
    api_holding,
)
