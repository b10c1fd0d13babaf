import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage
from synthetic import SHARED, draw, ring

from backend.capture import CaptureConfig, load_capture, masks
from backend.capture.grabcut import cut_out, sharpen
from backend.head.faces.selfie import find_segmenter
from backend.scene import View, silent


def overlap(a, b):
    return (a & b).sum() / (a | b).sum()


def scene(count=8):
    """Views of a reddish ellipsoid before blue-green clutter that differs from photo to photo; masks left empty."""
    views, truth = [], []
    for number, camera in enumerate(ring(count, focal=130.0)):
        rng = np.random.default_rng(number)
        inside = draw(camera) > 0.5
        coarse = rng.random((8, 8, 3)) * [0.25, 0.8, 0.9]
        clutter = ndimage.zoom(coarse, (12, 12, 1), order=1)
        skin = np.array([0.75, 0.35, 0.2]) + 0.08 * rng.standard_normal((96, 96, 1))
        photo = np.clip(np.where(inside[..., None], skin, clutter), 0, 1).astype(np.float32)
        views.append(View(f"{number:03d}", photo, np.zeros((96, 96), np.float32), camera))
        truth.append(inside)
    return views, truth


def test_an_object_is_found_by_cameras_and_colors():
    views, truth = scene()
    fractions = []
    found = masks.compute_masks(views, [None] * len(views), "object", fractions.append)
    assert np.mean([overlap(mask > 0.5, inside) for mask, inside in zip(found, truth, strict=True)]) > 0.96
    assert fractions == sorted(fractions) and all(mask.dtype == np.float32 for mask in found)


def test_what_one_photo_alone_shows_in_the_subjects_color_is_not_subject():
    views, truth = scene()
    photo = views[0].photo.copy()
    photo[4:22, 4:22] = photo[48, 48]
    views[0] = replace(views[0], photo=photo)
    found = masks.compute_masks(views, [None] * len(views), "object", silent)
    assert (found[0][4:22, 4:22] > 0.5).mean() < 0.05 and overlap(found[0] > 0.5, truth[0]) > 0.93


def test_given_masks_come_back_untouched_and_help_the_others():
    views, truth = scene()
    given = [inside.astype(np.float32) if number % 2 else None for number, inside in enumerate(truth)]
    found = masks.compute_masks(views, given, "object", silent)
    for mask, told, inside in zip(found, given, truth, strict=True):
        assert told is None or mask is told
        assert overlap(mask > 0.5, inside) > 0.93


def test_the_same_photos_give_the_same_masks():
    views, _ = scene(4)
    first, again = (masks.compute_masks(views, [None] * 4, "object", silent) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


def test_without_a_model_heads_are_found_like_objects(monkeypatch):
    monkeypatch.setattr(masks, "find_segmenter", lambda: None)
    views, truth = scene(6)
    found = masks.compute_masks(views, [None] * 6, "head", silent)
    assert np.mean([overlap(mask > 0.5, inside) for mask, inside in zip(found, truth, strict=True)]) > 0.95


def test_a_model_that_fails_on_one_view_is_corrected_by_the_others(monkeypatch):
    views, truth = scene()

    def segment(picture):
        number = next(n for n, view in enumerate(views) if np.allclose(view.photo, picture / 255, atol=0.01))
        return np.zeros((96, 96), np.float32) if number == 3 else truth[number].astype(np.float32)

    monkeypatch.setattr(masks, "find_segmenter", lambda: segment)
    found = masks.compute_masks(views, [None] * len(views), "head", silent)
    assert overlap(found[3] > 0.5, truth[3]) > 0.93


def test_outlines_move_onto_edges():
    disc = np.hypot(*np.mgrid[-32:32, -32:32]) < 20
    picture = np.where(disc[..., None], (40, 90, 200), (150, 120, 30)).astype(np.uint8)
    rough = np.roll(disc, 3, 1)
    assert overlap(sharpen(picture, rough, 5), disc) > 0.99 > overlap(rough, disc)


@pytest.mark.parametrize("value", [True, False])
def test_a_trimap_with_one_side_only_needs_no_cut(value):
    whole = np.full((16, 16), value)
    nothing = np.zeros((16, 16), bool)
    assert (cut_out(np.zeros((16, 16, 3), np.uint8), whole, whole, nothing, 2, 2) == value).all()


@pytest.mark.parametrize(("name", "subject", "least"), [("ict-a", "head", 0.985), ("ict-b-harsh", "object", 0.95)])
def test_computed_masks_of_shared_heads_match_the_given_ones(tmp_path, name, subject, least):
    if not SHARED.exists():
        pytest.skip("the shared captures are not on this machine")
    if subject == "head" and find_segmenter() is None:
        pytest.skip("mediapipe is not installed")
    config = CaptureConfig(subject=subject, max_side=384)
    given = load_capture(SHARED / name / "transforms_train.json", config)
    document = json.loads((SHARED / name / "transforms_train.json").read_text())
    document["frames"] = document["frames"][::2]
    for frame in document["frames"]:
        del frame["mask_path"]
        frame["file_path"] = str(SHARED / name / frame["file_path"])
    (tmp_path / "transforms.json").write_text(json.dumps(document))
    computed = load_capture(tmp_path, config)
    truth = {view.name: view.mask > 0.5 for view in given.views}
    assert np.mean([overlap(view.mask > 0.5, truth[view.name]) for view in computed.views]) > least
