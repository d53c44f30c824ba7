"""Tables of transport."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "letter_conflicts",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("first", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_letter_conflicts_partner")),
        sa.PrimaryKeyConstraint("partner", "digest", name=op.f("pk_letter_conflicts")),
    )
    op.create_table(
        "letter_deliveries",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("succeeded", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_letter_deliveries_partner")),
        sa.PrimaryKeyConstraint("partner", name=op.f("pk_letter_deliveries")),
    )
    op.create_table(
        "letter_lanes",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("next_out", sa.BigInteger(), nullable=False),
        sa.Column("next_in", sa.BigInteger(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("lane IN ('urgent', 'ordinary')", name=op.f("ck_letter_lanes_lane_is_known")),
        sa.CheckConstraint(
            "next_out > 0 AND next_in > 0", name=op.f("ck_letter_lanes_numbers_count_from_one")
        ),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_letter_lanes_partner")),
        sa.PrimaryKeyConstraint("partner", "lane", name=op.f("pk_letter_lanes")),
    )
    op.create_table(
        "letter_refusals",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("times > 0", name=op.f("ck_letter_refusals_some_were_refused")),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_letter_refusals_partner")),
        sa.PrimaryKeyConstraint("partner", "code", name=op.f("pk_letter_refusals")),
    )
    op.create_table(
        "letters_in",
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("document_key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=False),
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("lane IN ('urgent', 'ordinary')", name=op.f("ck_letters_in_lane_is_known")),
        sa.CheckConstraint("state IN ('accepted', 'refused')", name=op.f("ck_letters_in_state_is_known")),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_letters_in_partner")),
        sa.PrimaryKeyConstraint("partner", "id", name=op.f("pk_letters_in")),
        sa.UniqueConstraint("partner", "lane", "number", name=op.f("uq_letters_in_partner_lane_number")),
    )
    op.create_index("ix_letters_in_document_key", "letters_in", ["document_key"], unique=False)
    op.create_index("ix_letters_in_thread", "letters_in", ["thread"], unique=False)
    op.create_table(
        "letters_out",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("document_key", sa.Text(), nullable=False),
        sa.Column("seal_key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("done", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'waiting') = (receipt IS NULL)", name=op.f("ck_letters_out_done_with_receipt")
        ),
        sa.CheckConstraint("lane IN ('urgent', 'ordinary')", name=op.f("ck_letters_out_lane_is_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'delivered', 'refused')", name=op.f("ck_letters_out_state_is_known")
        ),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_letters_out_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters_out")),
        sa.UniqueConstraint("partner", "lane", "number", name=op.f("uq_letters_out_partner_lane_number")),
    )
    op.create_index("ix_letters_out_document_key", "letters_out", ["document_key"], unique=False)
    op.create_index("ix_letters_out_seal_key", "letters_out", ["seal_key"], unique=False)
    op.create_index("ix_letters_out_thread", "letters_out", ["thread"], unique=False)
    op.create_index(
        "ix_letters_out_waiting", "letters_out", ["partner", "state", "lane", "number"], unique=False
    )
