"""How two agencies pair, agree, renew, end and revoke."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from liaison.model.categories import Category
from liaison.model.errors import BadInput, BadNote, Conflict, NotFound, NotLawful
from liaison.officers import notices
from liaison.partners import directory, own, reading, service, taking
from liaison.partners.agreement import Cap, Gateway, GatewayKind, SignedAgreement, sign_agreement
from liaison.partners.cards import read_card
from liaison.partners.directory import LinkClosed, PartnerState
from liaison.partners.recording import ITSELF
from liaison.partners.rules import KeyNotValid, Lane
from liaison.partners.service import Pairing, View
from liaison.storage.tables.partners import AGREEMENTS, PARTNERS
from tests.node_fixtures import START, both_databases
from tests.partners.pairs import (
    ADMINISTRATOR,
    FEDERATION,
    INVESTIGATOR,
    SUPERVISOR,
    TERMS,
    Side,
    agree,
    pair,
    two_sides,
)

Two = tuple[Side, Side]


def state(side: Side, other: Side) -> PartnerState:
    return side.knows(other).state_at(side.office.now())


@both_databases
def test_two_agencies_pair_and_agree(tmp_path: Path, kind: str) -> None:
    with two_sides(tmp_path, kind) as (left, right):
        pair(left, right)
        assert state(left, right) is PartnerState.PROPOSED
        signed = agree(left, right)
        assert signed.complete
        for one, other in ((left, right), (right, left)):
            found = one.knows(other)
            assert found.state_at(one.office.now()) is PartnerState.ACTIVE
            assert found.agreement == signed.agreement
            assert directory.require_open(found, one.office.now()) == signed.agreement
        assert left.verbs() == [
            "own-card-signed",
            "partner-paired",
            "agreement-proposed",
            "agreement-in-force",
        ]
        assert right.verbs()[2:] == ["agreement-received", "agreement-signed", "agreement-in-force"]


def test_a_node_of_any_status_enrols(sides: Two) -> None:
    """L34: a partner is a key, and its name stands on no list of states."""
    left, right = sides
    assert "xk" in right.origin
    assert left.takes(right.card()).origin == "prosecutor.xk.example"


@pytest.mark.parametrize("change", ["", "0" * 64, "one less", "other node"])
def test_a_card_is_not_taken_without_its_fingerprint(sides: Two, change: str) -> None:
    left, right = sides
    card = right.card()
    digits = card.card.fingerprint
    told = {"one less": digits[:-1], "other node": f"liaison-card:1:else.example:{digits}"}.get(
        change, change
    )
    with pytest.raises(BadInput):
        service.pair(left.office, ADMINISTRATOR, left.vkey, FEDERATION, Pairing(card.text, told))
    with pytest.raises(NotFound):
        left.knows(right)


def test_a_fingerprint_is_taken_as_it_is_read_or_scanned(sides: Two) -> None:
    left, right = sides
    card = right.card()
    for told in (
        card.card.fingerprint.upper(),
        card.card.fingerprint.replace(" ", ":"),
        service.qr_text(card),
    ):
        service.pair(left.office, ADMINISTRATOR, left.vkey, FEDERATION, Pairing(card.text, told))
    assert left.verbs() == ["partner-paired"]  # the same card again is nothing new


def test_a_card_of_another_federation_or_ones_own_is_refused(sides: Two) -> None:
    left, right = sides
    with pytest.raises(Conflict, match="federation"):
        left.takes(right.tells(federation="rehearsal"))
    with pytest.raises(Conflict, match="own card"):
        left.takes(left.card())


def test_each_step_is_for_whom_the_law_names(paired: Two) -> None:
    left, right = paired
    card = right.card()
    given = Pairing(card.text, card.card.fingerprint)
    for actor in (SUPERVISOR, INVESTIGATOR):
        with pytest.raises(NotLawful):
            service.pair(left.office, actor, left.vkey, FEDERATION, given)
        with pytest.raises(NotLawful):
            service.revoke(left.office, actor, right.origin)
        with pytest.raises(NotLawful):
            service.revoke_card(left.office, actor, right.origin, 1)
        with pytest.raises(NotLawful):
            service.own_card(left.office, actor, left.identity, left.keys, left.told)
    proposed = right.proposes(left)
    for actor in (ADMINISTRATOR, INVESTIGATOR):
        with pytest.raises(NotLawful):
            service.propose(left.office, actor, left.identity, right.origin, TERMS, "DPIA-1")
        with pytest.raises(NotLawful):
            service.receive(left.office, actor, left.vkey, right.origin, proposed.text)
        with pytest.raises(NotLawful):
            service.sign(left.office, actor, left.identity, right.origin, proposed.agreement.digest, "DPIA-1")
        with pytest.raises(NotLawful):
            service.end(left.office, actor, right.origin)
        with pytest.raises(NotLawful):
            service.assess(left.office, actor, right.origin, View())
    assert state(left, right) is PartnerState.PROPOSED


def test_an_expired_gateway_closes_the_link_and_a_renewal_opens_it(agreed: Two) -> None:
    """L13."""
    left, right = agreed
    now = left.office.now
    expires = TERMS.gateway.expires
    assert expires is not None
    left.clock.time = right.clock.time = expires - timedelta(microseconds=1)
    assert state(left, right) is PartnerState.ACTIVE
    left.clock.time = right.clock.time = expires
    assert state(left, right) is PartnerState.CLOSED
    with pytest.raises(LinkClosed, match="ended on"):
        directory.require_open(left.knows(right), now())
    assert not directory.facts(left.knows(right), now()).open
    later = replace(
        TERMS, gateway=Gateway(kind=GatewayKind.ADEQUACY, reference="2", expires=expires + timedelta(9))
    )
    with pytest.raises(Conflict, match="ended"):
        left.proposes(right)
    agree(right, left, later)
    assert state(left, right) is state(right, left) is PartnerState.ACTIVE
    assert left.knows(right).agreement == right.knows(left).agreement
    assert directory.facts(left.knows(right), now()).open


def test_supervisors_are_told_once_before_a_gateway_ends(agreed: Two) -> None:
    left, right = agreed
    left.clock.forward(days=59)
    assert service.warn(left.office) == 0
    left.clock.forward(days=2)
    assert service.warn(left.office) == 1
    assert service.warn(left.office) == 0
    (told,) = notices.waiting(left.office, SUPERVISOR)
    assert (told.kind, told.object) == ("partner-closing", left.knows(right).id)
    assert notices.waiting(left.office, INVESTIGATOR) == []
    assert left.verbs()[-1] == "partner-closing"


def test_a_document_signed_by_one_side_alone_opens_nothing(paired: Two) -> None:
    left, right = paired
    proposed = left.proposes(right)
    assert right.receives(left, proposed) == "proposed"
    assert right.receives(left, proposed) == "known"
    for one, other in ((left, right), (right, left)):
        assert state(one, other) is PartnerState.PROPOSED
        with pytest.raises(LinkClosed):
            directory.require_open(one.knows(other), one.office.now())


def test_a_proposal_that_was_changed_on_the_way_is_refused(paired: Two) -> None:
    left, right = paired
    proposed = left.proposes(right)
    forged = SignedAgreement(replace_agreement(proposed, quota=9999).agreement, proposed.signatures)
    with pytest.raises(BadNote):
        right.receives(left, forged)


def replace_agreement(signed: SignedAgreement, **changed: object) -> SignedAgreement:
    return SignedAgreement(msgspec.structs.replace(signed.agreement, **changed), {})


@pytest.mark.parametrize("changed", [{"capabilities": ("bulk",)}, {"capabilities": ("bulk", "recall", "x")}])
def test_a_partner_cannot_negotiate_down_or_up(paired: Two, changed: dict[str, object]) -> None:
    """A34: what both can do is what both say, and no proposal says less."""
    left, right = paired
    proposed = replace_agreement(left.proposes(right), **changed)
    agreement = proposed.agreement
    signed = SignedAgreement(agreement, {left.origin: sign_agreement(agreement, left.identity)})
    with pytest.raises(BadInput, match="both nodes can do"):
        right.receives(left, signed)
    assert state(right, left) is PartnerState.PROPOSED


def test_nothing_agreed_is_given_up_by_a_later_card_or_agreement(agreed: Two) -> None:
    """A34."""
    left, right = agreed
    with pytest.raises(BadInput, match="downgrade"):
        left.takes(right.tells(capabilities=("bulk",)))
    with pytest.raises(BadInput, match="downgrade"):
        left.takes(right.rotates())
    assert len(left.knows(right).generations) == 1
    right.takes(left.tells(versions=(1, 2)))
    left.takes(right.tells(capabilities=("bulk", "onward", "recall"), versions=(1, 2)))
    agree(left, right)
    assert left.knows(right).agreement.version == 2
    with pytest.raises(BadInput, match="version"):
        left.takes(right.tells(versions=(1,)))


def test_an_older_agreement_never_comes_back(paired: Two) -> None:
    left, right = paired
    wide = agree(left, right)
    narrow = agree(left, right, replace(TERMS, quota=5))
    assert right.receives(left, wide) == "known"
    assert right.knows(left).agreement == narrow.agreement
    service.end(right.office, SUPERVISOR, left.origin)
    assert state(right, left) is PartnerState.PROPOSED
    for old in (wide, narrow):
        with contextlib.suppress(Conflict):
            assert right.receives(left, old) == "known"
    assert state(right, left) is PartnerState.PROPOSED


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"federation": "rehearsal"}, "federation"),
        ({"gateway": Gateway(kind=GatewayKind.ADEQUACY, reference="1", expires=START)}, "has ended"),
    ],
)
def test_a_proposal_that_cannot_hold_is_not_taken(paired: Two, changed: dict[str, object], says: str) -> None:
    left, right = paired
    agreement = replace_agreement(left.proposes(right), **changed).agreement
    signed = SignedAgreement(agreement, {left.origin: sign_agreement(agreement, left.identity)})
    with pytest.raises(Conflict, match=says):
        right.receives(left, signed)


def test_a_proposal_that_the_partner_did_not_sign_is_not_taken(paired: Two) -> None:
    left, right = paired
    unsigned = SignedAgreement(left.proposes(right).agreement, {})
    with pytest.raises(BadInput, match="did not sign"):
        right.receives(left, unsigned)


def test_a_new_generation_has_new_keys_in_every_use(paired: Two) -> None:
    left, right = paired
    old = right.keys
    own.make_keys(right.folder, 2)
    for name in ("document", "channel", "seal", "certificate"):
        right.keys = replace(own.load_keys(right.folder, 2), **{name: getattr(old, name)})
        right.clock.forward(days=1)
        with pytest.raises(Conflict, match="older card"):
            left.takes(right.card())
    assert len(left.knows(right).generations) == 1


def test_a_number_serves_once(agreed: Two) -> None:
    left, right = agreed
    held = right.knows(left).agreement
    assert held is not None
    again = replace_agreement(SignedAgreement(held, {}), quota=7).agreement
    signed = SignedAgreement(again, {left.origin: sign_agreement(again, left.identity)})
    with pytest.raises(Conflict, match="is known"):
        right.receives(left, signed)
    assert right.knows(left).agreement == held


def test_two_proposals_that_cross_end_in_one_agreement(paired: Two) -> None:
    left, right = paired
    mine, theirs = left.proposes(right), right.proposes(left, replace(TERMS, quota=7))
    assert left.receives(right, theirs) == right.receives(left, mine) == "proposed"
    by_left, by_right = left.signs(right, theirs), right.signs(left, mine)
    left.receives(right, by_right)
    right.receives(left, by_left)
    assert left.knows(right).agreement == right.knows(left).agreement
    assert state(left, right) is state(right, left) is PartnerState.ACTIVE


def test_keys_rotate_with_overlap_and_count_by_position(agreed: Two) -> None:
    """A13: by the position in the lane and never by a date."""
    left, right = agreed
    old = right.keys
    right.takes(left.card())
    card = right.rotates()

    def take(connection):  # type: ignore[no-untyped-def]
        known = directory.partner(connection, right.origin)
        return taking.take_card(
            left.office, connection, known, card, ITSELF, {Lane.URGENT: 3, Lane.ORDINARY: 10}
        )

    assert left.office.write(take) == "rotated"
    left.clock.forward(days=4000)
    found = left.knows(right)
    assert [each.generation for each in found.cards] == [2, 1]
    assert found.card.document_id == right.keys.document_id != old.document_id
    assert found.signer_of(old.document_id, Lane.ORDINARY, 10).generation == 1
    assert found.signer_of(right.keys.document_id, Lane.ORDINARY, 11).generation == 2
    assert found.signer_of(old.document_id, Lane.URGENT, 3).generation == 1
    for document_id, lane, number in (
        (old.document_id, Lane.ORDINARY, 11),
        (old.document_id, Lane.URGENT, 4),
        (right.keys.document_id, Lane.ORDINARY, 10),
        (right.keys.document_id, Lane.URGENT, 1),
        ("0" * 16, Lane.ORDINARY, 11),
    ):
        with pytest.raises(KeyNotValid):
            found.signer_of(document_id, lane, number)
    assert [each.generation for each in right.keys.every] == [2, 1]


def test_a_revoked_generation_counts_up_to_its_position_and_no_further(agreed: Two) -> None:
    """A14."""
    left, right = agreed
    service.revoke_card(left.office, ADMINISTRATOR, right.origin, 1, {Lane.ORDINARY: 5})
    found = left.knows(right)
    assert found.cards == ()
    assert found.signer_of(right.keys.document_id, Lane.ORDINARY, 5).generation == 1
    for lane, number in ((Lane.ORDINARY, 6), (Lane.URGENT, 1)):
        with pytest.raises(KeyNotValid):
            found.signer_of(right.keys.document_id, lane, number)
    with pytest.raises(NotFound):
        left.office.read(lambda c: directory.by_channel_key(c, right.keys.channel_id))
    with pytest.raises(Conflict, match="revoked"):
        left.takes(right.tells(agency="Another name"))
    left.takes(right.rotates())
    assert [each.generation for each in left.knows(right).cards] == [2]
    with pytest.raises(NotFound):
        service.revoke_card(left.office, ADMINISTRATOR, right.origin, 9)


def test_a_revoked_partner_is_done_with_until_it_pairs_with_new_keys(agreed: Two) -> None:
    """A14."""
    left, right = agreed
    service.revoke(left.office, ADMINISTRATOR, right.origin)
    assert state(left, right) is PartnerState.REVOKED
    found = left.knows(right)
    assert (found.cards, found.agreement) == ((), None)
    with pytest.raises(LinkClosed, match="revoked"):
        directory.require_open(found, left.office.now())
    with pytest.raises(KeyNotValid):
        found.signer_of(right.keys.document_id, Lane.URGENT, 1)
    with pytest.raises(Conflict, match="revoked"):
        left.proposes(right)
    with pytest.raises(Conflict, match="revoked"):
        left.receives(right, right.proposes(left))
    with pytest.raises(Conflict, match="revoked"):
        left.takes(right.card())
    left.takes(right.rotates())
    assert state(left, right) is PartnerState.PROPOSED


def test_the_same_generation_with_other_keys_is_evidence_and_refused(paired: Two, tmp_path: Path) -> None:
    left, right = paired
    (tmp_path / "twin").mkdir()
    own.make_keys(tmp_path / "twin", 1)
    right.keys = own.load_keys(tmp_path / "twin", 1)
    right.clock.forward(days=1)
    with pytest.raises(Conflict, match="other keys"):
        left.takes(right.card())


def test_an_older_card_does_not_come_back(paired: Two) -> None:
    left, right = paired
    first = right.card()
    left.takes(right.tells(addresses=("https://new.example:8443",)))
    with pytest.raises(Conflict, match="newer card"):
        left.takes(first)
    assert left.knows(right).card.addresses == ("https://new.example:8443",)


def test_a_card_is_signed_anew_only_where_it_says_something_else(sides: Two) -> None:
    left, _ = sides
    first = left.card()
    left.clock.forward(days=1)
    assert left.card() == first
    left.clock.forward(days=-9)
    second = left.tells(agency="Renamed")
    assert second.card.made > first.card.made  # also where the clock went back
    assert read_card(second.text) == second
    left.rotates()
    assert left.verbs() == ["own-card-signed", "own-card-signed", "own-keys-rotated"]


def test_what_is_not_said_of_a_partner_permits_least(agreed: Two) -> None:
    left, right = agreed
    now = left.office.now()
    facts = directory.facts(left.knows(right), now, used=1999)
    assert (facts.capital, facts.origin, facts.within) == (True, True, False)
    assert (facts.quota_left, facts.open, facts.purposes) == (1, True, {*TERMS.purposes})
    assert (facts.offences, facts.exchanges) == ({*TERMS.offences}, {*TERMS.exchanges})
    assert directory.facts(left.knows(right), now, used=9999).quota_left == 0
    service.assess(
        left.office, SUPERVISOR, right.origin, View(capital=False, state_of_origin=False), "DPIA-1"
    )
    facts = directory.facts(left.knows(right), now)
    assert (facts.capital, facts.origin) == (False, False)
    assert b"capital" not in right.knows(left).agreement.content


def test_without_an_agreement_nothing_is_permitted(paired: Two) -> None:
    left, right = paired
    facts = directory.facts(left.knows(right), left.office.now())
    named = facts.purposes | facts.offences | facts.exchanges
    assert (facts.open, named, facts.quota_left) == (False, frozenset(), 0)


def test_a_point_of_contact_is_sealed_and_its_reading_recorded(sides: Two) -> None:
    left, right = sides
    card = right.card()
    given = Pairing(card.text, card.card.fingerprint, "Prosecutor", "Duty desk, extension 4711")
    service.pair(left.office, ADMINISTRATOR, left.vkey, FEDERATION, given)
    row = left.office.read(lambda connection: connection.execute(select(PARTNERS)).one())
    assert b"4711" not in row.sealed
    shown = reading.shown(left.office, SUPERVISOR, right.origin)
    assert (shown.contact, shown.row.name) == ("Duty desk, extension 4711", "Prosecutor")
    assert left.verbs()[-1] == "partner-read"


def test_the_list_says_what_waits_for_this_side(paired: Two) -> None:
    left, right = paired
    right.receives(left, left.proposes(right))
    (row,) = reading.listed(right.office, SUPERVISOR)
    assert (row.waiting, row.state, row.origin) == (1, PartnerState.PROPOSED, left.origin)
    (row,) = reading.listed(left.office, SUPERVISOR)
    assert row.waiting == 0
    nobody = replace_roles()
    assert reading.listed(right.office, nobody) == []
    with pytest.raises(NotFound):
        reading.shown(right.office, nobody, left.origin)


def replace_roles():  # type: ignore[no-untyped-def]
    return msgspec.structs.replace(SUPERVISOR, roles=frozenset())


def test_a_withdrawn_proposal_cannot_be_signed_any_more(paired: Two) -> None:
    left, right = paired
    proposed = left.proposes(right)
    right.receives(left, proposed)
    service.end(left.office, SUPERVISOR, right.origin)
    signed = right.signs(left, proposed)
    with pytest.raises(Conflict, match="withdrawn"):
        left.receives(right, signed)
    assert state(left, right) is PartnerState.PROPOSED


def test_terms_travel_whole(paired: Two) -> None:
    left, right = paired
    caps = (Cap(days=365), Cap(days=30, category=Category.VICTIM))
    agree(left, right, replace(TERMS, caps=caps))
    agreement = right.knows(left).agreement
    assert (agreement.cap(Category.VICTIM), agreement.cap(Category.SUSPECT), agreement.cap(None)) == (
        30,
        365,
        365,
    )
    assert agreement.capabilities == ("bulk", "recall")
    rows = left.office.read(lambda connection: connection.execute(select(AGREEMENTS)).all())
    assert [row.digest for row in rows] == [agreement.digest]
