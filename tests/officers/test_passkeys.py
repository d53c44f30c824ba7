import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liaison.model.errors import BadInput, Conflict, NotFound, NotSignedIn, TooMany
from liaison.model.roles import Role
from liaison.officers import invitations, notices, passkeys, service, sessions
from liaison.officers.settings import Site
from liaison.officers.sign_in import sign_in_password
from liaison.officers.signed import Signed
from liaison.officers.states import Method
from liaison.storage.tables.officers import ATTEMPTS, PASSKEYS
from tests.node_fixtures import both_databases
from tests.officers.authenticator import ATTESTED, PRESENT, VERIFIED, Authenticator
from tests.officers.staff import CHEAP, WORDS, Agency
from tests.overseer import with_roles

BENT: list[dict[str, Any]] = [
    {"origin": "https://evil.example"},
    {"origin": "http://localhost"},
    {"rp_id": "evil.example"},
    {"challenge": "AAAA"},
    {"flags": PRESENT},  # the user was there, and was not verified
    {"flags": VERIFIED},  # verified, and not there
]


def add(agency: Agency, who: Signed, device: Authenticator, **bent: Any) -> None:
    ceremony = passkeys.add_options(agency.office, who)
    answer = device.create(ceremony.options, **bent)
    passkeys.add_finish(agency.office, who, ceremony.challenge, answer, "My key")


def enter(agency: Agency, device: Authenticator, **bent: Any) -> Signed:
    ceremony = passkeys.sign_in_options(agency.office)
    done = passkeys.sign_in_finish(agency.office, ceremony.challenge, device.get(ceremony.options, **bent))
    return sessions.signed_in(agency.office, done.token)


@both_databases
def test_a_passkey_is_added_and_signs_in_without_a_name(either: Agency) -> None:
    device = Authenticator()
    add(either, either.chief, device)
    signed = enter(either, device)
    assert (signed.account, signed.method) == (either.chief.account, Method.PASSKEY)
    assert [key.label for key in passkeys.list_passkeys(either.office, signed)] == ["My key"]
    assert [verb for verb in either.verbs() if verb.startswith(("passkey", "sign-in"))] == [
        "sign-in", "passkey-added", "sign-in",
    ]  # fmt: skip
    assert either.rows(PASSKEYS)[0].uses == 1
    assert either.rows(ATTEMPTS) == [] or either.rows(ATTEMPTS)[0].failures == 0


@pytest.mark.parametrize("bent", [*BENT, {"type": "webauthn.get"}], ids=str)
def test_a_bent_registration_adds_nothing(agency: Agency, bent: dict[str, Any]) -> None:
    if "flags" in bent:
        bent = {"flags": bent["flags"] | ATTESTED}
    with pytest.raises(NotSignedIn, match="could not be accepted"):
        add(agency, agency.chief, Authenticator(), **bent)
    assert agency.rows(PASSKEYS) == []


@pytest.mark.parametrize(
    "bent",
    [*BENT, {"type": "webauthn.create"}, {"signature": b"0" * 70}, {"handle": b"account-of-another"}],
    ids=str,
)
def test_a_bent_sign_in_opens_nothing(agency: Agency, bent: dict[str, Any]) -> None:
    device = Authenticator()
    add(agency, agency.chief, device)
    with pytest.raises(NotSignedIn, match="could not be accepted"):
        enter(agency, device, **bent)
    assert agency.verbs()[-1] == "sign-in-refused"
    enter(agency, device)


def test_an_answer_serves_once(agency: Agency) -> None:
    device = Authenticator(counts=False)
    ceremony = passkeys.add_options(agency.office, agency.chief)
    made = device.create(ceremony.options)
    passkeys.add_finish(agency.office, agency.chief, ceremony.challenge, made, "My key")
    with pytest.raises(NotSignedIn, match="already"):
        passkeys.add_finish(agency.office, agency.chief, ceremony.challenge, made, "My key")
    ceremony = passkeys.sign_in_options(agency.office)
    answer = device.get(ceremony.options)
    passkeys.sign_in_finish(agency.office, ceremony.challenge, answer)
    with pytest.raises(NotSignedIn, match="already"):
        passkeys.sign_in_finish(agency.office, ceremony.challenge, answer)
    fresh = passkeys.sign_in_options(agency.office)
    with pytest.raises(NotSignedIn):
        passkeys.sign_in_finish(agency.office, fresh.challenge, answer)


def test_a_challenge_is_over_after_ten_minutes(agency: Agency) -> None:
    device = Authenticator()
    add(agency, agency.chief, device)
    ceremony = passkeys.sign_in_options(agency.office)
    answer = device.get(ceremony.options)
    agency.clock.forward(minutes=10)
    with pytest.raises(NotSignedIn, match="too long"):
        passkeys.sign_in_finish(agency.office, ceremony.challenge, answer)


def test_a_challenge_of_ones_own_making_is_none(agency: Agency) -> None:
    device = Authenticator()
    add(agency, agency.chief, device)
    genuine = passkeys.sign_in_options(agency.office)
    adding = passkeys.add_options(agency.office, agency.chief)
    for forged in ("", "A" * 76, "A" * 75 + "ü", adding.challenge, genuine.challenge[:-4] + "AAA="):
        options = json.dumps({**json.loads(genuine.options), "challenge": forged.rstrip("=")})
        with pytest.raises(NotSignedIn):
            passkeys.sign_in_finish(agency.office, forged, device.get(options))


def test_a_challenge_of_another_account_adds_nothing(agency: Agency) -> None:
    other = agency.hire("other", Role.INVESTIGATOR)
    ceremony = passkeys.add_options(agency.office, agency.chief)
    with pytest.raises(NotSignedIn):
        passkeys.add_finish(
            agency.office, other, ceremony.challenge, Authenticator().create(ceremony.options), "x"
        )


def test_a_passkey_of_nobody_opens_nothing(agency: Agency) -> None:
    add(agency, agency.chief, Authenticator())
    with pytest.raises(NotSignedIn, match="could not be accepted"):
        enter(agency, Authenticator(handle=agency.chief.account.encode()))


def test_another_key_under_a_known_credential_opens_nothing(agency: Agency) -> None:
    device = Authenticator()
    add(agency, agency.chief, device)
    forger = Authenticator(credential=device.credential, handle=device.handle, uses=50)
    with pytest.raises(NotSignedIn):
        enter(agency, forger)


def test_a_passkey_kept_by_one_is_not_kept_by_another(agency: Agency) -> None:
    device, other = Authenticator(), agency.hire("other", Role.INVESTIGATOR)
    add(agency, agency.chief, device)
    with pytest.raises(Conflict):
        add(agency, other, device)


@both_databases
def test_a_copied_passkey_is_refused_and_told_of(either: Agency) -> None:
    signed, device = either.hire("owner", Role.INVESTIGATOR), Authenticator()
    add(either, signed, device)
    enter(either, device)
    copy = Authenticator(credential=device.credential, handle=device.handle, key=device.key, uses=0)
    with pytest.raises(NotSignedIn):
        enter(either, copy)
    for who in (signed, either.chief):
        assert "passkey-cloned" in [notice.kind for notice in notices.waiting(either.office, who.actor)]
    assert "passkey-cloned" in either.verbs()
    assert either.rows(PASSKEYS)[0].uses == 1


def test_an_authenticator_without_a_counter_is_no_copy(agency: Agency) -> None:
    device = Authenticator(counts=False)
    add(agency, agency.chief, device)
    for _ in range(3):
        enter(agency, device)


def test_an_invited_person_needs_no_password(agency: Agency) -> None:
    person = service.create_person(agency.office, agency.chief.actor, service.Newcomer("New One"))
    roles = frozenset({Role.INVESTIGATOR})
    made = with_roles(agency.office, agency.chief.actor, person, "newone", roles, CHEAP)
    guest, device = invitations.invited(agency.office, made.invitation.token), Authenticator()
    ceremony = passkeys.add_options(agency.office, guest)
    answer = device.create(ceremony.options)
    done = passkeys.add_finish(agency.office, guest, ceremony.challenge, answer, "My key")
    assert done is not None
    assert sessions.signed_in(agency.office, done.token).method is Method.PASSKEY
    enter(agency, device)
    with pytest.raises(NotSignedIn):
        invitations.invited(agency.office, made.invitation.token)


def test_beside_a_passkey_the_password_is_not_enough(agency: Agency) -> None:
    device = Authenticator()
    add(agency, agency.chief, device)
    with pytest.raises(NotSignedIn) as refused:
        sign_in_password(agency.office, "chief", WORDS, settings=CHEAP)
    assert "passkey" in refused.value.hint
    lenient = replace(CHEAP, password_beside_passkey=True)
    sign_in_password(agency.office, "chief", WORDS, settings=lenient)


def test_a_passkey_that_was_removed_opens_nothing(agency: Agency) -> None:
    device, other = Authenticator(), agency.hire("other", Role.INVESTIGATOR)
    add(agency, agency.chief, device)
    passkey = passkeys.list_passkeys(agency.office, agency.chief)[0].id
    with pytest.raises(NotFound):
        passkeys.remove(agency.office, other, passkey)
    passkeys.remove(agency.office, agency.chief, passkey)
    with pytest.raises(NotSignedIn):
        enter(agency, device)
    sign_in_password(agency.office, "chief", WORDS, settings=CHEAP)


def test_the_last_way_in_is_not_removed(agency: Agency) -> None:
    person = service.create_person(agency.office, agency.chief.actor, service.Newcomer("New One"))
    made = service.create_account(agency.office, agency.chief.actor, person, "newone", settings=CHEAP)
    guest = invitations.invited(agency.office, made.invitation.token)
    ceremony = passkeys.add_options(agency.office, guest)
    answer = Authenticator().create(ceremony.options)
    done = passkeys.add_finish(agency.office, guest, ceremony.challenge, answer, "My key")
    assert done is not None
    signed = sessions.signed_in(agency.office, done.token)
    with pytest.raises(Conflict):
        passkeys.remove(agency.office, signed, passkeys.list_passkeys(agency.office, signed)[0].id)


def test_adding_needs_a_fresh_sign_in(agency: Agency) -> None:
    ceremony = passkeys.add_options(agency.office, agency.chief)
    agency.clock.forward(minutes=16)
    stale = agency.again("chief")
    with pytest.raises(NotSignedIn, match="too long ago"):
        passkeys.add_options(agency.office, stale)
    with pytest.raises(NotSignedIn, match="too long ago"):
        passkeys.add_finish(
            agency.office, stale, ceremony.challenge, Authenticator().create(ceremony.options), "x"
        )


def test_an_ended_account_is_not_entered(agency: Agency) -> None:
    signed, device = agency.hire("leaver", Role.INVESTIGATOR), Authenticator()
    add(agency, signed, device)
    service.end_account(agency.office, agency.chief.actor, signed.account)
    with pytest.raises(NotSignedIn):
        enter(agency, device)


def test_failures_are_counted_by_person(agency: Agency) -> None:
    device = Authenticator()
    add(agency, agency.chief, device)
    for _ in range(6):
        with pytest.raises(NotSignedIn):
            enter(agency, device, signature=b"0" * 70)
    with pytest.raises(TooMany):
        enter(agency, device)


def test_another_site_has_other_passkeys(agency: Agency) -> None:
    elsewhere = replace(CHEAP, site=Site("node.agency.example", ("https://node.agency.example",)))
    device = Authenticator()
    add(agency, agency.chief, device)
    ceremony = passkeys.sign_in_options(agency.office, elsewhere)
    with pytest.raises(NotSignedIn):
        passkeys.sign_in_finish(
            agency.office, ceremony.challenge, device.get(ceremony.options), settings=elsewhere
        )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=200),
        st.recursive(
            st.none() | st.text() | st.integers(),
            lambda part: st.lists(part) | st.dictionaries(st.text(), part),
        ).map(json.dumps),
        st.fixed_dictionaries(
            {
                "id": st.sampled_from(["AAAA", ""]),
                "rawId": st.sampled_from(["AAAA", "!"]),
                "type": st.just("public-key"),
                "response": st.dictionaries(
                    st.sampled_from(
                        [
                            "clientDataJSON",
                            "attestationObject",
                            "authenticatorData",
                            "signature",
                            "userHandle",
                        ]
                    ),
                    st.text(alphabet="AZaz09-_=ü", max_size=60),
                ),
            }
        ).map(json.dumps),
    )
)
def test_whatever_a_browser_sends_is_refused_in_one_way(agency: Agency, sent: str) -> None:
    ceremony = passkeys.sign_in_options(agency.office)
    with pytest.raises(NotSignedIn):
        passkeys.sign_in_finish(agency.office, ceremony.challenge, sent)
    ceremony = passkeys.add_options(agency.office, agency.chief)
    with pytest.raises(NotSignedIn):
        passkeys.add_finish(agency.office, agency.chief, ceremony.challenge, sent, "x")


def test_too_much_is_not_even_read(agency: Agency) -> None:
    ceremony = passkeys.sign_in_options(agency.office)
    with pytest.raises(BadInput):
        passkeys.sign_in_finish(agency.office, ceremony.challenge, "x" * 65_537)
