"""Given names know their variants and short forms."""

from __future__ import annotations

import pytest

from liaison.matching.names.variants import groups, table


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("giuseppe", "beppe"), ("giuseppe", "yusuf"), ("josip", "joseph"), ("mohammed", "mehmet"),
        ("aleksandr", "sasha"),
        ("iskander", "alexander"), ("ioannis", "john"), ("volodymyr", "vladimir"), ("ekaterina", "katya"),
        ("gheorghe", "george"), ("gjergj", "georgios"), ("skender", "aleksander"),
        ("jose", "pepe"), ("juozas", "joseph"),
    ],
)  # fmt: skip
def test_variants_of_one_name_share_a_group(one: str, other: str) -> None:
    assert set(groups(one)) & set(groups(other))


@pytest.mark.parametrize(
    ("one", "other"), [("mohammed", "ahmed"), ("maria", "martin"), ("ivan", "igor"), ("ali", "omar")]
)
def test_different_names_share_none(one: str, other: str) -> None:
    assert not set(groups(one)) & set(groups(other))


def test_a_surname_belongs_to_no_group() -> None:
    assert groups("papandreou") == ()


def test_groups_are_ordered_and_forms_are_ascii_letters() -> None:
    for form, numbers in table().items():
        assert form.isascii()
        assert form.isalpha()
        assert form.islower()
        assert list(numbers) == sorted(set(numbers))


def test_no_form_belongs_to_so_many_groups_that_it_says_nothing() -> None:
    assert max(len(numbers) for numbers in table().values()) <= 8


def test_every_group_has_two_members() -> None:
    members: dict[int, int] = {}
    for numbers in table().values():
        for number in numbers:
            members[number] = members.get(number, 0) + 1
    assert min(members.values()) >= 2
