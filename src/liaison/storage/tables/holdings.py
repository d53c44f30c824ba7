"""Tables of records: ids, codes, dates and keyed digests in clear; what a record says stands in sealed columns alone.

Records that protect a person (victims, witnesses, the missing, children) stand in tables of their own, which
`holdings.safeguarding` alone reads. The two sets of tables have the same columns.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from liaison.storage.tables.base import Moment, metadata

KINDS = "'person', 'document', 'vehicle', 'phone', 'account', 'organisation'"
FINDABLE = "'suspect', 'convicted', 'contact'"
EVERY = f"{FINDABLE}, 'victim', 'witness', 'missing'"
STATES = "'live', 'restricted', 'withdrawn', 'erased'"


def _records(name: str, categories: str) -> Table:
    return Table(
        name,
        metadata,
        Column("id", Text, primary_key=True),
        Column("list", Text, nullable=False),
        Column("ref", LargeBinary),  # keyed digest of the list's own id; none where the list may have it anew
        Column("kind", Text, nullable=False),
        Column("category", Text),
        Column("handling", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("digest", LargeBinary),  # keyed digest of what the list says; none once erased
        Column("retention", Moment, nullable=False),
        Column("review", Moment, nullable=False),
        Column("hold_until", Moment),
        Column("hold_case", Text),
        Column("made", Moment, nullable=False),
        Column("changed", Moment, nullable=False),
        Column("change", BigInteger, nullable=False),  # place in the order of changes
        Column("receipt", BigInteger),  # the ledger's entry of the erasure
        UniqueConstraint("list", "ref"),
        CheckConstraint(f"kind IN ({KINDS})", name="kind_known"),
        CheckConstraint(f"category IN ({categories})", name="category_known"),
        CheckConstraint("kind <> 'person' OR category IS NOT NULL", name="person_has_category"),
        CheckConstraint(f"state IN ({STATES})", name="state_known"),
        CheckConstraint("version > 0", name="version_counts_from_one"),
        CheckConstraint("review <= retention", name="review_before_end"),
        CheckConstraint("(hold_until IS NULL) = (hold_case IS NULL)", name="hold_has_case"),
        CheckConstraint("(state = 'erased') = (receipt IS NOT NULL)", name="erased_with_receipt"),
        CheckConstraint("state <> 'erased' OR digest IS NULL", name="erased_without_digest"),
        Index(f"ix_{name}_change", "change"),
        Index(f"ix_{name}_retention", "retention"),
        Index(f"ix_{name}_list", "list", "state"),
    )


def _versions(name: str, records: Table) -> Table:
    return Table(
        name,
        metadata,
        Column("holding", Text, ForeignKey(records.c.id), primary_key=True),
        Column("version", Integer, primary_key=True),
        Column("key", BigInteger, nullable=False),
        Column("sealed", LargeBinary, nullable=False),
        Column("made", Moment, nullable=False),
    )


HOLDINGS = _records("holdings", FINDABLE)
VERSIONS = _versions("holding_versions", HOLDINGS)
SAFEGUARDED = _records("safeguarded", EVERY)
SAFEGUARDED_VERSIONS = _versions("safeguarded_versions", SAFEGUARDED)
LINKS = Table(  # which cases met which records: what lets an investigator read one
    "holding_links",
    metadata,
    Column("case_id", Text, primary_key=True),
    Column("holding_id", Text, ForeignKey(HOLDINGS.c.id), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Index("ix_holding_links_holding", "holding_id"),
)
CURSORS = Table(  # how far the order of changes has come
    "holding_cursors",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
DIGEST_KEYS = Table(  # keys of the ring under which digests are made
    "holding_keys",
    metadata,
    Column("name", Text, primary_key=True),
    Column("key", BigInteger, nullable=False),
)
SNAPSHOTS = Table(  # match indexes on disk, each under a key of its own
    "index_snapshots",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", BigInteger, nullable=False),
    Column("cursor", BigInteger, nullable=False),
    Column("made", Moment, nullable=False),
)
RUNS = Table(  # runs of the retention job, and times that a person vouched for
    "retention_runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("made", BigInteger, nullable=False, unique=True),  # how many there were before it
    Column("at", Moment, nullable=False),  # by the system's clock
    Column("second", Moment, nullable=False),  # by the other source of time
    Column("outcome", Text, nullable=False),
    Column("erased", Integer, nullable=False),
    Column("held", Integer, nullable=False),  # overdue, but kept for evidence
    Column("by", Text, nullable=False),
    CheckConstraint("outcome IN ('run', 'refused', 'confirmed')", name="outcome_known"),
)
