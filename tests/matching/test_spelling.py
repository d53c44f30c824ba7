"""Folds, masks and costs: the kernel's equal the readable ones, and the tables keep their promises."""

from __future__ import annotations

import ctypes

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from liaison.kernel import lib
from liaison.matching import phonetics, similarity
from liaison.matching.book import kernel_phonetics
from liaison.matching.weights import KernelWeights, kernel_weights

FORM = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=16)
NEAR = st.tuples(
    FORM, st.integers(0, 15), st.sampled_from("aehikosty"), st.sampled_from(["put", "cut", "add", "swap"])
)


def kernel_cost(a: str, b: str) -> tuple[int, int]:
    weights: KernelWeights = kernel_weights(0, np.zeros(4, np.int32))
    level, function = ctypes.c_int32(), lib().lk_form_cost
    function.restype = ctypes.c_int32
    price = function(
        ctypes.byref(kernel_phonetics()),
        a.encode(),
        len(a),
        b.encode(),
        len(b),
        ctypes.byref(weights),
        ctypes.byref(level),
    )
    return level.value, int(price)


def misspelled(word: str, place: int, letter: str, how: str) -> str:
    at = place % len(word)
    if how == "swap":
        return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :] if at else word
    return word[:at] + {"put": letter, "cut": "", "add": letter + word[at]}[how] + word[at + 1 :] or letter


@settings(max_examples=1500)
@given(FORM, FORM)
def test_costs_of_any_two_forms_equal_the_twin(a: str, b: str) -> None:
    assert kernel_cost(a, b) == similarity.cost(a, b)


@settings(max_examples=3000)
@given(NEAR, st.booleans())
def test_costs_of_near_forms_equal_the_twin_and_are_symmetric(
    near: tuple[str, int, str, str], twice: bool
) -> None:
    word = near[0]
    other = misspelled(*near)
    if twice:
        other = misspelled(other, near[1] * 7, near[2], near[3])
    assert kernel_cost(word, other) == similarity.cost(word, other)
    assert similarity.cost(word, other) == similarity.cost(other, word)


@given(FORM)
def test_a_fold_is_never_longer_and_never_empty(form: str) -> None:
    assert 1 <= len(phonetics.fold(form)) <= len(form)


@given(FORM, FORM)
def test_equal_folds_have_equal_skeletons_and_sounds(a: str, b: str) -> None:
    if phonetics.fold(a) == phonetics.fold(b):
        assert phonetics.skeleton(a) == phonetics.skeleton(b)
        assert phonetics.apart(a, b) == 0


def test_forms_beyond_the_kernels_width_are_compared_by_their_first_letters() -> None:
    long = "ab" * 60
    assert (
        kernel_cost(long, long[:70] + "x") == similarity.cost(long, long[:70] + "x") == (similarity.SAME, 0)
    )


def test_conventions_of_one_name_cost_less_than_another_name() -> None:
    assert similarity.cost("zhukov", "zukov")[0] == similarity.FOLDED
    assert similarity.cost("yusuf", "yousef")[1] < similarity.NO_MATCH
    assert similarity.cost("hoxha", "krasniqi")[1] == similarity.NO_MATCH


def test_a_replacement_is_never_longer_than_what_it_replaces() -> None:
    assert all(len(out) <= len(pattern.strip("^$")) for pattern, out in phonetics.FOLD)


def test_rarities_in_integers_equal_logarithms() -> None:
    function = lib().lk_rarity
    function.argtypes, function.restype = [ctypes.c_uint64, ctypes.c_uint64], ctypes.c_int32
    chance = np.random.default_rng(1)
    for share, whole in zip(chance.integers(1, 10**9, 500), chance.integers(10**9, 10**15, 500), strict=True):
        assert abs(function(int(share), int(whole)) + np.log2(share / whole) * 10_000) <= 1
    assert function(5, 5) == 0
