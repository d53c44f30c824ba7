"""What a hostile partner says in letters that are in form: about keys, requests, records of others, and time.

The attacks are A11 to A17 of docs/threats.md, on the list of hostile_partner.py.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import select

from liaison.assistance.messages import (
    Acknowledged,
    ConvictionsAsked,
    Copied,
    Copy,
    Corrected,
    Entry,
    Opening,
    Part,
    Wanted,
    part_digest,
    whole_digest,
)
from liaison.model import canonical
from liaison.model.categories import Category
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.identifiers import Country
from liaison.model.scales import Graded
from liaison.office import new_id
from liaison.partners import service
from liaison.partners.rules import Lane
from liaison.storage.tables.assistance import REQUESTS
from liaison.storage.tables.supply import HELD
from liaison.supply.documents import Kind, Notice, Told, Why
from liaison.supply.items import Item, Supplied, sign_item
from liaison.supply.letters import Parcel
from liaison.supply.signing import Type, signed
from liaison.transport.calls import CARD
from liaison.transport.partnering import CardLetter
from tests.hostile_house import QUOTA, Partner
from tests.hostile_partner import Scene, attack
from tests.partners.pairs import ADMINISTRATOR
from tests.screening.node import gezim

H0, H1, H2, H3 = HandlingCode
OPEN, STRICT = Handling(codes=(H0,)), Handling(codes=(H2,))
LAST = {"last_urgent": 100, "last_ordinary": 100}


def an_item(by: Partner, **said: Any) -> Item:
    """A record as its originator supplies it."""
    today = by.clock.now().date()
    values: dict[str, Any] = {
        "federation": "test",
        "id": new_id("item"),
        "originator": by.origin,
        "revision": 1,
        "subject": gezim(),
        "category": Category.SUSPECT,
        "source": "district court",
        "graded": Graded(),
        "handling": OPEN,
        "purpose": Purpose.INVESTIGATION,
        "offence": "drugs",
        "law": ("demo",),
        "retention_until": today + dt.timedelta(days=200),
        "review_at": today + dt.timedelta(days=100),
        "made": by.clock.now(),
    }
    return Item(**(values | said))


def supplied(by: Partner, item: Item | None = None, **said: Any) -> Supplied:
    """An item as its originator's own letter carries it."""
    text = sign_item(item or an_item(by), by.keys.document)
    return Supplied(**({"item": text, "chain": (by.origin,)} | said))


def parcel(*given: Supplied) -> Parcel:
    return Parcel(supplied=given)


def held_of(scene: Scene, item: Item | None = None) -> Item:
    """An item of the honest partner's that the house holds."""
    made = item or an_item(scene.honest)
    told = scene.honest.tell("supply", parcel(supplied(scene.honest, made)))
    assert told.outcome.value == "accepted", told
    return made


def notice(by: Partner, item: str, kind: Kind = Kind.RECALL, **said: Any) -> str:
    """A notice that a node signs, on whatever item."""
    values: dict[str, Any] = {
        "federation": "test",
        "id": new_id("notice"),
        "originator": by.origin,
        "item": item,
        "number": 1,
        "kind": kind,
        "why": Why.WRONG,
        "made": by.clock.now(),
    }
    return signed(Type.NOTICE, Notice(**(values | said)), by.keys.document)


def an_opening(by: Partner, subjects: int = 1, entries: tuple[Entry, ...] = (), **said: Any) -> Opening:
    """The opening of a request."""
    today = by.clock.now().date()
    whole = whole_digest([part_digest(entries)]) if entries else "0" * 64
    values: dict[str, Any] = {
        "id": new_id("request"),
        "reference": "2026/1",
        "authority": "Agency",
        "contact": "duty desk",
        "language": "en",
        "instrument": "eu-2023-977",
        "purpose": Purpose.INVESTIGATION,
        "offence": "drugs",
        "exchange": "records",
        "description": "Couriers of a network that brings drugs by van over the border",
        "link": "Each of them drove one of the vans",
        "belief": "They are nationals of the state asked",
        "wanted": (Wanted.IDENTITY,),
        "handling": OPEN,
        "copied": Copied(copied=False, exception="none-named"),
        "subjects": subjects,
        "parts": -(-subjects // 500),
        "digest": whole,
        "made": by.clock.now(),
        "review_at": today + dt.timedelta(days=100),
        "retention_until": today + dt.timedelta(days=200),
    }
    return Opening(**(values | said))


def asked(scene: Scene, count: int = 1) -> Opening:
    """A request of the hostile partner's that is whole at the house, and checked."""
    entries = tuple(Entry(number=number, subject=gezim()) for number in range(1, count + 1))
    opening = an_opening(scene.hostile, count, entries)
    hostile = scene.hostile
    part = Part(request=opening.id, number=1, subjects=entries)
    scene.accepted(hostile.letter("request", opening), hostile.letter("request-part", part))
    scene.house.work("requests")
    query = select(REQUESTS.c.state).where(REQUESTS.c.thread == opening.id)
    assert [row.state for row in scene.house.rows(query)] == ["received"]
    return opening


# --- A11: absurd values ------------------------------------------------------------------------------------------


@attack("A11")
def values_that_cannot_be(scene: Scene) -> None:
    hostile, now = scene.hostile, scene.hostile.clock.now()
    opening = an_opening(hostile)
    absurd = [
        ("request", {"subjects": 0}),
        ("request", {"subjects": -1}),
        ("request", {"subjects": 2**53 - 1}),
        ("request", {"purpose": "revenge"}),
        ("request", {"offence": "x" * 100_000}),
        ("request", {"retention_until": "9999-12-31", "review_at": "0000-01-01"}),
        ("request", {"made": "2026-01-01T00:00:00"}),
        ("request", {"wanted": ["everything"]}),
        ("request", {"description": "\x00" * 5000}),
    ]
    with scene.unchanged():
        held = canonical.decode(canonical.encode(opening))
        for kind, said in absurd:
            scene.refuses("content", kind, canonical.encode(held | said))
        copy = Copy(role="emperor", asked="c.example", opening=opening)
        scene.refuses("unknown-code", "request-copy", copy)
        answers = canonical.encode({"answers": [], "number": 1, "request": "request-abcdefgh"})
        scene.refuses("content", "answers", answers)
        scene.refuses("content", "supply", b'{"supplied":[{"chain":[],"item":"a.b.c"}]}')
        late = Acknowledged(request="request-none", received=now, subjects=1, digest="0" * 64, due=now)
        scene.refuses("unknown-request", "request-received", late)
        scene.accepted(hostile.known_card())


@attack("A11")
def a_notice_that_went_in_circles(scene: Scene) -> None:
    """What would break the background, for everybody, is refused at the door."""
    hostile = scene.hostile
    me = hostile.origin
    long = (me, *(f"n{number}.example" for number in range(40)), me)
    with scene.unchanged():
        for chain in ((me, "x.example", me), (me, me), long, (me, "a b", me), (me, "", me)):
            told = Told(notice=notice(hostile, new_id("item")), chain=chain)
            scene.refuses("bad-chain", "supply-notice", told)
        scene.refuses("bad-chain", "supply-notice", Told(notice=notice(hostile, "item-1"), chain=()))


@attack("A11")
def a_notice_of_one_that_is_revoked_then(scene: Scene) -> None:
    """What is owed to a partner that is gone keeps nobody else waiting."""
    hostile, house = scene.hostile, scene.house
    (supply,) = (each for each in house.here.background if each.name == "supply")
    with supply._alone:  # so that nothing is confirmed before
        told = Told(notice=notice(hostile, new_id("item")), chain=(hostile.origin,))
        scene.accepted(hostile.letter("supply-notice", told))
        service.revoke(house.here.office, ADMINISTRATOR, hostile.origin, "it was taken over")
    house.work()
    with scene.unchanged():
        assert hostile.call("GET", CARD).status_code == 403


# --- A12: clocks -------------------------------------------------------------------------------------------------


@attack("A12")
def a_clock_that_jumps(scene: Scene) -> None:
    """Calls of another time are not answered; nothing is erased, and the order of letters does not care."""
    hostile = scene.hostile
    held = held_of(scene)
    with scene.unchanged("index_snapshots", "notices"):  # a person is told of the clock
        for days in (-400, 400, 10 / 1440, -10 / 1440):
            late = hostile.clock.now()
            with scene.house.clock.set(days=days):
                assert hostile.call("GET", CARD, at=late).status_code == 403
                scene.accepted(hostile.known_card())
                scene.house.work("retention", "supply")
            assert hostile.call("GET", CARD).status_code == 200
        query = select(HELD.c.state).where(HELD.c.id == held.id)
        assert [row.state for row in scene.house.rows(query)] == ["held"]


@attack("A12")
def letters_of_another_time(scene: Scene) -> None:
    """A letter's own time decides nothing."""
    now = scene.hostile.clock.now()
    with scene.unchanged():
        for days in (-4000, 4000, 0):
            scene.accepted(scene.hostile.known_card(made=now + dt.timedelta(days=days)))


# --- A13, A14: keys that were rotated, stolen, revoked -----------------------------------------------------------


def rotated(scene: Scene, last: int) -> tuple[Any, Any]:
    """The keys before and after a rotation whose last letters were numbered so."""
    hostile, before = scene.hostile, scene.hostile.keys
    keys = hostile.next_keys()
    card = hostile.signed_card(keys)
    told = CardLetter(card=card.text, last_urgent=1, last_ordinary=last)
    scene.accepted(hostile.letter("card", told, lane=Lane.URGENT))
    hostile.card = card
    return before, keys


@attack("A13")
def the_old_key_after_the_rotation(scene: Scene) -> None:
    """It counts up to the number that was told, whatever a letter says of its date, and the new one from there."""
    hostile = scene.hostile
    before, keys = rotated(scene, 3)
    with scene.unchanged("letters_in"):
        long_ago = hostile.clock.now() - dt.timedelta(days=9)
        scene.refused("key", hostile.known_card(number=1, key=keys.document))
        scene.accepted(*(hostile.known_card(key=before.document) for _ in range(3)))
        scene.refused("key", hostile.known_card(number=4, key=before.document))
        scene.refused("key", hostile.known_card(number=4, key=before.document, made=long_ago))
        scene.accepted(hostile.known_card(number=4, key=keys.document))


@attack("A13")
def a_rotation_that_contradicts_itself(scene: Scene) -> None:
    hostile = scene.hostile
    card = hostile.signed_card(hostile.next_keys())
    with scene.unchanged():
        for said in ({}, {"last_urgent": 5}, {"last_urgent": 0, "last_ordinary": 0}):
            scene.refuses("positions", "card", CardLetter(card=card.text, **said))
        same = hostile.signed_card(hostile.next_keys(), generation=1)
        scene.refuses("state", "card", CardLetter(card=same.text, **LAST))
        used = hostile.signed_card(hostile.next_keys(), seal=hostile.card.card.seal)
        scene.refuses("state", "card", CardLetter(card=used.text, **LAST))


@attack("A14")
def a_stolen_key_after_its_revocation(scene: Scene) -> None:
    hostile, house = scene.hostile, scene.house
    scene.accepted(hostile.known_card(), hostile.known_card())
    before, keys = rotated(scene, 100)
    service.revoke_card(
        house.here.office, ADMINISTRATOR, hostile.origin, 1, {Lane.URGENT: 1, Lane.ORDINARY: 2}, "stolen"
    )
    with scene.unchanged("letters_in"):
        assert hostile.call("GET", CARD).status_code == 403  # the thief has the channel's key, too
        hostile.goes_over(keys, hostile.card)
        house.here.correspondence.look()
        scene.refused("key", hostile.known_card(number=3, key=before.document))
        scene.accepted(hostile.known_card(number=3))


@attack("A14")
def a_partner_that_was_revoked(scene: Scene) -> None:
    hostile = scene.hostile
    scene.accepted(hostile.known_card())
    service.revoke(scene.house.here.office, ADMINISTRATOR, hostile.origin, "it was taken over")
    with scene.unchanged("letters_in"):
        for path in (CARD, "/liaison/v1/ledger/checkpoint"):
            assert hostile.call("GET", path).status_code == 403
        body = canonical.encode({"letters": [hostile.known_card().decode()]})
        assert hostile.call("POST", "/liaison/v1/letters", body).status_code == 403


# --- A15, A17: more, and otherwise, than was agreed --------------------------------------------------------------


@attack("A15")
def a_dictionary_of_names(scene: Scene) -> None:
    hostile = scene.hostile
    with scene.unchanged():
        for count in (QUOTA + 1, 50_000, 100_000):
            scene.refuses("over-quota", "request", an_opening(hostile, count))


@attack("A15")
def a_dictionary_in_small_pieces(scene: Scene) -> None:
    """Requests add up; what was never sent of an opened one counts, too."""
    hostile = scene.hostile
    for count in (QUOTA - 500, 500):
        scene.accepted(hostile.letter("request", an_opening(hostile, count)))
    with scene.unchanged():
        for _ in range(3):
            scene.refuses("over-quota", "request", an_opening(hostile))


@attack("A15")
def a_dictionary_of_corrections(scene: Scene) -> None:
    """Who corrects a name asks about another: corrections count as questions do."""
    hostile = scene.hostile
    opening = asked(scene)
    scene.accepted(hostile.letter("request", an_opening(hostile, QUOTA - 3)))
    entries = (Entry(number=1, subject=gezim(birthplace="Pejë")),)
    for revision in (1, 2):
        body = Corrected(request=opening.id, revision=revision, subjects=entries, reason="another name")
        scene.accepted(hostile.letter("request-corrected", body))
    scene.house.work()
    with scene.unchanged():
        body = Corrected(request=opening.id, revision=3, subjects=entries, reason="another name")
        scene.refuses("over-quota", "request-corrected", body)


@attack("A17")
def what_the_agreement_does_not_name(scene: Scene) -> None:
    hostile = scene.hostile
    today = hostile.clock.now().date()
    with scene.unchanged():
        for said in (
            {"purpose": Purpose.PROSECUTION},
            {"purpose": Purpose.BORDER_CHECK, "offence": ""},
            {"offence": "fraud"},
            {"exchange": "convictions"},
            {"exchange": "anything"},
        ):
            scene.refuses("not-agreed", "request", an_opening(hostile, **said))
        scene.refuses("unknown-instrument", "request", an_opening(hostile, instrument="martial-law"))
        for said in ({"purpose": Purpose.PROSECUTION}, {"offence": "fraud"}):
            scene.refuses("not-agreed", "supply", parcel(supplied(hostile, an_item(hostile, **said))))
        everybody = ConvictionsAsked(
            id=new_id("request"),
            reference="1",
            nationality=Country("ALB"),
            since=today - dt.timedelta(days=9000),
            until=today,
            instrument="ecris-2009-315",
            purpose=Purpose.INVESTIGATION,
            copied=Copied(copied=False, exception="central-authority"),
            contact="desk",
        )
        scene.refuses("not-agreed", "convictions-asked", everybody)
