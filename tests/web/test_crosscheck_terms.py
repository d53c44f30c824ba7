"""What two agencies agree on cross-checks, over HTTP: proposed with every field, read before it is signed, renewed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from liaison.model.categories import Category
from liaison.model.roles import Role
from liaison.partners import reading
from liaison.partners.agreement import LARGEST_QUOTA, Comparison
from liaison.partners.reading import AgreementView
from tests.partners.pairs import signer
from tests.web.test_partners_pages import TERMS
from tests.web.two_desks import Houses, two_desks

SUPERVISOR = Role.SUPERVISOR
AUTHORITY = signer("court.example", 5).verifier.vkey
COMPARED = TERMS | {
    "exchanges": ["records", "crosscheck", "standing-crosscheck"],
    "points": "5000",
    "case_points": "4000",
    "epoch_days": "7",
    "categories": ["suspect", "contact"],
    "changes": "yes",
    "standing_days": "90",
    "countersigned_above": "500",
    "authorities": f"{AUTHORITY}\n",
}


@pytest.fixture
def houses(tmp_path: Path) -> Iterator[Houses]:
    with two_desks(tmp_path) as both:
        yield both


def proposed(houses: Houses) -> Comparison | None:
    """What the newest proposal says of cross-checks."""
    return newest(houses).agreement.crosscheck


def newest(houses: Houses) -> AgreementView:
    left = houses.asking
    head = left.desk.actor(left.officers[SUPERVISOR])
    known = reading.shown(left.desk.office, head, houses.asked.origin).agreements
    return max(known, key=lambda each: each.agreement.number)


def test_every_field_of_cross_checks_is_proposed_and_read(houses: Houses) -> None:
    left, place = houses.asking, f"/partners/{houses.asked.origin}"
    with left.desk.browser(left.officers[SUPERVISOR]) as ours:
        sent = ours.post(f"{place}/propose", data=COMPARED)
        assert sent.status_code == 303, sent.text
        assert proposed(houses) == Comparison(
            points=5000,
            case_points=4000,
            epoch_days=7,
            categories=(Category.SUSPECT, Category.CONTACT),
            things=False,
            changes=True,
            standing_days=90,
            countersigned_above=500,
            authorities=(AUTHORITY,),
        )
        page = ours.get(place).text
        for words in (
            "Private cross-checks; Records; Standing cross-checks",
            "5000 in an epoch of 7 days, 4000 for one case",
            "Suspect; Contact",
            "Above 500 subjects",
            "90 days",
        ):
            assert words in page, words


def test_without_a_kind_of_cross_check_nothing_is_said_of_them(houses: Houses) -> None:
    left, place = houses.asking, f"/partners/{houses.asked.origin}"
    with left.desk.browser(left.officers[SUPERVISOR]) as ours:
        sent = ours.post(f"{place}/propose", data=COMPARED | {"exchanges": ["records"], "points": "none"})
        assert sent.status_code == 303, sent.text
        assert proposed(houses) is None
        assert "an authority countersigns" not in ours.get(place).text


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("points", "many", "this is not a whole number"),
        ("case_points", "6000", "this is more than for an epoch"),
        ("epoch_days", "91", "this is not a whole number from 1 to 90"),
        ("categories", ["victim"], "victim is never compared"),
        ("categories", [], "nothing is compared"),
        ("changes", "", "a standing cross-check needs changes"),
        ("standing_days", "0", "standing cross-checks are ticked above"),
        ("countersigned_above", "some", "this is not a whole number"),
        ("authorities", "", "nobody is named who countersigns"),
        ("authorities", "court.example", "this is no verifier key"),
    ],
)
def test_a_wrong_term_is_told_at_its_field(
    houses: Houses, field: str, value: str | list[str], told: str
) -> None:
    left = houses.asking
    with left.desk.browser(left.officers[SUPERVISOR]) as ours:
        refused = ours.post(f"/partners/{houses.asked.origin}/propose", data=COMPARED | {field: value})
    assert refused.status_code == 400
    assert told in refused.text
    where = "standing_days" if field == "changes" else field
    assert f'id="{where}-error"' in refused.text
    assert 'name="epoch_days"' in refused.text
    assert "4000" in refused.text or field == "case_points"  # what was typed stays


def test_a_renewal_begins_with_what_was_agreed_on_cross_checks(houses: Houses) -> None:
    left, right = houses.asking, houses.asked
    with (
        left.desk.browser(left.officers[SUPERVISOR]) as ours,
        right.desk.browser(right.officers[SUPERVISOR]) as theirs,
    ):
        place = f"/partners/{right.origin}"
        assert ours.post(f"{place}/propose", data=COMPARED).status_code == 303
        signed = newest(houses)
        there = f"/partners/{left.origin}"
        assert theirs.post(f"{there}/agreement", data={"agreement": signed.text}).status_code == 303
        agreed = {"digest": signed.agreement.digest, "read": "yes", "assessment": "DPIA-8"}
        assert theirs.post(f"{there}/sign", data=agreed).status_code == 303
        page = theirs.get(f"{there}/propose").text
    for field, value in (("points", "5000"), ("epoch_days", "7"), ("countersigned_above", "500")):
        assert f'name="{field}" type="text" value="{value}"' in page
    assert AUTHORITY.replace("+", "&#43;") in page or AUTHORITY in page
    assert str(LARGEST_QUOTA) not in page
