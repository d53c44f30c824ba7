"""Scans that were made without the node: checked now, one by one, and recorded with what the device said then.

However often they are sent, each is checked once. One that cannot be taken keeps no other from being taken, and stays
with the browser until it can. What comes after the copy had expired is taken and said to be late: nothing is gained by
losing it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.model.errors import BadInput, LiaisonError
from liaison.office import Office
from liaison.screening.checkpoint.copies import load_copy
from liaison.screening.checkpoint.looking import Scan, Told, look, summed
from liaison.screening.records import Live
from liaison.screening.seals import digest, seals

REPORTED = "checkpoint-report"
MOST = 500  # scans of one report


@dataclass(frozen=True, slots=True)
class Bad:
    """A scan that was not taken, or not all of it: its id, if it had one, and why."""

    id: str
    error: LiaisonError


@dataclass(frozen=True, slots=True)
class Done:
    """A scan that was taken. `late`: it was made on a copy that had expired."""

    id: str
    told: tuple[Told, ...]
    late: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of every scan of a report. One of which a part was not checked is `done` for what the rest came to,
    and `refused`, so that it is sent again. `late`: the report came after the copy had expired. `entry` is the
    ledger's."""

    done: tuple[Done, ...]
    refused: tuple[Bad, ...]
    late: bool
    entry: int


def take(
    office: Office,
    live: Live,
    actor: policy.Actor,
    copy: str,
    scans: Sequence[Scan | Bad],
    window: timedelta,
) -> Taken:
    """Take a report. `copy` is empty for scans that were made on none.

    Raises BadInput for more than MOST scans, NotFound for a copy that is not the person's own, LedgerUnavailable and
    StoreUnavailable; scans that were checked until then are told as doubled when they are sent again.
    """
    if len(scans) > MOST:
        raise BadInput(
            f"the report has {len(scans)} scans", field="scans", hint=f"send at most {MOST} at a time"
        )
    expires = _expires(office, actor, copy)
    done: list[Done] = []
    refused: list[Bad] = []
    for scan in scans:
        if isinstance(scan, Bad):
            refused.append(scan)
            continue
        try:
            told = look(office, live, actor, replace(scan, copy=copy), window)
        except LiaisonError as error:
            refused.append(Bad(scan.id, error))
            continue
        kept_back = next((one.refusal for one in told if one.refusal is not None), None)
        if kept_back is not None:
            refused.append(Bad(scan.id, kept_back))
        late = expires is not None and scan.made is not None and scan.made > expires
        done.append(Done(scan.id, told, late))
    late = expires is not None and office.now() > expires
    statement = _statement(office, actor, copy, scans, done, refused, late)
    entry = office.write(lambda connection: office.log.append(connection, statement).index)
    return Taken(tuple(done), tuple(refused), late, entry)


def _expires(office: Office, actor: policy.Actor, copy: str) -> datetime | None:
    """When the copy ends; None where the scans were made on none. Raises NotFound."""
    if not copy:
        return None
    row = office.read(lambda connection: load_copy(connection, actor, copy))
    return row.expires if isinstance(row.expires, datetime) else None


def _statement(
    office: Office,
    actor: policy.Actor,
    copy: str,
    scans: Sequence[Scan | Bad],
    done: Sequence[Done],
    refused: Sequence[Bad],
    late: bool,
) -> Statement:
    """A report as the ledger has it: counts, and a digest of what devices said of each scan and the node says now."""
    now = {one.id: summed(one.told).value for one in done}
    lines = [
        (scan.id, scan.made, scan.said.value if scan.said else "", now.get(scan.id, ""))
        for scan in scans
        if isinstance(scan, Scan)
    ]
    doubled = sum(all(told.doubled for told in one.told) for one in done)
    return Statement(
        what=REPORTED,
        who=actor.person,
        when=office.now(),
        objects=(copy,) if copy else (),
        digest=digest(seals(office).digest_key(office), repr(lines).encode()),
        outcome=str(len(done)),
        detail={
            "doubled": str(doubled),
            "refused": str(len(refused)),
            "late": "yes" if late else str(sum(one.late for one in done)),
        },
    )
