"""What pulls a surface: right direction, right size, nothing at the truth."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import trimesh

from backend.fit.neighbors import view_pairs
from backend.fit.objective import Objective, ObjectiveConfig
from backend.fit.targets import make_targets
from backend.kernels.renderer import choose_renderer
from backend.scene.color import to_linear, to_srgb
from tests.synthetic import RADII, orbit

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def views():
    return orbit(12, 96)


def ellipsoid(scale=1.0):
    mesh = trimesh.creation.icosphere(subdivisions=4)
    vertices = torch.tensor(mesh.vertices * RADII * scale, dtype=torch.float32)
    return vertices, torch.tensor(mesh.faces, dtype=torch.int32)


def pull_outwards(views, scale, config):
    """Change of the loss (of all views) per unit of growth of the ellipsoid."""
    objective = Objective(make_targets(views, None, 96, CPU), view_pairs(views, 3), config, choose_renderer())
    vertices, faces = ellipsoid(scale)
    objective.look(vertices, faces)
    gradient = objective.gradient(vertices, faces, range(len(views)), 0)
    return float((gradient * ellipsoid()[0]).sum())


@pytest.mark.parametrize(
    "config", [ObjectiveConfig(photo=0), ObjectiveConfig(silhouette=0, worst=1.5)], ids=["silhouette", "photo"]
)
def test_too_small_grows_and_too_large_shrinks(views, config):
    small, right, large = (pull_outwards(views, scale, config) for scale in (0.97, 1.0, 1.03))
    assert small < 0 < large
    assert abs(right) < 0.35 * min(-small, large)


def test_exposure_does_not_matter(views):
    config = ObjectiveConfig(silhouette=0)
    darker = tuple(replace(v, photo=v.photo * (0.6 if k % 2 else 1.0)) for k, v in enumerate(views))
    assert pull_outwards(darker, 0.98, config) == pytest.approx(pull_outwards(views, 0.98, config), rel=0.2)


def test_gradients_repeat_bit_for_bit(views):
    objective = Objective(
        make_targets(views, None, 96, CPU), view_pairs(views, 3), ObjectiveConfig(), choose_renderer()
    )
    vertices, faces = ellipsoid(0.98)
    runs = []
    for _ in range(2):
        objective.look(vertices, faces)
        runs.append([objective.gradient(vertices, faces, [k, k + 1], k) for k in range(3)])
    for first, second in zip(*runs, strict=True):
        assert torch.equal(first, second)


def test_pairs_are_neighbors_best_first(views):
    pairs = view_pairs(views, 4)
    directions = np.stack([v.camera.position for v in views])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    for k, others in enumerate(pairs):
        assert k not in others and others
        assert all(directions[k] @ directions[other] > np.cos(np.radians(62)) for other in others)


def smeared(view):
    """Stripes before the subject's middle that stay in the picture's frame when the camera moves."""
    photo, trust = view.photo.copy(), np.ones_like(view.mask)
    part = np.s_[34:62, 30:66]
    photo[part] = (0.5 + 0.4 * np.sin(np.arange(66 - 30) * 1.1))[None, :, None]
    trust[part] = 0.02
    return replace(view, photo=photo), replace(view, photo=photo, trust=trust)


def test_pixels_without_trust_do_not_pull(views):
    """Stripes that move with the camera pull at the true surface; with their trust lowered they hardly do."""
    config = ObjectiveConfig(silhouette=0, worst=1.5)

    def gradient(shown):
        targets = make_targets(shown, None, 96, CPU)
        objective = Objective(targets, view_pairs(views, 3), config, choose_renderer())
        vertices, faces = ellipsoid()
        objective.look(vertices, faces)
        return objective.gradient(vertices, faces, range(len(views)), 0)

    plain = gradient(views)
    heard, unheard = (float((gradient(shown) - plain).norm()) for shown in zip(*map(smeared, views), strict=True))
    assert unheard < 0.5 * heard


def test_doubts_of_one_photo_alone_change_no_bit(views):
    """What one photo takes for a reflection is for the others to judge; what surely hides the surface is not heard."""
    doubtful, hidden = (tuple(replace(view, trust=np.full_like(view.mask, w)) for view in views) for w in (0.3, 0.02))
    plain = pull_outwards(views, 0.98, ObjectiveConfig())
    assert pull_outwards(doubtful, 0.98, ObjectiveConfig()) == plain != pull_outwards(hidden, 0.98, ObjectiveConfig())


def test_of_a_view_without_weight_only_the_outline_is_heard(views):
    silent = tuple(replace(view, weight=0.0) if k % 3 == 0 else view for k, view in enumerate(views))
    objective, outlines = (
        Objective(make_targets(silent, None, 96, CPU), view_pairs(silent, 3), config, choose_renderer())
        for config in (ObjectiveConfig(), ObjectiveConfig(photo=0))
    )
    assert objective.witnesses == [0, 3, 6, 9] and not set(objective.drivers) & set(objective.witnesses)
    assert not {other for others in objective.pairs for other in others} & set(objective.witnesses)
    vertices, faces = ellipsoid(0.98)
    for each in (objective, outlines):
        each.look(vertices, faces)
    heard = objective.gradient(vertices, faces, [0, 3], 0)
    assert heard.norm() > 0 and torch.equal(heard, outlines.gradient(vertices, faces, [0, 3], 0))
    assert not torch.equal(objective.gradient(vertices, faces, [1], 0), outlines.gradient(vertices, faces, [1], 0))


def test_full_trust_changes_no_bit(views):
    trusting = tuple(replace(view, trust=np.ones_like(view.mask)) for view in views)
    assert pull_outwards(trusting, 0.98, ObjectiveConfig()) == pull_outwards(views, 0.98, ObjectiveConfig())


def test_glasses_that_a_mask_ends_with_do_not_pull_the_subject_out(views):
    """A bulge of every mask is followed; not where trust is lacking, though a subject too large still shrinks there."""
    config = ObjectiveConfig(photo=0)

    def bulged(view, hidden):
        mask, trust = view.mask.copy(), np.ones_like(view.mask)
        edge = int(np.flatnonzero(mask[48] > 0.5)[-1])
        part = np.s_[42:55, edge : edge + 7]
        mask[part] = 1.0
        if hidden:
            trust[part] = 0.02
        return replace(view, mask=mask, trust=trust)

    def pull(shown, scale):
        objective = Objective(make_targets(shown, None, 96, CPU), view_pairs(views, 3), config, choose_renderer())
        vertices, faces = ellipsoid(scale)
        objective.look(vertices, faces)
        gradient = objective.gradient(vertices, faces, [0], 0)
        sideways = torch.from_numpy(views[0].camera.camera_to_world[:3, 0].astype(np.float32))
        height = vertices @ torch.from_numpy(views[0].camera.camera_to_world[:3, 1].astype(np.float32))
        beside = (vertices @ sideways > 0) & (height.abs() < 0.1)
        return -float((gradient[beside] @ sideways).sum())

    followed, ignored = (pull([bulged(view, hidden) for view in views], 1.0) for hidden in (False, True))
    assert followed > 0 and abs(ignored) < 0.1 * followed
    assert pull([bulged(view, True) for view in views], 1.25) < 0


def test_faint_matte_light_pulls_less_the_more_of_it_is_taken_for_noise(views):
    skin = tuple(
        replace(view, photo=to_srgb(to_linear(view.photo[..., :1]) * np.float32([1.0, 0.63, 0.5]))) for view in views
    )
    targets = make_targets(skin, None, 96, CPU, matte=True)
    vertices, faces = ellipsoid(0.97)

    def pull(**noise: float) -> float:
        config = ObjectiveConfig(silhouette=0, worst=1.5, **noise)
        objective = Objective(targets, view_pairs(skin, 3), config, choose_renderer())
        objective.look(vertices, faces)
        return float(objective.gradient(vertices, faces, range(len(skin)), 0).norm())

    assert pull(matte_noise=0.05) < 0.5 * pull()
    assert pull(noise=0.05) == pull()  # that is of luma
