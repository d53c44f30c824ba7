"""What was asked, field by field, as pages show it."""

from __future__ import annotations

from liaison.model.subjects import AnySubject, Person
from liaison.web.compat.entities import caption_of
from liaison.web.context import Visit


def asked_rows(visit: Visit, subject: AnySubject) -> list[tuple[str, str]]:
    """The question field by field, as it was asked."""
    if not isinstance(subject, Person):
        return [(visit.say("Document"), caption_of(subject))]
    rows = [
        (visit.say("Name"), "; ".join(str(name) for name in subject.names)),
        (visit.say("Born"), visit.say(" or ").join(date.text for date in subject.born)),
        (visit.say("Sex"), subject.sex.value if subject.sex else ""),
        (visit.say("Nationality"), ", ".join(country.text for country in subject.nationalities)),
        (visit.say("Document"), ", ".join(paper.number.text for paper in subject.documents)),
    ]
    return [(label, value) for label, value in rows if value]
