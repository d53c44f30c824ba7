"""The rules of TAXII 2.1, on a served node: by taxii2-client, and by plain calls where the client shows too little."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from requests.exceptions import HTTPError
from taxii2client.v21 import ApiRoot, Collection, Server, as_pages

from liaison.formats import stix
from liaison.formats.handling_marks import MARKS
from liaison.model.categories import Category
from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful
from liaison.model.handling import HandlingCode
from liaison.supply import contributions, publishing
from liaison.supply.contributions import Onward
from liaison.web.compat.taxii.wire import STIX, TAXII
from tests.web.compat.partners import House, a_house

ROOT = "/taxii2/partners/"
REASON = "The vehicle was found at the port."


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("taxii")) as made:
        yield made


@pytest.fixture
def house(built: House) -> House:
    """The house with new collections, accounts and records."""
    return built.furnished()


def root(house: House, reader: str = "coast") -> ApiRoot:
    return Server(f"{house.address}/taxii2/", user="any", password=house.token(reader)).default


def collection(house: House, name: str = "both", reader: str = "coast") -> Collection:
    wanted = house.collections[name]
    return next(each for each in root(house, reader).collections if each.id == wanted)


def call(house: House, path: str, reader: str = "coast", method: str = "GET", **more: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {house.token(reader)}", "accept": TAXII} | more.pop("headers", {})
    return httpx.request(method, house.address + path, headers=headers, **more)


def objects_at(house: House, name: str = "both") -> str:
    return f"{ROOT}collections/{house.collections[name]}/objects/"


def indicator(**more: Any) -> dict[str, Any]:
    made = {
        "type": "indicator",
        "spec_version": "2.1",
        "id": f"indicator--{uuid.uuid4()}",
        "created": "2026-03-02T09:00:00.000Z",
        "modified": "2026-03-02T09:00:00.000Z",
        "pattern": "[x-liaison-vehicle:plate = 'ZZ1']",
        "pattern_type": "stix",
        "valid_from": "2026-03-02T09:00:00.000Z",
        "object_marking_refs": [MARKS[HandlingCode.H0]],
    }
    return made | more


def kinds(found: dict[str, Any]) -> list[str]:
    return [each["type"] for each in found.get("objects", [])]


def test_the_client_finds_its_collections_and_reads_what_was_published(house: House) -> None:
    done = house.publish(house.records["free"][0], words="Seen at the port.")
    api = root(house)
    assert api.versions == [TAXII]
    assert {each.title for each in api.collections} == {"Wanted things: both", "Wanted things: coast"}
    held = collection(house)
    assert (held.can_read, held.can_write, held.media_types) == (True, True, [STIX])
    found = held.get_objects()
    assert kinds(found)[-2:] == ["indicator", "note"]
    assert found["objects"][-2]["id"] == f"indicator--{done.id}"
    assert found["objects"][-1]["content"] == "Seen at the port."
    manifest = held.get_manifest()
    assert [each["id"] for each in manifest["objects"]] == [each["id"] for each in found["objects"]]
    assert collection(house, "coast").get_objects() == {}


def test_a_mark_says_the_condition_in_words_and_what_may_not_go_this_way_does_not(house: House) -> None:
    house.publish(house.records["court"][0])
    found = collection(house).get_objects()["objects"]
    marks = {
        each["name"]: each["definition"]["statement"]
        for each in found
        if each["type"] == "marking-definition"
    }
    assert set(marks) == {"H0", "H1"}
    assert "judicial" in marks["H1"]
    with pytest.raises(NotLawful, match="binds nobody"):
        house.publish(house.records["kept"][0])
    with pytest.raises(BadInput, match="person"):
        house.publish(house.records["person"][0])
    assert kinds(collection(house).get_objects()).count("indicator") == 1


def test_a_partner_reads_its_own_collections_and_no_others(house: House) -> None:
    house.publish(house.records["free"][0], "court")
    path = f"{ROOT}collections/{house.collections['court']}/"
    for each in (path, path + "objects/", path + "manifest/", path + f"objects/{stix.AUTHOR}/"):
        there, absent = (
            call(house, each),
            call(house, each.replace(house.collections["court"], str(uuid.uuid4()))),
        )
        assert (there.status_code, there.content) == (404, absent.content)
        assert call(house, each, "court").status_code == 200


def test_without_a_token_nobody_reads_and_the_challenge_says_basic(house: House) -> None:
    for auth in (None, ("user", "wrong")):
        answer = httpx.get(house.address + "/taxii2/", auth=auth, headers={"accept": TAXII})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].startswith("Basic")
        assert answer.headers["content-type"] == TAXII
        assert answer.json()["http_status"] == "401"


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (TAXII, 200),
        ("application/taxii+json", 200),
        ("application/taxii+json; version=2.1", 200),
        ("*/*", 200),
        ("application/taxii+json;version=2.0", 406),
        ("application/json", 406),
        ("application/taxii+json;version=2.1;q=0", 406),
        ("text/html, application/taxii+json;version=2.1;q=0.5", 200),
    ],
)
def test_the_media_type_is_negotiated(house: House, accept: str, status: int) -> None:
    for path in ("/taxii2/", ROOT, ROOT + "collections/", objects_at(house)):
        answer = call(house, path, headers={"accept": accept})
        assert (answer.status_code, answer.headers["content-type"]) == (status, TAXII), path


def test_paging_gives_each_object_once_and_ends(house: House) -> None:
    for record in (*house.records["free"], *house.records["court"]):
        house.publish(record, words="Words")
    whole = [each["id"] for each in collection(house).get_objects()["objects"]]
    for size in (1, 2, 3, 100):
        pages = list(as_pages(collection(house).get_objects, per_request=size))
        seen = [each["id"] for page in pages for each in page["objects"]]
        assert seen == whole
        assert all(len(page["objects"]) == size and page["more"] for page in pages[:-1])
        assert "next" not in pages[-1]
        manifest = [
            each["id"] for page in as_pages(collection(house).get_manifest, size) for each in page["objects"]
        ]
        assert manifest == whole


def test_going_on_by_the_time_misses_nothing_and_never_loops(house: House) -> None:
    for record in (*house.records["free"], *house.records["court"]):
        house.publish(record)
    whole = [each["id"] for each in collection(house).get_objects()["objects"]]
    seen: list[str] = []
    after: dict[str, str] = {}
    for _ in range(len(whole) + 1):
        answer = call(house, objects_at(house), params={"limit": "1", **after})
        if not answer.json():
            break
        seen += [each["id"] for each in answer.json()["objects"]]
        after = {"added_after": answer.headers["x-taxii-date-added-last"]}
    assert seen == whole


def test_a_cursor_is_of_its_own_search_alone(house: House) -> None:
    house.publish(house.records["free"][0])
    first = call(house, objects_at(house), params={"limit": "1"}).json()
    assert first["more"]
    for more in ({"match[type]": "indicator"}, {"added_after": "2026-01-01T00:00:00Z"}):
        answer = call(house, objects_at(house), params={"next": first["next"], **more})
        assert (answer.status_code, answer.json()["title"]) == (400, "A value could not be used")
    other = objects_at(house).replace("objects/", "manifest/")
    assert call(house, other, params={"next": first["next"]}).status_code == 400


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=many",
        "limit=1&limit=2",
        "added_after=yesterday",
        "added_after=2026-02-31T00:00:00Z",
        "added_after=2026-01-01T00:00:00%2B01:00",
        "next=abc",
        "next=0-0000000000000000",
        "match[version]=newest",
        "match[spec_version]=3.0",
        "match[type]=",
    ],
)
def test_a_bad_filter_is_told_as_such(house: House, query: str) -> None:
    answer = call(house, f"{objects_at(house)}?{query}")
    assert (answer.status_code, answer.json()["http_status"]) == (400, "400")
    assert answer.headers["content-type"] == TAXII


def test_filters_by_id_type_version_and_time(house: House) -> None:
    done = house.publish(house.records["free"][0], words="First words")
    house.desk.clock.forward(minutes=1)
    assert house.publish(house.records["free"][0], words="Other words").version == 2
    held, key = collection(house), f"indicator--{done.id}"
    assert set(kinds(held.get_objects(type="note"))) == {"note"}
    assert set(kinds(held.get_objects(type=["note", "identity"]))) == {"note", "identity"}
    assert [each["id"] for each in held.get_objects(id=key)["objects"]] == [key]
    every = held.get_objects(id=key, version="all")["objects"]
    assert len(every) == 2
    first, last = (each["modified"] for each in every)
    assert first < last
    for wanted, expected in (
        (None, [last]),
        ("last", [last]),
        ("first", [first]),
        ("first,last", [first, last]),
    ):
        found = held.get_objects(id=key, **({"version": wanted} if wanted else {}))["objects"]
        assert [each["modified"] for each in found] == expected
    assert held.get_objects(id=key, version=first)["objects"][0]["modified"] == first
    assert held.get_objects(id=key, spec_version="2.0") == {}
    assert held.get_object(key)["objects"][0]["modified"] == last
    assert held.object_versions(key)["versions"] == [first, last]
    added = held.get_manifest(id=key)["objects"][0]["date_added"]
    assert held.get_objects(id=key, added_after=added) == {}


def test_an_object_that_is_not_there_is_not_found(house: House) -> None:
    held = collection(house)
    for path in (f"indicator--{uuid.uuid4()}/", f"indicator--{uuid.uuid4()}/versions/"):
        assert call(house, objects_at(house) + path).status_code == 404
    with pytest.raises(HTTPError):
        held.get_object(f"indicator--{uuid.uuid4()}")


def test_what_was_withdrawn_is_revoked_and_says_nothing_more(house: House) -> None:
    done = house.publish(house.records["free"][0], words="Seen at the port.")
    held, key = collection(house), f"indicator--{done.id}"
    before = held.get_manifest()["objects"][-1]["date_added"]
    desk = house.desk
    publishing.withdraw(desk.office, desk.actor(house.clerk), done.id, REASON)
    fresh = held.get_objects(added_after=before)["objects"]
    assert [(each["type"], each["revoked"]) for each in fresh] == [("indicator", True), ("note", True)]
    assert len(held.object_versions(key)["versions"]) == 1
    text = call(house, objects_at(house), params={"match[version]": "all"}).text
    assert "FR123BB" not in text
    assert "port" not in text
    with pytest.raises(Conflict):
        publishing.withdraw(desk.office, desk.actor(house.clerk), done.id, REASON)


def test_a_record_that_changed_is_withdrawn_by_itself(house: House) -> None:
    done = house.publish(house.records["free"][0])
    house.correct(house.records["free"][0])
    found = collection(house).get_object(f"indicator--{done.id}")["objects"]
    assert [each.get("revoked") for each in found] == [True]
    again = house.publish(house.records["free"][0])
    assert again.id != done.id


def test_each_reading_is_on_the_ledger_and_so_is_each_step(house: House) -> None:
    house.publish(house.records["free"][0])
    before = house.verbs().count("published-read")
    collection(house).get_objects()
    collection(house).get_manifest()
    verbs = house.verbs()
    assert verbs.count("published-read") == before + 2
    assert {"collection-opened", "collection-shared", "record-published"} <= set(verbs)


def test_a_closed_link_gives_nothing(tmp_path: Path) -> None:
    """The gateway of the agreement ends in a year; the account's session and token are of another time then."""
    with a_house(tmp_path, gateway_days=1) as house:
        house.publish(house.records["free"][0])
        assert call(house, objects_at(house)).status_code == 200
        token = house.token("coast")
        house.desk.clock.forward(days=2)
        headers = {"authorization": f"Bearer {token}", "accept": TAXII}
        answer = httpx.get(house.address + objects_at(house), headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (403, TAXII)
        assert "gateway" in answer.json()["description"]


def test_what_a_partner_sends_waits_for_the_desk(house: House) -> None:
    held, sent = collection(house), indicator()
    status = held.add_objects({"objects": [sent]}, wait_for_completion=False)
    assert (status.status, status.total_count, status.pending_count) == ("pending", 1, 1)
    assert status.pendings[0]["id"] == sent["id"]
    assert held.get_objects() == {}
    desk = house.desk
    here = house.collections["both"]
    (waits,) = (
        w for w in contributions.waiting(desk.office, desk.actor(house.clerk)) if w.collection == here
    )
    assert (waits.partner, waits.form, waits.count) == ("coast.example", "stix", 1)
    assert contributions.show(desk.office, desk.actor(house.clerk), waits.id)[0] == sent
    readers = contributions.decide(desk.office, desk.actor(house.clerk), waits.id, True)
    assert readers == ("coast.example",)
    status.refresh()
    assert (status.status, status.success_count) == ("complete", 1)
    assert held.get_object(sent["id"])["objects"] == [sent]
    assert collection(house, reader="court").get_objects() == {}
    with pytest.raises(NotFound):
        contributions.waiting(desk.office, desk.actor(house.head))
    with pytest.raises(Conflict):
        contributions.decide(desk.office, desk.actor(house.clerk), waits.id, False)


def test_what_the_desk_refused_is_told_and_gone(house: House) -> None:
    held = collection(house)
    status = held.add_objects({"objects": [indicator()]}, wait_for_completion=False)
    desk = house.desk
    contributions.decide(desk.office, desk.actor(house.clerk), status.id, False)
    status.refresh()
    assert (status.status, status.failure_count, status.success_count) == ("complete", 1, 0)
    assert held.get_objects() == {}


def onward(house: House) -> Onward:
    now = house.desk.clock.time
    return Onward(
        footing=house.footing(),
        category=Category.SUSPECT,
        review_at=now + timedelta(days=10),
        until=now + timedelta(days=20),
        on_case=True,
    )


@pytest.mark.parametrize(
    "marks", [[MARKS[HandlingCode.H2]], [], ["marking-definition--" + str(uuid.uuid4())]]
)
def test_what_may_not_be_passed_on_is_not(house: House, marks: list[str]) -> None:
    """H2, no mark at all, and a mark that nobody can read: none of them reaches the other partner (A19, A34)."""
    status = collection(house).add_objects(
        {"objects": [indicator(object_marking_refs=marks)]}, wait_for_completion=False
    )
    desk = house.desk
    with pytest.raises(NotLawful):
        contributions.decide(desk.office, desk.actor(house.clerk), status.id, True, onward=onward(house))
    assert collection(house, reader="court").get_objects() == {}
    assert contributions.decide(desk.office, desk.actor(house.clerk), status.id, True) == ("coast.example",)


def test_a_partner_of_another_law_gets_nothing_onward_even_under_h0(house: House) -> None:
    status = collection(house).add_objects({"objects": [indicator()]}, wait_for_completion=False)
    desk = house.desk
    with pytest.raises(NotLawful, match="permission"):
        contributions.decide(desk.office, desk.actor(house.clerk), status.id, True, onward=onward(house))


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"objects": [{}]}', "application/json", 415),
        (b'{"objects": [{}]}', "application/taxii+json;version=2.0", 415),
        (b"{", TAXII, 400),
        (b"[]", TAXII, 422),
        (b'{"objects": []}', TAXII, 422),
        (b'{"objects": "many"}', TAXII, 422),
    ],
)
def test_a_body_that_is_no_envelope_is_refused(house: House, content: bytes, kind: str, status: int) -> None:
    answer = call(house, objects_at(house), method="POST", content=content, headers={"content-type": kind})
    assert answer.status_code == status
    assert answer.headers["content-type"] == TAXII


def test_a_body_over_the_length_that_the_root_tells_is_refused(house: House) -> None:
    most = root(house).max_content_length
    content = b'{"objects": [' + b" " * most + b"]}"
    answer = call(house, objects_at(house), method="POST", content=content, headers={"content-type": TAXII})
    assert answer.status_code == 413


def test_objects_that_are_none_fail_by_themselves(house: House) -> None:
    good, bad = indicator(), indicator(id="indicator--1")
    sent = [good, bad, indicator(spec_version="2.0"), indicator(modified="now"), 7]
    status = collection(house).add_objects({"objects": sent}, wait_for_completion=False)
    assert (status.total_count, status.pending_count, status.failure_count) == (5, 1, 4)
    assert status.failures[0]["id"] == "indicator--1"
    only_bad = collection(house).add_objects({"objects": [bad]}, wait_for_completion=False)
    assert (only_bad.status, only_bad.failure_count) == ("complete", 1)


def test_nobody_writes_over_what_another_published(house: House) -> None:
    done = house.publish(house.records["free"][0])
    sent = indicator(id=f"indicator--{done.id}", modified="2030-01-01T00:00:00.000Z")
    status = collection(house).add_objects({"objects": [sent]}, wait_for_completion=False)
    assert status.failure_count == 1
    assert "not yours" in status.failures[0]["message"]


def test_a_collection_that_takes_nothing_says_so(house: House) -> None:
    answer = call(
        house,
        objects_at(house, "coast"),
        method="POST",
        json={"objects": [indicator()]},
        headers={"content-type": TAXII},
    )
    assert (answer.status_code, answer.json()["title"]) == (403, "Nothing is taken in here")


def test_the_status_of_anothers_contribution_is_not_there(house: House) -> None:
    status = collection(house).add_objects({"objects": [indicator()]}, wait_for_completion=False)
    path = f"{ROOT}status/{status.id}/"
    assert call(house, path).status_code == 200
    assert call(house, path, "court").status_code == 404
