import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import StoreUnavailable
from liaison.storage.sealing import seal, unseal

KEY = bytes(range(32))


@given(st.binary(max_size=500), st.text(max_size=40))
def test_what_was_sealed_opens_under_its_name(content: bytes, about: str) -> None:
    assert unseal(KEY, seal(KEY, content, about), about) == content


@given(st.binary(max_size=60), st.data())
def test_a_changed_bit_is_noticed(content: bytes, data: st.DataObject) -> None:
    sealed = bytearray(seal(KEY, content, "people:a"))
    bit = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(StoreUnavailable, match="damaged"):
        unseal(KEY, bytes(sealed), "people:a")


@given(st.integers(0, 40))
def test_a_piece_that_was_cut_off_is_noticed(length: int) -> None:
    sealed = seal(KEY, b"content of some length", "people:a")
    with pytest.raises(StoreUnavailable, match="damaged"):
        unseal(KEY, sealed[:length], "people:a")


def test_another_name_or_key_opens_nothing() -> None:
    sealed = seal(KEY, b"content", "people:a")
    with pytest.raises(StoreUnavailable):
        unseal(KEY, sealed, "people:b")
    with pytest.raises(StoreUnavailable):
        unseal(secrets.token_bytes(32), sealed, "people:a")


def test_the_same_content_never_looks_the_same() -> None:
    assert seal(KEY, b"content", "a") != seal(KEY, b"content", "a")
    assert b"content" not in seal(KEY, b"content", "a")
