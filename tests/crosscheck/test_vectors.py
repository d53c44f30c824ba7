"""Every vector of RFC 9497 for ristretto255-SHA512, and those of RFC 9380 and 9496 beneath it, on both backends."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from hashlib import sha512
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.crosscheck.function import voprf
from liaison.crosscheck.function.groups import choose
from liaison.crosscheck.function.suite import Mode, Suite, expand_message_xmd, expander

DATA = Path(__file__).parent / "data"
BACKENDS = ("libsodium", "wheel")
MODES: list[dict[str, Any]] = json.loads((DATA / "rfc9497_ristretto255.json").read_text("ascii"))
EXPANSIONS: dict[str, Any] = json.loads((DATA / "expand_message_xmd_SHA512_38.json").read_text("ascii"))


@dataclass(frozen=True)
class Case:
    mode: dict[str, Any]
    vector: dict[str, Any]

    def many(self, name: str) -> list[bytes]:
        return [bytes.fromhex(each) for each in self.vector[name].split(",")]

    def joined(self, name: str) -> bytes:
        return b"".join(self.many(name))

    def key(self, suite: Suite) -> voprf.Key:
        return voprf.derive_key(bytes.fromhex(self.mode["seed"]), bytes.fromhex(self.mode["keyInfo"]), suite)


CASES = [Case(mode, vector) for mode in MODES for vector in mode["vectors"]]
PROVED = [case for case in CASES if "Proof" in case.vector]


@cache
def suite_of(backend: str, mode: int = 1) -> Suite:
    return Suite(choose(backend), Mode(mode))


def name(case: Case) -> str:
    return f"mode{case.mode['mode']}-{case.vector['Input'][:8]}-batch{case.vector['Batch']}"


def test_the_vectors_are_all_there() -> None:
    assert [(mode["mode"], len(mode["vectors"])) for mode in MODES] == [(0, 2), (1, 3)]
    assert len(EXPANSIONS["tests"]) == 10


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: str(mode["mode"]))
def test_keys_are_derived(backend: str, mode: dict[str, Any]) -> None:
    suite = suite_of(backend, mode["mode"])
    assert (b"HashToGroup-" + suite.context).hex() == mode["groupDST"]
    key = voprf.derive_key(bytes.fromhex(mode["seed"]), bytes.fromhex(mode["keyInfo"]), suite)
    assert key.secret.hex() == mode["skSm"]
    assert key.public.hex() == mode.get("pkSm", key.public.hex())


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", CASES, ids=name)
def test_points_and_outputs(backend: str, case: Case) -> None:
    suite = suite_of(backend, case.mode["mode"])
    inputs, blinds = case.many("Input"), case.joined("Blind")
    blinded = suite.group.multiply(suite.points(inputs), blinds)
    assert blinded == case.joined("BlindedElement")
    evaluated = suite.group.multiply_all(blinded, case.key(suite).secret)
    assert evaluated == case.joined("EvaluationElement")
    assert voprf.unblind(inputs, blinds, evaluated, suite) == case.many("Output")
    assert voprf.outputs(case.key(suite), inputs, suite) == case.joined("Output")


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("case", PROVED, ids=name)
def test_proofs_byte_for_byte(backend: str, case: Case) -> None:
    suite, key = suite_of(backend), case.key(suite_of(backend))
    proof = bytes.fromhex(case.vector["Proof"]["proof"])
    points, evaluated = case.joined("BlindedElement"), case.joined("EvaluationElement")
    assert voprf.prove(key, points, evaluated, bytes.fromhex(case.vector["Proof"]["r"]), suite) == proof
    blinded = voprf.Blinded(points, case.joined("Blind"))
    answer = voprf.Evaluated(evaluated, proof)
    assert voprf.finalize(key.public, case.many("Input"), blinded, answer, suite) == case.many("Output")


@pytest.mark.parametrize("test", EXPANSIONS["tests"], ids=lambda test: test["len_in_bytes"] + test["msg"][:6])
def test_messages_are_expanded(test: dict[str, str]) -> None:
    length = int(test["len_in_bytes"], 16)
    message, dst = test["msg"].encode(), EXPANSIONS["DST"].encode()
    assert expand_message_xmd(message, dst, length).hex() == test["uniform_bytes"]


@given(st.binary(max_size=300), st.binary(min_size=1, max_size=300))
def test_the_quick_expansion_is_the_readable_one(message: bytes, dst: bytes) -> None:
    assert expander(dst)(message) == expand_message_xmd(message, dst, 64)


def test_a_long_purpose_is_hashed() -> None:
    """RFC 9380 section 5.3.3."""
    long = b"x" * 256
    short = sha512(b"H2C-OVERSIZE-DST-" + long).digest()
    assert expand_message_xmd(b"m", long, 96) == expand_message_xmd(b"m", short, 96)


def test_what_cannot_be_expanded_is_refused() -> None:
    with pytest.raises(ValueError, match="one message"):
        expand_message_xmd(b"", b"x", 255 * 64 + 1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_uniform_bytes_become_points(backend: str) -> None:
    """RFC 9496 appendix A.3, the first: SHA-512 of a label."""
    label = b"Ristretto is traditionally a short shot of espresso coffee"
    found = choose(backend).from_uniform(sha512(label).digest())
    assert found.hex() == "3066f82a1a747d45120d1740f14358531a8f04bbffe6a819f86dfe50f44a0a46"
