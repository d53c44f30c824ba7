from __future__ import annotations

import datetime as dt

from liaison.formats import papers, pdf
from liaison.formats.papers import Answered, Request, Supplied
from liaison.formats.pdf import Mark
from liaison.model.categories import Category
from liaison.model.dates import PartialDate
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.holding import Assessment, Fact
from liaison.model.identifiers import Plate
from liaison.model.scales import Graded
from liaison.model.subjects import Name, Person, Vehicle

NOW = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)
H3 = Handling(codes=(HandlingCode.H3,), restriction="ask us first")
ARTA = Person(
    names=(Name(given="Arta", surname="Beka"),), born=(PartialDate("1980-02-03"),), birthplace="Fier"
)


def record() -> Supplied:
    day = PartialDate("2026-02-01")
    return Supplied(
        reference="item-1",
        originator="coast.example",
        subject=ARTA,
        category=Category.SUSPECT,
        purpose=Purpose.INVESTIGATION,
        offence="theft",
        graded=Graded(original="B2"),
        handling=H3,
        made=NOW,
        retention_until=dt.date(2027, 3, 2),
        facts=(Fact(text="Seen at the port", graded=Graded(original="A1"), dated=day),),
        assessments=(Assessment(text="Leads them", graded=Graded(), dated=day, assessor="coast.example"),),
    )


def test_a_supplied_record_says_its_origin_grade_and_end_and_keeps_facts_from_assessments() -> None:
    paper = papers.supplied(record())
    told = {section.heading: dict(section.rows) for section in paper.sections}
    assert told["Conditions and origin"]["Kept until"] == "2027-03-02"
    assert told["Conditions and origin"]["Grade"].startswith("B2 (")
    assert told["Subject"]["Name"] == "Arta Beka"
    assert told["Facts"] == {"A1, 2026-02-01": "Seen at the port"}
    assert told["Assessments"] == {"X4, 2026-02-01": "Leads them"}
    assert paper.handling == H3
    assert "Beka" not in paper.title


def test_a_request_has_each_subject_with_its_answer() -> None:
    subjects = [
        Answered(number=1, subject=ARTA, state="answered", answer="Nothing held"),
        Answered(number=2, subject=Vehicle(plate=Plate("AA 1 BB")), state="waiting"),
    ]
    paper = papers.request(
        Request(reference="R-7", handling=H3, fields=[("Urgent", "yes")], subjects=subjects)
    )
    told = {section.heading: dict(section.rows) for section in paper.sections}
    assert told["Request R-7"] == {"Urgent": "yes"}
    assert told["Subject 1"]["Answer"] == "Nothing held"
    assert told["Subject 2"] == {"Plate": "AA1BB", "State": "waiting"}


def test_seventeen_hundred_subjects_are_a_document_in_little_time() -> None:
    subjects = [
        Answered(number=at, subject=ARTA, state="answered", answer="Nothing held") for at in range(1700)
    ]
    held = Request(reference="R-7", handling=H3, fields=[("Urgent", "yes")], subjects=subjects)
    content = pdf.document(papers.request(held), Mark("officer-7", NOW, 41))
    assert content.count(b"/Type /Page\n") > 50
