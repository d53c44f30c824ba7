"""What a partner sends that it may not send: refused, and nothing is changed (threats A04, A07, A18, A19, A34)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from liaison.model import canonical
from liaison.model.errors import BadInput, BadNote
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.partners.cards import packed, unpacked
from liaison.storage.tables.supply import HELD, PATHS
from liaison.supply.arriving import take_notice
from liaison.supply.consent import ConsentToken, sign_token
from liaison.supply.documents import Kind, Notice, Told, Why
from liaison.supply.items import Item, Supplied, Urgency, read_item, sign_item, unverified
from liaison.supply.receiving import Received, Where, receive
from liaison.supply.refusing import NotTaken
from liaison.supply.signing import Type, keys_of, signed
from tests.node_fixtures import START
from tests.supply.offices import Agency, Net, agencies

A, B, C = "a.example", "b.example", "c.example"
H0, H1, H2, H3 = HandlingCode
STRICT = Handling(codes=(H2,))


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Net]:
    with agencies(tmp_path, A, B, C) as made:
        yield made


@pytest.fixture
def three(net: Net) -> tuple[Agency, Agency, Agency]:
    return net.agencies[A], net.agencies[B], net.agencies[C]


def takes(agency: Agency, sender: str, *supplied: Supplied, **where: Any) -> tuple[Received, ...]:
    at = Where(sender=sender, **where)
    done: tuple[Received, ...] = agency.do(
        lambda connection: receive(agency.office, agency.means, connection, at, supplied)
    )
    return done


def refused(agency: Agency, sender: str, supplied: Supplied) -> str:
    """The code of a refusal, after which nothing is there."""
    with pytest.raises(NotTaken) as caught:
        takes(agency, sender, supplied)
    assert agency.see(select(func.count()).select_from(HELD))[0][0] == 0
    assert agency.see(select(func.count()).select_from(PATHS))[0][0] == 0
    return caught.value.code


def an_item(one: Agency, other: Agency, handling: Handling | None = None, **said: Any) -> Supplied:
    record, *_ = one.records()
    (supplied,) = one.sends(other, record, handling=handling, **said)
    return supplied


def through(one: Agency, between: Agency, supplied: Supplied, **said: Any) -> Supplied:
    """The item as a node passes it on that asks nobody."""
    card = one.side.card().text
    return msgspec.structs.replace(supplied, chain=(one.origin, between.origin), card=card, **said)


def resigned(one: Agency, supplied: Supplied, **said: Any) -> Supplied:
    """The item as a node would write it itself, under its own key."""
    item = msgspec.structs.replace(unverified(supplied.item), **said)
    return msgspec.structs.replace(supplied, item=sign_item(item, one.means.own.document))


def token(one: Agency, supplied: Supplied, **said: Any) -> str:
    values: dict[str, Any] = {
        "federation": "test",
        "id": "consent-1",
        "originator": one.origin,
        "item": unverified(supplied.item).id,
        "holder": B,
        "recipient": C,
        "lifts": (H2,),
        "purpose": Purpose.INVESTIGATION,
        "made": START,
        "expires": START + dt.timedelta(days=1),
    }
    return sign_token(ConsentToken(**(values | said)), one.means.own.document)


def test_a_lowered_code_no_longer_fits_the_signature(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    supplied = an_item(a, b, STRICT)
    head, body, mark = supplied.item.split(".")
    lowered = unpacked(body).replace(b'"codes":["H0","H2"]', b'"codes":["H0"]')
    assert lowered != unpacked(body)
    forged = msgspec.structs.replace(supplied, item=f"{head}.{packed(lowered)}.{mark}")
    assert refused(b, A, forged) == "bad-item"


def test_a_node_between_cannot_sign_it_anew_with_fewer_codes(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, c = three
    forged = resigned(b, an_item(a, b, STRICT), handling=Handling(codes=(H0,)))
    assert refused(c, B, through(a, b, forged)) == "bad-item"
    assert refused(c, B, msgspec.structs.replace(forged, chain=(B,))) == "bad-item"


@pytest.mark.parametrize("field", ["graded", "handling"])
def test_an_item_without_grade_or_handling_is_none(three: tuple[Agency, Agency, Agency], field: str) -> None:
    a, b, _ = three
    said = canonical.decode(unpacked(an_item(a, b).item.split(".")[1]))
    assert canonical.decode(canonical.encode(said), Item)
    del said[field]
    forged = Supplied(item=signed(Type.ITEM, said, a.means.own.document), chain=(A,))
    assert refused(b, A, forged) == "bad-item"


def test_a_header_of_another_form_is_refused(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    supplied = an_item(a, b)
    keys = keys_of([a.side.card().card])
    assert read_item(supplied.item, keys).originator == A
    head, body, mark = supplied.item.split(".")
    kid = canonical.decode(unpacked(head))["kid"]
    for other in (
        b'{"alg":"none","kid":"%b","typ":"liaison-item"}' % kid.encode(),
        b'{"alg":"EdDSA","kid":"%b","typ":"liaison-consent"}' % kid.encode(),
        b'{"kid":"%b","alg":"EdDSA","typ":"liaison-item"}' % kid.encode(),
    ):
        with pytest.raises((BadInput, BadNote)):
            read_item(f"{packed(other)}.{body}.{mark}", keys)


def test_a_token_is_never_read_as_an_item(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    supplied = an_item(a, b)
    forged = Supplied(item=signed(Type.CONSENT, unverified(supplied.item), a.means.own.document), chain=(A,))
    assert refused(b, A, forged) == "bad-item"


def test_the_sender_is_the_last_of_the_chain_and_no_other(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, c = three
    supplied = an_item(a, b)
    assert refused(c, B, supplied) == "bad-chain"
    assert refused(b, A, msgspec.structs.replace(supplied, chain=(B, A))) == "bad-chain"


def test_an_originators_card_that_is_another_nodes_is_refused(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, c = three
    given = through(a, b, an_item(a, b))
    assert refused(c, B, msgspec.structs.replace(given, card="")) == "unknown-originator"
    assert refused(c, B, msgspec.structs.replace(given, card=b.side.card().text)) == "bad-card"
    (taken,) = takes(c, B, given)
    assert taken.vouched


def test_the_card_of_a_partner_is_never_taken_from_a_letter(
    net: Net, three: tuple[Agency, Agency, Agency]
) -> None:
    a, b, c = three
    net.agree(a, c)
    forged = resigned(b, an_item(a, b))
    assert refused(c, B, through(a, b, forged)) == "bad-item"


def test_h2_goes_nowhere_without_a_token(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, c = three
    supplied = an_item(a, b, STRICT)
    assert refused(c, B, through(a, b, supplied)) == "no-consent"
    assert takes(c, B, through(a, b, supplied, consent=token(a, supplied)))[0].new


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"item": "item-other"}, "no-consent"),
        ({"holder": "d.example"}, "no-consent"),
        ({"recipient": "d.example"}, "no-consent"),
        ({"lifts": (H1,)}, "no-consent"),
        ({"purpose": Purpose.PROSECUTION}, "no-consent"),
        ({"made": START - dt.timedelta(days=2), "expires": START}, "no-consent"),
        ({"made": START + dt.timedelta(hours=1)}, "no-consent"),
    ],
)
def test_a_token_for_something_else_is_none(
    three: tuple[Agency, Agency, Agency], said: dict[str, Any], code: str
) -> None:
    a, b, c = three
    supplied = an_item(a, b, STRICT)
    assert refused(c, B, through(a, b, supplied, consent=token(a, supplied, **said))) == code


def test_a_token_that_the_passer_signed_is_none(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, c = three
    supplied = an_item(a, b, STRICT)
    forged = token(b, supplied, originator=A)
    assert refused(c, B, through(a, b, supplied, consent=forged)) == "bad-consent"


def test_a_token_lifts_no_condition_of_a_node_between(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, c = three
    supplied = an_item(a, b)
    given = through(a, b, supplied, consent=token(a, supplied), added=STRICT)
    assert refused(c, B, given) == "no-consent"


def test_h3_is_never_passed_on_in_urgency(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, c = three
    said = Urgency(threat="An attack is announced.", reasons="The originator's desk is closed.", at=START)
    pressing = {"urgency": said, "purpose": Purpose.PUBLIC_SECURITY}
    h3 = an_item(a, b, Handling(codes=(H3,), restriction="not before the trial"))
    assert refused(c, B, through(a, b, h3, **pressing)) == "no-consent"
    assert takes(c, B, through(a, b, an_item(a, b, STRICT), **pressing))[0].new


def test_what_the_agreement_does_not_name_is_refused(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    supplied = an_item(a, b)
    assert refused(b, A, resigned(a, supplied, purpose=Purpose.DETECTION)) == "not-agreed"
    assert refused(b, A, resigned(a, supplied, offence="arson")) == "not-agreed"


def test_what_is_overdue_is_refused(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    supplied = an_item(a, b)
    today = START.date()
    assert refused(b, A, resigned(a, supplied, review_at=today)) == "overdue"
    assert refused(b, A, resigned(a, supplied, review_at=today, retention_until=today)) == "overdue"


def test_an_item_of_another_federation_is_refused(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    assert refused(b, A, resigned(a, an_item(a, b), federation="other")) == "bad-item"


def test_the_same_item_twice_is_one_and_another_of_its_id_a_conflict(
    three: tuple[Agency, Agency, Agency],
) -> None:
    a, b, _ = three
    supplied = an_item(a, b)
    first, again = takes(b, A, supplied)[0], takes(b, A, supplied)[0]
    assert (first.new, again.new, first.item) == (True, False, again.item)
    with pytest.raises(NotTaken) as caught:
        takes(b, A, resigned(a, supplied, source="another"))
    assert caught.value.code == "conflict"


def test_one_bad_item_refuses_its_letter(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    good = an_item(a, b)
    with pytest.raises(NotTaken):
        takes(b, A, good, resigned(a, good, id="item-2", offence="arson"))
    assert b.see(select(HELD)) == []


def test_retention_here_is_the_originators_or_less(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    supplied = an_item(a, b)
    soon = START.date() + dt.timedelta(days=10)
    (near,) = takes(b, A, resigned(a, supplied, id="item-near", retention_until=soon, review_at=soon))
    far_day = START.date() + dt.timedelta(days=4000)
    (far,) = takes(b, A, resigned(a, supplied, id="item-far", retention_until=far_day))
    assert b.held(near.item).retention.date() == soon
    assert b.held(far.item).retention.date() == START.date() + dt.timedelta(days=365)


def a_notice(one: Agency, item: str, **said: Any) -> Told:
    values: dict[str, Any] = {
        "federation": "test",
        "id": "notice-1",
        "originator": one.origin,
        "item": item,
        "number": 1,
        "kind": Kind.RECALL,
        "why": Why.WRONG,
        "made": START,
    }
    chain = said.pop("chain", (one.origin,))
    key = said.pop("key", one.means.own.document)
    return Told(notice=signed(Type.NOTICE, Notice(**(values | said)), key), chain=chain)


def test_nobody_but_the_originator_calls_an_item_back(net: Net, three: tuple[Agency, Agency, Agency]) -> None:
    a, b, c = three
    (item,) = takes(b, A, an_item(a, b))

    def hears(sender: str, told: Told) -> str:
        word: str = b.do(lambda connection: take_notice(b.office, b.means, connection, sender, told))
        return word

    for sender, told, code in (
        (C, a_notice(c, item.item), "not-originator"),
        (A, a_notice(a, item.item, key=c.means.own.document), "bad-notice"),
        (A, a_notice(a, item.item, originator=C), "bad-notice"),
        (A, a_notice(a, item.item, federation="other"), "bad-notice"),
        (C, a_notice(a, item.item), "bad-chain"),
    ):
        with pytest.raises(NotTaken) as caught:
            hears(sender, told)
        assert caught.value.code == code
    assert b.held(item.item).state == "held"
    assert hears(A, a_notice(a, item.item)) == "applied"
    assert hears(A, a_notice(a, item.item)) == "known"
    for told in (a_notice(a, item.item, why=Why.ORDER), a_notice(a, item.item, id="notice-2")):
        with pytest.raises(NotTaken) as caught:
            hears(A, told)
        assert caught.value.code == "conflict"


def test_a_notice_of_somebody_else_before_the_item_does_not_count(
    three: tuple[Agency, Agency, Agency],
) -> None:
    a, b, c = three
    supplied = an_item(a, b)
    told = a_notice(c, unverified(supplied.item).id)
    assert b.do(lambda connection: take_notice(b.office, b.means, connection, C, told)) == "kept for later"
    assert takes(b, A, supplied)[0].state.value == "held"


def test_an_item_has_a_name_and_no_text_for_one(three: tuple[Agency, Agency, Agency]) -> None:
    a, b, _ = three
    supplied = an_item(a, b)
    for name in ("Gëzim Vokshi is a witness", "../item", "x" * 121):
        with pytest.raises(BadInput):
            resigned(a, supplied, id=name)
        item = msgspec.to_builtins(unverified(supplied.item), enc_hook=str) | {"id": name}
        forged = signed(Type.ITEM, item, a.means.own.document)
        assert refused(b, A, msgspec.structs.replace(supplied, item=forged)) == "bad-item"
