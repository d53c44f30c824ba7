"""Tables of screening."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "screening_cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("closed", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(state = 'closed') = (closed IS NOT NULL)", name=op.f("ck_screening_cases_case_closed_when")
        ),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_screening_cases_case_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_cases")),
    )
    op.create_table(
        "screening_cleared",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "record", name=op.f("pk_screening_cleared")),
    )
    op.create_index("ix_screening_cleared_alert", "screening_cleared", ["alert_id"], unique=False)
    op.create_table(
        "screening_origins",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("nationality", sa.Text(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("month", "nationality", name=op.f("pk_screening_origins")),
    )
    op.create_table(
        "screening_refusals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("first", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", "rule", name=op.f("pk_screening_refusals")),
    )
    op.create_index("ix_screening_refusals_at", "screening_refusals", ["at"], unique=False)
    op.create_table(
        "screening_samples",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_samples")),
    )
    op.create_table(
        "screening_secrets",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_screening_secrets")),
    )
    op.create_table(
        "screening_traces",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("birth", sa.LargeBinary(), nullable=False),
        sa.Column("names", sa.LargeBinary(), nullable=False),
        sa.Column("expiry", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=True),
        sa.Column("longitude", sa.Float(), nullable=True),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_screening_traces_trace_degrees")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_traces")),
    )
    op.create_index("ix_screening_traces_at", "screening_traces", ["at"], unique=False)
    op.create_index("ix_screening_traces_document", "screening_traces", ["document", "at"], unique=False)
    op.create_table(
        "screening_grounds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["screening_cases.id"], name=op.f("fk_screening_grounds_case_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_grounds")),
    )
    op.create_index("ix_screening_grounds_case", "screening_grounds", ["case_id", "person"], unique=False)
    op.create_table(
        "screening_members",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "part IN ('lead', 'member', 'reader')", name=op.f("ck_screening_members_member_part")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["screening_cases.id"], name=op.f("fk_screening_members_case_id")
        ),
        sa.PrimaryKeyConstraint("case_id", "person", name=op.f("pk_screening_members")),
    )
    op.create_index("ix_screening_members_person", "screening_members", ["person"], unique=False)
    op.create_table(
        "screening_checks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grounds_id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("looked_up", sa.Integer(), nullable=False),
        sa.Column("alerts", sa.Integer(), nullable=False),
        sa.Column("cleared", sa.Integer(), nullable=False),
        sa.Column("withheld", sa.Integer(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('one', 'traveller', 'list', 'manifest', 'standing', 'sighting', 'follow')",
            name=op.f("ck_screening_checks_check_kind"),
        ),
        sa.CheckConstraint(
            "looked_up >= 0 AND alerts >= 0 AND cleared >= 0 AND withheld >= 0",
            name=op.f("ck_screening_checks_check_counts"),
        ),
        sa.ForeignKeyConstraint(
            ["grounds_id"], ["screening_grounds.id"], name=op.f("fk_screening_checks_grounds_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_checks")),
    )
    op.create_index("ix_screening_checks_at", "screening_checks", ["at"], unique=False)
    op.create_index("ix_screening_checks_case", "screening_checks", ["case_id", "at"], unique=False)
    op.create_index(
        "ix_screening_checks_person",
        "screening_checks",
        ["person", "at", "case_id", "kind", "looked_up"],
        unique=False,
    )
    op.create_table(
        "screening_lists",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grounds_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("bad_rows", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Text(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'done', 'cancelled', 'failed')",
            name=op.f("ck_screening_lists_list_state"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["screening_cases.id"], name=op.f("fk_screening_lists_case_id")),
        sa.ForeignKeyConstraint(
            ["grounds_id"], ["screening_grounds.id"], name=op.f("fk_screening_lists_grounds_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_lists")),
    )
    op.create_index("ix_screening_lists_case", "screening_lists", ["case_id"], unique=False)
    op.create_index("ix_screening_lists_person", "screening_lists", ["person", "asked"], unique=False)
    op.create_table(
        "screening_alerts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("standing_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("holding_id", sa.Text(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("decided", sa.BigInteger(), nullable=True),
        sa.Column("subject_digest", sa.LargeBinary(), nullable=False),
        sa.Column("record_digest", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(state = 'candidate') = (decided_by IS NULL) AND (decided_by IS NULL) = (decided IS NULL)",
            name=op.f("ck_screening_alerts_alert_decided_by_a_person"),
        ),
        sa.CheckConstraint(
            "state IN ('candidate', 'confirmed', 'rejected')", name=op.f("ck_screening_alerts_alert_state")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["screening_checks.id"], name=op.f("fk_screening_alerts_check_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_alerts")),
    )
    op.create_index("ix_screening_alerts_case", "screening_alerts", ["case_id", "state"], unique=False)
    op.create_index("ix_screening_alerts_check", "screening_alerts", ["check_id"], unique=False)
    op.create_index("ix_screening_alerts_holding", "screening_alerts", ["holding_id"], unique=False)
    op.create_index("ix_screening_alerts_person", "screening_alerts", ["person", "state"], unique=False)
    op.create_table(
        "screening_sampled",
        sa.Column("sample_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["check_id"], ["screening_checks.id"], name=op.f("fk_screening_sampled_check_id")
        ),
        sa.ForeignKeyConstraint(
            ["sample_id"], ["screening_samples.id"], name=op.f("fk_screening_sampled_sample_id")
        ),
        sa.PrimaryKeyConstraint("sample_id", "place", name=op.f("pk_screening_sampled")),
    )
    op.create_table(
        "screening_standing",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grounds_id", sa.Text(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("why_ended", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(ended IS NULL) = (why_ended = '')", name=op.f("ck_screening_standing_standing_ended_why")
        ),
        sa.CheckConstraint("expires > asked", name=op.f("ck_screening_standing_standing_expires")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["screening_cases.id"], name=op.f("fk_screening_standing_case_id")
        ),
        sa.ForeignKeyConstraint(
            ["check_id"], ["screening_checks.id"], name=op.f("fk_screening_standing_check_id")
        ),
        sa.ForeignKeyConstraint(
            ["grounds_id"], ["screening_grounds.id"], name=op.f("fk_screening_standing_grounds_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_standing")),
    )
    op.create_index("ix_screening_standing_case", "screening_standing", ["case_id"], unique=False)
    op.create_index("ix_screening_standing_check", "screening_standing", ["check_id"], unique=False)
    op.create_index("ix_screening_standing_person", "screening_standing", ["person"], unique=False)
    op.create_table(
        "screening_decisions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("before <> after", name=op.f("ck_screening_decisions_decision_changes_something")),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["screening_alerts.id"], name=op.f("fk_screening_decisions_alert_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screening_decisions")),
    )
    op.create_index(
        "ix_screening_decisions_alert", "screening_decisions", ["alert_id", "number"], unique=True
    )
