"""Tables of checkpoints: which scans were taken, which copies were handed out, and counts of people found and helped.

Nothing that was scanned stands here, and nobody who was found: ids that browsers made, officers, times and verdicts.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, Table, Text

from liaison.storage.tables.base import Moment, metadata

SCANS = Table(
    "checkpoint_scans",
    metadata,
    Column("person", Text, primary_key=True),
    Column("id", Text, primary_key=True),  # made by the browser
    Column("part", Integer, primary_key=True),  # 0, and further where one text held several scans
    Column("at", Moment, nullable=False),
    Column("place", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("verdict", Text, nullable=False),  # empty where the rules had not spoken yet
    Column("quiet", Boolean, nullable=False),  # nothing may show that there is a record
    Column("check_id", Text, nullable=False),
    Column("entry", BigInteger, nullable=False),  # of the ledger
    Column("copy_id", Text, nullable=False),  # empty where it was made on none
    Column("made", Moment),  # when it was scanned without the node
    Column("said", Text, nullable=False),  # what the device said then; empty where the node was asked at once
    Index("ix_checkpoint_scans_at", "at"),
)
COPIES = Table(
    "checkpoint_copies",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("grounds_id", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("made", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("documents", Integer, nullable=False),
    Column("plates", Integer, nullable=False),
    Column("vehicle_numbers", Integer, nullable=False),
    Column("people", Integer, nullable=False),
    CheckConstraint("expires > made", name="copy_expires"),
    Index("ix_checkpoint_copies_expires", "expires"),
)
COUNTS = Table(  # how many were found and helped, never who
    "checkpoint_counts",
    metadata,
    Column("person", Text, primary_key=True),  # who counted
    Column("id", Text, primary_key=True),  # made by the browser, so that nothing is counted twice
    Column("case_id", Text, nullable=False),
    Column("day", Text, nullable=False),  # 2026-11-22
    Column("of", Text, nullable=False),
    Column("found", Integer, nullable=False),
    Column("helped", Integer, nullable=False),
    CheckConstraint("found >= 0 AND helped >= 0", name="count_not_negative"),
    Index("ix_checkpoint_counts_case", "case_id", "day"),
)
