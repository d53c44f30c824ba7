"""Two names compared by themselves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from liaison.matching.columns import Strings, dob_code
from liaison.matching.compare import account, born, compare, person, scores

NAMES = st.text(st.sampled_from("abdefhiklmnorstuz -'.,ابدرسمн­иев3"), max_size=25) | st.text(max_size=15)
SAME = [
    ("محمد علي", "Mohamed Ali"),
    ("خالد الراشد", "Khalid Al-Rashid"),
    ("Ciwan Şêxo", "Jiwan Sheikho"),
    ("Përparim Çollaku", "Perparim Chollaku"),
    ("Şükrü Yıldız", "SUKRU YILDIZ"),
    ("Дмитрий Медведев", "Dmitri Medwedew"),
    ("Володимир Зеленський", "Volodymyr Oleksandrovych Zelenskyy"),
    ("Γεώργιος Παπανδρέου", "George Papandreou"),
    ("ბარაკ ობამა", "Barack Obama"),
    ("バラク・オバマ", "Barack Obama"),
    ("김정은", "Kim Jong Un"),
    ("Nikolai Plat Ono Vich Patrushev", "Nikolai Platonovich Patrushev"),
    ("AL-RAWI, Umar Talib Zughayr", "Omar Talib Zughair al Rawi"),
]
OTHERS = [
    ("Olaf Scholz", "Octavian Scholz"),
    ("محمد علي", "Mahmoud Hassan"),
    ("Khalid Al-Rashid", "Samir Al-Rashid"),
    ("Дмитрий Медведев", "Dmitri Kozlov"),
    ("Barack Obama", "George Hussein Onyango Obama"),
    ("Umar Patek", "Umar Mirdad"),
    ("Përparim Çollaku", "Agim Krasniqi"),
]


def test_one_name_in_two_spellings_scores_well_above_two_names() -> None:
    lowest = min(compare(a, b).score for a, b in SAME)
    highest = max(compare(a, b).score for a, b in OTHERS)
    assert lowest > highest + 0.1


@given(NAMES, NAMES)
def test_a_score_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    score = compare(one, other).score
    assert 0.0 < score < 1.0
    assert compare(other, one).score == score


@given(
    st.lists(st.sampled_from(["karim", "tahsin", "olena", "dragan", "luka"]), max_size=3),
    st.lists(st.sampled_from(["karim", "tahsin", "oleg", "petra"]), max_size=3),
)
def test_a_token_that_agrees_never_lowers_the_evidence(one: list[str], other: list[str]) -> None:
    before, _ = account(person(" ".join(one)), person(" ".join(other)))
    after, _ = account(person(" ".join([*one, "xylander"])), person(" ".join([*other, "xylander"])))
    assert after.agreed > before.agreed
    assume(one and other)
    assert (
        compare(" ".join([*one, "xylander"]), " ".join([*other, "xylander"])).score
        >= compare(" ".join(one), " ".join(other)).score
    )


def test_a_rare_name_agreeing_says_more_than_a_common_one() -> None:
    assert compare("Zoltan Xhaferaj", "Zoltan Xhaferaj").score > compare("Mohammed Ali", "Mohammed Ali").score


def test_names_grow_less_alike_in_order() -> None:
    steps = [
        "Friedrich Lindenberg",
        "Friedrich Lindenburg",
        "Friedrich Kowalski",
        "Tomas Kowalski",
    ]
    found = [compare(steps[0], step).score for step in steps]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vladimir Putin", "Putin Vladimir"),
        ("Jan Daniel Bothma", "JanDaniel Bothma"),
        ("V. Putin", "Vladimir Putin"),
        ("Dr. Rami Makhlouf", "Rami Makhlouf"),
        ("Sergey Viktorovich Lavrov", "Sergey Lavrov"),
        ("Imad Nur al-Din", "Imad Noureddine"),
    ],
)
def test_order_joined_tokens_initials_titles_and_missing_names(one: str, other: str) -> None:
    assert compare(one, other).score > 0.8


def test_the_father_is_not_the_son() -> None:
    named_after = compare("SADDAM HUSSEIN AL-TIKRITI", "ALI SADDAM HUSSEIN AL-TIKRITI").score
    assert named_after < compare("SADDAM HUSSEIN AL-TIKRITI", "SADDAM HUSSEIN ALI AL-TIKRITI").score


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siemens AG", "Siemens Aktiengesellschaft"),
        ("OAO Gazprom", "Gazprom JSC"),
        ("PricewaterhouseCoopers LLP", "Pricewaterhouse Coopers LLP"),
        ("First International Bank", "1st International Bank"),
        ("PLA China", "People's Liberation Army China"),
        ("ООО Ромашка", "Romashka LLC"),
    ],
)
def test_organisations_in_several_forms(one: str, other: str) -> None:
    assert compare(one, other, kind="organisation").score > 0.7


def test_numbers_of_ships_must_agree() -> None:
    assert compare("Snow Storm 1", "Snow Storm 1").score > compare("Snow Storm 1", "Snow Storm 2").score


def test_a_date_of_birth_moves_the_score_both_ways() -> None:
    alone = compare("Olaf Scholz", "Olaf Scholze").score
    assert compare("Olaf Scholz", "Olaf Scholze", "1958-06-14", "1958-06-14").score > alone
    assert compare("Olaf Scholz", "Olaf Scholze", "1958-06-14", "1971-01-30").score < alone
    assert compare("Olaf Scholz", "Olaf Scholze", "1958-06-14", "").score == alone


def test_reasons_say_which_name_matched_which() -> None:
    reasons = compare("Дмитрий Медведев", "Dmitri Medwedew", "1965-09-14", "1965-09-14").reasons
    assert any("medwedew" in reason and "медведев" in reason for reason in reasons)
    assert any("same date of birth" in reason for reason in reasons)


def test_names_without_any_letter_are_compared_all_the_same() -> None:
    assert compare("", "").score < 0.5
    assert compare("???", "Olaf Scholz").score < 0.1


def test_a_kind_or_date_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="is not a kind of name"):
        compare("a", "b", kind="vessel")
    with pytest.raises(ValueError, match="is not a date of birth"):
        born("14.6.1958")


def test_dates_may_be_partial() -> None:
    assert born("1958") == dob_code(1958)
    assert born("1958-06") == dob_code(1958, 6)
    assert born(" ") == 0


def test_columns_give_the_scores_of_their_pairs() -> None:
    first, second = Strings.of(["Olaf Scholz", "محمد علي"]), Strings.of(["Olaf Scholze", "Mohamed Ali"])
    dates = np.array([dob_code(1958, 6, 14), 0], np.int32)
    found = scores(first, second, dates, dates)
    assert found[0] == compare("Olaf Scholz", "Olaf Scholze", "1958-06-14", "1958-06-14").score
    assert found[1] == compare("محمد علي", "Mohamed Ali").score
