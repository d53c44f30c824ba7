"""Tables of holdings."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "holding_cursors",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_holding_cursors")),
    )
    op.create_table(
        "holding_keys",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_holding_keys")),
    )
    op.create_table(
        "holdings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("ref", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("retention", sa.BigInteger(), nullable=False),
        sa.Column("review", sa.BigInteger(), nullable=False),
        sa.Column("hold_until", sa.BigInteger(), nullable=True),
        sa.Column("hold_case", sa.Text(), nullable=True),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'erased') = (receipt IS NOT NULL)", name=op.f("ck_holdings_erased_with_receipt")
        ),
        sa.CheckConstraint(
            "category IN ('suspect', 'convicted', 'contact')", name=op.f("ck_holdings_category_known")
        ),
        sa.CheckConstraint(
            "kind <> 'person' OR category IS NOT NULL", name=op.f("ck_holdings_person_has_category")
        ),
        sa.CheckConstraint(
            "kind IN ('person', 'document', 'vehicle', 'phone', 'account', 'organisation')",
            name=op.f("ck_holdings_kind_known"),
        ),
        sa.CheckConstraint(
            "state <> 'erased' OR digest IS NULL", name=op.f("ck_holdings_erased_without_digest")
        ),
        sa.CheckConstraint(
            "state IN ('live', 'restricted', 'withdrawn', 'erased')", name=op.f("ck_holdings_state_known")
        ),
        sa.CheckConstraint(
            "(hold_until IS NULL) = (hold_case IS NULL)", name=op.f("ck_holdings_hold_has_case")
        ),
        sa.CheckConstraint("review <= retention", name=op.f("ck_holdings_review_before_end")),
        sa.CheckConstraint("version > 0", name=op.f("ck_holdings_version_counts_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdings")),
        sa.UniqueConstraint("list", "ref", name=op.f("uq_holdings_list_ref")),
    )
    op.create_index("ix_holdings_change", "holdings", ["change"], unique=False)
    op.create_index("ix_holdings_list", "holdings", ["list", "state"], unique=False)
    op.create_index("ix_holdings_retention", "holdings", ["retention"], unique=False)
    op.create_table(
        "index_snapshots",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_index_snapshots")),
    )
    op.create_table(
        "retention_runs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("second", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("erased", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('run', 'refused', 'confirmed')", name=op.f("ck_retention_runs_outcome_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retention_runs")),
        sa.UniqueConstraint("made", name=op.f("uq_retention_runs_made")),
    )
    op.create_table(
        "safeguarded",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("list", sa.Text(), nullable=False),
        sa.Column("ref", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("retention", sa.BigInteger(), nullable=False),
        sa.Column("review", sa.BigInteger(), nullable=False),
        sa.Column("hold_until", sa.BigInteger(), nullable=True),
        sa.Column("hold_case", sa.Text(), nullable=True),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("receipt", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(state = 'erased') = (receipt IS NOT NULL)", name=op.f("ck_safeguarded_erased_with_receipt")
        ),
        sa.CheckConstraint(
            "category IN ('suspect', 'convicted', 'contact', 'victim', 'witness', 'missing')",
            name=op.f("ck_safeguarded_category_known"),
        ),
        sa.CheckConstraint(
            "kind <> 'person' OR category IS NOT NULL", name=op.f("ck_safeguarded_person_has_category")
        ),
        sa.CheckConstraint(
            "kind IN ('person', 'document', 'vehicle', 'phone', 'account', 'organisation')",
            name=op.f("ck_safeguarded_kind_known"),
        ),
        sa.CheckConstraint(
            "state <> 'erased' OR digest IS NULL", name=op.f("ck_safeguarded_erased_without_digest")
        ),
        sa.CheckConstraint(
            "state IN ('live', 'restricted', 'withdrawn', 'erased')", name=op.f("ck_safeguarded_state_known")
        ),
        sa.CheckConstraint(
            "(hold_until IS NULL) = (hold_case IS NULL)", name=op.f("ck_safeguarded_hold_has_case")
        ),
        sa.CheckConstraint("review <= retention", name=op.f("ck_safeguarded_review_before_end")),
        sa.CheckConstraint("version > 0", name=op.f("ck_safeguarded_version_counts_from_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_safeguarded")),
        sa.UniqueConstraint("list", "ref", name=op.f("uq_safeguarded_list_ref")),
    )
    op.create_index("ix_safeguarded_change", "safeguarded", ["change"], unique=False)
    op.create_index("ix_safeguarded_list", "safeguarded", ["list", "state"], unique=False)
    op.create_index("ix_safeguarded_retention", "safeguarded", ["retention"], unique=False)
    op.create_table(
        "holding_links",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("holding_id", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["holding_id"], ["holdings.id"], name=op.f("fk_holding_links_holding_id")),
        sa.PrimaryKeyConstraint("case_id", "holding_id", name=op.f("pk_holding_links")),
    )
    op.create_index("ix_holding_links_holding", "holding_links", ["holding_id"], unique=False)
    op.create_table(
        "holding_versions",
        sa.Column("holding", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["holding"], ["holdings.id"], name=op.f("fk_holding_versions_holding")),
        sa.PrimaryKeyConstraint("holding", "version", name=op.f("pk_holding_versions")),
    )
    op.create_table(
        "safeguarded_versions",
        sa.Column("holding", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holding"], ["safeguarded.id"], name=op.f("fk_safeguarded_versions_holding")
        ),
        sa.PrimaryKeyConstraint("holding", "version", name=op.f("pk_safeguarded_versions")),
    )
