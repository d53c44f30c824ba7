"""Texts of requests that are kept to begin others with; whose subjects and grounds they are is never in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, insert, select

from liaison import policy
from liaison.assistance.content import keys, open_as, sealed
from liaison.assistance.drafting import Draft
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, NotFound
from liaison.model.roles import Capability, capabilities
from liaison.model.structs import Value
from liaison.office import Office, new_id
from liaison.storage.tables.assistance import TEMPLATES

KEPT, ENDED = "template-kept", "template-ended"
LONGEST_NAME = 100  # characters
MOST = 200


class Template(Value, frozen=True, kw_only=True):
    """A text under a name."""

    name: str
    text: Draft


@dataclass(frozen=True, slots=True)
class Shown:
    """A template as it is shown."""

    id: str
    name: str
    person: str
    at: datetime
    text: Draft


def keep(office: Office, actor: policy.Actor, name: str, text: Draft) -> str:
    """Keep a text as a template for everybody who asks partners; its id. Raises BadInput, NotFound."""
    _require_asks(actor)
    kept = " ".join(name.split())
    if not kept or len(kept) > LONGEST_NAME:
        raise BadInput("the template has no name", field="name", hint=f"1 to {LONGEST_NAME} characters")
    template, now = new_id("template"), office.now()
    (key,) = keys(office)
    bare = msgspec.structs.replace(text, grounds="")
    content = sealed(key, Template(name=kept, text=bare), _about(template))

    def work(connection: Connection) -> str:
        office.log.append(connection, Statement(what=KEPT, who=actor.person, when=now, objects=(template,)))
        row = {"id": template, "person": actor.person, "at": now, "key": key[0], "sealed": content}
        connection.execute(insert(TEMPLATES).values(**row))
        return template

    return office.write(work)


def templates(office: Office, actor: policy.Actor) -> list[Shown]:
    """Every template, by name. Raises NotFound for whoever asks no partner."""
    _require_asks(actor)
    query = select(TEMPLATES).order_by(TEMPLATES.c.at, TEMPLATES.c.id).limit(MOST)
    rows = office.read(lambda connection: connection.execute(query).all())
    held = [(row, open_as(office, row.key, row.sealed, _about(row.id), Template)) for row in rows]
    shown = [Shown(row.id, kept.name, row.person, row.at, kept.text) for row, kept in held]
    return sorted(shown, key=lambda each: (each.name, each.id))


def end(office: Office, actor: policy.Actor, template: str) -> None:
    """Keep a template no longer; by whoever kept it. Raises NotFound."""

    def work(connection: Connection) -> int:
        row = connection.execute(select(TEMPLATES).where(TEMPLATES.c.id == template)).first()
        if row is None or row.person != actor.person:
            raise NotFound
        told = Statement(what=ENDED, who=actor.person, when=office.now(), objects=(template,))
        office.log.append(connection, told)
        connection.execute(delete(TEMPLATES).where(TEMPLATES.c.id == template))
        return int(row.key)

    office.keys.destroy([office.write(work)])  # type: ignore[list-item]


def _require_asks(actor: policy.Actor) -> None:
    if Capability.ASK_PARTNER not in capabilities(actor.roles, trained=actor.trained):
        raise NotFound


def _about(template: str) -> str:
    return f"assistance_templates:{template}"
