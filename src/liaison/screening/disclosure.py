"""What of the records that match may be told: no pair that was cleared before, no record that its conditions keep back.

Victims, witnesses and children are not kept back here: they are not in the index (rule L04). A record that is kept back
is told to nobody, and counted on the ledger.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, bindparam, select

from liaison import policy
from liaison.office import Office
from liaison.screening.content import Content, described
from liaison.screening.finding import Hit
from liaison.screening.records import Terms, terms_of
from liaison.storage.tables.screening import CLEARED

AT_ONCE = 500  # values in one question to the database
BEFORE = select(CLEARED.c.subject, CLEARED.c.record).where(
    CLEARED.c.record.in_(bindparam("some", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Told:
    """A record that may be told of, and what an alert says of it."""

    hit: Hit
    content: Content


@dataclass(frozen=True, slots=True)
class Disclosed:
    """What may be told, strongest first; how many were cleared before, are more than asked for, or are kept back."""

    told: tuple[Told, ...]
    cleared: int
    withheld: int
    kept_back: int


NOTHING = Disclosed((), 0, 0, 0)


def disclose(office: Office, context: policy.Context, hits: Sequence[Hit], most: int) -> Disclosed:
    """Which of these hits the person of `context` may be told of."""
    if not hits:
        return NOTHING
    return office.read(lambda connection: _disclose(office, context, hits, most, connection))


def cleared_pairs(connection: Connection, hits: Sequence[Hit]) -> set[tuple[bytes, bytes]]:
    """The digests of the pairs among these hits that a person cleared."""
    pairs: set[tuple[bytes, bytes]] = set()
    records = sorted({hit.record_digest for hit in hits})
    for start in range(0, len(records), AT_ONCE):
        rows = connection.execute(BEFORE, {"some": records[start : start + AT_ONCE]})
        pairs |= {(bytes(row.subject), bytes(row.record)) for row in rows}
    return pairs


def _disclose(
    office: Office,
    context: policy.Context,
    hits: Sequence[Hit],
    most: int,
    connection: Connection,
) -> Disclosed:
    before = cleared_pairs(connection, hits)
    open_hits = [hit for hit in hits if (hit.subject_digest, hit.record_digest) not in before]
    terms = terms_of(office, connection, [hit.holding for hit in open_hits])
    told = [one for hit in open_hits if (one := _told(office, context, hit, terms.get(hit.holding)))]
    return Disclosed(
        tuple(told[:most]),
        len(hits) - len(open_hits),
        max(len(told) - most, 0),
        len(open_hits) - len(told),
    )


def _told(office: Office, context: policy.Context, hit: Hit, own: Terms | None) -> Told | None:
    """What an alert says of a hit; None where the law does not let this person read the record for this purpose, and
    where the record was just erased."""
    if own is None:
        return None
    reading = msgspec.structs.replace(context, record=own.facts)
    permit = policy.decide(policy.Action.READ_HOLDING, reading, office.regimes)
    if isinstance(permit, policy.Refuse):
        return None
    due = permit.duty(policy.Duty.REVIEW_RECORD) is not None
    return Told(hit, content_from(hit, own, due))


def content_from(hit: Hit, terms: Terms, review_passed: bool) -> Content:
    """An alert's content as it is sealed."""
    holding, handling = terms.holding, terms.holding.handling
    return Content(
        list=holding.list_name,
        subject=hit.subject,
        record=msgspec.structs.replace(hit.record, id=holding.record, **described(holding.subject)),
        reasons=hit.reasons,
        chance=hit.chance,
        category=holding.category.value if holding.category else "",
        grade=str(holding.graded.grade),
        graded_as=f"{holding.graded.original} ({holding.graded.scale.value})",
        handling=tuple(code.value for code in handling.codes),
        restriction=handling.restriction,
        owner=holding.owner,
        instruction=holding.instruction.value if holding.instruction else "",
        wanted=holding.wanted,
        review_passed=review_passed,
    )
