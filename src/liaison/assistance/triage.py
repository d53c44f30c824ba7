"""The desk sorts subjects by how the information is reached; the clock follows (Directive (EU) 2023/977, article 5)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from liaison import policy
from liaison.assistance import events, timing
from liaison.assistance.access import change, load_received
from liaison.assistance.clocks import instrument, require_choice
from liaison.assistance.messages import Access, Triaged
from liaison.assistance.rules import OPEN, RUNNING, By, Side, State, Step, after, require_running
from liaison.assistance.ways import Means, post
from liaison.model.errors import BadInput, Conflict
from liaison.office import Office
from liaison.storage.tables.assistance import SUBJECTS

TRIAGED, TAKEN, ORDERED = "request-triaged", "request-taken-on", "order-attached"
AT_ONCE = 500  # numbers in one question
LONGEST_ORDER = 200  # characters


def take_on(office: Office, actor: policy.Actor, request: str) -> None:
    """Put a request on one's own desk. Raises NotFound, NotLawful."""

    def work(connection: Connection) -> None:
        row = load_received(office, connection, actor, request)
        office.decide(policy.Action.ANSWER_PARTNER, timing.facts(office, connection, actor, row))
        events.record(office, connection, row, what=TAKEN, who=actor.person)
        change(connection, row, person=actor.person)

    office.write(work)


def sort(
    office: Office,
    means: Means,
    actor: policy.Actor,
    request: str,
    access: Access,
    numbers: Collection[int] | None = None,
) -> int:
    """Say how these open subjects are reached (None: all that were not sorted); how many were. The asking side is told.

    Raises NotFound, Conflict, NotLawful.
    """

    def work(connection: Connection) -> int:
        row = load_received(office, connection, actor, request)
        office.decide(policy.Action.ANSWER_PARTNER, timing.facts(office, connection, actor, row))
        following = after(Side.RECEIVED, State(row.state), Step.TRIAGE, By.PERSON)
        open_ones = chosen(request, numbers) & SUBJECTS.c.state.in_([state.value for state in OPEN])
        if numbers is None:
            open_ones &= SUBJECTS.c.access == ""
        sorted_now = connection.execute(
            update(SUBJECTS).where(open_ones).values(access=access.value)
        ).rowcount
        if not sorted_now:
            raise Conflict("none of these subjects waits for an answer", hint="choose open subjects")
        events.record(
            office, connection, row, what=TRIAGED, who=actor.person, count=sorted_now, code=access.value
        )
        moved = change(connection, row, state=following.value, person=row.person or actor.person)
        tell(office, connection, means, timing.keep(office, connection, moved))
        return sorted_now

    return office.write(work)


def tell(office: Office, connection: Connection, means: Means, row: Any) -> None:
    """Tell the asking side how its subjects are reached and when they are due, as the row says now; nothing where the
    request is over."""
    if State(row.state) not in RUNNING:
        return
    body = Triaged(
        request=row.thread,
        counts=counts(connection, row.id),
        due=row.due,
        last_due=timing.last_due(timing.dues(office, connection, row)),
    )
    post(office, connection, means, row.partner, row.thread, body, urgent=row.urgent)


def choose_term(office: Office, means: Means, actor: policy.Actor, request: str, term: str) -> None:
    """Say that a term of the instrument counts from now on that only the side that is asked can say, as after the
    recognition of an investigation order. The asking side is told. Raises NotFound, BadInput, Conflict, NotLawful.
    """

    def work(connection: Connection) -> None:
        row = load_received(office, connection, actor, request)
        require_running(State(row.state))
        office.decide(policy.Action.ANSWER_PARTNER, timing.facts(office, connection, actor, row))
        require_choice(instrument(row.instrument), term, "asked")
        known = timing.chosen_term(connection, row)
        if known is not None and known.term == term:
            raise Conflict("this was said before", hint="its clock runs since then")
        events.record(office, connection, row, what=timing.WHAT_TERM_CHOSEN, who=actor.person, code=term)
        moved = change(connection, row, person=row.person or actor.person)
        tell(office, connection, means, timing.keep(office, connection, moved))

    office.write(work)


def attach_order(
    office: Office, actor: policy.Actor, request: str, reference: str, numbers: Collection[int] | None = None
) -> int:
    """Attach the reference of a judicial authorisation to subjects that need one (None: all of them); how many.

    Without it nothing about them is answered with (rule L26). Raises NotFound, BadInput, Conflict, NotLawful.
    """
    kept = " ".join(reference.split())
    if not kept or len(kept) > LONGEST_ORDER:
        raise BadInput(
            "the order has no reference", field="order", hint="give the court's or prosecutor's reference"
        )

    def work(connection: Connection) -> int:
        row = load_received(office, connection, actor, request)
        office.decide(policy.Action.ANSWER_PARTNER, timing.facts(office, connection, actor, row))
        needing = chosen(request, numbers) & (SUBJECTS.c.access == Access.AUTHORITY.value)
        needing &= SUBJECTS.c.state.in_([state.value for state in OPEN])
        attached = connection.execute(update(SUBJECTS).where(needing).values(order=kept)).rowcount
        if not attached:
            raise Conflict("none of these subjects waits for an authorisation")
        events.record(office, connection, row, what=ORDERED, who=actor.person, count=attached)
        return attached

    return office.write(work)


def chosen(request: str, numbers: Collection[int] | None) -> ColumnElement[bool]:
    """The subjects of these places; None: all."""
    mine = SUBJECTS.c.request_id == request
    if numbers is None:
        return mine
    if len(numbers) > AT_ONCE:
        raise BadInput(
            f"{len(numbers)} subjects at once", field="numbers", hint=f"choose at most {AT_ONCE}, or all"
        )
    return mine & SUBJECTS.c.number.in_(sorted(numbers))


def counts(connection: Connection, request: str) -> dict[str, int]:
    """How many subjects are reached in which way; those nobody sorted are left out."""
    query = select(SUBJECTS.c.access, func.count().label("total")).where(SUBJECTS.c.request_id == request)
    rows: Any = connection.execute(query.where(SUBJECTS.c.access != "").group_by(SUBJECTS.c.access))
    return {row.access: int(row.total) for row in rows}
