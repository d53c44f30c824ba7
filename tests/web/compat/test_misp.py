"""The core calls of MISP on a served node, made by PyMISP."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from pymisp import MISPEvent, PyMISP
from pymisp.exceptions import PyMISPError

from liaison.formats import misp as form
from liaison.model.errors import NotLawful
from liaison.supply import contributions, publishing
from tests.web.compat.partners import House, a_house

H0, H2 = 'liaison:handling="H0"', 'liaison:handling="H2"'


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with a_house(tmp_path_factory.mktemp("misp")) as made:
        yield made


@pytest.fixture
def house(built: House) -> House:
    """The house with new collections, accounts and records."""
    return built.furnished()


def client(house: House, reader: str = "coast") -> PyMISP:
    return PyMISP(f"{house.address}/misp/", house.token(reader))


def boat(*tags: str) -> MISPEvent:
    event = MISPEvent()
    event.info = "A boat that was seen"
    event.add_attribute("text", "XY 1234")
    for name in tags:
        event.add_tag(name)
    return event


def waiting(house: House) -> list[contributions.Waiting]:
    desk, here = house.desk, set(house.collections.values())
    return [w for w in contributions.waiting(desk.office, desk.actor(house.clerk)) if w.collection in here]


def status_of(answer: Any) -> int:
    return int(answer["errors"][0])


def test_an_event_of_what_was_published_is_viewed_by_number_and_by_uuid(house: House) -> None:
    done = house.publish(house.records["free"][0], words="Seen at the port.")
    tool = client(house)
    event = tool.get_event(done.id, pythonify=True)
    assert event.uuid == done.id
    assert tool.get_event(event.id, pythonify=True).uuid == done.id
    assert tool.event_exists(done.id)
    assert not tool.event_exists(str(uuid.uuid4()))
    (vehicle,) = event.objects
    assert vehicle.name == "vehicle"
    assert vehicle.get_attributes_by_relation("license-plate-number")[0].value == "FR123BB"
    assert {tag.name for tag in event.tags} >= {H0, "PAP:AMBER", 'admiralty-scale:source-reliability="b"'}
    assert event.distribution == 4
    assert not any(row.to_ids for row in vehicle.attributes), "a lead acts by a person alone"


def test_a_person_goes_as_an_event_without_a_birthplace(house: House) -> None:
    house.publish(house.records["person"][0], forms=("misp",))
    (event,) = client(house).search(value="Beka", pythonify=True)
    assert event.objects[0].name == "person"
    assert "Fier" not in event.to_json()


def test_search_by_value_type_tag_and_time(house: House) -> None:
    first = house.publish(house.records["free"][0])
    house.desk.clock.forward(minutes=1)
    second = house.publish(house.records["court"][1])
    tool = client(house)

    def found(**wanted: Any) -> set[str]:
        return {event.uuid for event in tool.search(pythonify=True, **wanted)}

    assert found() == {first.id, second.id}
    assert found(value="FR123BB") == {first.id}
    assert found(value="%123%") == {first.id}
    assert found(type_attribute="passport-number") == {second.id}
    assert found(tags=['liaison:handling="H1"']) == {second.id}
    assert found(tags=['!liaison:handling="H1"']) == {first.id}
    assert found(uuid=first.id) == {first.id}
    assert found(timestamp=int(house.desk.clock.time.timestamp())) == {second.id}
    assert found(limit=1, page=2) == {second.id}
    assert found(value="nothing of the kind") == set()
    rows = tool.search(controller="attributes", value="FR123BB", pythonify=True)
    assert [(row.value, row.Event.uuid) for row in rows] == [("FR123BB", first.id)]
    index = tool.search_index(pythonify=True)
    assert {event.uuid for event in index} == {first.id, second.id}
    assert not any(event.objects or event.attributes for event in index)


def test_sharing_groups_are_the_collections_with_their_partners(house: House) -> None:
    groups = client(house).sharing_groups(pythonify=True)
    assert {group.name for group in groups} == {"Wanted things: both", "Wanted things: coast"}
    both = next(group for group in groups if group.name.endswith("both"))
    assert both.uuid == house.collections["both"]
    assert {org["Organisation"]["name"] for org in both.SharingGroupOrg} == {
        "Agency of coast.example",
        "Agency of court.example",
    }


def test_an_event_that_a_partner_adds_waits_and_is_no_record(house: House) -> None:
    tool = client(house)
    made = tool.add_event(boat(H0), pythonify=True)
    assert not made.published
    assert tool.get_event(made.uuid, pythonify=True).attributes[0].value == "XY 1234"
    assert status_of(client(house, "court").get_event(made.uuid)) == 404
    (waits,) = waiting(house)
    assert (waits.form, waits.partner) == ("misp", "coast.example")
    desk = house.desk
    assert len(contributions.show(desk.office, desk.actor(house.clerk), waits.id)) == 1
    assert contributions.decide(desk.office, desk.actor(house.clerk), waits.id, True) == ("coast.example",)
    assert tool.get_event(made.uuid, pythonify=True).info == "A boat that was seen"
    assert status_of(client(house, "court").get_event(made.uuid)) == 404
    assert status_of(tool.update_event(made)) == 409
    assert {"intake-received", "intake-read", "intake-decided"} <= set(house.verbs())


def test_an_event_of_ones_own_is_changed_tagged_and_taken_back(house: House) -> None:
    tool = client(house)
    made = tool.add_event(boat(), pythonify=True)
    made.info = "Another boat"
    assert tool.update_event(made, pythonify=True).info == "Another boat"
    assert tool.add_attribute(made.uuid, {"type": "text", "value": "more"}, pythonify=True).value == "more"
    assert tool.tag(made.uuid, H2)["saved"]
    assert tool.publish(made)["message"] == "Waits for the desk"
    shown = tool.get_event(made.uuid, pythonify=True)
    assert {row.value for row in shown.attributes} == {"XY 1234", "more"}
    assert [tag.name for tag in shown.tags] == [H2]
    assert not shown.published
    other = client(house, "court")
    for answer in (
        other.update_event(made),
        other.delete_event(made),
        other.publish(made),
        other.tag(made.uuid, H0),
    ):
        assert status_of(answer) == 404
    assert tool.delete_event(made)["saved"]
    assert status_of(tool.get_event(made.uuid)) == 404
    assert waiting(house) == []


def test_an_event_without_a_mark_is_held_under_every_code(house: House) -> None:
    made = client(house).add_event(boat(), pythonify=True)
    (waits,) = waiting(house)
    desk = house.desk
    (held,) = contributions.show(desk.office, desk.actor(house.clerk), waits.id)
    assert {code.value for code in form.handling_of(held).codes} == {"H0", "H1", "H2", "H3"}
    assert held["uuid"] == made.uuid


def test_what_may_not_go_this_way_does_not(house: House) -> None:
    with pytest.raises(NotLawful, match="binds nobody"):
        house.publish(house.records["kept"][0], forms=("misp",))
    assert client(house).search(pythonify=True) == []


def test_a_sighting_is_for_the_desk(house: House) -> None:
    done = house.publish(house.records["free"][0])
    tool = client(house)
    attribute = tool.get_event(done.id, pythonify=True).objects[0].attributes[0]
    assert "id" in tool.add_sighting({"values": ["FR123BB"]})["Sighting"]
    assert "id" in tool.add_sighting({"type": "0"}, attribute)["Sighting"]
    assert status_of(tool.add_sighting({"values": ["nothing of the kind"]})) == 404
    assert [each.form for each in waiting(house)] == ["sighting", "sighting"]
    desk = house.desk
    for each in waiting(house):
        contributions.decide(desk.office, desk.actor(house.clerk), each.id, True)
    assert {event.uuid for event in tool.search(pythonify=True)} == {done.id}


def test_a_withdrawn_event_is_not_there(house: House) -> None:
    done = house.publish(house.records["free"][0])
    desk = house.desk
    publishing.withdraw(desk.office, desk.actor(house.clerk), done.id, "The vehicle was found.")
    tool = client(house)
    assert status_of(tool.get_event(done.id)) == 404
    assert tool.search(pythonify=True) == []


def test_each_event_that_is_told_is_on_the_ledger(house: House) -> None:
    done = house.publish(house.records["free"][0])
    tool = client(house)
    before = house.verbs().count("published-read")
    tool.get_event(done.id)
    tool.search(value="FR123BB")
    tool.search(value="nothing of the kind")
    assert house.verbs().count("published-read") == before + 2


def test_a_partner_sees_no_event_of_anothers_collection(house: House) -> None:
    done = house.publish(house.records["free"][0], "court")
    tool = client(house)
    assert status_of(tool.get_event(done.id)) == 404
    assert tool.search(pythonify=True) == []
    assert client(house, "court").get_event(done.id, pythonify=True).uuid == done.id


def test_without_a_key_nobody_is_let_in(house: House) -> None:
    with pytest.raises(PyMISPError):
        PyMISP(f"{house.address}/misp/", "not-a-key")
    answer = httpx.get(f"{house.address}/misp/events/view/1")
    assert answer.status_code == 401
    assert set(answer.json()) == {"name", "message", "url"}
    elsewhere = httpx.get(f"{house.address}/api/v1/me", headers={"authorization": house.token("coast")})
    assert elsewhere.status_code in (401, 404), "a bare key is one for the calls of MISP alone"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"Event": {}},
        {"info": ""},
        {"info": "A", "Attribute": [{"type": "text"}]},
        {"info": "A", "Object": "all"},
    ],
)
def test_what_is_no_event_is_refused(house: House, sent: dict[str, Any]) -> None:
    assert status_of(client(house).add_event(sent)) == 400  # type: ignore[arg-type]


def test_an_event_takes_no_uuid_that_is_there(house: House) -> None:
    done = house.publish(house.records["free"][0])
    event = boat()
    event.uuid = done.id
    assert status_of(client(house, "court").add_event(event)) == 409
