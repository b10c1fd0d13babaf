"""A lamp's reflection is not believed; what belongs to the surface is."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import trimesh

from backend.fit.highlights import highlight_trust
from backend.fit.looks import Scene
from backend.fit.neighbors import witnesses
from backend.fit.targets import make_targets
from backend.kernels.renderer import choose_renderer
from tests.synthetic import RADII, orbit

TINT = np.array([0.8, 0.55, 0.4], np.float32)  # skin: a highlight on it is whiter than itself


@pytest.fixture(scope="module")
def views():
    return tuple(replace(view, photo=0.6 * view.photo * TINT) for view in orbit(24, 96))


def lit(view, color):
    """The view with a soft spot of added light left above the picture's center: it moves with the camera."""
    rows, columns = np.indices(view.mask.shape)
    spot = np.exp(-((rows - 40) ** 2 + (columns - 44) ** 2) / (2 * 4.0**2))
    return replace(view, photo=np.clip(view.photo + 0.35 * spot[..., None] * color, 0, 1).astype(np.float32))


def trust(views, index):
    mesh = trimesh.creation.icosphere(subdivisions=4)
    vertices, faces = torch.tensor(mesh.vertices * RADII, dtype=torch.float32), torch.tensor(mesh.faces).int()
    targets, renderer = make_targets(views, None, 96, torch.device("cpu")), choose_renderer()
    depths = [t.depth(renderer.rasterize(t.clip_of(vertices), faces, t.size)) for t in targets]
    scene = Scene(vertices, faces, targets, depths, witnesses(views, 7), 0.05, renderer)
    seen = highlight_trust(scene, index).flip(0).numpy()
    return seen, targets[index].mask.flip(0).numpy() > 0.5


def test_photos_without_highlights_are_believed(views):
    seen, mask = trust(views, 3)
    assert seen[mask].mean() > 0.97


def test_a_highlight_in_one_photo_is_found_and_little_else(views):
    spoiled = (*views[:3], lit(views[3], np.ones(3)), *views[4:])
    seen, mask = trust(spoiled, 3)
    clean, _ = trust(views, 3)
    doubted = (seen < 0.5) & (clean > 0.5) & mask
    assert 40 < doubted.sum() < 0.2 * mask.sum()


def test_added_light_of_the_surfaces_own_color_is_no_highlight(views):
    spoiled = (*views[:3], lit(views[3], TINT * np.array([1.3, 0.7, 0.3])), *views[4:])
    seen, mask = trust(spoiled, 3)
    assert seen[mask].mean() > 0.95


def test_witnesses_are_distinct_and_never_the_view_itself(views):
    for index, others in enumerate(witnesses(views, 5)):
        assert index not in others and len(set(others)) == len(others) <= 5


def test_too_few_photos_are_no_majority_and_doubt_nothing(views):
    few = views[::3]
    seen, mask = trust((lit(few[0], np.ones(3)), *few[1:]), 0)
    assert seen[mask].min() == 1
