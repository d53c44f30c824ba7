"""Tables of supply."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "supply_held",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("originator", sa.Text(), nullable=False),
        sa.Column("vouched", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended", sa.Text(), nullable=True),
        sa.Column("corrected", sa.Integer(), nullable=False),
        sa.Column("contested", sa.Integer(), nullable=False),
        sa.Column("restricted", sa.Boolean(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("retention", sa.BigInteger(), nullable=False),
        sa.Column("review", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("holding", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "\"state\" IN ('held', 'restricted', 'recalled', 'erased', 'expired')",
            name=op.f("ck_supply_held_state_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_held")),
    )
    op.create_index("ix_supply_held_holding", "supply_held", ["holding"], unique=False)
    op.create_index("ix_supply_held_received", "supply_held", ["received", "id"], unique=False)
    op.create_index("ix_supply_held_request", "supply_held", ["request"], unique=False)
    op.create_index("ix_supply_held_retention", "supply_held", ["retention"], unique=False)
    op.create_table(
        "supply_keys_due",
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_supply_keys_due")),
    )
    op.create_table(
        "supply_links",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("item", "case_id", name=op.f("pk_supply_links")),
    )
    op.create_index("ix_supply_links_case", "supply_links", ["case_id"], unique=False)
    op.create_table(
        "supply_notices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("originator", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("replacing", sa.Boolean(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "\"kind\" IN ('recall', 'erase', 'correct', 'restrict', 'unrestrict')",
            name=op.f("ck_supply_notices_kind_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_notices")),
    )
    op.create_index("ix_supply_notices_item", "supply_notices", ["item", "originator", "number"], unique=True)
    op.create_index("ix_supply_notices_made", "supply_notices", ["made", "id"], unique=False)
    op.create_index("ix_supply_notices_open", "supply_notices", ["done"], unique=False)
    op.create_table(
        "supply_outcomes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("out", sa.Boolean(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_outcomes")),
    )
    op.create_index("ix_supply_outcomes_at", "supply_outcomes", ["at", "id"], unique=False)
    op.create_index("ix_supply_outcomes_item", "supply_outcomes", ["item"], unique=False)
    op.create_table(
        "supply_paths",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("forgotten", sa.Boolean(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("item", "sender", name=op.f("pk_supply_paths")),
    )
    op.create_table(
        "supply_permissions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("out", sa.Boolean(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("lifts", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=True),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'granted') <= (token <> '')", name=op.f("ck_supply_permissions_granted_by_token")
        ),
        sa.CheckConstraint(
            "\"state\" IN ('asked', 'granted', 'refused', 'expired', 'void')",
            name=op.f("ck_supply_permissions_state_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_permissions")),
    )
    op.create_index("ix_supply_permissions_asked", "supply_permissions", ["asked", "id"], unique=False)
    op.create_index("ix_supply_permissions_item", "supply_permissions", ["item"], unique=False)
    op.create_table(
        "supply_reasons",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("roles", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "\"kind\" IN ('assurance', 'urgency', 'protection', 'origin')",
            name=op.f("ck_supply_reasons_kind_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_reasons")),
    )
    op.create_index(
        "ix_supply_reasons_about", "supply_reasons", ["kind", "partner", "about", "at"], unique=False
    )
    op.create_table(
        "supply_recipients",
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("forgotten", sa.Boolean(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "\"how\" IN ('sent', 'passed', 'urgent')", name=op.f("ck_supply_recipients_how_is_known")
        ),
        sa.PrimaryKeyConstraint("item", "recipient", "via", name=op.f("pk_supply_recipients")),
    )
    op.create_index("ix_supply_recipients_recipient", "supply_recipients", ["recipient", "at"], unique=False)
    op.create_table(
        "supply_supplied",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("holding", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("record_state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("retention", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "\"state\" IN ('held', 'restricted', 'recalled', 'erased', 'expired')",
            name=op.f("ck_supply_supplied_state_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supply_supplied")),
    )
    op.create_index("ix_supply_supplied_holding", "supply_supplied", ["holding"], unique=False)
    op.create_index("ix_supply_supplied_made", "supply_supplied", ["made", "id"], unique=False)
    op.create_index("ix_supply_supplied_request", "supply_supplied", ["request"], unique=False)
    op.create_table(
        "supply_compliance",
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("node", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("chased", sa.BigInteger(), nullable=True),
        sa.Column("again", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("confirmed", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["notice"], ["supply_notices.id"], name=op.f("fk_supply_compliance_notice")),
        sa.PrimaryKeyConstraint("notice", "node", name=op.f("pk_supply_compliance")),
    )
    op.create_index("ix_supply_compliance_open", "supply_compliance", ["confirmed", "since"], unique=False)
    op.create_table(
        "supply_ways",
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("chain", sa.Text(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["notice"], ["supply_notices.id"], name=op.f("fk_supply_ways_notice")),
        sa.PrimaryKeyConstraint("notice", "chain", name=op.f("pk_supply_ways")),
    )
