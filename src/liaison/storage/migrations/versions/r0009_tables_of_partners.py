"""Tables of partners."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "own_cards",
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("document_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "\"state\" IN ('current', 'retired', 'revoked')", name=op.f("ck_own_cards_state_is_known")
        ),
        sa.PrimaryKeyConstraint("generation", name=op.f("pk_own_cards")),
    )
    op.create_table(
        "partners",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("vkey", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("capital", sa.Boolean(), nullable=False),
        sa.Column("state_of_origin", sa.Boolean(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "\"state\" IN ('proposed', 'active', 'revoked')", name=op.f("ck_partners_state_is_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("origin", name=op.f("uq_partners_origin")),
    )
    op.create_table(
        "partner_agreements",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("ours", sa.LargeBinary(), nullable=True),
        sa.Column("theirs", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("warned", sa.BigInteger(), nullable=True),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "\"state\" IN ('proposed', 'in force', 'replaced', 'withdrawn')",
            name=op.f("ck_partner_agreements_state_is_known"),
        ),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_partner_agreements_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_agreements")),
        sa.UniqueConstraint("partner", "digest", name=op.f("uq_partner_agreements_partner_digest")),
    )
    op.create_index(
        "ix_partner_agreements_partner_state", "partner_agreements", ["partner", "state"], unique=False
    )
    op.create_table(
        "partner_cards",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("document_key", sa.Text(), nullable=False),
        sa.Column("channel_key", sa.Text(), nullable=False),
        sa.Column("seal_key", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("last_urgent", sa.BigInteger(), nullable=True),
        sa.Column("last_ordinary", sa.BigInteger(), nullable=True),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "\"state\" IN ('current', 'retired', 'revoked')", name=op.f("ck_partner_cards_state_is_known")
        ),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_partner_cards_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_cards")),
        sa.UniqueConstraint("partner", "generation", name=op.f("uq_partner_cards_partner_generation")),
    )
    op.create_index("ix_partner_cards_channel_key", "partner_cards", ["channel_key"], unique=False)
    op.create_index("ix_partner_cards_document_key", "partner_cards", ["document_key"], unique=False)
