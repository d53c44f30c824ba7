"""What is read at once is read as h11 reads it, and in whatever could be read in two ways nothing is read at all."""

import h11
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from liaison.node.prompt import KNOWN, plain

FIRST = b"POST /api/v1/checks HTTP/1.1"
LINES = [
    b"Host: node.example:8080",
    b"Content-Type: application/json",
    b"Authorization: Bearer liaison_abc",
    b"Content-Length: 8",
]
BODY = b'{"a": 1}'
LONGEST = 32_768


def request(*lines: bytes, body: bytes = BODY, first: bytes = FIRST) -> bytes:
    return b"\r\n".join([first, *lines]) + b"\r\n\r\n" + body


GOOD = request(*LINES)


def by_h11(data: bytes) -> tuple[list[tuple[bytes, bytes]], bytes, bytes]:
    """The headers, the body, and what h11 leaves for the next request."""
    connection, body, headers = h11.Connection(h11.SERVER), b"", []
    connection.receive_data(data)
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Request):
            assert (event.method, event.target, event.http_version) == (
                b"POST",
                b"/api/v1/checks",
                b"1.1",
            )
            headers = list(event.headers)
        elif isinstance(event, h11.Data):
            body += bytes(event.data)
        else:
            assert isinstance(event, h11.EndOfMessage)
            return headers, body, connection.trailing_data[0]


def test_a_plain_request_is_read_as_h11_reads_it() -> None:
    more = [
        b"Accept: */*",
        b"accept-encoding: gzip, br",
        b"USER-AGENT: a/1 (b; c)",
        b"Connection: Keep-Alive",
    ]
    for data in (GOOD, request(*LINES, *more), request(*LINES[:3], b"content-length: 10", body=b"\r\n" * 5)):
        found = plain(data, LONGEST)
        assert found is not None
        assert (found.headers, found.body, b"") == by_h11(data)


WRONG = {
    "the body is still to come": GOOD[:-1],
    "the head is still to come": GOOD[:60],
    "another request follows": GOOD + GOOD,
    "something follows": GOOD + b"\r\n",
    "two lengths": request(*LINES, b"Content-Length: 8"),
    "two lengths that differ": request(*LINES, b"content-length: 0"),
    "a length with a sign": request(*LINES[:3], b"Content-Length: +8"),
    "a length of two": request(*LINES[:3], b"Content-Length: 8, 8"),
    "a length with a nought": request(*LINES[:3], b"Content-Length: 08"),
    "a length in other digits": request(*LINES[:3], "Content-Length: ٨".encode()),
    "no length": request(*LINES[:3]),
    "no body": request(*LINES[:3], b"Content-Length: 0", body=b""),
    "chunks": request(*LINES, b"Transfer-Encoding: chunked"),
    "chunks alone": request(
        *LINES[:3], b"Transfer-Encoding: chunked", body=b"8\r\n" + BODY + b"\r\n0\r\n\r\n"
    ),
    "chunks behind a tab": request(*LINES, b"Transfer-Encoding:\tchunked"),
    "a space before the colon": request(*LINES, b"Accept : */*"),
    "a folded line": request(*LINES, b"Accept: text/plain,", b" */*"),
    "a bare line feed": request(*LINES, b"Accept: a\nTransfer-Encoding: chunked"),
    "a bare carriage return": request(*LINES, b"Accept: a\rContent-Length: 0"),
    "a nought byte": request(*LINES, b"Accept: a\0b"),
    "a tab": request(*LINES, b"Accept:\t*/*"),
    "two spaces": request(*LINES, b"Accept:  */*"),
    "a space at the end": request(*LINES, b"Accept: */* "),
    "an empty value": request(*LINES, b"Accept: "),
    "no name": request(*LINES, b": a"),
    "no colon": request(*LINES, b"Accept"),
    "beyond ASCII": request(*LINES, b"Accept: \xff"),
    "a header that is not known": request(*LINES, b"X-Forwarded-For: 10.0.0.1"),
    "a cookie": request(*LINES, b"Cookie: liaison=abc"),
    "an expectation": request(*LINES, b"Expect: 100-continue"),
    "an upgrade": request(*LINES, b"Upgrade: h2c"),
    "a connection that shall close": request(*LINES, b"Connection: close"),
    "a connection with an option": request(*LINES, b"Connection: keep-alive, authorization"),
    "a header twice": request(*LINES, b"Accept: a", b"accept: b"),
    "no host": request(*LINES[1:]),
    "two hosts": request(*LINES, b"Host: other.example"),
    "a long head": request(*LINES, *[b"Accept: " + b"a" * 1900] * 20),
    "a long line": request(*LINES, b"Accept: " + b"a" * 5000),
    "bare line feeds": GOOD.replace(b"\r\n", b"\n"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_could_be_read_in_two_ways_is_left(name: str) -> None:
    assert plain(WRONG[name], LONGEST) is None


def test_a_head_over_the_limit_is_left() -> None:
    head = len(GOOD.partition(b"\r\n\r\n")[0])
    assert plain(GOOD, head) is not None
    assert plain(GOOD, head - 1) is None


def test_no_header_that_says_where_a_body_ends_but_its_length_is_known() -> None:
    assert not KNOWN & {b"transfer-encoding", b"te", b"trailer", b"expect", b"upgrade", b"content-encoding"}


SIGNS = [b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"\0", b"8", b"0", b"a", b"\xff", b"\r\n\r\n"]
WHOLE = [b"Content-Length: 3", b"Transfer-Encoding: chunked", b"Connection: close", b"Accept: */*"]
PIECES = st.sampled_from([*SIGNS, *(line + b"\r\n" for line in WHOLE)])


@given(st.lists(st.tuples(st.integers(len(FIRST), len(GOOD)), st.integers(0, 4), PIECES), max_size=4))
@example([(len(FIRST), 0, b"\r\nAccept: */*")])
@example([(len(GOOD), 0, b"a")])
def test_whatever_is_read_at_once_is_what_h11_reads(changes: list[tuple[int, int, bytes]]) -> None:
    data = GOOD
    for place, gone, piece in changes:
        data = data[:place] + piece + data[place + gone :]
    found = plain(data, LONGEST)
    if found is not None and data.startswith(FIRST + b"\r\n"):
        assert (found.headers, found.body, b"") == by_h11(data)
