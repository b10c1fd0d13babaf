from dataclasses import replace

import numpy as np
import pytest

from backend.asset.writer import write_result
from backend.represent import FINISHING, FITTING
from backend.scene import Picture
from benchmarks import field_scores
from benchmarks.concavity import Places
from benchmarks.field_scores import Known, score
from benchmarks.truth import HeldOut
from tests.asset import subjects
from tests.asset.subjects import CENTER, RADIUS
from tests.pictures.subjects import colored_ball, views_of


@pytest.fixture
def folder(tmp_path):
    """A result of a field that holds one number."""
    (tmp_path / "photos").mkdir()
    subject = subjects.result(tmp_path / "photos", textured=colored_ball())
    checkpoint = {"bounds_center": CENTER, "bounds_radius": np.float64(RADIUS), "field.gray": np.float32([0.25])}
    seconds = {FITTING: 100.0, "Painting": 9.0, FINISHING: 20.0, "total": 140.0}
    report = {**subject.report, "seconds": seconds}
    write_result(tmp_path / "head", replace(subject, checkpoint=checkpoint, report=report))
    return tmp_path / "head"


class Gray:
    """A field that is one gray wherever a held-out photo shows the subject, and opaque to a half."""

    def __init__(self, gray: float, masks):
        self.gray, self.masks, self.cameras = gray, masks, []

    def draw(self, camera) -> Picture:
        alpha = 0.5 * (self.masks[camera.width] > 0.5).astype(np.float32)
        self.cameras.append(camera)
        return Picture(np.repeat(alpha[..., None] * self.gray, 3, 2), alpha, alpha)


@pytest.mark.parametrize(("representation", "side"), [("hash", 100), ("nerf", 60)])
def test_the_checkpoints_field_is_drawn_before_the_photos_own_backdrop(folder, monkeypatch, representation, side):
    monkeypatch.setattr(field_scores, "_USUAL_SIDE", 100)
    monkeypatch.setattr(field_scores, "_SIDE", {"nerf": 60})
    (seen,) = views_of(colored_ball(), angles=(0.3,))
    photo = np.where(seen.mask[..., None] > 0, 0.5, 0.75) * np.ones(3, np.float32)
    held = HeldOut(replace(seen, photo=photo.astype(np.float32)), np.full_like(photo, 0.75, np.float32))
    small = held.shrunk(side)
    fields = []

    def restore(name, arrays, device):
        assert name == representation and list(arrays) == ["gray"]
        fields.append(Gray(float(arrays["gray"][0]), {side: small.view.mask}))
        return fields[-1]

    monkeypatch.setattr(field_scores, "restore", restore)
    found = score(folder, representation, Known(None, [held], None, None))
    assert found["field s"] == 120.0 and found["side"] == side
    (camera,) = fields[0].cameras
    np.testing.assert_allclose(camera.position * RADIUS + CENTER, seen.camera.position)
    where = small.view.mask > 0.5
    drawn = 0.5 * 0.25 + 0.5 * 0.75  # exactly the photo's gray where the subject fills the pixel
    error = np.mean((small.view.photo[where] - drawn) ** 2)
    assert found["PSNR dB"] == pytest.approx(-10 * np.log10(max(error, 1e-10)), rel=1e-3)


def test_the_surface_is_drawn_with_its_texture_and_measured_at_the_places(folder):
    held_out = [HeldOut(seen, None) for seen in views_of(colored_ball())]
    points = colored_ball().surface.vertices.astype(float)
    places = Places(points + [0, 0, 0.001], np.zeros(len(points)), {"everywhere": np.ones(len(points), bool)})
    found = score(folder, "surface", Known(None, held_out, None, places))
    assert found["PSNR dB"] > 40 and 0.3 < found["everywhere mm"] < 1
