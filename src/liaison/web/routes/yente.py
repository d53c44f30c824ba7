"""The interface of yente (OpenSanctions, MIT), so that its clients work against a node: /match, /search, /entities,
/catalog, /algorithms, /healthz. Grounds travel in the header Liaison-Grounds; without them the answer is 403.

A score is the chance that both sides are one, where each record was as likely beforehand: the weight of evidence in
bits, turned into odds, over the number of records.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post
from litestar.params import Parameter

from liaison.holdings import consult
from liaison.model.errors import BadInput, LiaisonError
from liaison.model.roles import Capability
from liaison.web.compat import asking
from liaison.web.compat.described import OnGrounds
from liaison.web.compat.entities import caption_of, entity, subject_of, unused
from liaison.web.context import Visit
from liaison.web.footing import footing_of
from liaison.web.routing import NO_TOKEN, Declared, refusals, served
from liaison.web.security import PUBLIC, Audience

AUDIENCE = Capability.CHECK
TAGS = ["yente"]
STATUSES = (400, 401, 403, 404, 409, 410, 429, 503)
MATCH, SEARCH, ENTITY = "/match/{dataset:str}", "/search/{dataset:str}", "/entities/{entity_id:str}"
ALGORITHM = "liaison-bits"
ALIASES = ("best", "default", ALGORITHM)
MOST_QUERIES = 100  # in one request
LIMIT, MOST = 5, 100  # results of one query
THRESHOLD = 0.7
Names = Annotated[list[str], msgspec.Meta(max_length=100)]
Share = Annotated[float, Parameter(ge=0.0, le=1.0)]
Results = Annotated[int, Parameter(ge=1, le=MOST)]


def asked(method: Any, path: str, *, audience: Audience = AUDIENCE, **opt: Any) -> Declared:
    """A route that asks about somebody, on grounds."""
    described = {"operation_class": OnGrounds, "responses": refusals(*STATUSES), "tags": TAGS}
    return served(method(path, audience=audience, program=True, **described, **opt), path)


def told(path: str, **opt: Any) -> Declared:
    """A route that tells what this service is."""
    return served(get(path, program=True, tags=TAGS, **opt), path)


class Query(msgspec.Struct, frozen=True):
    """An entity that is asked about."""

    schema: Annotated[str, msgspec.Meta(max_length=60)]
    properties: dict[str, list[str] | str] = {}
    id: str | None = None


class Queries(msgspec.Struct, frozen=True):
    """Entities by names of the client's own. `weights` and `config` are for other algorithms than this one."""

    queries: Annotated[dict[str, Query], msgspec.Meta(min_length=1, max_length=MOST_QUERIES)]
    weights: dict[str, float] | None = None
    config: dict[str, Any] | None = None


@asked(post, MATCH, status_code=200)
def match(
    request: Request[Any, Any, Any],
    visit: Visit,
    dataset: str,
    data: Queries,
    threshold: Share = THRESHOLD,
    cutoff: Share = 0.0,
    limit: Results = LIMIT,
    algorithm: str = "best",
    include_dataset: Names | None = None,
    exclude_dataset: Names | None = None,
    exclude_entity_ids: Names | None = None,
) -> dict[str, Any]:
    """Candidates for each entity, likeliest first. A query that cannot be asked is answered with its own status."""
    grounds = asking.grounds_of(request)
    _require_algorithm(algorithm)
    lists = asking.lists_of(visit, dataset, include_dataset or (), exclude_dataset or ())
    left_out = frozenset(exclude_entity_ids or ())
    ask = _Ask(visit, grounds, lists, threshold, cutoff, limit, left_out)
    responses = {name: ask.answer(query) for name, query in data.queries.items()}
    return {"responses": responses, "limit": limit, "matcher": _features()}


class _Ask:
    """The terms of one request, under which each of its queries is answered."""

    def __init__(
        self,
        visit: Visit,
        grounds: str,
        lists: tuple[str, ...],
        threshold: float,
        cutoff: float,
        limit: int,
        left_out: frozenset[str],
    ) -> None:
        self.visit, self.grounds, self.lists = visit, grounds, lists
        self.threshold, self.cutoff, self.limit, self.left_out = threshold, cutoff, limit, left_out

    def answer(self, query: Query) -> dict[str, Any]:
        """One response of /match. A bad value is told in the response, so that the other queries go on."""
        held = {
            name: [values] if isinstance(values, str) else values for name, values in query.properties.items()
        }
        echo = {
            "id": query.id,
            "schema": query.schema,
            "properties": held,
            "unused": unused(query.schema, held),
        }
        try:
            subject = subject_of(query.schema, held)
            found, more = asking.candidates(
                self.visit, subject, self.grounds, self.lists, self.limit + len(self.left_out)
            )
        except BadInput as error:
            return {"status": 400, "results": [], "total": _total(0), "query": echo, "detail": _told(error)}
        kept = [one for one in found if one.score >= self.cutoff and one.alert.holding not in self.left_out]
        shown = [_scored(one, self.threshold) for one in kept[: self.limit]]
        return {"status": 200, "results": shown, "total": _total(len(kept) + more), "query": echo}


@asked(get, SEARCH)
def search(
    request: Request[Any, Any, Any],
    visit: Visit,
    dataset: str,
    q: Annotated[str, Parameter(max_length=200)] = "",
    limit: Results = 10,
    offset: Annotated[int, Parameter(ge=0, le=MOST)] = 0,
    include_dataset: Names | None = None,
    exclude_dataset: Names | None = None,
) -> dict[str, Any]:
    """Records of people by name: a check like any other. There is no search without a name."""
    grounds = asking.grounds_of(request)
    lists = asking.lists_of(visit, dataset, include_dataset or (), exclude_dataset or ())
    if not q.strip():
        raise BadInput(
            "there is nothing to search by", field="q", hint="send a name; records cannot be leafed through"
        )
    found, more = asking.candidates(
        visit, subject_of("Person", {"name": [q]}), grounds, lists, offset + limit
    )
    results = [_entity(one) for one in found[offset:]]
    total = _total(len(found) + more)
    return {"results": results, "facets": {}, "total": total, "limit": limit, "offset": offset}


@asked(get, ENTITY, audience=Capability.READ_HOLDING)
def one_entity(request: Request[Any, Any, Any], visit: Visit, entity_id: str) -> dict[str, Any]:
    """One record, for a person whose case met it in a check or who has another lawful way to it."""
    grounds = asking.grounds_of(request)
    shown = consult.show(visit.office, visit.actor, entity_id, footing_of(visit, grounds))
    held = shown.holding
    return entity(shown.id, held.subject, [held.list_name], caption=caption_of(held.subject) or held.record)


@told("/catalog", audience=AUDIENCE)
def catalog(visit: Visit) -> dict[str, Any]:
    """The lists of this node, with how many records of each can be found."""
    index = visit.node.live.index
    each = [
        {
            "name": name,
            "title": name,
            "load": True,
            "index_current": True,
            "entity_count": index.count(frozenset([name])),
            "children": [],
        }
        for name in index.lists
    ]
    whole = {
        "name": "default",
        "title": visit.settings.name,
        "load": True,
        "index_current": True,
        "entity_count": len(index),
        "children": list(index.lists),
    }
    return {
        "datasets": [whole, *each],
        "current": [one["name"] for one in each],
        "outdated": [],
        "index_stale": False,
    }


@told("/algorithms", audience=PUBLIC, security=NO_TOKEN)
def algorithms() -> dict[str, Any]:
    """The one way in which candidates are scored."""
    said = "Weight of evidence in bits, as odds over the number of records; the reasons add up to the score."
    known = [{"name": ALGORITHM, "description": said, "docs": _features()}]
    return {"algorithms": known, "default": ALGORITHM, "best": ALGORITHM}


@told("/healthz", audience=PUBLIC, security=NO_TOKEN)
def healthz() -> dict[str, str]:
    """Whether the node answers."""
    return {"status": "ok"}


FEATURES = {
    "name": "Agreement of the names, by how rare they are on these lists",
    "order": "Given name and surname in the other order",
    "unmatched": "Parts of the names without a partner",
    "dependence": "Names of one origin go together: what two names say twice is taken back",
    "date": "Dates of birth",
    "document": "Document numbers",
    "sex": "Sex",
    "nationality": "Nationality; weighs little, and is never enough",
}


def _features() -> dict[str, Any]:
    return {name: {"description": words, "coefficient": 1.0} for name, words in FEATURES.items()}


def _require_algorithm(name: str) -> None:
    if name not in ALIASES:
        raise BadInput(f"there is no algorithm {name!r}", field="algorithm", hint=f"use {ALGORITHM} or best")


def _scored(one: asking.Candidate, threshold: float) -> dict[str, Any]:
    explained: dict[str, dict[str, Any]] = {}
    for why in one.content.reasons:
        held = explained.setdefault(why.kind, {"score": 0.0, "detail": ""})
        held["score"] = round(held["score"] + asking.weight(why.worth), 4)
        held["detail"] = "; ".join(filter(None, (held["detail"], why.words)))
    return _entity(one) | {
        "score": round(one.score, 6),
        "match": one.score >= threshold,
        "explanations": explained,
        "alert": one.alert.id,
        "bits": asking.weight(one.alert.score),
    }


def _entity(one: asking.Candidate) -> dict[str, Any]:
    properties = asking.properties_of(one.content)
    return {
        "id": one.alert.holding,
        "caption": one.content.record.name or one.content.record.id,
        "schema": "Person",
        "properties": properties,
        "datasets": [one.content.list],
        "referents": [],
        "target": True,
    }


def _total(value: int) -> dict[str, Any]:
    return {"value": value, "relation": "eq"}


def _told(error: LiaisonError) -> str:
    field = getattr(error, "field", "")
    return f"{field}: {error}. {error.hint}" if field else f"{error}. {error.hint}"


ROUTES = (match, search, one_entity, catalog, algorithms, healthz)
