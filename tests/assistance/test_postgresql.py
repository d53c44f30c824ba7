"""Requests on PostgreSQL: two agencies on which tests of this folder run again, one after the other.

Each is the very test that runs on SQLite on agencies of its own; those that look at everything there is stand first.
"""

from __future__ import annotations

from pathlib import Path

from tests.assistance import test_around as around
from tests.assistance import test_bulk as bulk
from tests.assistance import test_requests as requests
from tests.node_fixtures import run_all
from tests.two_offices import two_offices

STEPS = (
    requests.test_the_officer_then_the_supervisor_is_told_before_the_breach,
    bulk.test_nothing_held_is_confirmed_at_once_only_where_nothing_was_found,
    around.test_a_request_as_a_page,
    around.test_information_is_supplied_that_nobody_asked_for,
    around.test_templates_hold_no_grounds_and_are_their_keepers_to_end,
    requests.test_withdrawn_in_part_and_whole,
    requests.test_a_corrected_subject_is_checked_and_answered_anew,
    requests.test_refused_by_a_coded_ground_one_or_all,
    requests.test_only_a_recorded_lawful_reason_stops_the_clock,
    requests.test_a_question_back_stops_the_clock_until_it_is_answered,
    requests.test_who_may_not_see_a_request_does_not_find_it,
)


def test_what_is_asked_and_answered_on_postgresql(tmp_path: Path) -> None:
    with two_offices(tmp_path, "postgresql") as pair:
        run_all(STEPS, pair=pair)
