"""Tables of the ledger: leaves, sealed payloads, the heads that were signed, and what witnesses have seen."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, LargeBinary, Table, Text

from liaison.storage.tables.base import Moment, metadata

ENTRIES = Table(
    "ledger_entries",
    metadata,
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    Column("leaf", LargeBinary, nullable=False),
    CheckConstraint("entry >= 0", name="entry_counts_from_zero"),
)
PAYLOADS = Table(
    "ledger_payloads",
    metadata,
    Column("entry", BigInteger, primary_key=True, autoincrement=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
HEADS = Table(
    "ledger_heads",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("signed", Moment, nullable=False),
)
WITNESSED = Table(
    "ledger_witnessed",
    metadata,
    Column("witness", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("line", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)
ALARMS = Table(
    "witness_alarms",
    metadata,
    Column("digest", Text, primary_key=True),
    Column("origin", Text, nullable=False),
    Column("request", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)
WITNESS_STATES = Table(
    "witness_states",
    metadata,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary, nullable=False),
    Column("note", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)
