"""What most photos do not show is doubted; what they agree on is believed."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import trimesh

from backend.fit.consensus import consensus_trust
from backend.fit.looks import Scene
from backend.fit.neighbors import witnesses
from backend.fit.targets import make_targets
from backend.kernels.renderer import choose_renderer
from tests.synthetic import RADII, orbit

PART = np.s_[40:54, 40:54]  # of the picture, before the subject


@pytest.fixture(scope="module")
def views():
    return orbit(12, 96)


def trust(views, index):
    """Upright and as the targets are cropped (H, W): the trust, the mask, PART, and what lies clearly off it."""
    mesh = trimesh.creation.icosphere(subdivisions=4)
    vertices, faces = torch.tensor(mesh.vertices * RADII, dtype=torch.float32), torch.tensor(mesh.faces).int()
    targets, renderer = make_targets(views, None, 96, torch.device("cpu")), choose_renderer()
    depths = [t.depth(renderer.rasterize(t.clip_of(vertices), faces, t.size)) for t in targets]
    scene = Scene(vertices, faces, targets, depths, witnesses(views, 7), 0.05, renderer)
    mark = np.zeros((96, 96, 3), np.float32)
    mark[36:58, 36:58] = 0.5
    mark[PART] = 1
    cropped = replace(views[index], photo=mark).cropped(0.04)
    seen, mask = consensus_trust(scene, index).flip(0).numpy(), cropped.mask > 0.9
    assert seen.shape == mask.shape
    return seen, mask, cropped.photo[..., 0] == 1, mask & (cropped.photo[..., 0] == 0)


def covered(view, gray):
    photo = view.photo.copy()
    photo[PART] = gray
    return replace(view, photo=photo)


def test_photos_that_agree_are_believed(views):
    seen, mask, _, _ = trust(views, 3)
    assert seen[mask].mean() > 0.95


@pytest.mark.parametrize("gray", [0.0, 1.0], ids=["darker", "lighter"])
def test_what_one_photo_alone_shows_is_doubted_and_little_else(views, gray):
    seen, _, part, outside = trust((*views[:3], covered(views[3], gray), *views[4:]), 3)
    assert seen[part].mean() < 0.4
    assert seen[outside].mean() > 0.9


def test_the_others_are_still_believed(views):
    spoiled = (*views[:3], covered(views[3], 0.0), *views[4:])
    for index in (2, 4):
        seen, mask, _, _ = trust(spoiled, index)
        assert seen[mask].mean() > 0.93


def test_two_photos_doubt_nothing(views):
    few = (covered(views[0], 0.0), views[1])
    assert trust(few, 0)[0].min() == 1


def test_nothing_is_silenced_altogether(views):
    seen, _, _, _ = trust((*views[:3], covered(views[3], 0.0), *views[4:]), 3)
    assert seen.min() > 0.05 and seen.max() <= 1
