"""Tables of sightings."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "passage_hours",
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hour", name=op.f("pk_passage_hours")),
    )
    op.create_table(
        "passages",
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("camera", sa.Integer(), nullable=False),
        info={"copied": False},
        postgresql_partition_by="RANGE (at)",
    )
    op.create_index("ix_passages_camera", "passages", ["camera", "at"], unique=False)
    op.create_index("ix_passages_mark", "passages", ["mark", "at"], unique=False)
    op.create_table(
        "camera_feeds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["screening_cases.id"], name=op.f("fk_camera_feeds_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_feeds")),
    )
    op.create_index("ix_camera_feeds_secret", "camera_feeds", ["secret"], unique=True)
    op.create_table(
        "cameras",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("bearing", sa.Integer(), nullable=True),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("covert", sa.Boolean(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grounds_id", sa.Text(), nullable=False),
        sa.Column("registered", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("unmatched_hours", sa.Integer(), nullable=False),
        sa.Column("quiet_seconds", sa.Integer(), nullable=False),
        sa.Column("clock_seconds", sa.Integer(), nullable=False),
        sa.Column("offset_minutes", sa.Integer(), nullable=False),
        sa.CheckConstraint("unmatched_hours BETWEEN 0 AND 24", name=op.f("ck_cameras_camera_unmatched")),
        sa.CheckConstraint("until > starts", name=op.f("ck_cameras_camera_until")),
        sa.ForeignKeyConstraint(["case_id"], ["screening_cases.id"], name=op.f("fk_cameras_case_id")),
        sa.ForeignKeyConstraint(["feed_id"], ["camera_feeds.id"], name=op.f("fk_cameras_feed_id")),
        sa.ForeignKeyConstraint(["grounds_id"], ["screening_grounds.id"], name=op.f("fk_cameras_grounds_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cameras")),
        sa.UniqueConstraint("number", name=op.f("uq_cameras_number")),
    )
    op.create_index("ix_cameras_case", "cameras", ["case_id"], unique=False)
    op.create_index("ix_cameras_feed", "cameras", ["feed_id", "code"], unique=False)
    op.create_table(
        "camera_tallies",
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.Column("met", sa.Integer(), nullable=False),
        sa.Column("repeated", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("clock", sa.Integer(), nullable=False),
        sa.Column("flood", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name=op.f("fk_camera_tallies_camera_id")),
        sa.PrimaryKeyConstraint("camera_id", "day", name=op.f("pk_camera_tallies")),
    )
    op.create_table(
        "followings",
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("cameras", sa.Integer(), nullable=False),
        sa.Column("stops", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("until > since", name=op.f("ck_followings_following_until")),
        sa.ForeignKeyConstraint(["case_id"], ["screening_cases.id"], name=op.f("fk_followings_case_id")),
        sa.ForeignKeyConstraint(["check_id"], ["screening_checks.id"], name=op.f("fk_followings_check_id")),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_followings")),
    )
    op.create_index("ix_followings_case", "followings", ["case_id"], unique=False)
    op.create_table(
        "sightings",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("camera_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("holding_id", sa.Text(), nullable=False),
        sa.Column("likeness", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(
            "likeness IN ('exact', 'class', 'possible')", name=op.f("ck_sightings_sighting_likeness")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["screening_alerts.id"], name=op.f("fk_sightings_alert_id")),
        sa.ForeignKeyConstraint(["camera_id"], ["cameras.id"], name=op.f("fk_sightings_camera_id")),
        sa.ForeignKeyConstraint(["case_id"], ["screening_cases.id"], name=op.f("fk_sightings_case_id")),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_sightings")),
    )
    op.create_index("ix_sightings_camera", "sightings", ["camera_id", "at"], unique=False)
    op.create_index("ix_sightings_case", "sightings", ["case_id", "at"], unique=False)
    op.create_index("ix_sightings_holding", "sightings", ["holding_id", "at"], unique=False)
    op.create_index("ix_sightings_quiet", "sightings", ["camera_id", "holding_id", "last"], unique=False)
