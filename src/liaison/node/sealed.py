"""Where sealed content stands in the database: which column, under which key, bound to which name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from liaison.model.errors import Erased, StoreUnavailable
from liaison.ports import KeyId, Keys
from liaison.storage import migrate
from liaison.storage.sealing import unseal

AT_ONCE = 500  # rows


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed column. `about` names the row it is bound to; `via` is the column that leads to the row with the key,
    where that is in another table, `key` the column that holds it."""

    table: str
    column: str
    about: str
    via: tuple[str, str] | None = None  # (column here, table there)
    key: str = "key"


def _own(table: str, *key: str) -> Sealed:
    return Sealed(table, "sealed", f"{table}:" + ":".join(f"{{{name}}}" for name in key or ("id",)))


def _of(table: str, column: str, there: str, *key: str) -> Sealed:
    """Sealed under the key of another table's row, to which a column leads."""
    about = f"{table}:" + ":".join(f"{{{name}}}" for name in key)
    return Sealed(table, "sealed", about, via=(column, there))


SEALED = (
    _own("ledger_payloads", "entry"),
    _own("people"),
    Sealed("accounts", "sealed", "accounts:{id}", via=("person", "people")),
    Sealed("approvals", "about", "approvals:{id}"),
    Sealed("approvals", "reason", "reasons:{id}"),
    Sealed("broken_glasses", "reason", "broken_glasses:{id}"),
    Sealed("broken_glasses", "finding", "findings:{id}"),
    _own("partners"),
    _own("holding_versions", "holding", "version"),
    _own("safeguarded_versions", "holding", "version"),
    _own("screening_cases"),
    _own("screening_grounds"),
    _own("screening_checks"),
    _own("screening_alerts"),
    Sealed("screening_decisions", "sealed", "screening_decisions:{id}", via=("alert_id", "screening_alerts")),
    Sealed("sightings", "sealed", "sightings:{alert_id}", via=("alert_id", "screening_alerts")),
    _of("followings", "check_id", "screening_checks", "check_id"),
    _own("screening_lists"),
    _own("flight_manifests"),
    Sealed("flight_manifests", "who", "flight_manifests.who:{id}", key="who_key"),
    _own("flight_passengers", "alert_id"),
    _own("screening_standing"),
    _own("letters_out"),
    _own("letters_in", "partner", "id"),
    Sealed("letter_conflicts", "sealed", "letters_in:{partner}:{letter}"),
    Sealed("supply_supplied", "sealed", "supply:{id}"),
    Sealed("supply_held", "sealed", "supply:{id}"),
    Sealed("supply_notices", "sealed", "supply:{id}"),
    Sealed("supply_recipients", "sealed", "reason:{item}:{recipient}"),
    Sealed("supply_reasons", "sealed", "reason:{id}"),
    Sealed("supply_outcomes", "sealed", "outcome:{id}"),
    Sealed("supply_permissions", "sealed", "{id}:why"),
    Sealed("supply_permissions", "answer", "{id}:answer"),
    Sealed("publications", "sealed", "publication:{id}:{version}"),
    Sealed("published_objects", "sealed", "published:{seq}"),
    _own("intake"),
    _own("assistance_requests"),
    _own("assistance_subjects", "request_id", "number"),
    Sealed("assistance_subjects", "found", "assistance_subjects.found:{request_id}:{number}"),
    _own("assistance_lists", "request_id", "sha256"),
    _own("assistance_talks"),
    Sealed("assistance_talks", "answer", "assistance_talks.answer:{id}"),
    _own("assistance_convictions"),
    _own("assistance_copies"),
    _own("assistance_spontaneous"),
    _own("assistance_templates"),
    _of("crosscheck_versions", "epoch", "crosscheck_epochs", "epoch", "version"),
    _of("crosscheck_shards", "epoch", "crosscheck_epochs", "epoch", "number"),
    _of("crosscheck_book", "epoch", "crosscheck_epochs", "epoch", "number"),
    _of("crosscheck_canaries", "epoch", "crosscheck_epochs", "id"),
    _of("crosscheck_set_shards", "set", "crosscheck_sets", "set", "number"),
    _own("crosscheck_sessions"),
    _of("crosscheck_subjects", "session", "crosscheck_sessions", "session", "number"),
    _of("crosscheck_batches", "session", "crosscheck_sessions", "leg", "number"),
    _own("sensor_authorities"),
    _own("deconfliction_actions"),
    _of("deconfliction_blocks", "epoch", "crosscheck_epochs", "id"),
    _of("deconfliction_probes", "action", "deconfliction_actions", "action", "partner"),
    _of("deconfliction_questions", "action", "deconfliction_actions", "session"),
)
OPEN = {  # columns of bytes that are not sealed: digests, keyed marks, signatures, and keys that everyone may see
    ("assistance_convictions", "digest"),
    ("camera_feeds", "secret"),
    ("holdings", "digest"),
    ("holdings", "ref"),
    ("ledger_entries", "leaf"),
    ("ledger_heads", "note"),
    ("ledger_heads", "root"),
    ("ledger_witnessed", "line"),
    ("letter_conflicts", "receipt"),
    ("letter_lanes", "chain"),
    ("letters_in", "chain"),
    ("letters_in", "receipt"),
    ("letters_out", "receipt"),
    ("own_cards", "content"),
    ("own_cards", "signature"),
    ("passages", "mark"),
    ("partner_agreements", "content"),
    ("partner_agreements", "ours"),
    ("partner_agreements", "theirs"),
    ("partner_cards", "content"),
    ("partner_cards", "signature"),
    ("passkeys", "public_key"),
    ("safeguarded", "digest"),
    ("safeguarded", "ref"),
    ("screening_alerts", "record_digest"),
    ("screening_alerts", "subject_digest"),
    ("screening_cleared", "record"),
    ("screening_cleared", "subject"),
    ("screening_traces", "birth"),
    ("screening_traces", "document"),
    ("screening_traces", "expiry"),
    ("screening_traces", "names"),
    ("sensor_authorities", "certificate"),
    ("sensor_feeds", "certificate"),
    ("sensor_feeds", "secret"),
    ("witness_alarms", "request"),
    ("witness_states", "note"),
    ("witness_states", "root"),
}


@dataclass(slots=True)
class Opened:
    """How many pieces opened, how many keys are destroyed, and the first piece that is bad."""

    opened: int = 0
    erased: int = 0
    fault: str = ""


def open_all(connection: Connection, keys: Keys) -> Opened:
    """Open every sealed piece of the database once; it ends at the first that is bad."""
    found = Opened()
    for each in SEALED:
        for rows in _batches(connection, each):
            _open(keys, each, rows, found)
            if found.fault:
                return found
    return found


def _batches(connection: Connection, each: Sealed) -> Iterator[Sequence[dict[str, Any]]]:
    """The rows of a table that hold a sealed piece, each with its key as `_key`, in batches."""
    tables = migrate.every_table().tables
    table: Table = tables[each.table]
    query = select(table).where(table.c[each.column].is_not(None))
    if each.via is None:
        query = query.add_columns(table.c[each.key].label("_key"))
    else:
        here, there = each.via
        other = tables[there]
        query = query.add_columns(other.c.key.label("_key")).join(other, other.c.id == table.c[here])
    found = connection.execution_options(yield_per=AT_ONCE).execute(query)
    for some in found.mappings().partitions(AT_ONCE):
        yield [dict(row) for row in some]


def _open(keys: Keys, each: Sealed, rows: Sequence[dict[str, Any]], found: Opened) -> None:
    for row in rows:
        about = each.about.format(**row)
        try:
            unseal(keys.fetch([KeyId(row["_key"])])[0], row[each.column], about)
            found.opened += 1
        except Erased:
            found.erased += 1
        except StoreUnavailable:
            found.fault = f"{about} does not open"
            return
