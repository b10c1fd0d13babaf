"""Faces and trust move with the pictures that they belong to, and what a head encloses."""

from dataclasses import replace

import numpy as np
import pytest

from backend.scene import Camera, FaceMasks, FaceRecord, HeadShape, Surface, UvAtlas, View
from backend.scene.head import REGIONS

CAMERA = Camera(80, 60, 100.0, 100.0, 41.0, 29.0, np.eye(4))


def record() -> FaceRecord:
    rng = np.random.default_rng(0)
    points = rng.uniform(20, 50, (478, 2)).astype(np.float32)
    plane = np.zeros((60, 80), np.uint8)
    sigma = np.full(478, 2.0, np.float32)
    sigma[7] = np.inf
    return FaceRecord(points, sigma, np.ones(478, np.float32), 0.7, FaceMasks(*[plane] * 5))


def view() -> View:
    rows, columns = np.indices((60, 80))
    trust = (columns / 80).astype(np.float32)
    photo = np.repeat(rows[..., None] / np.float32(60), 3, -1).astype(np.float32)
    mask = ((np.abs(columns - 40) < 12) & (np.abs(rows - 30) < 10)).astype(np.float32)
    return View("one", photo, mask, CAMERA, trust=trust, face=record())


def test_a_moved_face_is_the_same_face_in_another_picture():
    before = record()
    after = before.moved((2.0, 0.5), (3.0, -4.0))
    np.testing.assert_allclose(after.points, before.points * [2, 0.5] + [3, -4], rtol=1e-6)
    assert after.points.dtype == after.sigma.dtype == np.float32
    np.testing.assert_allclose(after.sigma, before.sigma)  # twice as wide, half as high: as long as before
    assert np.isinf(after.sigma[7]) and after.masks is None and after.confidence == before.confidence
    doubled = before.moved((2, 2), (0, 0))
    assert doubled.scale == pytest.approx(2 * before.scale)
    np.testing.assert_allclose(doubled.sigma[:5], 4.0)
    np.testing.assert_allclose(doubled.depth, 2.0)


@pytest.mark.parametrize("scale", [0.5, 0.33, 2.0])
def test_resizing_keeps_rays_of_landmarks_and_trust_of_places(scale):
    whole = view()
    part = whole.resized(scale)
    size = (part.camera.height, part.camera.width)
    assert part.photo.shape[:2] == part.mask.shape == part.trust.shape == size
    np.testing.assert_allclose(part.camera.rays(part.face.points), CAMERA.rays(whole.face.points), atol=1e-6)
    middle = size[0] // 2
    np.testing.assert_allclose(part.trust[middle], (np.arange(size[1]) + 0.5) / size[1] - 0.5 / 80, atol=0.013)


def test_cropping_keeps_rays_of_landmarks_and_pixels_of_trust():
    whole = view()
    part = whole.cropped(0.05)
    assert part.camera.width < 40 and part.trust.shape == part.photo.shape[:2] == part.mask.shape
    np.testing.assert_allclose(part.camera.rays(part.face.points), CAMERA.rays(whole.face.points), atol=1e-6)
    x0, y0 = round(CAMERA.cx - part.camera.cx), round(CAMERA.cy - part.camera.cy)
    np.testing.assert_array_equal(part.trust, whole.trust[y0:, x0:][: part.camera.height, : part.camera.width])
    assert part.mask.sum() == whole.mask.sum()


def test_views_that_know_neither_stay_without():
    plain = replace(view(), trust=None, face=None)
    for part in (plain.resized(0.5), plain.cropped(0.05)):
        assert part.trust is None and part.face is None


def test_the_skin_encloses_sockets_mouth_eyes_and_teeth():
    region = np.arange(len(REGIONS), dtype=np.uint8)
    nothing = np.zeros((0, 3), np.int32)
    surface = Surface(np.zeros((len(region), 3), np.float32), nothing)
    shape = HeadShape(surface, UvAtlas(np.zeros((0, 2)), nothing), region, region.astype(np.int32), "any")
    inner = {REGIONS[k] for k in np.nonzero(shape.inner)[0]}
    assert inner == {"socket", "mouth", "eyeball", "teeth"}
