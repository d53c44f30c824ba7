"""Which unit a person belongs to: supervisors see the cases of their own."""

from __future__ import annotations

from sqlalchemy import Connection, select

from liaison.office import Office
from liaison.officers.secrecy import opened
from liaison.ports import KeyId
from liaison.storage.tables.officers import PEOPLE


def unit_of(office: Office, connection: Connection, person: str) -> str:
    """The unit of a person; empty where they are not known here."""
    row = connection.execute(select(PEOPLE.c.key, PEOPLE.c.sealed).where(PEOPLE.c.id == person)).first()
    if row is None:
        return ""
    return opened(office.keys, KeyId(row.key), row.sealed, f"people:{person}").get("unit", "")
