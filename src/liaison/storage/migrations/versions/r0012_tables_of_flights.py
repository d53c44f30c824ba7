"""Tables of flights."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "flights",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("departs", sa.Text(), nullable=False),
        sa.Column("arrives", sa.Text(), nullable=False),
        sa.Column("cancelled", sa.BigInteger(), nullable=True),
        sa.Column("reported", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["screening_cases.id"], name=op.f("fk_flights_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flights")),
    )
    op.create_index(
        "ix_flights_case", "flights", ["case_id", "carrier", "number", "suffix", "day"], unique=True
    )
    op.create_index("ix_flights_day", "flights", ["day"], unique=False)
    op.create_table(
        "flight_manifests",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("flight_id", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("grounds_id", sa.Text(), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("message", sa.Boolean(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("digests", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("approval_id", sa.Text(), nullable=False),
        sa.Column("check_id", sa.Text(), nullable=False),
        sa.Column("masked", sa.BigInteger(), nullable=True),
        sa.Column("gone", sa.BigInteger(), nullable=True),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("who_key", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'running', 'checked', 'kept', 'failed')",
            name=op.f("ck_flight_manifests_manifest_state"),
        ),
        sa.CheckConstraint(
            "gone IS NULL OR masked IS NOT NULL", name=op.f("ck_flight_manifests_manifest_masked_before_gone")
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["screening_cases.id"], name=op.f("fk_flight_manifests_case_id")
        ),
        sa.ForeignKeyConstraint(["flight_id"], ["flights.id"], name=op.f("fk_flight_manifests_flight_id")),
        sa.ForeignKeyConstraint(
            ["grounds_id"], ["screening_grounds.id"], name=op.f("fk_flight_manifests_grounds_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flight_manifests")),
    )
    op.create_index("ix_flight_manifests_flight", "flight_manifests", ["flight_id", "taken"], unique=False)
    op.create_index("ix_flight_manifests_taken", "flight_manifests", ["taken"], unique=False)
    op.create_table(
        "flight_watches",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("grounds_id", sa.Text(), nullable=False),
        sa.Column("carrier", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("suffix", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=False),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("ended", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("(carrier = '') = (number = '')", name=op.f("ck_flight_watches_watch_flight")),
        sa.CheckConstraint(
            "carrier <> '' OR origin <> '' OR destination <> ''",
            name=op.f("ck_flight_watches_watch_something"),
        ),
        sa.CheckConstraint("until > asked", name=op.f("ck_flight_watches_watch_until")),
        sa.ForeignKeyConstraint(["case_id"], ["screening_cases.id"], name=op.f("fk_flight_watches_case_id")),
        sa.ForeignKeyConstraint(
            ["grounds_id"], ["screening_grounds.id"], name=op.f("fk_flight_watches_grounds_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flight_watches")),
    )
    op.create_index("ix_flight_watches_person", "flight_watches", ["person"], unique=False)
    op.create_index("ix_flight_watches_until", "flight_watches", ["until"], unique=False)
    op.create_table(
        "flight_watches_met",
        sa.Column("watch_id", sa.Text(), nullable=False),
        sa.Column("flight_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["flight_id"], ["flights.id"], name=op.f("fk_flight_watches_met_flight_id")),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["flight_watches.id"], name=op.f("fk_flight_watches_met_watch_id")
        ),
        sa.PrimaryKeyConstraint("watch_id", "flight_id", name=op.f("pk_flight_watches_met")),
    )
    op.create_table(
        "flight_passengers",
        sa.Column("alert_id", sa.Text(), nullable=False),
        sa.Column("manifest_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("reported", sa.Boolean(), nullable=False),
        sa.Column("old_key", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["screening_alerts.id"], name=op.f("fk_flight_passengers_alert_id")
        ),
        sa.ForeignKeyConstraint(
            ["manifest_id"], ["flight_manifests.id"], name=op.f("fk_flight_passengers_manifest_id")
        ),
        sa.PrimaryKeyConstraint("alert_id", name=op.f("pk_flight_passengers")),
    )
    op.create_index(
        "ix_flight_passengers_manifest", "flight_passengers", ["manifest_id", "place"], unique=False
    )
