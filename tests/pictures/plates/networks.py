"""ONNX files of networks that always answer the same, written by hand: what somebody's own network may be like."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

FLOAT, UINT8 = 1, 2  # TensorProto.DataType


def constant(path: Path, takes: tuple[int | str, ...], gives: Any, kind: int = FLOAT) -> str:
    """Write a network that takes `takes` and gives `gives`, float32, whatever it was shown; its path."""
    values = np.asarray(gives, np.float32)
    tensor = (
        b"".join(_number(1, side) for side in values.shape) + _number(2, FLOAT) + _part(9, values.tobytes())
    )
    value = _part(1, b"value") + _part(5, tensor) + _number(20, 4)
    node = _part(2, b"y") + _part(4, b"Constant") + _part(5, value)
    graph = (
        _part(1, node)
        + _part(2, b"g")
        + _part(11, _shown(b"x", kind, takes))
        + _part(12, _shown(b"y", FLOAT, values.shape))
    )
    path.write_bytes(_number(1, 8) + _part(7, graph) + _part(8, _number(2, 13)))
    return str(path)


def _shown(name: bytes, kind: int, sides: tuple[int | str, ...]) -> bytes:
    shape = b"".join(
        _part(1, _number(1, side) if isinstance(side, int) else _part(2, side.encode())) for side in sides
    )
    return _part(1, name) + _part(2, _part(1, _number(1, kind) + _part(2, shape)))


def _varint(value: int) -> bytes:
    found = b""
    while value > 127:
        found += bytes([value & 127 | 128])
        value >>= 7
    return found + bytes([value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _part(field: int, content: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(content)) + content
