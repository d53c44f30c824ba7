"""Each rule upon documents finds what it is for, says it in words with a source, and is silent on a sound document."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.formats.mrz import Document, read, states
from liaison.formats.mrz.layouts import LAYOUTS, TD1, TD3
from liaison.formats.mrz.writing import sealed, written
from liaison.model.dates import PartialDate
from liaison.screening.document_rules import RULES, Outcome, Page, Severity, Sighting, examined, outcome
from liaison.screening.document_rules.issuing import forms
from liaison.screening.document_rules.personal import READINGS
from liaison.screening.document_rules.validity import validities
from tests.formats.mrz import specimens

ON = date(2026, 11, 21)
SOUND = {"code": "P", "issuer": "ALB", "nationality": "ALB", "surname": "HOXHA", "given": "ARBEN",
         "number": "BA1234567", "birth": "900315", "sex": "M", "expiry": "310601"}  # fmt: skip
PAGE = Page(
    surname="Hoxha",
    given="Arben",
    number="BA1234567",
    sex="M",
    born=PartialDate("1990-03-15"),
    issued=PartialDate("2021-06-02"),
    expires=PartialDate("2031-06-01"),
    issuer="ALB",
    nationality="ALB",
)


def passport(**changes: str) -> Document:
    return read(written(TD3, **{**SOUND, **changes}))


def card(**changes: str) -> Document:
    fields = {**SOUND, "code": "ID", "number": "031122334", **changes}
    return read(written(TD1, **fields))


def rules(document: Document, seen: Page | None = None) -> list[str]:
    return [finding.rule for finding in examined(document, ON, seen)]


def changed(**changes: object) -> Page:
    return msgspec.structs.replace(PAGE, **changes)


def test_nothing_is_found_against_a_sound_document() -> None:
    assert rules(passport()) == []
    assert rules(passport(), PAGE) == []
    assert rules(card()) == []
    assert outcome(()) is Outcome.NOTHING_FOUND
    assert "genuine" not in Outcome.NOTHING_FOUND.value


PERSONAL = {"nationality": "BGR", "issuer": "BGR", "number": "123456789", "birth": "750316", "sex": "M"}
ALONE = {
    "zone.code": {"code": "I"},
    "date.birth": {"birth": "901315"},
    "date.expiry": {"expiry": "310230"},
    "date.order": {"birth": "250101", "expiry": "240101"},
    "date.expired": {"expiry": "260601"},
    "validity.longest": {"expiry": "380601"},
    "validity.child": {"birth": "200101", "expiry": "330101"},
    "state.unknown": {"issuer": "QQQ", "nationality": "ALB"},
    "state.printed": {"issuer": "SI", "nationality": "SI"},
    "state.retired": {"issuer": "YUG", "nationality": "SRB"},
    "state.specimen": {"issuer": "UTO", "nationality": "UTO"},
    "state.no-issuer": {"issuer": "XXB"},
    "nationality.unknown": {"nationality": "QQQ"},
    "nationality.issuer": {"nationality": "SRB"},
    "number.form": {"number": "B12345678"},
    "personal.digit": {**PERSONAL, "optional": "7523169264"},
    "personal.birth": {**PERSONAL, "birth": "850316", "optional": "7523169263"},
    "personal.birth-unusual": {"birth": "900315", "sex": "M", "optional": "J50315060Y"},
    "personal.sex": {**PERSONAL, "sex": "F", "optional": "7523169263"},
    "validity.state": {"issuer": "BEL", "nationality": "BEL", "number": "EA123456", "expiry": "351001"},
}  # fmt: skip


@pytest.mark.parametrize(("rule", "changes"), ALONE.items())
def test_a_rule_finds_what_it_is_for_in_the_zone_alone(rule: str, changes: dict[str, str]) -> None:
    found = [
        f for f in examined(passport(**changes), ON) if f.rule == rule or f.severity is not Severity.NOTE
    ]
    assert [finding.rule for finding in found] == [rule]
    assert found[0].words
    assert found[0].source
    assert found[0].severity is RULES[rule].severity


WITH_PAGE = {
    "date.future": changed(issued=PartialDate("2026-11-22")),
    "date.order": changed(issued=PartialDate("1989-06-02")),
    "page.number": changed(number="BA1234568"),
    "page.dates": changed(born=PartialDate("1991-03-15")),
    "page.sex": changed(sex="F"),
    "page.state": changed(nationality="SRB"),
    "page.names": changed(surname="Krasniqi"),
    "page.script": changed(surname="هوجا", given="أربن"),
    "validity.longest": changed(issued=PartialDate("2019-06-02")),
    "validity.term": changed(issued=PartialDate("2023-06-02")),
}


@pytest.mark.parametrize(("rule", "page"), WITH_PAGE.items())
def test_a_rule_finds_what_it_is_for_on_the_page(rule: str, page: Page) -> None:
    assert rule in rules(passport(), page)
    assert rules(passport(), PAGE) == []


@pytest.mark.parametrize(
    ("surname", "given", "zone_surname", "zone_given"),
    [
        ("Müller", "Jörg", "MUELLER", "JOERG"),
        ("Müller", "Jörg", "MULLER", "JORG"),
        ("O'Connor", "Anne-Marie", "OCONNOR", "ANNE MARIE"),
        ("Çela", "Gëzim", "CELA", "GEZIM"),
        ("Хаџић", "Ђорђе", "HADZIC", "DJORDJE"),
        ("Παπαδόπουλος", "Γιώργος", "PAPADOPOULOS", "GIORGOS"),
        ("Ødegård", "Åse", "OEDEGAARD", "AASE"),
        ("Weiß", "", "WEISS", ""),
    ],
)
def test_names_of_the_page_in_the_usual_transliterations(
    surname: str, given: str, zone_surname: str, zone_given: str
) -> None:
    document = passport(surname=zone_surname, given=zone_given)
    assert rules(document, Page(surname=surname, given=given)) == []
    assert rules(document, Page(surname=surname[::-1], given=given)) == ["page.names"]


def test_the_beginning_of_a_name_is_not_the_name() -> None:
    assert rules(passport(), Page(surname="Hox", given="Arben")) == ["page.names"]
    assert rules(passport(), Page(surname="Hoxhaj", given="Arben")) == ["page.names"]
    assert rules(passport(), Page(surname="Arben", given="Hoxha")) == ["page.names"]
    assert rules(passport(surname="HOXHA ARBEN", given=""), Page(surname="Hoxha", given="Arben")) == []


def test_a_name_that_was_cut_to_its_field_agrees_with_its_beginning() -> None:
    document = passport(surname="PAPANDROPOULOUS", given="JONATHON ALEXANDER MAXIMILIAN")
    assert document.names.cut
    page = Page(surname="Papandropoulous", given="Jonathon Alexander Maximilian")
    assert rules(document, page) == []
    assert rules(document, Page(given="Jonathon Alexander Maximilian")) == []
    assert rules(document, Page(surname="Papandropoulous", given="Jonathan Alexander")) == ["page.names"]


def test_what_the_zone_does_not_know_of_a_date_fits_the_page() -> None:
    assert rules(passport(birth="90<<<<"), PAGE) == []
    assert rules(passport(birth="9003<<"), PAGE) == []
    assert rules(passport(birth="9004<<"), PAGE) == ["page.dates"]


def test_a_person_of_a_hundred_is_read_by_the_page() -> None:
    document = passport(birth="250315", expiry="350601")
    page = changed(issued=PartialDate("2025-06-02"), expires=PartialDate("2035-06-01"))
    assert "validity.child" in rules(document)
    assert rules(document, msgspec.structs.replace(page, born=PartialDate("1925-03-15"))) == []


def test_what_check_digits_find_stops_and_is_said_for_each() -> None:
    document = read(written(TD3, **SOUND).replace("BA1234567", "BA1234568"))
    found = examined(document, ON)
    assert [(finding.rule, finding.field) for finding in found] == [
        ("zone.check-digit", "number_check"),
        ("zone.check-digit", "composite_check"),
    ]
    assert outcome(found) is Outcome.STOP
    assert found[0].words == (
        "the check digit over the document number is 5 and should be 6; a sign was misread, or the document "
        "was altered: read the zone again"
    )
    assert found[1].words.startswith("the check digit over the zone as a whole: document number, ")
    odd = read(written(TD3, **SOUND).replace("BA1234567", "BA♥234567"))
    assert "zone.sign" in rules(odd)


def test_names_against_the_filler_rules_are_unusual() -> None:
    assert rules(passport(surname="HOXHA", given="ARBEN  X")) == ["zone.names"]


def test_two_unusual_things_stop_and_one_asks_for_a_second_look() -> None:
    one = examined(passport(number="B12345678"), ON)
    two = examined(passport(number="B12345678", nationality="SRB"), ON)
    assert outcome(one) is Outcome.LOOK_AGAIN
    assert outcome(two) is Outcome.STOP
    assert {finding.severity for finding in (*one, *two)} == {Severity.UNUSUAL}
    assert outcome(examined(passport(expiry="260601"), ON)) is Outcome.NOTHING_FOUND


def test_the_gravest_is_said_first() -> None:
    found = examined(passport(number="B12345678", issuer="QQQ", expiry="260601"), ON)
    assert [finding.severity for finding in found] == sorted(
        (finding.severity for finding in found), key=lambda severity: -list(Severity).index(severity)
    )


def test_what_states_lawfully_do_is_not_found() -> None:
    assert rules(passport(issuer="GBR", nationality="GBN", number="123456789", expiry="310601")) == []
    assert rules(passport(issuer="D", nationality="D", number="C01X00T47")) == []
    assert rules(passport(issuer="D", nationality="XXB", number="C01X00T47")) == []
    assert rules(passport(issuer="RKS", nationality="RKS", number="P01234567")) == []
    assert rules(passport(issuer="UNO", nationality="SRB")) == []
    assert rules(passport(code="PD", number="D12345")) == []
    assert rules(card(issuer="ESP", nationality="ESP", birth="450315", expiry="990101")) == []
    assert rules(card(nationality="SRB")) == []
    assert rules(card(expiry="<<<<<<")) == []
    assert rules(passport(birth="90<<<<")) == []
    british = changed(
        issuer="GBR",
        nationality="GBR",
        number="123456789",
        issued=PartialDate("2017-09-05"),
        expires=PartialDate("2028-06-01"),
    )
    assert (
        rules(passport(issuer="GBR", nationality="GBR", number="123456789", expiry="280601"), british) == []
    )


def test_cards_of_older_people_may_be_valid_for_longer() -> None:
    assert rules(card(birth="500101", expiry="450101")) == []
    assert rules(card(birth="900101", expiry="450101")) == ["validity.state"]


NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
TIRANA = {"place": "Rinas", "latitude": 41.41, "longitude": 19.72}
DOVER = {"place": "Dover", "latitude": 51.13, "longitude": 1.31}


def seen(document: Document, hours: float = 0, **place: object) -> Sighting:
    return Sighting(document=document, at=NOW - timedelta(hours=hours), **place)  # type: ignore[arg-type]


def test_one_document_in_two_places_within_an_impossible_time() -> None:
    now = seen(passport(), **TIRANA)
    for hours, expected in ((1, ["seen.elsewhere"]), (-1, ["seen.elsewhere"]), (5, [])):
        found = examined(passport(), ON, now=now, earlier=[seen(passport(), hours, **DOVER)])
        assert [finding.rule for finding in found] == expected
    other = passport(number="BA7654321")
    assert (
        examined(passport(), ON, now=now, earlier=[seen(other, 1, **DOVER), seen(card(), 1, **DOVER)]) == ()
    )
    same_number = card(number="BA1234567", birth="850101")
    assert examined(passport(), ON, now=now, earlier=[seen(same_number, 1, **DOVER)]) == ()
    ship = examined(passport(), ON, now=now, earlier=[seen(passport(), 1, place="a ship")])
    assert [(one.rule, one.severity) for one in ship] == [("seen.another-place", Severity.NOTE)]
    assert examined(passport(), ON, now=now, earlier=[seen(passport(), 1, place="RINAS")]) == ()
    assert examined(passport(), ON, now=now, earlier=[seen(passport(), 1, place="")]) == ()
    assert examined(passport(), ON, now=now, earlier=[seen(passport(), 0, **TIRANA)]) == ()


def test_one_document_with_two_people() -> None:
    now = seen(passport(), **TIRANA)
    for other in ({"birth": "910315"}, {"surname": "KRASNIQI", "given": "VALDRIN"}):
        before = seen(passport(**other), 500, **TIRANA)
        found = examined(passport(), ON, now=now, earlier=[before])
        assert [finding.rule for finding in found] == ["seen.other-person"]
        assert "HOXHA" not in found[0].words
    prolonged = [seen(passport(expiry="290601"), 500, **TIRANA)]
    assert [f.rule for f in examined(passport(), ON, now=now, earlier=prolonged)] == ["seen.other-dates"]
    misread = seen(passport(surname="H0XHA".replace("0", "Q")), 500, **TIRANA)
    assert examined(passport(), ON, now=now, earlier=[misread]) == ()


PUBLISHED = {  # examples that describe the numbers publicly
    "BGR": "7523169263", "POL": "44051401359", "ROU": "1800101221144", "EST": "37605030299", "LTU": "33309240064",
    "SRB": "0101006500006", "CZE": "7103192745", "TUR": "17291716060", "NLD": "111222333", "ESP": "12345678Z",
    "BEL": "85073003328", "SWE": "198112189876", "FIN": "131052<308T",
}  # fmt: skip


@pytest.mark.parametrize(("state", "number"), PUBLISHED.items())
def test_published_personal_numbers_agree_and_with_one_digit_changed_they_do_not(
    state: str, number: str
) -> None:
    said = READINGS[state](number)
    assert said is not None
    assert said.agrees
    places = [at for at in range(len(number)) if number[at].isdecimal()]
    other = [number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :] for at in places]
    readings = [said for text in other if (said := READINGS[state](text))]
    assert sum(not said.agrees for said in readings) >= len(readings) - 2
    assert READINGS[state]("") is None
    assert READINGS[state]("1") is None


@given(st.sampled_from(sorted(READINGS)), st.text(st.sampled_from("0123456789ABCTZ<"), max_size=15))
def test_any_optional_data_are_read_or_left_alone(state: str, text: str) -> None:
    said = READINGS[state](text)
    assert said is None or len(said.born) in (0, 6)


def test_every_row_of_the_tables_has_a_source_and_a_state() -> None:
    for (state, kind), rows in forms().items():
        assert states.meaning(state).kind is states.Kind.STATE
        assert kind in "PI"
        assert all(row.source and row.reading in ("documented", "general") for row in rows)
    for (state, _), row in validities().items():
        assert state == "*" or states.meaning(state).kind is states.Kind.STATE
        assert row.source
        assert row.child_years <= row.years <= 10
    assert all(rule.words and rule.source for rule in RULES.values())


def test_every_rule_is_found_in_some_test() -> None:
    tested = {
        *ALONE,
        *WITH_PAGE,
        "zone.check-digit",
        "zone.sign",
        "zone.names",
        "seen.other-person",
        "seen.elsewhere",
        "seen.other-dates",
        "seen.another-place",
        "date.age",
    }
    assert tested == set(RULES)


def test_a_holder_older_than_anybody() -> None:
    assert "date.age" in rules(passport(birth="00<<<<"), Page(born=PartialDate("1900")))


@given(st.sampled_from(LAYOUTS), st.dates(date(1950, 1, 1), date(2090, 1, 1)), st.data())
def test_whatever_a_zone_holds_the_rules_answer(layout: object, on: date, data: st.DataObject) -> None:
    assert layout in LAYOUTS
    signs = st.text(st.sampled_from("ABPVMF0123456789<"), min_size=layout.size, max_size=layout.size)  # type: ignore[attr-defined]
    text = data.draw(signs)
    document = Document(layout, text, 0)  # type: ignore[arg-type]
    words = st.text(max_size=30)
    page = changed(
        surname=data.draw(words), given=data.draw(words), number=data.draw(words), issued=PartialDate("2021")
    )
    found = examined(document, on, page, now=seen(document, **TIRANA), earlier=[seen(document, 1, **DOVER)])
    assert outcome(found) in Outcome


@pytest.mark.parametrize("text", specimens.ALL.values())
def test_specimens_are_named_as_such(text: str) -> None:
    assert "state.specimen" in rules(read(text))


def test_what_is_computed_anew_is_found_by_other_rules() -> None:
    forged = read(sealed(TD3, written(TD3, **SOUND).replace("310601", "390601")))
    assert forged.verdict == "consistent"
    assert rules(forged) == ["validity.longest"]
