"""kernel/public_sum.c sums as its readable twin and as libsodium do, and refuses the encodings that they refuse."""

from __future__ import annotations

import ctypes
import json
import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.crosscheck.function.groups import choose
from liaison.crosscheck.function.groups.public import public_sum
from liaison.kernel import build, lib
from liaison.model.errors import BadPoint
from tests.kernel import ristretto

VECTORS = json.loads((Path(__file__).parent / "data" / "rfc9496_ristretto255.json").read_text("ascii"))
MULTIPLES = [bytes.fromhex(each) for each in VECTORS["multiples"]]
INVALID = [bytes.fromhex(each) for kind in VECTORS["invalid"].values() for each in kind]
GENERATOR = MULTIPLES[1]
TOP_BIT = [each[:31] + bytes([each[31] | 128]) for each in MULTIPLES]
LAST = ristretto.ORDER - 1
GROUP = choose()
EDGES = (0, 1, 2, 15, 16, 2**252 - 1, 2**252, LAST, ristretto.ORDER, LAST + 2, 2**255 - 20, 2**256 - 1)
NUMBERS = st.sampled_from(EDGES) | st.integers(0, 2**256 - 1)
POINTS = st.sampled_from(MULTIPLES) | st.binary(min_size=64, max_size=64).map(GROUP.from_uniform)


def written(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32, "little") for number in numbers)


def drawn(count: int, seed: int) -> tuple[bytes, bytes]:
    lots = Random(seed)
    return GROUP.from_uniform(lots.randbytes(64 * count)), GROUP.reduce(lots.randbytes(64 * count))


def sodium_sum(points: bytes, scalars: bytes) -> bytes:
    """libsodium's own sum, without the kernel's."""
    return GROUP._summed(points, scalars)  # type: ignore[attr-defined,no-any-return]


def kernel_says(points: bytes) -> tuple[int, bytes]:
    out = ctypes.create_string_buffer(b"\x55" * 32, 32)
    function = lib()["lk_public_sum"]
    function.restype = ctypes.c_int64
    count = len(points) // 32
    return function(points, written(*[1] * count), ctypes.c_int64(count), out), out.raw


def test_the_vectors_are_all_there() -> None:
    assert (len(MULTIPLES), len(INVALID)) == (16, 29)


def test_multiples_of_the_generator() -> None:
    """RFC 9496 appendix A.1."""
    for number, multiple in enumerate(MULTIPLES):
        assert public_sum(GENERATOR, written(number)) == multiple
        assert public_sum(multiple, written(1)) == multiple
        assert public_sum(multiple + GENERATOR, written(1, ristretto.ORDER - number)) == MULTIPLES[0]
        assert public_sum(GENERATOR * number, written(*[1] * number)) == multiple


@pytest.mark.parametrize("bad", INVALID + TOP_BIT, ids=lambda bad: bad.hex()[:8])
def test_what_is_no_point_is_refused_as_libsodium_refuses_it(bad: bytes) -> None:
    """RFC 9496 appendix A.2, and the top bit, which libsodium 1.0.18 does not look at."""
    assert public_sum(bad, written(1)) is None
    assert ristretto.decode(bad) is None
    assert kernel_says(GENERATOR * 2 + bad + GENERATOR + bad) == (2, b"\x55" * 32)
    for scalar in (1, 0, 5):
        with pytest.raises(BadPoint, match="point 2"):
            GROUP.weighted_sum(GENERATOR + bad, written(3, scalar))


@given(st.binary(min_size=32, max_size=32), st.integers(0, 255))
def test_bytes_are_points_to_all_three_or_to_none(random: bytes, bit: int) -> None:
    flipped = bytearray(GROUP.from_uniform(random * 2))
    flipped[bit // 8] ^= 1 << bit % 8
    for each in (random, bytes(flipped)):
        point = ristretto.decode(each)
        assert public_sum(each, written(1)) == (None if point is None else each)
        if point is None or each == bytes(32):
            with pytest.raises(BadPoint):
                GROUP.require_points(each)
        else:
            GROUP.require_points(each)


@given(st.lists(st.tuples(POINTS, NUMBERS), max_size=5))
def test_it_is_its_readable_twin(parts: list[tuple[bytes, int]]) -> None:
    points, scalars = b"".join(point for point, _ in parts), written(*(number for _, number in parts))
    assert public_sum(points, scalars) == ristretto.public_sum(points, scalars)


@pytest.mark.parametrize("count", [1, 2, 3, 17, 64, 500, 8192])
def test_it_is_libsodiums_sum(count: int) -> None:
    for seed in range(max(1, 2000 // count)):
        points, scalars = drawn(count, seed)
        assert public_sum(points, scalars) == sodium_sum(points, scalars)


def test_edges_of_scalars_among_others() -> None:
    points, scalars = drawn(40, 3)
    for number in EDGES:
        mixed = scalars[: 32 * 20] + written(number) + scalars[32 * 21 :]
        rest = points[: 32 * 20] + points[32 * 21 :], scalars[: 32 * 20] + scalars[32 * 21 :]
        expected = sodium_sum(*rest)
        if number % ristretto.ORDER:
            part = GROUP.multiply(points[32 * 20 : 32 * 21], written(number % ristretto.ORDER))
            expected = GROUP.add(expected, part)
        assert public_sum(points, mixed) == expected


def test_points_that_repeat_or_undo_one_another() -> None:
    point, scalar = drawn(1, 4)
    opposite = GROUP.multiply(point, written(LAST))
    assert public_sum(point * 300, scalar * 300) == GROUP.multiply(point, GROUP.product(scalar, written(300)))
    assert public_sum((point + opposite) * 50, scalar * 100) == bytes(32)
    assert public_sum(point + opposite + point, scalar * 3) == GROUP.multiply(point, scalar)
    assert public_sum(point * 2, scalar + GROUP.difference(written(0), scalar)) == bytes(32)
    assert public_sum(bytes(32) + point, scalar * 2) == GROUP.multiply(point, scalar)
    assert public_sum(b"", b"") == public_sum(bytes(320), scalar * 10) == bytes(32)


def test_secrets_which_are_bytearrays_are_not_summed() -> None:
    with pytest.raises(TypeError, match="public"):
        public_sum(GENERATOR, bytearray(written(5)))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="public"):
        public_sum(bytearray(GENERATOR), written(5))  # type: ignore[arg-type]
    for points, scalars in ((GENERATOR, b""), (GENERATOR[:31], bytes(31))):
        with pytest.raises(ValueError, match="one scalar"):
            public_sum(points, scalars)


INSIDE = """
#include "public_sum.c"
static Number get(const uint64_t *from) { return (Number){{from[0], from[1], from[2], from[3], from[4]}}; }
static void put(Number n, uint64_t *to) { memcpy(to, n.limb, sizeof n.limb); }
EXPORT void multiplied(const uint64_t *a, const uint64_t *b, uint64_t *out) { put(mul(get(a), get(b)), out); }
EXPORT void squared(const uint64_t *a, uint64_t *out) { put(square(get(a)), out); }
EXPORT void subtracted(const uint64_t *a, const uint64_t *b, uint64_t *out) { put(minus(get(a), get(b)), out); }
EXPORT void reduced(const uint64_t *a, uint64_t *out) { write_number(get(a), (uint8_t *)out); }
"""
WIDE, TIGHT = int(2**53.4), 2**51 + 2**13  # what public_sum.c says of limbs
SANITIZED = ("-fsanitize=undefined", "-fno-sanitize-recover=all")


def compiled(folder: Path, source: Path, *flags: str) -> Path:
    made = folder / "sanitized.so"
    command = [
        *next(build.compilers()),
        *build.FLAGS,
        *flags,
        f"-I{build.HERE}",
        "-o",
        str(made),
        str(source),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this compiler has not {' '.join(flags)}")
    return made


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> ctypes.CDLL:
    folder = tmp_path_factory.mktemp("inside")
    (folder / "inside.c").write_text(INSIDE)
    return ctypes.CDLL(str(compiled(folder, folder / "inside.c", *SANITIZED)))


def limbs(highest: int) -> st.SearchStrategy[list[int]]:
    edges = st.sampled_from([0, 1, 2**51 - 20, 2**51 - 19, 2**51 - 1, 2**51, highest - 1])
    return st.lists(edges | st.integers(0, highest - 1), min_size=5, max_size=5)


def value(given: list[int]) -> int:
    return sum(limb << 51 * place for place, limb in enumerate(given))


@settings(max_examples=1000)
@given(limbs(WIDE), limbs(WIDE), limbs(TIGHT))
def test_numbers_keep_within_their_limbs(
    inside: ctypes.CDLL, one: list[int], other: list[int], tight: list[int]
) -> None:
    def call(name: str, *numbers: list[int]) -> list[int]:
        out = (ctypes.c_uint64 * 5)()
        inside[name](*((ctypes.c_uint64 * 5)(*number) for number in numbers), out)
        return list(out)

    for name, numbers, expected in (
        ("multiplied", (one, other), value(one) * value(other)),
        ("multiplied", ([WIDE - 1] * 5, one), value([WIDE - 1] * 5) * value(one)),
        ("multiplied", ([WIDE - 1] * 5, [WIDE - 1] * 5), value([WIDE - 1] * 5) ** 2),
        ("squared", (one,), value(one) ** 2),
        ("squared", ([WIDE - 1] * 5,), value([WIDE - 1] * 5) ** 2),
    ):
        found = call(name, *numbers)
        assert value(found) % ristretto.P == expected % ristretto.P
        assert max(found) < TIGHT
    found = call("subtracted", one, tight)
    assert value(found) % ristretto.P == (value(one) - value(tight)) % ristretto.P
    assert max(found) < WIDE + 2**52
    whole = call("reduced", one)
    assert sum(word << 64 * place for place, word in enumerate(whole)) == value(one) % ristretto.P


SANITIZED_RUN = """
import ctypes, sys
from random import Random
library, lots = ctypes.CDLL(sys.argv[1]), Random(5)
library.lk_public_sum.restype = ctypes.c_int64
generator = bytes.fromhex(sys.argv[2])
for count in (0, 1, 2, 3, 17, 300):
    out = ctypes.create_string_buffer(32)
    for points in (generator * count, generator * (count - 1) + lots.randbytes(32), lots.randbytes(32 * count)):
        count = len(points) // 32
        for scalars in (lots.randbytes(32 * count), bytes(32 * count), b"\\xff" * 32 * count):
            said = library.lk_public_sum(points, scalars, ctypes.c_int64(count), out)
            assert -1 <= said < max(1, count), said
print("done")
"""


@pytest.mark.parametrize("kind", ["undefined", "address"])
def test_nothing_is_read_or_written_beside_what_was_given(kind: str, tmp_path: Path) -> None:
    flags = (f"-fsanitize={kind}", "-fno-sanitize-recover=all", "-g")
    made = compiled(tmp_path, build.HERE / "public_sum.c", *flags)
    runtime = {"address": "libasan.so", "undefined": "libubsan.so"}[kind]
    where = subprocess.run(
        [*next(build.compilers()), f"-print-file-name={runtime}"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if not os.path.isabs(where):
        pytest.skip(f"{runtime} is not here")
    more = {"LD_PRELOAD": where, "ASAN_OPTIONS": "detect_leaks=0"}
    done = subprocess.run(
        [sys.executable, "-I", "-c", SANITIZED_RUN, str(made), GENERATOR.hex()],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **more},
    )
    assert (done.returncode, done.stdout.strip()) == (0, "done"), done.stderr
