"""Tables of publications."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward; the way back is a backup."""
    op.create_table(
        "collections",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("writable", sa.Boolean(), nullable=False),
        sa.Column("assessment", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collections")),
    )
    op.create_table(
        "collection_partners",
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection"], ["collections.id"], name=op.f("fk_collection_partners_collection")
        ),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_collection_partners_partner")),
        sa.PrimaryKeyConstraint("collection", "partner", name=op.f("pk_collection_partners")),
    )
    op.create_table(
        "collection_readers",
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_collection_readers_account")),
        sa.ForeignKeyConstraint(
            ["collection"], ["collections.id"], name=op.f("fk_collection_readers_collection")
        ),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_collection_readers_partner")),
        sa.PrimaryKeyConstraint("collection", "account", name=op.f("pk_collection_readers")),
    )
    op.create_index("ix_collection_readers_account", "collection_readers", ["account"], unique=False)
    op.create_table(
        "intake",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (decided IS NULL)", name=op.f("ck_intake_decided_once")),
        sa.CheckConstraint("form IN ('stix', 'misp', 'sighting')", name=op.f("ck_intake_form_known")),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'refused', 'taken back')", name=op.f("ck_intake_state_known")
        ),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name=op.f("fk_intake_account")),
        sa.ForeignKeyConstraint(["collection"], ["collections.id"], name=op.f("fk_intake_collection")),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_intake_partner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
    )
    op.create_index("ix_intake_account", "intake", ["account", "event"], unique=False)
    op.create_index("ix_intake_state", "intake", ["state", "received"], unique=False)
    op.create_table(
        "publications",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("holding", sa.Text(), nullable=True),
        sa.Column("holding_version", sa.Integer(), nullable=True),
        sa.Column("intake", sa.Text(), nullable=True),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("handling", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (sealed IS NULL)", name=op.f("ck_publications_withdrawn_without_content")
        ),
        sa.CheckConstraint("state IN ('published', 'withdrawn')", name=op.f("ck_publications_state_known")),
        sa.CheckConstraint("(holding IS NULL) <> (intake IS NULL)", name=op.f("ck_publications_one_source")),
        sa.CheckConstraint("(sealed IS NULL) = (key IS NULL)", name=op.f("ck_publications_sealed_with_key")),
        sa.ForeignKeyConstraint(["collection"], ["collections.id"], name=op.f("fk_publications_collection")),
        sa.ForeignKeyConstraint(["holding"], ["holdings.id"], name=op.f("fk_publications_holding")),
        sa.ForeignKeyConstraint(["intake"], ["intake.id"], name=op.f("fk_publications_intake")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publications")),
        sa.UniqueConstraint("number", name=op.f("uq_publications_number")),
    )
    op.create_index("ix_publications_collection", "publications", ["collection", "state"], unique=False)
    op.create_index("ix_publications_holding", "publications", ["holding"], unique=False)
    op.create_table(
        "publication_partners",
        sa.Column("publication", sa.Text(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("decided", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["partner"], ["partners.id"], name=op.f("fk_publication_partners_partner")),
        sa.ForeignKeyConstraint(
            ["publication"], ["publications.id"], name=op.f("fk_publication_partners_publication")
        ),
        sa.PrimaryKeyConstraint("publication", "partner", name=op.f("pk_publication_partners")),
    )
    op.create_table(
        "published_objects",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("collection", sa.Text(), nullable=False),
        sa.Column("publication", sa.Text(), nullable=True),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("added", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection"], ["collections.id"], name=op.f("fk_published_objects_collection")
        ),
        sa.ForeignKeyConstraint(
            ["publication"], ["publications.id"], name=op.f("fk_published_objects_publication")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_published_objects")),
        sa.UniqueConstraint(
            "collection",
            "publication",
            "object",
            "version",
            name=op.f("uq_published_objects_collection_publication_object_version"),
        ),
    )
    op.create_index(
        "ix_published_objects_collection", "published_objects", ["collection", "seq"], unique=False
    )
    op.create_index(
        "ix_published_objects_object", "published_objects", ["collection", "object"], unique=False
    )
