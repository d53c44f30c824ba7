"""The measuring of name pairs is honest: halves apart, measures right, tables what their makers make."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import frequencies, pairs, short_names, tables

shared = pytest.mark.skipif(not pairs.NAMES.is_dir(), reason="the shared test names are not on this machine")


def test_measures_of_a_perfect_and_a_useless_scorer() -> None:
    perfect = pairs.measures([(0.9, True)] * 20 + [(0.1, False)] * 20)
    assert (perfect["auc"], perfect["best_f1"], perfect["recall_at_1pct_fpr"]) == (1.0, 1.0, 1.0)
    useless = pairs.measures([(0.5, True)] * 20 + [(0.5, False)] * 20)
    assert useless["auc"] == 0.5
    assert useless["recall_at_5pct_fpr"] == 0.0


def test_a_threshold_takes_all_pairs_of_one_score_or_none() -> None:
    scored = [(0.9, True)] * 10 + [(0.8, True)] * 10 + [(0.8, False)] * 2 + [(0.1, False)] * 18
    assert pairs.measures(scored)["recall_at_5pct_fpr"] == 0.5


@shared
def test_the_halves_share_nothing_and_leave_nothing_out() -> None:
    everything = pairs.labelled()
    kept, seen = (pairs.half(everything, which) for which in (True, False))
    assert len(kept) + len(seen) == len(everything)
    assert not {pair[:2] for pair in kept} & {pair[:2] for pair in seen}


@shared
def test_names_in_two_scripts_are_made_of_kept_tokens_alone() -> None:
    for native, _, _ in pairs.two_scripts("wikidata_arabic_latin_tokens.tsv", kept=True):
        assert all(tables.kept_apart(token) for token in native.split())


@shared
def test_a_negative_of_the_ofac_list_is_no_alias() -> None:
    found = pairs.ofac_pairs()
    same = {pair[:2] for pair in found if pair[2]}
    other = {pair[:2] for pair in found if not pair[2]}
    assert not same & other
    assert len(same) > 900
    assert len(other) > 600
    assert all(a != b for a, b in other)


@shared
@pytest.mark.parametrize(
    ("maker", "name"), [(frequencies, "frequencies.tsv"), (short_names, "short_names.tsv")]
)
def test_a_committed_table_is_what_its_maker_writes(
    maker: object, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maker, "TARGET", tmp_path / name)
    maker.main()  # type: ignore[attr-defined]
    assert (tmp_path / name).read_text() == (tables.TARGET / name).read_text()


@shared
@pytest.mark.campaign
def test_the_contexts_of_arabic_letters_are_what_their_maker_learns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "TARGET", tmp_path)
    monkeypatch.setattr("sys.argv", ["tables"])
    committed = (
        Path(pairs.__file__).parents[1] / "src" / "liaison" / "matching" / "names" / "contexts_arabic.tsv"
    )
    tables.main()
    assert (tmp_path / "contexts_arabic.tsv").read_text("utf8") == committed.read_text("utf8")
