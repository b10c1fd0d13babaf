"""A classic radiance field learns photos, opacity included, and the same one for the same seed."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.fields.nerf import NerfConfig
from backend.fit.context import FitContext
from backend.fit.domain import make_domain
from backend.fit.nerf import NerfFit, NerfRecipe, begin_nerf
from backend.fit.pixels import PixelPool
from backend.fit.radiance import RayPlan
from backend.scene import Bounds, Capture, Unseen, silent
from tests import synthetic

NARROW = NerfConfig(
    position_octaves=4, direction_octaves=1, width=32, depth=3, skip=1, color_width=16, coarse=8, fine=8
)


@pytest.fixture(scope="module", autouse=True)
def low_waves():
    """Colors that a tiny network can learn in seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(synthetic, "pattern", lambda points: 0.5 + 0.4 * np.sin(4 * points + [0, 1, 2]))
        yield


@pytest.fixture(scope="module")
def capture(low_waves):
    return Capture(synthetic.orbit(8, 32), Bounds(np.zeros(3), 1.0))


@pytest.fixture(scope="module")
def domain(capture):
    return make_domain(capture, 0.0)


def begin(capture, domain, steps, seed=0):
    config = NerfFit(RayPlan(side=32, steps=steps, rays=192, warm_up=5), NARROW, rate=5e-3)
    return begin_nerf(capture, domain, config, FitContext(None, torch.device("cpu"), seed))


@pytest.fixture(scope="module")
def trained(capture, domain):
    training = begin(capture, domain, 80)
    told = []
    training.run(told.append, Unseen())
    assert told[-1] == 1.0 and told == sorted(told)
    return training.field


def test_an_unseen_view_shows_the_subject_and_its_outline(trained):
    view = synthetic.photograph(synthetic.orbit_camera(22, 10, 32), "unseen")
    picture = trained.draw(view.camera)
    subject = view.mask > 0.5
    error = np.square(picture.color - view.photo)[subject].mean()
    gray = np.square(view.photo - view.photo[subject].mean(0))[subject].mean()  # the best that one color can do
    assert error < 0.3 * gray
    shown = picture.alpha > 0.5
    assert (shown & subject).sum() / (shown | subject).sum() > 0.9


def test_opacity_is_learned_from_masks_not_from_color(capture, domain):
    # A subject as black as what is drawn behind it: only the random backgrounds can tell them apart.
    black = replace(capture, views=tuple(replace(view, photo=np.zeros_like(view.photo)) for view in capture.views))
    training = begin(black, domain, 40)
    training.run(silent, Unseen())
    picture = training.field.draw(capture.views[0].camera)
    assert picture.alpha[capture.views[0].mask == 1].mean() > 0.9
    assert picture.alpha[capture.views[0].mask == 0].mean() < 0.1


def test_same_seed_same_field(capture, domain):
    def fitted(seed):
        training = begin(capture, domain, 3, seed)
        training.run(silent, Unseen())
        return training.field.arrays()

    first, again, other = fitted(0), fitted(0), fitted(1)
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["fine.color.weight"], other["fine.color.weight"])


def test_both_networks_are_asked_for_the_photos(capture, domain):
    field = begin(capture, domain, 1).field
    batch = PixelPool(capture.views, 32, torch.device("cpu"), 0).batch(64)
    NerfRecipe(field, 1e-3, 0).loss(batch, 0.0).backward()
    assert all(p.grad.abs().max() > 0 for p in [*field.coarse.parameters(), *field.fine.parameters()])


def test_weight_of_a_view_scales_its_say(capture, domain):
    field = begin(capture, domain, 1).field
    batch = PixelPool(capture.views, 32, torch.device("cpu"), 0).batch(64)
    half = replace(batch, weight=batch.weight / 2)
    losses = [float(NerfRecipe(field, 1e-3, 0).loss(one, 0.0).detach()) for one in (batch, half)]
    assert losses[1] == pytest.approx(losses[0] / 2, rel=1e-5)


@pytest.mark.cuda
@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_trains_on_cuda(capture, domain):
    config = NerfFit(RayPlan(side=32, steps=80, rays=192, warm_up=5), NARROW, rate=5e-3)
    training = begin_nerf(capture, domain, config, FitContext(None, torch.device("cuda"), 0))
    training.run(silent, Unseen())
    picture = training.field.draw(capture.views[0].camera)
    assert picture.alpha[capture.views[0].mask == 1].mean() > 0.9
