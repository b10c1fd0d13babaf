"""Comments go, the picture stays."""

import io

import numpy as np
from PIL import Image

from demo.jpeg import without_comments


def test_comments_go_and_pixels_stay():
    pixels = np.random.default_rng(0).integers(0, 256, (24, 40, 3), dtype=np.uint8)
    plain, commented = io.BytesIO(), io.BytesIO()
    Image.fromarray(pixels).save(plain, "JPEG")
    Image.fromarray(pixels).save(commented, "JPEG", comment="Time: 12:34")
    assert plain.getvalue() != commented.getvalue()
    assert without_comments(commented.getvalue()) == plain.getvalue()
    assert without_comments(plain.getvalue()) == plain.getvalue()
