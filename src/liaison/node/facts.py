"""What a database says of its node: whose it is, and that the key ring beside it is its own."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from liaison.ledger.keys import Signer
from liaison.ledger.statements import Statement
from liaison.model.categories import OfficerId
from liaison.model.errors import BadSetting, Erased, StoreUnavailable
from liaison.office import Office
from liaison.ports import Compartment, KeyId, Keys
from liaison.storage import migrate
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.node import FACTS

ITSELF = OfficerId("node")  # who does what no person asked for
MIGRATED = "migrate"
VKEY, PROBE, PROBE_KEY = "vkey", "probe", "probe-key"
WORDS = b"this key ring belongs to this database"


def bring_up(office: Office, signer: Signer) -> None:
    """Migrate the database, and see that it, the node's key and the key ring belong together.

    Raises BadSetting where they do not, StoreUnavailable where a newer program wrote the database.
    """
    probe = office.keys.create(Compartment.OFFICERS)[0] if office.read(migrate.current) == "" else None

    def work(connection: Connection) -> None:
        done = migrate.upgrade(connection)
        if probe is not None:
            _introduce(connection, office, signer, probe)
        if done is not None:
            _record(connection, office, done)

    office.write(work)
    require_own(office, signer)


def require_own(office: Office, signer: Signer) -> None:
    """Raises BadSetting where the database belongs to another node's key, or to another key ring."""
    office.read(lambda connection: require_facts(connection, office.keys, signer))


def require_facts(connection: Connection, keys: Keys, signer: Signer) -> None:
    """As `require_own`, for a database that is only looked at."""
    facts = facts_of(connection)
    if facts.get(VKEY) != signer.verifier.vkey:
        raise BadSetting(
            "the database belongs to another node",
            hint="give the origin and the keys it was made with; they never change",
        )
    try:
        key = keys.fetch([KeyId(int(facts[PROBE_KEY]))])[0]
        unseal(key, bytes.fromhex(facts[PROBE]), f"node_facts:{PROBE}")
    except (Erased, KeyError, StoreUnavailable, ValueError) as error:
        raise BadSetting(
            "the key ring belongs to another database",
            hint="restore the keys that were saved with this database",
        ) from error


def facts_of(connection: Connection) -> dict[str, str]:
    """Every fact by its name."""
    return {row.fact: row.value for row in connection.execute(select(FACTS))}


def _introduce(connection: Connection, office: Office, signer: Signer, probe: tuple[KeyId, bytes]) -> None:
    key_id, key = probe
    facts = {
        VKEY: signer.verifier.vkey,
        PROBE_KEY: str(key_id),
        PROBE: seal(key, WORDS, f"node_facts:{PROBE}").hex(),
    }
    rows = [{"fact": name, "value": value, "at": office.now()} for name, value in facts.items()]
    connection.execute(insert(FACTS), rows)


def _record(connection: Connection, office: Office, done: migrate.Migrated) -> None:
    counts = {"before": sum(done.before.values()), "after": sum(done.after.values())}
    office.log.append(
        connection,
        Statement(
            what=MIGRATED,
            who=ITSELF,
            when=office.now(),
            outcome=f"{done.old or 'empty'} to {done.new}",
            detail={name: str(count) for name, count in counts.items()},
        ),
    )
