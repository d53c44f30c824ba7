"""The node's own authority for certificates of drones, boats and teams, and the package that a client is set up with.

A client's key is made here, put into the package and kept nowhere. It is RSA, since clients in the field take no other
for sure. The package is what ATAK imports; the same files as PEM serve pytak and others.
"""

from __future__ import annotations

import io
import secrets
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from html import escape
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from sqlalchemy import Connection, insert, select

from liaison import policy
from liaison.office import Office
from liaison.ports import Compartment, KeyId
from liaison.sensors.register import Feed, certify, feed_of, require_registering
from liaison.storage.sealing import seal, unseal
from liaison.storage.tables.sensors import AUTHORITY

BITS, EXPONENT = 3072, 65537
LASTS, SERVES = (
    timedelta(days=3_650),
    timedelta(days=397),
)  # the authority; the listener's, made at each start
OURS = "sensors"
PASSWORD = 12  # bytes
BEFORE = timedelta(minutes=10)  # by which a client's clock may be behind


@dataclass(frozen=True, slots=True, repr=False)
class Authority:
    """Who signs."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @property
    def pem(self) -> bytes:
        """Its certificate."""
        return self.certificate.public_bytes(Encoding.PEM)


@dataclass(frozen=True, slots=True, repr=False)
class Package:
    """What a client is set up with: a ZIP, once."""

    name: str
    content: bytes


def authority(office: Office) -> Authority:
    """The node's authority, made on first use. Not to be called inside a write."""
    found = office.read(lambda connection: _held(office, connection))
    return found or _made(office)


def server_pem(office: Office, names: list[str]) -> bytes:
    """Key and certificate of the listener, for these host names and addresses; made anew at each start."""
    signer, key = authority(office), ec.generate_private_key(ec.SECP256R1())
    now = office.now()
    alternatives = x509.SubjectAlternativeName([_named(name) for name in dict.fromkeys(names)])
    made = _signed(signer, key, names[0], now, now + SERVES, ExtendedKeyUsageOID.SERVER_AUTH, alternatives)
    return _pem(key) + made.public_bytes(Encoding.PEM)


def issue(office: Office, actor: policy.Actor, feed: str, host: str, port: int) -> Package:
    """A certificate for a feed and the package with it, for clients that call `host` at `port`. The feed's earlier
    certificate is worth nothing from then on. Raises NotFound, Conflict where the entry is over."""
    require_registering(actor)
    found, now = feed_of(office, actor, feed), office.now()
    signer, key = authority(office), rsa.generate_private_key(EXPONENT, BITS)
    made = _signed(signer, key, found.id, now, found.until, ExtendedKeyUsageOID.CLIENT_AUTH)
    package = _packed(found, signer, key, made, f"{host}:{port}:ssl")
    certify(office, actor, feed, fingerprint(made.public_bytes(Encoding.DER)))
    return package


def fingerprint(der: bytes) -> bytes:
    """What is kept of a certificate."""
    return sha256(der).digest()


def _held(office: Office, connection: Connection) -> Authority | None:
    row = connection.execute(select(AUTHORITY).where(AUTHORITY.c.id == OURS)).first()
    if row is None:
        return None
    (secret,) = office.keys.fetch([KeyId(row.key)])
    key = load_pem_private_key(unseal(secret, row.sealed, _about()), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return Authority(x509.load_pem_x509_certificate(row.certificate), key)


def _made(office: Office) -> Authority:
    """A new authority; whoever comes second takes what the first one kept."""
    key, now = rsa.generate_private_key(EXPONENT, BITS), office.now()
    name = _name(f"Liaison, drones and boats of {office.name}"[:64])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + LASTS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    ((id, secret),) = office.keys.create(Compartment.TRANSPORT)

    def work(connection: Connection) -> Authority:
        held = _held(office, connection)
        if held is None:
            row = {"id": OURS, "made": now, "certificate": made.public_bytes(Encoding.PEM), "key": id}
            sealed = seal(secret, _pem(key), _about())
            connection.execute(insert(AUTHORITY).values(row | {"sealed": sealed}))
        return held or Authority(made, key)

    return office.write(work)


def _signed(
    signer: Authority,
    key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey,
    name: str,
    now: datetime,
    until: datetime,
    purpose: x509.ObjectIdentifier,
    *more: x509.SubjectAlternativeName,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(name[:64]))
        .issuer_name(signer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.key.public_key()), critical=False
        )
    )
    for each in more:
        builder = builder.add_extension(each, critical=False)
    return builder.sign(signer.key, hashes.SHA256())


def _packed(
    feed: Feed, signer: Authority, key: rsa.RSAPrivateKey, made: x509.Certificate, address: str
) -> Package:
    password, stem = secrets.token_hex(PASSWORD), feed.id
    sealed = _old(password)
    client = pkcs12.serialize_key_and_certificates(stem.encode(), key, made, [signer.certificate], sealed)
    trusted = pkcs12.PKCS12Certificate(signer.certificate, b"liaison")
    trust = pkcs12.serialize_java_truststore([trusted], BestAvailableEncryption(password.encode()))
    files = {
        "MANIFEST/manifest.xml": _manifest(stem).encode(),
        "cert/config.pref": _preferences(feed, address, password).encode(),
        "cert/client.p12": client,
        "cert/truststore.p12": trust,
        "pem/client.pem": made.public_bytes(Encoding.PEM),
        "pem/client.key": _pem(key),
        "pem/authority.pem": signer.pem,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name, content)
    return Package(f"{stem}.zip", out.getvalue())


def _old(password: str) -> KeySerializationEncryption:
    """As clients in the field can open it. It hides nothing: the password stands in the same package."""
    encryption = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(50_000)
    old = encryption.key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC).hmac_hash(hashes.SHA1())
    return old.build(password.encode())


def _manifest(stem: str) -> str:
    entries = ("cert/config.pref", "cert/truststore.p12", "cert/client.p12")
    contents = "".join(f'<Content ignore="false" zipEntry="{name}"/>' for name in entries)
    return (
        '<MissionPackageManifest version="2"><Configuration>'
        f'<Parameter name="uid" value="{stem}"/><Parameter name="name" value="{stem}.zip"/>'
        '<Parameter name="onReceiveDelete" value="true"/></Configuration>'
        f"<Contents>{contents}</Contents></MissionPackageManifest>"
    )


def _preferences(feed: Feed, address: str, password: str) -> str:
    streams = {"count": 1, "description0": feed.name, "enabled0": True, "connectString0": address}
    chosen = {
        "caLocation": "cert/truststore.p12",
        "caPassword": password,
        "certificateLocation": "cert/client.p12",
        "clientPassword": password,
    }
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='yes'?><preferences>"
        f'<preference version="1" name="cot_streams">{_entries(streams)}</preference>'
        f'<preference version="1" name="com.atakmap.app_preferences">{_entries(chosen)}</preference></preferences>'
    )


def _entries(said: Mapping[str, object]) -> str:
    kinds = {int: "Integer", str: "String", bool: "Boolean"}
    return "".join(
        f'<entry key="{key}" class="class java.lang.{kinds[type(value)]}">{_written(value)}</entry>'
        for key, value in said.items()
    )


def _written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else escape(str(value))


def _named(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=not signs,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _about() -> str:
    return f"sensor_authorities:{OURS}"
