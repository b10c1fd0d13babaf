"""Phones store photos turned: they stand upright behind their cameras."""

import math

import bpy
import numpy as np
import pytest
from PIL import Image, ImageOps

from backend.asset.reader import StoredCamera
from backend.scene import Camera
from blender_addon.views import result_cameras
from blender_addon.views.photo_turn import orientation, quarter_turns


def stored(path, told: int, **options):
    """A photo of 60 x 40 stored pixels, red at its first corner, with an EXIF orientation."""
    picture = Image.new("RGB", (60, 40), (90, 90, 90))
    picture.paste((255, 0, 0), (0, 0, 20, 20))
    exif = picture.getexif()
    exif[0x010F], exif[0x0112] = "maker", told
    picture.save(path, exif=exif, **options)
    return path


@pytest.mark.parametrize("told", range(1, 9))
def test_the_turn_is_read_from_exif(tmp_path, told):
    assert orientation(stored(tmp_path / "a.jpg", told)) == told


@pytest.mark.parametrize("told", [1, 3, 6, 8])
def test_the_turn_makes_the_photo_upright(tmp_path, told):
    path = stored(tmp_path / "a.jpg", told, quality=100)
    with Image.open(path) as picture:
        upright = ImageOps.exif_transpose(picture)
        turned = picture.rotate(-90 * quarter_turns(path), expand=True)
    assert turned.size == upright.size and turned.tobytes() == upright.tobytes()


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xe1\x00\x20Exif\0\0II", b"no JPEG"]
)
def test_other_files_stand_upright(tmp_path, content):
    (tmp_path / "a.jpg").write_bytes(content)
    assert orientation(tmp_path / "a.jpg") == 1 and orientation(tmp_path / "gone.jpg") == 1


@pytest.mark.parametrize(
    ("told", "turn", "scale"), [(1, 0, 1), (3, math.pi, 1), (6, math.pi / 2, 1.5), (8, math.pi * 1.5, 1.5)]
)
def test_a_turned_photo_fills_the_frame_of_its_camera(tmp_path, told, turn, scale):
    bpy.ops.wm.read_factory_settings(use_empty=True)
    path = stored(tmp_path / "a.jpg", told)
    size = (40, 60) if told in (6, 8) else (60, 40)
    camera = Camera(*size, 50.0, 50.0, size[0] / 2, size[1] / 2, camera_to_world=np.eye(4))
    (background,) = result_cameras.build(StoredCamera("a", camera, path, None), 0.1).data.background_images
    assert background.rotation == pytest.approx(turn) and background.scale == pytest.approx(scale)
