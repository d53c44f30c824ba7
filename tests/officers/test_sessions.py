from hashlib import sha256

import pytest

from liaison.model.errors import NotSignedIn
from liaison.model.roles import Role
from liaison.officers import service, sessions
from liaison.officers.sign_in import sign_in_password
from liaison.officers.states import Method
from liaison.storage.tables.officers import ACCOUNTS, SESSIONS
from tests.node_fixtures import both_databases
from tests.officers.staff import CHEAP, WORDS, Agency


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 5000, "ü" * 43, "\0", "' OR 1=1 --"])
def test_a_token_of_nobody_is_refused(agency: Agency, token: str) -> None:
    with pytest.raises(NotSignedIn):
        sessions.signed_in(agency.office, token)


def test_only_the_digest_is_kept(agency: Agency) -> None:
    token = agency.tokens["chief"]
    row = agency.rows(SESSIONS)[0]
    assert row.digest == sha256(token.encode()).hexdigest()
    assert token not in str(row)
    assert len(token) >= 43
    with pytest.raises(NotSignedIn):
        sessions.signed_in(agency.office, row.digest)


@both_databases
def test_half_an_hour_without_a_request_ends_it(either: Agency) -> None:
    token = either.tokens["chief"]
    for _ in range(3):
        either.clock.forward(minutes=29)
        sessions.signed_in(either.office, token)
    either.clock.forward(minutes=30)
    with pytest.raises(NotSignedIn, match="over"):
        sessions.signed_in(either.office, token)


def test_twelve_hours_end_it_however_busy_it_was(agency: Agency) -> None:
    token = agency.tokens["chief"]
    for _ in range(35):
        agency.clock.forward(minutes=20)
        sessions.signed_in(agency.office, token)
    agency.clock.forward(minutes=20)
    with pytest.raises(NotSignedIn, match="over"):
        sessions.signed_in(agency.office, token)


def test_the_last_request_is_written_once_a_minute(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    written = []
    real = type(agency.office.store).write
    monkeypatch.setattr(
        type(agency.office.store), "write", lambda store, work: (written.append(1), real(store, work))[1]
    )
    for _ in range(120):
        agency.clock.forward(seconds=1)
        sessions.signed_in(agency.office, agency.tokens["chief"])
    assert len(written) == 2
    assert agency.rows(SESSIONS)[0].seen == agency.clock.now()


def test_signing_out_ends_this_session_alone(agency: Agency) -> None:
    here = sign_in_password(agency.office, "chief", WORDS, settings=CHEAP).token
    sessions.sign_out(agency.office, here)
    sessions.sign_out(agency.office, here)
    with pytest.raises(NotSignedIn):
        sessions.signed_in(agency.office, here)
    assert agency.again("chief").account == agency.chief.account
    assert agency.verbs().count("sign-out") == 1


@both_databases
def test_signing_out_everywhere_reaches_every_account_of_the_person(either: Agency) -> None:
    first = either.hire("first", Role.INVESTIGATOR)
    either.hire("second", Role.DESK_OFFICER, person=first.actor.person)
    assert len(sessions.sessions_of(either.office, first)) == 2
    assert sessions.sign_out_everywhere(either.office, first, but_here=True) == 1
    assert either.again("first").session == first.session
    assert sessions.sign_out_everywhere(either.office, first) == 1
    for name in ("first", "second"):
        with pytest.raises(NotSignedIn):
            either.again(name)
    assert either.again("chief") == either.chief


def test_an_account_that_ended_is_out_at_once(agency: Agency) -> None:
    signed = agency.hire("leaver", Role.INVESTIGATOR)
    service.end_account(agency.office, agency.chief.actor, signed.account)
    with pytest.raises(NotSignedIn):
        agency.again("leaver")


def test_an_account_that_has_ended_has_no_session_even_where_one_was_left(agency: Agency) -> None:
    agency.hire("leaver", Role.INVESTIGATOR)
    ended = ACCOUNTS.update().where(ACCOUNTS.c.id == agency.again("leaver").account).values(state="ended")
    agency.office.write(lambda connection: connection.execute(ended))
    with pytest.raises(NotSignedIn):
        agency.again("leaver")


def test_roles_are_those_of_this_moment(agency: Agency) -> None:
    signed = agency.hire("mover", Role.INVESTIGATOR)
    service.set_roles(agency.office, agency.chief.actor, signed.account, frozenset())
    assert agency.again("mover").roles == frozenset()


def test_what_outlasts_a_session_needs_a_fresh_sign_in(agency: Agency) -> None:
    sessions.require_fresh(agency.office, agency.chief)
    agency.clock.forward(minutes=16)
    with pytest.raises(NotSignedIn, match="too long ago"):
        sessions.require_fresh(agency.office, agency.again("chief"))


def test_sessions_are_shown_to_their_owner(agency: Agency) -> None:
    agency.clock.forward(minutes=5)
    sign_in_password(agency.office, "chief", WORDS, settings=CHEAP)
    shown = sessions.sessions_of(agency.office, agency.chief)
    assert [one.here for one in shown] == [False, True]
    assert {one.method for one in shown} == {Method.PASSWORD}
    agency.clock.forward(minutes=27)
    assert len(sessions.sessions_of(agency.office, agency.chief)) == 1
