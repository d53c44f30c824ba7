"""What a hostile partner tries with records of others, and with answers to nobody (A18, A19 and A32)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from liaison.assistance.messages import (
    Acknowledged,
    Answer,
    Answers,
    Clarified,
    Clarify,
    Closed,
    Conviction,
    Convictions,
    Entry,
    Part,
    Result,
    Spontaneous,
    Triaged,
    Withdrawn,
)
from liaison.model import canonical
from liaison.model.grounds import Purpose
from liaison.model.identifiers import Country
from liaison.office import new_id
from liaison.partners.cards import packed, unpacked
from liaison.supply import letters
from liaison.supply.consent import ConsentToken, sign_token
from liaison.supply.documents import Confirmation, Kind, Outcome, Report, Told
from liaison.supply.items import Supplied, digest, sign_item
from liaison.supply.letters import Answering, Asking, Parcel
from liaison.supply.letters import Result as Led
from liaison.supply.signing import Type, signed
from tests.hostile_content import H1, H2, OPEN, STRICT, an_item, asked, held_of, notice, parcel, supplied
from tests.hostile_house import Partner
from tests.hostile_partner import Scene, attack
from tests.screening.node import gezim

# --- A18, A19: of others, for others -----------------------------------------------------------------------------


@attack("A18")
def items_that_came_a_way_they_do_not_say(scene: Scene) -> None:
    hostile, honest = scene.hostile, scene.honest
    mine, theirs = supplied(hostile), supplied(honest)
    with scene.unchanged():
        for chain in (
            (honest.origin,),
            (hostile.origin, honest.origin),
            (hostile.origin, "house.example"),
            ("house.example", hostile.origin),
        ):
            scene.refuses("bad-chain", "supply", parcel(msgspec.structs.replace(mine, chain=chain)))
        mine_as_theirs = msgspec.structs.replace(mine, chain=(honest.origin, hostile.origin))
        scene.refuses("bad-item", "supply", parcel(mine_as_theirs))
        theirs_as_mine = msgspec.structs.replace(theirs, chain=(hostile.origin,))
        scene.refuses("bad-item", "supply", parcel(theirs_as_mine))
        unknown = ("far.example", hostile.origin)
        scene.refuses("unknown-originator", "supply", parcel(msgspec.structs.replace(mine, chain=unknown)))
        shown = msgspec.structs.replace(mine, chain=unknown, card=honest.card.text)
        scene.refuses("bad-card", "supply", parcel(shown))
        scene.refuses("bad-card", "supply", parcel(msgspec.structs.replace(shown, card="no card")))


@attack("A18")
def one_bad_item_among_good_ones(scene: Scene) -> None:
    """All of a letter is taken, or nothing."""
    hostile = scene.hostile
    with scene.unchanged():
        bad = supplied(hostile, an_item(hostile, offence="fraud"))
        scene.refuses("not-agreed", "supply", parcel(supplied(hostile), supplied(hostile), bad))
        why = "They belong to the same network of couriers."
        body = Spontaneous(
            id="s-1", purpose=Purpose.INVESTIGATION, reason=why, items=(supplied(hostile), bad)
        )
        scene.refuses("not-agreed", "spontaneous", body)


@attack("A19")
def an_item_passed_on_without_consent(scene: Scene) -> None:
    hostile, honest = scene.hostile, scene.honest
    item = an_item(honest, handling=STRICT)
    through = {"chain": (honest.origin, hostile.origin), "card": honest.card.text}
    given = supplied(honest, item, **through)
    values: dict[str, Any] = {
        "federation": "test",
        "id": "consent-1",
        "originator": honest.origin,
        "item": item.id,
        "holder": hostile.origin,
        "recipient": "house.example",
        "lifts": (H2,),
        "purpose": Purpose.INVESTIGATION,
        "made": hostile.clock.now() - dt.timedelta(hours=2),
        "expires": hostile.clock.now() + dt.timedelta(days=1),
    }

    def consented(by: Partner, **said: Any) -> Parcel:
        token = sign_token(ConsentToken(**(values | said)), by.keys.document)
        return parcel(msgspec.structs.replace(given, consent=token))

    with scene.unchanged():
        scene.refuses("no-consent", "supply", parcel(given))
        lower = msgspec.structs.replace(given, added=OPEN)
        scene.refuses("no-consent", "supply", parcel(lower))
        scene.refuses("bad-consent", "supply", consented(hostile))
        for said in (
            {"recipient": hostile.origin},
            {"holder": "house.example"},
            {"item": "item-other"},
            {"lifts": (H1,)},
            {"purpose": Purpose.PROSECUTION},
            {"expires": hostile.clock.now() - dt.timedelta(hours=1)},
        ):
            scene.refuses("no-consent", "supply", consented(honest, **said))


@attack("A19")
def a_code_that_was_stripped(scene: Scene) -> None:
    hostile, honest = scene.hostile, scene.honest
    item = an_item(honest, handling=STRICT)
    through = {"chain": (honest.origin, hostile.origin), "card": honest.card.text}
    with scene.unchanged():
        anew = sign_item(msgspec.structs.replace(item, handling=OPEN), hostile.keys.document)
        scene.refuses("bad-item", "supply", parcel(Supplied(item=anew, **through)))
        head, body, mark = sign_item(item, honest.keys.document).split(".")
        edited = unpacked(body).replace(b'"codes":["H0","H2"]', b'"codes":["H0"]')
        assert edited != unpacked(body)
        forged = f"{head}.{packed(edited)}.{mark}"
        scene.refuses("bad-item", "supply", parcel(Supplied(item=forged, **through)))
        for field in ("handling", "graded"):
            said = canonical.decode(canonical.encode(an_item(hostile)))
            del said[field]
            text = signed(Type.ITEM, said, hostile.keys.document)
            scene.refuses("bad-item", "supply", parcel(Supplied(item=text, chain=(hostile.origin,))))


# --- A32: what is not theirs -------------------------------------------------------------------------------------


@attack("A32")
def a_recall_of_anothers_item(scene: Scene) -> None:
    hostile, honest = scene.hostile, scene.honest
    item = held_of(scene)
    with scene.unchanged():
        for kind in (Kind.RECALL, Kind.ERASE, Kind.RESTRICT, Kind.UNRESTRICT):
            told = Told(notice=notice(hostile, item.id, kind), chain=(hostile.origin,))
            scene.refuses("not-originator", "supply-notice", told)
        theirs = notice(hostile, item.id, originator=honest.origin)
        for chain in ((honest.origin, hostile.origin), (hostile.origin,)):
            scene.refuses("bad-notice", "supply-notice", Told(notice=theirs, chain=chain))


@attack("A32")
def a_correction_of_anothers_item(scene: Scene) -> None:
    hostile = scene.hostile
    item = held_of(scene)
    with scene.unchanged():
        other = sign_item(an_item(hostile, id=item.id, revision=2), hostile.keys.document)
        correct = notice(hostile, item.id, Kind.CORRECT, replacement=digest(other))
        told = Told(notice=correct, chain=(hostile.origin,), replacement=other)
        scene.refuses("not-originator", "supply-notice", told)
        scene.refuses("bad-notice", "supply-notice", msgspec.structs.replace(told, replacement=""))
        same = an_item(hostile, id=item.id)
        scene.refuses("conflict", "supply", parcel(supplied(hostile, same)))


@attack("A32")
def words_about_anothers_item(scene: Scene) -> None:
    """An outcome, a request for permission, an answer to one, a confirmation: of what one never had."""
    hostile, now = scene.hostile, scene.hostile.clock.now()
    item = held_of(scene)
    with scene.unchanged():
        for about in (item.id, new_id("item")):
            led = letters.Told(
                id=new_id("outcome"),
                item=about,
                result=Led.ARREST,
                words="He was arrested.",
                handling=OPEN,
                on=now.date(),
                made=now,
            )
            scene.refuses("unknown-item", "outcome", led)
            asking = Asking(
                id=new_id("permission"),
                item=about,
                lifts=(H2,),
                recipient="c.example",
                purpose=Purpose.INVESTIGATION,
                why="They ask for it.",
                made=now,
            )
            scene.refuses("unknown-item", "permission-asked", asking)
            answering = Answering(id=new_id("permission"), item=about, why="Yes.", made=now)
            scene.refuses("unknown-request", "permission-answered", answering)
            chain = ("house.example", hostile.origin)
            done = Confirmation(
                federation="test", notice="notice-1", item=about, chain=chain, outcome=Outcome.DONE, at=now
            )
            document = signed(Type.CONFIRMATION, done, hostile.keys.document)
            scene.refuses("unknown-item", "supply-report", Report(document=document, chain=chain))


@attack("A32")
def answers_that_nobody_asked_for(scene: Scene) -> None:
    hostile, now, today = scene.hostile, scene.hostile.clock.now(), scene.hostile.clock.now().date()
    request = asked(scene).id
    person = gezim(nationalities=(Country("FRA"),))
    conviction = Conviction(
        id="c-1",
        person=person,
        country=Country("FRA"),
        court="Paris",
        decided=today,
        final=today,
        offences=("0100-00",),
        sanctions=(),
        source="file 1",
    )
    with scene.unchanged():
        for thread in (new_id("request"), request):  # its own request is no request of ours
            item = (supplied(hostile),)
            answers = Answers(
                request=thread, number=1, answers=(Answer(number=1, result=Result.FULL, items=item),)
            )
            for kind, body in (
                ("answers", answers),
                ("request-received", Acknowledged(request=thread, received=now, subjects=1, digest="0" * 64)),
                ("request-triaged", Triaged(request=thread, counts={"direct": 1})),
                ("clarification-asked", Clarify(request=thread, id="talk-1", question="Which one?")),
            ):
                scene.refuses("unknown-request", kind, body)
        clarified = Clarified(request=request, id="talk-none", answer="The white one")
        scene.refuses("unknown-question", "clarification-given", clarified)
        none = new_id("request")
        for kind, body in (
            ("request-withdrawn", Withdrawn(request=none)),
            ("request-closed", Closed(request=none, outcome="arrest")),
            ("clarification-given", Clarified(request=none, id="talk-1", answer="Yes")),
            ("request-part", Part(request=none, number=1, subjects=(Entry(number=1, subject=gezim()),))),
        ):
            scene.refuses("unknown-request", kind, body)
        unasked = Convictions(id="n-1", notices=(conviction,))
        scene.refuses("not-our-national", "convictions", unasked)
