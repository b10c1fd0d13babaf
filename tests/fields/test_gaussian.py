"""The field of Gaussians: what it draws, and that it survives a checkpoint and the way to the world frame."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.fields.gaussian import GaussianField
from backend.scene import Splats
from tests.synthetic import orbit_camera

CAMERA = replace(orbit_camera(40, 15, 60), cx=25.0, fl_y=160.0)
CPU = torch.device("cpu")


def some(count: int = 60, harmonics: int = 9) -> Splats:
    rng = np.random.default_rng(3)
    parts = [
        0.35 * rng.normal(size=(count, 3)),
        -2.3 + 0.4 * rng.normal(size=(count, 3)),
        rng.normal(size=(count, 4)),
        1 + rng.normal(size=count),
        0.4 * rng.normal(size=(count, harmonics, 3)),
    ]
    return Splats(*(part.astype(np.float32) for part in parts))


def test_a_picture_is_premultiplied_and_in_range():
    picture = GaussianField(some(), CPU).draw(CAMERA)
    assert picture.color.shape == (60, 60, 3) and picture.alpha.shape == picture.depth.shape == (60, 60)
    assert picture.color.dtype == picture.alpha.dtype == picture.depth.dtype == np.float32
    assert picture.alpha.max() > 0.9 and picture.alpha.min() >= 0 and picture.alpha.max() <= 1
    assert picture.color.min() >= 0 and (picture.color <= picture.alpha[..., None]).all()


def test_depth_is_where_half_the_light_is_taken_up():
    picture = GaussianField(some(), CPU).draw(CAMERA)
    assert (picture.depth[picture.alpha < 0.49] == 0).all()
    solid = picture.depth[picture.alpha > 0.51]
    assert solid.size > 100 and solid.min() > 2 and solid.max() < 6  # the camera is 4 from the middle


@pytest.mark.parametrize("harmonics", [1, 4, 9, 16])
def test_a_checkpoint_draws_the_same(harmonics):
    field = GaussianField(some(harmonics=harmonics), CPU)
    arrays = field.arrays()
    assert all(array.dtype == np.float32 for array in arrays.values())
    again = GaussianField.from_arrays(arrays, CPU)
    np.testing.assert_array_equal(again.draw(CAMERA).color, field.draw(CAMERA).color)
    np.testing.assert_array_equal(again.splats().sh, some(harmonics=harmonics).sh)


def test_changing_what_was_handed_out_changes_nothing():
    field = GaussianField(some(), CPU)
    before = field.draw(CAMERA).color
    field.arrays()["means"][:] = 9
    np.testing.assert_array_equal(field.draw(CAMERA).color, before)


def test_the_world_frame_shows_the_same_picture():
    center, radius = np.array([0.7, -1.2, 3.0]), 0.4
    pose = CAMERA.camera_to_world.copy()
    pose[:3, 3] = pose[:3, 3] * radius + center
    world = GaussianField(some().to_world(center, radius), CPU).draw(replace(CAMERA, camera_to_world=pose))
    normalized = GaussianField(some(), CPU).draw(CAMERA)
    difference = np.abs(world.color - normalized.color)
    assert (difference > 1e-3).mean() < 1e-2 and difference.max() < 0.02  # rounding at the rim where alpha is 1/255
    np.testing.assert_allclose(np.median(world.depth), np.median(normalized.depth) * radius, rtol=1e-3)
