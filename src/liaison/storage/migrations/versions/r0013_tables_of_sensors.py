"""Tables of sensors."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "rescue_contacts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reached", sa.Text(), nullable=False),
        sa.Column("named", sa.BigInteger(), nullable=False),
        sa.Column("named_by", sa.Text(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "role IN ('rescue', 'safeguarding')", name=op.f("ck_rescue_contacts_contact_role")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescue_contacts")),
    )
    op.create_index("ix_rescue_contacts_person", "rescue_contacts", ["person"], unique=False)
    op.create_table(
        "sensor_authorities",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor_authorities")),
    )
    op.create_table(
        "sensor_feeds",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("registered", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.LargeBinary(), nullable=True),
        sa.Column("certified", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("kind IN ('drone', 'boat', 'team')", name=op.f("ck_sensor_feeds_sensor_kind")),
        sa.CheckConstraint("until > starts", name=op.f("ck_sensor_feeds_sensor_until")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor_feeds")),
    )
    op.create_index("ix_sensor_feeds_certificate", "sensor_feeds", ["certificate"], unique=True)
    op.create_index("ix_sensor_feeds_secret", "sensor_feeds", ["secret"], unique=True)
    op.create_table(
        "sensor_patrols",
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("north", sa.Integer(), nullable=False),
        sa.Column("east", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "north", "east", name=op.f("pk_sensor_patrols")),
        info={"copied": False},
    )
    op.create_table(
        "people_in_need",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("feed_id", sa.Text(), nullable=True),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("accuracy", sa.Float(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("widened", sa.BigInteger(), nullable=True),
        sa.Column("taken", sa.BigInteger(), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.Column("under_way", sa.BigInteger(), nullable=True),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("helped", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(ended IS NULL) = (helped IS NULL)", name=op.f("ck_people_in_need_in_need_ended")
        ),
        sa.CheckConstraint(
            "(taken IS NULL) = (taken_by IS NULL)", name=op.f("ck_people_in_need_in_need_taken")
        ),
        sa.CheckConstraint("people > 0", name=op.f("ck_people_in_need_in_need_count")),
        sa.ForeignKeyConstraint(["feed_id"], ["sensor_feeds.id"], name=op.f("fk_people_in_need_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_in_need")),
        sa.UniqueConstraint("number", name=op.f("uq_people_in_need_number")),
    )
    op.create_index("ix_people_in_need_ended", "people_in_need", ["ended"], unique=False)
    op.create_index("ix_people_in_need_feed", "people_in_need", ["feed_id", "uid"], unique=False)
    op.create_table(
        "sensor_tallies",
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("tracks", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("ignored", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.Column("large", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Integer(), nullable=False),
        sa.Column("clock", sa.Integer(), nullable=False),
        sa.Column("identity", sa.Integer(), nullable=False),
        sa.Column("flood", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["sensor_feeds.id"], name=op.f("fk_sensor_tallies_feed_id")),
        sa.PrimaryKeyConstraint("feed_id", "day", name=op.f("pk_sensor_tallies")),
    )
    op.create_table(
        "sensor_tracks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("feed_id", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("callsign", sa.Text(), nullable=False),
        sa.Column("latitude", sa.Float(), nullable=False),
        sa.Column("longitude", sa.Float(), nullable=False),
        sa.Column("accuracy", sa.Float(), nullable=True),
        sa.Column("height", sa.Float(), nullable=True),
        sa.Column("course", sa.Float(), nullable=True),
        sa.Column("speed", sa.Float(), nullable=True),
        sa.Column("distress", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["sensor_feeds.id"], name=op.f("fk_sensor_tracks_feed_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sensor_tracks")),
        info={"copied": False},
    )
    op.create_index("ix_sensor_tracks_feed", "sensor_tracks", ["feed_id", "uid"], unique=True)
    op.create_index("ix_sensor_tracks_until", "sensor_tracks", ["until"], unique=False)
