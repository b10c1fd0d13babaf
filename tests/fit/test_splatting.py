"""Fitting Gaussians to exact photos: it learns them, hides nothing, repeats itself, and stops when told."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.errors import Cancelled, UserError
from backend.fit.context import FitContext
from backend.fit.domain import make_domain
from backend.fit.mcmc import McmcConfig
from backend.fit.splatting import GaussianFit, begin_gaussians
from backend.scene import Bounds, Capture, Unseen, silent
from tests.synthetic import orbit, orbit_camera, photograph

CONTEXT = FitContext(renderer=None, device=torch.device("cpu"), seed=3)
PLAN = GaussianFit(steps=150, side=64, cap=1500, degree=1, mcmc=McmcConfig(every=20))


@pytest.fixture(scope="module")
def capture() -> Capture:
    return Capture(orbit(10, 64), Bounds(np.zeros(3), 1.0))


@pytest.fixture(scope="module")
def domain(capture):
    return make_domain(capture, 0.0)


def fit(capture, domain, plan=PLAN, progress=silent, live=None):
    training = begin_gaussians(capture, domain, plan, CONTEXT)
    training.run(progress, live or Unseen())
    return training.field


def test_photos_that_took_no_part_are_predicted(capture, domain):
    field = fit(capture, domain)
    view = photograph(orbit_camera(55, 10, 64), "between")
    picture = field.draw(view.camera)
    inside = view.mask > 0.9
    error = np.sqrt(np.square(picture.over(0.2) - view.photo)[inside].mean())
    assert -20 * np.log10(error) > 22
    assert picture.alpha[inside].mean() > 0.95
    assert picture.alpha[view.mask == 0].mean() < 0.03  # in training the background was never the same
    x, y = view.camera.project(np.zeros(3))[0].astype(int)
    assert picture.depth[y, x] == pytest.approx(np.linalg.norm(view.camera.position) - 0.55, abs=0.12)


def test_the_cloud_keeps_to_its_cap(capture, domain):
    sizes = []

    class Watch(Unseen):
        def field(self, draw):
            sizes.append(len(draw.__self__))

    plan = replace(PLAN, steps=60, cap=400, start=0.5, mcmc=McmcConfig(every=5, growth=1.2))
    fit(capture, domain, plan, live=Watch())
    assert len(sizes) == 60 and sizes[0] == 200 and max(sizes) == sizes[-1] == 400


def test_a_seed_gives_the_same_field_to_the_bit(capture, domain):
    plan = replace(PLAN, steps=25, cap=300, mcmc=McmcConfig(every=5))
    first, second = (fit(capture, domain, plan).arrays() for _ in range(2))
    for name in first:
        np.testing.assert_array_equal(first[name], second[name])


def test_views_without_weight_take_no_part(capture, domain):
    plan = replace(PLAN, steps=12, cap=300)
    spoiled = replace(capture.views[0], photo=np.full_like(capture.views[0].photo, np.nan), weight=0.0)
    with_it = replace(capture, views=(spoiled, *capture.views[1:]))
    without = replace(capture, views=capture.views[1:])
    first, second = (fit(each, domain, plan).arrays()["means"] for each in (with_it, without))
    np.testing.assert_array_equal(first, second)


def test_no_view_with_weight_is_the_users_mistake(capture, domain):
    views = tuple(replace(view, weight=0.0) for view in capture.views)
    with pytest.raises(UserError, match="weight"):
        fit(replace(capture, views=views), domain)


def test_what_is_not_a_number_stops_the_fit(capture, domain):
    views = tuple(replace(view, photo=np.full_like(view.photo, np.nan)) for view in capture.views)
    with pytest.raises(FloatingPointError, match="step"):
        fit(replace(capture, views=views), domain)


def test_progress_counts_up_and_cancels(capture, domain):
    seen = []

    def progress(share):
        seen.append(share)
        if share > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit(capture, domain, replace(PLAN, steps=10, cap=200), progress)
    np.testing.assert_allclose(seen, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])


def test_what_is_not_trusted_is_not_learned(capture, domain):
    """A white blot in every photo, in the middle of the picture."""
    part = np.s_[26:38, 26:38]

    def spoiled(view, trust):
        photo, clear = view.photo.copy(), np.ones_like(view.mask)
        photo[part], clear[part] = 1.0, trust
        return replace(view, photo=photo, trust=clear)

    errors = []
    for trust in (1.0, 0.0):
        views = [spoiled(view, trust) if k % 2 else view for k, view in enumerate(capture.views)]
        field = fit(replace(capture, views=tuple(views)), domain)
        truth = capture.views[1]
        errors.append(np.abs(field.draw(truth.camera).over(0.2) - truth.photo)[part].mean())
    assert errors[1] < 0.6 * errors[0]
