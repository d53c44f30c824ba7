"""What a supervisor writes before something leaves that otherwise could not, at the time and never afterwards.

An assurance against the death penalty and torture (rule L14; Elgizouli [2020] UKSC 10), why a threat cannot wait for
the originator's permission (LED, article 35(2)), or the review of contact with a state from which the person sought
protection (rule L15). That somebody did is said before, by whoever knows. The time is the node's, the ledger has it.
"""

from __future__ import annotations

import datetime as dt
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from liaison import policy
from liaison.holdings import access as records
from liaison.ledger.statements import Statement
from liaison.model import canonical
from liaison.model.categories import OfficerId
from liaison.model.errors import BadInput, NotLawful
from liaison.model.grounds import offence
from liaison.model.roles import Capability, Role, capabilities
from liaison.office import Office, new_id
from liaison.partners import directory
from liaison.policy import Actor
from liaison.storage.tables.supply import REASONS
from liaison.supply import access, keeping, rules
from liaison.supply.items import Urgency

ASSURANCE, URGENCY, PROTECTION, ORIGIN = "assurance", "urgency", "protection", "origin"
WHAT = {
    ASSURANCE: "assurance-signed",
    URGENCY: "urgency-declared",
    PROTECTION: "protection-told",
    ORIGIN: "origin-reviewed",
}
SHORTEST, LONGEST = 15, 2000  # characters


def assure(
    office: Office, actor: Actor, partner: str, offence_code: str, reference: str, reasons: str
) -> str:
    """Sign reasons of strict necessity on an assurance of a partner, for one offence; the id of it.

    reference: the document of assurance. It serves for 24 hours. Raises NotLawful for one who is no supervisor,
    NotFound, BadInput.
    """
    offence(offence_code)
    _require("reference", reference, 1)
    return _write(
        office, actor, ASSURANCE, partner, offence_code, {"reference": reference, "reasons": reasons}
    )


def declare_urgent(office: Office, actor: Actor, partner: str, item: str, threat: str, reasons: str) -> str:
    """Declare that an item must go to a partner before its originator can permit it; the id of the declaration.

    threat: the immediate and serious threat to public security. It serves for 24 hours. Raises as `assure`.
    """
    _require("threat", threat, SHORTEST)
    office.read(lambda connection: access.find(connection, actor, item))
    return _write(office, actor, URGENCY, partner, item, {"threat": threat, "reasons": reasons})


def tell_protection(office: Office, actor: Actor, partner: str, holding: str, words: str) -> str:
    """Say that the person of a record sought protection from the state of a partner; the id of it. From then on nothing
    of that record goes there without a review. Raises NotLawful for whoever sends no records, NotFound, BadInput.
    """
    if not {Capability.DISCLOSE, Capability.SUPERVISE} & capabilities(actor.roles, trained=actor.trained):
        raise NotLawful("only whoever sends records says this of one", hint="ask the desk")
    office.read(lambda connection: require_record(office, connection, actor, holding))
    return _write(office, actor, PROTECTION, partner, holding, {"reasons": words})


def review_origin(office: Office, actor: Actor, partner: str, holding: str, reasons: str) -> str:
    """Sign that contact with that state was reviewed for this person; the id of it. It serves for 24 hours.

    Raises NotLawful for one who is no supervisor, NotFound, BadInput.
    """
    _require_supervisor(actor)
    office.read(lambda connection: require_record(office, connection, actor, holding))
    return _write(office, actor, ORIGIN, partner, holding, {"reasons": reasons})


def require_record(office: Office, connection: Connection, actor: Actor, holding: str) -> None:
    """Raises NotFound for a record that this person may not see, and Erased."""
    records.load(connection, actor, holding, office.now())


def sought_protection(connection: Connection, partner: str, holding: str) -> bool:
    """Whether the person of a record sought protection from the state of a partner, as somebody said."""
    return _last(connection, PROTECTION, partner, holding) is not None


def reviewed(connection: Connection, actor: Actor, partner: str, holding: str, now: dt.datetime) -> bool:
    """Whether another person, a supervisor, reviewed the contact within the last 24 hours."""
    row = _last(connection, ORIGIN, partner, holding)
    return row is not None and row.person != actor.person and now - row.at <= rules.CONTEMPORANEOUS


def assurance(
    office: Office, connection: Connection, partner: str, offence_code: str
) -> policy.Assurance | None:
    """The last assurance for a partner and offence; whether it still serves is the policy's word."""
    row = _last(connection, ASSURANCE, partner, offence_code)
    if row is None:
        return None
    said = _said(office, row)
    return policy.Assurance(
        reference=said["reference"],
        signed_by=OfficerId(row.person),
        signer_roles=frozenset(Role(name) for name in row.roles.split("|")),
        reasons=said["reasons"],
        signed=row.at,
    )


def urgency(
    office: Office, connection: Connection, actor: Actor, partner: str, item: str, now: dt.datetime
) -> Urgency | None:
    """What another person, a supervisor, declared within the last 24 hours; None where nobody did."""
    row = _last(connection, URGENCY, partner, item)
    if row is None or row.person == actor.person or now - row.at > rules.CONTEMPORANEOUS:
        return None
    said = _said(office, row)
    return Urgency(threat=said["threat"], reasons=said["reasons"], at=row.at)


def _write(office: Office, actor: Actor, kind: str, partner: str, about: str, said: dict[str, str]) -> str:
    if kind != PROTECTION:
        _require_supervisor(actor)
    _require("reasons", said["reasons"], SHORTEST)
    reason_id, now, content = new_id(kind), office.now(), canonical.encode(said)

    def work(connection: Connection) -> str:
        directory.partner(connection, partner)
        (box,) = keeping.sealed(office.keys, [(f"reason:{reason_id}", content)])
        told = Statement(
            what=WHAT[kind],
            who=actor.person,
            when=now,
            objects=(reason_id, about),
            digest=sha256(content).hexdigest(),
            detail={"partner": partner},
        )
        entry = office.log.append(connection, told)
        row = {"id": reason_id, "kind": kind, "partner": partner, "about": about, "person": actor.person}
        row |= {"roles": "|".join(sorted(role.value for role in actor.roles))}
        sealed: dict[str, Any] = {"at": now, "key": box.key, "sealed": box.sealed, "entry": entry.index}
        connection.execute(insert(REASONS).values(**row, **sealed))
        return reason_id

    return office.write(work)


def _require_supervisor(actor: Actor) -> None:
    if Role.SUPERVISOR not in actor.roles:
        raise NotLawful("only a supervisor signs such reasons", hint="ask a supervisor")


def _last(connection: Connection, kind: str, partner: str, about: str) -> Row[Any] | None:
    chosen = (REASONS.c.kind == kind) & (REASONS.c.partner == partner) & (REASONS.c.about == about)
    query = select(REASONS).where(chosen).order_by(REASONS.c.at.desc(), REASONS.c.id)
    return connection.execute(query).first()


def _said(office: Office, row: Row[Any]) -> dict[str, str]:
    content = keeping.opened(office.keys, row.key, row.sealed, f"reason:{row.id}")
    said: dict[str, str] = canonical.decode(content, dict[str, str])
    return said


def _require(field: str, text: str, shortest: int) -> None:
    if not shortest <= len(text.strip()) <= LONGEST:
        raise BadInput(
            f"the {field} has not {shortest} to {LONGEST} characters",
            field=field,
            hint=f"write out the {field}",
        )
