"""The one form of letters and receipts: what is read, what is refused, and what a seal is bound to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from liaison.model import canonical
from liaison.model.errors import BadInput, BadNote, LiaisonError
from liaison.partners.cards import Use, key_id, packed
from liaison.partners.rules import Lane
from liaison.transport.letters import (
    LONGEST_BODY,
    LONGEST_LETTER,
    SIZES,
    Letter,
    Outcome,
    Receipt,
    Type,
    filled_up,
    letter_of,
    open_body,
    parts,
    receipt_of,
    require_signed,
    seal_body,
    sign,
    taken_out,
)

KEY, SEAL = Ed25519PrivateKey.from_private_bytes(b"k" * 32), X25519PrivateKey.from_private_bytes(b"s" * 32)
NAME = key_id(Use.DOCUMENT, KEY.public_key().public_bytes_raw())
SALT = b"x" * 32
NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def made(digest: str, sealed: str) -> Letter:
    return Letter(
        federation="test",
        version=1,
        id="letter-abcdefgh",
        kind="marking",
        sender="police.example",
        recipient="prosecutor.example",
        lane=Lane.ORDINARY,
        number=7,
        thread="request-1",
        made=NOW,
        seal_key="0" * 16,
        digest=digest,
        sealed=sealed,
    )


def a_letter(body: bytes = b'{"word":"one"}') -> Letter:
    return seal_body(body, SALT, SEAL.public_key(), made)


SALT_AND_SEAL = len(SALT) + 32 + 16  # bytes: the salt, the key of the seal and its tag
LETTER = a_letter()
RECEIPT = Receipt(
    federation="test",
    letter=LETTER.id,
    digest="0" * 64,
    sender="a",
    recipient="b",
    outcome=Outcome.ACCEPTED,
    received=NOW,
    entry=3,
    wanted=8,
)


@given(st.binary(max_size=2000))
def test_what_was_written_is_read(body: bytes) -> None:
    letter = a_letter(body)
    document = parts(Type.LETTER, sign(Type.LETTER, letter, KEY))
    require_signed(document, KEY.public_key())
    assert document.key == NAME
    assert letter_of(document) == letter
    assert open_body(letter_of(document), SEAL) == body


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    for kind, read in ((Type.LETTER, letter_of), (Type.RECEIPT, receipt_of)):
        with pytest.raises(LiaisonError):
            read(parts(kind, text))


@given(st.data())
def test_no_change_of_a_byte_is_accepted(data: st.DataObject) -> None:
    text = sign(Type.LETTER, LETTER, KEY)
    place = data.draw(st.integers(0, len(text) - 1))
    other = bytes((data.draw(st.integers(0, 255).filter(lambda each: each != text[place])),))
    with pytest.raises(LiaisonError):
        require_signed(parts(Type.LETTER, text[:place] + other + text[place + 1 :]), KEY.public_key())


@pytest.mark.parametrize(
    "header",
    [
        '{"alg":"none","kid":"%s","typ":"liaison-letter"}',
        '{"alg":"HS256","kid":"%s","typ":"liaison-letter"}',
        '{"alg":"ES256","kid":"%s","typ":"liaison-letter"}',
        '{"alg":"EdDSA","kid":"%s","typ":"liaison-receipt"}',
        '{"alg":"EdDSA","kid":"%s","typ":"liaison-item"}',
        '{"alg":"EdDSA","kid":"%s"}',
        '{"kid":"%s","alg":"EdDSA","typ":"liaison-letter"}',
        '{"alg": "EdDSA","kid":"%s","typ":"liaison-letter"}',
        '{"alg":"EdDSA","crit":["b64"],"b64":false,"kid":"%s","typ":"liaison-letter"}',
        '{"alg":"EdDSA","jwk":{},"kid":"%s","typ":"liaison-letter"}',
        '{"alg":"EdDSA","alg":"none","kid":"%s","typ":"liaison-letter"}',
    ],
)
def test_a07_there_is_one_header_and_every_other_is_refused(header: str) -> None:
    signed = f"{packed((header % NAME).encode())}.{packed(canonical.encode(LETTER))}"
    with pytest.raises(BadInput):
        parts(Type.LETTER, f"{signed}.{packed(KEY.sign(signed.encode()))}".encode())


def test_a05_a_receipt_is_no_letter_and_no_other_key_counts() -> None:
    with pytest.raises(BadInput):
        parts(Type.LETTER, sign(Type.RECEIPT, RECEIPT, KEY))
    with pytest.raises(BadInput):
        parts(Type.RECEIPT, sign(Type.LETTER, LETTER, KEY))
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    with pytest.raises(BadNote):
        require_signed(parts(Type.LETTER, sign(Type.LETTER, LETTER, other)), KEY.public_key())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace('"number":7', '"number":7,"number":8'),
        lambda text: text.replace('"number":7', '"number":NaN'),
        lambda text: text.replace('"number":7', '"number":7.0'),
        lambda text: text.replace('"number":7', '"number":9223372036854775809'),
        lambda text: text.replace('"number":7', '"number":9007199254740992'),
        lambda text: text.replace('"number":7', '"number":0'),
        lambda text: text.replace('"number":7', '"number":-1'),
        lambda text: text.replace('"thread":"request-1"', '"thread":"\\ud800"'),
        lambda text: text.replace('"thread":"request-1"', '"thread":"e\\u0301"'),
        lambda text: text.replace('"thread":"request-1"', '"thread":"\\u0041"'),
        lambda text: text.replace('"thread":"request-1"', '"thread":""'),
        lambda text: text.replace('"thread":"request-1"', '"thread":"Gezim Vokshi, a witness"'),
        lambda text: text.replace('"thread":"request-1"', '"thread":' + "[" * 100_000 + "]" * 100_000),
        lambda text: text.replace('"thread":"request-1"', '"extra":1,"thread":"request-1"'),
        lambda text: text.replace('"lane":"ordinary"', '"lane":"express"'),
        lambda text: text.replace('"kind":"marking"', '"kind":"../marking"'),
        lambda text: text + " ",
        lambda text: text + "{}",
        lambda text: text.replace(",", ", ", 1),
    ],
)
def test_a06_signed_bytes_that_are_not_in_the_one_form_are_refused(spoil: Callable[[str], str]) -> None:
    written = canonical.encode(LETTER).decode()
    spoilt = spoil(written)
    assert spoilt != written
    head = packed(canonical.encode({"alg": "EdDSA", "kid": NAME, "typ": "liaison-letter"}))
    signed = f"{head}.{packed(spoilt.encode())}"
    document = parts(Type.LETTER, f"{signed}.{packed(KEY.sign(signed.encode()))}".encode())
    require_signed(document, KEY.public_key())
    with pytest.raises(BadInput):
        letter_of(document)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sender", "other.example"),
        ("recipient", "other.example"),
        ("kind", "other"),
        ("number", 8),
        ("thread", "request-2"),
        ("lane", Lane.URGENT),
        ("id", "letter-bcdefghi"),
        ("federation", "other"),
        ("made", NOW + dt.timedelta(seconds=1)),
    ],
)
def test_what_is_sealed_opens_under_its_own_words_alone(name: str, value: object) -> None:
    assert open_body(LETTER, SEAL)
    with pytest.raises(BadNote):
        open_body(msgspec.structs.replace(LETTER, **{name: value}), SEAL)


def test_what_is_sealed_opens_with_its_key_alone() -> None:
    with pytest.raises(BadNote):
        open_body(LETTER, X25519PrivateKey.from_private_bytes(b"t" * 32))


def test_a15_letters_are_as_long_as_the_next_size_whatever_they_say() -> None:
    for least, size in ((0, 1024), (16_384, 16_384), (16_385, 32_768)):
        bodies = [b"{}", b'{"word":"one"}', b"x" * 1023]
        made_of = [seal_body(body, SALT, SEAL.public_key(), made, least) for body in bodies]
        assert {len(each.sealed) for each in made_of} == {-(-(SALT_AND_SEAL + size) * 4 // 3)}
        assert [open_body(each, SEAL) for each in made_of] == bodies
    assert len(a_letter(b"x" * 1024).sealed) > len(a_letter(b"x" * 1023).sealed)


@pytest.mark.parametrize("length", [0, 1, 1022, 1023, 1024, 524_287, 524_288, LONGEST_BODY])
def test_what_was_filled_up_is_taken_out_again(length: int) -> None:
    for body in (b"\0" * length, b"\x80" * length, b"x" * length):
        assert len(filled_up(body)) in SIZES
        assert taken_out(filled_up(body)) == body


@pytest.mark.parametrize(
    "content",
    [b"", b'{"word":"one"}', b'{"word":"one"}\x80', b"\0" * 1024, b"x" * 1024, b"x\x80" + bytes(1023)],
)
def test_a_body_that_is_not_filled_up_in_the_one_way_is_refused(content: bytes) -> None:
    with pytest.raises(BadNote):
        taken_out(content)


def test_nothing_of_the_body_is_in_clear() -> None:
    text = sign(Type.LETTER, a_letter(b'{"word":"Agim Hoxha"}'), KEY)
    assert b"Agim" not in parts(Type.LETTER, text).payload
    again = seal_body(b'{"word":"Agim Hoxha"}', b"y" * 32, SEAL.public_key(), made)
    assert again.digest != a_letter(b'{"word":"Agim Hoxha"}').digest  # salted: nobody tries names out


def test_what_is_too_long_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadInput):
        a_letter(b"x" * (LONGEST_BODY + 1))
    longest = sign(Type.LETTER, a_letter(b"x" * LONGEST_BODY), KEY)
    assert letter_of(parts(Type.LETTER, longest)).number == 7  # what may be written may be read
    with pytest.raises(BadInput):
        parts(Type.LETTER, b"a" * LONGEST_LETTER + b".b.c")
