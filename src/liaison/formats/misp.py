"""The MISP core format (draft-dulaunoy-misp-core-format): a publication as an event, and partners' events.

An event holds one object of a template that MISP ships (vehicle, person, phone, bank account, organisation); a document
is a person object's number or a plain attribute. Tags carry the handling codes, the admiralty grade and PAP.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from liaison.formats import handling_marks
from liaison.formats.publication import Publication, uuid_of
from liaison.model.errors import BadInput
from liaison.model.handling import UNSTATED, Handling
from liaison.model.subjects import (
    Account,
    AnySubject,
    Document,
    DocumentKind,
    Organisation,
    Person,
    Phone,
    Sex,
    Vehicle,
)

Event = dict[str, Any]
Raw = tuple[str, str, object, bool]
Row = tuple[str, str, str, bool]  # object relation, type of the attribute, value, whether it is looked for
SHARING_GROUP = "4"  # distribution: the sharing group alone
INHERIT = "5"
MEDIUM, COMPLETE = "2", "2"  # threat level and analysis: a node makes neither, and says so by the middle
MOST_ATTRIBUTES = 1_000
LONGEST = 65_536  # signs of a value
TEMPLATES = {  # name -> (template, version, meta-category), as misp-objects has them
    "vehicle": ("683c076c-f695-4ff2-8efa-e98a418049f4", "5", "misc"),
    "person": ("a15b0477-e9d1-4b9c-9546-abe78a4f4248", "21", "misc"),
    "phone": ("d7e4fbdd-b551-4862-bddb-a0b470a38509", "6", "misc"),
    "bank-account": ("b4712203-95a8-4883-80e9-b566f5df11c9", "3", "financial"),
    "organization": ("f750e12b-127a-432c-b022-b3f9153c4e2a", "9", "misc"),
    "forged-document": ("7e927620-b97c-4b00-98c0-8c0184d83d21", "7", "file"),
}
CATEGORIES = {
    "iban": "Financial fraud",
    "bank-account-nr": "Financial fraud",
    "phone-number": "Person",
    "first-name": "Person",
    "last-name": "Person",
    "full-name": "Person",
    "date-of-birth": "Person",
    "gender": "Person",
    "nationality": "Person",
    "passport-number": "Person",
    "identity-card-number": "Person",
}
SEXES = {Sex.MALE: "Male", Sex.FEMALE: "Female", Sex.OTHER: "Other"}
PAPERS = {DocumentKind.PASSPORT: "passport-number", DocumentKind.IDENTITY_CARD: "identity-card-number"}


def event(publication: Publication, number: int, group: Mapping[str, Any]) -> Event:
    """A publication as an event, shared with one sharing group. `number` is its id at this node."""
    stamp = _stamp(publication.changed)
    org = org_of(publication.origin, publication.agency)
    attributes, made = [], list(_objects(publication, stamp))
    attributes += [_attribute(publication, stamp, row) for row in _plain(publication)]
    return {
        "id": str(number),
        "uuid": publication.id,
        "info": publication.title,
        "date": f"{publication.made.astimezone(dt.UTC):%Y-%m-%d}",
        "timestamp": stamp,
        "publish_timestamp": stamp,
        "published": True,
        "analysis": COMPLETE,
        "threat_level_id": MEDIUM,
        "distribution": SHARING_GROUP,
        "sharing_group_id": str(group["id"]),
        "SharingGroup": dict(group),
        "attribute_count": str(len(attributes) + sum(len(one["Attribute"]) for one in made)),
        "org_id": org["id"],
        "orgc_id": org["id"],
        "Org": org,
        "Orgc": org,
        "Tag": [tag(name) for name in handling_marks.tags(publication.handling, publication.graded)],
        "Attribute": attributes,
        "Object": made,
        "ShadowAttribute": [],
        "RelatedEvent": [],
        "Galaxy": [],
        "EventReport": [],
    }


def org_of(origin: str, agency: str) -> dict[str, str]:
    """An agency as an organisation of MISP."""
    key = uuid_of("agency", origin)
    return {"id": str(number_of(key)), "uuid": key, "name": agency}


def sharing_group(collection: str, title: str, members: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A collection as a sharing group: its members by origin and name."""
    number = str(number_of(collection))
    orgs = [org_of(origin, name) for origin, name in members]
    return {
        "id": number,
        "uuid": collection,
        "name": title,
        "releasability": "as the handling codes of each event say",
        "description": "",
        "active": True,
        "roaming": False,
        "local": True,
        "SharingGroupOrg": [
            {"id": org["id"], "sharing_group_id": number, "org_id": org["id"], "extend": False}
            | {"Organisation": org}
            for org in orgs
        ],
        "SharingGroupServer": [],
    }


def number_of(key: str) -> int:
    """The number that MISP knows something by: 48 bits of its UUID, never 0."""
    return int(key.replace("-", "")[:12], 16) or 1


def tag(name: str) -> dict[str, Any]:
    """One tag."""
    return {"id": str(number_of(uuid_of("tag", name))), "name": name, "colour": "#0b0c0c", "exportable": True}


def tag_names(held: Mapping[str, Any]) -> list[str]:
    """The names of an event's tags."""
    tags = held.get("Tag")
    rows = tags if isinstance(tags, list) else []
    return [row["name"] for row in rows if isinstance(row, dict) and isinstance(row.get("name"), str)]


def handling_of(held: Mapping[str, Any]) -> Handling:
    """Under which conditions an event came; every one where nothing is said (threat A34)."""
    return handling_marks.from_tags(tag_names(held)) or UNSTATED


def read(sent: object) -> Event:
    """An event that somebody sends, its parts in their form. Raises BadInput, naming the part."""
    held = sent.get("Event", sent) if isinstance(sent, dict) else None
    if not isinstance(held, dict) or not isinstance(held.get("info"), str) or not held["info"].strip():
        raise BadInput("this is no event", field="Event", hint="send an event with its info")
    rows = list(attributes(held))
    if len(rows) > MOST_ATTRIBUTES:
        raise BadInput(
            f"the event has {len(rows)} attributes", field="Attribute", hint=f"at most {MOST_ATTRIBUTES}"
        )
    for row in rows:
        require_attribute(row)
    return held


def require_attribute(row: object) -> dict[str, Any]:
    """An attribute with its type and value. Raises BadInput."""
    good = isinstance(row, dict) and all(isinstance(row.get(name), str) for name in ("type", "value"))
    if not isinstance(row, dict) or not good or not 0 < len(row["value"]) <= LONGEST:
        raise BadInput("an attribute has no type or no value", field="Attribute", hint="give both, as texts")
    return row


def attributes(held: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every attribute of an event, those of its objects too."""
    yield from _rows(held, "Attribute")
    for one in _rows(held, "Object"):
        yield from _rows(one, "Attribute")


def matches(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    """Whether an event meets a search by value, type, tags, info, uuid, id or time, all of those that are named."""
    rows = list(attributes(held))
    return (
        _met(wanted.get("value"), [row["value"] for row in rows])
        and _met(wanted.get("type"), [row["type"] for row in rows])
        and _met(wanted.get("tags"), tag_names(held))
        and _met(wanted.get("eventinfo"), [str(held.get("info", ""))])
        and _met(wanted.get("uuid"), [str(held.get("uuid", ""))])
        and _met(wanted.get("eventid"), [str(held.get("id", "")), str(held.get("uuid", ""))])
        and _since(wanted.get("timestamp"), held.get("timestamp"))
        and _since(wanted.get("publish_timestamp"), held.get("publish_timestamp"))
    )


def matching_attributes(held: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The attributes of an event that meet a search by value and type."""
    return [
        row
        for row in attributes(held)
        if _met(wanted.get("value"), [row["value"]]) and _met(wanted.get("type"), [row["type"]])
    ]


def _met(wanted: object, held: Sequence[str]) -> bool:
    """Whether any text is one of those wanted, with % for any part and ! for none of them; nothing wanted, all met."""
    if wanted in (None, "", []):
        return True
    texts = [str(each) for each in (wanted if isinstance(wanted, list) else [wanted])]
    barred = [text[1:] for text in texts if text.startswith("!")]
    asked = [text for text in texts if not text.startswith("!")]
    if any(_like(each, pattern) for pattern in barred for each in held):
        return False
    return not asked or any(_like(each, pattern) for pattern in asked for each in held)


def _like(text: str, pattern: str) -> bool:
    """Whether a text is the pattern, in which % stands for any part at its beginning and end."""
    text, bare = text.casefold(), pattern.strip("%").casefold()
    starts, ends = not pattern.startswith("%"), not pattern.endswith("%")
    if starts and ends:
        return text == bare
    if starts or ends:
        return text.startswith(bare) if starts else text.endswith(bare)
    return bare in text


def _since(wanted: object, held: object) -> bool:
    """Whether a time (seconds) is at or after the one wanted, or between two of them."""
    if wanted in (None, "", []):
        return True
    given = wanted if isinstance(wanted, list) else [wanted]
    try:
        bounds = [float(str(each)) for each in given]
        time = float(str(held))
    except ValueError:
        raise BadInput(
            "this is no time in seconds", field="timestamp", hint="write seconds since 1970"
        ) from None
    return bounds[0] <= time <= (bounds[1] if len(bounds) > 1 else time)


def _objects(publication: Publication, stamp: str) -> Iterator[dict[str, Any]]:
    name, rows = _template(publication.subject)
    if not rows:
        return
    template, version, category = TEMPLATES[name]
    key = uuid_of("object", publication.id)
    yield {
        "id": str(number_of(key)),
        "uuid": key,
        "name": name,
        "meta-category": category,
        "template_uuid": template,
        "template_version": version,
        "description": "",
        "timestamp": stamp,
        "distribution": INHERIT,
        "sharing_group_id": "0",
        "deleted": False,
        "Attribute": [_attribute(publication, stamp, row) for row in rows],
    }


def _template(subject: AnySubject) -> tuple[str, list[Row]]:
    """The template of a subject, and what it says in it."""
    rows: list[Raw]
    match subject:
        case Vehicle():
            rows = [("license-plate-number", "text", subject.plate, True), ("vin", "text", subject.vin, True)]
            rows += [("make", "text", subject.make, False), ("exterior-color", "text", subject.colour, False)]
            return "vehicle", _filled(rows)
        case Phone():
            rows = [("msisdn", "text", subject.number, True), ("imei", "text", subject.imei, True)]
            return "phone", _filled(rows)
        case Account():
            rows = [
                ("iban", "iban", subject.iban, True),
                ("account", "bank-account-nr", subject.number, True),
            ]
            return "bank-account", _filled([*rows, ("institution-name", "text", subject.institution, False)])
        case Organisation():
            rows = [("name", "text", name, True) for name in subject.names[:1]]
            rows += [("alias", "text", name, True) for name in subject.names[1:]]
            return "organization", _filled(
                [*rows, ("registration-number", "text", subject.register_number, True)]
            )
        case Person():
            return "person", _filled(_person(subject))
    return "", []


def _person(person: Person) -> list[Raw]:
    rows: list[Raw] = []
    for at, name in enumerate(person.names):
        rows.append(("alias" if at else "full-name", "text" if at else "full-name", str(name), True))
        if not at and name.surname:
            rows += [
                ("last-name", "last-name", name.surname, True),
                ("first-name", "first-name", name.given, True),
            ]
    rows += [("date-of-birth", "date-of-birth", date, False) for date in person.born]
    rows += [("gender", "gender", SEXES[person.sex], False)] if person.sex else []
    rows += [("nationality", "nationality", code, False) for code in person.nationalities]
    for paper in person.documents:
        kind = PAPERS.get(paper.type)
        rows += [(kind, kind, paper.number, True)] if kind else [("text", "text", paper.number, True)]
    return rows


def _plain(publication: Publication) -> Iterator[Row]:
    """What has no object: a document's number, and the officer's words."""
    subject = publication.subject
    if isinstance(subject, Document):
        yield "", PAPERS.get(subject.type, "text"), str(subject.number), True
    if publication.words:
        yield "", "comment", publication.words, False


def _filled(rows: Sequence[Raw]) -> list[Row]:
    return [(relation, kind, str(value), used) for relation, kind, value, used in rows if value]


def _attribute(publication: Publication, stamp: str, row: Row) -> dict[str, Any]:
    relation, kind, value, used = row
    key = uuid_of("attribute", publication.id, relation, kind, value)
    made = {
        "id": str(number_of(key)),
        "uuid": key,
        "type": kind,
        "category": CATEGORIES.get(kind, "Other"),
        "value": value,
        "to_ids": False,  # a lead for a person, never an alarm that acts by itself
        "disable_correlation": not used,
        "timestamp": stamp,
        "distribution": INHERIT,
        "sharing_group_id": "0",
        "comment": "",
        "deleted": False,
    }
    return made | ({"object_relation": relation} if relation else {})


def _rows(held: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    rows = held.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise BadInput(f"{name} is no list of objects", field=name, hint="send a list")
    return rows


def _stamp(time: dt.datetime) -> str:
    """Seconds since 1970, as MISP writes a time."""
    return str(int(time.timestamp()))
