"""When a head model takes part, and what it hands on."""

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from backend import heads
from backend.capture.config import CaptureConfig
from backend.errors import UserError
from backend.head.fitting.fit import HeadFit
from backend.head.fitting.solution import Placement, Solution
from backend.presets import settings_for
from backend.protocol import FitRequest
from backend.scene import Bounds, Capture, View
from backend.scene.head import EYEBALL
from backend.timeline import Timeline
from tests.head.fitting.soft_heads import head_photo, portrait_camera, soft_head

MODEL = soft_head()


def capture_of(count: int, faces: int) -> Capture:
    views = []
    for number in range(count):
        camera = portrait_camera(360 * number / count if count > 3 else 20 * number, size=96)
        photo = head_photo("", MODEL, MODEL.vertices, camera)
        face = photo.face if number < faces else None
        views.append(View(f"{number:03d}", photo.picture, photo.mask, camera, face=face))
    return Capture(tuple(views), Bounds(np.ones(3), 3.0))


@pytest.fixture
def gather(monkeypatch, tmp_path):
    """gather() on a capture that needs no files, with the soft head for a model."""

    def run(capture: Capture, **options) -> heads.Gathered:
        monkeypatch.setattr(heads, "load_capture", lambda path, config, progress: capture)
        monkeypatch.setattr(heads, "find_faces_in", lambda capture, config, face: capture)
        monkeypatch.setattr(heads, "load_head_model", lambda choice: MODEL)
        request = FitRequest(str(tmp_path / "transforms.json"), str(tmp_path / "out"), preset="preview", **options)
        timeline = Timeline({heads.READING: 1.0, heads.HEAD: 1.0}, lambda event: None)
        return heads.gather(request, settings_for(request, "cpu"), timeline)

    return run


def test_few_views_of_a_head_with_cameras_get_a_model(gather):
    capture = capture_of(3, faces=2)
    gathered = gather(capture)
    assert gathered.outlined
    assert [view.camera for view in gathered.capture.views] == [view.camera for view in capture.views]
    apart = np.linalg.norm(gathered.fit.vertices() - MODEL.vertices, axis=1)
    assert np.median(apart) < 0.004
    bounds = gathered.capture.bounds
    np.testing.assert_allclose(bounds.center, MODEL.vertices.mean(0), atol=0.02)
    assert 0.11 < bounds.radius < 0.16


@pytest.mark.parametrize("count, faces, subject", [(3, 0, "head"), (3, 3, "object"), (heads.FEW, 0, "head")])
def test_no_face_or_no_head_needs_no_model(gather, count, faces, subject):
    capture = capture_of(count, faces)
    gathered = gather(capture, subject=subject)
    assert gathered.fit is None and gathered.carried and gathered.capture is capture


def test_many_views_carry_the_shape_and_a_model_is_fitted_to_some_of_them(gather):
    capture = capture_of(heads.FEW, heads.FEW)
    gathered = gather(capture)
    assert gathered.carried and gathered.capture.bounds is capture.bounds
    assert 2 < len(gathered.fit.cameras) < heads.FEW
    assert set(gathered.coefficients) == {view.name for view in capture.views}


def test_an_object_without_cameras_is_told_what_it_needs(tmp_path):
    Image.new("RGB", (64, 64)).save(tmp_path / "cup.png")
    request = FitRequest(str(tmp_path / "cup.png"), str(tmp_path / "out"), subject="object", preset="preview")
    timeline = Timeline({heads.READING: 1.0, heads.HEAD: 1.0}, lambda event: None)
    for frames in (None, [{"file_path": "cup.png"}]):
        if frames:
            (tmp_path / "transforms.json").write_text(json.dumps({"frames": frames}))
            request = replace(request, capture=str(tmp_path))
        with pytest.raises(UserError, match=r"without cameras are too few.*transforms\.json"):
            heads.gather(request, settings_for(request, "cpu"), timeline)


def fitted(placement: Placement) -> heads.Gathered:
    solution = Solution(np.zeros(4), np.array([[0.4, 0.0], [0.2, -0.1]]), (), (), placement, True)
    fit = HeadFit(MODEL, MODEL, solution, (), 0.0123)
    return heads.Gathered(Capture((), Bounds(np.array([0.1, 0.2, 0.3]), 2.0)), fit)


def test_the_shape_lies_in_the_normalized_frame_with_the_models_own_map():
    gathered = fitted(Placement(3.0, np.diag([-1.0, -1.0, 1.0]), np.array([1.0, 0, 0])))
    shape = gathered.shape
    world = shape.surface.to_world(gathered.capture.bounds.center, gathered.capture.bounds.radius).vertices
    mean = MODEL.shape(np.zeros(4), np.array([0.3, -0.05]))  # of the expressions in the photos
    np.testing.assert_allclose(world, 3 * mean * [-1, -1, 1] + [1, 0, 0], atol=1e-5)
    assert shape.surface.faces.shape == shape.atlas.faces.shape
    assert shape.surface.faces.dtype == shape.atlas.faces.dtype == np.int32
    assert shape.model == "soft" and (shape.inner == (MODEL.region == EYEBALL)).all()


def test_figures_are_plain_and_name_the_strongest_expressions():
    figures = fitted(Placement(1.0, np.eye(3), np.zeros(3))).figures
    assert json.loads(json.dumps(figures)) == figures
    assert figures["model"] == "soft" and figures["landmark_misfit_percent"] == pytest.approx(1.23)
    assert list(figures["strongest_coefficients"]) == ["e0", "e1"]
    assert figures["strongest_coefficients"]["e0"] == [0.4, 0.2]


def test_settings_are_those_of_the_capture(tmp_path):
    assert settings_for(FitRequest("a", "b", preset="preview"), "cpu").capture == CaptureConfig(
        subject="head", max_side=1024
    )
