"""The terms as a file: what the example says, and what is refused by name."""

from __future__ import annotations

import pytest

from liaison.model.errors import BadInput
from liaison.partners.terms import EXAMPLE, EXCHANGES, read_terms
from liaison.web.partnered import EXCHANGES as SHOWN

CITED = EXAMPLE.replace('reference = ""', 'reference = "the treaty of 2020"')


def test_the_example_allows_requests_once_its_ground_is_cited() -> None:
    terms = read_terms(CITED)
    assert {"records", "convictions", "spontaneous"} <= {*terms.exchanges}
    assert terms.gateway.reference == "the treaty of 2020"


def test_the_example_is_signed_by_nobody_as_it_stands() -> None:
    with pytest.raises(BadInput, match="names no decision or treaty"):
        read_terms(EXAMPLE)


def test_a_kind_of_exchange_that_no_node_knows_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="'request' is no kind of exchange") as caught:
        read_terms(CITED.replace('"records"', '"request"'))
    assert "records, assets, convictions" in (caught.value.hint or "")


def test_the_kinds_are_those_of_the_pages() -> None:
    assert {*EXCHANGES} == {*SHOWN}
