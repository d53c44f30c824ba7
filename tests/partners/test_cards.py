"""Cards: what they say, who signed them, and the keys that are refused."""

import base64
import json
from datetime import UTC, datetime

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from liaison.ledger.keys import Kind
from liaison.model import canonical
from liaison.model.errors import BadInput, BadNote
from liaison.partners.cards import (
    CONTEXT,
    Card,
    SignedCard,
    Use,
    key_id,
    packed,
    read_card,
    sign_card,
    unpacked,
)
from liaison.partners.own import certificate
from tests.partners.pairs import signer

ORIGIN = "police.example"
IDENTITY = signer(ORIGIN, 1)
WITNESS = signer(ORIGIN, 2, Kind.COSIGNATURE)
DOCUMENT, CHANNEL = (Ed25519PrivateKey.from_private_bytes(bytes((each,)) * 32) for each in (3, 4))
SEAL = X25519PrivateKey.from_private_bytes(bytes((5,)) * 32)
TLS = certificate(ec.derive_private_key(7, ec.SECP256R1()))
SMALL_ORDER = (  # Ed25519 points of order 1, 2, 4 and 8, and encodings that are not canonical
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)
SMALL_ORDER_X = (  # X25519 points of small order, and the same ones over the prime (RFC 7748, section 6.1)
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
)


def raw(key: Ed25519PrivateKey | X25519PrivateKey) -> str:
    return packed(key.public_key().public_bytes_raw())


def members(**changed: object) -> dict[str, object]:
    said: dict[str, object] = {
        "federation": "test",
        "origin": ORIGIN,
        "agency": "Policia",
        "generation": 1,
        "ledger": IDENTITY.verifier.vkey,
        "witness": WITNESS.verifier.vkey,
        "addresses": ("https://police.example:8443",),
        "document": raw(DOCUMENT),
        "channel": raw(CHANNEL),
        "seal": raw(SEAL),
        "certificate": packed(TLS),
        "made": datetime(2026, 3, 2, tzinfo=UTC),
    }
    return said | changed


def a_card(**changed: object) -> Card:
    return Card(**members(**changed))  # type: ignore[arg-type]


def test_a_card_reads_as_it_was_signed() -> None:
    signed = sign_card(a_card(), IDENTITY)
    assert read_card(signed.text) == signed
    assert signed.text.startswith("liaison card v1\n{")
    assert signed.card.document_key.public_bytes_raw() == DOCUMENT.public_key().public_bytes_raw()
    assert signed.card.tls == TLS


@pytest.mark.parametrize("seed", range(20))
def test_a_card_that_was_changed_anywhere_is_refused(seed: int) -> None:
    text = bytearray(sign_card(a_card(), IDENTITY).text.encode())
    place = len(text) * seed // 20
    text[place] ^= 1
    with pytest.raises(BadInput):
        read_card(bytes(text))


@pytest.mark.parametrize("public", SMALL_ORDER)
@pytest.mark.parametrize("field", ["document", "channel"])
def test_small_order_ed25519_keys_are_refused(public: str, field: str) -> None:
    """A07."""
    with pytest.raises(BadNote, match="unsafe"):
        a_card(**{field: packed(bytes.fromhex(public))})


@pytest.mark.parametrize("public", SMALL_ORDER_X)
def test_small_order_x25519_keys_are_refused(public: str) -> None:
    """A07: what is sealed to such a key, everybody opens."""
    with pytest.raises(BadNote, match="X25519"):
        a_card(seal=packed(bytes.fromhex(public)))


@pytest.mark.parametrize("field", ["document", "channel", "seal"])
@pytest.mark.parametrize("other", ["document", "channel", "seal", "ledger", "witness"])
def test_every_use_has_a_key_of_its_own(field: str, other: str) -> None:
    """A05."""
    publics = {
        "document": raw(DOCUMENT),
        "channel": raw(CHANNEL),
        "seal": raw(SEAL),
        "ledger": packed(IDENTITY.verifier.public),
        "witness": packed(WITNESS.verifier.public),
    }
    if field != other:
        with pytest.raises(BadNote, match=r"two uses|unsafe"):
            a_card(**{field: publics[other]})


def test_a_key_has_another_name_in_another_use() -> None:
    public = DOCUMENT.public_key().public_bytes_raw()
    names = {key_id(use, public) for use in Use}
    assert len(names) == len(Use)
    assert all(len(name) == 16 for name in names)


@pytest.mark.parametrize("kind", ["witness", "document", "context", "federation"])
def test_a_signature_for_another_purpose_is_refused(kind: str) -> None:
    """A05: by the witness key, by the document key, under another context, of another federation."""
    card = a_card()
    content = canonical.encode(card)
    if kind == "witness":
        other = signer(ORIGIN, 2)
        signature = other.sign_apart(CONTEXT, content)
    elif kind == "document":
        signature = DOCUMENT.sign(CONTEXT + content)
    elif kind == "context":
        signature = IDENTITY.sign_apart(b"liaison pairing v1\n", content)
    else:
        rehearsal = sign_card(a_card(federation="rehearsal"), IDENTITY)
        signature = rehearsal.signature
    with pytest.raises(BadNote):
        read_card(SignedCard(card, content, signature).text)


def test_the_identity_key_signs_nothing_apart_that_could_be_a_note() -> None:
    for context in (b"police.example\n", b"liaison card v1", b""):
        with pytest.raises(ValueError, match="context"):
            IDENTITY.sign_apart(context, b"10\n")
    with pytest.raises(ValueError, match="Ed25519"):
        WITNESS.sign_apart(CONTEXT, b"{}")


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "other.example"},
        {"origin": "Police Example"},
        {"witness": IDENTITY.verifier.vkey},
        {"ledger": WITNESS.verifier.vkey},
        {"federation": "Test federation"},
        {"agency": ""},
        {"agency": "a\nb"},
        {"agency": "x" * 121},
        {"generation": 0},
        {"made": datetime(2026, 3, 2)},
        {"versions": ()},
        {"versions": (2, 1)},
        {"versions": (1, 1)},
        {"capabilities": ("b", "a")},
        {"capabilities": ("Bulk",)},
        {"languages": ("english",)},
        {"document": ""},
        {"document": "AAAA"},
        {"document": raw(DOCUMENT) + "="},
        {"certificate": packed(b"not a certificate")},
        {"certificate": packed(TLS + b"\0")},
        *(
            {"addresses": (address,)}
            for address in (
                "http://police.example",
                "https://user@police.example",
                "https://police.example/?next=x",
                "https://police.example/#x",
                "https://police.example:99999",
                "https://police.example\\@else.example",
                "https:///path",
                "https" + "://polic\u0435.example",
                "file:///etc/passwd",
                "https://" + "a" * 300,
            )
        ),
        {"addresses": tuple(f"https://{n}.example" for n in range(5))},
    ],
)
def test_a_card_that_says_what_cannot_be_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        a_card(**changed)


def test_a_certificate_of_another_kind_of_key_is_refused() -> None:
    other = certificate(ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(BadInput, match="P-256"):
        a_card(certificate=packed(other))


def test_the_certificate_has_no_end_that_a_clock_could_reach() -> None:
    found = x509.load_der_x509_certificate(TLS)
    assert found.not_valid_after_utc.year == 9999
    assert found.not_valid_before_utc.year == 2000


def test_the_certificate_vouches_for_no_other() -> None:
    found = x509.load_der_x509_certificate(TLS)
    assert not found.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert not found.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign


@pytest.mark.parametrize(
    "written",
    [
        b"",
        b"liaison card v1\n",
        b"liaison card v1\n{}\nAAAA\n",
        b"liaison card v1\n" + b"x" * 20_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_card_is_refused(written: bytes) -> None:
    with pytest.raises(BadInput):
        read_card(written)


def test_a_field_that_is_not_known_doubled_or_out_of_order_is_refused() -> None:
    """A06."""
    content = canonical.encode(a_card())
    plain = json.loads(content)
    for altered in (
        json.dumps(plain | {"zzz": 1}, separators=(",", ":"), sort_keys=True).encode(),
        content.replace(b'"generation":1', b'"generation":1,"generation":1'),
        json.dumps(plain).encode(),
        content + b" ",
    ):
        signature = IDENTITY.sign_apart(CONTEXT, altered)
        with pytest.raises(BadInput):
            read_card(CONTEXT + altered + b"\n" + packed(signature).encode() + b"\n")


@given(st.binary(min_size=1, max_size=200))
def test_base64url_has_one_form(content: bytes) -> None:
    text = packed(content)
    assert unpacked(text) == content
    assert "=" not in text
    for other in (text + "=", text + "\n", " " + text, base64.b64encode(content).decode() + "=="):
        with pytest.raises(BadInput):
            unpacked(other)


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_otherwise(content: bytes) -> None:
    for written in (content, CONTEXT + content, CONTEXT + canonical.encode(a_card()) + b"\n" + content):
        with pytest.raises(BadInput):
            read_card(written)


def test_same_keys_are_told_from_others() -> None:
    one = a_card()
    assert one.same_keys(a_card(agency="Renamed"))
    other = Ed25519PrivateKey.from_private_bytes(bytes((9,)) * 32)
    assert not one.same_keys(msgspec.structs.replace(one, channel=raw(other)))
