"""Taking letters: once, in order, whatever a partner sends; every attack leaves nothing behind."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from liaison.ledger.log import size
from liaison.model.errors import BadInput, LedgerUnavailable
from liaison.partners import service
from liaison.partners.cards import packed
from liaison.partners.rules import Lane, LinkClosed
from liaison.storage.tables.transport import CONFLICTS, INBOX, LANES, OUTBOX
from liaison.transport import inbox, outbox, refusals
from liaison.transport.letters import Letter, Outcome, Type, letter_of, parts, require_signed, seal_body, sign
from liaison.transport.means import Means
from liaison.transport.outbox import Outgoing
from liaison.transport.reading import standing
from tests.partners.pairs import ADMINISTRATOR, agree, pair, two_sides
from tests.transport.sides import FEDERATION, Mark, Writer, a_writer, receipt

Two = tuple[Writer, Writer]


def outcomes(texts: list[bytes]) -> list[Outcome]:
    return [receipt(each).outcome for each in texts]


def kept(writer: Writer) -> tuple[int, int, list[str]]:
    """What an attack must not change: the ledger but for what it says of attacks, the letters that came, the marks."""

    def work(connection: Connection) -> tuple[int, int]:
        told = [writer.office.log.statement(connection, index).what for index in range(size(connection))]
        letters = connection.execute(select(func.count()).select_from(INBOX)).scalar_one()
        return len(told) - told.count(refusals.WHAT), letters

    return *writer.office.read(work), writer.marks()


def forged(text: bytes, key: object = None, **changed: object) -> bytes:
    """The letter with other words, signed by this key."""
    letter = msgspec.structs.replace(letter_of(parts(Type.LETTER, text)), **changed)
    return sign(Type.LETTER, letter, key)  # type: ignore[arg-type]


def test_a_letter_is_acted_on_recorded_and_receipted(writers: Two) -> None:
    left, right = writers
    posted = left.writes(right, "one")
    text = left.text(posted.id)
    written = left.office.read(lambda c: left.office.log.statement(c, posted.entry))
    assert (written.what, written.digest) == ("letter-sent", sha256(text).hexdigest())
    (given_out,) = right.takes(left, [text])
    told = receipt(given_out)
    require_signed(parts(Type.RECEIPT, given_out), right.side.keys.document.public_key())
    assert (told.outcome, told.digest, told.wanted) == (Outcome.ACCEPTED, sha256(text).hexdigest(), 2)
    assert right.marks() == ["one"]
    entry = right.office.read(lambda c: right.office.log.statement(c, told.entry))
    assert (entry.what, entry.outcome, entry.digest) == ("letter-received", "marked", told.digest)


def test_a01_a_letter_that_comes_a_thousand_times_counts_once(writers: Two) -> None:
    left, right = writers
    text = left.bytes_of(right, "one")
    first = right.takes(left, [text])
    before = kept(right)
    for _ in range(4):
        assert right.takes(left, [text] * 250) == first * 250
    right.side.clock.forward(days=30)
    assert right.takes(left, [text]) == first
    assert kept(right) == before
    restarted = Writer(right.side, Means(FEDERATION, right.side.origin, right.side.keys))
    assert restarted.takes(left, [text]) == first


def test_a01_a_letter_of_a_key_that_was_revoked_since_gets_its_first_receipt(writers: Two) -> None:
    left, right = writers
    first, second = left.bytes_of(right, "one"), left.bytes_of(right, "two")
    given_out = right.takes(left, [first])
    service.revoke_card(right.office, ADMINISTRATOR, left.side.origin, 1)
    before = kept(right)
    changed = forged(first, left.side.keys.document, thread="another")
    again, *others = right.takes(left, [first, changed, second])
    assert [again] == given_out
    assert [receipt(each).code for each in others] == ["key", "key"]
    assert kept(right) == before


def test_a02_another_letter_under_the_same_id_or_number_is_a_conflict_and_kept_as_evidence(
    writers: Two,
) -> None:
    left, right = writers
    text = left.bytes_of(right, "one")
    right.takes(left, [text])
    same_id = forged(text, left.side.keys.document, thread="another")
    same_number = forged(text, left.side.keys.document, id="letter-zzzzzzzz")
    receipts = right.takes(left, [same_id, same_number])
    assert outcomes(receipts) == [Outcome.CONFLICT] * 2
    assert right.takes(left, [same_number, same_id]) == receipts[::-1]
    assert right.marks() == ["one"]
    assert (
        right.office.read(lambda c: c.execute(select(CONFLICTS.c.first)).scalars().all())
        == [sha256(text).hexdigest()] * 2
    )
    (found,) = right.office.read(lambda c: standing(c, letter_of(parts(Type.LETTER, text)).id))
    assert len(found.conflicts) == 2
    assert right.side.verbs().count("letter-conflict") == 2


@pytest.fixture(scope="module")
def forever(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """Two writers for properties that are tried many times."""
    with ExitStack() as stack:
        left, right = stack.enter_context(two_sides(tmp_path_factory.mktemp("forever")))
        pair(left, right)
        agree(left, right)
        yield a_writer(left), a_writer(right)


@settings(max_examples=40)
@given(count=st.integers(1, 12), seed=st.integers(0, 10_000))
def test_a03_in_whatever_order_they_come_they_count_once_and_in_the_order_they_were_written(
    forever: Two, count: int, seed: int
) -> None:
    left, right = forever
    chance, before = random.Random(seed), len(right.marks())
    urgent = [chance.random() < 0.3 for _ in range(count)]
    texts = [left.bytes_of(right, f"{seed}-{place}", urgent=urgent[place]) for place in range(count)]
    done: set[int] = set()
    following = {lane: right.office.read(lambda c, lane=lane: _next(c, lane)) for lane in Lane}
    while len(done) < count:
        some = chance.choices(range(count), k=chance.randint(1, 6))
        for place, given_out in zip(some, right.takes(left, [texts[each] for each in some]), strict=True):
            told, letter = receipt(given_out), letter_of(parts(Type.LETTER, texts[place]))
            if place in done:
                assert told.outcome is Outcome.ACCEPTED
            elif letter.number == following[letter.lane]:
                assert told.outcome is Outcome.ACCEPTED
                following[letter.lane] += 1
                done.add(place)
            else:
                assert (told.outcome, told.wanted) == (Outcome.GAP, following[letter.lane])
    assert len(right.marks()) == before + count
    for lane, is_urgent in ((Lane.URGENT, True), (Lane.ORDINARY, False)):
        numbers = right.office.read(lambda c, lane=lane: _by_entry(c, lane))
        assert numbers == sorted(numbers), is_urgent


def _next(connection: Connection, lane: Lane) -> int:
    return connection.execute(select(LANES.c.next_in).where(LANES.c.lane == lane.value)).scalar() or 1


def _by_entry(connection: Connection, lane: Lane) -> list[int]:
    query = select(INBOX.c.number).where(INBOX.c.lane == lane.value).order_by(INBOX.c.entry)
    return list(connection.execute(query).scalars())


def test_a04_a_letter_in_the_name_of_a_third_node_is_refused_and_nothing_changes(writers: Two) -> None:
    left, right = writers
    text, before = left.bytes_of(right, "one"), kept(right)
    for changed in (
        {"sender": "third.example"},
        {"recipient": "third.example"},
        {"sender": right.side.origin},
    ):
        (given_out,) = right.takes(left, [forged(text, left.side.keys.document, **changed)])
        told = receipt(given_out)
        assert (told.outcome, told.code, told.entry) == (Outcome.REFUSED, "names", -1)
    assert kept(right) == before
    assert outcomes(right.takes(left, [text])) == [Outcome.ACCEPTED]


def test_a05_keys_of_other_uses_and_other_federations_count_for_nothing(writers: Two) -> None:
    left, right = writers
    text, before = left.bytes_of(right, "one"), kept(right)
    keys = left.side.keys
    spoilt = {
        "key": forged(text, keys.channel),
        "federation": forged(text, keys.document, federation="demo"),
    }
    for code, bad in spoilt.items():
        told = receipt(right.takes(left, [bad])[0])
        assert (told.outcome, told.code) == (Outcome.REFUSED, code)
    head, body, _ = text.split(b".")
    other = forged(text, keys.document, thread="other").split(b".")[2]
    assert receipt(right.takes(left, [b".".join((head, body, other))])[0]).code == "signature"
    apart = left.side.identity.sign_apart(b"liaison card v1\n", head + b"." + body)
    in_another_context = b".".join((head, body, packed(apart).encode()))
    assert receipt(right.takes(left, [in_another_context])[0]).code == "signature"
    assert kept(right) == before


def test_a34_another_version_is_refused_and_uses_no_number(writers: Two) -> None:
    left, right = writers
    text, before = left.bytes_of(right, "one"), kept(right)
    for version in (0, 2):
        told = receipt(right.takes(left, [forged(text, left.side.keys.document, version=version)])[0])
        assert (told.outcome, told.wanted) == (Outcome.REFUSED, 1)
    assert kept(right) == before


def test_a06_bytes_that_are_no_letter_are_refused_beside_a_good_one(writers: Two) -> None:
    left, right = writers
    good = left.bytes_of(right, "one")
    bad = [b"", b"..", b"a.b.c", b"\xff\xfe", b"{}", good[:-2], good + b"=", good + b".x", good.upper()]
    receipts = right.takes(left, [*bad, good])
    assert outcomes(receipts) == [Outcome.REFUSED] * len(bad) + [Outcome.ACCEPTED]
    assert {receipt(each).entry for each in receipts[:-1]} == {-1}


@pytest.mark.parametrize(("word", "code"), [("poison", "poison"), ("fault", "failure"), ("twice", "failure")])
def test_a11_what_cannot_be_acted_on_is_refused_kept_and_stops_nothing(
    writers: Two, word: str, code: str
) -> None:
    left, right = writers
    texts = [left.bytes_of(right, each) for each in ("one", word, "three")]
    receipts = right.takes(left, texts)
    assert outcomes(receipts) == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.ACCEPTED]
    told = receipt(receipts[1])
    assert (told.code, told.wanted) == (code, 3)
    assert right.takes(left, texts) == receipts
    assert sorted(right.marks()) == ["one", "three"]
    entry = right.office.read(lambda c: right.office.log.statement(c, told.entry))
    assert (entry.what, entry.outcome) == ("letter-refused", code)


def test_a11_unknown_kinds_other_bodies_and_other_seals_are_refused_one_by_one(writers: Two) -> None:
    left, right = writers
    unknown = left.bytes_of(right, "one", kind="unheard-of")
    written = letter_of(parts(Type.LETTER, left.bytes_of(right, "two")))

    def sealed(body: bytes, letter: Letter) -> bytes:
        key = left.side.knows(right.side).card.seal_key
        made = seal_body(
            body, b"s" * 32, key, lambda digest, _: msgspec.structs.replace(letter, digest=digest, sealed="")
        )
        return sign(Type.LETTER, made, left.side.keys.document)

    absurd = sealed(b'{"word":' + b"[" * 5000, written)
    third = letter_of(parts(Type.LETTER, left.bytes_of(right, "three")))
    foreign = forged(
        sign(Type.LETTER, third, left.side.keys.document), left.side.keys.document, seal_key="0" * 16
    )
    last = left.bytes_of(right, "four")
    codes = [receipt(each).code for each in right.takes(left, [unknown, absurd, foreign, last])]
    assert codes == ["kind", "content", "seal", ""]
    assert right.marks() == ["four"]


def test_a_node_that_cannot_write_its_ledger_takes_nothing_and_says_nothing(
    writers: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = writers
    text, before = left.bytes_of(right, "one"), kept(right)

    def broken(*_: object) -> None:
        raise LedgerUnavailable("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(type(right.office.log), "append", broken)
        with pytest.raises(LedgerUnavailable):
            right.takes(left, [text])
    assert kept(right) == before
    assert outcomes(right.takes(left, [text])) == [Outcome.ACCEPTED]


def test_signatures_are_looked_at_before_the_database_is_locked(
    writers: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    left, right = writers
    texts = [left.bytes_of(right, "one") for _ in range(3)]
    locked: list[bool] = []
    writing = False
    write, verify = type(right.office.store).write, inbox.require_signed

    def noting(self: object, work: object) -> object:
        def marked(connection: Connection) -> object:
            nonlocal writing
            writing = True
            try:
                return work(connection)  # type: ignore[operator]
            finally:
                writing = False

        return write(self, marked)  # type: ignore[arg-type]

    def looking(*given_to: object) -> None:
        locked.append(writing)
        verify(*given_to)  # type: ignore[arg-type]

    monkeypatch.setattr(type(right.office.store), "write", noting)
    monkeypatch.setattr(inbox, "require_signed", looking)
    assert outcomes(right.takes(left, texts)) == [Outcome.ACCEPTED] * 3
    assert locked == [False] * 3


def test_nothing_is_taken_once_the_gateway_has_ended(writers: Two) -> None:
    left, right = writers
    text = left.bytes_of(right, "one")
    before = kept(right)
    right.side.clock.forward(days=91)
    with pytest.raises(LinkClosed):
        right.takes(left, [text])
    assert kept(right) == before


def test_what_waits_stands_sealed_and_what_is_too_long_is_never_written(writers: Two) -> None:
    left, right = writers
    left.writes(right, "Agim Hoxha of Tirana")
    rows = left.office.read(lambda c: c.execute(select(OUTBOX)).all())
    assert all(b"Agim" not in bytes(row.sealed) for row in rows)
    with pytest.raises(BadInput):
        left.writes(right, "x" * 600_000)
    numbers = left.office.read(lambda c: c.execute(select(OUTBOX.c.number)).scalars().all())
    assert numbers == [1]  # the number that was not used is free
    assert left.writes(right, "two").number == 2


def test_a_letter_and_its_entry_are_written_together_or_not_at_all(writers: Two) -> None:
    left, right = writers
    before = left.side.verbs()

    def work(connection: Connection) -> None:
        going = Outgoing(right.side.origin, "marking", "thread", Mark(word="x"))
        outbox.post(left.office, connection, left.means, going)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        left.office.write(work)
    assert left.side.verbs() == before
    assert left.office.read(lambda c: c.execute(select(OUTBOX)).all()) == []


def test_the_chain_over_what_came_can_be_made_again(writers: Two) -> None:
    left, right = writers
    texts = [left.bytes_of(right, word) for word in ("one", "poison", "three")]
    right.takes(left, texts)
    chain = bytes(32)
    for text in texts:
        chain = sha256(chain + sha256(text).digest()).digest()
    query = select(LANES.c.chain).where(LANES.c.lane == Lane.ORDINARY.value)
    assert right.office.read(lambda c: c.execute(query).scalar()) == chain
