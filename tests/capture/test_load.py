import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from synthetic import SHARED, draw, ring, save, write_capture

from backend.capture import CaptureConfig, load_capture
from backend.errors import Cancelled, UserError

OBJECT = CaptureConfig(subject="object")


@pytest.fixture
def capture_dir(tmp_path):
    return tmp_path / "capture"


def test_a_clean_capture_loads_without_warnings(capture_dir):
    cameras = ring(6)
    write_capture(capture_dir, cameras)
    fractions = []
    capture = load_capture(capture_dir, OBJECT, fractions.append)
    assert capture.warnings == () and [view.name for view in capture.views] == [f"{n:03d}" for n in range(6)]
    for view, camera in zip(capture.views, cameras, strict=True):
        np.testing.assert_array_equal(view.mask, draw(camera))
        np.testing.assert_allclose(view.camera.camera_to_world, camera.camera_to_world, atol=1e-12)
        assert view.photo.dtype == view.mask.dtype == np.float32 and view.source.is_file()
    assert fractions == sorted(fractions) and fractions[-1] == 1


def test_cancelling_stops_it(capture_dir):
    write_capture(capture_dir, ring(4))

    def stop(fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        load_capture(capture_dir, OBJECT, stop)


def test_large_photos_are_shrunk_with_their_cameras(capture_dir):
    write_capture(capture_dir, ring(4))
    capture = load_capture(capture_dir, replace(OBJECT, max_side=48))
    view = capture.views[0]
    assert view.photo.shape == (48, 48, 3) and view.mask.shape == (48, 48)
    assert view.camera.fl_x == pytest.approx(75) and view.camera.cx == pytest.approx(24)


def test_bad_frames_are_named_and_left_out(capture_dir):
    document = write_capture(capture_dir, ring(8))
    document["frames"][1]["transform_matrix"][0][0] = float("nan")
    (capture_dir / "002.png").unlink()
    (capture_dir / "003.png").write_bytes(b"junk")
    Image.new("RGB", (96, 50)).save(capture_dir / "004.png")
    save(capture_dir, document)
    capture = load_capture(capture_dir, OBJECT)
    assert [view.name for view in capture.views] == ["000", "005", "006", "007"]
    for name in ("001.png", "002.png", "003.png", "004.png"):
        assert sum(name in text for text in capture.warnings) == 1


def test_fewer_than_two_good_frames_are_an_error_that_names_the_bad_ones(capture_dir):
    write_capture(capture_dir, ring(3))
    for name in ("000.png", "002.png"):
        (capture_dir / name).write_bytes(b"junk")
    with pytest.raises(UserError, match=r"(?s)2 usable.*000\.png.*002\.png"):
        load_capture(capture_dir, OBJECT)


def test_an_empty_mask_is_named_and_left_out(capture_dir):
    write_capture(capture_dir, ring(4))
    Image.new("RGBA", (96, 96), (9, 9, 9, 0)).save(capture_dir / "002.png")
    capture = load_capture(capture_dir, OBJECT)
    assert len(capture.views) == 3 and "002.png" in capture.warnings[0]


def test_a_camera_inside_is_named_and_left_out(capture_dir):
    document = write_capture(capture_dir, ring(8))
    document["frames"][3]["transform_matrix"] = np.eye(4).tolist()
    save(capture_dir, document)
    capture = load_capture(capture_dir, OBJECT)
    assert "003" not in [view.name for view in capture.views]
    assert "003.png" in capture.warnings[0] and "inside" in capture.warnings[0]


def test_views_are_chosen_by_name(capture_dir):
    write_capture(capture_dir, ring(6))
    capture = load_capture(capture_dir, replace(OBJECT, views=("001", "004")))
    assert [view.name for view in capture.views] == ["001", "004"]
    with pytest.raises(UserError, match="nobody"):
        load_capture(capture_dir, replace(OBJECT, views=("001", "nobody")))


def test_held_out_photos_are_not_used_and_expressive_ones_come_apart(capture_dir):
    document = write_capture(capture_dir, ring(8))
    document["frames"][0]["split"] = "test"
    document["frames"][1]["expression"] = "jawOpen"
    document["frames"][2]["weight"] = 0
    save(capture_dir, document)
    capture = load_capture(capture_dir, OBJECT)
    assert [view.name for view in capture.views] == [f"{n:03d}" for n in range(3, 8)]
    assert [view.name for view in capture.expressive] == ["001"] and capture.warnings == ()
    assert (capture.expressive[0].mask > 0.5).any()


def test_mask_files_are_used_and_broken_ones_replaced_with_a_warning(capture_dir):
    cameras = ring(6)
    document = write_capture(capture_dir, cameras, alpha=False)
    for number, camera in enumerate(cameras):
        Image.fromarray((draw(camera) * 255).astype(np.uint8)).resize((192, 192)).save(capture_dir / f"m{number}.png")
        document["frames"][number]["mask_path"] = f"m{number}.png"
    (capture_dir / "m1.png").write_bytes(b"junk")
    Image.new("L", (96, 40)).save(capture_dir / "m2.png")
    save(capture_dir, document)
    capture = load_capture(capture_dir, OBJECT)
    assert len(capture.views) == 6 and len(capture.warnings) == 2
    assert "001.png" in capture.warnings[0] and "002.png" in capture.warnings[1]
    for view, camera in zip(capture.views, cameras, strict=True):
        given = draw(camera) > 0.5
        assert ((view.mask > 0.5) & given).sum() / ((view.mask > 0.5) | given).sum() > 0.93


def test_distorted_views_come_out_pinhole_and_smaller(capture_dir):
    document = write_capture(capture_dir, ring(4))
    save(capture_dir, {**document, "k1": 0.3})
    view = load_capture(capture_dir, OBJECT).views[0]
    assert view.camera.width < 96 and view.photo.shape[:2] == view.mask.shape == (view.camera.height, view.camera.width)
    assert view.camera.fl_x == 150


@pytest.mark.parametrize("name", ["ict-a", "ict-b-clean", "ict-b-harsh"])
def test_shared_heads_are_cut_below_the_neck(name):
    if not SHARED.exists():
        pytest.skip("the shared captures are not on this machine")
    capture = load_capture(SHARED / name / "transforms_train.json", CaptureConfig(max_side=256))
    neck = json.loads((SHARED / name / "gt" / "meta.json").read_text())["neck_plane_z"]
    assert capture.warnings == () and capture.cut.normal[2] < -0.98
    assert capture.cut.point[2] < neck - 0.03
    assert np.linalg.norm(capture.bounds.center - [0, 0.01, -0.06]) < 0.03 and 0.19 < capture.bounds.radius < 0.26


def test_shared_object_has_bounds_and_no_cut():
    if not SHARED.exists():
        pytest.skip("the shared captures are not on this machine")
    capture = load_capture(SHARED / "gold-cape" / "transforms_train.json", replace(OBJECT, max_side=256))
    assert capture.warnings == () and capture.cut is None and len(capture.views) == 40
