"""What a record says of its subject, field by field, as pages show it."""

from __future__ import annotations

from liaison.model.holding import Record
from liaison.model.subjects import AnySubject, Person, Vehicle
from liaison.web.alerts import SIDES_OF_VEHICLE
from liaison.web.asked import person_rows
from liaison.web.compat.entities import properties_of
from liaison.web.context import Visit
from liaison.web.language import later

FIELDS = {
    "name": later("Name"),
    "jurisdiction": later("Country"),
    "country": later("Country"),
    "number": later("Number"),
}


def said_rows(visit: Visit, record: Record) -> list[tuple[str, str]]:
    """What the record says of its subject, and the columns of its list that have no other place."""
    rows = subject_rows(visit, record.holding.subject)
    return rows + [(name, value) for name, value in record.holding.extra.items() if value]


def subject_rows(visit: Visit, subject: AnySubject) -> list[tuple[str, str]]:
    """What is said of a person or thing, field by field."""
    if isinstance(subject, Person):
        return person_rows(visit, subject)
    if isinstance(subject, Vehicle):
        told = ((visit.say(label), str(getattr(subject, name) or "")) for name, label in SIDES_OF_VEHICLE)
        return [(label, text) for label, text in told if text]
    _, properties = properties_of(subject)
    return [(visit.say(FIELDS.get(name, name)), "; ".join(values)) for name, values in properties.items()]
