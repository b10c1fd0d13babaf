"""From photos of an ellipsoid to the ellipsoid, and the same again."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.errors import Cancelled, Enough, UserError
from backend.fit.context import FitContext
from backend.fit.dmtet import DmtetConfig
from backend.fit.objective import ObjectiveConfig
from backend.fit.refine import RefineConfig
from backend.fit.surface import LatticeLevel, RefineLevel, SurfaceConfig, polish, sculpt
from backend.kernels.renderer import choose_renderer
from backend.mesh.topology import is_closed
from backend.scene import Bounds, Capture, CutPlane, Surface, Unseen, silent
from tests.synthetic import off_the_ellipsoid, orbit

CONTEXT = FitContext(choose_renderer(), torch.device("cpu"), seed=3)
PLAN = SurfaceConfig(
    hull_resolution=20,
    lattices=(LatticeLevel(96, DmtetConfig(resolution=20, steps=15), ObjectiveConfig(worst=1.5, tolerance=0.08)),),
    triangles=4000,
    last_steps=4,
    passes=(RefineLevel(96, RefineConfig(steps=25), ObjectiveConfig()),),
)


@pytest.fixture(scope="module")
def capture():
    return Capture(orbit(12, 96), Bounds(np.zeros(3), 1.0))


@pytest.fixture(scope="module")
def fitted(capture):
    sculpted = sculpt(capture, PLAN, CONTEXT, silent, Unseen())
    return sculpted, polish(sculpted, capture, PLAN.passes, PLAN, CONTEXT, silent, Unseen())


def test_refined_surface_is_closed_and_a_fifth_of_a_pixel_off(capture, fitted):
    _, refined = fitted
    pixel = 4.0 / (2.4 * 96)
    error = np.abs(off_the_ellipsoid(refined.vertices))
    assert is_closed(refined)
    assert error.mean() < 0.2 * pixel


def test_photos_improve_on_the_sculpted_lattice(fitted):
    sculpted, refined = (np.abs(off_the_ellipsoid(surface.vertices)).mean() for surface in fitted)
    assert refined < sculpted


def test_refinement_keeps_the_faces(fitted):
    sculpted, refined = fitted
    np.testing.assert_array_equal(sculpted.faces, refined.faces)


def test_same_seed_same_mesh(capture, fitted):
    again = sculpt(capture, PLAN, CONTEXT, silent, Unseen())
    again = polish(again, capture, PLAN.passes, PLAN, CONTEXT, silent, Unseen())
    np.testing.assert_array_equal(again.vertices, fitted[1].vertices)


def test_triangle_budget_is_kept(fitted):
    assert len(fitted[0].faces) == pytest.approx(PLAN.triangles, rel=0.25)


def test_cut_stays_a_plane(capture):
    cut = CutPlane(np.array([0, 0, -0.35]), np.array([0, 0, -1.0]))
    surface = sculpt(replace(capture, cut=cut), PLAN, CONTEXT, silent, Unseen())
    surface = polish(surface, replace(capture, cut=cut), PLAN.passes, PLAN, CONTEXT, silent, Unseen())
    lowest = surface.vertices[:, 2] < -0.34
    assert is_closed(surface)
    assert surface.vertices[:, 2].min() == pytest.approx(-0.35, abs=1e-3)
    assert np.isclose(surface.vertices[lowest][:, 2], -0.35, atol=1e-3).mean() > 0.9


def test_cancelling_stops_at_once(capture):
    calls = []

    def stop(fraction):
        calls.append(fraction)
        raise Cancelled

    with pytest.raises(Cancelled):
        sculpt(capture, PLAN, CONTEXT, stop, Unseen())
    assert len(calls) == 1


def enough(fraction):
    raise Enough


def test_a_sculpture_that_is_ended_early_is_closed_fine_and_near(capture):
    surface = sculpt(capture, PLAN, CONTEXT, enough, Unseen())
    assert is_closed(surface)
    assert len(surface.faces) == pytest.approx(PLAN.triangles, rel=0.25)
    assert np.abs(off_the_ellipsoid(surface.vertices)).mean() < 0.6 * 4.0 / (2.4 * 96)  # of a pixel


@pytest.mark.parametrize("share", [0.3, 0.5])
def test_a_refinement_that_is_ended_early_stays_where_it_is(capture, fitted, share):
    told = []

    def enough_at_share(fraction):
        told.append(fraction)
        if fraction >= share:
            raise Enough

    ended = polish(fitted[0], capture, PLAN.passes * 2, PLAN, CONTEXT, enough_at_share, Unseen())
    assert len([fraction for fraction in told if fraction >= share]) <= 2  # in the pass, and before the next
    before, after = (np.abs(off_the_ellipsoid(surface.vertices)).mean() for surface in (fitted[0], ended))
    assert after < before
    assert np.array_equal(ended.vertices, fitted[1].vertices) == (share == 0.5)  # one whole pass of two


def test_a_refinement_that_is_ended_before_it_began_changes_nothing(capture, fitted):
    ended = polish(fitted[0], capture, PLAN.passes, PLAN, CONTEXT, enough, Unseen())
    assert np.array_equal(ended.vertices, fitted[0].vertices)


def test_masks_that_agree_on_nothing_are_told_to_the_user(capture):
    empty = tuple(replace(view, mask=np.zeros_like(view.mask)) for view in capture.views)
    with pytest.raises(UserError, match="masks"):
        sculpt(replace(capture, views=empty), PLAN, CONTEXT, silent, Unseen())


def test_a_bad_vertex_does_not_go_unnoticed(capture, fitted):
    broken = fitted[0].vertices.copy()
    broken[0] = np.nan
    with pytest.raises(FloatingPointError):
        polish(Surface(broken, fitted[0].faces), capture, PLAN.passes, PLAN, CONTEXT, silent, Unseen())


def test_a_kept_plan_holds_on_to_the_shape():
    plan = PLAN.kept(outlined=True, skin=False)
    (level,), (before,) = plan.passes, PLAN.passes
    assert level.refine.keep and level.refine.spread == 0
    assert level.refine.first_length < before.refine.first_length
    assert (level.side, level.refine.steps) == (before.side, before.refine.steps)
    assert replace(level.objective, window=before.objective.window) == before.objective
    assert replace(plan, passes=PLAN.passes) == PLAN


def test_silhouettes_that_are_not_the_surfaces_own_are_not_followed():
    followed, ignored = (PLAN.kept(outlined, skin=False).passes[0].objective for outlined in (True, False))
    assert ignored.silhouette == 0 < followed.silhouette
    assert replace(ignored, silhouette=followed.silhouette) == followed


def test_gloss_is_left_out_of_skin_and_of_the_last_pass_only():
    plan = replace(PLAN, passes=(PLAN.passes[0], replace(PLAN.passes[0], side=64)))
    assert [level.objective.matte for level in plan.kept(outlined=True, skin=False).passes] == [False, False]
    passes = plan.kept(outlined=True, skin=True).passes
    assert [level.objective.matte for level in passes] == [False, True]
    assert passes[0].objective.noise < passes[1].objective.matte_noise  # of a light so faint much is noise


def test_relief_that_photos_do_not_deny_stays(capture, fitted):
    rough = fitted[1].vertices + 0.004 * np.random.default_rng(4).normal(size=fitted[1].vertices.shape)
    rough = Surface(rough.astype(np.float32), fitted[1].faces)
    blank = tuple(replace(view, photo=np.full_like(view.photo, 0.5)) for view in capture.views)
    blind = replace(capture, views=blank)
    moved = []
    for keep in (True, False):
        refine = replace(PLAN.passes[0].refine, steps=8, keep=keep, spread=0.0, first_length=1e-6, last_length=1e-6)
        passes = [replace(PLAN.passes[0], refine=refine)]
        moved.append(polish(rough, blind, passes, PLAN, CONTEXT, silent, Unseen()).vertices - rough.vertices)
    assert np.abs(moved[0]).max() < 1e-5
    assert np.abs(moved[1]).mean() > 1e-4


def test_vertices_that_are_to_be_still_are_pulled_by_no_photo(capture):
    # The ellipsoid and, within it, a smaller one of its own that silhouettes do not see.
    sculpted = sculpt(capture, replace(PLAN, triangles=1500), CONTEXT, silent, Unseen())
    count = len(sculpted.vertices)
    both = Surface(
        np.concatenate([1.04 * sculpted.vertices, 0.5 * sculpted.vertices]).astype(np.float32),
        np.concatenate([sculpted.faces, sculpted.faces + count]).astype(np.int32),
    )
    still = np.arange(2 * count) >= count
    plan = PLAN.kept(outlined=True, skin=False)
    moved = polish(both, capture, plan.passes, plan, CONTEXT, silent, Unseen(), still).vertices - both.vertices
    assert np.abs(moved[still]).max() < 1e-6
    assert np.linalg.norm(moved[~still], axis=1).mean() > 0.003
    everything = polish(both, capture, plan.passes, plan, CONTEXT, silent, Unseen(), np.ones(2 * count, bool))
    assert np.abs(everything.vertices - both.vertices).max() < 1e-6
