"""A request with its answers by one of this node's own doors: on paper or as a file, for a case or for a court.

The request is loaded through its authoriser and the door asked before the first entry; the records of its answers are
asked for one by one, in batches, each with an entry of its own before anything of it leaves. What its handling code, or
the law, keeps from this door is counted and said in the copy, never left out in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from liaison import policy
from liaison.assistance import clocks
from liaison.assistance.access import load, load_received
from liaison.assistance.answering import grounds_of
from liaison.assistance.codes import Table, read
from liaison.assistance.content import entries_of
from liaison.assistance.drafting import Draft
from liaison.assistance.messages import ConvictionsAsked, Opening
from liaison.assistance.reading import text_of
from liaison.assistance.rules import Side, SubjectState
from liaison.formats import copies
from liaison.formats.copies import Answered, Form, Head, LeftOut
from liaison.formats.papers import Row
from liaison.holdings import access as records
from liaison.holdings.access import Footing
from liaison.ledger.statements import Statement
from liaison.model.categories import Category
from liaison.model.errors import BadInput, Erased
from liaison.model.grounds import Purpose, offence
from liaison.model.handling import Handling, HandlingCode
from liaison.office import Office
from liaison.policy import Actor, RecordFacts
from liaison.screening.permission import write_refusal
from liaison.storage.tables.assistance import SUBJECTS, SUPPLIED
from liaison.storage.tables.supply import HELD
from liaison.storage.tables.supply import SUPPLIED as OURS
from liaison.supply import access, doors
from liaison.supply import leaving as items
from liaison.supply.access import Loaded
from liaison.supply.doors import DOORS, Label, Use

WHAT = "request-taken"
AT_ONCE = 200  # subjects of one batch
NOT_SEEN = "it is not, or no longer, among the records that you see"
STATES = {
    SubjectState.FULL.value: "answered in full",
    SubjectState.PARTIAL.value: "answered in part",
    SubjectState.HIT.value: "may be held: not answered yet",
    SubjectState.PREPARED.value: "nothing found: not confirmed yet",
}
PLAIN = Handling(codes=(HandlingCode.H0,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """In which form a copy is made, on which footing, and for which court, if it is for one."""

    form: Form
    footing: Footing
    court: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A copy that may leave: its form, the number of its entry, and its bytes, part by part. Each part is on the ledger
    before it is given; where an entry cannot be written the parts end with LedgerUnavailable."""

    form: Form
    entry: int
    parts: Iterator[bytes]

    @property
    def name(self) -> str:
        """The name of its file."""
        return items.file_name(self.entry, self.form.ending)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a copy would have in it: subjects, and records by the codes that they carry."""

    side: Side
    subjects: int
    convictions: bool
    codes: Mapping[str, int]


def outlook(office: Office, actor: Actor, request: str) -> Outlook:
    """What there is of a request to be taken. Raises NotFound."""

    def work(connection: Connection) -> Outlook:
        row = load(office, connection, actor, request)
        table = HELD if Side(row.side) is Side.ASKED else OURS
        query = select(table.c.handling, func.count().label("total")).where(
            table.c.id.in_(select(SUPPLIED.c.item).where(SUPPLIED.c.request_id == request))
        )
        found = connection.execute(query.group_by(table.c.handling)).all()
        counts: Counter[str] = Counter()
        for each in found:
            counts[each.handling] += int(each.total)
        without = row.exchange == "convictions" and not row.subjects
        return Outlook(Side(row.side), row.subjects, without, dict(sorted(counts.items())))

    return office.read(work)


def footing_of_request(office: Office, actor: Actor, request: str, words: str) -> Footing:
    """The footing of whoever answers a request: its purpose and offence, and their own words. Raises NotFound for
    whoever does not, BadInput for too few words."""

    def work(connection: Connection) -> Footing:
        row = load_received(office, connection, actor, request)
        return Footing("", grounds_of(office, actor, row, words, "agreement"))

    return office.read(work)


def take(office: Office, actor: Actor, request: str, wanted: Wanted) -> Taken:
    """A copy of a request with its answers. A refusal is on the ledger too.

    Raises NotFound, Erased, NotLawful, LedgerUnavailable; BadInput for more subjects than a document holds.
    """

    def work(connection: Connection) -> tuple[Any, Head, int] | policy.Refuse:
        row = load(office, connection, actor, request)
        text = text_of(office, row)
        handling = PLAIN if isinstance(text, ConvictionsAsked) else text.handling
        _require_size(wanted.form, row.subjects)
        refusal = _refusal(office, connection, actor, row, handling, wanted)
        if refusal is not None:
            return refusal
        told = _statement(office, actor, row, wanted)
        head = Head(text.reference, handling, tuple(_fields(row, text)))
        return row, head, office.log.append(connection, told).index

    done = office.write(work)
    if isinstance(done, policy.Refuse):
        policy.require(done)
        raise AssertionError
    row, head, entry = done
    mark = items.mark_of(office, actor, wanted.footing, entry, None, office.now())
    batches = _batches(office, actor, row, wanted)
    return Taken(wanted.form, entry, copies.request(wanted.form, head, batches, mark))


def _require_size(form: Form, subjects: int) -> None:
    if subjects > copies.MOST and not form.streams:
        raise BadInput(
            f"the request has {subjects} subjects, and one document holds {copies.MOST}",
            field="form",
            hint="take a table (CSV) or FollowTheMoney",
        )


def _refusal(
    office: Office, connection: Connection, actor: Actor, row: Any, handling: Handling, wanted: Wanted
) -> policy.Refuse | None:
    """Why what the asking side wrote may not leave by this door; None where it may."""
    own = Side(row.side) is Side.ASKED
    footing = wanted.footing
    case = row.case_id if own else row.id
    on_case = footing.grounds.case == case and (not own or records.on_case(connection, actor, case))
    facts = RecordFacts(
        category=Category.CONTACT,  # a request says of nobody what they did; each record is decided on by itself
        graded=True,
        handling=frozenset(handling.codes),
        own=own,
        collected_for=Purpose(row.purpose) if row.purpose else None,
        review_at=row.retention,
        expires_at=row.retention,
    )
    label = Label(record=facts, handling=handling, original=handling)
    use = items.use_of(connection, row.id, footing, wanted.court, office.now(), on_case=on_case)
    decision = doors.weigh(office, actor, label, DOORS[wanted.form], use, wanted.form)
    if isinstance(decision, policy.Permit):
        return None
    write_refusal(office, connection, use.action, doors.context(office, actor, label, use), decision)
    return decision


def _statement(office: Office, actor: Actor, row: Any, wanted: Wanted) -> Statement:
    grounds = wanted.footing.grounds
    court = {"court": wanted.court} if wanted.court else {}
    return Statement(
        what=WHAT,
        who=actor.person,
        when=office.now(),
        case=grounds.case,
        purpose=grounds.purpose.value,
        grounds=wanted.footing.grounds_id,
        objects=(row.id,),
        outcome=DOORS[wanted.form].value,
        detail={"form": wanted.form.value, "partner": row.partner, "subjects": str(row.subjects), **court},
    )


def _batches(office: Office, actor: Actor, row: Any, wanted: Wanted) -> Iterator[Sequence[Answered]]:
    """The subjects in their order. The request is loaded anew for each batch: whoever may see it no more gets no
    more of it."""
    after = 0
    while True:
        start = after

        def work(connection: Connection, start: int = start) -> Sequence[Answered]:
            return _batch(office, connection, actor, row, wanted, start)

        some = office.write(work)
        if some:
            yield some
        if len(some) < AT_ONCE:
            return
        after = some[-1].number


def _batch(
    office: Office, connection: Connection, actor: Actor, row: Any, wanted: Wanted, after: int
) -> Sequence[Answered]:
    load(office, connection, actor, row.id)
    chosen = (SUBJECTS.c.request_id == row.id) & (SUBJECTS.c.number > after)
    query = select(SUBJECTS).where(chosen).order_by(SUBJECTS.c.number).limit(AT_ONCE)
    subjects = connection.execute(query).all()
    given = _records(office, connection, actor, row, wanted, [each.number for each in subjects])
    return [
        Answered(
            number=each.number,
            subject=entry.subject,
            state=STATES.get(each.state, each.state),
            answer=read(Table.REFUSALS, each.ground, "en") if each.ground else "",
            reference=entry.reference,
            records=tuple(items.said(one.item, one.label.handling) for one in given[each.number][0]),
            left_out=tuple(given[each.number][1]),
        )
        for each, entry in zip(subjects, entries_of(office, subjects), strict=True)
    ]


Given = dict[int, tuple[list[Loaded], list[LeftOut]]]


def _records(
    office: Office, connection: Connection, actor: Actor, row: Any, wanted: Wanted, numbers: Sequence[int]
) -> Given:
    """The records of some subjects: those that may leave, which are on the ledger then, and those that may not."""
    named = SUPPLIED.c.request_id == row.id, SUPPLIED.c.number.in_(numbers)
    pairs = connection.execute(select(SUPPLIED.c.number, SUPPLIED.c.item).where(*named)).all()
    rows = _rows(connection, actor, row, [pair.item for pair in pairs])
    found: Given = {number: ([], []) for number in numbers}
    refused: dict[tuple[str, ...], tuple[policy.Context, policy.Refuse, Use, int]] = {}
    gone: list[str] = []
    for pair in sorted(pairs, key=lambda each: (each.number, each.item)):
        may, may_not = found[pair.number]
        loaded = _loaded(office, connection, actor, row, rows.get(pair.item), wanted)
        if isinstance(loaded, str):
            may_not.append(LeftOut(reference=pair.item, codes="", why=loaded))
            continue
        one, use = loaded
        fault = copies.fault(wanted.form, one.item.subject)
        if fault:
            may_not.append(LeftOut(reference=pair.item, codes="", why=fault))
            continue
        decision = doors.weigh(office, actor, one.label, DOORS[wanted.form], use, wanted.form)
        if isinstance(decision, policy.Permit):
            may.append(one)
            gone.append(pair.item)
            continue
        may_not.append(_left_out(pair.item, one.label, use, wanted.form, decision))
        rules = tuple(reason.rule for reason in decision.reasons)
        context = doors.context(office, actor, one.label, use)
        refused[rules] = (context, decision, use, refused[rules][3] + 1 if rules in refused else 1)
    for context, decision, use, count in refused.values():
        many = msgspec.structs.replace(context, subjects=count)
        write_refusal(office, connection, use.action, many, decision)
    if gone:
        told = items.statement(
            actor, (row.id, *gone), DOORS[wanted.form], wanted.footing, wanted.court, office.now()
        )
        office.log.append(connection, told)
    return found


def _rows(connection: Connection, actor: Actor, row: Any, ids: Sequence[str]) -> dict[str, Any]:
    """The rows of items that this person sees: of others for a request of ours, of our own for another's."""
    if Side(row.side) is Side.ASKED:
        query = select(HELD).where(HELD.c.id.in_(ids), access.visible(actor))
    else:
        query = select(OURS).where(OURS.c.id.in_(ids), OURS.c.request == row.id)
    return {each.id: each for each in connection.execute(query)}


def _loaded(
    office: Office, connection: Connection, actor: Actor, row: Any, held: Any, wanted: Wanted
) -> tuple[Loaded, Use] | str:
    """An item with its use here, or why it is not here."""
    if held is None:
        return NOT_SEEN
    own = Side(row.side) is Side.RECEIVED
    try:
        loaded = access.content_own(office, held) if own else access.content(office, held)
    except Erased as error:
        return str(error)
    ask = access.on_own_case if own else access.on_case
    on_case = ask(connection, actor, held, wanted.footing)
    use = items.use_of(connection, held.id, wanted.footing, wanted.court, office.now(), on_case=on_case)
    return loaded, use


def _left_out(item: str, label: Label, use: Use, form: Form, refusal: policy.Refuse) -> LeftOut:
    codes = doors.against(refusal, label, use, form)
    named = " ".join(code.value for code in HandlingCode if code in codes)
    why = "; ".join(dict.fromkeys(f"{reason.missing} [{reason.rule}]" for reason in refusal.reasons))
    return LeftOut(reference=item, codes=named, why=why)


def _fields(row: Any, text: Draft | Opening | ConvictionsAsked) -> Iterator[Row]:
    """What was written, field by field; what is empty is left out where it is drawn."""
    yield "Partner", row.partner
    yield "Side", "asked by us" if Side(row.side) is Side.ASKED else "received from them"
    yield "State", row.state
    yield "Purpose", Purpose(row.purpose).label if row.purpose else ""
    yield "Offence", offence(row.offence).label if row.offence else ""
    yield "Instrument", clocks.instrument(row.instrument).title if row.instrument else ""
    yield "Made", f"{row.made:%Y-%m-%d %H:%M} UTC"
    yield "Answered", f"{row.answered:%Y-%m-%d %H:%M} UTC" if row.answered else ""
    yield "Contact", text.contact
    if isinstance(text, ConvictionsAsked):
        yield "Nationals of", str(text.nationality)
        yield "Final", f"{text.since} to {text.until}"
        return
    yield "What it is about", text.description
    yield "Why these subjects", text.link
    yield "Why it may be held there", text.belief
    yield "Asked for", "; ".join(each.value for each in text.wanted)
    yield "Why it is urgent", text.urgency
    yield "Legal basis", text.article
    yield "Further conditions", text.restrictions
    yield "Marking", text.marking
    yield "Review", text.review_at.isoformat()
    yield "Kept until", text.retention_until.isoformat()
    if isinstance(text, Opening):
        yield "Asked by", text.authority
        yield "Judicial order", text.order
