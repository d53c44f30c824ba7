"""Requests as the tests need them: drafted, authorised, sent and arrived."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection, select

from liaison.assistance import drafting, sending
from liaison.assistance.access import by_id
from liaison.assistance.messages import Copied, Opening
from liaison.model.grounds import Purpose
from liaison.storage.tables.assistance import REQUESTS, SUBJECTS
from tests.two_offices import APPROVER, INVESTIGATOR, Agency, Pair, text

GEZIM = "Gëzim Vokshi;1984-02-03;ALB;BA1234567"
STRANGER = "Wolfgang Obermüller;1931-11-30;DEU;"
LINES = (GEZIM, STRANGER)


def strangers(count: int) -> list[str]:
    """People whom nobody holds."""
    heads, tails = ("Wolf", "Ein", "Gott", "Sieg", "Ull"), ("fried", "hart", "mund", "bert", "rich")
    names = [a + b for a in heads for b in tails]
    return [
        f"{names[n % 25]} {names[n // 25 % 25]}mayer{chr(97 + n % 26)}{chr(97 + n // 26 % 26)};"
        f"19{30 + n % 60}-0{1 + n % 9}-1{n % 9};DEU;"
        for n in range(count)
    ]


def drafted(pair: Pair, lines: tuple[str, ...] | list[str] = LINES, **said: Any) -> str:
    request = drafting.draft(pair.asking.office, INVESTIGATOR, text(pair, **said))
    drafting.add_list(pair.asking.office, INVESTIGATOR, request, "\n".join(lines))
    return request


def sent(pair: Pair, lines: tuple[str, ...] | list[str] = LINES, **said: Any) -> str:
    request = drafted(pair, lines, **said)
    sending.submit(pair.asking.office, INVESTIGATOR, request)
    sending.authorise(pair.asking.office, APPROVER, request, True, "needed for the case")
    sending.send(pair.asking.office, pair.asking.means, INVESTIGATOR, request)
    return request


def arrived(pair: Pair, lines: tuple[str, ...] | list[str] = LINES, **said: Any) -> tuple[str, str]:
    """Ids of the same request at either side, once it was carried over and checked."""
    request = sent(pair, lines, **said)
    pair.carry()
    pair.asked.check()
    return request, theirs(pair, request)


def theirs(pair: Pair, request: str) -> str:
    """The id at the side that is asked."""
    query = select(REQUESTS.c.id).where(REQUESTS.c.thread == request)
    return str(pair.asked.office.read(lambda connection: connection.execute(query).scalar_one()))


def an_opening(pair: Pair, **said: Any) -> Opening:
    """The opening of a request about two people, as its letter carries it."""
    draft = msgspec.structs.asdict(text(pair, **said))
    given = {name: value for name, value in draft.items() if name in Opening.__struct_fields__}
    return Opening(
        **given,
        id="request-abcdefgh",
        authority="Agency",
        purpose=Purpose.INVESTIGATION,
        offence="drugs",
        copied=Copied(copied=False, exception="none-named"),
        subjects=2,
        parts=1,
        digest="0" * 64,
        made=pair.asking.clock.now(),
    )


def row(agency: Agency, request: str) -> Any:
    return agency.office.read(lambda connection: by_id(connection, request))


def states(agency: Agency, request: str) -> dict[int, str]:
    def work(connection: Connection) -> dict[int, str]:
        query = select(SUBJECTS).where(SUBJECTS.c.request_id == request).order_by(SUBJECTS.c.number)
        return {each.number: each.state for each in connection.execute(query)}

    return agency.office.read(work)
