"""Agreements: the matrix of what may pass, signatures, and negotiation that never goes down."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.ledger.keys import parse_vkey
from liaison.model.categories import Category
from liaison.model.errors import BadInput, BadNote
from liaison.model.grounds import OFFENCES, Purpose
from liaison.model.handling import Handling, HandlingCode
from liaison.partners import directory
from liaison.partners.agreement import (
    CONTEXT,
    Agreement,
    Cap,
    Gateway,
    GatewayKind,
    SignedAgreement,
    negotiated,
    read_agreement,
    require_not_downgraded,
    sign_agreement,
    signed_bytes,
)
from liaison.partners.cards import SignedCard
from liaison.partners.directory import Partner, PartnerState
from liaison.partners.rules import CardState, Generation, require_successor, state_at, wins
from tests.partners.pairs import signer
from tests.partners.test_cards import a_card

LEFT, RIGHT = signer("police.example", 1), signer("prosecutor.example", 2)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
WORDS = st.lists(st.sampled_from(["bulk", "convictions", "onward", "recall", "x1"]), unique=True).map(
    lambda words: tuple(sorted(words))
)
VERSIONS = st.lists(st.integers(1, 4), min_size=1, unique=True).map(lambda held: tuple(sorted(held)))


def an_agreement(**changed: object) -> Agreement:
    said: dict[str, object] = {
        "federation": "test",
        "parties": (LEFT.verifier.vkey, RIGHT.verifier.vkey),
        "number": 1,
        "purposes": (Purpose.INVESTIGATION,),
        "offences": ("drugs",),
        "exchanges": ("request",),
        "gateway": Gateway(
            kind=GatewayKind.SAFEGUARDS, reference="Treaty 7", expires=NOW + timedelta(days=30)
        ),
        "quota": 10,
        "handling": Handling(codes=(HandlingCode.H1,)),
        "languages": ("en",),
        "caps": (Cap(days=30),),
        "made": NOW,
    }
    return Agreement(**(said | changed))  # type: ignore[arg-type]


def both(agreement: Agreement) -> SignedAgreement:
    return SignedAgreement(agreement, {each.name: sign_agreement(agreement, each) for each in (LEFT, RIGHT)})


def test_an_agreement_reads_as_it_was_signed() -> None:
    signed = both(an_agreement())
    assert read_agreement(signed.text) == signed
    assert signed.complete
    assert not read_agreement(SignedAgreement(signed.agreement, {}).text).complete


@pytest.mark.parametrize("seed", range(20))
def test_an_agreement_that_was_changed_anywhere_is_refused(seed: int) -> None:
    text = bytearray(both(an_agreement()).text.encode())
    text[(len(text) - 1) * seed // 20] ^= 1
    with pytest.raises(BadInput):
        read_agreement(bytes(text))


def test_a_signature_binds_both_keys_the_federation_and_the_document() -> None:
    """A05."""
    agreement = an_agreement()
    third = signer("third.example", 3)
    with pytest.raises(ValueError, match="parties"):
        sign_agreement(agreement, third)
    given = sign_agreement(agreement, LEFT)
    for other in (
        an_agreement(federation="rehearsal"),
        an_agreement(quota=11),
        an_agreement(parties=(LEFT.verifier.vkey, third.verifier.vkey)),
    ):
        with pytest.raises(BadNote):
            read_agreement(SignedAgreement(other, {LEFT.name: given}).text)
    for forged in (
        LEFT.sign_apart(b"liaison card v1\n", signed_bytes(agreement)),
        LEFT.sign_apart(CONTEXT, agreement.content),
        sign_agreement(agreement, RIGHT),
    ):
        with pytest.raises(BadNote):
            read_agreement(SignedAgreement(agreement, {LEFT.name: forged}).text)
    with pytest.raises(BadNote):
        read_agreement(SignedAgreement(agreement, {"third.example": given}).text)


@pytest.mark.parametrize(
    "changed",
    [
        {"parties": (RIGHT.verifier.vkey, LEFT.verifier.vkey)},
        {"parties": (LEFT.verifier.vkey, LEFT.verifier.vkey)},
        {"number": 0},
        {"version": 0},
        {"quota": 0},
        {"quota": 10**7},
        {"purposes": ()},
        {"exchanges": ()},
        {"exchanges": ("Request",)},
        {"offences": ("no such",)},
        {"languages": ()},
        {"caps": ()},
        {"caps": (Cap(days=3, category=Category.VICTIM),)},
        {"caps": (Cap(days=3), Cap(days=4))},
        {"made": datetime(2026, 3, 2)},
    ],
)
def test_terms_that_cannot_be_are_refused(changed: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        an_agreement(**changed)


@pytest.mark.parametrize("kind", [kind for kind in GatewayKind if kind is not GatewayKind.WITHIN])
def test_only_the_same_law_needs_no_end(kind: GatewayKind) -> None:
    with pytest.raises(BadInput, match="no end"):
        Gateway(kind=kind, reference="Treaty")
    assert Gateway(kind=GatewayKind.WITHIN, reference="Directive").expires is None
    with pytest.raises(BadInput, match="treaty"):
        Gateway(kind=kind, reference="", expires=NOW)


@given(
    st.sets(st.sampled_from(Purpose), min_size=1),
    st.sets(st.sampled_from(sorted(OFFENCES))),
    st.sets(st.sampled_from(["request", "spontaneous", "conviction", "nationals"]), min_size=1),
    st.integers(1, 5000),
    st.integers(0, 6000),
)
def test_the_matrix_is_exactly_what_was_signed(
    purposes: set[Purpose], offences: set[str], exchanges: set[str], quota: int, used: int
) -> None:
    """A17: no purpose, offence or kind of exchange is open but those named, in whatever order they were written."""
    agreement = an_agreement(
        purposes=tuple(purposes), offences=tuple(offences), exchanges=tuple(exchanges), quota=quota
    )
    again = read_agreement(both(agreement).text).agreement
    assert again == agreement
    facts = directory.facts(a_partner(agreement), NOW, used)
    for purpose in Purpose:
        assert (purpose in facts.purposes) == (purpose in purposes)
    for code in OFFENCES:
        assert (code in facts.offences) == (code in offences)
    assert facts.exchanges == exchanges
    assert facts.quota_left == max(0, quota - used)


def a_partner(agreement: Agreement | None, kept: PartnerState = PartnerState.ACTIVE) -> Partner:
    card = Generation(SignedCard(a_card(), b"", b""), CardState.CURRENT)
    return Partner("partner-1", RIGHT.name, "Them", kept, RIGHT.verifier.vkey, (card,), agreement, True, True)


@given(WORDS, VERSIONS, WORDS, VERSIONS)
def test_both_sides_negotiate_the_same_and_no_more_than_each_says(
    mine: tuple[str, ...], my_versions: tuple[int, ...], theirs: tuple[str, ...], versions: tuple[int, ...]
) -> None:
    """A34: the highest version that both speak, and what both can do."""
    one = a_card(capabilities=mine, versions=my_versions)
    other = a_card(capabilities=theirs, versions=versions)
    shared = {*my_versions} & {*versions}
    if not shared:
        with pytest.raises(BadInput, match="no version"):
            negotiated(one, other)
        return
    assert negotiated(one, other) == negotiated(other, one)
    capabilities, version = negotiated(one, other)
    assert {*capabilities} == {*mine} & {*theirs}
    assert version == max(shared)


@given(WORDS, st.integers(1, 4), WORDS, st.integers(1, 4))
def test_nothing_that_was_agreed_is_negotiated_away(
    before: tuple[str, ...], version: int, after: tuple[str, ...], later: int
) -> None:
    """A34."""
    former = an_agreement(capabilities=before, version=version)
    proposed = an_agreement(number=2, capabilities=after, version=later)
    if {*before} <= {*after} and later >= version:
        require_not_downgraded(former, after, later)
        require_successor(former, 1, proposed)
    else:
        with pytest.raises(BadInput, match="downgrade"):
            require_successor(former, 1, proposed)


@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 9), st.integers(1, 9))
def test_both_sides_come_to_the_same_agreement_in_any_order(
    first: int, second: int, quota: int, other: int
) -> None:
    one, two = an_agreement(number=first, quota=quota), an_agreement(number=second, quota=other)

    def settle(*arrived: Agreement) -> Agreement | None:
        held: Agreement | None = None
        for each in arrived:
            held = each if wins(held, each) else held
        return held

    assert settle(one, two) == settle(two, one)


@given(st.integers(-400, 400))
def test_a_link_is_open_up_to_the_end_of_its_gateway_and_no_longer(days: int) -> None:
    """L13."""
    agreement = an_agreement()
    at = NOW + timedelta(days=days)
    for kept in PartnerState:
        if kept is PartnerState.CLOSED:
            continue
        expected = kept
        if kept is PartnerState.ACTIVE:
            expected = PartnerState.ACTIVE if days < 30 else PartnerState.CLOSED
        assert state_at(kept, agreement, at) is expected
        assert directory.facts(a_partner(agreement, kept), at).open == (expected is PartnerState.ACTIVE)
    assert state_at(PartnerState.ACTIVE, None, at) is PartnerState.CLOSED


def test_the_same_law_has_no_end_and_says_so() -> None:
    gateway = Gateway(kind=GatewayKind.WITHIN, reference="Directive (EU) 2016/680")
    agreement = an_agreement(gateway=gateway)
    facts = directory.facts(a_partner(agreement), NOW + timedelta(days=9999))
    assert facts.within
    assert facts.open
    assert facts.gateway_expires is None
    assert parse_vkey(agreement.parties[0]).name == agreement.origins[0]
    assert msgspec.json.decode(agreement.content)["number"] == 1
