from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.crosscheck.countersigning import is_signed, people_of
from liaison.crosscheck.messages import BUCKET, OF_ONE, permitted
from liaison.ledger.keys import Kind, Signer

TOLD = permitted("holder.example", "leg-1", "5" * 64)
AUTHORITY = Signer("authority.example", Kind.ED25519, bytes(range(32)))
VKEY = AUTHORITY.verifier.vkey
CONTEXT, _, CONTENT = TOLD.partition(b"\n")
SIGNED = AUTHORITY.sign_apart(CONTEXT + b"\n", CONTENT).hex()


@given(st.integers(0, 2000), st.integers(0, 100_000))
def test_a_session_is_about_no_fewer_people_than_its_points_are_of(subjects: int, points: int):
    people = people_of(subjects, points)
    assert people >= subjects
    assert people * OF_ONE + BUCKET - 1 >= points


def test_what_fills_a_bucket_is_of_nobody():
    assert people_of(1, BUCKET) == 1
    assert people_of(0, BUCKET - 1) == 0
    assert people_of(1, BUCKET + OF_ONE) == 2


def test_the_signature_of_a_named_authority_counts():
    assert is_signed((VKEY,), VKEY, SIGNED, TOLD)


@pytest.mark.parametrize(
    ("authorities", "signature", "told"),
    [
        ((), SIGNED, TOLD),
        ((VKEY,), SIGNED.upper(), TOLD),
        ((VKEY,), SIGNED[:-2], TOLD),
        ((VKEY,), "0" * 128, TOLD),
        ((VKEY,), SIGNED, permitted("holder.example", "leg-2", "5" * 64)),
    ],
)
def test_nothing_else_does(authorities: tuple[str, ...], signature: str, told: bytes):
    assert not is_signed(authorities, VKEY, signature, told)


@pytest.mark.parametrize("kind", [Kind.COSIGNATURE, Kind.MLDSA])
def test_a_key_of_another_kind_signs_nothing(kind: Kind):
    other = Signer("authority.example", kind, bytes(range(32)))
    assert not is_signed((other.verifier.vkey,), other.verifier.vkey, SIGNED, TOLD)
