"""The screen's languages: which is chosen, and that each says everything."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison import policy
from liaison.model.errors import NotFound
from liaison.model.grounds import OFFENCES
from liaison.model.roles import Role
from liaison.web.language import LANGUAGES, choose, translations
from tools import catalogues


@pytest.mark.parametrize(
    ("preferred", "accepted", "chosen"),
    [
        ("sq", "fr,en", "sq"),
        ("", "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("", "de-AT, sq;q=0.5, en;q=0.4", "sq"),
        ("", "en;q=0.3, sq-XK;q=0.8", "sq"),
        ("", "fr;q=0, sq;q=0.1", "sq"),
        ("xx", "", "en"),
        ("", "*;q=0.5", "en"),
        ("", "fr;q=many", "en"),
    ],
)
def test_the_setting_comes_first_then_the_browsers_order(preferred: str, accepted: str, chosen: str) -> None:
    assert choose(preferred, accepted) == chosen


@given(st.text(), st.text())
def test_any_header_gives_a_language_there_is(preferred: str, accepted: str) -> None:
    assert choose(preferred, accepted) in LANGUAGES


def test_a_long_header_is_not_read_to_its_end() -> None:
    assert choose("", "x," * 100_000 + "fr") == "en"


def test_months_are_in_the_language() -> None:
    assert [translations(code).gettext("Nov") for code in LANGUAGES] == ["Nov", "nën", "nov."]


def test_a_language_without_a_catalogue_is_english() -> None:
    assert translations("../../etc").gettext("Nov") == "Nov"


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_message_of_the_screen_is_translated(language: str) -> None:
    assert catalogues.faults(language, catalogues.gathered()) == []


def test_every_language_of_the_screen_has_its_catalogue() -> None:
    assert {"en", *catalogues.LANGUAGES} == set(LANGUAGES)


def test_the_messages_come_from_templates_and_code() -> None:
    gathered = catalogues.gathered()
    assert "Skip to main content" in gathered
    assert "Standing questions" in gathered
    assert "Sample of look-ups" in gathered  # said by a route alone, never in a template


def test_a_translation_that_invents_a_placeholder_is_found() -> None:
    from babel.messages.catalog import Catalog

    template, catalogue = Catalog(), Catalog(locale="fr")
    template.add("Page %(number)s")
    catalogue.add("Page %(number)s", "Page %(nombre)s")
    wanted = template.get("Page %(number)s")
    assert wanted is not None
    assert catalogues._faults(catalogue, wanted) == ["placeholders differ: 'Page %(nombre)s'"]


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_words_of_the_model_the_law_and_the_errors_are_in_the_language(language: str) -> None:
    say = translations(language).gettext
    same_word = {"Corruption", "Sabotage", "Fraude", "contact", "index", "import", "administrator"}
    for text in (
        [role.meaning for role in Role] + [each.label for each in OFFENCES.values()] + [NotFound.title]
    ):
        assert say(text) != text or text in same_word


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_the_rules_are_in_the_language_with_the_numbers_of_the_pack(language: str) -> None:
    def say(message: str, **values: object) -> str:
        found = translations(language).gettext(message)
        return found % values if values else found

    english = {each.rule: each for each in policy.explain(policy.load_pack("demo"))}
    for each in policy.explain(policy.load_pack("demo"), say):
        assert each.asks != english[each.rule].asks
        assert re.findall(r"\d+", each.asks) == re.findall(r"\d+", english[each.rule].asks)
    told, plain = policy.numbers(policy.load_pack("demo"), say), policy.numbers(policy.load_pack("demo"))
    assert len(told) == len(plain)
    assert not set(told) & set(plain)


def test_no_text_of_one_language_stands_in_another() -> None:
    first, second = (catalogues.read(language) for language in catalogues.LANGUAGES)
    both = [each.id for each in first if each.id and _said(each) == _said(second.get(each.id))]
    assert [text for text in both if len(str(text).split()) > 2] == []


def _said(message: object) -> object:
    return getattr(message, "string", None)
