"""Cards and agreements by letter and over the network; what a key was used for."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from liaison.model.errors import BadInput, Conflict, NotFound, NotLawful, StoreUnavailable
from liaison.partners import directory, own, service
from liaison.partners.agreement import Gateway, GatewayKind, SignedAgreement
from liaison.partners.cards import SignedCard
from liaison.partners.directory import PartnerState
from liaison.partners.rules import KeyNotValid, Lane
from liaison.storage.sealing import unseal
from liaison.storage.tables.partners import PARTNER_CARDS
from liaison.storage.tables.transport import OUTBOX
from liaison.transport import outbox, partnering
from liaison.transport.inbox import take_in
from liaison.transport.letters import Outcome, Type, parts, receipt_of
from liaison.transport.means import Means
from liaison.transport.outbox import Outgoing, about_out
from liaison.transport.partnering import AgreementLetter, CardLetter
from liaison.transport.reading import standing
from tests.partners.pairs import ADMINISTRATOR, FEDERATION, SUPERVISOR, TERMS, Side, agree

Two = tuple[Side, Side]


@dataclass
class Post:
    """What one side has written, as it lies in its outbox."""

    side: Side
    means: Means

    def waiting(self) -> list[bytes]:
        """The letters, the urgent ones first."""

        def work(connection):  # type: ignore[no-untyped-def]
            order = OUTBOX.c.lane.desc(), OUTBOX.c.number
            rows = connection.execute(
                select(OUTBOX).where(OUTBOX.c.state == "waiting").order_by(*order)
            ).all()
            keys = self.side.office.keys.fetch([row.key for row in rows])
            return [unseal(key, row.sealed, about_out(row.id)) for key, row in zip(keys, rows, strict=True)]

        return self.side.office.read(work)

    def rotates(self) -> SignedCard:
        following = self.side.keys.generation + 1
        own.make_keys(self.side.folder, following)
        self.side.keys = own.load_keys(self.side.folder, following)
        return partnering.rotate(
            self.side.office, self.means, ADMINISTRATOR, self.side.identity, self.side.keys, self.side.told
        )

    def posts(
        self, other: Side, letter: CardLetter | AgreementLetter, kind: str, urgent: bool = False
    ) -> None:
        going = Outgoing(other.origin, kind, "card-1", letter, urgent)
        self.side.office.write(
            lambda connection: outbox.post(self.side.office, connection, self.means, going)
        )


def a_post(side: Side) -> Post:
    return Post(side, Means(FEDERATION, side.origin, side.keys))


def take(to: Post, sender: Side, letters: list[bytes]) -> list[tuple[Outcome, str]]:
    given = take_in(to.side.office, to.means, to.side.knows(sender), letters)
    receipts = [receipt_of(parts(Type.RECEIPT, each)) for each in given]
    return [(each.outcome, each.code) for each in receipts]


@pytest.fixture
def posts(agreed: Two) -> tuple[Post, Post]:
    return a_post(agreed[0]), a_post(agreed[1])


FINE = (Outcome.ACCEPTED, "")


def test_a_rotation_travels_and_no_letter_is_lost(posts: tuple[Post, Post]) -> None:
    """A13: letters of both keys, delivered long after, each count at their place."""
    left, right = posts
    before = left.means.own
    note = AgreementLetter(agreement="x")
    for urgent in (False, False, True):
        left.posts(right.side, note, "agreement", urgent)
    card = left.rotates()
    assert left.means.own is left.side.keys is not before
    for urgent in (False, True):
        left.posts(right.side, note, "agreement", urgent)
    right.side.clock.forward(days=45)
    right.side.office.read(lambda connection: None)
    outcomes = take(right, left.side, left.waiting())
    refused = (Outcome.REFUSED, "content")  # the notes are no agreements; their signatures and places count
    assert outcomes == [refused, FINE, refused, refused, refused, FINE, refused]
    found = right.side.knows(left.side)
    assert found.card == card.card
    assert found.signer_of(before.document_id, Lane.ORDINARY, 3).generation == 1
    with pytest.raises(KeyNotValid):
        found.signer_of(before.document_id, Lane.ORDINARY, 4)
    with pytest.raises(KeyNotValid):
        found.signer_of(card.card.document_id, Lane.URGENT, 2)


def test_the_old_key_counts_for_nothing_after_its_last_letter(posts: tuple[Post, Post]) -> None:
    left, right = posts
    old = replace_own(left.means)
    left.rotates()
    assert set(take(right, left.side, left.waiting())) == {FINE}
    left.means.own = old
    left.posts(right.side, AgreementLetter(agreement="x"), "agreement")
    assert take(right, left.side, left.waiting()[-1:]) == [(Outcome.REFUSED, "key")]


def replace_own(means: Means) -> own.OwnKeys:
    return means.own


def test_a_rotation_that_fails_leaves_the_old_keys(
    posts: tuple[Post, Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    left, _ = posts
    before, entries = left.means.own, len(left.side.verbs())

    def fails(*_: object) -> None:
        raise RuntimeError("cut off")

    monkeypatch.setattr(partnering, "_tell_rotation", fails)
    with pytest.raises(RuntimeError):
        left.rotates()
    assert left.means.own is before
    assert len(left.side.verbs()) == entries
    assert left.side.office.read(own.current_generation) == 1


def test_a_rotation_that_is_not_made_durable_leaves_the_old_keys(
    posts: tuple[Post, Post], monkeypatch: pytest.MonkeyPatch
) -> None:
    left, _ = posts
    before, store = left.means.own, type(left.side.office.store)
    write = store.write

    def cut_off(self, work):  # type: ignore[no-untyped-def]
        def whole(connection):  # type: ignore[no-untyped-def]
            work(connection)
            raise StoreUnavailable("the disk is full")

        return write(self, whole)

    monkeypatch.setattr(store, "write", cut_off)
    with pytest.raises(StoreUnavailable):
        left.rotates()
    assert left.means.own is before
    assert left.side.office.read(own.current_generation) == 1


def test_new_keys_without_the_last_numbers_of_the_old_are_refused(posts: tuple[Post, Post]) -> None:
    left, right = posts
    card = left.side.rotates()
    left.posts(right.side, CardLetter(card=card.text), "card")
    left.posts(right.side, CardLetter(card=card.text, last_ordinary=9), "card")
    left.posts(right.side, CardLetter(card=card.text, last_ordinary=2, last_urgent=0), "card")
    left.posts(right.side, CardLetter(card=card.text, last_ordinary=4, last_urgent=0), "card")
    refused = (Outcome.REFUSED, "positions")
    assert take(right, left.side, left.waiting()) == [refused, refused, refused, FINE]


def test_a_partner_tells_its_own_card_alone(posts: tuple[Post, Post]) -> None:
    """A04."""
    left, right = posts
    left.posts(right.side, CardLetter(card=right.side.card().text), "card")
    assert take(right, left.side, left.waiting()) == [(Outcome.REFUSED, "content")]


def test_a_new_address_is_told_by_letter(posts: tuple[Post, Post]) -> None:
    left, right = posts
    card = left.side.tells(addresses=("https://moved.example:8443",))
    told = left.side.office.write(
        lambda c: partnering.tell_card(left.side.office, c, left.means, card, ADMINISTRATOR)
    )
    assert told == 1
    assert take(right, left.side, left.waiting()) == [FINE]
    assert right.side.knows(left.side).card.addresses == ("https://moved.example:8443",)


def test_a_renewal_travels_by_letter_both_ways(posts: tuple[Post, Post]) -> None:
    left, right = posts
    proposed = left.side.proposes(right.side, replace(TERMS, quota=9))
    send(left, right.side, proposed)
    assert take(right, left.side, left.waiting()) == [FINE]
    assert right.side.knows(left.side).agreement.quota == 2000  # it waits for a supervisor
    signed = right.side.signs(left.side, proposed)
    send(right, left.side, signed)
    assert take(left, right.side, right.waiting()) == [FINE]
    assert left.side.knows(right.side).agreement == right.side.knows(left.side).agreement == signed.agreement


def send(post: Post, to: Side, signed: SignedAgreement) -> None:
    post.side.office.write(
        lambda c: partnering.post_agreement(post.side.office, c, post.means, to.origin, signed)
    )


def test_a_closed_link_is_renewed_over_the_pairing_call(posts: tuple[Post, Post]) -> None:
    """L13: what waits is kept, and goes once the gateway is open again."""
    left, right = posts
    left.posts(right.side, AgreementLetter(agreement="x"), "agreement")
    expires = TERMS.gateway.expires
    assert expires is not None
    for post in posts:
        post.side.clock.time = expires + timedelta(days=1)
    with pytest.raises(directory.LinkClosed):
        take(right, left.side, left.waiting())
    with pytest.raises(directory.LinkClosed):
        send(left, right.side, left.side.proposes(right.side, later()))
    proposed = left.side.proposes(right.side, later())
    body = partnering.pairing_body(left.side.card(), proposed)
    answer = partnering.take_pairing(right.side.office, right.side.knows(left.side), body)
    assert answer == b'{"agreement":"proposed","card":"known"}'
    signed = right.side.signs(left.side, proposed)
    answer = partnering.take_pairing(
        left.side.office, left.side.knows(right.side), partnering.pairing_body(None, signed)
    )
    assert answer == b'{"agreement":"in force"}'
    assert len(left.waiting()) == 1
    assert take(right, left.side, left.waiting()) == [(Outcome.REFUSED, "content")]


def later():  # type: ignore[no-untyped-def]
    expires = TERMS.gateway.expires
    assert expires is not None
    ends = expires + timedelta(days=365)
    return replace(TERMS, gateway=Gateway(kind=GatewayKind.ADEQUACY, reference="2", expires=ends))


def test_nothing_is_taken_over_the_pairing_call_from_a_revoked_partner(posts: tuple[Post, Post]) -> None:
    left, right = posts
    proposed = left.side.proposes(right.side, later())
    service.revoke(right.side.office, ADMINISTRATOR, left.side.origin)
    known = right.side.knows(left.side)
    with pytest.raises(Conflict):
        partnering.take_pairing(right.side.office, known, partnering.pairing_body(None, proposed))
    with pytest.raises(BadInput):
        partnering.take_pairing(right.side.office, known, partnering.pairing_body(right.side.card(), None))
    assert right.side.knows(left.side).kept is PartnerState.REVOKED


def test_the_channel_keeps_its_keys_until_the_partner_has_the_new_card(posts: tuple[Post, Post]) -> None:
    left, right = posts
    partner = left.side.knows(right.side)

    def generation() -> int:
        return left.side.office.read(
            lambda connection: partnering.channel_keys(connection, left.means, partner.id).generation
        )

    assert generation() == 1
    left.rotates()
    assert generation() == 1
    delivered = {"state": "delivered", "receipt": b"x"}
    left.side.office.write(lambda c: c.execute(OUTBOX.update().values(**delivered)))
    assert generation() == 2


def test_what_came_under_a_key_before_it_was_revoked_is_marked_for_review(posts: tuple[Post, Post]) -> None:
    """A14."""
    left, right = posts
    for number in range(2):
        left.posts(right.side, AgreementLetter(agreement=str(number)), "agreement")
    right.posts(left.side, AgreementLetter(agreement="x"), "agreement")
    take(right, left.side, left.waiting())
    office, key = right.side.office, left.means.own.document_id
    listed = lambda: partnering.letters_under(office, ADMINISTRATOR, key)  # noqa: E731
    assert not any(each.review for each in listed())
    last = {Lane.URGENT: 0, Lane.ORDINARY: 2}
    service.revoke_card(office, ADMINISTRATOR, left.side.origin, 1, last, "It was stolen")
    assert {(each.way, each.review) for each in listed()} == {("received", True), ("sent", False)}
    received = next(each.id for each in listed() if each.way == "received")
    (shown,) = office.read(lambda connection: standing(connection, received))
    assert shown.review


def test_one_call_lists_everything_under_a_key(posts: tuple[Post, Post]) -> None:
    """A14."""
    left, right = posts
    for number in range(3):
        left.posts(right.side, AgreementLetter(agreement=str(number)), "agreement")
    right.posts(left.side, AgreementLetter(agreement="x"), "agreement", urgent=True)
    take(right, left.side, left.waiting())
    take(left, right.side, right.waiting())
    office, key = right.side.office, left.means.own
    for name in (key.document_id, key.channel_id, key.seal_id):
        found = partnering.letters_under(office, ADMINISTRATOR, name)
        assert sorted((each.way, each.number) for each in found) == [
            ("received", 1),
            ("received", 2),
            ("received", 3),
            ("sent", 1),
        ]
    mine = partnering.letters_under(left.side.office, ADMINISTRATOR, key.document_id)
    assert [each.way for each in mine] == ["sent"] * 3
    assert right.side.verbs()[-1] == "partner-letters-listed"
    with pytest.raises(NotFound):
        partnering.letters_under(office, ADMINISTRATOR, "0" * 16)
    with pytest.raises(NotLawful):
        partnering.letters_under(office, SUPERVISOR, key.document_id)


def test_positions_that_come_after_a_card_by_file_still_end_the_old_key(posts: tuple[Post, Post]) -> None:
    left, right = posts
    old = left.means.own
    card = left.rotates()
    right.side.takes(card)
    assert right.side.knows(left.side).signer_of(old.document_id, Lane.ORDINARY, 99).generation == 1
    assert set(take(right, left.side, left.waiting())) == {FINE}
    with pytest.raises(KeyNotValid):
        right.side.knows(left.side).signer_of(old.document_id, Lane.ORDINARY, 99)
    rows = right.side.office.read(lambda c: c.execute(select(PARTNER_CARDS)).all())
    assert {row.generation: row.last_ordinary for row in rows} == {1: 1, 2: None}


def test_an_agreement_by_letter_does_not_undo_what_holds(posts: tuple[Post, Post], tmp_path: Path) -> None:
    left, right = posts
    first = left.side.knows(right.side).agreement
    agree(left.side, right.side, replace(TERMS, quota=3))
    assert first is not None
    old = left.side.office.read(
        lambda c: [each for _, _, each in directory.agreements(c, directory.partner(c, right.side.origin).id)]
    )[-1]
    assert old.agreement == first
    send(left, right.side, old)
    assert take(right, left.side, left.waiting()) == [FINE]
    assert right.side.knows(left.side).agreement.quota == 3
