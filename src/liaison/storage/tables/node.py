"""What a database knows of the node it belongs to."""

from __future__ import annotations

from sqlalchemy import Column, Table, Text

from liaison.storage.tables.base import Moment, metadata

FACTS = Table(
    "node_facts",
    metadata,
    Column("fact", Text, primary_key=True),  # origin, fingerprint, last-write, ...
    Column("value", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
