"""Tables of crosscheck."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "crosscheck_epochs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("normaliser", sa.Text(), nullable=False),
        sa.Column("changes", sa.Boolean(), nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.BigInteger(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("left_out", sa.Text(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("\"of\" IN ('records', 'actions')", name=op.f("ck_crosscheck_epochs_of_is_known")),
        sa.CheckConstraint(
            "\"state\" IN ('making', 'open', 'closed')", name=op.f("ck_crosscheck_epochs_state_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crosscheck_epochs")),
        sa.UniqueConstraint("of", "class", "number", name=op.f("uq_crosscheck_epochs_of_class_number")),
    )
    op.create_table(
        "crosscheck_rejected",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "\"of\" IN ('records', 'actions')", name=op.f("ck_crosscheck_rejected_of_is_known")
        ),
        sa.PrimaryKeyConstraint(
            "partner", "of", "epoch", "version", "code", name=op.f("pk_crosscheck_rejected")
        ),
    )
    op.create_table(
        "crosscheck_sessions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grounds_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("bad_rows", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "\"kind\" IN ('check', 'standing')", name=op.f("ck_crosscheck_sessions_kind_is_known")
        ),
        sa.CheckConstraint(
            "\"state\" IN ('draft', 'waiting', 'refused', 'running', 'done', 'cancelled', 'ended')",
            name=op.f("ck_crosscheck_sessions_state_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crosscheck_sessions")),
    )
    op.create_index("ix_crosscheck_sessions_case", "crosscheck_sessions", ["case_id"], unique=False)
    op.create_index("ix_crosscheck_sessions_person", "crosscheck_sessions", ["person", "made"], unique=False)
    op.create_table(
        "crosscheck_sets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("begun", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("fetched", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("\"of\" IN ('records', 'actions')", name=op.f("ck_crosscheck_sets_of_is_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crosscheck_sets")),
        sa.UniqueConstraint("partner", "of", name=op.f("uq_crosscheck_sets_partner_of")),
    )
    op.create_table(
        "crosscheck_answered",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["epoch"], ["crosscheck_epochs.id"], name=op.f("fk_crosscheck_answered_epoch")
        ),
        sa.PrimaryKeyConstraint("partner", "session", "batch", name=op.f("pk_crosscheck_answered")),
        sa.UniqueConstraint("partner", "digest", name=op.f("uq_crosscheck_answered_partner_digest")),
    )
    op.create_table(
        "crosscheck_book",
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["crosscheck_epochs.id"], name=op.f("fk_crosscheck_book_epoch")),
        sa.PrimaryKeyConstraint("epoch", "number", name=op.f("pk_crosscheck_book")),
    )
    op.create_table(
        "crosscheck_canaries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("met", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["epoch"], ["crosscheck_epochs.id"], name=op.f("fk_crosscheck_canaries_epoch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crosscheck_canaries")),
    )
    op.create_table(
        "crosscheck_hits",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("strength", sa.Text(), nullable=False),
        sa.Column("bits", sa.Float(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("agreed", sa.Text(), nullable=False),
        sa.Column("found", sa.BigInteger(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "\"strength\" IN ('strong', 'possible', 'weak')",
            name=op.f("ck_crosscheck_hits_strength_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["session"], ["crosscheck_sessions.id"], name=op.f("fk_crosscheck_hits_session")
        ),
        sa.PrimaryKeyConstraint("session", "partner", "number", name=op.f("pk_crosscheck_hits")),
    )
    op.create_table(
        "crosscheck_legs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=True),
        sa.Column("begun", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.Column("theirs", sa.Text(), nullable=True),
        sa.Column("entry", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "\"state\" IN ('waiting', 'running', 'done', 'refused', 'cancelled')",
            name=op.f("ck_crosscheck_legs_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["session"], ["crosscheck_sessions.id"], name=op.f("fk_crosscheck_legs_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crosscheck_legs")),
        sa.UniqueConstraint(
            "session", "partner", "round", name=op.f("uq_crosscheck_legs_session_partner_round")
        ),
    )
    op.create_index("ix_crosscheck_legs_state", "crosscheck_legs", ["state"], unique=False)
    op.create_table(
        "crosscheck_reopened",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "\"outcome\" IN ('agrees', 'differs')", name=op.f("ck_crosscheck_reopened_outcome_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["session"], ["crosscheck_sessions.id"], name=op.f("fk_crosscheck_reopened_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crosscheck_reopened")),
    )
    op.create_table(
        "crosscheck_served",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("second", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("whole", sa.Text(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("batches", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=True),
        sa.Column("ours", sa.Text(), nullable=True),
        sa.CheckConstraint("\"of\" IN ('records', 'actions')", name=op.f("ck_crosscheck_served_of_is_known")),
        sa.ForeignKeyConstraint(["epoch"], ["crosscheck_epochs.id"], name=op.f("fk_crosscheck_served_epoch")),
        sa.PrimaryKeyConstraint("partner", "session", name=op.f("pk_crosscheck_served")),
    )
    op.create_index("ix_crosscheck_served_last", "crosscheck_served", ["last"], unique=False)
    op.create_table(
        "crosscheck_set_shards",
        sa.Column("set", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["set"], ["crosscheck_sets.id"], name=op.f("fk_crosscheck_set_shards_set")),
        sa.PrimaryKeyConstraint("set", "number", name=op.f("pk_crosscheck_set_shards")),
    )
    op.create_table(
        "crosscheck_shards",
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["crosscheck_epochs.id"], name=op.f("fk_crosscheck_shards_epoch")),
        sa.PrimaryKeyConstraint("epoch", "number", name=op.f("pk_crosscheck_shards")),
    )
    op.create_table(
        "crosscheck_subjects",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session"], ["crosscheck_sessions.id"], name=op.f("fk_crosscheck_subjects_session")
        ),
        sa.PrimaryKeyConstraint("session", "number", name=op.f("pk_crosscheck_subjects")),
    )
    op.create_table(
        "crosscheck_versions",
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["epoch"], ["crosscheck_epochs.id"], name=op.f("fk_crosscheck_versions_epoch")
        ),
        sa.PrimaryKeyConstraint("epoch", "version", name=op.f("pk_crosscheck_versions")),
    )
    op.create_table(
        "crosscheck_batches",
        sa.Column("leg", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["leg"], ["crosscheck_legs.id"], name=op.f("fk_crosscheck_batches_leg")),
        sa.ForeignKeyConstraint(
            ["session"], ["crosscheck_sessions.id"], name=op.f("fk_crosscheck_batches_session")
        ),
        sa.PrimaryKeyConstraint("leg", "number", name=op.f("pk_crosscheck_batches")),
    )
