"""What a hostile partner writes that is in no form: spellings, algorithms, keys and headers (A06, A07, A11)."""

from __future__ import annotations

import base64
from collections.abc import Callable

import msgspec

from liaison.model import canonical
from liaison.partners.cards import packed
from liaison.transport.calls import CARD, LETTERS
from liaison.transport.partnering import CardLetter
from tests.hostile_house import jws
from tests.hostile_partner import Scene, attack

# --- A06: one meaning, two spellings -----------------------------------------------------------------------------

EDITS: dict[str, Callable[[bytes], bytes]] = {
    "a member twice": lambda text: text.replace(b'"kind":', b'"kind":"card","kind":', 1),
    "two members of one name in another spelling": lambda text: text.replace(
        b'"kind":', b'"\\u006bind":"card","kind":', 1
    ),
    "NaN": lambda text: text.replace(b'"number":1', b'"number":NaN'),
    "a number past 2^63": lambda text: text.replace(b'"number":1', b'"number":%d' % (2**63 + 1)),
    "a number past 2^53": lambda text: text.replace(b'"number":1', b'"number":%d' % (2**53)),
    "a number with a point": lambda text: text.replace(b'"number":1', b'"number":1.0'),
    "a number with an exponent": lambda text: text.replace(b'"number":1', b'"number":1e0'),
    "half a surrogate pair": lambda text: text.replace(b"thread-1", b"thread\\ud800"),
    "a surrogate in UTF-8": lambda text: text.replace(b"thread-1", b"thread\xed\xa0\x80"),
    "an overlong form": lambda text: text.replace(b"thread-1", b"thread\xc0\xaf"),
    "not in form C": lambda text: text.replace(b"thread-1", "thread e\u0301".encode()),
    "escaped where it need not be": lambda text: text.replace(b"thread-1", b"thread\\u002d1"),
    "space": lambda text: text.replace(b",", b", ", 1),
    "space around a text": lambda text: text.replace(b"thread-1", b" thread-1"),
    "bytes behind the end": lambda text: text + b"\n",
    "a second value behind the end": lambda text: text + b"{}",
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "another order": lambda text: _reordered(text),
    "a member that is not known": lambda text: text.replace(b"{", b'{"absent":1,', 1),
    "another zone": lambda text: text.replace(b'Z"', b'+00:00"', 1),
    "a time before all times": lambda text: _timed(text, b"0001-01-01T00:00:00+10:00"),
    "a time after all times": lambda text: _timed(text, b"9999-12-31T23:59:59-10:00"),
    "a leap second": lambda text: _timed(text, b"2026-12-31T23:59:60Z"),
    "nested": lambda text: text.replace(b'"thread-1"', b"[" * 100_000 + b"]" * 100_000),
    "nothing": lambda text: b"{}",
    "no object": lambda text: b"[]",
}


def _reordered(text: bytes) -> bytes:
    held = msgspec.json.decode(text)
    return msgspec.json.encode(dict(reversed(held.items())))


def _timed(text: bytes, made: bytes) -> bytes:
    held = msgspec.json.decode(text)
    return canonical.encode(held | {"made": made.decode()})


@attack("A06")
def the_same_letter_spelled_otherwise(scene: Scene) -> None:
    with scene.unchanged("letters_in"):
        for name, edit in EDITS.items():
            letter = scene.hostile.known_card(number=1, edit=edit)
            told = scene.hostile.send(letter)[0]
            assert (told.outcome.value, told.code) == ("refused", "form"), name


BODIES: dict[str, Callable[[bytes], bytes]] = {
    name: edit
    for name, edit in EDITS.items()
    if name in ("bytes behind the end", "a byte order mark", "no object")
} | {
    "a member twice": lambda text: text.replace(b'"card":', b'"card":"","card":', 1),
    "a default that is written out": lambda text: text.replace(b"}", b',"last_urgent":null}'),
    "NaN": lambda text: text.replace(b"}", b',"last_urgent":NaN}'),
    "half a surrogate pair": lambda text: b'{"card":"\\ud800"}',
    "nested": lambda text: b'{"card":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "no JSON": lambda text: b"\x00",
}


@attack("A06")
def the_same_content_spelled_otherwise(scene: Scene) -> None:
    """Inside the seal, where only the recipient reads: the letter counts, and is refused."""
    with scene.unchanged():
        body = canonical.encode(CardLetter(card=scene.hostile.card.text))
        for edit in BODIES.values():
            scene.refuses("content", "card", edit(body))


@attack("A06")
def a_call_spelled_otherwise(scene: Scene) -> None:
    hostile = scene.hostile
    letter = hostile.known_card(number=1).decode()
    good = canonical.encode({"letters": [letter]})
    with scene.unchanged("letters_in"):
        for body in (
            good.replace(b'{"letters"', b'{"letters":[],"letters"'),
            good + b" ",
            good[:-1],
            b"",
            b"null",
            b'{"letters":[]}',
            b'{"letters":[NaN]}',
            b'{"letters":["\\ud800"]}',
            b'{"letters":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b"[" * 1_000_000,
            canonical.encode({"letters": [letter] * 501}),
        ):
            assert hostile.call("POST", LETTERS, body).status_code == 400, body[:40]
        for text in ("\u00e9", letter + ".", "." * 3, "", "a.b.c", "=.=.="):
            answer = hostile.call("POST", LETTERS, canonical.encode({"letters": [text]}))
            told = canonical.decode(answer.content)["receipts"]
            assert answer.status_code == 200
            assert len(told) == 1


# --- A07: confused algorithms and weak keys ----------------------------------------------------------------------


@attack("A07")
def another_algorithm(scene: Scene) -> None:
    hostile = scene.hostile
    payload = base64.urlsafe_b64decode(hostile.known_card(number=1).split(b".")[1] + b"==")
    kid = hostile.keys.document_id
    with scene.unchanged("letters_in"):
        for header in (
            {"alg": "none", "kid": kid, "typ": "liaison-letter"},
            {"alg": "HS256", "kid": kid, "typ": "liaison-letter"},
            {"alg": "ES256", "kid": kid, "typ": "liaison-letter"},
            {"alg": "Ed25519", "kid": kid, "typ": "liaison-letter"},
            {"alg": "EdDSA", "typ": "liaison-letter"},
            {"alg": "EdDSA", "crit": ["b64"], "kid": kid, "typ": "liaison-letter"},
            {"alg": "EdDSA", "jwk": {"kty": "OKP"}, "kid": kid, "typ": "liaison-letter"},
            {"alg": "EdDSA", "jku": "https://169.254.169.254/", "kid": kid, "typ": "liaison-letter"},
        ):
            scene.refused("form", jws(payload, hostile.keys.document, canonical.encode(header)))
        good = jws(payload, hostile.keys.document)
        scene.refused("form", good.rpartition(b".")[0] + b".")


@attack("A07")
def a_second_signature_of_the_same(scene: Scene) -> None:
    """S + L verifies where nobody looks (RFC 8032, 8.4); so does a signature written with other bits of padding."""
    hostile = scene.hostile
    text, _, mark = hostile.known_card(number=1).rpartition(b".")
    signature = base64.urlsafe_b64decode(mark + b"==")
    order = 2**252 + 27742317777372353535851937790883648493
    moved = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    last = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    padded = mark[:-1] + last[last.index(mark[-1:]) + 1 :][:1]
    with scene.unchanged("letters_in"):
        scene.refused("signature", text + b"." + packed(signature[:32] + moved).encode())
        scene.refused("signature", text + b"." + packed(bytes(64)).encode())
        scene.refused("signature", text + b"." + packed(signature[:63]).encode())
        (told,) = hostile.send(text + b"." + padded)
        assert told.outcome.value == "refused"


SMALL = (  # points of small order, and one that is not in its one form
    bytes(32),
    (1).to_bytes(32, "little"),
    (2**255 - 20).to_bytes(32, "little"),
    (2**255 - 19).to_bytes(32, "little"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
)


@attack("A07")
def a_card_with_a_weak_key(scene: Scene) -> None:
    hostile = scene.hostile
    keys = hostile.next_keys()
    card = hostile.signed_card(keys)
    with scene.unchanged():
        for use in ("document", "channel", "seal"):
            for point in SMALL if use != "seal" else SMALL[:2]:
                content = card.content.replace(getattr(card.card, use).encode(), packed(point).encode())
                assert content != card.content
                signature = hostile.identity.sign_apart(b"liaison card v1\n", content)
                text = f"liaison card v1\n{content.decode()}\n{packed(signature)}\n"
                ends = {"last_urgent": 100, "last_ordinary": 100}
                scene.refuses("content", "card", CardLetter(card=text, **ends))


# --- A11: poison -------------------------------------------------------------------------------------------------


@attack("A11")
def a_kind_that_nobody_understands(scene: Scene) -> None:
    with scene.unchanged():
        for kind in ("unheard-of", "receipt", "letter", "a"):
            scene.refuses("kind", kind, b"{}")
        scene.accepted(scene.hostile.known_card())


@attack("A11")
def content_that_does_not_open(scene: Scene) -> None:
    hostile = scene.hostile
    with scene.unchanged():
        scene.refused("seal", hostile.known_card(seal_key=hostile.keys.seal_id))

        def spoilt(text: bytes) -> bytes:
            held = canonical.decode(text)
            return canonical.encode(held | {"sealed": packed(bytes(100))})

        def mistaken(text: bytes) -> bytes:
            return canonical.encode(canonical.decode(text) | {"digest": "0" * 64})

        for edit in (spoilt, mistaken, lambda text: text.replace(b"thread-1", b"thread-2")):
            scene.refused("seal", hostile.known_card(edit=edit))
        scene.accepted(hostile.known_card())


@attack("A11")
def poison_among_good_letters(scene: Scene) -> None:
    hostile = scene.hostile
    good = hostile.known_card
    with scene.unchanged():
        batch = [good(), hostile.letter("card", b"poison"), good(), hostile.letter("absurd", b"{}"), good()]
        told = [each.code for each in hostile.send(*batch)]
        assert told == ["", "content", "", "kind", ""]


HEADERS = {
    "no signature": {"signature": "", "signature-input": ""},
    "no key": {"signature-input": 'liaison=("@method");created=1'},
    "no structured field": {"signature-input": 'liaison=(((;keyid="%s"'},
    "another label": {"signature-input": 'other=("@method");keyid="%s"'},
    "a number too long": {"signature-input": 'liaison=("@method");created=99999999999999999999;keyid="%s"'},
    "a time past all times": {"signature-input": 'liaison=("@method");created=999999999999999;keyid="%s"'},
    "two of them": {"signature-input": 'liaison=("@method");keyid="%s", b=("@path");keyid="%s"'},
    "a component that is none": {"signature-input": 'liaison=("@nothing");created=1;keyid="%s"'},
    "a component of a response": {"signature-input": 'liaison=("@status");created=1;keyid="%s"'},
    "a header that is not there": {"signature-input": 'liaison=("x-none");created=1;keyid="%s"'},
    "no base64": {"signature": "liaison=:***:"},
    "an integer for a signature": {"signature": "liaison=1"},
    "a signature too short": {"signature": "liaison=:AAAA:"},
    "a digest that is none": {"content-digest": "sha-256=1"},
    "a digest of another kind": {"content-digest": "md5=:AAAA:"},
    "no digest": {"content-digest": ""},
}


@attack("A11")
def headers_that_are_none(scene: Scene) -> None:
    """No header makes the listener stumble: whoever did not sign as agreed is answered nothing but that."""
    hostile = scene.hostile
    with scene.unchanged("letters_in"):
        for name, headers in HEADERS.items():
            message = hostile.signature("GET", CARD, b"")
            told = {key: text.replace("%s", hostile.keys.channel_id) for key, text in headers.items()}
            answer = hostile.put(message, told)
            assert (answer.status_code, answer.content) == (403, b""), name


@attack("A11")
def addresses_that_are_none(scene: Scene) -> None:
    with scene.unchanged("letters_in"):
        for method, path in (
            ("GET", "/"),
            ("GET", LETTERS),
            ("DELETE", LETTERS),
            ("GET", "/liaison/v1/ledger/../../keys/seed"),
            ("GET", "/liaison/v1/ledger/%2e%2e/%2e%2e/node.toml"),
            ("GET", "/liaison/v1/ledger//etc/passwd"),
            ("GET", "/liaison/v2/card"),
        ):
            answer = scene.hostile.call(method, path)
            assert answer.status_code in (404, 403), (path, answer.status_code)
