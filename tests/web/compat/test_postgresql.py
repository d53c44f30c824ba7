"""What is published and contributed, on a node whose database is PostgreSQL: tests of TAXII and MISP once more."""

from __future__ import annotations

from pathlib import Path

from tests.node_fixtures import fresh_postgresql, run_all
from tests.web.compat import test_misp as misp
from tests.web.compat import test_taxii as taxii
from tests.web.compat.partners import a_house

STEPS = (
    taxii.test_paging_gives_each_object_once_and_ends,
    taxii.test_going_on_by_the_time_misses_nothing_and_never_loops,
    taxii.test_filters_by_id_type_version_and_time,
    taxii.test_what_was_withdrawn_is_revoked_and_says_nothing_more,
    taxii.test_a_record_that_changed_is_withdrawn_by_itself,
    taxii.test_what_a_partner_sends_waits_for_the_desk,
    taxii.test_what_the_desk_refused_is_told_and_gone,
    misp.test_search_by_value_type_tag_and_time,
    misp.test_an_event_of_ones_own_is_changed_tagged_and_taken_back,
    misp.test_a_sighting_is_for_the_desk,
)


def test_what_is_published_and_contributed_on_postgresql(tmp_path: Path) -> None:
    with fresh_postgresql() as url, a_house(tmp_path, database=url) as house:
        for step in STEPS:
            run_all([step], house=house.furnished())
