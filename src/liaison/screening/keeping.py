"""How a check and its alerts are kept: sealed rows, two entries of the ledger, and the counts by origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Integer, bindparam, insert, select, update

from liaison import policy
from liaison.ledger.statements import Statement
from liaison.office import Office, new_id
from liaison.ports import KeyId
from liaison.screening.content import pack
from liaison.screening.disclosure import Disclosed, Told
from liaison.screening.oneself import tell
from liaison.screening.seals import digest, seals
from liaison.storage.prepared import Prepared
from liaison.storage.sealing import seal
from liaison.storage.tables.holdings import LINKS
from liaison.storage.tables.screening import ALERTS, CHECKS, ORIGINS

CHECKED, ANSWERED = "check", "check-answered"
AT_ONCE = 500  # rows in one insert
NAMED = 200  # records that an entry of the ledger names; the alerts name all
COUNTED = ("questions", "alerts", "confirmed", "rejected")
Key = tuple[KeyId, bytes]
# Put together once: that takes longer than to run them.
ADD = Prepared(
    update(ORIGINS)
    .where(ORIGINS.c.month == bindparam("of_month"), ORIGINS.c.nationality == bindparam("of_nationality"))
    .values({name: ORIGINS.c[name] + bindparam(f"more_{name}", type_=Integer) for name in COUNTED})
)
NEW_CHECK, NEW_ALERT = Prepared(insert(CHECKS)), Prepared(insert(ALERTS))
MET = select(LINKS.c.holding_id).where(
    LINKS.c.case_id == bindparam("case"), LINKS.c.holding_id.in_(bindparam("some", expanding=True))
)


@dataclass(frozen=True, slots=True)
class Look:
    """One look-up as it will be kept: who asked what on which grounds, and how many it was about."""

    id: str
    kind: str  # one, traveller, list, manifest, standing, sighting or follow
    person: str
    grounds_id: str
    context: policy.Context
    question: bytes
    looked_up: int
    least: int
    origins: Mapping[str, int]  # how many subjects of which nationality were asked about
    standing: str = ""
    oneself: bool = False  # whoever asks may be among those asked about


@dataclass(frozen=True, slots=True)
class Kept:
    """A look-up ready to be written: everything is sealed before the transaction begins."""

    look: Look
    disclosed: Disclosed
    check: dict[str, Any]
    alerts: tuple[dict[str, Any], ...]
    statements: tuple[Statement, Statement]


def ready(office: Office, look: Look, disclosed: Disclosed) -> Kept:
    """Seal a question and its alerts, each under a key of its own. Raises StoreUnavailable."""
    held = seals(office)
    keys = held.take(1 + len(disclosed.told))
    alerts = tuple(
        _alert(look, rank, told, key)
        for rank, (told, key) in enumerate(zip(disclosed.told, keys[1:], strict=True), 1)
    )
    check = _check(look, disclosed, keys[0])
    told_of = digest(held.digest_key(office), look.question)
    return Kept(look, disclosed, check, alerts, _statements(look, disclosed, told_of, alerts))


def of_kind(kept: Kept, kind: str) -> Kept:
    """The same look-up as one of another kind, which the numbers made it since it was sealed."""
    if kind == kept.look.kind:
        return kept
    asked, told = kept.statements
    asked = msgspec.structs.replace(asked, detail={**asked.detail, "kind": kind})
    return replace(
        kept, look=replace(kept.look, kind=kind), check=kept.check | {"kind": kind}, statements=(asked, told)
    )


def write(office: Office, connection: Connection, kept: Kept) -> int:
    """Write a look-up: the ledger first, then the check, its alerts and the counts; the ledger's entry of the question.

    Raises LedgerUnavailable; the caller's transaction must then fail, and nothing is told.
    """
    entries = office.log.append_many(connection, kept.statements)
    entry = entries[0].index
    NEW_CHECK.change(connection, [kept.check | {"entry": entry}])
    NEW_ALERT.change(connection, kept.alerts)
    _link(connection, kept)
    _count(connection, kept)
    if kept.look.oneself:
        tell(connection, kept.look.context, kept.look.id)
    return entry


def add_to_origins(connection: Connection, month: str, nationality: str, counts: dict[str, int]) -> None:
    """Add to the counts of a month and a nationality."""
    row = {"of_month": month, "of_nationality": nationality}
    added = {f"more_{name}": counts.get(name, 0) for name in COUNTED}
    if ADD.change(connection, [row | added]) == 0:
        fresh = {name: counts.get(name, 0) for name in COUNTED}
        connection.execute(insert(ORIGINS), [fresh | {"month": month, "nationality": nationality}])


def month_of(time: datetime) -> str:
    """2026-03."""
    return f"{time.year:04}-{time.month:02}"


def alert_about(alert: str) -> str:
    """What an alert's seal is bound to."""
    return f"screening_alerts:{alert}"


def check_about(check: str) -> str:
    """What a question's seal is bound to."""
    return f"screening_checks:{check}"


def _check(look: Look, disclosed: Disclosed, key: Key) -> dict[str, Any]:
    grounds = look.context.grounds
    assert grounds is not None
    return {
        "id": look.id,
        "kind": look.kind,
        "person": look.person,
        "case_id": grounds.case,
        "grounds_id": look.grounds_id,
        "purpose": grounds.purpose.value,
        "offence": grounds.offence,
        "at": look.context.now,
        "looked_up": look.looked_up,
        "alerts": len(disclosed.told),
        "cleared": disclosed.cleared,
        "withheld": disclosed.withheld,
        "least": look.least,
        "key": key[0],
        "sealed": seal(key[1], look.question, check_about(look.id)),
    }


def _alert(look: Look, rank: int, told: Told, key: Key) -> dict[str, Any]:
    alert, grounds = new_id("alert"), look.context.grounds
    assert grounds is not None
    return {
        "id": alert,
        "check_id": look.id,
        "standing_id": look.standing,
        "case_id": grounds.case,
        "person": look.person,
        "holding_id": told.hit.holding,
        "rank": rank,
        "score": told.hit.score,
        "state": policy.AlertState.CANDIDATE.value,
        "at": look.context.now,
        "decided_by": None,
        "decided": None,
        "subject_digest": told.hit.subject_digest,
        "record_digest": told.hit.record_digest,
        "key": key[0],
        "sealed": seal(key[1], pack(told.content), alert_about(alert)),
    }


def _statements(
    look: Look, disclosed: Disclosed, told_of: str, alerts: Sequence[dict[str, Any]]
) -> tuple[Statement, Statement]:
    """What was asked, committed to by its digest; and what was told: counts, and the ids of the records."""
    grounds = look.context.grounds
    assert grounds is not None
    same: dict[str, Any] = {
        "who": look.person,
        "when": look.context.now,
        "case": grounds.case,
        "purpose": grounds.purpose.value,
        "grounds": look.grounds_id,
    }
    asked = Statement(
        what=CHECKED,
        objects=(look.id,),
        digest=told_of,
        detail={"kind": look.kind, "subjects": str(look.looked_up)}
        | ({"oneself": "may be"} if look.oneself else {}),
        **same,
    )
    records = tuple(dict.fromkeys(row["holding_id"] for row in alerts))[:NAMED]
    counts = {
        "cleared": disclosed.cleared,
        "withheld": disclosed.withheld,
        "kept-back": disclosed.kept_back,
    }
    told = Statement(
        what=ANSWERED,
        objects=(look.id, *records),
        outcome=str(len(alerts)),
        detail={name: str(count) for name, count in counts.items()},
        **same,
    )
    return asked, told


def _link(connection: Connection, kept: Kept) -> None:
    """Note which records the case met: whoever works on it may read them to compare."""
    if not kept.alerts:
        return
    case, wanted = kept.check["case_id"], sorted({row["holding_id"] for row in kept.alerts})
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        known = set(connection.execute(MET, {"case": case, "some": some}).scalars())
        same = {"case_id": case, "since": kept.look.context.now, "by": kept.look.person}
        if fresh := [same | {"holding_id": holding} for holding in some if holding not in known]:
            connection.execute(insert(LINKS), fresh)


def _count(connection: Connection, kept: Kept) -> None:
    """Add to the counts by nationality: what was asked, and what alerts it made."""
    look = kept.look
    asked = look.origins
    made = Counter(told.hit.subject.nationality for told in kept.disclosed.told)
    month = month_of(look.context.now)
    for nationality in sorted({*asked, *made}):
        counts = {"questions": asked.get(nationality, 0), "alerts": made[nationality]}
        add_to_origins(connection, month, nationality, counts)
