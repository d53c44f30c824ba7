"""The networks that find plates and read them: those of `networks`, or somebody's own in ONNX files.

An own detector takes float32[1, 3, h, w] from -1 to 1 and gives either a map float32[1, 1, h, w] of where text is
likely, or boxes float32[n, 7] (picture, left, top, right, bottom, class, score) in pixels of what it saw, for pictures
from 0 to 1. An own reader gives float32[1, steps, classes] for float32[1, 3, 48, w], its first class "no sign"; or
float32[1, places, classes] for uint8[1, h, w, 1 or 3], where the sign _ fills places. Its alphabet is a text file
with the sign of one class on each line, in their order.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from liaison.model.errors import BadSetting
from liaison.pictures import networks
from liaison.pictures.lines import Line, lines, lines_of
from liaison.pictures.networks import HEIGHT, Floats, Pixels
from liaison.pictures.plates.lattice import SIGNS, Lattice, places_of

LEAST_BOX = 0.4  # score of an own detector's box
TRIAL = (96, 320)  # pixels, height and width, of the blank that an own network is tried with
FILLS = "_"
LARGEST = 4_096  # pixels of the longest side that is looked at
MOST_SIGNS = 100_000  # lines of an alphabet
DETECTORS = "a detector gives a map of 1 x 1 x h x w or boxes of n x 7: see docs/plates.md"
READERS = (
    "a reader gives 1 x steps x classes, and its alphabet has one line for each class: see docs/plates.md"
)

Finder = Callable[[Pixels, int], list[Line]]
Reader = Callable[[Pixels], Lattice]


class Models(msgspec.Struct, frozen=True):
    """Paths of own networks; empty where the one of this installation is used. An own reader needs its alphabet."""

    detector: str = ""
    reader: str = ""
    alphabet: str = ""


@cache
def finder(models: Models) -> Finder:
    """What finds boxes in a picture whose longest side is made so many pixels. Raises BadSetting."""
    if not models.detector:
        return lambda picture, longest: lines(picture, longest, enlarged=True)
    own = _own(models.detector, "plate_detector")
    size = _sides(own)
    given = _tried(own, np.zeros((1, 3, *size), np.float32), "plate_detector", DETECTORS)
    if given.ndim == 4 and given.shape[:2] == (1, 1):
        return lambda picture, longest: lines_of(picture, _map(own, picture, longest))
    if given.ndim == 2 and given.shape[1] == 7:
        return lambda picture, longest: _boxes(own, picture, longest)
    raise _shaped(models.detector, "plate_detector", given, DETECTORS)


@cache
def reader(models: Models) -> Reader:
    """What reads a crop. Raises BadSetting."""
    if not models.reader:
        if models.alphabet:
            raise BadSetting("plate_alphabet is set and plate_reader is not", hint="set both, or neither")
        classes, places = places_of(networks.alphabet())
        return lambda crop: networks.counted(networks.steps(crop), classes, places, len(SIGNS))
    signs = _alphabet(models.alphabet)
    own = _own(models.reader, "plate_reader")
    return (
        _of_steps(own, models, signs)
        if own.get_inputs()[0].type == "tensor(float)"
        else _of_places(own, models, signs)
    )


def _of_steps(own: Any, models: Models, signs: list[str]) -> Reader:
    name = own.get_inputs()[0].name
    given = _tried(own, np.zeros((1, 3, HEIGHT, TRIAL[1]), np.float32), "plate_reader", READERS)
    classes, places = places_of(("", *signs))
    if given.ndim != 3 or given.shape[2] not in (
        len(signs) + 1,
        len(signs) + 2,
    ):  # the second one for a blank
        raise _shaped(models.reader, "plate_reader", given, f"the alphabet has {len(signs)} signs; {READERS}")

    def read(crop: Pixels) -> Lattice:
        found = own.run(None, {name: networks.line_of(crop)})[0][0]
        return networks.counted(np.asarray(found, np.float32), classes, places, len(SIGNS))

    return read


def _of_places(own: Any, models: Models, signs: list[str]) -> Reader:
    """A reader that gives a sign for each of so many places: between these stands "no sign"."""
    import cv2

    entry = own.get_inputs()[0]
    if (
        entry.type != "tensor(uint8)"
        or len(entry.shape) != 4
        or not all(isinstance(side, int) for side in entry.shape[1:])
    ):
        raise BadSetting(f"{models.reader}: it takes {entry.type} {entry.shape}", hint=READERS)
    height, width, colours = entry.shape[1:]
    given = _tried(own, np.zeros((1, height, width, colours), np.uint8), "plate_reader", READERS)
    if colours not in (1, 3) or given.size % len(signs) or given.shape[-1] % len(signs):
        raise _shaped(models.reader, "plate_reader", given, f"the alphabet has {len(signs)} signs; {READERS}")
    classes, places = places_of("" if sign == FILLS else sign for sign in signs)

    def read(crop: Pixels) -> Lattice:
        scaled = cv2.resize(crop, (width, height), interpolation=cv2.INTER_LINEAR)
        shown = cv2.cvtColor(scaled, cv2.COLOR_BGR2GRAY if colours == 1 else cv2.COLOR_BGR2RGB)
        found = own.run(None, {entry.name: shown.reshape(1, height, width, colours)})[0]
        kept = networks.counted(
            np.asarray(found, np.float32).reshape(-1, len(signs)), classes, places, len(SIGNS)
        )
        apart = np.zeros((2 * len(kept), kept.shape[1]), np.float32)
        apart[0::2], apart[1::2, 0] = kept, 1.0
        return apart

    return read


def _own(path: str, setting: str) -> Any:
    """The network in a file. Raises BadSetting for one that is not there or is none."""
    if not Path(path).is_file():
        raise BadSetting(f"{setting}: there is no file {path}", hint="give the path of an ONNX file")
    try:
        return networks.session(Path(path).resolve())
    except Exception as error:  # whatever the library says of a file that is none
        raise BadSetting(
            f"{setting}: {path} cannot be loaded as a network ({type(error).__name__})",
            hint="give an ONNX file that holds everything it needs",
        ) from None


def _alphabet(path: str) -> list[str]:
    if not path or not Path(path).is_file():
        words = f"there is no file {path}" if path else "an own plate_reader needs its alphabet"
        raise BadSetting(
            f"plate_alphabet: {words}", hint="a text file with the sign of one class on each line"
        )
    try:
        signs = Path(path).read_text("utf-8").rstrip("\n").split("\n")
    except UnicodeDecodeError:
        raise BadSetting(
            f"plate_alphabet: {path} is no text in UTF-8", hint="one sign on each line"
        ) from None
    long = next((row for row, sign in enumerate(signs, 1) if len(sign) > 1), 0)
    if long or len(signs) > MOST_SIGNS:
        raise BadSetting(
            f"plate_alphabet: {path}, line {long or MOST_SIGNS + 1}: one sign stands on each line",
            hint="write the classes of the network one under the other, in their order",
        )
    return signs


def _tried(own: Any, blank: NDArray[Any], setting: str, hint: str) -> NDArray[Any]:
    """What a network gives for a blank. Raises BadSetting where it takes something else."""
    entries = own.get_inputs()
    try:
        return np.asarray(own.run(None, {entries[0].name: blank})[0])
    except Exception:  # whatever the library says of a shape or a type that does not fit
        takes = ", ".join(f"{each.type} {each.shape}" for each in entries)
        raise BadSetting(f"{setting}: the network takes {takes}", hint=hint) from None


def _shaped(path: str, setting: str, given: NDArray[Any], hint: str) -> BadSetting:
    return BadSetting(f"{setting}: {path} gives {' x '.join(map(str, given.shape))}", hint=hint)


def _sides(own: Any) -> tuple[int, int]:
    """Height and width that a network takes; those of the trial where it takes any."""
    shape = own.get_inputs()[0].shape
    fixed = [side if isinstance(side, int) else other for side, other in zip(shape[2:], TRIAL, strict=False)]
    return (fixed[0], fixed[1]) if len(fixed) == 2 else TRIAL


def _map(own: Any, picture: Pixels, longest: int) -> Floats:
    entry = own.get_inputs()[0]
    size = _fixed(entry.shape) or networks.sides_of(picture, longest, enlarged=True)
    found = own.run(None, {entry.name: networks.shaped(networks.scaled(picture, size))})[0]
    return np.asarray(found[0, 0], np.float32)


def _fixed(shape: list[Any]) -> tuple[int, int] | None:
    """Width and height, where a network takes no other."""
    return (shape[3], shape[2]) if isinstance(shape[2], int) and isinstance(shape[3], int) else None


def _boxes(own: Any, picture: Pixels, longest: int) -> list[Line]:
    """Upright boxes of a detector that gives them, in pixels of the picture."""
    entry = own.get_inputs()[0]
    size = _fixed(entry.shape) or networks.sides_of(picture, longest, enlarged=True)
    seen = (networks.shaped(networks.scaled(picture, size)) + 1) / 2
    scale = np.array([picture.shape[1] / size[0], picture.shape[0] / size[1]])
    found = []
    for _, left, top, right, bottom, _, score in np.asarray(own.run(None, {entry.name: seen})[0], float):
        if score >= LEAST_BOX and right > left and bottom > top:
            corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
            found.append(Line(corners * scale))
    return found
