"""Rule packs: what comes with the program, and what a pack is refused for."""

from __future__ import annotations

from importlib import resources

import pytest

from liaison.model.categories import Category
from liaison.model.errors import BadSetting
from liaison.model.grounds import OFFENCES, OffenceFlag, Purpose
from liaison.policy import INSTRUCTIONS, NAMES, Action, load_pack, parse_pack, rules
from liaison.policy.packs import SOURCED, Pack
from tests.policy.facts import ALBANIA, DEMO, EU, PACKS, UK, refusing

DEMO_TEXT = (resources.files("liaison.policy") / "packs" / "demo.toml").read_text("utf-8")


def spoilt(before: str, after: str) -> str:
    assert before in DEMO_TEXT
    return DEMO_TEXT.replace(before, after, 1)


def fault(text: str, name: str = "demo") -> str:
    with pytest.raises(BadSetting) as caught:
        parse_pack(text, name)
    assert caught.value.hint == "correct the pack; nothing is decided on it"
    return str(caught.value)


@pytest.mark.parametrize("name", NAMES)
def test_each_pack_loads_once_and_is_a_file_of_its_own_name(name: str) -> None:
    assert load_pack(name).name == name
    assert load_pack(name) is load_pack(name)


def test_every_pack_file_is_named() -> None:
    files = {path.name for path in (resources.files("liaison.policy") / "packs").iterdir()}
    assert files == {f"{name}.toml" for name in NAMES}


@pytest.mark.parametrize("name", ["", "atlantis", "../packs/demo", "demo.toml"])
def test_a_name_that_is_no_pack_is_refused(name: str) -> None:
    with pytest.raises(BadSetting, match="there is no rule pack") as caught:
        load_pack(name)
    assert caught.value.hint == "take one of eu-2016-680, uk-dpa-2018-part-3, albania, demo"


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("persons = 10", 'persons = "ten"', "table [bulk], field persons: Expected `int`"),
        ("persons = 10", "persons = 0", "table [bulk], field persons: Expected `int` >= 1"),
        ("persons = 10\n", "", "table [bulk], field persons: Object missing required field"),
        (
            "persons = 10\n",
            "persons = 10\nperson = 1\n",
            "table [bulk], field person: Object contains unknown",
        ),
        (
            "standing_days = 30",
            "standing_days = 40000",
            "table [top], field standing_days: Expected `int` <= 36525",
        ),
        ('title = "', 'subtitle = "x"\ntitle = "', "table [top], field subtitle: Object contains unknown"),
        (
            'allowed = ["prevention"',
            'allowed = ["gossip"',
            "table [purposes], field allowed[0]: Invalid enum value",
        ),
        ('read = "general"', 'read = "closely"', "table [bases[0]], field read: Invalid enum value"),
        (
            'status = "demonstration"',
            'status = "fine"',
            "table [top], field status: Invalid enum value 'fine'",
        ),
        (
            "suspect = 1825",
            "suspicious = 1825",
            "table [retention], field max_days: Invalid enum value 'suspicious'",
        ),
        ("[bulk]", "[bulk", "this is not TOML"),
        (
            'article 47"\nread = "summary"',
            'article 47"\nread = "closely"',
            "table [deadlines.source], field read: Invalid enum value 'closely'",
        ),
    ],
)
def test_a_shape_that_is_wrong_is_refused_by_pack_table_and_field(before: str, after: str, said: str) -> None:
    message = fault(spoilt(before, after))
    assert message.startswith("rule pack 'demo', " if "TOML" not in said else "rule pack 'demo': ")
    assert said in message


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('name = "demo"', 'name = "other"', "table [top], field name: it says 'other'"),
        (
            'notice = "Demonstration rules: not for records of real people."',
            'notice = ""',
            "table [top], field notice: a pack that no counsel signed says so in a notice",
        ),
        (
            '"border check" = ["border check", "missing person"]\n',
            "",
            "table [purposes], field reuse: its rows are not border check, detection, execution of penalties, ",
        ),
        (
            '"safeguarding" = ["safeguarding"]',
            '"safeguarding" = ["safeguarding"]\n"gossip" = []',
            "table [purposes], field reuse: its rows are not border check",
        ),
        (
            ', "missing person", "safeguarding"]\n',
            "]\n",
            "table [purposes], field reuse: its rows are not",
        ),
        (
            "justification = true",
            "justification = false",
            "table [grounds], field justification: a justification is always asked for",
        ),
        ('code = "order"', 'code = "task"', "table [bases], field code: there is no basis, or one twice"),
        (
            'categories = ["suspect", "convicted"]',
            'categories = ["suspect", "convicted", "victim"]',
            "table [index], field categories: victims and witnesses are never in the index",
        ),
        (
            'categories = ["suspect", "convicted"]',
            'categories = ["suspect"]',
            "table [index], field left_out: say of each category left out why, and of no other",
        ),
        ("missing = 1825\n", "", "table [retention], field max_days: say it of each category"),
        ("missing = 365\n", "", "table [retention], field review_days: say it of each category"),
        (
            "persons = 10\n",
            "persons = 101\n",
            "table [bulk], field most: persons, persons_all_cases and most",
        ),
        (
            "most = 250000",
            "most = 99",
            "table [bulk], field most: persons, persons_all_cases and most do not",
        ),
        (
            'roles = ["approver", "supervisor"]',
            "roles = []",
            "table [approval], field roles: name roles that may approve",
        ),
        (
            'roles = ["approver", "supervisor"]',
            'roles = ["approver", "investigator"]',
            "table [approval], field roles: name roles that may approve",
        ),
        (
            "urgent_hours = 8",
            "urgent_hours = 73",
            "table [deadlines], field other_hours: the deadlines do not rise",
        ),
        (
            "other_hours = 168",
            "other_hours = 71",
            "table [deadlines], field other_hours: the deadlines do not rise",
        ),
        (
            'capital = ["terrorism"',
            'capital = ["larking"',
            "table [offences], field capital: no such offence: larking",
        ),
        (
            "[sources]",
            "[offences.max_years]\nlarking = 3\n[sources]",
            "table [offences], field capital: no such offence: larking",
        ),
        ("L01 = {", "L99 = {", "table [sources], field L01: each rule has one source"),
    ],
)
def test_what_does_not_hold_together_is_refused_by_table_and_field(
    before: str, after: str, said: str
) -> None:
    assert f"rule pack 'demo', {said}" in fault(spoilt(before, after))


def test_a_pack_without_any_basis_is_refused() -> None:
    head, _, rest = DEMO_TEXT.partition("[[bases]]")
    bare = head + "[index]" + rest.partition("[index]")[2]
    assert "table [top], field bases" in fault(bare)
    assert "there is no basis, or one twice" in fault("bases = []\n" + bare)


def test_a_signed_pack_needs_no_notice() -> None:
    signed = spoilt('status = "demonstration"', 'status = "signed by counsel"')
    signed = signed.replace('notice = "Demonstration rules: not for records of real people."', 'notice = ""')
    assert parse_pack(signed, "demo").notice == ""


def test_numbers_that_touch_are_in_order() -> None:
    touching = spoilt("persons = 10\n", "persons = 100\n").replace("most = 250000", "most = 100")
    touching = touching.replace("urgent_hours = 8", "urgent_hours = 72").replace(
        "other_hours = 168", "other_hours = 72"
    )
    assert parse_pack(touching, "demo").bulk.most == 100


def test_sentences_of_an_offence_may_be_stated() -> None:
    pack = parse_pack(DEMO_TEXT.replace("[sources]", "[offences.max_years]\nfraud = 10\n[sources]"), "demo")
    assert pack.offences.max_years == {"fraud": 10}


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_rule_has_a_source_and_every_source_a_rule(pack: Pack) -> None:
    assert {rule.id.partition("/")[0] for rule in rules(pack)} | {"L19"} == set(SOURCED) == set(pack.sources)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_no_pack_lets_a_check_find_victims_witnesses_contacts_or_missing_persons(pack: Pack) -> None:
    assert pack.index.categories == {Category.SUSPECT, Category.CONVICTED}
    assert "Never" in pack.index.left_out[Category.VICTIM]
    assert "Never" in pack.index.left_out[Category.WITNESS]


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_flags_of_offences_are_kept_by_every_pack(pack: Pack) -> None:
    assert pack.offences.excluded == {OffenceFlag.POLITICAL, OffenceFlag.MILITARY, OffenceFlag.RELIGIOUS}
    assert pack.offences.capital == {code for code, kind in OFFENCES.items() if kind.capital}
    assert pack.instructions == set(INSTRUCTIONS)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_requests_have_the_clocks_of_directive_2023_977(pack: Pack) -> None:
    clocks = pack.deadlines
    hours = (clocks.urgent_hours, clocks.obtainable_hours, clocks.other_hours, clocks.core_hours)
    assert hours == (8, 3 * 24, 7 * 24, 48)


def test_the_british_pack_asks_for_a_justification_although_its_law_dropped_it() -> None:
    assert UK.grounds.justification
    assert "justification" in UK.notice
    assert "L01/grounds" in refusing(Action.CHECK, UK, grounds=None)


def test_the_albanian_pack_waits_for_counsel_and_is_as_strict_as_any_other() -> None:
    assert ALBANIA.status == "to be completed by counsel"
    assert all(source.read == "general" for source in ALBANIA.sources.values())
    assert all(basis.read == "general" for basis in ALBANIA.bases)
    for other in (EU, UK):
        assert ALBANIA.bulk.persons <= other.bulk.persons
        assert ALBANIA.approval.max_hours <= other.approval.max_hours
        assert ALBANIA.grounds.max_days <= other.grounds.max_days
        assert ALBANIA.standing_days <= other.standing_days
        for category in Category:
            assert ALBANIA.retention.max_days[category] <= other.retention.max_days[category]


def test_no_pack_claims_that_counsel_signed_it() -> None:
    assert {pack.status for pack in PACKS} == {"draft", "to be completed by counsel", "demonstration"}
    assert all(pack.notice for pack in PACKS)


def test_texts_are_claimed_read_only_where_the_rules_say_they_were() -> None:
    assert {rule for rule, source in EU.sources.items() if source.read == "text"} == {
        "L03",
        "L05",
        "L06",
        "L08",
        "L09",
        "L12",
    }
    assert {rule for rule, source in UK.sources.items() if source.read == "text"} == {"L19"}
    assert DEMO.sources["L04"].read == "summary"


def test_a_basis_is_found_by_its_code() -> None:
    order = EU.basis("order")
    assert order is not None
    assert order.needs_authority
    assert EU.basis("whim") is None


def test_what_a_record_may_serve_is_a_row_of_the_matrix() -> None:
    assert EU.reuse(Purpose.SAFEGUARDING) == {Purpose.SAFEGUARDING}
    assert EU.reuse(Purpose.BORDER_CHECK) == {Purpose.BORDER_CHECK, Purpose.MISSING_PERSON}
    assert Purpose.INVESTIGATION in EU.reuse(None)


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_record_but_those_that_protect_serves_a_check_at_a_border(pack: Pack) -> None:
    for collected in (None, *Purpose):
        serves = Purpose.BORDER_CHECK in pack.reuse(collected)
        assert serves is (collected is None or not collected.protects), collected


def test_a_record_serves_no_purpose_that_is_not_allowed() -> None:
    fewer = DEMO_TEXT.replace(', "safeguarding"]\n\n', "]\n\n", 1).replace(
        '"safeguarding" = ["safeguarding"]\n', ""
    )
    assert fault(fewer) == (
        "rule pack 'demo', table [purposes.reuse], field missing person: it serves a purpose that is not allowed"
    )
    assert parse_pack(fewer.replace('["missing person", "safeguarding"]', '["missing person"]'), "demo")


def test_a_record_may_serve_every_purpose_that_is_allowed() -> None:
    whole = "[" + ", ".join(f'"{purpose.value}"' for purpose in Purpose) + "]"
    assert parse_pack(spoilt('"safeguarding" = ["safeguarding"]', f'"safeguarding" = {whole}'), "demo")


def test_a_law_may_let_a_check_find_all_but_victims_and_witnesses() -> None:
    text = spoilt('["suspect", "convicted"]', '["suspect", "convicted", "contact", "missing"]')
    kept = [line for line in text.splitlines() if not line.startswith(('contact = "', 'missing = "'))]
    assert len(parse_pack("\n".join(kept), "demo").index.categories) == 4


def test_a_fault_at_the_top_names_the_field_alone() -> None:
    assert "rule pack 'demo', table [top], field title: Expected `str`, got `int`" in fault(
        spoilt('title = "Demonstration: invented numbers on European rules"', "title = 1")
    )
