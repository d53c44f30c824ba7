"""What there is of cross-checks without anything that is sealed: partners' sets that are kept here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection, select

from liaison import policy
from liaison.crosscheck.messages import Of
from liaison.office import Office
from liaison.partners.access import may_see
from liaison.storage.tables.crosscheck import SETS


@dataclass(frozen=True, slots=True)
class KeptSet:
    """A partner's set as it stands here. `people` padded; `fetched` is when it was last said to be the newest."""

    partner: str
    of: Of
    epoch: str
    version: int
    people: int
    begun: dt.datetime
    ends: dt.datetime
    fetched: dt.datetime


def kept_sets(office: Office, actor: policy.Actor, of: Of = Of.RECORDS) -> list[KeptSet]:
    """The sets of partners that are kept here, by partner, to whoever may know of partners; to others none."""

    def work(connection: Connection) -> list[KeptSet]:
        query = select(SETS).where(SETS.c["of"] == of.value).order_by(SETS.c.partner)
        return [
            KeptSet(row.partner, of, row.epoch, row.version, row.people, row.begun, row.ends, row.fetched)
            for row in connection.execute(query)
        ]

    return office.read(work) if may_see(actor) else []
