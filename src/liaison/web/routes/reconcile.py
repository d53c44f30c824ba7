"""The Reconciliation Service API 0.2 (W3C community group), which OpenRefine and its like speak.

A tool asks with the header Liaison-Grounds, as in yente's interface; `liaison reconcile` adds it, and the token, for
tools that can send no headers. Entities are not suggested while somebody types: each look-up is a check.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

import msgspec
from litestar import Request, get, post
from litestar.params import Parameter

from liaison.holdings import consult
from liaison.model.errors import BadInput, Erased, NotFound
from liaison.model.roles import Capability
from liaison.web.compat import asking
from liaison.web.compat.described import Batched
from liaison.web.compat.entities import caption_of, properties_of, subject_of
from liaison.web.context import Visit
from liaison.web.footing import footing_of
from liaison.web.forms import Form
from liaison.web.routing import NO_TOKEN, Declared, refusals, served
from liaison.web.security import PUBLIC

AUDIENCE = Capability.CHECK
TAGS = ["reconciliation"]
HERE, PROPOSE = "/reconcile", "/reconcile/properties"
SUGGEST_TYPE, SUGGEST_PROPERTY = "/reconcile/suggest/type", "/reconcile/suggest/property"
MOST_QUERIES = 100  # in one batch
LIMIT, MOST = 5, 100  # candidates of one query
CERTAIN = 0.95  # from here on a lone candidate is called a match
TYPES = {
    "Person": "Person",
    "Passport": "Document",
    "Vehicle": "Vehicle",
}
PROPERTIES = {
    "birthDate": "Date of birth",
    "nationality": "Nationality",
    "gender": "Sex",
    "passportNumber": "Document number",
    "alias": "Other name",
    "firstName": "Given name",
    "lastName": "Surname",
    "registrationNumber": "Registration mark",
    "number": "Number of a document",
}
EXTENDS = {
    name: PROPERTIES[name] for name in ("birthDate", "nationality", "gender", "passportNumber", "alias")
}
NAMED_BY = {"Person": "name", "Passport": "number", "Vehicle": "registrationNumber"}


def told(path: str) -> Declared:
    """A route that tells what this service is and knows."""
    described: dict[str, Any] = {"tags": TAGS, "security": NO_TOKEN, "responses": refusals(400)}
    return served(get(path, audience=PUBLIC, program=True, **described), path)


class Given(msgspec.Struct, frozen=True):
    """A property of a query: one value, or several."""

    pid: Annotated[str, msgspec.Meta(max_length=60)]
    v: Any


class Query(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One query of a batch, as the specification has it."""

    query: Annotated[str, msgspec.Meta(max_length=200)] = ""
    type: str | list[str] = "Person"
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = LIMIT
    properties: Annotated[list[Given], msgspec.Meta(max_length=20)] = []
    type_strict: str = "any"


class Extension(msgspec.Struct, frozen=True):
    """Values asked of entities that are known already."""

    ids: Annotated[list[str], msgspec.Meta(max_length=MOST_QUERIES)]
    properties: Annotated[list[dict[str, Any]], msgspec.Meta(max_length=20)]


T = TypeVar("T")
Batch = dict[str, Query]
EXTENSION, BATCH = msgspec.json.Decoder(Extension), msgspec.json.Decoder(Batch)


@told(HERE)
def manifest(request: Request[Any, Any, Any], visit: Visit) -> dict[str, Any]:
    """What this service is and speaks."""
    base = visit.settings.public_url or str(request.base_url).rstrip("/")
    return {
        "versions": ["0.2"],
        "name": visit.settings.name,
        "identifierSpace": f"{base}/holdings/",
        "schemaSpace": "https://followthemoney.tech/ns#",
        "documentation": f"{base}/settings/api",
        "defaultTypes": [{"id": key, "name": name} for key, name in TYPES.items()],
        "view": {"url": base + "/holdings/{{id}}"},
        "suggest": {
            "type": {"service_url": base, "service_path": SUGGEST_TYPE},
            "property": {"service_url": base, "service_path": SUGGEST_PROPERTY},
        },
        "extend": {
            "propose_properties": {"service_url": base, "service_path": PROPOSE},
            "property_settings": [],
        },
    }


@served(
    post(
        HERE,
        audience=AUDIENCE,
        program=True,
        status_code=200,
        tags=TAGS,
        operation_class=Batched,
        responses=refusals(400, 401, 403, 404, 409, 415, 429, 503),
    ),
    HERE,
)
def reconcile(request: Request[Any, Any, Any], visit: Visit, form: Form) -> dict[str, Any]:
    """Candidates for each query of a batch (`queries`), or values of entities (`extend`), each as JSON in a form."""
    grounds = asking.grounds_of(request)
    extend = form.text("extend", longest=1 << 20)
    if extend:
        return _extend(visit, _read(extend, EXTENSION, "extend"), grounds)
    batch = _read(form.needed("queries", longest=1 << 20), BATCH, "queries")
    if len(batch) > MOST_QUERIES:
        raise BadInput(f"{len(batch)} queries", field="queries", hint=f"send at most {MOST_QUERIES} at once")
    return {name: {"result": _results(visit, query, grounds)} for name, query in batch.items()}


@told(SUGGEST_TYPE)
def suggest_type(prefix: Annotated[str, Parameter(max_length=60)] = "") -> dict[str, Any]:
    """Types whose names begin so."""
    return {"result": _named(TYPES, prefix)}


@told(SUGGEST_PROPERTY)
def suggest_property(prefix: Annotated[str, Parameter(max_length=60)] = "") -> dict[str, Any]:
    """Properties whose names begin so."""
    return {"result": _named(PROPERTIES, prefix)}


@told(PROPOSE)
def propose_properties(type: Annotated[str, Parameter(max_length=60)] = "Person") -> dict[str, Any]:
    """What can be asked of entities that are known."""
    found = [{"id": key, "name": name} for key, name in EXTENDS.items()] if type == "Person" else []
    return {"type": type, "properties": found}


def _results(visit: Visit, query: Query, grounds: str) -> list[dict[str, Any]]:
    kind = query.type if isinstance(query.type, str) else next(iter(query.type), "Person")
    if kind not in TYPES:
        raise BadInput(f"there is no type {kind!r}", field="type", hint=f"use {', '.join(TYPES)}")
    held = {NAMED_BY[kind]: [query.query]} if query.query.strip() else {}
    for given in query.properties:
        held[given.pid] = [*held.get(given.pid, []), *_values(given.v)]
    found, _ = asking.candidates(visit, subject_of(kind, held), grounds, (), query.limit)
    return [_result(one, kind, lone=len(found) == 1) for one in found]


def _result(one: asking.Candidate, kind: str, *, lone: bool) -> dict[str, Any]:
    return {
        "id": one.alert.holding,
        "name": one.content.record.name or one.content.record.id,
        "description": " · ".join(filter(None, (one.content.record.born, one.content.list))),
        "score": round(100 * one.score, 3),
        "match": lone and one.score >= CERTAIN,
        "type": [{"id": kind, "name": TYPES[kind]}],
        "features": [{"id": why.kind, "value": asking.weight(why.worth)} for why in one.content.reasons],
    }


def _extend(visit: Visit, wanted: Extension, grounds: str) -> dict[str, Any]:
    """The values of entities. One that the person may not read has no values, like one that there is not."""
    names = [str(one.get("id", "")) for one in wanted.properties]
    unknown = [name for name in names if name not in EXTENDS]
    if unknown:
        raise BadInput(
            f"there is no property {unknown[0]!r}", field="extend", hint=f"use {', '.join(EXTENDS)}"
        )
    footing = footing_of(visit, grounds)
    rows: dict[str, dict[str, list[dict[str, str]]]] = {}
    for entity in wanted.ids:
        try:
            record = consult.show(visit.office, visit.actor, entity, footing)
        except (NotFound, Erased):
            rows[entity] = {name: [] for name in names}
            continue
        _, held = properties_of(record.holding.subject)
        values = held | {"name": [caption_of(record.holding.subject)]}
        rows[entity] = {name: [{"str": value} for value in values.get(name, [])] for name in names}
    return {"meta": [{"id": name, "name": EXTENDS[name]} for name in names], "rows": rows}


def _values(value: Any) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return [str(one.get("id", "")) if isinstance(one, dict) else str(one) for one in several]


def _named(known: dict[str, str], prefix: str) -> list[dict[str, str]]:
    start = prefix.strip().casefold()
    return [
        {"id": key, "name": name}
        for key, name in known.items()
        if key.casefold().startswith(start) or name.casefold().startswith(start)
    ]


def _read(text: str, form: msgspec.json.Decoder[T], field: str) -> T:
    try:
        return form.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput(f"this is not as the specification has it: {error}", field=field) from error


ROUTES = (manifest, reconcile, suggest_type, suggest_property, propose_properties)
