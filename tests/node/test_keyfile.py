from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from liaison.model.errors import BadInput, BadSetting, Erased
from liaison.node.keyfile import open_keys, put_keys, save_keys
from liaison.node.wiring import Node
from liaison.ports import Compartment
from liaison.storage.keys import KeyRing

PHRASE = "correct horse battery"
pytestmark = pytest.mark.usefixtures("light")


def restored(place: Path, folder: Path) -> KeyRing:
    put_keys(open_keys(place, PHRASE), folder)
    return KeyRing(folder)


def test_keys_come_back_as_they_were(node: Node, tmp_path: Path) -> None:
    made = node.office.keys.create(Compartment.SAFEGUARDING, 3)
    save_keys(node.places.keys, tmp_path / "keys.bin", PHRASE)
    ring = restored(tmp_path / "keys.bin", tmp_path / "restored")
    assert ring.fetch([key for key, _ in made]) == [key for _, key in made]
    assert (tmp_path / "keys.bin").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "restored/node.seed").read_bytes() == (node.places.keys / "node.seed").read_bytes()
    ring.close()


def test_a_destroyed_key_is_not_in_the_next_file(node: Node, tmp_path: Path) -> None:
    place = tmp_path / "keys.bin"
    (key, _), (kept, _) = node.office.keys.create(Compartment.HOLDINGS, 2)
    save_keys(node.places.keys, place, PHRASE)
    node.office.keys.destroy([key])
    save_keys(node.places.keys, place, PHRASE)
    ring = restored(place, tmp_path / "restored")
    with pytest.raises(Erased):
        ring.fetch([key])
    assert ring.fetch([kept])
    ring.close()
    assert [each.name for each in tmp_path.iterdir() if "keys.bin" in each.name] == ["keys.bin"]
    assert not list(node.places.keys.glob(".*"))


def test_ids_given_out_after_the_copy_are_not_given_out_again(node: Node, tmp_path: Path) -> None:
    save_keys(node.places.keys, tmp_path / "keys.bin", PHRASE)
    later = node.office.keys.create(Compartment.HOLDINGS, 5)[-1][0]
    ring = restored(tmp_path / "keys.bin", tmp_path / "restored")
    assert ring.create(Compartment.HOLDINGS)[0][0] > later
    ring.close()


def test_a_wrong_passphrase_opens_nothing(node: Node, tmp_path: Path) -> None:
    save_keys(node.places.keys, tmp_path / "keys.bin", PHRASE)
    with pytest.raises(BadInput, match="does not open"):
        open_keys(tmp_path / "keys.bin", PHRASE + "s")


def test_a_weak_passphrase_is_refused(node: Node, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="under 12"):
        save_keys(node.places.keys, tmp_path / "keys.bin", "short")
    assert not (tmp_path / "keys.bin").exists()


def test_no_key_stands_readable_in_the_file(node: Node, tmp_path: Path) -> None:
    save_keys(node.places.keys, tmp_path / "keys.bin", PHRASE)
    content = (tmp_path / "keys.bin").read_bytes()
    for place in node.places.keys.glob("*.key"):
        assert place.read_bytes() not in content
    assert b"SQLite" not in content


@hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_a_changed_bit_anywhere_is_refused(node: Node, tmp_path: Path, data: st.DataObject) -> None:
    place = tmp_path / "keys.bin"
    if not place.exists():
        save_keys(node.places.keys, place, PHRASE)
    content = bytearray(place.read_bytes())
    bit = data.draw(st.integers(0, min(len(content), 400) * 8 - 1))
    content[bit // 8] ^= 1 << bit % 8
    (tmp_path / "changed").write_bytes(content)
    with pytest.raises(BadInput):
        open_keys(tmp_path / "changed", PHRASE)


@pytest.mark.parametrize("content", [b"", b"liaison-keys-1\n", b"PK\x03\x04" * 50])
def test_what_is_no_key_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(BadInput, match="holds no keys"):
        open_keys(tmp_path / "other", PHRASE)


@pytest.mark.parametrize("name", ["../outside", "node.db", "/absolute"])
def test_no_other_file_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadInput, match="no key of a node"):
        put_keys({name: b"x"}, tmp_path / "restored")
    assert not (tmp_path / "outside").exists()
