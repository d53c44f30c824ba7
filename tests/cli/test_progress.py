import pytest

from liaison.cli.progress import shown


def test_plain_lines_at_each_quarter_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with shown() as progress:
        for done in range(0, 10_001, 500):
            progress("Checking", done, 10_000)
    lines = capsys.readouterr().err.splitlines()
    assert lines == [f"Checking: {done:,} of 10,000" for done in (2_500, 5_000, 7_500, 10_000)]


def test_a_short_stage_is_named_once(capsys: pytest.CaptureFixture[str]) -> None:
    with shown() as progress:
        for done in range(6):
            progress("Building the index", done, 5)
    assert capsys.readouterr().err == "Building the index\n"


def test_nothing_is_said_to_a_script(capsys: pytest.CaptureFixture[str]) -> None:
    with shown(silent=True) as progress:
        progress("Checking", 10_000, 10_000)
    assert capsys.readouterr().err == ""


def test_a_terminal_gets_a_bar_with_rate_and_time_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")
    with shown() as progress:
        progress("Checking", 0, 10_000)
        progress("Checking", 5_000, 10_000)
        progress("Checking", 10_000, 10_000)
    text = capsys.readouterr().err
    assert "Checking" in text
    assert "10,000 of 10,000" in text
