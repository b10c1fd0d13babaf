"""What lies over a face loses its weight, and an undisturbed face keeps its own."""

import numpy as np
import pytest
from scipy import ndimage

from backend.capture.obstruction import obstruction_weights, with_obstructions
from backend.scene import View
from backend.scene.face import FaceMasks
from tests.capture.faces import SIZE, drawn_face, drawn_record, frame_pixels, with_frames
from tests.synthetic import orbit, orbit_camera


@pytest.fixture(scope="module")
def photo():
    return drawn_face()


def masks(**given) -> FaceMasks:
    names = ("person", "skin", "hair", "glasses", "highlight")
    return FaceMasks(*(given.get(name, np.zeros((SIZE, SIZE), np.uint8)) for name in names))


def patch(rows, columns) -> np.ndarray:
    mask = np.zeros((SIZE, SIZE), np.uint8)
    mask[rows, columns] = 255
    return mask


def test_an_undisturbed_face_keeps_its_weight(photo):
    weight = obstruction_weights(photo, drawn_record())
    assert weight.dtype == np.float32 and weight.shape == photo.shape[:2]
    assert weight.mean() > 0.99 and weight.min() >= 0.5  # the outlines of eyes and lips at the worst


def test_a_photo_without_a_face_is_believed(photo):
    assert (obstruction_weights(photo, None) == 1).all()


def test_frames_lose_their_weight_and_eyes_keep_theirs(photo):
    weight, frames = obstruction_weights(with_frames(photo), drawn_record()), frame_pixels()
    assert np.median(weight[frames]) < 0.05 and (weight[frames] < 0.5).mean() > 0.9
    assert weight[83:88, 70:79].mean() > 0.5 and weight[140:150, 90:110].mean() > 0.9
    assert weight[~ndimage.binary_dilation(frames, iterations=8)].mean() > 0.97


def test_weights_lie_between_zero_and_one_and_never_at_zero(photo):
    everything = np.full((SIZE, SIZE), 255, np.uint8)
    weight = obstruction_weights(with_frames(photo), drawn_record(masks(highlight=everything, hair=everything)))
    assert weight.min() > 0 and weight.max() <= 1


def test_a_hard_edge_on_the_skin_loses_weight_and_the_skin_on_either_side_does_not(photo):
    shaded = photo.copy()
    shaded[105:130, :100] *= 0.45
    weight = obstruction_weights(shaded, drawn_record())
    assert weight[130, 65:85].mean() < 0.4
    assert weight[117, 65:85].mean() > 0.95 and weight[117, 115:135].mean() > 0.95


def test_highlights_and_hair_are_believed_less_as_the_masks_say(photo):
    shining = obstruction_weights(photo, drawn_record(masks(highlight=patch(slice(100, 120), slice(60, 75)))))
    hairy = obstruction_weights(photo, drawn_record(masks(hair=patch(slice(95, 125), slice(90, 110)))))
    assert shining[110, 67] < 0.4 and hairy[110, 100] < 0.2
    assert shining[110, 130] > 0.95 and hairy[110, 130] > 0.95


def test_white_pixels_of_the_subject_are_believed_less(photo):
    shining, mask = photo.copy(), np.zeros(photo.shape[:2], np.float32)
    shining[112:118, 60:70], shining[112:118, 120:130] = 1.0, [1.0, 0.6, 0.5]
    mask[20:, 20:-20] = 1
    shining[:10] = 1.0  # a bright wall
    faced = View("face", shining, mask, orbit_camera(0, 0, SIZE), face=drawn_record())
    turned = View("turned", shining, mask, orbit_camera(90, 0, SIZE))
    trusts = [seen.trust for seen in with_obstructions([faced, turned])]
    for trust in trusts:
        assert 0 < trust[112:118, 60:70].max() <= 0.31
        assert trust[:10].min() == 1  # a wall may be white
    assert trusts[1][112:118, 120:130].min() == 1  # and skin red
    assert obstruction_weights(shining, drawn_record())[115, 65] <= 0.31


def test_hair_at_the_hairline_is_the_subjects_own(photo):
    weight = obstruction_weights(photo, drawn_record(masks(hair=patch(slice(0, 34), slice(0, SIZE)))))
    assert weight[:34].min() > 0.95


def test_doubtful_landmarks_take_little_weight(photo):
    shining = masks(highlight=patch(slice(100, 120), slice(60, 75)))
    sure, doubtful = (obstruction_weights(photo, drawn_record(shining, c))[110, 67] for c in (1.0, 0.1))
    assert sure < 0.4 < 0.8 < doubtful


def test_views_without_faces_stay_what_they_are():
    views = orbit(6, 48)
    assert all(a is b for a, b in zip(views, with_obstructions(views), strict=True))


def test_masks_lose_glasses_that_stand_out_and_nothing_else(photo):
    """The frames of this one reach beyond a head that is narrower than they are."""
    rows, columns = np.indices((SIZE, SIZE)) + 0.5
    head = (((columns - 100) / 40) ** 2 + ((rows - 105) / 78) ** 2 < 1).astype(np.float32)
    picture = np.where(head[..., None] > 0, photo, np.float32(0.6))
    mask = np.maximum(head, frame_pixels())
    view = View("face", with_frames(picture), mask, orbit_camera(0, 0, SIZE), face=drawn_record())
    (seen,) = with_obstructions([view])
    assert np.abs(mask - head).sum() > 100
    assert np.abs(seen.mask - head).sum() < 0.25 * np.abs(mask - head).sum()
    assert (head - seen.mask).max() <= 0.0 or (head - seen.mask).sum() < 5
    assert seen.trust.min() < 0.1 and seen.photo is view.photo and seen.camera is view.camera
