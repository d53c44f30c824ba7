from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import BadInput
from liaison.model.roles import Role
from liaison.officers import rules
from liaison.officers.settings import BackOff, Lasting

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LIMIT = BackOff()
moments = st.timedeltas(timedelta(days=-2), timedelta(days=2)).map(lambda gap: NOW + gap)


@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "elevenchars",
        "password1234",
        "Password123!",
        "p@ssw0rd1234",
        "passwordpassword",
        "123456789012",
        "987654321098",
        "qwertyuiop12",
        "qwertyuiopas",
        "aaaaaaaaaaaa",
        "abababababab",
        "abcdefghijkl",
        "liaison2026!!",
        "ｐａｓｓｗｏｒｄ１２３４",
    ],
)
def test_common_and_short_passwords_are_refused(weak: str) -> None:
    with pytest.raises(BadInput) as refused:
        rules.password_of(weak)
    assert weak not in str(refused.value)


@pytest.mark.parametrize(
    "good",
    [
        "correct horse battery",
        "zzq jkp wvx 88",
        "ujku dhe dhelpra",
        "пятьзелёныхслонов",
        "x" + "q8" * 3 + "dlfmt",
    ],
)
def test_long_ones_are_accepted_without_a_mixture(good: str) -> None:
    assert rules.password_of(good) == good


@pytest.mark.parametrize("made", ["ArbenHoxha12", "arben.hoxha.1", "hoxha-arben-hoxha"])
def test_a_password_made_of_the_name_is_refused(made: str) -> None:
    with pytest.raises(BadInput, match="name"):
        rules.password_of(made, about=("Arben Hoxha", "arben.hoxha"))
    assert rules.password_of(made, about=("Someone Else",)) == made


@given(st.text(min_size=12, max_size=300))
def test_whatever_is_typed_is_judged_in_one_form(text: str) -> None:
    try:
        kept = rules.password_of(text)
    except BadInput:
        return
    assert rules.in_form(kept) == kept
    assert rules.SHORTEST <= len(kept) <= rules.LONGEST


@given(moments, moments, moments)
def test_a_session_in_force_is_young_and_in_use(created: datetime, seen: datetime, now: datetime) -> None:
    lasting = Lasting()
    if not rules.session_over(created, seen, now, lasting):
        assert now - created < lasting.absolute
        assert now - seen < lasting.idle
        assert now >= created - rules.SEEN_EVERY


def test_a_session_ends_at_the_very_minute() -> None:
    lasting = Lasting()
    assert rules.session_over(NOW, NOW, NOW + timedelta(minutes=30), lasting)
    assert not rules.session_over(NOW, NOW, NOW + timedelta(minutes=29, seconds=59), lasting)
    late = NOW + timedelta(hours=12)
    assert rules.session_over(NOW, late, late, lasting)
    assert rules.session_over(NOW, NOW, NOW - timedelta(hours=1), lasting)


@given(st.integers(0, 10_000))
def test_waits_never_shrink_and_never_pass_the_longest(count: int) -> None:
    wait = rules.wait_after(count, LIMIT)
    assert timedelta(0) <= wait <= rules.wait_after(count + 1, LIMIT) <= LIMIT.longest


def test_waits_double() -> None:
    seconds = [rules.wait_after(count, LIMIT).total_seconds() for count in range(4, 11)]
    assert seconds == [0, 0, 1, 2, 4, 8, 16]


@given(moments, moments)
def test_a_clock_that_jumps_makes_nobody_wait_longer_than_the_longest(free: datetime, now: datetime) -> None:
    assert timedelta(0) <= rules.still_waiting(free, now, LIMIT) <= LIMIT.longest


def test_failures_are_forgotten_after_a_day_without_one() -> None:
    assert rules.counted(7, NOW, NOW + timedelta(hours=23), LIMIT) == 8
    assert rules.counted(7, NOW, NOW + timedelta(hours=24), LIMIT) == 1
    assert rules.counted(0, None, NOW, LIMIT) == 1


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_a_counter_that_does_not_rise_is_a_copy(uses: int, shown: int) -> None:
    assert rules.copied(uses, shown) is not (shown > uses or uses == shown == 0)


@pytest.mark.parametrize("role", list(Role))
def test_only_the_first_overseer_is_made_alone(role: Role) -> None:
    oversees = role in {Role.SUPERVISOR, Role.DATA_PROTECTION_OFFICER}
    assert rules.made_alone({role}, 0) is oversees
    assert not rules.made_alone({role}, 1)
    assert not rules.made_alone({role, Role.INVESTIGATOR}, 0)
    assert not rules.made_alone((), 0)


def test_roles_that_clash_are_refused() -> None:
    with pytest.raises(BadInput, match=r"administrator.*investigator"):
        rules.together({Role.ADMINISTRATOR, Role.INVESTIGATOR})
    both = {Role.INVESTIGATOR, Role.DESK_OFFICER}
    assert rules.together(both) == both


@pytest.mark.parametrize(
    ("remote", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unix socket", "unix socket"),
    ],
)
def test_one_subscriber_is_counted_as_one(remote: str, counted: str) -> None:
    assert rules.network_of(remote) == counted


def test_texts_are_bounded() -> None:
    assert rules.text_of("  a  ", "reason") == "a"
    for text in ("", "   ", "x" * 2001):
        with pytest.raises(BadInput):
            rules.text_of(text, "reason")
