from datetime import timedelta

import pytest

from liaison.model.errors import BadInput, NotFound, NotSignedIn
from liaison.model.roles import Role
from liaison.officers import service, sessions, tokens
from liaison.officers.states import Method
from liaison.storage.tables.officers import TOKENS
from tests.node_fixtures import both_databases
from tests.officers.staff import Agency


@both_databases
def test_a_token_acts_as_its_owner(either: Agency) -> None:
    signed = either.hire("owner", Role.DESK_OFFICER)
    expires = either.office.now() + timedelta(days=30)
    token, secret = tokens.create_token(either.office, signed, "nightly list", expires)
    assert secret.startswith("liaison_")
    assert secret not in str(either.rows(TOKENS))
    by_token = tokens.signed_in_by_token(either.office, secret)
    assert (by_token.actor, by_token.method, by_token.session) == (signed.actor, Method.TOKEN, token)
    shown = tokens.list_tokens(either.office, signed)
    assert [(one.id, one.label, one.used) for one in shown] == [(token, "nightly list", either.office.now())]
    assert either.ledger()[-1].what == "token-created"


def test_a_token_is_no_session_and_a_session_no_token(agency: Agency) -> None:
    _, secret = tokens.create_token(agency.office, agency.chief, "x", agency.office.now() + timedelta(days=1))
    with pytest.raises(NotSignedIn):
        sessions.signed_in(agency.office, secret)
    with pytest.raises(NotSignedIn):
        tokens.signed_in_by_token(agency.office, agency.tokens["chief"])


def test_a_token_makes_no_token(agency: Agency) -> None:
    expires = agency.office.now() + timedelta(days=1)
    _, secret = tokens.create_token(agency.office, agency.chief, "x", expires)
    by_token = tokens.signed_in_by_token(agency.office, secret)
    with pytest.raises(NotSignedIn, match="too long ago"):
        tokens.create_token(agency.office, by_token, "y", expires)


def test_a_token_ends(agency: Agency) -> None:
    office = agency.office
    made = [
        tokens.create_token(office, agency.chief, "x", office.now() + timedelta(days=1)) for _ in range(2)
    ]
    tokens.revoke(office, agency.chief.actor, made[0][0])
    with pytest.raises(NotSignedIn):
        tokens.signed_in_by_token(office, made[0][1])
    tokens.signed_in_by_token(office, made[1][1])
    agency.clock.forward(days=1)
    with pytest.raises(NotSignedIn, match="over"):
        tokens.signed_in_by_token(office, made[1][1])


def test_a_token_ends_with_its_account(agency: Agency) -> None:
    signed = agency.hire("owner", Role.DESK_OFFICER)
    _, secret = tokens.create_token(agency.office, signed, "x", agency.office.now() + timedelta(days=1))
    service.end_account(agency.office, agency.chief.actor, signed.account)
    with pytest.raises(NotSignedIn):
        tokens.signed_in_by_token(agency.office, secret)


def test_other_peoples_tokens_are_not_there(agency: Agency) -> None:
    owner, other = agency.hire("owner", Role.DESK_OFFICER), agency.hire("other", Role.DESK_OFFICER)
    token, secret = tokens.create_token(agency.office, owner, "x", agency.office.now() + timedelta(days=1))
    for wanted in (token, "token-none"):
        with pytest.raises(NotFound):
            tokens.revoke(agency.office, other.actor, wanted)
    assert tokens.list_tokens(agency.office, other) == []
    tokens.revoke(agency.office, agency.chief.actor, token)
    with pytest.raises(NotSignedIn):
        tokens.signed_in_by_token(agency.office, secret)


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_a_token_lasts_a_year_at_most(agency: Agency, days: int) -> None:
    with pytest.raises(BadInput):
        tokens.create_token(agency.office, agency.chief, "x", agency.office.now() + timedelta(days=days))
