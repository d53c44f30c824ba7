"""Tables of deconfliction."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "deconfliction_actions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grounds_id", sa.Text(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("ends", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("forgotten", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "\"state\" IN ('planned', 'cancelled', 'over')",
            name=op.f("ck_deconfliction_actions_state_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deconfliction_actions")),
    )
    op.create_index("ix_deconfliction_actions_case", "deconfliction_actions", ["case_id"], unique=False)
    op.create_index(
        "ix_deconfliction_actions_state", "deconfliction_actions", ["state", "ends"], unique=False
    )
    op.create_table(
        "deconfliction_blocks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["epoch"], ["crosscheck_epochs.id"], name=op.f("fk_deconfliction_blocks_epoch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deconfliction_blocks")),
    )
    op.create_index("ix_deconfliction_blocks_action", "deconfliction_blocks", ["action"], unique=False)
    op.create_index("ix_deconfliction_blocks_epoch", "deconfliction_blocks", ["epoch"], unique=False)
    op.create_table(
        "deconfliction_probes",
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "\"state\" IN ('waiting', 'asked', 'clear', 'overlap', 'refused')",
            name=op.f("ck_deconfliction_probes_state_is_known"),
        ),
        sa.ForeignKeyConstraint(
            ["action"], ["deconfliction_actions.id"], name=op.f("fk_deconfliction_probes_action")
        ),
        sa.PrimaryKeyConstraint("action", "partner", name=op.f("pk_deconfliction_probes")),
    )
    op.create_table(
        "deconfliction_questions",
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("whole", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action"], ["deconfliction_actions.id"], name=op.f("fk_deconfliction_questions_action")
        ),
        sa.PrimaryKeyConstraint("session", name=op.f("pk_deconfliction_questions")),
    )
    op.create_index("ix_deconfliction_questions_action", "deconfliction_questions", ["action"], unique=False)
    op.create_table(
        "deconfliction_warnings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["action"], ["deconfliction_actions.id"], name=op.f("fk_deconfliction_warnings_action")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deconfliction_warnings")),
        sa.UniqueConstraint(
            "action", "partner", "revision", name=op.f("uq_deconfliction_warnings_action_partner_revision")
        ),
    )
