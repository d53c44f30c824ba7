"""What the framework cannot see of the tools' routes, for the description of the API: the header with the grounds, and
the forms of the Reconciliation API, each of whose fields is JSON."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.openapi.spec import OpenAPIMediaType, OpenAPIType, Operation, Parameter, RequestBody, Schema

from liaison.web.compat.asking import HEADER

WHY = "The id of grounds of one's own; without it the question is refused with 403"
FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "queries": "A batch of queries by names of the client's own, as JSON",
    "extend": "Ids of entities and the properties whose values are wanted, as JSON",
}


@dataclass
class OnGrounds(Operation):
    """An operation that takes its grounds from a header."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING, max_length=80)
        header = Parameter(name=HEADER, param_in="header", schema=text, description=WHY)
        self.parameters = [*(self.parameters or ()), header]


@dataclass
class Batched(OnGrounds):
    """An operation whose body is a form of JSON texts."""

    def __post_init__(self) -> None:
        OnGrounds.__post_init__(self)
        fields = {name: Schema(type=OpenAPIType.STRING, description=words) for name, words in FIELDS.items()}
        form = Schema(type=OpenAPIType.OBJECT, properties={**fields})
        self.request_body = RequestBody(content={FORM: OpenAPIMediaType(schema=form)}, required=True)
