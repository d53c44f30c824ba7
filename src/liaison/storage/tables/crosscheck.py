"""Tables of private cross-checks: our own sets and whom they were answered for; partners' sets and what we asked.

Tokens, outputs and people stand sealed alone. What is in clear names nodes, officers, cases, counts, digests and times,
and of an overlap the number of the subject in its session.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from liaison.storage.tables.base import Moment, metadata, one_of

# the values of the enums in crosscheck/messages.py and crosscheck/asker/states.py, which this layer does not import
KINDS = ("check", "standing")
OF = ("records", "actions")
EPOCH_STATES = ("making", "open", "closed")
SESSION_STATES = ("draft", "waiting", "refused", "running", "done", "cancelled", "ended")
LEG_STATES = ("waiting", "running", "done", "refused", "cancelled")

# ---- the holder's side
EPOCHS = Table(  # keys of our own sets: one for each class of partners who are entitled to the same records
    "crosscheck_epochs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("of", Text, nullable=False),  # records, or actions that are planned
    Column("class", Text, nullable=False),  # what the agreements let into the set, as a digest
    Column("number", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("seed", BigInteger, nullable=False),  # key of the ring that the secret is derived from
    Column("key", BigInteger, nullable=False),  # key of the ring that seals set, book and canaries
    Column("public", Text, nullable=False),  # hex; empty while it is being made
    Column("normaliser", Text, nullable=False),
    Column("changes", Boolean, nullable=False),
    Column("begun", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("closed", Moment),
    Column("version", Integer, nullable=False),  # of the set; 0 while it is being made
    Column("people", BigInteger, nullable=False),  # padded, as it is told
    Column("records", BigInteger, nullable=False),  # in the set
    Column("done", BigInteger, nullable=False),  # records looked at while it is being made
    Column("left_out", Text, nullable=False),  # JSON: how many, by why
    Column("cursor", BigInteger, nullable=False),  # place in the order of changes at which the set stands
    Column("entry", BigInteger),
    UniqueConstraint("of", "class", "number"),
    one_of("of", OF),
    one_of("state", EPOCH_STATES),
)
VERSIONS = Table(  # what was signed of each state of a set, and what led to it from the one before
    "crosscheck_versions",
    metadata,
    Column("epoch", Text, ForeignKey(EPOCHS.c.id), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("made", Moment, nullable=False),
    Column("root", Text, nullable=False),  # hex
    Column("document", Text, nullable=False),  # signed; a Published of crosscheck/messages.py
    Column("sealed", LargeBinary),  # the change; none for the first and where none are published
    Column("entry", BigInteger, nullable=False),
)
SHARDS = Table(  # of the last version
    "crosscheck_shards",
    metadata,
    Column("epoch", Text, ForeignKey(EPOCHS.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
BOOK = Table(  # which tokens came of which record, so that they can be taken out again
    "crosscheck_book",
    metadata,
    Column("epoch", Text, ForeignKey(EPOCHS.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
CANARIES = Table(  # invented people in a set: whoever asks about one has guessed and not investigated
    "crosscheck_canaries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("epoch", Text, ForeignKey(EPOCHS.c.id), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("met", Moment),
)
SERVED = Table(  # sessions of partners as they were answered here
    "crosscheck_served",
    metadata,
    Column("partner", Text, primary_key=True),  # origin
    Column("session", Text, primary_key=True),  # the asking side's name of it
    Column("kind", Text, nullable=False),
    Column("of", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("second", Text, nullable=False),
    Column("reference", Text, nullable=False),  # of the case, as the partner names it
    Column("purpose", Text, nullable=False),
    Column("offence", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("until", Moment),
    Column("epoch", Text, ForeignKey(EPOCHS.c.id), nullable=False),
    Column("whole", Text, nullable=False),  # digest over every batch, told with the first
    Column(
        "people", BigInteger, nullable=False
    ),  # whom it is about at least; 0 where an authority signed for them
    Column("points", BigInteger, nullable=False),  # that were evaluated
    Column("batches", Integer, nullable=False),  # that are to come in all
    Column("answered", Integer, nullable=False),
    Column("first", Moment, nullable=False),
    Column("last", Moment, nullable=False),
    Column("theirs", Text),  # the receipt, signed by the partner
    Column("ours", Text),  # the same receipt, signed here
    one_of("of", OF),
    Index("ix_crosscheck_served_last", "last"),
)
ANSWERED = Table(  # each batch that was evaluated: evidence, and what keeps one from being answered twice
    "crosscheck_answered",
    metadata,
    Column("partner", Text, primary_key=True),
    Column("session", Text, primary_key=True),
    Column("batch", Integer, primary_key=True),
    Column("epoch", Text, ForeignKey(EPOCHS.c.id), nullable=False),
    Column("digest", Text, nullable=False),  # of the points
    Column("points", Integer, nullable=False),
    Column("question", Text, nullable=False),  # as it was signed
    Column("answer", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("entry", BigInteger, nullable=False),
    UniqueConstraint("partner", "digest"),
)
REJECTED = Table(  # states of our sets that partners say they did not take, each once
    "crosscheck_rejected",
    metadata,
    Column("partner", Text, primary_key=True),
    Column("of", Text, primary_key=True),
    Column("epoch", Text, primary_key=True),  # "" and version 0 where nothing could be read of it
    Column("version", Integer, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("at", Moment, nullable=False),
    one_of("of", OF),
)

# ---- the asker's side
SETS = Table(  # sets of partners as they were fetched
    "crosscheck_sets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("partner", Text, nullable=False),
    Column("of", Text, nullable=False),
    Column("epoch", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("public", Text, nullable=False),
    Column("people", BigInteger, nullable=False),
    Column("root", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("begun", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("fetched", Moment, nullable=False),
    Column("key", BigInteger, nullable=False),
    Column("entry", BigInteger, nullable=False),
    UniqueConstraint("partner", "of"),
    one_of("of", OF),
)
SET_SHARDS = Table(
    "crosscheck_set_shards",
    metadata,
    Column("set", Text, ForeignKey(SETS.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
SESSIONS = Table(
    "crosscheck_sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("grounds_id", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("offence", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("reference", Text, nullable=False),  # of the case, as partners are told it
    Column("subjects", Integer, nullable=False),
    Column("people", Integer, nullable=False),  # as the law counts them: a subject of many names is several
    Column("bad_rows", Integer, nullable=False),
    Column("approval_id", Text, nullable=False),
    Column("until", Moment),  # of a standing one
    Column("made", Moment, nullable=False),
    Column("begun", Moment),
    Column("ended", Moment),
    Column("seed", BigInteger, nullable=False),  # key of the ring that every blind comes from
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # title, bad rows, notes
    one_of("kind", KINDS),
    one_of("state", SESSION_STATES),
    Index("ix_crosscheck_sessions_case", "case_id"),
    Index("ix_crosscheck_sessions_person", "person", "made"),
)
ASKED = Table(  # subjects of a session
    "crosscheck_subjects",
    metadata,
    Column("session", Text, ForeignKey(SESSIONS.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)
LEGS = Table(  # a session at one partner; a standing one has another for each epoch of the partner's
    "crosscheck_legs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session", Text, ForeignKey(SESSIONS.c.id), nullable=False),
    Column("partner", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),  # why it waits, or was refused
    Column("epoch", Text, nullable=False),
    Column("version", Integer, nullable=False),  # of the set that was looked into last
    Column("points", BigInteger, nullable=False),  # padding included
    Column("batches", Integer, nullable=False),
    Column("answered", Integer, nullable=False),
    Column("whole", Text, nullable=False),  # digest over every batch
    Column("authority", Text, nullable=False),  # who countersigned, and the signature
    Column("signature", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("next", Moment),
    Column("begun", Moment),
    Column("ended", Moment),
    Column("ours", Text),  # the receipt, signed here
    Column("theirs", Text),  # the same receipt, signed by the partner
    Column("entry", BigInteger),
    UniqueConstraint("session", "partner", "round"),
    one_of("state", LEG_STATES),
    Index("ix_crosscheck_legs_state", "state"),
)
BATCHES = Table(  # what was asked and answered, and the outputs while they are needed
    "crosscheck_batches",
    metadata,
    Column("leg", Text, ForeignKey(LEGS.c.id), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("points", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("session", Text, ForeignKey(SESSIONS.c.id), nullable=False),
    Column("sealed", LargeBinary),  # the outputs' first bytes; kept of a standing cross-check alone
)
HITS = Table(
    "crosscheck_hits",
    metadata,
    Column("session", Text, ForeignKey(SESSIONS.c.id), primary_key=True),
    Column("partner", Text, primary_key=True),
    Column("number", Integer, primary_key=True),  # of the subject
    Column("strength", Text, nullable=False),
    Column("bits", Float, nullable=False),
    Column("chance", Float, nullable=False),  # such overlaps to expect of one subject who is not there
    Column("agreed", Text, nullable=False),  # families of keys and what was off, one on each line
    Column("found", Moment, nullable=False),
    Column("request_id", Text, nullable=False),  # in which the records were asked for
    one_of("strength", ("strong", "possible", "weak")),
)
REOPENED = Table(  # supervisors who opened a session again
    "crosscheck_reopened",
    metadata,
    Column("id", Text, primary_key=True),
    Column("session", Text, ForeignKey(SESSIONS.c.id), nullable=False),
    Column("person", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("points", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("entry", BigInteger, nullable=False),
    one_of("outcome", ("agrees", "differs")),
)
