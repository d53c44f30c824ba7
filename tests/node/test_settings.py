import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liaison.model.errors import BadSetting
from liaison.node.settings import (
    FILE,
    NAMES,
    Settings,
    meaning,
    read_settings,
    reference,
    settings_of,
    write_settings,
)
from tests.node.conftest import VALUES, settings


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    chosen = settings(proxies=["10.0.0.1"], demo=True, port=9000)
    write_settings(tmp_path, chosen)
    assert read_settings(tmp_path, {}) == chosen


@given(text=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60))
def test_any_name_survives_the_file(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("settings")
    write_settings(folder, settings(name=text))
    assert read_settings(folder, {}).name == text


def test_a_file_is_never_overwritten(tmp_path: Path) -> None:
    write_settings(tmp_path, settings())
    with pytest.raises(FileExistsError):
        write_settings(tmp_path, settings())


def test_the_environment_stands_over_the_file(tmp_path: Path) -> None:
    write_settings(tmp_path, settings())
    over = {"LIAISON_PORT": "8500", "LIAISON_DEMO": "yes", "LIAISON_LANGUAGES": "sq, en", "PATH": "x"}
    found = read_settings(tmp_path, over)
    assert (found.port, found.demo, found.languages) == (8500, True, ("sq", "en"))
    assert read_settings(tmp_path, over, {"port": "8600"}).port == 8600


@pytest.mark.parametrize(
    ("variable", "text", "fault"),
    [
        ("LIAISON_PROT", "1", "LIAISON_PROT is not a setting"),
        ("LIAISON_PORT", "many", "not a whole number"),
        ("LIAISON_PORT", "99999", "port"),
        ("LIAISON_DEMO", "perhaps", "neither true nor false"),
    ],
)
def test_a_wrong_variable_is_refused(tmp_path: Path, variable: str, text: str, fault: str) -> None:
    write_settings(tmp_path, settings())
    with pytest.raises(BadSetting, match=fault):
        read_settings(tmp_path, {variable: text})


def test_an_unknown_setting_names_the_nearest(tmp_path: Path) -> None:
    write_settings(tmp_path, settings())
    with (tmp_path / FILE).open("a") as out:
        out.write("prot = 1\n")
    with pytest.raises(BadSetting, match="prot is not a setting") as refused:
        read_settings(tmp_path, {})
    assert refused.value.hint == "did you mean port?"


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"origin": "Our Node"}, "origin"),
        ({"origin": ""}, "origin"),
        ({"name": ""}, "name"),
        ({"regimes": []}, "regimes"),
        ({"tls_certificate": "a.pem"}, "go together"),
        ({"oidc_issuer": "https://id.example"}, "go together"),
        ({"public_url": "node.example"}, "public_url"),
        ({"host": "0.0.0.0"}, "open to others without TLS"),
        ({"theme": "loud"}, "theme"),
        ({"head_seconds": 61}, "head_seconds"),
    ],
)
def test_settings_that_cannot_work_are_refused(values: dict[str, object], fault: str) -> None:
    with pytest.raises(BadSetting, match=fault):
        settings(**values)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
def test_the_own_machine_needs_no_tls(host: str) -> None:
    assert settings(host=host).host == host


def test_others_are_reached_with_tls_or_through_a_proxy() -> None:
    assert settings(host="0.0.0.0", tls_certificate="a.pem", tls_key="b.pem").host == "0.0.0.0"
    assert settings(host="0.0.0.0", proxies=["10.0.0.1"]).proxies == ("10.0.0.1",)


def test_a_folder_without_a_node_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="there is no node") as refused:
        read_settings(tmp_path, {})
    assert "liaison init" in refused.value.hint


@pytest.mark.parametrize("content", [b"name = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(BadSetting):
        read_settings(tmp_path, {})


def test_a_required_setting_is_missed() -> None:
    with pytest.raises(BadSetting, match="agency"):
        settings_of({name: value for name, value in VALUES.items() if name != "agency"})


def test_every_setting_has_a_meaning_and_a_row() -> None:
    rows = reference()
    for name in NAMES:
        assert meaning(name)[0] in string.ascii_letters
        assert f"| `{name}` |" in rows
    assert len(rows.splitlines()) == len(NAMES) + 2


def test_the_document_has_every_setting() -> None:
    document = Path(__file__).parents[2] / "docs/operating.md"
    assert reference() in document.read_text("utf-8")


def test_settings_are_a_value() -> None:
    assert settings() == settings()
    assert isinstance(settings(), Settings)
