"""A row of a file becomes a record: what it says itself goes before what the order says of the whole list."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeVar

from liaison.holdings import fields
from liaison.holdings.incoming import Incoming
from liaison.holdings.order import ImportOrder
from liaison.holdings.rules import last_day, require_end
from liaison.model.categories import CaseId, Category, Involvement, OfficerId
from liaison.model.errors import BadInput
from liaison.model.handling import Handling
from liaison.model.holding import Holding
from liaison.model.scales import Graded
from liaison.model.subjects import Vehicle
from liaison.model.wanted import ActionCode, Wanted
from liaison.policy import Limits

T = TypeVar("T")
NOT_FOUND = "the law of this node lets no check find an entry of this category; it stays in the records alone"
MOST_EXTRA = 200  # values that have no place in a record


class Shaper:
    """Rows of one list into records, for the person who imports them, on one day, under the law of the node."""

    def __init__(self, order: ImportOrder, reviewer: OfficerId, today: dt.date, limits: Limits) -> None:
        self.order, self.reviewer, self.today, self.limits = order, reviewer, today, limits
        self.shortened = 0  # records whose end of retention or review was brought forward
        self._involvement = lru_cache(4096)(self._involved)
        self._headings: dict[str, str] = {}

    def holding(self, row: Incoming, record: str) -> tuple[Holding, str]:
        """The record of a row, and the dates that the row says itself.

        Raises BadInput with the field; what was set aside is added to `row.doubts`.
        """
        told, extra = self._sorted(row)
        category = fields.category(told["category"]) if "category" in told else self.order.category
        if category is None:
            raise BadInput("no category of person", field="category")
        order = self.order
        wanted = _wanted(told, order.owner)
        if wanted is not None and category not in self.limits.categories:
            row.doubts.append(("category", f"{category.value}: {NOT_FOUND}"))
        if row.ends:
            require_end(wanted, _day(told, "retention"), self.today)
        retention, review = self._dates(told, category, wanted)
        holding = Holding(
            list_name=order.list_name,
            record=record,
            subject=row.subject,
            owner=told.get("owner") or order.owner,
            source=told.get("source") or order.source,
            handling=self._handling(told),
            retention_until=retention,
            review_at=review,
            involvement=self._involvement(
                category, told.get("case") or order.case, told.get("reason") or order.reason
            ),
            graded=self._graded(told, extra, row),
            instruction=fields.instruction(told["instruction"])
            if "instruction" in told
            else order.instruction,
            facts=row.facts,
            assessments=row.assessments,
            wanted=wanted,
            extra=extra,
        )
        return holding, f"{told.get('retention', '')};{told.get('review', '')}"

    def _sorted(self, row: Incoming) -> tuple[dict[str, str], dict[str, str]]:
        """What the row says of fields of a record, and the rest. Raises BadInput where that is out of bounds."""
        told: dict[str, str] = {}
        extra: dict[str, str] = {}
        sought = type(row.subject) is Vehicle and self._says_wanted(row)
        for header, text in row.told.items():
            field = (fields.wanted_field_of(header) if sought else "") or self._field(header)
            if field and field not in told:
                told[field] = text.strip()
            else:
                extra[header] = text
        if len(extra) > MOST_EXTRA:
            raise BadInput(f"{len(extra)} values without a place in a record; at most {MOST_EXTRA} are kept")
        return {field: text for field, text in told.items() if text}, extra

    def _says_wanted(self, row: Incoming) -> bool:
        return any(
            text.strip() and fields.wanted_field_of(name) == "wanted" for name, text in row.told.items()
        )

    def _field(self, header: str) -> str:
        known = self._headings.get(header)
        if known is None:
            known = self._headings[header] = fields.field_of(header)
        return known

    def _involved(self, category: Category, case: str, reason: str) -> Involvement:
        return Involvement(category=category, case=CaseId(case), reason=reason, reviewer=self.reviewer)

    def _handling(self, told: Mapping[str, str]) -> Handling:
        if "handling" not in told:
            return self.order.handling
        return fields.handling(told["handling"], told.get("restriction", ""))

    def _graded(self, told: Mapping[str, str], extra: dict[str, str], row: Incoming) -> Graded:
        """The row's grade; one that cannot be read counts as none, X4, and is kept as it is written."""
        if "grade" not in told:
            return self.order.graded
        return _or(lambda: fields.graded(told["grade"]), Graded(), "grade", told["grade"], extra, row)

    def _dates(
        self, told: Mapping[str, str], category: Category, wanted: Wanted | None
    ) -> tuple[dt.date, dt.date]:
        """End of retention and review, no later than the law allows for the category, and a wanted vehicle's entry."""
        retention = _day(told, "retention") or self.order.retention_until
        if retention is None:
            hint = "write its end in the row, or give the import a day for rows that say none"
            raise BadInput("the row does not say until when it is kept", field="retention", hint=hint)
        by_law = self.today + dt.timedelta(days=self.limits.retention_days[category])
        last = min(by_law, last_day(wanted, self.today) or by_law)
        looked_at = self.today + dt.timedelta(days=self.limits.review_days[category])
        review = _day(told, "review") or self.order.review_at or min(retention, last, looked_at)
        allowed = min(retention, last)
        kept = allowed, min(review, looked_at, allowed)
        self.shortened += kept != (retention, review)
        return kept


def _day(told: Mapping[str, str], field: str) -> dt.date | None:
    """The day that a row says; None where it says none. Raises BadInput with the field."""
    try:
        return fields.day(told[field]) if field in told else None
    except BadInput as error:
        raise BadInput(str(error), field=field, hint=error.hint) from error


def _wanted(told: Mapping[str, str], owner: str) -> Wanted | None:
    """What a row asks for of a vehicle that is stolen or wanted; None where it is neither. Raises BadInput."""
    if "wanted" not in told:
        return None
    if "action" not in told:
        hint = f"write one of {', '.join(one.value for one in ActionCode)}"
        raise BadInput("the entry does not say what to do", field="action", hint=hint)
    return Wanted(
        sought=fields.sought(told["wanted"]),
        action=fields.action(told["action"]),
        basis=told.get("basis", ""),
        office=told.get("office") or told.get("owner") or owner,
        contact=told.get("contact", ""),
        risk=told.get("risk", ""),
    )


def _or(
    read: Callable[[], T], otherwise: T, field: str, text: str, extra: dict[str, str], row: Incoming
) -> T:
    try:
        return read()
    except BadInput as error:
        extra[field] = text
        row.doubts.append((field, f"{error}; kept as it is written, and counted as not given"))
        return otherwise
