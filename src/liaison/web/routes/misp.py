"""The core calls of MISP under /misp/, for PyMISP and what stands on it. See docs/interoperation.md.

The key is a token of the partner's account, sent bare in Authorization. An event that a partner sends waits for a desk
officer; nobody else reads it before, and it is never a record by itself.
"""

from __future__ import annotations

import uuid
from typing import Any

from litestar import HttpMethod, Request, get, post, route

from liaison.formats import misp
from liaison.formats.publication import uuid_of
from liaison.model.errors import BadInput, NotFound
from liaison.supply import contributions, published
from liaison.web.compat.misp import events
from liaison.web.compat.misp.events import HANDLERS
from liaison.web.context import Visit
from liaison.web.routing import Declared, served
from liaison.web.security import SIGNED

Asked = Request[Any, Any, Any]
Object = dict[str, Any]
VERSION = "2.5.0"  # of MISP's API, as far as it is spoken here
RECOMMENDED = "2.5.34"
EVENT = "/{event_id:str}"
SAVED = {"saved": True, "success": True}
ROLE = {"id": "1", "name": "Partner", "perm_add": True, "perm_modify": True, "perm_modify_org": False}
DENIED = (
    "publish",
    "admin",
    "audit",
    "site_admin",
    "delegate",
    "sync",
    "sharing_group",
    "tagger",
    "template",
)


def asked(path: str) -> Declared:
    """A call that reads."""
    return served(get("/misp" + path, **_described()), path)


def sent(path: str) -> Declared:
    """A call that sends a body or does something."""
    return served(post("/misp" + path, status_code=200, **_described()), path)


def _described() -> dict[str, Any]:
    """Described by MISP's own documents, not by the node's description of its API."""
    same = {"program": True, "include_in_schema": False, "exception_handlers": HANDLERS}
    return {"audience": SIGNED} | same


@asked("/servers/getVersion")
def version(visit: Visit) -> Object:
    """The version of the API, and what this account may do by it."""
    return {"version": VERSION, "pymisp_recommended_version": RECOMMENDED, "perm_sync": False} | {
        "perm_sighting": True,
        "perm_galaxy_editor": False,
        "request_encoding": [],
        "filter_sightings": True,
    }


@asked("/servers/getPyMISPVersion.json")
def pymisp_version(visit: Visit) -> Object:
    """Which PyMISP this was tried with."""
    return {"version": RECOMMENDED}


@asked("/users/view/me")
def me(visit: Visit) -> Object:
    """The account that is signed in with; nothing about the person."""
    number = str(misp.number_of(misp_key(visit)))
    user = {
        "id": number,
        "email": "account@liaison.invalid",
        "org_id": "1",
        "role_id": "1",
        "disabled": False,
    }
    return {"User": user, "Role": ROLE | {f"perm_{name}": False for name in DENIED}, "UserSetting": []}


@asked("/attributes/describeTypes.json")
def describe_types(visit: Visit) -> Object:
    """The types of attributes that are written here; any other is taken as it is."""
    types = sorted({"text", "comment", *misp.CATEGORIES})
    categories = sorted({"Other", *misp.CATEGORIES.values()})
    placed = {name: misp.CATEGORIES.get(name, "Other") for name in types}
    mapping = {group: [name for name in types if placed[name] == group] for group in categories}
    defaults = {name: {"default_category": group, "to_ids": 0} for name, group in placed.items()}
    told = {"types": types, "categories": categories, "category_type_mappings": mapping}
    return {"result": told | {"sane_defaults": defaults}}


@asked("/sharingGroups/index")
def sharing_groups(visit: Visit) -> Object:
    """The collections that this account reads."""
    rows = []
    for each in published.collections(visit.office, visit.who):
        group = events.group_of(each)
        orgs = group.pop("SharingGroupOrg")
        rows.append({"SharingGroup": group, "SharingGroupOrg": orgs, "SharingGroupServer": []})
    return {"response": rows}


@served(
    route("/misp/events/view" + EVENT, http_method=[HttpMethod.GET, HttpMethod.HEAD], **_described()), EVENT
)
def view(visit: Visit, event_id: str) -> Object:
    """One event, by its number or UUID."""
    return {"Event": events.one(visit, event_id)}


@sent("/events/view" + EVENT)
def view_more(visit: Visit, event_id: str) -> Object:
    """The same, asked for with options, which change nothing here."""
    return {"Event": events.one(visit, event_id)}


@sent("/events/restSearch")
def search(visit: Visit, data: Object) -> Object:
    """Events by value, type, tags, info, uuid or time."""
    _require_json(data)
    found = events.searched(visit, data)
    events.record(visit, found)
    bare = str(data.get("metadata") or "0") not in ("0", "False")
    return {"response": [{"Event": _bare(each) if bare else each} for each in found]}


@sent("/attributes/restSearch")
def search_attributes(visit: Visit, data: Object) -> Object:
    """Attributes of events by value or type."""
    _require_json(data)
    rows, shown = [], []
    for each in events.every(visit):
        if not misp.matches(each, data):
            continue
        met = misp.matching_attributes(each, data)
        about = {"id": each["id"], "info": each["info"], "uuid": each["uuid"]}
        rows += [row | {"event_id": each["id"], "Event": about} for row in met]
        shown += [each] if met else []
    kept = events.paged(rows, data)
    told = {str(row["event_id"]) for row in kept}
    events.record(visit, [each for each in shown if str(each["id"]) in told])
    return {"response": {"Attribute": kept}}


@sent("/events/index")
def index(visit: Visit, data: Object) -> list[Object]:
    """Events without what they hold."""
    found = events.searched(visit, data)
    events.record(visit, found)
    return [_bare(each) for each in found]


@sent("/events/add")
def add(visit: Visit, data: Object) -> Object:
    """Send an event to the desk."""
    held = misp.read(data)
    made = contributions.send_event(visit.office, visit.who, events.place_of(visit, held), held)
    return {"Event": _written(visit, made)}


@sent("/events/edit" + EVENT)
def edit(visit: Visit, event_id: str, data: Object) -> Object:
    """Change an event of one's own that waits."""
    fresh = misp.read(data)
    return {"Event": _written(visit, _changed(visit, event_id, lambda held: held | fresh))}


@sent("/events/publish" + EVENT)
def publish(visit: Visit, event_id: str) -> Object:
    """An event of one's own waits for the desk, whether it is published or not: the answer says so."""
    if not contributions.own_events(visit.office, visit.who, *events.named(event_id)):
        raise NotFound
    return SAVED | {"name": "Waits for the desk", "message": "Waits for the desk", "id": event_id}


@sent("/events/delete" + EVENT)
def delete(visit: Visit, event_id: str) -> Object:
    """Take an event of one's own back before it was decided."""
    contributions.take_back(visit.office, visit.who, *events.named(event_id))
    return SAVED | {"name": "Taken back", "message": "Taken back", "id": event_id}


@sent("/attributes/add" + EVENT)
def add_attribute(visit: Visit, event_id: str, data: Any) -> Object:
    """Add attributes to an event of one's own that waits."""
    rows = [_attribute(row) for row in (data if isinstance(data, list) else [data])]

    def change(held: Object) -> Object:
        return held | {"Attribute": [*held.get("Attribute", []), *rows]}

    _changed(visit, event_id, change)
    return {"Attribute": rows if len(rows) > 1 else rows[0]}


@sent("/sightings/add")
def add_sighting(visit: Visit, data: Object) -> Object:
    """Tell the desk that a value of an event was seen: by `uuid` of the attribute, or by `values`."""
    return _sighted(visit, data)


@sent("/sightings/add" + "/{attribute_id:str}")
def add_sighting_of(visit: Visit, attribute_id: str, data: Object) -> Object:
    """The same of one attribute, by its number or UUID."""
    return _sighted(visit, data | {"id": attribute_id})


@sent("/tags/attachTagToObject")
def attach_tag(visit: Visit, data: Object) -> Object:
    """Tag an event of one's own that waits."""
    name, key = data.get("tag"), data.get("uuid")
    if not isinstance(name, str) or not name or not isinstance(key, str):
        raise BadInput("the tag or the event is not named", field="tag", hint="send uuid and tag")

    def change(held: Object) -> Object:
        known = [each for each in misp.tag_names(held) if each != name]
        return held | {"Tag": [misp.tag(each) for each in (*known, name)]}

    _changed(visit, key, change)
    return SAVED | {"name": "Tagged", "message": "Tagged", "url": "/tags/attachTagToObject"}


def misp_key(visit: Visit) -> str:
    """A key that stands for the account."""
    return uuid_of("account", visit.who.account)


def _sighted(visit: Visit, data: Object) -> Object:
    wanted = {str(data[name]) for name in ("uuid", "id", "value") if data.get(name)}
    values = data.get("values")
    wanted |= {str(each) for each in values} if isinstance(values, list) else set()
    for seen in published.events(visit.office, visit.who):
        group = published.collection(visit.office, visit.who, seen.collection)
        for row in misp.attributes(events.written(seen, group)):
            if wanted & {str(row.get("uuid")), str(row.get("id")), row["value"]}:
                kept = {"attribute_uuid": row.get("uuid"), "event_uuid": _uuid(seen), "sent": data}
                key = contributions.send_sighting(visit.office, visit.who, seen, kept)
                told = {"id": str(misp.number_of(key)), "uuid": key, "type": "0"}
                return {"Sighting": told | {"attribute_id": row.get("id")}}
    raise NotFound


def _uuid(seen: published.Event) -> str:
    return seen.publication.id if seen.publication else str(seen.raw["uuid"])


def _changed(visit: Visit, event_id: str, change: Any) -> published.Event:
    return contributions.change_event(visit.office, visit.who, *events.named(event_id), change)


def _written(visit: Visit, made: published.Event) -> Object:
    return events.written(made, published.collection(visit.office, visit.who, made.collection))


def _attribute(row: object) -> Object:
    held = misp.require_attribute(row)
    key = str(held.get("uuid") or uuid.uuid4())
    return held | {"uuid": key, "id": str(misp.number_of(uuid_of("attribute", key)))}


def _bare(event: Object) -> Object:
    return {name: held for name, held in event.items() if name not in ("Attribute", "Object", "SharingGroup")}


def _require_json(data: Object) -> None:
    if data.get("returnFormat", "json") != "json":
        raise BadInput("only JSON is answered", field="returnFormat", hint="ask for json")


ROUTES = (
    version,
    pymisp_version,
    me,
    describe_types,
    sharing_groups,
    view,
    view_more,
    search,
    search_attributes,
    index,
    add,
    edit,
    publish,
    delete,
    add_attribute,
    add_sighting,
    add_sighting_of,
    attach_tag,
)
