"""A TAXII 2.1 server (OASIS Standard, 10 June 2021): /taxii2/ and one API root. See docs/interoperation.md.

A partner's program signs in with a token of its account: as a bearer, or as the password of Basic. What it may not see
is not there. Each page that is read is an entry of the ledger.
"""

from __future__ import annotations

from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import PathParameter

from liaison.model.errors import NotFound
from liaison.supply import contributions, published
from liaison.supply.contributions import ACCEPTED, REFUSED, Status
from liaison.supply.published import Collection
from liaison.web.compat.taxii.wire import (
    HANDLERS,
    STIX,
    TAXII,
    answer,
    filter_of,
    moment,
    paged,
    require_accept,
    require_content,
    row_of,
)
from liaison.web.context import Visit
from liaison.web.routing import Declared, served
from liaison.web.security import SIGNED

ROOT = "/taxii2/partners/"
COLLECTION = ROOT + "collections/{collection_id:str}/"
OBJECT = COLLECTION + "objects/{object_id:str}/"
Asked = Request[Any, Any, Any]


def read(path: str) -> Declared:
    """A resource that is read. It is described by TAXII's specification, not by the node's description of its API."""
    declared = get(
        path,
        audience=SIGNED,
        program=True,
        include_in_schema=False,
        exception_handlers=HANDLERS,
        media_type=TAXII,
    )
    return served(declared, path)


@read("/taxii2/")
def discovery(request: Asked, visit: Visit) -> Response[bytes]:
    """What server this is, and its one API root (section 4.1)."""
    require_accept(request)
    told = {
        "title": visit.settings.name,
        "description": f"What {visit.settings.agency} publishes to partners",
    }
    return answer(told | {"default": ROOT, "api_roots": [ROOT]})


@read(ROOT)
def api_root(request: Asked, visit: Visit) -> Response[bytes]:
    """The API root (section 4.2)."""
    require_accept(request)
    told = {"title": f"Partners of {visit.settings.agency}", "versions": [TAXII]}
    return answer(told | {"max_content_length": visit.settings.body_bytes})


@read(ROOT + "status/{status_id:str}/")
def status(request: Asked, visit: Visit, status_id: str) -> Response[bytes]:
    """What became of objects that were sent (section 4.3): pending until a desk officer decided."""
    found = contributions.status(visit.office, visit.who, status_id)
    require_accept(request)
    return answer(_status(found))


@read(ROOT + "collections/")
def collections(request: Asked, visit: Visit) -> Response[bytes]:
    """The collections that this account reads (section 5.1)."""
    found = published.collections(visit.office, visit.who)
    require_accept(request)
    return answer({"collections": [_collection(each) for each in found]} if found else {})


@read(COLLECTION)
def collection(request: Asked, visit: Visit, collection_id: str) -> Response[bytes]:
    """One collection (section 5.2)."""
    found = published.collection(visit.office, visit.who, collection_id)
    require_accept(request)
    return answer(_collection(found))


@read(COLLECTION + "manifest/")
def manifest(request: Asked, visit: Visit, collection_id: str) -> Response[bytes]:
    """Which objects there are, without what they say (section 5.3)."""
    published.collection(visit.office, visit.who, collection_id)
    require_accept(request)
    place = f"manifest {collection_id}"
    wanted = filter_of(request, place)
    page = published.page(visit.office, visit.who, collection_id, wanted, manifest=True)
    return paged(page, place, wanted, "objects", [row_of(each) for each in page.objects])


@read(COLLECTION + "objects/")
def objects(request: Asked, visit: Visit, collection_id: str) -> Response[bytes]:
    """Objects in the order in which they were added (section 5.4)."""
    published.collection(visit.office, visit.who, collection_id)
    require_accept(request)
    place = f"objects {collection_id}"
    wanted = filter_of(request, place)
    page = published.page(visit.office, visit.who, collection_id, wanted)
    return paged(page, place, wanted, "objects", [each.content for each in page.objects])


@read(OBJECT)
def one_object(request: Asked, visit: Visit, collection_id: str, object_id: str) -> Response[bytes]:
    """One object, of the versions that are asked for (section 5.6)."""
    _require_object(visit, collection_id, object_id)
    require_accept(request)
    place = f"object {collection_id} {object_id}"
    wanted = filter_of(request, place, ids=frozenset({object_id}))
    page = published.page(visit.office, visit.who, collection_id, wanted)
    return paged(page, place, wanted, "objects", [each.content for each in page.objects])


@read(OBJECT + "versions/")
def versions(request: Asked, visit: Visit, collection_id: str, object_id: str) -> Response[bytes]:
    """The versions of one object (section 5.8)."""
    _require_object(visit, collection_id, object_id)
    require_accept(request)
    place = f"versions {collection_id} {object_id}"
    wanted = filter_of(request, place, ids=frozenset({object_id}), every=True)
    page = published.page(visit.office, visit.who, collection_id, wanted, manifest=True)
    return paged(page, place, wanted, "versions", [row_of(each)["version"] for each in page.objects])


@post(
    COLLECTION + "objects/",
    audience=SIGNED,
    program=True,
    include_in_schema=False,
    status_code=202,
    media_type=TAXII,
    exception_handlers=HANDLERS,
)
async def add_objects(
    request: Asked, visit: NamedDependency[Visit], collection_id: Annotated[str, PathParameter()]
) -> Response[bytes]:
    """Send objects to the desk (section 5.5): nobody reads them before an officer accepted them."""
    await sync_to_thread(published.collection, visit.office, visit.who, collection_id)
    require_accept(request)
    sent = require_content(request, await request.body())
    found = await sync_to_thread(contributions.send_objects, visit.office, visit.who, collection_id, sent)
    return answer(_status(found), 202)


def _require_object(visit: Visit, collection_id: str, object_id: str) -> None:
    if not published.has_object(visit.office, visit.who, collection_id, object_id):
        raise NotFound


def _collection(found: Collection) -> dict[str, Any]:
    told: dict[str, Any] = {"id": found.id, "title": found.title}
    if found.description:
        told["description"] = found.description
    return told | {"can_read": True, "can_write": found.writable, "media_types": [STIX]}


def _status(found: Status) -> dict[str, Any]:
    rows = [{"id": key, "version": version} for key, version in found.taken]
    failures = [{"id": key, "version": version, "message": why} for key, version, why in found.failures]
    accepted, refused = found.state == ACCEPTED, found.state in (REFUSED, "taken back")
    pending = 0 if accepted or refused else found.count
    lists = {"successes": rows if accepted else [], "pendings": rows if pending else [], "failures": failures}
    return {
        "id": found.id,
        "status": "pending" if pending else "complete",
        "request_timestamp": moment(found.received),
        "total_count": found.count + len(failures),
        "success_count": found.count if accepted else 0,
        "failure_count": len(failures) + (found.count if refused else 0),
        "pending_count": pending,
    } | {name: held for name, held in lists.items() if held}


ROUTES = (
    discovery,
    api_root,
    status,
    collections,
    collection,
    manifest,
    objects,
    one_object,
    versions,
    add_objects,
)
