"""What the auditor sees: look-ups drawn by chance with their justification, and figures without persons."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import BadInput, NotFound, NotLawful
from liaison.model.roles import Role
from liaison.screening.bulk_orders import order_list, pasted
from liaison.screening.bulk_runs import ListAsked, begin, finish
from liaison.screening.confirming import confirm, reject, reopen
from liaison.screening.content import Asked
from liaison.screening.desk import Question, check
from liaison.screening.sampling import draw, open_question, samples_of, show
from liaison.screening.sampling_rules import drawn
from liaison.screening.statistics import origins, statistics
from liaison.screening.statistics_rules import FEWEST, counts
from tests.node_fixtures import START, both_databases
from tests.screening.node import ANA, BASIS, REASON, WHY, Desk, a_desk, actor, gezim, nobody, rules_of

AUDITOR, OTHER = actor("petra", Role.AUDITOR), actor("quinn", Role.AUDITOR)
DAY = timedelta(days=1)
SPAN = (START - DAY, START + DAY)


def asked(desk: Desk, times: int) -> list[str]:
    """The ids of so many checks about nobody."""
    question = Question(nobody(), desk.grounds)
    return [check(desk.office, desk.live, ANA, question).check for _ in range(times)]


@both_databases
def test_a_sample_shows_who_asked_when_and_why_and_not_whom_about(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        made = asked(desk, 4)
        sample = draw(desk.office, AUDITOR, *SPAN, 2)
        shown = show(desk.office, AUDITOR, sample.id)
        assert [look.check for look in shown] == drawn(made, sample.seed, 2)
        assert {(look.person, look.justification, look.basis) for look in shown} == {(ANA.person, WHY, BASIS)}
        assert "Obermüller" not in repr(shown)


def test_the_seed_is_on_the_ledger_before_anything_is_shown(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        asked(desk, 3)
        sample = draw(desk.office, AUDITOR, *SPAN, 2)
        show(desk.office, AUDITOR, sample.id)
        told, shown = desk.said()[-2:]
        assert (told.what, told.digest, told.detail["population"]) == ("sample-drawn", sample.seed, "3")
        assert (shown.what, shown.objects) == ("sample-shown", (sample.id,))


@both_databases
def test_the_question_of_a_drawn_look_up_opens_and_that_is_logged(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        (made,) = asked(desk, 1)
        sample = draw(desk.office, AUDITOR, *SPAN, 5)
        question = open_question(desk.office, AUDITOR, sample.id, made)
        assert isinstance(question, Asked)
        assert question.subject == nobody()
        assert (desk.said()[-1].what, desk.said()[-1].objects) == ("sample-opened", (sample.id, made))
        assert show(desk.office, AUDITOR, sample.id)[0].opened == START


def test_what_was_not_drawn_is_not_found(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        made = asked(desk, 3)
        sample = draw(desk.office, AUDITOR, *SPAN, 1)
        (kept,) = (look.check for look in show(desk.office, AUDITOR, sample.id))
        for other in set(made) - {kept}:
            with pytest.raises(NotFound):
                open_question(desk.office, AUDITOR, sample.id, other)


def test_another_auditors_sample_is_not_found(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        asked(desk, 1)
        sample = draw(desk.office, AUDITOR, *SPAN, 1)
        with pytest.raises(NotFound):
            show(desk.office, OTHER, sample.id)
        assert samples_of(desk.office, OTHER) == []
        assert samples_of(desk.office, AUDITOR) == [sample]


def test_an_investigator_draws_nothing_and_that_is_logged(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        asked(desk, 1)
        with pytest.raises(NotLawful) as refused:
            draw(desk.office, ANA, *SPAN, 1)
        assert rules_of(refused.value) == {"P01/audit-sample"}
        assert (desk.said()[-1].what, desk.said()[-1].outcome) == ("refused", "audit-sample")


@pytest.mark.parametrize(
    ("size", "span"), [(0, SPAN), (501, SPAN), (1, SPAN[::-1]), (1, (START + DAY, START + 2 * DAY))]
)
def test_a_sample_of_nothing_is_refused(tmp_path: Path, size: int, span: tuple) -> None:  # type: ignore[type-arg]
    with a_desk(tmp_path) as desk:
        asked(desk, 1)
        with pytest.raises(BadInput):
            draw(desk.office, AUDITOR, *span, size)


def test_a_list_in_a_sample_says_which_list_it_was(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk:
        order = order_list(desk.office, ANA, pasted(desk.grounds, "Ana Leka 1990-01-01"))
        finish(desk.office, desk.live, begin(desk.office, ANA, order.id))
        sample = draw(desk.office, AUDITOR, *SPAN, 1)
        (look,) = show(desk.office, AUDITOR, sample.id)
        question = open_question(desk.office, AUDITOR, sample.id, look.check)
        assert isinstance(question, ListAsked)
        assert (question.order, question.subjects) == (order.id, 1)


@given(st.sets(st.text(min_size=1), min_size=1), st.integers(0, 2**64), st.integers(1, 10))
def test_everybody_draws_the_same_sample_by_the_same_seed(ids: set[str], seed: int, size: int) -> None:
    one = drawn(sorted(ids), str(seed), size)
    assert one == drawn(sorted(ids, reverse=True), str(seed), size)
    assert len(one) == len(set(one)) == min(size, len(ids))


def test_no_look_up_is_likelier_to_be_drawn_than_another() -> None:
    found = Counter(one for seed in range(4000) for one in drawn("abcd", str(seed), 1))
    assert all(850 < found[one] < 1150 for one in "abcd")


@both_databases
def test_figures_count_checks_refusals_and_outcomes(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        asked(desk, FEWEST)
        for _ in range(3):
            with pytest.raises(NotLawful):
                check(desk.office, desk.live, actor("ana", Role.APPROVER), Question(nobody(), desk.grounds))
        found = statistics(desk.office, AUDITOR, *SPAN)
        assert (found.questions.number, found.subjects.number) == (FEWEST, FEWEST)
        assert found.by_purpose["investigation"].number == FEWEST
        assert found.refusals.number is None
        assert str(found.by_rule["P01/check"]) == "under 5"


def test_figures_are_for_those_who_oversee_alone(tmp_path: Path) -> None:
    with a_desk(tmp_path) as desk, pytest.raises(NotLawful) as refused:
        statistics(desk.office, ANA, *SPAN)
    assert rules_of(refused.value) == {"P01/statistics"}


@both_databases
def test_each_nationality_counts_its_questions_alerts_and_outcomes(tmp_path: Path, kind: str) -> None:
    with a_desk(tmp_path, kind) as desk:
        alerts = [
            check(desk.office, desk.live, ANA, Question(gezim(), desk.grounds)).alerts[0] for _ in range(7)
        ]
        for alert in alerts[:6]:
            confirm(desk.office, ANA, alert.id, REASON)
        reopen(desk.office, ANA, alerts[0].id, "The date was read wrongly")
        reject(desk.office, ANA, alerts[0].id, REASON)
        (albania,) = origins(desk.office, AUDITOR, *SPAN)
        assert (albania.month, albania.nationality) == ("2026-03", "ALB")
        assert [one.number for one in (albania.questions, albania.alerts, albania.confirmed)] == [7, 7, 5]
        assert albania.rejected.number is None


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 40), min_size=1))
def test_no_small_number_is_told_or_can_be_worked_out(numbers: dict[str, int]) -> None:
    told = counts(numbers)
    hidden = [name for name, one in told.items() if one.number is None]
    assert all(name in hidden for name, number in numbers.items() if 0 < number < FEWEST)
    assert len(hidden) != 1 or sum(number > 0 for number in numbers.values()) == 1
    assert all(told[name].number == numbers[name] for name in numbers if name not in hidden)
