"""Whom or what a question or a record is about, field by field, as pages show it."""

from __future__ import annotations

from liaison.model.subjects import AnySubject, Person, Sex
from liaison.web.compat.entities import caption_of
from liaison.web.context import Visit
from liaison.web.language import later

SEXES = {Sex.FEMALE: later("Female"), Sex.MALE: later("Male"), Sex.OTHER: later("Other")}
SUBJECTS = {
    "person": later("Person"),
    "document": later("Document"),
    "vehicle": later("Vehicle"),
    "phone": later("Telephone"),
    "account": later("Account"),
    "organisation": later("Organisation"),
}
"""Kind of a subject on the wire -> what it is called."""


def asked_rows(visit: Visit, subject: AnySubject) -> list[tuple[str, str]]:
    """The question field by field, as it was asked."""
    if not isinstance(subject, Person):
        return [(visit.say(SUBJECTS[str(subject.__struct_config__.tag)]), caption_of(subject))]
    return person_rows(visit, subject)


def person_rows(visit: Visit, person: Person) -> list[tuple[str, str]]:
    """A person field by field; what nobody knows is left out."""
    rows = [
        (visit.say("Name"), "; ".join(str(name) for name in person.names)),
        (visit.say("Born"), visit.say(" or ").join(date.text for date in person.born)),
        (visit.say("Born in"), str(person.birthplace or "")),
        (visit.say("Sex"), visit.say(SEXES[person.sex]) if person.sex else ""),
        (visit.say("Nationality"), ", ".join(country.text for country in person.nationalities)),
        (visit.say("Document"), ", ".join(paper.number.text for paper in person.documents)),
    ]
    return [(label, value) for label, value in rows if value]
