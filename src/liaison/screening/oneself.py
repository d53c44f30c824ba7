"""Officers who ask about themselves: the check goes on, its entry notes it, and whoever supervises is told (A20).

Nothing is refused: a namesake may be a suspect. The log serves to verify that processing is lawful (Directive (EU)
2016/680, article 25(2)), and for that somebody has to look.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, bindparam, select

from liaison import policy
from liaison.matching.columns import People
from liaison.model.roles import Role
from liaison.model.subjects import AnySubject
from liaison.office import Office
from liaison.officers import notices
from liaison.officers.secrecy import person_name
from liaison.ports import KeyId
from liaison.screening.asked import person_of
from liaison.screening.oneself_rules import may_be_in_list, may_be_oneself
from liaison.storage.prepared import Prepared
from liaison.storage.tables.officers import PEOPLE

NOTICED = "asked-about-oneself"
_OWN = Prepared(select(PEOPLE.c.key, PEOPLE.c.sealed).where(PEOPLE.c.id == bindparam("person")))


def asks_about_oneself(
    office: Office, connection: Connection, actor: policy.Actor, subject: AnySubject
) -> bool:
    """Whether the person asked about, or the bearer of the document, may be who asks."""
    person = person_of(subject)
    asked = [str(name) for name in person.names] if person is not None else []
    return bool(asked) and may_be_oneself(_own_name(office, connection, actor), asked)


def list_holds_oneself(office: Office, actor: policy.Actor, people: People) -> bool:
    """Whether one of the people of a list may be who asks."""
    own = office.read(lambda connection: _own_name(office, connection, actor))
    return bool(own) and may_be_in_list(own, names(people))


def tell(connection: Connection, context: policy.Context, check: str) -> None:
    """Tell the supervisors of such a check, in its transaction; of a supervisor's own the data-protection officer."""
    oversees = Role.SUPERVISOR in context.actor.roles
    to = Role.DATA_PROTECTION_OFFICER if oversees else Role.SUPERVISOR
    notices.add(connection, to, NOTICED, check, context.now)


def _own_name(office: Office, connection: Connection, actor: policy.Actor) -> str:
    row = _OWN.first(connection, {"person": actor.person})
    return person_name(office.keys, KeyId(row.key), row.sealed, actor.person) if row else ""


def names(people: People) -> Iterator[str]:
    """The names of the people of a list, as they would be written in one field."""
    for given, surname, full in zip(people.given, people.surname, people.full, strict=True):
        yield full or f"{given} {surname}".strip()
