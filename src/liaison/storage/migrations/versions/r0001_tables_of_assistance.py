"""Tables of assistance."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "assistance_contacts",
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "role IN ('contact point', 'coordination centre')",
            name=op.f("ck_assistance_contacts_contact_role"),
        ),
        sa.PrimaryKeyConstraint("role", "partner", name=op.f("pk_assistance_contacts")),
    )
    op.create_table(
        "assistance_convictions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("nationality", sa.Text(), nullable=False),
        sa.Column("offences", sa.Text(), nullable=False),
        sa.Column("final", sa.Date(), nullable=False),
        sa.Column("confiscation", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("retention", sa.BigInteger(), nullable=False),
        sa.Column("forgotten", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "side IN ('own', 'sent', 'received')", name=op.f("ck_assistance_convictions_conviction_side")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance_convictions")),
    )
    op.create_index(
        "ix_assistance_convictions_notice",
        "assistance_convictions",
        ["side", "partner", "notice"],
        unique=True,
    )
    op.create_index(
        "ix_assistance_convictions_request", "assistance_convictions", ["request_id"], unique=False
    )
    op.create_table(
        "assistance_copies",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("retention", sa.BigInteger(), nullable=True),
        sa.Column("forgotten", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "(side = 'received') = (retention IS NOT NULL)", name=op.f("ck_assistance_copies_copy_retention")
        ),
        sa.CheckConstraint(
            "role IN ('contact point', 'coordination centre')", name=op.f("ck_assistance_copies_copy_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance_copies")),
    )
    op.create_index("ix_assistance_copies_request", "assistance_copies", ["request_id"], unique=False)
    op.create_index("ix_assistance_copies_retention", "assistance_copies", ["retention"], unique=False)
    op.create_index("ix_assistance_copies_thread", "assistance_copies", ["partner", "thread"], unique=False)
    op.create_table(
        "assistance_desk",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_assistance_desk")),
    )
    op.create_table(
        "assistance_requests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("exchange", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("instrument", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grounds_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("authorised_by", sa.Text(), nullable=False),
        sa.Column("approval_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("parts_there", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("copied", sa.Boolean(), nullable=False),
        sa.Column("exception", sa.Text(), nullable=False),
        sa.Column("centre", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=True),
        sa.Column("received", sa.BigInteger(), nullable=True),
        sa.Column("first_answer", sa.BigInteger(), nullable=True),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("due", sa.BigInteger(), nullable=True),
        sa.Column("clock_from", sa.BigInteger(), nullable=True),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("retention", sa.BigInteger(), nullable=False),
        sa.Column("forgotten", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "copied <> (exception <> '') OR state = 'draft'",
            name=op.f("ck_assistance_requests_request_copied"),
        ),
        sa.CheckConstraint("side IN ('asked', 'received')", name=op.f("ck_assistance_requests_request_side")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'not authorised', 'authorised', 'sent', 'arriving', 'received', 'triaged', 'answering', 'answered', 'withdrawn', 'returned', 'closed')",  # noqa: E501
            name=op.f("ck_assistance_requests_request_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance_requests")),
    )
    op.create_index("ix_assistance_requests_case", "assistance_requests", ["case_id"], unique=False)
    op.create_index(
        "ix_assistance_requests_due", "assistance_requests", ["side", "state", "due"], unique=False
    )
    op.create_index("ix_assistance_requests_made", "assistance_requests", ["side", "made"], unique=False)
    op.create_index(
        "ix_assistance_requests_thread", "assistance_requests", ["partner", "side", "thread"], unique=True
    )
    op.create_table(
        "assistance_spontaneous",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("offence", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "side IN ('sent', 'received')", name=op.f("ck_assistance_spontaneous_spontaneous_side")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance_spontaneous")),
    )
    op.create_index(
        "ix_assistance_spontaneous_thread",
        "assistance_spontaneous",
        ["partner", "side", "thread"],
        unique=True,
    )
    op.create_table(
        "assistance_templates",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance_templates")),
    )
    op.create_table(
        "assistance_events",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("entry", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assistance_requests.id"], name=op.f("fk_assistance_events_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "number", name=op.f("pk_assistance_events")),
    )
    op.create_table(
        "assistance_lists",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("bad_rows", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assistance_requests.id"], name=op.f("fk_assistance_lists_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "sha256", name=op.f("pk_assistance_lists")),
    )
    op.create_table(
        "assistance_parts",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subjects", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assistance_requests.id"], name=op.f("fk_assistance_parts_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "number", name=op.f("pk_assistance_parts")),
    )
    op.create_table(
        "assistance_pauses",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assistance_requests.id"], name=op.f("fk_assistance_pauses_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance_pauses")),
    )
    op.create_index("ix_assistance_pauses_request", "assistance_pauses", ["request_id"], unique=False)
    op.create_table(
        "assistance_subjects",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("access", sa.Text(), nullable=False),
        sa.Column("hits", sa.Integer(), nullable=False),
        sa.Column("confirmed", sa.BigInteger(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column("order", sa.Text(), nullable=False),
        sa.Column("answered", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("found", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(state = 'refused') = (ground <> '')", name=op.f("ck_assistance_subjects_subject_ground")
        ),
        sa.CheckConstraint(
            "(state IN ('full', 'partial', 'nothing held', 'refused')) = (answered_by <> '')",
            name=op.f("ck_assistance_subjects_subject_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "access IN ('', 'direct', 'obtainable', 'authority')",
            name=op.f("ck_assistance_subjects_subject_access"),
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'prepared', 'hit', 'full', 'partial', 'nothing held', 'refused', 'withdrawn')",
            name=op.f("ck_assistance_subjects_subject_state"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assistance_requests.id"], name=op.f("fk_assistance_subjects_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "number", name=op.f("pk_assistance_subjects")),
    )
    op.create_index(
        "ix_assistance_subjects_state", "assistance_subjects", ["request_id", "state", "number"], unique=False
    )
    op.create_table(
        "assistance_supplied",
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("holding_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assistance_requests.id"], name=op.f("fk_assistance_supplied_request_id")
        ),
        sa.PrimaryKeyConstraint("request_id", "number", "item", name=op.f("pk_assistance_supplied")),
    )
    op.create_index("ix_assistance_supplied_item", "assistance_supplied", ["item"], unique=False)
    op.create_table(
        "assistance_talks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("given", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["assistance_requests.id"], name=op.f("fk_assistance_talks_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistance_talks")),
    )
    op.create_index("ix_assistance_talks_request", "assistance_talks", ["request_id"], unique=False)
