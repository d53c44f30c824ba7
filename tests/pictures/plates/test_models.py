"""Somebody's own networks: taken where they answer as they should, and refused with what is wrong where they do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from liaison.model.errors import BadSetting
from liaison.pictures import networks
from liaison.pictures.lines import crop
from liaison.pictures.plates.lattice import SIGNS, greedy
from liaison.pictures.plates.models import Models, finder, reader
from liaison.pictures.plates.reading import Wanted, read
from tests.pictures.plates.drawings import needs_networks, picture
from tests.pictures.plates.networks import UINT8, constant

pytestmark = needs_networks
ANY = ("n", 3, "h", "w")


@pytest.fixture
def alphabet(tmp_path: Path) -> str:
    """The alphabet of the reader of this installation, as somebody would write it."""
    path = tmp_path / "alphabet.txt"
    path.write_text("\n".join(networks.alphabet()[1:]) + "\n", "utf-8")
    return str(path)


def own(name: str) -> str:
    return str(networks.model(name))


def test_own_networks_read_as_those_here_do(alphabet: str) -> None:
    shown = picture()
    models = Models(own(networks.FINDER), own(networks.READER), alphabet)
    assert read(shown, Wanted(models=models)) == read(shown, Wanted())


def test_boxes_of_an_own_detector_are_those_of_the_picture(tmp_path: Path) -> None:
    boxes = [[0, 32, 64, 160, 96, 0, 0.9], [0, 0, 0, 10, 10, 0, 0.1]]
    path = constant(tmp_path / "boxes.onnx", (1, 3, 320, 320), boxes)
    found = finder(Models(path))(np.zeros((640, 960, 3), np.uint8), 960)
    assert [line.box.tolist() for line in found] == [[[96, 128], [480, 128], [480, 192], [96, 192]]]


def test_a_reader_of_places_is_read_sign_by_sign(tmp_path: Path) -> None:
    signs = SIGNS + "_"
    said = np.full((1, 9, len(signs)), 0.001)
    for at, sign in enumerate("AA1188B__"):
        said[0, at, signs.index(sign)] = 0.96
    path = constant(tmp_path / "places.onnx", (1, 64, 128, 1), said, UINT8)
    (tmp_path / "signs.txt").write_text("\n".join(signs), "utf-8")
    lattice = reader(Models("", path, str(tmp_path / "signs.txt")))(np.zeros((40, 160, 3), np.uint8))
    assert greedy(lattice) == "AA1188B"


def refused(models: Models, of: str) -> str:
    with pytest.raises(BadSetting) as refusal:
        (finder if of == "finder" else reader)(models)
    assert refusal.value.hint
    return str(refusal.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path, alphabet: str) -> None:
    nowhere = str(tmp_path / "nowhere.onnx")
    assert refused(Models(nowhere), "finder") == f"plate_detector: there is no file {nowhere}"
    assert refused(Models("", nowhere, alphabet), "reader") == f"plate_reader: there is no file {nowhere}"
    assert f"plate_alphabet: there is no file {nowhere}" in refused(
        Models("", own(networks.READER), nowhere), "reader"
    )


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("not a network")
    assert "cannot be loaded as a network" in refused(Models(str(path)), "finder")


def test_a_reader_given_as_detector_is_refused_with_its_shape() -> None:
    assert "18710" in refused(Models(own(networks.READER)), "finder")


def test_a_detector_given_as_reader_is_refused(alphabet: str) -> None:
    assert "the network takes tensor(float)" in refused(Models("", own(networks.FINDER), alphabet), "reader")


def test_a_network_that_takes_something_else_is_refused_with_what_it_takes(tmp_path: Path) -> None:
    path = constant(tmp_path / "flat.onnx", (1, 7), [[1.0]])
    assert "takes tensor(float) [1, 7]" in refused(Models(path), "finder")


def test_an_alphabet_of_another_length_is_refused(tmp_path: Path) -> None:
    short = tmp_path / "short.txt"
    short.write_text("A\nB\n", "utf-8")
    assert "18710" in refused(Models("", own(networks.READER), str(short)), "reader")


@pytest.mark.parametrize(("content", "words"), [(b"A\nBC\n", "line 2"), (b"\xff\xfe", "no text in UTF-8")])
def test_an_alphabet_has_one_sign_on_each_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "signs.txt"
    path.write_bytes(content)
    assert words in refused(Models("", own(networks.READER), str(path)), "reader")


def test_reader_and_alphabet_come_together(alphabet: str) -> None:
    assert "needs its alphabet" in refused(Models("", own(networks.READER)), "reader")
    assert "plate_reader is not" in refused(Models("", "", alphabet), "reader")


def test_places_need_an_alphabet_that_divides_them(tmp_path: Path) -> None:
    path = constant(tmp_path / "places.onnx", (1, 64, 128, 3), np.zeros((1, 9, 37)), UINT8)
    (tmp_path / "signs.txt").write_text("A\nB\n", "utf-8")
    assert "1 x 9 x 37" in refused(Models("", path, str(tmp_path / "signs.txt")), "reader")


def test_crops_are_those_of_the_boxes(tmp_path: Path) -> None:
    """An own detector's upright box is cropped as one that was found here."""
    shown = picture(hard=0.1)
    found = read(shown, Wanted())[0]
    left, top = np.min(found.box, 0)
    right, bottom = np.max(found.box, 0)
    scale = np.array([320 / shown.shape[1], 320 / shown.shape[0]] * 2)
    sides = (np.array([left, top, right, bottom]) * scale).tolist()
    path = constant(tmp_path / "one.onnx", (1, 3, 320, 320), [[0, *sides, 0, 0.99]])
    line = finder(Models(path))(shown, 960)[0]
    assert crop(shown, line).shape[1] == pytest.approx(right - left + 0.6 * (bottom - top), abs=4)
    assert read(shown, Wanted(models=Models(path)))[0].text == found.text
