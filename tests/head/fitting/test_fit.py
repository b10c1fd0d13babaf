"""The whole fit on photos of a head whose shape, cameras and lens are known."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import ndimage

from backend.head.fitting import fit as fitting
from backend.head.fitting.fit import HeadFit, HeadFitConfig, fit_head
from backend.head.fitting.start import landmarks_of
from backend.head.model import HeadModel
from tests.head.fitting.soft_heads import degrees_apart, head_photo, portrait_camera, seen_by, soft_head

MODEL = soft_head(4, 2, slack=0.0005)
IDENTITY = np.array([1.2, -0.9, 0.7, -1.0])
SHAPE = MODEL.shape(IDENTITY, np.zeros(2)).astype(float)
CAMERAS = [portrait_camera(azimuth, elevation, 320) for azimuth, elevation in ((0, 4), (18, -3), (-20, 6))]
PLAN = HeadFitConfig(side=256, rounds=3)


@pytest.fixture(scope="module")
def solved():
    photos = [head_photo(str(k), MODEL, SHAPE, camera, lens="one") for k, camera in enumerate(CAMERAS)]
    shares = []
    return fit_head(photos, MODEL, PLAN, shares.append), shares


def test_cameras_that_were_not_given_are_found(solved):
    fit, _ = solved
    first = fit.cameras[0].camera_to_world[:3, :3] @ CAMERAS[0].camera_to_world[:3, :3].T
    assert degrees_apart(first, np.eye(3)) < 2
    for found, true in zip(fit.cameras, CAMERAS, strict=True):
        assert (found.width, found.height) == (320, 320)
        turned = found.camera_to_world[:3, :3] @ true.camera_to_world[:3, :3].T
        assert degrees_apart(turned, first) < 0.5
    assert len({camera.fl_x for camera in fit.cameras}) == 1


def test_the_head_projects_onto_the_photos(solved):
    fit, _ = solved
    assert fit.misfit < 0.006
    for found, true in zip(fit.cameras, CAMERAS, strict=True):
        apart = np.linalg.norm(found.project(fit.vertices())[0] - true.project(SHAPE)[0], axis=1)
        assert np.median(apart) < 0.8  # pixels of 320


def test_progress_rises_to_the_end(solved):
    _, shares = solved
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) >= PLAN.rounds


def test_given_cameras_are_kept_and_the_head_lies_among_them():
    photos = [replace(head_photo(str(k), MODEL, SHAPE, camera), camera=camera) for k, camera in enumerate(CAMERAS)]
    fit = fit_head(photos, MODEL, PLAN)
    assert fit.cameras == tuple(CAMERAS)
    apart = np.linalg.norm(fit.vertices() - SHAPE, axis=1)
    mean = np.linalg.norm(MODEL.vertices - SHAPE, axis=1)
    seen = SHAPE[:, 1] < -0.03
    assert np.median(apart[seen]) < 0.2 * np.median(mean[seen])


def test_the_same_photos_give_the_same_head(solved):
    photos = [head_photo(str(k), MODEL, SHAPE, camera, lens="one") for k, camera in enumerate(CAMERAS)]
    np.testing.assert_array_equal(fit_head(photos, MODEL, PLAN).vertices(), solved[0].vertices())


def test_a_doubted_photo_says_less():
    """The landmarks of one of three photos lie 8 pixels beside the truth."""
    photos = [replace(head_photo(str(k), MODEL, SHAPE, camera), camera=camera) for k, camera in enumerate(CAMERAS)]
    face = photos[2].face
    wrong = replace(photos[2], face=replace(face, points=face.points + np.float32([8, 0])), mask=None)
    errors = []
    for weight in (1.0, 0.01):
        fit = fit_head([*photos[:2], replace(wrong, weight=weight)], MODEL, PLAN)
        errors.append(error_of(fit))
    assert errors[1] < 0.7 * errors[0]



def error_of(fit: HeadFit) -> float:
    """Metres that the front of the head lies beside the truth (median)."""
    return float(np.median(np.linalg.norm(fit.vertices() - SHAPE, axis=1)[SHAPE[:, 1] < -0.03]))


def with_spread(spread: float) -> HeadModel:
    """The model, whose landmarks lie within `spread` metres of where the table says."""
    return replace(MODEL, landmarks=replace(MODEL.landmarks, spread=np.full(478, spread, np.float32)))


def test_what_a_detector_errs_in_alike_is_not_believed_more_for_being_repeated(monkeypatch):
    """It draws the face of each photo half way to the mean's: tracks between the photos know better."""
    model, photos = with_spread(0.006), []
    for azimuth in (0, 18, -20, 9, -10):
        camera = portrait_camera(azimuth, 4, 256)
        photo = replace(head_photo(str(azimuth), MODEL, SHAPE, camera), camera=camera, mask=None)
        mean = seen_by(camera, MODEL, MODEL.vertices).points
        photos.append(replace(photo, face=replace(photo.face, points=(photo.face.points + mean) / 2)))
    error = error_of(fit_head(photos, model, PLAN))
    monkeypatch.setattr(fitting, "landmarks_of", lambda model, photo, alike: landmarks_of(model, photo))
    assert error < 0.9 * error_of(fit_head(photos, model, PLAN))


def test_glasses_that_stick_out_of_a_head_do_not_widen_it():
    """Photos without a face have nothing but their mask and its trust: here temples and rims of 9 pixels."""
    plain, weighed = [], []
    for azimuth in (0, 70, -70, 180):
        camera = portrait_camera(azimuth, 3, 320)
        photo = replace(head_photo(str(azimuth), MODEL, SHAPE, camera), camera=camera)
        head = photo.mask > 0.5
        worn = ndimage.binary_dilation(head, iterations=9) & ~head
        worn[:120], worn[190:] = False, False
        face = None if azimuth else photo.face
        plain.append(replace(photo, face=face, mask=(head | worn).astype(np.float32)))
        weighed.append(replace(plain[-1], trust=np.where(worn, np.float32(0.02), np.float32(1))))
    model = with_spread(0.01)
    assert error_of(fit_head(weighed, model, PLAN)) < 0.2 * error_of(fit_head(plain, model, PLAN))
