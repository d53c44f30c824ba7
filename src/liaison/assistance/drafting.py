"""A request before it is sent: its text, from a template or not, and its subjects, from a file, a paste or one by one.

A list is read whole and every bad row is said; its people are written in steps, and a list that was interrupted goes on
where it stopped when it is given again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from liaison import policy
from liaison.assistance import events
from liaison.assistance.access import change, load_own
from liaison.assistance.clocks import instrument, require_choice
from liaison.assistance.codes import Table, require_code
from liaison.assistance.content import Bad, Key, ListSaid, keys, open_as, request_about, sealed, subject_about
from liaison.assistance.messages import (
    MOST_SUBJECTS,
    MOST_VALUES,
    Entry,
    Wanted,
    beyond,
    require_bounded,
    require_said,
    require_short,
)
from liaison.assistance.rules import By, Side, State, Step, SubjectState, after
from liaison.holdings.findings import Findings
from liaison.holdings.incoming import from_people
from liaison.holdings.options import Options
from liaison.holdings.read import read_stream
from liaison.holdings.streams import Stream
from liaison.model.errors import BadInput, Conflict
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling
from liaison.model.structs import Value
from liaison.model.subjects import AnySubject
from liaison.office import Office, new_id
from liaison.screening.asked import person_of, require_readable
from liaison.screening.list_rules import require_size, table_of
from liaison.screening.lookups import footing
from liaison.storage.tables.assistance import LISTS, REQUESTS, SUBJECTS

DRAFTED, REVISED, LISTED = "request-drafted", "request-revised", "request-listed"
EMPTIED = "request-emptied"
STEP = 2_000  # subjects written with one commit
SHOWN = 500  # bad rows that are kept of a list


class Draft(Value, frozen=True, kw_only=True):
    """The text of a request. `partner` and `grounds` may be empty in a template, never in a draft.

    An urgent one says why. `exception` is the code for which the own point of contact has no copy. `term` names the
    term of the instrument where it is not the ordinary one, as where the person concerned asked.
    """

    reference: str
    instrument: str
    exchange: str
    description: str
    link: str
    belief: str
    wanted: tuple[Wanted, ...]
    handling: Handling
    contact: str
    review_at: dt.date
    retention_until: dt.date
    partner: str = ""
    grounds: str = ""
    language: str = "en"
    article: str = ""
    urgency: str = ""
    restrictions: str = ""
    marking: str = ""
    exception: str = ""
    centre: str = ""
    term: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        require_said(self, "reference", "instrument", "exchange", "description", "link", "belief", "contact")
        require_short(self, "reference", "contact", "language", "article", "marking")
        require_bounded(self, "description", "link", "belief", "urgency", "restrictions")
        given = instrument(self.instrument)
        if self.term:
            require_choice(given, self.term, "asking")
        if not self.wanted:
            raise BadInput("nothing is asked for", field="wanted", hint="say what is wanted of each subject")
        if self.exception:
            require_code(Table.EXCEPTIONS, self.exception, "exception")
        if self.review_at > self.retention_until:
            raise BadInput("the review comes after the end of retention", field="review_at")


@dataclass(frozen=True, slots=True)
class Listed:
    """What became of a list: the subjects written, and every row that could not be used."""

    subjects: int
    bad: tuple[Bad, ...]
    bad_rows: int
    notes: tuple[str, ...]


def draft(office: Office, actor: policy.Actor, text: Draft) -> str:
    """Begin a request; its id. Raises NotFound for grounds that are not the person's own, Conflict for ended ones or a
    closed case, BadInput with the field, NotLawful for whoever may not ask a partner.
    """
    require_said(text, "partner", "grounds")
    request, now = new_id("request"), office.now()
    (key,) = keys(office)

    def work(connection: Connection) -> str:
        values = _values(office, connection, actor, text, now)
        row = {
            **values,
            "id": request,
            "side": Side.ASKED.value,
            "thread": request,
            "state": State.DRAFT.value,
            "made": now,
            "late": False,
            "stage": "calm",
            "key": key[0],
            "sealed": sealed(key, text, request_about(request)),
            **dict.fromkeys(("authorised_by", "approval_id", "digest", "outcome"), ""),
            **dict.fromkeys(("revision", "subjects", "parts", "parts_there"), 0),
        }
        connection.execute(insert(REQUESTS).values(**row))
        made = load_own(office, connection, actor, request)
        events.record(office, connection, made, what=DRAFTED, who=actor.person)
        return request

    return office.write(work)


def rewrite(office: Office, actor: policy.Actor, request: str, text: Draft) -> None:
    """Change the text of a draft. Raises as `draft`, NotFound, Conflict for one that is no draft any more."""
    require_said(text, "partner", "grounds")
    (key,) = keys(office)

    def work(connection: Connection) -> None:
        row = draft_row(office, connection, actor, request)
        values = _values(office, connection, actor, text, row.made)
        content = sealed(key, text, request_about(request))
        change(connection, row, **values, key=key[0], sealed=content, revision=row.revision)
        events.record(office, connection, row, what=REVISED, who=actor.person)

    before = office.read(lambda connection: load_own(office, connection, actor, request)).key
    office.write(work)
    office.keys.destroy([before])


def text_of(office: Office, row: Any) -> Draft:
    """The text of a request of ours that was not sent yet. Raises Erased."""
    return open_as(office, row.key, row.sealed, request_about(row.id), Draft)


def add_list(
    office: Office,
    actor: policy.Actor,
    request: str,
    content: bytes | str,
    name: str = "pasted list",
    columns: Mapping[str, str] | None = None,
) -> Listed:
    """Add the people of a file or a pasted list to a draft. Given again after an interruption it goes on where it
    stopped; given once more it adds nobody.

    Raises BadInput and UnusableFile for what cannot be read, NotFound, Conflict for one that is no draft.
    """
    data = table_of(content) if isinstance(content, str) else content
    require_size(data)
    entries, bad, notes = _read(data, name, columns or {}, office.now().year)
    digest = hashlib.sha256(data).hexdigest()
    begun = office.write(
        lambda connection: _begin(office, connection, actor, request, digest, name, len(entries), bad, notes)
    )
    for start in range(begun.done, len(entries), STEP):
        step = entries[start : start + STEP]
        made = keys(office, len(step))
        office.write(
            lambda connection, step=step, made=made, start=start: _write_step(  # type: ignore[misc]
                office, connection, actor, request, digest, step, made, start
            )
        )
    return Listed(len(entries), tuple(bad[:SHOWN]), len(bad), tuple(notes))


def add_subject(
    office: Office, actor: policy.Actor, request: str, subject: AnySubject, reference: str = ""
) -> int:
    """Add one person or thing to a draft; its place. Raises NotFound, Conflict, BadInput."""
    person = person_of(subject)
    if person is not None:
        require_readable([person])
    (key,) = keys(office)

    def work(connection: Connection) -> int:
        row = draft_row(office, connection, actor, request)
        number = int(row.subjects) + 1
        _require_room(number)
        insert_subjects(
            connection, request, [Entry(number=number, subject=subject, reference=reference)], [key]
        )
        change(connection, row, subjects=number)
        return number

    return office.write(work)


def empty(office: Office, actor: policy.Actor, request: str) -> None:
    """Take every subject out of a draft. Raises NotFound, Conflict."""

    def work(connection: Connection) -> list[int]:
        row = draft_row(office, connection, actor, request)
        events.record(office, connection, row, what=EMPTIED, who=actor.person, count=row.subjects)
        held = [
            *connection.execute(select(SUBJECTS.c.key).where(SUBJECTS.c.request_id == request)).scalars(),
            *connection.execute(select(LISTS.c.key).where(LISTS.c.request_id == request)).scalars(),
        ]
        connection.execute(delete(SUBJECTS).where(SUBJECTS.c.request_id == request))
        connection.execute(delete(LISTS).where(LISTS.c.request_id == request))
        change(connection, row, subjects=0)
        return held

    office.keys.destroy(office.write(work))  # type: ignore[arg-type]


def draft_row(office: Office, connection: Connection, actor: policy.Actor, request: str) -> Row[Any]:
    """A draft that the person works on. Raises NotFound, Conflict for one that is no draft any more."""
    row = load_own(office, connection, actor, request)
    if State(row.state) is not State.DRAFT:
        raise Conflict(f"the request is {row.state}", hint="take it back before you change it")
    return row


def revise(office: Office, actor: policy.Actor, request: str) -> None:
    """Take back a request that waits for an authorisation, or has one and was not sent. Raises NotFound, Conflict."""

    def work(connection: Connection) -> None:
        row = load_own(office, connection, actor, request)
        following = after(Side.ASKED, State(row.state), Step.REVISE, By.PERSON)
        changed = {"state": following.value, "approval_id": "", "authorised_by": ""}
        change(connection, row, **changed)
        events.record(office, connection, row, what=REVISED, who=actor.person)

    office.write(work)


def require_listed(connection: Connection, row: Any) -> None:
    """Raises Conflict for a list that was not taken in whole, BadInput for a request about nobody."""
    if not row.subjects:
        raise BadInput("the request is about nobody", field="subjects", hint="add at least one subject")
    part = select(func.count()).where(LISTS.c.request_id == row.id, LISTS.c.done < LISTS.c.subjects)
    if connection.execute(part).scalar():
        raise Conflict(
            "a list was not taken in whole", hint="give the list again: it goes on where it stopped"
        )


def lists_of(office: Office, connection: Connection, request: str) -> list[tuple[ListSaid, int, int]]:
    """The lists of a request that was loaded: what they said, the subjects of each, and how many are written."""
    rows = connection.execute(
        select(LISTS).where(LISTS.c.request_id == request).order_by(LISTS.c.first)
    ).all()
    return [
        (
            open_as(office, row.key, row.sealed, _list_about(request, row.sha256), ListSaid),
            row.subjects,
            row.done,
        )
        for row in rows
    ]


def _values(
    office: Office, connection: Connection, actor: policy.Actor, text: Draft, now: dt.datetime
) -> dict[str, Any]:
    """The columns that a text fills, on grounds that are the person's own."""
    stand = footing(office, connection, actor, text.grounds, office.now())
    purpose = Purpose(stand.row.purpose)
    return {
        "partner": text.partner,
        "exchange": text.exchange,
        "urgent": bool(text.urgency),
        "purpose": purpose.value,
        "offence": stand.row.offence,
        "instrument": text.instrument,
        "case_id": stand.row.case_id,
        "grounds_id": text.grounds,
        "person": actor.person,
        "copied": not text.exception,
        "exception": text.exception,
        "centre": text.centre,
        "retention": dt.datetime.combine(text.retention_until, dt.time(), dt.UTC),
    }


def _read(
    data: bytes, name: str, columns: Mapping[str, str], year: int
) -> tuple[list[tuple[AnySubject, str]], list[Bad], list[str]]:
    """The people of a list with what the list calls them, and what is wrong with it."""
    stream = Stream(name, io.BytesIO(data), len(data))
    read = read_stream(stream, Options(list_name="asked", last_year=year, columns=columns))
    findings = Findings(name)
    people = []
    for row in from_people(read, findings):
        field = beyond(row.subject)
        if field:
            findings.bad(row.row, field, f"more than {MOST_VALUES}: left out")
        else:
            people.append((row.subject, row.record[:200]))
    bad = [
        Bad(row=one.row, field=one.field, reason=one.reason)
        for one in sorted((*read.bad_rows, *findings.bad_rows), key=lambda one: one.row)
    ]
    if not people:
        raise BadInput("nobody in the list can be asked about", field="list", hint="look at its columns")
    return people, bad, list(read.notes)


def _begin(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    request: str,
    digest: str,
    name: str,
    count: int,
    bad: Sequence[Bad],
    notes: Sequence[str],
) -> Row[Any]:
    """The row of a list: the one that was begun before, or a new one behind the subjects that are there."""
    row = draft_row(office, connection, actor, request)
    same = (LISTS.c.request_id == request) & (LISTS.c.sha256 == digest)
    if (found := connection.execute(select(LISTS).where(same)).first()) is not None:
        return found
    reserved = select(func.coalesce(func.max(LISTS.c.first + LISTS.c.subjects), 0))
    first = max(
        int(connection.execute(reserved.where(LISTS.c.request_id == request)).scalar() or 0), row.subjects
    )
    if first != row.subjects:
        raise Conflict("another list was not taken in whole", hint="give that one again first")
    _require_room(first + count)
    said = ListSaid(name=name[:200] or "list", bad=tuple(bad[:SHOWN]), notes=tuple(notes))
    (key,) = keys(office)
    values = {"request_id": request, "sha256": digest, "first": first, "subjects": count, "done": 0}
    values |= {"bad_rows": len(bad), "at": office.now(), "key": key[0]}
    connection.execute(insert(LISTS).values(**values, sealed=sealed(key, said, _list_about(request, digest))))
    events.record(office, connection, row, what=LISTED, who=actor.person, count=count, digest=digest)
    return connection.execute(select(LISTS).where(same)).one()


def _write_step(
    office: Office,
    connection: Connection,
    actor: policy.Actor,
    request: str,
    digest: str,
    step: Sequence[tuple[AnySubject, str]],
    made: Sequence[Key],
    start: int,
) -> None:
    row = draft_row(office, connection, actor, request)
    same = (LISTS.c.request_id == request) & (LISTS.c.sha256 == digest) & (LISTS.c.done == start)
    done = start + len(step)
    if connection.execute(update(LISTS).where(same).values(done=done)).rowcount != 1:
        raise Conflict("the list is being taken in by someone else")
    first = row.subjects
    numbered = [
        Entry(number=first + place, subject=subject, reference=reference)
        for place, (subject, reference) in enumerate(step, 1)
    ]
    insert_subjects(connection, request, numbered, made)
    change(connection, row, subjects=first + len(step))


def insert_subjects(
    connection: Connection, request: str, entries: Sequence[Entry], made: Sequence[Key]
) -> None:
    """Write subjects, each sealed under a key of its own, before anybody looked at them."""
    connection.execute(
        insert(SUBJECTS),
        [
            {
                "request_id": request,
                "number": entry.number,
                "kind": entry.subject.__struct_config__.tag,
                "state": SubjectState.WAITING.value,
                "hits": 0,
                "batch": 0,
                "revision": 0,
                "key": key[0],
                "sealed": sealed(key, entry, subject_about(request, entry.number)),
                **dict.fromkeys(("access", "ground", "order", "answered_by"), ""),
            }
            for entry, key in zip(entries, made, strict=True)
        ],
    )


def _require_room(subjects: int) -> None:
    if subjects > MOST_SUBJECTS:
        raise BadInput(
            f"the request would be about {subjects:,}",
            field="subjects",
            hint=f"at most {MOST_SUBJECTS:,}; divide it",
        )


def _list_about(request: str, digest: str) -> str:
    return f"assistance_lists:{request}:{digest}"
