"""This node's own keys and card: made at its beginning, kept in the key folder, renewed by generation.

The private keys of a generation stand in one file, readable by its owner alone, which is never overwritten. Which
generation is the current one, the database says: a file that it does not name was made before a crash and used by
nobody, and is taken up by the next rotation.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlalchemy import Connection, func, insert, select, update

from liaison.ledger.keys import Signer, Verifier
from liaison.model.errors import BadSetting, Conflict, NotFound
from liaison.office import Office
from liaison.partners.cards import Card, OwnKeys, SignedCard, checked_card, packed, sign_card
from liaison.partners.directory import own_card
from liaison.partners.rules import CardState
from liaison.storage.tables.partners import OWN_CARDS

KEY_FILE = re.compile(r"partner-([1-9]\d{0,5})\.keys")
TLS_NAME = (
    "node.invalid"  # in every certificate: a node is known by its pinned bytes, never by a name (RFC 6761)
)
# the certificate is pinned and replaced by hand, so that no clock, right or wrong, may end it (RFC 5280, 4.1.2.5)
FIRST_DAY, LAST_DAY = datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)

LATER = timedelta(microseconds=1)


class _Kept(msgspec.Struct, frozen=True):
    """The content of a key file: seeds, and the TLS key and certificate in DER."""

    document: bytes
    channel: bytes
    seal: bytes
    tls: bytes
    certificate: bytes


KEPT = msgspec.msgpack.Decoder(_Kept)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What a node's card says besides its keys."""

    federation: str
    agency: str
    witness: str
    addresses: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    versions: tuple[int, ...] = (1,)


def key_file(generation: int) -> str:
    """The name of the file with a generation's private keys."""
    return f"partner-{generation}.keys"


def key_files(folder: Path) -> list[str]:
    """The names of the files with private keys that stand in the folder, by generation."""
    found = [each.name for each in folder.iterdir() if KEY_FILE.fullmatch(each.name)]
    return sorted(found, key=_generation)


def own_keys(folder: Path, office: Office) -> OwnKeys:
    """The node's keys, the current generation with the former; a node without any gets its first. Raises BadSetting."""
    generation = office.read(current_generation)
    if generation == 0:
        make_keys(folder, 1)
        generation = 1
    return load_keys(folder, generation)


def current_generation(connection: Connection) -> int:
    """The generation that counts; 0 before the first card was signed."""
    return connection.execute(select(func.max(OWN_CARDS.c.generation))).scalar() or 0


def load_keys(folder: Path, generation: int) -> OwnKeys:
    """The keys of a generation and of those before it. Raises BadSetting where a file is missing, open or damaged."""
    held = [_loaded(folder / key_file(each), each) for each in range(1, generation + 1)]
    return replace(held[-1], former=tuple(reversed(held[:-1])))


def make_keys(folder: Path, generation: int) -> None:
    """New keys of a generation, durable; those that are there stay."""
    place = folder / key_file(generation)
    if place.exists():
        return
    document, channel = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    tls = ec.generate_private_key(ec.SECP256R1())
    kept = _Kept(
        document.private_bytes_raw(),
        channel.private_bytes_raw(),
        X25519PrivateKey.generate().private_bytes_raw(),
        tls.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        certificate(tls),
    )
    _write(place, msgspec.msgpack.encode(kept))


def certificate(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A self-signed certificate of this key, in DER, for both ends of a channel."""
    public, name = key.public_key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, TLS_NAME)])
    named = x509.SubjectKeyIdentifier.from_public_key(public)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"), False
    )
    builder = (
        x509.CertificateBuilder(name, name, public, x509.random_serial_number(), FIRST_DAY, LAST_DAY)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=False, encipher_only=False, decipher_only=False, **usage
            ),
            critical=True,
        )
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]), False
        )
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(TLS_NAME)]), False)
        .add_extension(named, False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(named), False)
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)


def tls_pem(keys: OwnKeys) -> bytes:
    """Key and certificate as ssl.SSLContext.load_cert_chain reads them."""
    private = keys.tls.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return private + x509.load_der_x509_certificate(keys.certificate).public_bytes(Encoding.PEM)


def sign_own_card(
    office: Office, connection: Connection, keys: OwnKeys, identity: Signer, told: Particulars
) -> SignedCard:
    """This node's card, signed anew where the generation or what it tells has changed since the last time.

    In the caller's transaction; the caller records what it was done for. Raises Conflict for an older generation.
    """
    try:
        last = own_card(connection)
    except NotFound:
        last = None
    if last is not None and last.card.generation > keys.generation:
        raise Conflict("a newer generation of keys is in use", hint="start the node again")
    made = office.now()
    if last is not None:
        if last.card == _card(keys, identity, told, last.card.made):
            return last
        made = max(made, last.card.made + LATER)  # a newer card is later, whatever the clock says
    signed = sign_card(_card(keys, identity, told, made), identity)
    _keep(connection, signed, made)
    return signed


def faults(connection: Connection, folder: Path, identity: Verifier) -> list[str]:
    """What is wrong with the node's own cards: each verifies, and its private keys stand in the folder.

    A file of keys without a card is looked at as well: the first card may not have been asked for yet.
    """
    found = _unreadable(folder)
    for row in connection.execute(select(OWN_CARDS).order_by(OWN_CARDS.c.generation)):
        try:
            card = checked_card(row.content, row.signature).card
            keys = _loaded(folder / key_file(row.generation), row.generation)
        except (BadSetting, ValueError) as error:
            found.append(f"own card {row.generation}: {error}")
            continue
        if card.ledger != identity.vkey or card.generation != row.generation or not _fits(keys, card):
            found.append(f"own card {row.generation} does not fit the keys in the folder")
    return found


def _unreadable(folder: Path) -> list[str]:
    found = []
    for name in key_files(folder):
        try:
            _loaded(folder / name, _generation(name))
        except BadSetting as error:
            found.append(str(error))
    return found


def count(connection: Connection) -> int:
    """How many own cards there are."""
    return connection.execute(select(func.count()).select_from(OWN_CARDS)).scalar_one()


def _card(keys: OwnKeys, identity: Signer, told: Particulars, made: datetime) -> Card:
    return Card(
        federation=told.federation,
        origin=identity.name,
        agency=told.agency,
        generation=keys.generation,
        ledger=identity.verifier.vkey,
        witness=told.witness,
        addresses=told.addresses,
        document=packed(keys.document.public_key().public_bytes_raw()),
        channel=packed(keys.channel.public_key().public_bytes_raw()),
        seal=packed(keys.seal.public_key().public_bytes_raw()),
        certificate=packed(keys.certificate),
        capabilities=told.capabilities,
        languages=told.languages,
        versions=told.versions,
        made=made,
    )


def _keep(connection: Connection, signed: SignedCard, now: datetime) -> None:
    """The card as the current one, in place of an earlier edition of its generation."""
    card = signed.card
    older = OWN_CARDS.c.generation < card.generation, OWN_CARDS.c.state == CardState.CURRENT.value
    retired = {"state": CardState.RETIRED.value, "changed": now}
    connection.execute(update(OWN_CARDS).where(*older).values(**retired))
    row = {
        "content": signed.content,
        "signature": signed.signature,
        "document_key": card.document_id,
        "state": CardState.CURRENT.value,
        "made": card.made,
        "changed": now,
    }
    same = OWN_CARDS.c.generation == card.generation
    if connection.execute(update(OWN_CARDS).where(same).values(**row)).rowcount == 0:
        connection.execute(insert(OWN_CARDS).values(generation=card.generation, **row))


def _fits(keys: OwnKeys, card: Card) -> bool:
    pairs = (
        (card.document, keys.document.public_key().public_bytes_raw()),
        (card.channel, keys.channel.public_key().public_bytes_raw()),
        (card.seal, keys.seal.public_key().public_bytes_raw()),
        (card.certificate, keys.certificate),
    )
    return all(packed(held) == told for told, held in pairs)


def _loaded(place: Path, generation: int) -> OwnKeys:
    try:
        if place.stat().st_mode & 0o077:
            raise BadSetting(f"others can read {place}", hint=f"chmod 600 {place}")
        kept = KEPT.decode(place.read_bytes())
        tls = load_der_private_key(kept.tls, None)
        if not isinstance(tls, ec.EllipticCurvePrivateKey):
            raise ValueError("not of the kind that is kept")
        return OwnKeys(
            generation,
            Ed25519PrivateKey.from_private_bytes(kept.document),
            Ed25519PrivateKey.from_private_bytes(kept.channel),
            X25519PrivateKey.from_private_bytes(kept.seal),
            tls,
            kept.certificate,
        )
    except OSError as error:
        raise BadSetting(f"{place} cannot be read: {error.strerror}", hint="restore the keys") from error
    except (ValueError, msgspec.MsgspecError) as error:
        raise BadSetting(f"{place} does not hold keys", hint="restore the keys") from error


def _generation(name: str) -> int:
    found = KEY_FILE.fullmatch(name)
    return int(found[1]) if found else 0


def _write(place: Path, content: bytes) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    fresh = place.with_name(f".{place.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.rename(fresh, place)
    folder = os.open(place.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
