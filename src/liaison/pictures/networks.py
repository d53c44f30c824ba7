"""The two networks that find and read text, as they stand in the wheel of `rapidocr` (PP-OCRv6, Apache-2.0).

Only the wheel's two model files are used, through onnxruntime on one thread; its program is never imported. What is
here knows nothing of documents: pictures go in, boxes and probabilities come out.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FINDER, READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
PARTS = ("onnxruntime", "cv2", "rapidocr")
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ<"
FILLERS = "<«‹〈≪＜"  # what the network calls a filler at times
STEP = 32  # the network that finds takes sides that are multiples of this
HEIGHT = 48  # pixels of a line for the network that reads
NARROWEST, WIDEST = 48, 3_200  # pixels of such a line
HINT = "install the extra: ./dev setup --photographs, or pip install 'liaison[photographs]'"

Pixels = NDArray[np.uint8]  # [height, width, 3], blue first
Floats = NDArray[np.float32]


def installed() -> bool:
    """Whether everything that reading pictures needs is on this machine; nothing of it is loaded."""
    return all(find_spec(part) is not None for part in PARTS) and all(
        path.is_file() for path in (model(FINDER), model(READER))
    )


def model(name: str) -> Path:
    """Where a network of this installation stands, whether it is there or not."""
    found = find_spec("rapidocr")
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0] if places else "", "models", name)


@cache
def session(path: Path) -> Any:
    """A network, loaded once; on one thread, which does not spin while it waits."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    chosen = onnxruntime.SessionOptions()
    chosen.intra_op_num_threads = chosen.inter_op_num_threads = 1
    chosen.add_session_config_entry("session.intra_op.allow_spinning", "0")
    chosen.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(str(path), chosen, providers=["CPUExecutionProvider"])


def _session(name: str) -> Any:
    return session(model(name))


@cache
def _classes() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which of the reader's classes count for which sign of SIGNS: rows of classes, and of places from 1."""
    places = {sign: at for at, sign in enumerate(alphabet())}
    pairs = [
        (places[each], at)
        for at, sign in enumerate(SIGNS, 1)
        for each in (FILLERS if sign == "<" else {sign, sign.lower()} - {"l"})
        if each in places
    ]
    return np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])


def likely(picture: Pixels, longest: int, enlarged: bool = False) -> Floats:
    """How likely text stands at each place: float32[h, w] of the picture made smaller, its longest side `longest`; a
    smaller picture stays as it is, or is `enlarged` to that side.
    """
    smaller = scaled(picture, sides_of(picture, longest, enlarged))
    return np.asarray(_session(FINDER).run(None, {"x": shaped(smaller)})[0][0, 0], np.float32)


def sides_of(picture: Pixels, longest: int, enlarged: bool = False) -> tuple[int, int]:
    """Width and height of what the network that finds is shown: multiples of STEP."""
    height, width = picture.shape[:2]
    change = longest / max(height, width) if enlarged else min(1.0, longest / max(height, width))
    return max(STEP, round(width * change / STEP) * STEP), max(STEP, round(height * change / STEP) * STEP)


def scaled(picture: Pixels, size: tuple[int, int]) -> Pixels:
    """The picture made this wide and high."""
    import cv2

    form = cv2.INTER_AREA if size[0] <= picture.shape[1] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=form), np.uint8)


def signs(line: Pixels, wider: float = 1.0) -> Floats:
    """What stands in a line, step by step: float32[steps, 1 + len(SIGNS)], the first column for "no sign".

    `wider` is how much wider than it is the line is shown to the network.
    """
    return counted(steps(line, wider), *_classes(), len(SIGNS))


def steps(line: Pixels, wider: float = 1.0) -> Floats:
    """The same for every class of the network: float32[steps, classes], the first one for "no sign"."""
    return np.asarray(_session(READER).run(None, {"x": line_of(line, wider)})[0][0], np.float32)


def line_of(line: Pixels, wider: float = 1.0) -> Floats:
    """A line as the network that reads takes it: float32[1, 3, HEIGHT, w] from -1 to 1."""
    import cv2

    height, width = line.shape[:2]
    wide = min(max(NARROWEST, round(width * wider * HEIGHT / height)), WIDEST)
    form = cv2.INTER_AREA if height > HEIGHT else cv2.INTER_CUBIC
    return shaped(cv2.resize(line, (wide, HEIGHT), interpolation=form))


def counted(found: Floats, classes: NDArray[np.int64], places: NDArray[np.int64], signs: int) -> Floats:
    """Classes that count for one sign as one: float32[steps, 1 + signs]; what counts for none is "no sign"."""
    kept = np.zeros((len(found), 1 + signs), np.float32)
    np.add.at(kept.T, places, found[:, classes].T)
    kept[:, 0] = np.clip(1 - kept[:, 1:].sum(1), 0, 1)
    return kept


def alphabet() -> tuple[str, ...]:
    """The signs of the classes of the network that reads; "" for the first, which is "no sign"."""
    return ("", *_session(READER).get_modelmeta().custom_metadata_map["character"].splitlines(), " ")


def shaped(picture: Any) -> Floats:
    """A picture as both networks take it: float32[1, 3, h, w] from -1 to 1."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1)[None].astype(np.float32) / 127.5 - 1)
