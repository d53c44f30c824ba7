"""Tables of screening: cases, grounds, checks, alerts, what was decided on them, lists, standing questions, samples.

Who is asked about stands in sealed columns alone. What is in clear names officers, cases, codes, counts and times,
and of documents that were examined pseudonyms, under a key of the ring.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from liaison.storage.tables.base import Moment, metadata

SECRETS = Table(  # keys of the ring that the whole of screening uses, and places reached in a sequence
    "screening_secrets",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
CASES = Table(
    "screening_cases",
    metadata,
    Column("id", Text, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("offence", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened", Moment, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("closed", Moment),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the title
    CheckConstraint("state IN ('open', 'closed')", name="case_state"),
    CheckConstraint("(state = 'closed') = (closed IS NOT NULL)", name="case_closed_when"),
)
MEMBERS = Table(
    "screening_members",
    metadata,
    Column("case_id", Text, ForeignKey(CASES.c.id), primary_key=True),
    Column("person", Text, primary_key=True),
    Column("part", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("added_by", Text, nullable=False),
    CheckConstraint("part IN ('lead', 'member', 'reader')", name="member_part"),
    Index("ix_screening_members_person", "person"),
)
GROUNDS = Table(
    "screening_grounds",
    metadata,
    Column("id", Text, primary_key=True),
    Column("case_id", Text, ForeignKey(CASES.c.id), nullable=False),
    Column("person", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("offence", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("given", Moment, nullable=False),
    Column("ended", Moment),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the justification
    Index("ix_screening_grounds_case", "case_id", "person"),
)
CHECKS = Table(
    "screening_checks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("grounds_id", Text, ForeignKey(GROUNDS.c.id), nullable=False),
    Column("purpose", Text, nullable=False),
    Column("offence", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("looked_up", Integer, nullable=False),  # subjects
    Column("alerts", Integer, nullable=False),
    Column("cleared", Integer, nullable=False),  # left out as cleared before
    Column("withheld", Integer, nullable=False),  # more than were asked for
    Column("least", Integer, nullable=False),  # 1/10,000 bit
    Column("entry", BigInteger, nullable=False),  # of the ledger
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the question
    CheckConstraint(
        "kind IN ('one', 'traveller', 'list', 'manifest', 'standing', 'sighting', 'follow')",
        name="check_kind",
    ),
    CheckConstraint("looked_up >= 0 AND alerts >= 0 AND cleared >= 0 AND withheld >= 0", name="check_counts"),
    Index(
        "ix_screening_checks_person", "person", "at", "case_id", "kind", "looked_up"
    ),  # sums of a window, by itself
    Index("ix_screening_checks_case", "case_id", "at"),
    Index("ix_screening_checks_at", "at"),
)
ALERTS = Table(
    "screening_alerts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("check_id", Text, ForeignKey(CHECKS.c.id), nullable=False),
    Column("standing_id", Text, nullable=False),  # empty where a person asked
    Column("case_id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("holding_id", Text, nullable=False),
    Column("rank", Integer, nullable=False),
    Column("score", Integer, nullable=False),  # 1/10,000 bit
    Column("state", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("decided_by", Text),
    Column("decided", Moment),
    Column("subject_digest", LargeBinary, nullable=False),
    Column("record_digest", LargeBinary, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the two sides, the reasons, the conditions
    CheckConstraint("state IN ('candidate', 'confirmed', 'rejected')", name="alert_state"),
    CheckConstraint(
        "(state = 'candidate') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided IS NULL)",
        name="alert_decided_by_a_person",
    ),
    Index("ix_screening_alerts_check", "check_id"),
    Index("ix_screening_alerts_case", "case_id", "state"),
    Index("ix_screening_alerts_person", "person", "state"),
    Index("ix_screening_alerts_holding", "holding_id"),
)
DECISIONS = Table(
    "screening_decisions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alert_id", Text, ForeignKey(ALERTS.c.id), nullable=False),
    Column("number", Integer, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("entry", BigInteger, nullable=False),  # of the ledger
    Column("sealed", LargeBinary, nullable=False),  # the reason, under the alert's key
    CheckConstraint("before <> after", name="decision_changes_something"),
    Index("ix_screening_decisions_alert", "alert_id", "number", unique=True),
)
CLEARED = Table(
    "screening_cleared",
    metadata,
    Column("subject", LargeBinary, primary_key=True),  # keyed digests
    Column("record", LargeBinary, primary_key=True),
    Column("alert_id", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_screening_cleared_alert", "alert_id"),
)
LISTS = Table(
    "screening_lists",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("case_id", Text, ForeignKey(CASES.c.id), nullable=False),
    Column("grounds_id", Text, ForeignKey(GROUNDS.c.id), nullable=False),
    Column("state", Text, nullable=False),
    Column("asked", Moment, nullable=False),
    Column("started", Moment),
    Column("ended", Moment),
    Column("subjects", Integer, nullable=False),
    Column("bad_rows", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("approval_id", Text, nullable=False),  # empty where none is needed
    Column("check_id", Text, nullable=False),  # empty until it was run
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the people, bad rows, notes, limits
    CheckConstraint("state IN ('waiting', 'running', 'done', 'cancelled', 'failed')", name="list_state"),
    Index("ix_screening_lists_person", "person", "asked"),
    Index("ix_screening_lists_case", "case_id"),
)
STANDING = Table(
    "screening_standing",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("case_id", Text, ForeignKey(CASES.c.id), nullable=False),
    Column("grounds_id", Text, ForeignKey(GROUNDS.c.id), nullable=False),
    Column("check_id", Text, ForeignKey(CHECKS.c.id), nullable=False),  # that it was made of
    Column("asked", Moment, nullable=False),
    Column("expires", Moment, nullable=False),
    Column("ended", Moment),
    Column("why_ended", Text, nullable=False),  # expired, withdrawn, case closed; empty while it stands
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the question
    CheckConstraint("expires > asked", name="standing_expires"),
    CheckConstraint("(ended IS NULL) = (why_ended = '')", name="standing_ended_why"),
    Index("ix_screening_standing_case", "case_id"),
    Index("ix_screening_standing_check", "check_id"),
    Index("ix_screening_standing_person", "person"),
)
SAMPLES = Table(
    "screening_samples",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("seed", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("population", Integer, nullable=False),
    Column("entry", BigInteger, nullable=False),  # of the ledger, which commits to the seed
)
SAMPLED = Table(
    "screening_sampled",
    metadata,
    Column("sample_id", Text, ForeignKey(SAMPLES.c.id), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("check_id", Text, ForeignKey(CHECKS.c.id), nullable=False),
    Column("opened", Moment),
)
REFUSALS = Table(
    "screening_refusals",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("person", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("offence", Text, nullable=False),
    Column("first", Boolean, nullable=False),  # one row of each refusal: to count refusals, not rules
    Index("ix_screening_refusals_at", "at"),
)
TRACES = Table(  # documents that were examined, for some hours: keyed marks, when and where
    "screening_traces",
    metadata,
    Column("id", Text, primary_key=True),
    Column("document", LargeBinary, nullable=False),  # of number, state and type
    Column("birth", LargeBinary, nullable=False),
    Column("names", LargeBinary, nullable=False),  # marks of 16 bytes, one after the other
    Column("expiry", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Column("place", Text, nullable=False),  # empty where nobody said
    Column("latitude", Float),
    Column("longitude", Float),
    CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="trace_degrees"),
    Index("ix_screening_traces_document", "document", "at"),
    Index("ix_screening_traces_at", "at"),
)
ORIGINS = (
    Table(  # questions, alerts and confirmed hits a month by the nationality asked about, without persons
        "screening_origins",
        metadata,
        Column("month", Text, primary_key=True),  # 2026-03
        Column("nationality", Text, primary_key=True),  # ISO 3166 alpha-3; empty where none was given
        Column("questions", Integer, nullable=False),
        Column("alerts", Integer, nullable=False),
        Column("confirmed", Integer, nullable=False),
        Column("rejected", Integer, nullable=False),
    )
)
