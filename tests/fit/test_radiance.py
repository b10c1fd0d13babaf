"""Training of the fields that are drawn by rays: they learn the photos, the same way each time."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from backend.errors import Cancelled
from backend.fields.field import Field
from backend.fields.hash import HashConfig
from backend.fields.hash_encoding import HashEncodingConfig
from backend.fields.marched import MarchConfig
from backend.fields.sdf import SdfConfig
from backend.fit.context import FitContext
from backend.fit.domain import make_domain
from backend.fit.fields import begin_field, field_surface
from backend.fit.hash import HashFit
from backend.fit.radiance import RayPlan
from backend.fit.sdf import SdfFit
from backend.kernels.renderer import choose_renderer
from backend.mesh.topology import is_closed
from backend.pictures import measure_drawn
from backend.scene import Bounds, Capture, Unseen, silent
from tests.synthetic import off_the_ellipsoid, orbit, orbit_camera, photograph

CONTEXT = FitContext(choose_renderer(), torch.device("cpu"), seed=3)
PLAN = RayPlan(side=48, steps=90, rays=1024, joined=10)
ENCODING = HashEncodingConfig(levels=5, features=2, log2_entries=14, base=8, finest=64)
MARCH = MarchConfig(step=0.03)
CONFIGS = {
    "hash": HashFit(replace(PLAN, steps=220), HashConfig(ENCODING, MARCH, width=32, degree=2)),
    "sdf": SdfFit(PLAN, SdfConfig(replace(ENCODING, smooth=True), MARCH, width=32, degree=2), coarse=3, probes=256),
}
HELD_OUT = photograph(orbit_camera(75, 10, 48), "held")


@pytest.fixture(scope="module")
def capture():
    return Capture(orbit(10, 48), Bounds(np.zeros(3), 1.0))


@pytest.fixture(scope="module")
def domain(capture):
    return make_domain(capture, 0.0)


class Watch(Unseen):
    """Counts what it is shown, and that it can be drawn."""

    def __init__(self):
        self.shown = 0

    def field(self, draw):
        self.shown += 1
        if self.shown == 1:
            assert draw(orbit_camera(0, 0, 8)).color.shape == (8, 8, 3)


def trained(kind: str, capture: Capture, domain) -> tuple[Field, Watch]:
    training, watch = begin_field(capture, domain, CONFIGS[kind], CONTEXT), Watch()
    training.run(silent, watch)
    training.join(capture, silent, watch)
    return training.field, watch


@pytest.fixture(scope="module", params=CONFIGS)
def fitted(request, capture, domain):
    return request.param, *trained(request.param, capture, domain)


def test_a_photo_that_was_held_out_is_drawn(fitted):
    figures = measure_drawn(fitted[1].draw, [HELD_OUT])
    assert figures["psnr"] > 19
    assert figures["iou"] > 0.93


def test_a_camera_that_looks_away_sees_nothing(fitted):
    away = orbit_camera(0, 0, 16)
    turned = replace(away, camera_to_world=away.camera_to_world @ np.diag([-1.0, 1, -1, 1]))
    assert fitted[1].draw(turned).alpha.max() == 0


def test_every_step_can_be_seen(fitted):
    assert fitted[2].shown == CONFIGS[fitted[0]].plan.steps + PLAN.joined


def test_surface_is_closed_and_lies_on_the_subject(fitted, capture):
    surface = field_surface(fitted[1], capture, silent, Unseen())
    assert is_closed(surface)
    assert np.abs(off_the_ellipsoid(surface.vertices)).mean() < 0.03


def test_the_same_seed_gives_the_same_field(fitted, capture, domain):
    kind, field, _ = fitted
    again, _ = trained(kind, capture, domain)
    for name, values in field.arrays().items():
        np.testing.assert_array_equal(values, again.arrays()[name], err_msg=name)


def test_cancelling_ends_the_training(capture, domain):
    def stop(fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        begin_field(capture, domain, CONFIGS["hash"], CONTEXT).run(stop, Unseen())


def test_a_loss_that_is_not_finite_is_our_bug(capture, domain):
    view = capture.views[0]
    poisoned = replace(capture, views=(replace(view, weight=float("nan")), *capture.views[1:]))
    with pytest.raises(FloatingPointError, match="loss became"):
        begin_field(poisoned, domain, CONFIGS["hash"], CONTEXT).run(silent, Unseen())
