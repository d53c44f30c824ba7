"""FollowTheMoney's words and ours."""

import pytest

from liaison.model.errors import BadInput
from liaison.model.subjects import Document, Name, NameKind, Organisation, Person, Sex, Vehicle
from liaison.web.compat.entities import caption_of, probability, properties_of, subject_of, unused


def test_a_person_with_every_property() -> None:
    person = subject_of(
        "Person",
        {
            "name": ["Ana Gashi"],
            "alias": ["Anita"],
            "firstName": ["Ana"],
            "lastName": ["Gashi"],
            "birthDate": ["1984-02"],
            "gender": ["Female"],
            "nationality": ["al", "Kosovo"],
            "passportNumber": ["B 123 456"],
        },
    )
    assert isinstance(person, Person)
    assert person.names == (
        Name(given="Ana", surname="Gashi"),
        Name(full="Anita", kind=NameKind.ALIAS),
    )
    assert [date.text for date in person.born] == ["1984-02"]
    assert person.sex is Sex.FEMALE
    assert [country.text for country in person.nationalities] == ["ALB", "XKX"]
    assert [paper.number.text for paper in person.documents] == ["B123456"]


def test_a_surname_alone_is_a_whole_name() -> None:
    assert subject_of("Person", {"lastName": ["Gashi"]}).names == (Name(full="Gashi"),)  # type: ignore[union-attr]


def test_other_schemata() -> None:
    vehicle = subject_of("Vehicle", {"registrationNumber": ["AA 123 BB"], "country": ["al"]})
    assert isinstance(vehicle, Vehicle)
    assert vehicle.plate is not None
    assert vehicle.plate.text == "AA123BB"
    paper = subject_of("Passport", {"number": ["X1234567"], "country": ["fr"]})
    assert isinstance(paper, Document)
    assert paper.issuer is not None
    assert paper.issuer.text == "FRA"
    body = subject_of("Company", {"name": ["Drini Shpk"], "jurisdiction": ["al"]})
    assert isinstance(body, Organisation)
    assert body.names == ("Drini Shpk",)


@pytest.mark.parametrize(
    ("schema", "properties", "field"),
    [
        ("Sanction", {"name": ["x"]}, "schema"),
        ("Person", {"name": ["Ana"], "birthDate": ["yesterday"]}, "birthDate"),
        ("Person", {"name": ["Ana"], "nationality": ["Ruritania"]}, "nationality"),
        ("Person", {"name": ["Ana"], "gender": ["?"]}, "gender"),
        ("Person", {"name": ["Ana"] * 101}, "name"),
        ("Person", {"nationality": ["al"]}, "names"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field(
    schema: str, properties: dict[str, list[str]], field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        subject_of(schema, properties)
    assert refused.value.field == field
    assert refused.value.hint


def test_what_took_no_part_is_told() -> None:
    assert unused("Person", {"name": ["x"], "religion": ["x"], "ethnicity": ["x"]}) == [
        "ethnicity",
        "religion",
    ]


def test_a_subject_comes_back_as_it_was_sent() -> None:
    sent = {
        "name": ["Ana Gashi"],
        "alias": ["Anita"],
        "birthDate": ["1984-02-03"],
        "gender": ["female"],
        "nationality": ["al"],
        "passportNumber": ["B123456"],
    }
    assert properties_of(subject_of("Person", sent)) == ("Person", sent)
    for schema, sent in (
        ("Vehicle", {"registrationNumber": ["AA123BB"], "country": ["al"]}),
        ("Passport", {"number": ["X1234567"], "country": ["fr"]}),
        ("Organization", {"name": ["Drini"], "jurisdiction": ["al"], "registrationNumber": ["7"]}),
    ):
        subject = subject_of(schema, sent)
        assert properties_of(subject) == (schema, sent)
        assert caption_of(subject)


def test_twenty_bits_among_a_million_are_even_odds() -> None:
    assert probability(200_000, 2**20) == pytest.approx(0.5)
    assert probability(300_000, 2**20) > 0.999
    assert probability(0, 2**20) < 1e-5
    assert 0 < probability(-(10**9), 0) < probability(10**9, 1) <= 1
