"""Private cross-checks over HTTP between two agencies: prepared, asked over the wire, read, receipted, opened again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete

from liaison.crosscheck.asker import keeping, opening, standing
from liaison.crosscheck.holder import canaries
from liaison.ledger.keys import Kind, Signer
from liaison.policy import limits
from liaison.storage.tables.crosscheck import ASKED
from liaison.web.words import NOTICES
from tests.screening.node import WHY
from tests.web.crosschecks import (
    APPROVER,
    AUDITOR,
    DESK,
    INVESTIGATOR,
    LIST,
    STRANGER,
    SUPERVISOR,
    Crossing,
    agreed,
    browsers,
    crossing,
    done,
    drafted,
    form,
    posted,
    terms,
)
from tests.web.payloads import REASON

BULK = "\n".join(
    f"Person Nomer{number};19{60 + number % 39}-03-{1 + number % 27:02d};;" for number in range(120)
)
COURT = Signer("court.example", Kind.ED25519, bytes(range(32)))


@pytest.fixture(scope="module")
def crossed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crossing]:
    with crossing(tmp_path_factory.mktemp("crossing")) as made:
        yield made


def text_of(page: str) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_an_empty_page_says_what_it_is_for_and_what_may_be_asked(tmp_path: Path) -> None:
    with crossing(tmp_path) as fresh, browsers(fresh.asking, INVESTIGATOR) as (ours,):
        page = ours.get("/crosschecks").text
    assert "See who is on both lists, and show nobody else" in page
    assert "They show you nothing, and you show them nothing" in page
    assert '<svg class="l-overlap__picture"' in page
    assert "0 of 100,000" in page


def test_the_form_says_from_how_many_people_on_a_second_person_is_needed(crossed: Crossing) -> None:
    law = limits(crossed.asking.desk.office.regimes)
    with browsers(crossed.asking, INVESTIGATOR) as (ours,):
        said = text_of(ours.get("/crosschecks/new").text)
    assert f"Beyond {law.bulk_persons} people in a case within" in said


def test_what_partners_would_learn_is_said_before_anything_is_made(crossed: Crossing) -> None:
    with browsers(crossed.asking, INVESTIGATOR) as (ours,):
        before = ours.get("/crosschecks").text.count("/crosschecks/crosscheck-")
        page = ours.post("/crosschecks/new", data=form(crossed, act="look", title="Ferries")).text
        said = text_of(page)
        assert "2 subjects: what each partner would learn" in said
        assert "the case’s reference (2026/1), its purpose, offence and legal basis" in said
        assert "how many you ask about, and 256 points" in said
        assert "They do not learn: whom you ask about, and what you find." in said
        assert 'value="Ferries"' in page
        assert "Gëzim Vokshi;1984-02-03" in page
        assert ours.get("/crosschecks").text.count("/crosschecks/crosscheck-") == before


@pytest.mark.parametrize(
    ("said", "field", "told"),
    [
        ({"partners": []}, "partners", "no partner is chosen"),
        ({"kind": "standing"}, "until", "say until when it stands"),
        (
            {"until-day": "1", "until-month": "3", "until-year": "2031"},
            "until",
            "only what stands has an end",
        ),
        ({"list": ""}, "list", "nobody is asked about"),
        ({"list": "name;born\nNobody;\n"}, "list", "nobody in the list can be cross-checked"),
        ({"grounds": "grounds-none"}, "grounds", "these grounds or partners are not yours"),
        ({"kind": "always"}, "kind", "this is not one of the choices"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    crossed: Crossing, said: dict[str, object], field: str, told: str
) -> None:
    with browsers(crossed.asking, INVESTIGATOR) as (ours,):
        refused = ours.post("/crosschecks/new", data=form(crossed, title="Kept title") | said)
    assert refused.status_code == 400
    assert told in refused.text
    assert f'id="{field}-error"' in refused.text
    assert 'value="Kept title"' in refused.text


def test_an_overlap_is_found_read_and_its_records_are_asked_for(crossed: Crossing) -> None:
    with browsers(crossed.asking, INVESTIGATOR) as (ours,):
        place = drafted(crossed, ours, list=f"{LIST}\nAna Gashi;1991-02-30;;")
        before = text_of(ours.get(place).text)
        assert "Prepared, not asked yet" in before
        assert "Rows that could not be used" in before
        assert "no such day in that month" in before
        assert posted(ours, f"{place}/start") == f"{place}?done=crosscheck-started"
        running = ours.get(place).text
        assert f'hx-get="{place}/progress"' in running
        assert "Vokshi" not in ours.get(f"{place}/progress").text
        assert "HX-Refresh" not in ours.get(f"{place}/progress").headers
        crossed.ask()
        over = ours.get(f"{place}/progress")
        assert over.headers["HX-Refresh"] == "true"
        assert "hx-get" not in over.text.partition('id="state"')[2].partition("</div>")[0]
        page = ours.get(place).text
        said = text_of(page)
        assert "A hit is a lead for a person to verify." in said
        assert "Strong" in said
        assert "document number; name and date of birth" in said
        assert "such overlaps would come by chance" in said
        assert "Obermüller" not in said
        assert "What each side knows" in said
        numbers = {"partner": crossed.asked.origin, "numbers": "1"}
        asked = ours.post(f"{place}/request", data=numbers)
        assert asked.status_code == 200
        assert "Gëzim Vokshi" in asked.text
        assert 'value="2026/1"' in asked.text
        wanting = ours.post(
            f"{place}/request", data=numbers | {"act": "draft"} | request_of(crossed, contact="")
        )
        assert wanting.status_code == 400
        assert 'id="contact-error"' in wanting.text
        request = posted(ours, f"{place}/request", numbers | {"act": "draft"} | request_of(crossed))
        assert request.startswith("/requests/request-")
        assert "Gëzim Vokshi" in ours.get(request).text
        after = ours.get(place).text
        assert f'href="{request.partition("?")[0]}"' in after
        assert 'name="numbers"' not in after
        again = ours.post(f"{place}/request", data=numbers | {"act": "draft"} | request_of(crossed))
        assert again.status_code == 409


def request_of(crossed: Crossing, **said: str) -> dict[str, object]:
    """What an officer adds to a request for the records."""
    given = {"grounds": crossed.asking.agency.grounds, "instrument": "eu-2023-977", "exchange": "records"}
    given |= {"reference": "2026/1-1", "contact": "duty desk", "copied": "none-named"}
    words = dict.fromkeys(("description", "link", "belief"), "Named by a witness as the driver")
    return {**given, **words, **said}


def test_a_subject_who_is_no_overlap_is_not_asked_for(crossed: Crossing) -> None:
    with browsers(crossed.asking, INVESTIGATOR) as (ours,):
        place = done(crossed, ours)
        assert (
            ours.post(f"{place}/request", data={"partner": crossed.asked.origin, "numbers": "2"}).status_code
            == 404
        )
        assert (
            ours.post(f"{place}/request", data={"partner": "other.example", "numbers": "1"}).status_code
            == 404
        )
        none = ours.post(f"{place}/request", data={"partner": crossed.asked.origin})
        assert none.status_code == 400
        assert 'id="numbers-error"' in none.text


def test_nothing_found_is_said_exactly(crossed: Crossing) -> None:
    with browsers(crossed.asking, INVESTIGATOR) as (ours,):
        said = text_of(ours.get(done(crossed, ours, list=STRANGER)).text)
    assert "Nothing that Agency of prosecutor.example hold overlaps" in said
    assert "That does not show that they hold nothing" in said
    assert "What overlaps" not in said


def test_the_receipt_is_in_words_and_a_file_of_both_signatures(crossed: Crossing) -> None:
    with browsers(crossed.asking, INVESTIGATOR) as (ours,), browsers(crossed.asked, DESK) as (theirs,):
        place = done(crossed, ours, title="Receipted")
        page = ours.get(f"{place}/receipt").text
        said = text_of(page)
        assert "Signed by this node" in said
        assert "Signed by the partner" in said
        assert "to evaluate 256 points about 2 subjects, for the case 2026/1" in said
        assert "Vokshi" not in said
        file = ours.get(f"{place}/receipt/file", params={"partner": crossed.asked.origin})
        ours_signed, theirs_signed = file.text.split()
        links = re.findall(r"/crosschecks/served/[^\"]+", theirs.get("/crosschecks/served").text)
        kept = [set(theirs.get(f"{link}/receipt").text.split()) for link in links]
        assert {ours_signed, theirs_signed} in kept
        assert ours.get(f"{place}/receipt/file", params={"partner": "other.example"}).status_code == 404


def test_the_holder_sees_who_asked_and_not_about_whom(crossed: Crossing) -> None:
    with (
        browsers(crossed.asking, INVESTIGATOR) as (ours,),
        browsers(crossed.asked, DESK, SUPERVISOR, INVESTIGATOR) as (theirs, head, other),
    ):
        done(crossed, ours)
        listed = theirs.get("/crosschecks/served").text
        assert "Agency of police.example" in listed
        assert "2026/1" in listed
        officer = crossed.asking.officers[INVESTIGATOR].person
        assert officer in listed
        link = re.findall(r"/crosschecks/served/[^\"]+", listed)[0]
        one = text_of(head.get(link).text)
        for words in ("256 / 256", "Trafficking in drugs", "Investigation", "Every part that was answered"):
            assert words in one, words
        for secret in ("Vokshi", "Obermüller", "BA1234567"):
            assert secret not in listed + one
        sets = text_of(theirs.get("/crosschecks/sets").text)
        assert "Records, key 1" in sets
        assert "Agency of police.example" in sets
        assert "241" in sets
        for path in ("/crosschecks/served", link, f"{link}/receipt", "/crosschecks/sets"):
            assert other.get(path).status_code == 404, path
        kept = text_of(ours.get("/crosschecks").text)
        assert "99," in kept or "98," in kept


def test_many_subjects_wait_for_a_second_person(tmp_path: Path) -> None:
    with crossing(tmp_path) as crossed, browsers(crossed.asking, INVESTIGATOR, APPROVER) as (ours, second):
        place = drafted(crossed, ours, list=BULK, title="Many")
        assert posted(ours, f"{place}/start") == f"{place}?done=crosscheck-submitted"
        page = ours.get(place).text
        assert "Waits for a second person" in page
        assert f'action="{place}/start"' not in page
        early = ours.post(f"{place}/start")
        assert early.status_code in (403, 409)
        (approval,) = {*re.findall(r"/approvals/(approval-[a-z0-9]+)", page)}
        seen = text_of(second.get(f"/approvals/{approval}").text)
        assert "A private cross-check with partners" in seen
        assert "Subjects 120" in seen
        assert f"Justification {WHY}" in seen
        assert "Person Nomer" not in text_of(second.get(place).text)
        posted(second, f"/approvals/{approval}", {"answer": "approve", "reason": REASON})
        assert f'href="{place}"' in ours.get(f"/approvals/{approval}").text
        assert posted(ours, f"{place}/start") == f"{place}?done=crosscheck-started"
        crossed.ask()
        assert "Nothing that" in ours.get(place).text


def test_an_authority_countersigns_before_anything_leaves(tmp_path: Path) -> None:
    signed = terms(countersigned_above=1, authorities=(COURT.verifier.vkey,))
    with crossing(tmp_path, signed) as crossed, browsers(crossed.asking, INVESTIGATOR) as (ours,):
        place = drafted(crossed, ours)
        page = ours.get(place).text
        assert "wants an authority’s signature first" in page
        assert f'action="{place}/start"' not in page
        assert ours.get(f"{place}/permit", params={"partner": crossed.asked.origin}).status_code == 404
        posted(ours, f"{place}/prepare")
        text = ours.get(f"{place}/permit", params={"partner": crossed.asked.origin}).text
        assert text in ours.get(place).text
        assert text.startswith("liaison crosscheck authority v1\nprosecutor.example\n")
        given = {"partner": crossed.asked.origin, "vkey": COURT.verifier.vkey, "signature": "00" * 64}
        wrong = ours.post(f"{place}/countersign", data=given)
        assert wrong.status_code == 400
        assert 'id="signature-error"' in wrong.text
        stranger = Signer("other.example", Kind.ED25519, bytes(32)).verifier.vkey
        unnamed = ours.post(f"{place}/countersign", data=given | {"vkey": stranger})
        assert unnamed.status_code == 400
        assert 'id="vkey-error"' in unnamed.text
        first, _, rest = text.partition("\n")
        signature = COURT.sign_apart(f"{first}\n".encode(), rest.encode()).hex()
        posted(ours, f"{place}/countersign", given | {"signature": signature})
        assert "Countersigned by court.example" in ours.get(place).text
        posted(ours, f"{place}/start")
        crossed.ask()
        assert "Strong" in ours.get(place).text
        with browsers(crossed.asked, DESK) as (theirs,):
            link = re.findall(r"/crosschecks/served/[^\"]+", theirs.get("/crosschecks/served").text)[0]
            assert COURT.verifier.vkey in theirs.get(link).text.replace("&#43;", "+")


def test_a_standing_one_is_ended_and_a_draft_is_forgotten(crossed: Crossing) -> None:
    until = crossed.asking.desk.clock.time.date().replace(day=1)
    with browsers(crossed.asking, INVESTIGATOR) as (ours,):
        far = {"until-day": str(until.day), "until-month": "1", "until-year": str(until.year + 5)}
        refused = ours.post("/crosschecks/new", data=form(crossed, kind="standing") | far)
        assert refused.status_code == 400
        assert "it cannot stand until then" in refused.text
        place = drafted(crossed, ours)
        assert posted(ours, f"{place}/cancel") == "/crosschecks?done=crosscheck-discarded"
        assert ours.get(place).status_code == 404


def test_an_auditor_opens_it_again_and_an_authority_can(crossed: Crossing) -> None:
    with browsers(crossed.asking, INVESTIGATOR, AUDITOR, SUPERVISOR) as (ours, auditor, of_another_unit):
        place = done(crossed, ours, title="Opened again")
        for who in (ours, of_another_unit):
            assert who.get(f"{place}/reopen").status_code == 404
            assert who.post(f"{place}/reopen").status_code == 404
            assert who.post(f"{place}/opening", data={"sure": "yes"}).status_code == 404
        opened = auditor.post(f"{place}/reopen")
        assert opened.status_code == 200, opened.text
        said = text_of(opened.text)
        assert "Agrees" in said
        assert "Every one of the 256 points" in said
        assert "Vokshi" not in said
        assert "Opened before" in text_of(auditor.get(f"{place}/reopen").text)
        unsure = auditor.post(f"{place}/opening")
        assert unsure.status_code == 400
        assert 'id="sure-error"' in unsure.text
        file = auditor.post(f"{place}/opening", data={"sure": "yes"})
        assert "attachment" in file.headers["content-disposition"]
        assert opening.verify_opening(file.content).agrees


def test_points_that_nobody_on_the_list_explains_are_told(crossed: Crossing) -> None:
    with browsers(crossed.asking, INVESTIGATOR, AUDITOR) as (ours, auditor):
        place = done(crossed, ours, title="Another list")
        session = place.rpartition("/")[2]

        def swap(connection: Connection) -> None:
            here = (ASKED.c.session == session) & (ASKED.c.number == 2)
            connection.execute(delete(ASKED).where(here))

        crossed.asking.desk.office.write(swap)
        said = text_of(auditor.post(f"{place}/reopen").text)
    assert "Differs" in said
    assert "come of nobody on the list" in said
    assert "its points do not come of the subjects" in said


def test_the_same_over_the_api(crossed: Crossing) -> None:
    asking, asked = crossed.asking, crossed.asked
    with (
        asking.desk.program(asking.officers[INVESTIGATOR]) as ours,
        asked.desk.program(asked.officers[DESK]) as theirs,
    ):
        person = {"kind": "person", "names": [{"full": "Gëzim Vokshi"}], "born": ["1984-02-03"]}
        sent = {"grounds": asking.agency.grounds, "partners": [asked.origin], "subjects": [person]}
        made = ours.post("/api/v1/crosschecks", json=sent | {"text": STRANGER})
        assert made.status_code == 201, made.text
        place = f"/api/v1/crosschecks/{made.json()['id']}"
        assert made.json()["state"] == "draft"
        assert made.json()["subjects"] == 2
        started = ours.post(f"{place}/start").json()
        if started["state"] == "waiting":
            agreed(crossed, started["approval"])
            started = ours.post(f"{place}/start").json()
        assert started["state"] == "running", started
        crossed.ask()
        assert ours.get(place).json()["state"] == "done"
        result = ours.get(f"{place}/result").json()
        assert [(each["name"], each["strength"]) for each in result["overlaps"]] == [
            ("Gëzim Vokshi", "strong")
        ]
        assert result["without"] == 1
        (receipt,) = ours.get(f"{place}/receipts").json()["items"]
        listed = theirs.get("/api/v1/crosschecks/served").json()["items"]
        legs = [
            theirs.get(f"/api/v1/crosschecks/served/{asking.origin}/{each['session']}") for each in listed
        ]
        signed = [{leg.json()["ours"], leg.json()["theirs"]} for leg in legs]
        assert signed.count({receipt["ours"], receipt["theirs"]}) == 1
        (meter,) = theirs.get("/api/v1/crosschecks/meters").json()["items"]
        assert meter["used"] + meter["left"] == meter["points"] == 100_000
        (held,) = theirs.get("/api/v1/crosschecks/sets").json()["items"]
        assert held["records"] == 241
        assert "Vokshi" not in theirs.get("/api/v1/crosschecks/served").text
        assert ours.post(f"{place}/cancel").status_code == 409
        wrong = ours.post("/api/v1/crosschecks", json=sent | {"until": "2031-01-01T00:00:00"})
        assert wrong.status_code == 400


def test_every_notice_of_cross_checks_has_words_and_leads_somewhere() -> None:
    told = {keeping.DONE, keeping.STOPPED, standing.HIT, standing.ENDED, canaries.WHAT}
    assert told <= {*NOTICES}
    assert {NOTICES[each][1] for each in told} == {"/crosschecks/{id}", "/crosschecks/served"}


def test_what_agreed_is_said_in_words_and_once(crossed: Crossing) -> None:
    with browsers(crossed.asking, INVESTIGATOR) as (ours,):
        near = "name;born\nGëzim Vokshi;1985-02-03"
        said = text_of(ours.get(done(crossed, ours, list=near, title="Near")).text)
    assert "name; year off by 1" in said
    assert "document number" not in said


def test_a_case_says_what_was_done_when_it_was_answered(crossed: Crossing) -> None:
    with browsers(crossed.asking, INVESTIGATOR) as (ours,):
        place = done(crossed, ours, title="Told of")
        today = ours.get("/").text
    assert "A partner answered your cross-check" in today
    assert f'href="{place}"' in today
