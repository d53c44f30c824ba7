"""Tables of letters: those on their way, those that came, the places reached in each lane, and what contradicts itself.

Letters stand sealed under keys of their own, in clear their kind, place, digest and times alone. A row of a letter
that came is never deleted: its id and digest are what keeps it from being taken twice.
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

LANE = "lane IN ('urgent', 'ordinary')"

LANES = Table(  # the next number out and in, and the chain over what came
    "letter_lanes",
    metadata,
    Column("partner", Text, ForeignKey("partners.id"), primary_key=True),
    Column("lane", Text, primary_key=True),
    Column("next_out", BigInteger, nullable=False),
    Column("next_in", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    CheckConstraint(LANE, name="lane_is_known"),
    CheckConstraint("next_out > 0 AND next_in > 0", name="numbers_count_from_one"),
)
OUTBOX = Table(
    "letters_out",
    metadata,
    Column("id", Text, primary_key=True),
    Column("partner", Text, ForeignKey("partners.id"), nullable=False),
    Column("lane", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("document_key", Text, nullable=False),
    Column("seal_key", Text, nullable=False),  # of the recipient
    Column("digest", Text, nullable=False),  # of the JWS
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the JWS
    Column("made", Moment, nullable=False),
    Column("entry", BigInteger, nullable=False),  # of the ledger
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),  # of a refusal; empty otherwise
    Column("receipt", LargeBinary),
    Column("done", Moment),
    UniqueConstraint("partner", "lane", "number"),
    CheckConstraint(LANE, name="lane_is_known"),
    CheckConstraint("state IN ('waiting', 'delivered', 'refused')", name="state_is_known"),
    CheckConstraint("(state = 'waiting') = (receipt IS NULL)", name="done_with_receipt"),
    Index("ix_letters_out_waiting", "partner", "state", "lane", "number"),
    Index("ix_letters_out_thread", "thread"),
    Index("ix_letters_out_document_key", "document_key"),
    Index("ix_letters_out_seal_key", "seal_key"),
)
INBOX = Table(
    "letters_in",
    metadata,
    Column("partner", Text, ForeignKey("partners.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("lane", Text, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("thread", Text, nullable=False),
    Column("document_key", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("received", Moment, nullable=False),
    Column("entry", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),  # SHA-256 over the link before and the digest
    UniqueConstraint("partner", "lane", "number"),
    CheckConstraint(LANE, name="lane_is_known"),
    CheckConstraint("state IN ('accepted', 'refused')", name="state_is_known"),
    Index("ix_letters_in_thread", "thread"),
    Index("ix_letters_in_document_key", "document_key"),
)
CONFLICTS = Table(  # two letters of one partner under one id or number: evidence that is kept
    "letter_conflicts",
    metadata,
    Column("partner", Text, ForeignKey("partners.id"), primary_key=True),
    Column("digest", Text, primary_key=True),
    Column("letter", Text, nullable=False),
    Column("first", Text, nullable=False),  # the digest of the letter that counts
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("receipt", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
)
DELIVERIES = Table(  # how the way to each partner stands
    "letter_deliveries",
    metadata,
    Column("partner", Text, ForeignKey("partners.id"), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("next", Moment, nullable=False),
    Column("fault", Text, nullable=False),  # why the last try failed; empty where it did not
    Column("succeeded", Moment),
)
REFUSALS = (
    Table(  # letters of a partner that counted for nothing and were not kept, by the word in the receipt
        "letter_refusals",
        metadata,
        Column("partner", Text, ForeignKey("partners.id"), primary_key=True),
        Column("code", Text, primary_key=True),
        Column("times", BigInteger, nullable=False),
        Column("first", Moment, nullable=False),
        Column("last", Moment, nullable=False),
        Column("entry", BigInteger, nullable=False),  # the last one of the ledger about them
        CheckConstraint("times > 0", name="some_were_refused"),
    )
)
