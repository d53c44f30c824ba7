"""Pixels of a picture, and a small picture of pixels. Run in the process of `reader` alone, never in the node's own."""

from __future__ import annotations

import numpy as np

from liaison.model.errors import BadInput
from liaison.pictures.headers import AGAIN, DAMAGED, FIELD, OTHERWISE, header
from liaison.pictures.networks import Pixels

SHOWN = 1_400  # pixels of the longest side of what is shown again
QUALITY = 80


def decoded(content: bytes) -> Pixels:
    """The picture the right way up, as its camera says (EXIF orientation); nothing else that stands in the file is
    kept. Raises BadInput for one that is damaged, or is of another size than it says.
    """
    import cv2

    said = header(content)
    found = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if found is None:
        raise BadInput(DAMAGED, field=FIELD, hint=AGAIN)
    if sorted(found.shape[:2]) != sorted((said.width, said.height)):
        raise BadInput(OTHERWISE, field=FIELD, hint=AGAIN)
    return np.asarray(found, np.uint8)


def shown(picture: Pixels) -> bytes:
    """The picture as a small JPEG, made of its pixels alone."""
    import cv2

    height, width = picture.shape[:2]
    smaller = min(1.0, SHOWN / max(height, width))
    size = max(1, round(width * smaller)), max(1, round(height * smaller))
    scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    return bytes(cv2.imencode(".jpg", scaled, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())
