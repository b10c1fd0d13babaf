"""The picture of a running fit in the panel."""

import bpy
import numpy as np
import pytest

from backend.asset.png import encode_png
from blender_addon.jobs import live_preview


@pytest.fixture
def png(addon, tmp_path):
    """Writes a picture and returns its path."""

    def write(picture: np.ndarray) -> str:
        (tmp_path / "preview.png").write_bytes(encode_png(picture))
        return str(tmp_path / "preview.png")

    yield write
    live_preview.clear()


def test_it_shows_the_pixels_of_the_file_from_the_lower_left(png):
    picture = np.random.default_rng(0).integers(0, 256, (5, 7, 3)).astype(np.float32) / 255
    live_preview.show(png(picture))
    shown = live_preview.picture()
    assert tuple(shown.image_size) == (7, 5)
    pixels = np.array(shown.image_pixels_float).reshape(5, 7, 4)[::-1]
    np.testing.assert_allclose(pixels[..., :3], picture, atol=1 / 255)
    assert (pixels[..., 3] == 1).all() and not bpy.data.images


def test_a_newer_picture_takes_the_place_of_the_last(png):
    for value in (0.2, 0.8):
        live_preview.show(png(np.full((4, 4, 3), value, np.float32)))
    assert live_preview.picture().image_pixels_float[0] == pytest.approx(0.8, abs=1 / 255)


@pytest.mark.parametrize("damage", ["gone", "empty", "cut"])
def test_a_picture_that_cannot_be_read_leaves_the_last_one(png, tmp_path, damage):
    path = png(np.full((4, 4, 3), 0.2, np.float32))
    live_preview.show(path)
    whole = (tmp_path / "preview.png").read_bytes()
    (tmp_path / "preview.png").write_bytes(b"" if damage == "empty" else whole[:30])
    if damage == "gone":
        (tmp_path / "preview.png").unlink()
    live_preview.show(path)
    assert live_preview.picture().image_pixels_float[0] == pytest.approx(0.2, abs=1 / 255)
    assert not bpy.data.images


def test_it_is_freed_when_the_extension_goes(png, addon):
    live_preview.show(png(np.full((4, 4, 3), 0.2, np.float32)))
    addon.unregister()
    assert live_preview.picture() is None
    addon.register()
