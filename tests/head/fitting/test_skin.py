"""Which triangles are compared: nothing that bends, turns or hides; of ears all."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from backend.head.fitting.skin import Skin
from backend.head.models import load_head_model
from backend.scene.head import EAR, EYEBALL, FACE, MOUTH, NECK, SOCKET, TEETH


@pytest.fixture(scope="module")
def model():
    return load_head_model("builtin")


@pytest.fixture(scope="module")
def skin(model):
    return Skin(model)


def test_teeth_are_not_drawn_and_what_moves_by_itself_is_not_rigid(model, skin):
    region = model.region[skin.faces]
    assert not (region == TEETH).any()
    assert not np.isin(region[skin.rigid], (NECK, EYEBALL, SOCKET, MOUTH)).any()
    assert skin.rigid.mean() > 0.5


def test_outlines_keep_their_distance_from_the_neck_but_ears_count(model, skin):
    neck = model.vertices[model.region == NECK]
    own = skin.outlined & ~skin.ears
    corners = np.unique(skin.faces[own])
    nearest = np.array([np.linalg.norm(neck - corner, axis=1).min() for corner in model.vertices[corners]])
    assert nearest.min() > 0.009  # metres
    assert skin.outlined[skin.ears & skin.rigid].all()
    assert (skin.rigid & ~skin.outlined).sum() > 50


def test_ears_are_the_triangles_that_touch_an_auricle(model, skin):
    np.testing.assert_array_equal(skin.ears, (model.region[skin.faces] == EAR).any(1))
    middles = model.vertices[skin.faces].mean(1)
    assert (np.abs(middles[skin.ears, 0]) > 0.06).all()


def test_lids_are_not_compared_as_lashes_stand_before_them(model, skin):
    balls = cKDTree(model.vertices[model.region == EYEBALL])
    away = balls.query(model.vertices[skin.faces].mean(1))[0]
    face = (model.region[skin.faces] == FACE).all(1)
    assert not skin.rigid[face & (away < 0.004)].any() and (face & (away < 0.004)).sum() > 100
    assert skin.rigid[face & (away > 0.015) & (away < 0.03)].all()
