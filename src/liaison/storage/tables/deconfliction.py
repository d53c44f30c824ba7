"""Tables of actions that are planned: our own, what partners said of each, and who was warned.

Where, whom and what an action is about stands sealed alone. In clear are officers, cases, partners, times and states.
The keys of our own sets, their versions and shards are in the tables of cross-checks (`crosscheck.EPOCHS`), with `of`
= actions and a class for each partner.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from liaison.storage.tables.base import Moment, metadata, one_of
from liaison.storage.tables.crosscheck import EPOCHS

# the values of the enums in crosscheck/planned/actions.py, which this layer does not import
ACTION_STATES = ("planned", "cancelled", "over")
PROBE_STATES = ("waiting", "asked", "clear", "overlap", "refused")

ACTIONS = Table(
    "deconfliction_actions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("state", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("grounds_id", Text, nullable=False),
    Column("starts", Moment, nullable=False),
    Column("ends", Moment, nullable=False),
    Column("revision", Integer, nullable=False),  # 1, and one more with each change
    Column("made", Moment, nullable=False),
    Column("ended", Moment),  # cancelled, or seen to be over
    Column("forgotten", Moment),
    Column("key", BigInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # what it is about, the note, the seed of its blinds
    one_of("state", ACTION_STATES),
    Index("ix_deconfliction_actions_case", "case_id"),
    Index("ix_deconfliction_actions_state", "state", "ends"),
)
BLOCKS = Table(  # of our own sets: what one action puts in, or chance that looks like an action
    "deconfliction_blocks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("epoch", Text, ForeignKey(EPOCHS.c.id), nullable=False),
    Column("action", Text, nullable=False),  # empty for chance
    Column("revision", Integer, nullable=False),
    Column("until", Moment, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # seed of what fills it up, then whole outputs
    Index("ix_deconfliction_blocks_epoch", "epoch"),
    Index("ix_deconfliction_blocks_action", "action"),
)
PROBES = Table(  # an action held against the set of one partner
    "deconfliction_probes",
    metadata,
    Column("action", Text, ForeignKey(ACTIONS.c.id), primary_key=True),
    Column("partner", Text, primary_key=True),  # origin
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False),  # why it waits, or was refused
    Column("revision", Integer, nullable=False),  # of the action, when it was asked about
    Column("epoch", Text, nullable=False),  # the partner's
    Column("public", Text, nullable=False),
    Column("version", Integer, nullable=False),  # of the set that was looked into last
    Column("session", Text, nullable=False),  # the name under which the partner was asked
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("at", Moment),  # when it was looked at last
    Column("sealed", LargeBinary),  # whole outputs, under the action's key
    one_of("state", PROBE_STATES),
)
QUESTIONS = Table(  # what was asked, so that a supervisor can open it again, whatever became of the action
    "deconfliction_questions",
    metadata,
    Column("session", Text, primary_key=True),
    Column("action", Text, ForeignKey(ACTIONS.c.id), nullable=False),
    Column("partner", Text, nullable=False),  # origin
    Column("whole", Text, nullable=False),  # digest over the points, as it is in the ledger
    Column("at", Moment, nullable=False),
    Column("entry", BigInteger, nullable=False),
    Column(
        "sealed", LargeBinary, nullable=False
    ),  # what was asked about and the seed, under the action's key
    Index("ix_deconfliction_questions_action", "action"),
)
WARNINGS = Table(
    "deconfliction_warnings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("action", Text, ForeignKey(ACTIONS.c.id), nullable=False),
    Column("partner", Text, nullable=False),  # origin
    Column("revision", Integer, nullable=False),  # of the action
    Column("at", Moment, nullable=False),
    Column("acknowledged", Moment),
    Column("by", Text, nullable=False),  # who acknowledged it
    Column("entry", BigInteger, nullable=False),
    UniqueConstraint("action", "partner", "revision"),
)
