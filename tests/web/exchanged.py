"""What a unit has of supply, for the sweep: an item of a partner's, one of ours, permissions either way, an intake."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
from sqlalchemy import Connection, insert

from liaison.model.categories import Category
from liaison.model.grounds import Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.model.scales import Graded
from liaison.model.subjects import Name, Person
from liaison.partners import directory, own, taking
from liaison.partners.agreement import SignedAgreement, sign_agreement
from liaison.partners.recording import ITSELF
from liaison.policy import Actor
from liaison.storage.tables.supply import RECIPIENTS, SUPPLIED
from liaison.supply import contributions, keeping, permissions, receiving, sending
from liaison.supply.items import Item, Supplied, digest, sign_item
from liaison.supply.keeping import Kept
from liaison.supply.letters import Asking
from liaison.supply.permissions import Wish
from liaison.supply.receiving import Where
from tests.partners.pairs import signer
from tests.web.payloads import DOCUMENTS, REASON
from tests.web_fixtures import Desk, Officer

PARTNER = "other.example"


def supply_of(
    desk: Desk, keys: Path, asker: Officer, clerk: Officer, owned: dict[str, str]
) -> dict[str, str]:
    """Ids of what there is of each kind. `keys` is the folder with the partner's keys."""
    office, means = desk.office, desk.node.means
    document = own.load_keys(keys, 1).document
    theirs, ours = _item(desk, "item-" + "e" * 26, PARTNER), _item(desk, "item-" + "f" * 26, means.origin)
    where = Where(sender=PARTNER, case=owned["case"])
    given = Supplied(item=sign_item(theirs, document), chain=(PARTNER,))
    office.write(lambda connection: receiving.receive(office, means, connection, where, [given]))
    office.write(lambda connection: _supplied(desk, connection, ours, owned["holding"], desk.actor(clerk)))
    wish = Wish(lifts=(HandlingCode.H1,), recipient="Court", purpose=Purpose.PROSECUTION, why=REASON)
    asked = permissions.ask(office, means, desk.actor(asker), theirs.id, wish)
    body = Asking(
        id="permission-" + "g" * 26,
        item=ours.id,
        lifts=wish.lifts,
        recipient=wish.recipient,
        purpose=wish.purpose,
        why=wish.why,
        made=office.now(),
    )
    office.write(lambda connection: permissions.take_asked(office, connection, PARTNER, body))
    return {
        "partner": PARTNER,
        "agreement": _proposed(desk),
        "item": theirs.id,
        "supplied-item": ours.id,
        "permission": body.id,
        "own-permission": asked,
        "intake": contributions.waiting(office, desk.actor(clerk))[0].id,
    }


def _proposed(desk: Desk) -> str:
    """The digest of an agreement that the partner proposes: the one in force, renewed."""
    known = desk.office.read(lambda connection: directory.partner(connection, PARTNER))
    assert known.agreement is not None
    theirs = signer(PARTNER, 77)
    renewed = msgspec.structs.replace(known.agreement, number=2, made=desk.clock.time)
    given = SignedAgreement(renewed, {PARTNER: sign_agreement(renewed, theirs)})
    mine = desk.office.read(directory.own_card).card.ledger

    def work(connection: Connection) -> None:
        taking.take_agreement(desk.office, connection, known, given, mine, ITSELF)

    desk.office.write(work)
    DOCUMENTS["agreement"] = given.text
    return renewed.digest


def _item(desk: Desk, key: str, originator: str) -> Item:
    today = desk.clock.time.date()
    return Item(
        federation=desk.node.means.federation,
        id=key,
        originator=originator,
        revision=1,
        subject=Person(names=(Name(full="Wolfgang Obermüller"),)),
        category=Category.SUSPECT,
        source="Coast guard",
        graded=Graded(original="B2"),
        handling=Handling(codes=(HandlingCode.H0,)),
        purpose=Purpose.INVESTIGATION,
        offence="trafficking-persons",
        law=("demo",),
        retention_until=today + timedelta(days=200),
        review_at=today + timedelta(days=100),
        made=desk.clock.time,
    )


def _supplied(desk: Desk, connection: Connection, item: Item, holding: str, actor: Actor) -> None:
    """An item of ours that the partner has, as sending keeps it."""
    office, now = desk.office, desk.office.now()
    text = sign_item(item, desk.node.own.document)
    (box,) = keeping.sealed(office.keys, [(keeping.about_item(item.id), keeping.written(Kept(item=text)))])
    row = {
        "id": item.id,
        "holding": holding,
        "version": 1,
        "record_state": "live",
        "revision": 1,
        "number": 0,
    }
    row |= {"state": "held", "handling": "H0", "purpose": item.purpose.value, "offence": item.offence}
    row |= {"request": "", "person": actor.person, "made": now, "digest": digest(text), "entry": 0}
    sealed = {"retention": now + timedelta(days=200), "key": box.key, "sealed": box.sealed}
    connection.execute(insert(SUPPLIED).values(**row, **sealed))
    chain = (desk.node.means.origin,)
    connection.execute(
        insert(RECIPIENTS).values(**sending.recipient_row(item.id, PARTNER, chain, actor, now, 0))
    )
