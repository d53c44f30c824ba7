"""What happens to each edge case of Ed25519 that C2SP/CCTV collected."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from liaison.ledger import ed25519
from liaison.model.errors import BadNote
from tests.ledger.node import vectors
from tools import verify_log

VECTORS = vectors("ed25519")["vectors"]
# Each of these is refused, whatever else holds; what has none of them is a signature and is accepted.
REFUSED = {
    "low_order_A",  # a key that fits many texts
    "low_order_R",
    "low_order_residue",  # holds with the cofactor alone: implementations disagree
    "non_canonical_A",
    "non_canonical_R",
}
ACCEPTED = {"low_order_component_A", "low_order_component_R"}  # harmless: every implementation agrees
FOLLOWS = {"reencoded_k"}  # only ever beside a non-canonical encoding


def accepted(vector: dict[str, object]) -> bool:
    key, signature = bytes.fromhex(str(vector["key"])), bytes.fromhex(str(vector["sig"]))
    try:
        return ed25519.verify(ed25519.public_key(key), signature, str(vector["msg"]).encode())
    except BadNote:
        return False


def test_every_flag_has_a_fate() -> None:
    assert len(VECTORS) == 914
    assert {flag for vector in VECTORS for flag in vector["flags"]} == REFUSED | ACCEPTED | FOLLOWS
    assert all(not FOLLOWS & {*v["flags"]} or REFUSED & {*v["flags"]} for v in VECTORS)


def test_exactly_what_is_unambiguous_is_accepted() -> None:
    for vector in VECTORS:
        assert accepted(vector) == (not REFUSED & set(vector["flags"])), vector
    assert sum(accepted(vector) for vector in VECTORS) == 43


def test_the_auditors_script_agrees_in_plain_python() -> None:
    for vector in VECTORS[::9] + [v for v in VECTORS if not REFUSED & set(v["flags"])]:
        key, signature = bytes.fromhex(vector["key"]), bytes.fromhex(vector["sig"])
        found = verify_log.plain_verify(key, signature, vector["msg"].encode())
        assert found == (not REFUSED & set(vector["flags"])), vector
        assert found == verify_log.verify_signature(key, signature, vector["msg"].encode())


def test_s_is_below_the_order() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    public, signature = private.public_key(), private.sign(b"text")
    raised = int.from_bytes(signature[32:], "little") + ed25519.ORDER
    assert ed25519.verify(public, signature, b"text")
    assert not ed25519.verify(public, signature[:32] + raised.to_bytes(32, "little"), b"text")
    assert not ed25519.verify(public, signature, b"texT")
    assert not ed25519.verify(public, signature + b"\0", b"text")
    assert not ed25519.verify(public, signature[:-1], b"text")
    plain = (public.public_bytes_raw(), signature[:32] + raised.to_bytes(32, "little"), b"text")
    assert not verify_log.plain_verify(*plain)


@pytest.mark.parametrize(
    "encoded",
    [
        bytes(32),
        (1).to_bytes(32, "little"),
        (ed25519.PRIME - 1).to_bytes(32, "little"),
        ed25519.EIGHTH.to_bytes(32, "little"),
        (ed25519.PRIME - ed25519.EIGHTH).to_bytes(32, "little"),
        (ed25519.EIGHTH | 1 << 255).to_bytes(32, "little"),
        ed25519.PRIME.to_bytes(32, "little"),
        (ed25519.PRIME + 3).to_bytes(32, "little"),
        (3).to_bytes(31, "little"),
        (3).to_bytes(33, "little"),
    ],
    ids=lambda encoded: encoded.hex()[:8] + str(len(encoded)),
)
def test_keys_that_fit_many_texts_are_refused(encoded: bytes) -> None:
    assert not ed25519.sound_point(encoded)
    with pytest.raises(BadNote, match="unsafe"):
        ed25519.public_key(encoded)


def test_the_largest_canonical_encodings_are_points() -> None:
    assert ed25519.sound_point((ed25519.PRIME - 2).to_bytes(32, "little"))
    assert ed25519.sound_point((2).to_bytes(32, "little"))
