"""Notices of convictions as a file: what partners' courts found of our own nationals, ready to trace assets by.

Each notice is decided on by itself, on grounds of the person's own; what the law keeps back is counted and said. A part
of the file is on the ledger before it is given.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from liaison import policy
from liaison.assistance import register
from liaison.assistance.leaving import PLAIN, Taken
from liaison.assistance.messages import Sanction
from liaison.assistance.register import Readable
from liaison.formats import copies, followthemoney, papers, spreadsheet
from liaison.formats.copies import Form, Mark
from liaison.holdings import access as records
from liaison.holdings.access import Footing
from liaison.ledger.statements import Statement
from liaison.model.categories import Category
from liaison.model.errors import BadInput, NotFound
from liaison.model.grounds import Purpose
from liaison.model.roles import Capability, capabilities
from liaison.model.subjects import NameKind, Person
from liaison.office import Office
from liaison.policy import Action, Actor, Context, Permit
from liaison.screening.permission import write_refusal
from liaison.storage.tables.assistance import CONVICTIONS, REQUESTS
from liaison.supply import leaving as items
from liaison.supply.doors import DOORS

WHAT = "convictions-taken"
AT_ONCE = 200
FORMS = (Form.TABLE, Form.ENTITIES)
SEES = frozenset({Capability.ANSWER_PARTNER, Capability.SUPERVISE})
TITLES = (
    "Notice",
    "From",
    "Country",
    "Court",
    "Source",
    "Decided",
    "Final",
    "Offences",
    "Offence codes",
    "Sanctions",
    "Sanction codes",
    "Amounts",
    "Confiscation",
    "Surname",
    "Given names",
    "Full name",
    "Other names",
    "Born",
    "Birthplace",
    "Sex",
    "Nationalities",
    "Documents",
    "Received",
    "Handling",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which notices: all, those of one request of ours, or those alone that order a confiscation; in which words."""

    form: Form
    footing: Footing
    language: str = "en"
    request: str = ""
    confiscation: bool = False


def take(office: Office, actor: Actor, wanted: Wanted) -> Taken:
    """The notices as a file. Raises NotFound for whoever may see none, BadInput for another form, NotLawful where the
    grounds let none be read, LedgerUnavailable."""
    if not capabilities(actor.roles, trained=actor.trained) & SEES:
        raise NotFound
    if wanted.form not in FORMS:
        raise BadInput("notices are a table or FollowTheMoney", field="form", hint="choose csv or ftm")

    def work(connection: Connection) -> tuple[int, dt.datetime] | policy.Refuse:
        context, now = _context(office, connection, actor, wanted), office.now()
        decision = policy.decide(Action.READ_HOLDING, context, office.regimes)
        if not isinstance(decision, Permit):
            write_refusal(office, connection, Action.READ_HOLDING, context, decision)
            return decision
        return office.log.append(connection, _statement(actor, wanted, now)).index, now

    done = office.write(work)
    if isinstance(done, policy.Refuse):
        policy.require(done)
        raise AssertionError
    entry, at = done
    mark = items.mark_of(office, actor, wanted.footing, entry, PLAIN, at)
    write = _table if wanted.form is Form.TABLE else _entities
    return Taken(wanted.form, entry, write(_batches(office, actor, wanted), mark))


Batch = tuple[list[Readable], Counter[str]]


def _batches(office: Office, actor: Actor, wanted: Wanted) -> Iterator[Batch]:
    after = ""
    while True:
        start = after

        def work(connection: Connection, start: str = start) -> tuple[Batch, str]:
            return _batch(office, connection, actor, wanted, start)

        found, after = office.write(work)
        yield found
        if not after:
            return


def _batch(
    office: Office, connection: Connection, actor: Actor, wanted: Wanted, start: str
) -> tuple[Batch, str]:
    """Some notices that may be read, what was kept back, and where the next begin."""
    chosen = (CONVICTIONS.c.side == register.RECEIVED) & CONVICTIONS.c.forgotten.is_(None)
    chosen &= CONVICTIONS.c.id > start
    if wanted.request:
        chosen &= CONVICTIONS.c.request_id == wanted.request
    if wanted.confiscation:
        chosen &= CONVICTIONS.c.confiscation
    query = select(CONVICTIONS, REQUESTS.c.purpose).join(
        REQUESTS, REQUESTS.c.id == CONVICTIONS.c.request_id, isouter=True
    )
    rows = connection.execute(query.where(chosen).order_by(CONVICTIONS.c.id).limit(AT_ONCE)).all()
    base, may = _context(office, connection, actor, wanted), []
    left_out: Counter[str] = Counter()
    refused: dict[str, tuple[Context, policy.Refuse]] = {}
    for row in rows:
        held = register.readable(office, row, wanted.language)
        context = msgspec.structs.replace(base, record=_facts(office, held, row))
        decision = policy.decide(Action.READ_HOLDING, context, office.regimes)
        if isinstance(decision, Permit):
            may.append(held)
            continue
        why = "; ".join(dict.fromkeys(f"{each.missing} [{each.rule}]" for each in decision.reasons))
        left_out[why] += 1
        refused[why] = context, decision
    for why, (context, decision) in refused.items():
        many = msgspec.structs.replace(context, subjects=left_out[why])
        write_refusal(office, connection, Action.READ_HOLDING, many, decision)
    told = _statement(actor, wanted, office.now(), tuple(one.id for one in may))
    office.log.append(connection, told)
    return (may, left_out), rows[-1].id if len(rows) == AT_ONCE else ""


def _context(office: Office, connection: Connection, actor: Actor, wanted: Wanted) -> Context:
    """What is known before a notice is looked at: an ordinary one stands for all."""
    grounds = wanted.footing.grounds
    return Context(
        actor=actor,
        now=office.now(),
        grounds=grounds,
        on_case=records.on_case(connection, actor, grounds.case),
        record=policy.RecordFacts(
            category=Category.CONVICTED,
            graded=True,
            collected_for=grounds.purpose,
            expires_at=office.now() + dt.timedelta(days=1),
        ),
        authority=wanted.footing.authority,
    )


def _facts(office: Office, held: Readable, row: Any) -> policy.RecordFacts:
    """What a decision must know of a notice: it came for the execution of penalties, or for what was asked."""
    facts = register.facts_of(held.conviction, row, office.now().date())
    asked_for = Purpose(row.purpose) if row.purpose else Purpose.EXECUTION
    return msgspec.structs.replace(facts, own=False, collected_for=asked_for)


def _statement(actor: Actor, wanted: Wanted, now: dt.datetime, objects: Sequence[str] = ()) -> Statement:
    grounds = wanted.footing.grounds
    return Statement(
        what=WHAT,
        who=actor.person,
        when=now,
        case=grounds.case,
        purpose=grounds.purpose.value,
        grounds=wanted.footing.grounds_id,
        objects=(*([wanted.request] if wanted.request else []), *objects),
        outcome=DOORS[wanted.form].value,
        detail={"form": wanted.form.value, "notices": str(len(objects))},
    )


def _table(batches: Iterator[Batch], mark: Mark) -> Iterator[bytes]:
    counts: Counter[str] = Counter()
    yield spreadsheet.head(TITLES)
    for some, left_out in batches:
        counts += left_out
        yield spreadsheet.lines(map(_row, some))
    yield spreadsheet.lines([[line] for line in (*papers.said_of(counts), mark.line)])


def _entities(batches: Iterator[Batch], mark: Mark) -> Iterator[bytes]:
    counts: Counter[str] = Counter()
    for some, left_out in batches:
        counts += left_out
        yield b"".join(_persons(one, mark) for one in some)
    yield copies.closing("Notices of convictions", PLAIN, counts, mark)


def _persons(one: Readable, mark: Mark) -> bytes:
    held = one.conviction
    said = [
        f"final conviction of {held.final} by {held.court} ({held.country})",
        *one.offences,
        *_sanctions(one),
    ]
    said += ["confiscation ordered"] if held.confiscation else []
    found = followthemoney.entities(one.id, held.person, PLAIN, one.partner, (*said, mark.line))
    return followthemoney.lines(found)


def _row(one: Readable) -> Sequence[str]:
    held, person = one.conviction, one.conviction.person
    first, others = _names(person)
    return (
        held.id,
        one.partner,
        str(held.country),
        held.court,
        held.source,
        held.decided.isoformat(),
        held.final.isoformat(),
        "; ".join(one.offences),
        "; ".join(held.offences),
        "; ".join(_sanctions(one)),
        "; ".join(each.code for each in held.sanctions),
        "; ".join(f"{each.amount} {each.currency}" for each in held.sanctions if each.amount),
        "yes" if held.confiscation else "no",
        first.surname,
        first.given,
        str(first),
        "; ".join(map(str, others)),
        "; ".join(map(str, person.born)),
        person.birthplace,
        person.sex.value if person.sex else "",
        " ".join(map(str, person.nationalities)),
        "; ".join(f"{each.type.value} {each.number}" for each in person.documents),
        f"{one.received:%Y-%m-%d}",
        "H0",
    )


def _names(person: Person) -> tuple[Any, Sequence[Any]]:
    first = next((name for name in person.names if name.kind is NameKind.PRIMARY), person.names[0])
    return first, [name for name in person.names if name is not first]


def _sanctions(one: Readable) -> list[str]:
    return [
        ", ".join(filter(None, (words, _measure(each))))
        for words, each in zip(one.sanctions, one.conviction.sanctions, strict=True)
    ]


def _measure(each: Sanction) -> str:
    amount = f"{each.amount} {each.currency}".strip() if each.amount else ""
    days = f"{each.days} days" if each.days else ""
    return ", ".join(filter(None, (days, amount, "suspended" if each.suspended else "")))
