"""Tables of checkpoint."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "checkpoint_copies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grounds_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("documents", sa.Integer(), nullable=False),
        sa.Column("plates", sa.Integer(), nullable=False),
        sa.Column("vehicle_numbers", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.CheckConstraint("expires > made", name=op.f("ck_checkpoint_copies_copy_expires")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkpoint_copies")),
    )
    op.create_index("ix_checkpoint_copies_expires", "checkpoint_copies", ["expires"], unique=False)
    op.create_table(
        "checkpoint_counts",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("of", sa.Text(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "found >= 0 AND helped >= 0", name=op.f("ck_checkpoint_counts_count_not_negative")
        ),
        sa.PrimaryKeyConstraint("person", "id", name=op.f("pk_checkpoint_counts")),
    )
    op.create_index("ix_checkpoint_counts_case", "checkpoint_counts", ["case_id", "day"], unique=False)
    op.create_table(
        "checkpoint_scans",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("copy_id", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", "id", "part", name=op.f("pk_checkpoint_scans")),
    )
    op.create_index("ix_checkpoint_scans_at", "checkpoint_scans", ["at"], unique=False)
