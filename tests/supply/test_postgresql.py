"""Supply on PostgreSQL: one chain of four nodes on which tests of this folder run again, one after the other.

Each is the very test that runs on SQLite on a net of its own. Those that look at everything there is stand first; those
that let days pass stand last.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.node_fixtures import run_all
from tests.supply import test_chain as chain
from tests.supply import test_following as followed
from tests.supply import test_permissions as permissions
from tests.supply import test_receiving as received
from tests.supply.offices import agencies

STEPS = (
    permissions.test_lists_show_who_has_what_and_are_on_the_ledger,
    chain.test_each_confirmation_is_signed_by_its_node_and_names_the_chain,
    chain.test_every_node_holds_what_the_first_one_signed,
    permissions.test_a_case_reads_what_was_supplied_for_it_and_nobody_else,
    followed.test_a_correction_reaches_who_has_the_record,
    followed.test_what_is_contested_is_restricted_everywhere_until_it_is_settled,
    followed.test_an_item_is_taken_into_the_records_and_follows_its_originator,
    followed.test_a_crash_between_steps_loses_nothing,
    permissions.test_a_refusal_comes_back_with_its_reason,
    permissions.test_h2_is_passed_on_with_a_token_alone,
    permissions.test_a_recall_makes_it_void,
    permissions.test_what_it_led_to_is_told_back,
    received.test_the_same_item_twice_is_one_and_another_of_its_id_a_conflict,
    received.test_nobody_but_the_originator_calls_an_item_back,
    followed.test_a_correction_that_overtakes_its_item_replaces_it,
    permissions.test_h1_is_lifted_for_this_court_until_the_day,
    permissions.test_the_declaration_is_of_another_person_and_of_these_hours,
    chain.test_a_recall_reaches_all_after_a_node_was_off_for_a_day,
    chain.test_a_person_ends_that_a_silent_node_is_asked_and_it_may_still_confirm,
    followed.test_retention_ends_here_once_the_time_is_trusted,
)


def test_what_is_supplied_followed_and_called_back_on_postgresql(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with agencies(tmp_path, *chain.ORIGINS, kind="postgresql") as net:
        a, b, c, _ = net.agencies.values()
        run_all(STEPS, net=net, both=(a, b), three=(a, b, c), monkeypatch=monkeypatch)
