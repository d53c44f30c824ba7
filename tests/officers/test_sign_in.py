import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import pytest

from liaison.model.errors import LedgerUnavailable, NotSignedIn, TooMany
from liaison.model.roles import Role
from liaison.officers import hashing, sessions
from liaison.officers.service import end_account
from liaison.officers.settings import Argon, BackOff
from liaison.officers.sign_in import sign_in_password
from liaison.storage.tables.officers import ACCOUNTS, ATTEMPTS, SESSIONS
from tests.node_fixtures import both_databases
from tests.officers.staff import CHEAP, WORDS, Agency

WRONG = "wrong horse battery staple"


def attempt(agency: Agency, name: str, password: str = WORDS, **options: str) -> str:
    return sign_in_password(agency.office, name, password, settings=CHEAP, **options).token


def fail(agency: Agency, name: str, times: int, **options: str) -> None:
    for _ in range(times):
        with pytest.raises(NotSignedIn):
            attempt(agency, name, WRONG, **options)


@both_databases
def test_the_right_password_opens_a_session(either: Agency) -> None:
    token = attempt(either, "CHIEF")
    signed = sessions.signed_in(either.office, token)
    assert (signed.name, signed.roles) == ("Chief Administrator", {Role.ADMINISTRATOR})
    last = either.ledger()[-1]
    assert (last.what, last.who, last.detail) == ("sign-in", signed.actor.person, {"method": "password"})
    assert last.objects == (signed.account, signed.session)


def test_refusals_are_the_same_for_every_reason(agency: Agency) -> None:
    ended = agency.hire("ended", Role.INVESTIGATOR)
    end_account(agency.office, agency.chief.actor, ended.account)
    told = set()
    for name, password in (
        ("chief", WRONG),
        ("nobody", WORDS),
        ("ended", WORDS),
        ("two words", WORDS),
        ("chief", ""),
    ):
        with pytest.raises(NotSignedIn) as refused:
            attempt(agency, name, password)
        told.add((str(refused.value), refused.value.hint, refused.value.status))
    assert len(told) == 1
    assert agency.verbs()[-5:] == ["sign-in-refused"] * 5


def test_every_refusal_costs_one_hash(agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    real = hashing.fits

    def counting(kept: str, peppered: str, cost: Argon) -> bool:
        verified.append(threading.current_thread().name)
        return real(kept, peppered, cost)

    monkeypatch.setattr(hashing, "fits", counting)
    for name in ("chief", "nobody", "a/b"):
        fail(agency, name, 1)
    assert len(verified) == 3
    assert "writer" not in verified


def test_known_and_unknown_names_take_as_long(agency: Agency) -> None:
    costly = replace(CHEAP, argon=Argon(passes=2, memory=16_384, lanes=1), account_limit=BackOff(free=1000))
    sign_in_password(agency.office, "chief", WORDS, settings=costly)
    hashing.dummy(costly.argon)
    took: dict[str, list[float]] = {"chief": [], "nobody": []}
    for name in ["chief", "nobody"] * 12:
        begun = perf_counter()
        with pytest.raises(NotSignedIn):
            sign_in_password(agency.office, name, WRONG, settings=costly)
        took[name].append(perf_counter() - begun)
    known, unknown = median(took["chief"]), median(took["nobody"])
    assert 0.4 < known / unknown < 2.5


def test_a_wrong_password_waits_longer_each_time(agency: Agency) -> None:
    fail(agency, "chief", 6)
    for seconds in (1, 2, 4, 8):
        with pytest.raises(TooMany) as refused:
            attempt(agency, "chief")
        assert refused.value.retry_after == seconds
        agency.clock.forward(seconds=seconds)
        fail(agency, "chief", 1)


@pytest.mark.parametrize("variant", ["CHIEF", "Chief", "ｃｈｉｅｆ", " chief ", "ⓒhief"])
def test_a_variant_of_the_name_is_counted_with_it(agency: Agency, variant: str) -> None:
    fail(agency, "chief", 3)
    fail(agency, variant, 3)
    with pytest.raises(TooMany):
        attempt(agency, "chief")
    with pytest.raises(TooMany):
        attempt(agency, variant)


def test_unknown_names_wait_too(agency: Agency) -> None:
    fail(agency, "nobody", 6)
    with pytest.raises(TooMany):
        attempt(agency, "nobody")


def test_failures_are_counted_over_all_accounts_of_a_person(agency: Agency) -> None:
    first = agency.hire("first", Role.INVESTIGATOR)
    agency.hire("second", Role.DESK_OFFICER, person=first.actor.person)
    fail(agency, "first", 3)
    fail(agency, "second", 3)
    for name in ("first", "second"):
        with pytest.raises(TooMany):
            attempt(agency, name)
    attempt(agency, "chief")


def test_success_starts_anew_and_a_refused_attempt_counts_for_nothing(agency: Agency) -> None:
    fail(agency, "chief", 5)
    attempt(agency, "chief")
    fail(agency, "chief", 5)
    attempt(agency, "chief")
    assert agency.rows(ATTEMPTS) == []


def test_names_that_were_tried_long_ago_are_forgotten(agency: Agency) -> None:
    for number in range(3):
        fail(agency, f"guess{number}", 1)
    agency.clock.forward(hours=25)
    attempt(agency, "chief")
    assert agency.rows(ATTEMPTS) == []


def test_failures_are_counted_by_where_they_come_from(agency: Agency) -> None:
    for number in range(51):
        fail(agency, f"guess{number}", 1, remote="192.0.2.7")
    with pytest.raises(TooMany):
        attempt(agency, "chief", remote="192.0.2.7")
    attempt(agency, "chief", remote="192.0.2.8")


def test_an_office_behind_one_address_is_not_shut_out_by_its_own_sign_ins(agency: Agency) -> None:
    for _ in range(60):
        attempt(agency, "chief", remote="192.0.2.7")


@both_databases
def test_attempts_made_at_once_are_worth_no_more(either: Agency) -> None:
    def guess(_: int) -> str:
        try:
            attempt(either, "chief", WRONG)
        except NotSignedIn:
            return "tried"
        except TooMany:
            return "made to wait"
        return "in"

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(guess, range(24)))
    assert (outcomes.count("tried"), outcomes.count("in")) == (6, 0)


def test_the_hash_is_renewed_when_its_cost_was_raised(agency: Agency) -> None:
    before = agency.rows(ACCOUNTS)[0].password
    costlier = replace(CHEAP, argon=Argon(passes=2, memory=128, lanes=1))
    sign_in_password(agency.office, "chief", WORDS, settings=costlier)
    after = agency.rows(ACCOUNTS)[0].password
    assert "m=64,t=1" in before
    assert "m=128,t=2" in after
    attempt(agency, "chief")


def test_defaults_are_those_of_rfc_9106() -> None:
    assert (Argon().memory, Argon().passes, Argon().lanes) == (64 * 1024, 3, 4)


def test_the_former_session_of_the_browser_ends(agency: Agency) -> None:
    former = agency.tokens["chief"]
    fresh = attempt(agency, "chief", replaces=former)
    assert fresh != former
    sessions.signed_in(agency.office, fresh)
    with pytest.raises(NotSignedIn):
        sessions.signed_in(agency.office, former)


def test_nothing_is_opened_where_the_ledger_cannot_record_it(
    agency: Agency, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise LedgerUnavailable("full")

    before = len(agency.rows(SESSIONS))
    monkeypatch.setattr(type(agency.office.log), "append", broken)
    with pytest.raises(LedgerUnavailable):
        attempt(agency, "chief")
    assert len(agency.rows(SESSIONS)) == before


def test_the_database_holds_no_name_password_or_token(agency: Agency, tmp_path: Path) -> None:
    agency.hire("arben.hoxha", Role.INVESTIGATOR, email="arben@agency.example")
    fail(agency, "typed-a-password-here", 1, remote="192.0.2.7")
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("node.db*"))
    for secret in (
        "arben",
        "hoxha",
        "Chief Administrator",
        "typed-a-pass",
        "192.0.2",
        WORDS,
        *agency.tokens.values(),
    ):
        assert secret.lower().encode() not in kept.lower()


def test_a_person_who_waits_is_told_for_how_long(agency: Agency) -> None:
    fail(agency, "chief", 6)
    agency.clock.forward(seconds=-3600)
    with pytest.raises(TooMany) as refused:
        attempt(agency, "chief")
    assert 0 < refused.value.retry_after <= timedelta(minutes=15).total_seconds()
