from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jws
from joserfc.jwk import ECKey, OctKey

from liaison.model.errors import BadSetting, Conflict, NotFound, NotLawful, NotSignedIn
from liaison.model.roles import Role
from liaison.officers import approvals, oidc, service, sessions
from liaison.officers.oidc import Returned
from liaison.officers.provider import Directory, Provider
from liaison.officers.signed import Signed
from liaison.officers.states import Method
from liaison.storage.tables.officers import LINKS
from tests.node_fixtures import both_databases
from tests.officers.identity_provider import CLIENT, SECRET, IdentityProvider
from tests.officers.staff import CHEAP, Agency, an_agency

BACK = "https://node.agency.example/sign-in/return"


class Login:
    """An agency, its provider, and a browser between them."""

    def __init__(self, agency: Agency, provider: IdentityProvider) -> None:
        self.agency, self.provider = agency, provider
        self.set(link_by_email=False)

    def set(self, **settings: Any) -> None:
        chosen = Provider(self.provider.issuer, CLIENT, BACK, SECRET, **settings)
        if hasattr(self, "directory"):
            self.directory.close()
        self.directory = Directory(chosen)

    def link(self, who: Signed, subject: str = "subject-1") -> None:
        office, chief = self.agency.office, self.agency.chief.actor
        if "overseer" not in self.agency.tokens:
            self.agency.hire("overseer", Role.SUPERVISOR)
        asked = oidc.link(office, chief, who.account, self.provider.issuer, subject)
        approvals.decide(office, self.agency.again("overseer").actor, asked.approval, True, "they asked me")
        done = oidc.link(office, chief, who.account, self.provider.issuer, subject, approval=asked.approval)
        assert done.done

    def begin(self) -> tuple[oidc.Start, dict[str, str]]:
        start = oidc.start(self.agency.office, self.directory)
        return start, self.provider.authorize(start.url)

    def end(self, start: oidc.Start, back: dict[str, str]) -> Signed:
        done = oidc.finish(self.agency.office, self.directory, Returned(browser=start.browser, **back))
        return sessions.signed_in(self.agency.office, done.token)

    def __call__(self) -> Signed:
        return self.end(*self.begin())


def logging_in(folder: Path, kind: str = "sqlite") -> Iterator[Login]:
    with an_agency(folder, kind) as agency:
        provider = IdentityProvider(agency.clock.now)
        login = Login(agency, provider)
        try:
            yield login
        finally:
            login.directory.close()
            provider.close()


@pytest.fixture
def login(tmp_path: Path) -> Iterator[Login]:
    yield from logging_in(tmp_path)


@pytest.fixture
def login_on(tmp_path: Path, kind: str) -> Iterator[Login]:
    yield from logging_in(tmp_path, kind)


@both_databases
def test_an_account_that_carries_the_identity_is_signed_in(login_on: Login) -> None:
    who = login_on.agency.hire("officer", Role.INVESTIGATOR)
    login_on.link(who)
    signed = login_on()
    assert (signed.account, signed.method, signed.roles) == (who.account, Method.OIDC, {Role.INVESTIGATOR})
    assert login_on.agency.ledger()[-1].detail == {"method": "oidc"}
    assert "subject-1" not in str(login_on.agency.rows(LINKS))


def test_what_is_asked_is_code_pkce_state_and_nonce(login: Login) -> None:
    start = oidc.start(login.agency.office, login.directory)
    asked = parse_qs(urlsplit(start.url).query)
    assert set(asked) >= {"state", "nonce", "code_challenge", "redirect_uri", "scope"}
    assert start.browser not in start.url
    again = oidc.start(login.agency.office, login.directory)
    fresh = parse_qs(urlsplit(again.url).query)
    assert all(fresh[name] != asked[name] for name in ("state", "nonce", "code_challenge"))


def test_an_identity_that_nobody_carries_opens_nothing(login: Login) -> None:
    with pytest.raises(NotSignedIn, match="no account"):
        login()
    assert login.agency.rows(LINKS) == []


def test_roles_in_the_token_give_nothing(login: Login) -> None:
    who = login.agency.hire("officer", Role.INVESTIGATOR)
    login.link(who)
    login.provider.extra = {"roles": ["administrator"], "groups": ["administrator"]}
    assert login().roles == {Role.INVESTIGATOR}


BENT: dict[str, Callable[[dict[str, Any]], Any]] = {
    "another audience": lambda claims: claims.update(aud="node-2"),
    "no audience": lambda claims: claims.pop("aud"),
    "an audience of two without the party": lambda claims: claims.update(aud=[CLIENT, "node-2"]),
    "another party": lambda claims: claims.update(aud=[CLIENT, "node-2"], azp="node-2"),
    "another issuer": lambda claims: claims.update(iss="https://evil.example"),
    "expired": lambda claims: claims.update(exp=claims["iat"] - 120),
    "no end": lambda claims: claims.pop("exp"),
    "an end that is no time": lambda claims: claims.update(exp="tomorrow"),
    "an end beyond every calendar": lambda claims: claims.update(exp=10**30),
    "true as an end": lambda claims: claims.update(exp=True),
    "issued tomorrow": lambda claims: claims.update(iat=claims["iat"] + 86_400, exp=claims["exp"] + 90_000),
    "issued long ago": lambda claims: claims.update(iat=claims["iat"] - 3_600),
    "not yet": lambda claims: claims.update(nbf=claims["iat"] + 3_600),
    "no nonce": lambda claims: claims.pop("nonce"),
    "another nonce": lambda claims: claims.update(nonce="0" * 64),
    "a nonce that is no text": lambda claims: claims.update(nonce=None),
    "no subject": lambda claims: claims.pop("sub"),
    "an empty subject": lambda claims: claims.update(sub=""),
    "a subject that is no text": lambda claims: claims.update(sub=["subject-1"]),
    "a subject too long": lambda claims: claims.update(sub="s" * 256),
}


@pytest.mark.parametrize("name", BENT)
def test_a_bent_token_opens_nothing(login: Login, name: str) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    login.provider.bend = BENT[name]
    with pytest.raises(NotSignedIn, match="cannot be accepted"):
        login()
    login.provider.bend = lambda claims: None
    login()


SIGNED: dict[str, Callable[[IdentityProvider, dict[str, Any]], str]] = {
    "by nobody": IdentityProvider.unsigned,
    "by the public key as a secret": IdentityProvider.confused,
    "by the client's secret": lambda provider, claims: provider.signed(
        claims, OctKey.import_key(SECRET.encode() * 2, {"kid": "key-1"}), "HS256"
    ),
    "by another key of the same name": lambda provider, claims: provider.signed(
        claims, ECKey.generate_key("P-256", {"kid": "key-1"})
    ),
    "by a key that is not published": lambda provider, claims: provider.signed(
        claims, ECKey.generate_key("P-256", {"kid": "key-9"})
    ),
    "and changed afterwards": lambda provider, claims: provider.signed(claims)[:-8] + "AAAAAAAA",
    "as no token at all": lambda provider, claims: "a.b.c",
    "with a key of its own in its head": lambda provider, claims: _with_own_key(claims),
}


def _with_own_key(claims: dict[str, Any]) -> str:
    own = ECKey.generate_key("P-256", {"kid": "key-1"})
    head = {"alg": "ES256", "kid": "key-1", "jwk": own.as_dict(private=False)}
    return jws.serialize_compact(head, json.dumps(claims).encode(), own, algorithms=["ES256"])


@pytest.mark.parametrize("name", SIGNED)
def test_a_token_signed_otherwise_opens_nothing(login: Login, name: str) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    login.provider.sign = lambda claims: SIGNED[name](login.provider, claims)
    with pytest.raises(NotSignedIn, match="signature does not hold"):
        login()


def test_rsa_is_accepted_where_it_is_allowed(login: Login) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    login.provider.sign = lambda claims: login.provider.signed(claims, login.provider.rsa, "RS256")
    login()
    login.set(algorithms=("ES256",))
    with pytest.raises(NotSignedIn, match="signature"):
        login()


def test_a_state_serves_once(login: Login) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    login.provider.reuse_codes = True
    start, back = login.begin()
    login.end(start, back)
    with pytest.raises(NotSignedIn, match="already"):
        login.end(start, back)


def test_a_state_belongs_to_the_browser_that_began(login: Login) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    mine, theirs = login.begin(), login.begin()
    with pytest.raises(NotSignedIn):
        login.end(mine[0], theirs[1])
    with pytest.raises(NotSignedIn):
        login.end(replace(mine[0], browser=""), mine[1])
    with pytest.raises(NotSignedIn):
        login.end(mine[0], {**mine[1], "state": ""})
    assert "/token" not in login.provider.asked


def test_a_code_of_another_sign_in_is_not_exchanged(login: Login) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    mine, theirs = login.begin(), login.begin()
    with pytest.raises(NotSignedIn):
        login.end(mine[0], {**mine[1], "code": theirs[1]["code"]})


def test_a_token_of_another_sign_in_is_told_by_its_nonce(login: Login) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    kept: list[dict[str, Any]] = []
    login.provider.bend = lambda claims: kept.append(dict(claims))
    login()
    login.provider.bend = lambda claims: claims.update(nonce=kept[0]["nonce"])
    with pytest.raises(NotSignedIn, match="nonce"):
        login()


def test_a_sign_in_that_took_too_long_is_over(login: Login) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    start, back = login.begin()
    login.agency.clock.forward(minutes=10)
    with pytest.raises(NotSignedIn, match="too long"):
        login.end(start, back)


def test_another_provider_does_not_answer_for_this_one(login: Login) -> None:
    start, back = login.begin()
    with pytest.raises(NotSignedIn, match="another identity provider"):
        login.end(start, {**back, "iss": "https://evil.example"})
    with pytest.raises(NotSignedIn, match="signed nobody in"):
        login.end(start, {"state": back["state"], "error": "access_denied"})


def test_keys_are_rotated_without_a_restart(login: Login) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    login()
    login.agency.clock.forward(minutes=2)
    login.provider.rotate()
    login()
    assert login.provider.asked.count("/keys") == 2


def test_unknown_keys_do_not_make_it_ask_again_and_again(login: Login) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    login()
    login.provider.sign = lambda claims: login.provider.signed(
        claims, ECKey.generate_key("P-256", {"kid": "key-9"})
    )
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            login()
    assert login.provider.asked.count("/keys") == 1


def test_a_withdrawn_key_is_no_longer_accepted_after_an_hour(login: Login) -> None:
    login.link(login.agency.hire("officer", Role.INVESTIGATOR))
    login()
    former = login.provider.key
    login.provider.rotate()
    login.agency.clock.forward(hours=1)
    login.provider.sign = lambda claims: login.provider.signed(claims, former)
    with pytest.raises(NotSignedIn):
        login()


@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", b"{", b'{"id_token": 5}', b"{}", b"[" * 100_000, b'{"x": "' + b"x" * 300_000 + b'"}'],
)
def test_an_answer_out_of_form_is_refused(login: Login, answer: bytes) -> None:
    login.provider.answer = answer
    with pytest.raises(NotSignedIn, match="does not answer as it should"):
        login()


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": None},
    ],
    ids=str,
)
def test_metadata_that_point_elsewhere_are_refused(login: Login, metadata: dict[str, Any]) -> None:
    login.provider.metadata = metadata
    with pytest.raises(NotSignedIn):
        login.begin()


def test_a_provider_that_is_away_is_said_to_be(login: Login) -> None:
    start, back = login.begin()
    login.provider.close()
    with pytest.raises(NotSignedIn, match="does not answer"):
        login.end(start, back)


def test_a_verified_address_links_once_where_the_settings_say_so(login: Login) -> None:
    who = login.agency.hire("officer", Role.INVESTIGATOR, email="Officer@agency.example")
    login.provider.extra = {"email": "officer@AGENCY.example", "email_verified": True}
    with pytest.raises(NotSignedIn, match="no account"):
        login()
    login.set(link_by_email=True)
    assert login().account == who.account
    login.provider.extra = {}
    assert login().account == who.account
    login.provider.subject = "subject-2"
    login.provider.extra = {"email": "officer@agency.example", "email_verified": True}
    with pytest.raises(NotSignedIn, match="no account"):
        login()


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_links_nothing(login: Login, verified: object) -> None:
    login.agency.hire("officer", Role.INVESTIGATOR, email="officer@agency.example")
    login.set(link_by_email=True)
    login.provider.extra = {"email": "officer@agency.example", "email_verified": verified}
    with pytest.raises(NotSignedIn, match="no account"):
        login()


def test_an_address_of_two_accounts_links_neither(login: Login) -> None:
    who = login.agency.hire("officer", Role.INVESTIGATOR, email="officer@agency.example")
    login.agency.hire("officer.too", Role.DESK_OFFICER, person=who.actor.person)
    login.set(link_by_email=True)
    login.provider.extra = {"email": "officer@agency.example", "email_verified": True}
    with pytest.raises(NotSignedIn, match="no account"):
        login()


def test_an_ended_account_is_not_entered(login: Login) -> None:
    who = login.agency.hire("officer", Role.INVESTIGATOR)
    login.link(who)
    service.end_account(login.agency.office, login.agency.chief.actor, who.account)
    with pytest.raises(NotSignedIn, match="no account"):
        login()


def test_an_identity_opens_an_invited_account(login: Login) -> None:
    agency = login.agency
    person = service.create_person(agency.office, agency.chief.actor, service.Newcomer("New One"))
    made = service.create_account(agency.office, agency.chief.actor, person, "newone", settings=CHEAP)
    assert oidc.link(agency.office, agency.chief.actor, made.account, login.provider.issuer, "subject-1").done
    assert login().account == made.account


def test_linking_an_account_in_use_takes_two(login: Login) -> None:
    agency, issuer = login.agency, login.provider.issuer
    who = agency.hire("officer", Role.INVESTIGATOR)
    deputy = agency.hire("deputy", Role.ADMINISTRATOR)
    asked = oidc.link(agency.office, agency.chief.actor, who.account, issuer, "subject-1")
    assert not asked.done
    approvals.decide(agency.office, deputy.actor, asked.approval, True, "seen their card")
    with pytest.raises(Conflict, match="something else"):
        oidc.link(
            agency.office, agency.chief.actor, who.account, issuer, "subject-2", approval=asked.approval
        )
    assert oidc.link(
        agency.office, agency.chief.actor, who.account, issuer, "subject-1", approval=asked.approval
    ).done
    with pytest.raises(Conflict, match="already"):
        oidc.link(agency.office, agency.chief.actor, deputy.account, issuer, "subject-1")
    with pytest.raises(NotLawful):
        oidc.link(agency.office, who.actor, who.account, issuer, "subject-3")
    with pytest.raises(NotFound):
        oidc.link(agency.office, agency.chief.actor, "account-none", issuer, "subject-3")


@pytest.mark.parametrize(
    "wrong",
    [
        {"algorithms": ("none",)},
        {"algorithms": ("HS256",)},
        {"algorithms": ()},
        {"issuer": "http://idp.example"},
    ],
)
def test_settings_that_would_open_a_door_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadSetting):
        replace(Provider("https://idp.example", CLIENT, BACK), **wrong)
    assert SECRET not in repr(Provider("https://idp.example", CLIENT, BACK, SECRET))
