"""The committed demo capture agrees with itself: photos, masks, cameras and the true surface tell one story."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from backend.scene import Camera

CAPTURE = Path(__file__).resolve().parents[2] / "demo" / "capture"
SETS = ("transforms.json", "transforms_test.json")
LIMIT = 6_000_000  # bytes, the whole folder


def load(name: str) -> dict:
    return json.loads((CAPTURE / name).read_text(encoding="utf-8"))


def cameras(name: str) -> list[Camera]:
    data = load(name)
    intrinsics = [data[key] for key in ("w", "h", "fl_x", "fl_y", "cx", "cy")]
    return [Camera(*intrinsics, np.array(frame["transform_matrix"])) for frame in data["frames"]]


def mask_of(frame: dict) -> np.ndarray:
    with Image.open(CAPTURE / frame["mask_path"]) as image:
        return np.asarray(image.convert("L"), np.float32) / 255


@pytest.fixture(scope="module")
def truth() -> tuple[np.ndarray, np.ndarray]:
    with np.load(CAPTURE / "truth.npz") as data:
        return data["vertices"], data["faces"]


def silhouette(camera: Camera, vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Coverage (H, W) of the projected triangles, drawn four times finer than the photo."""
    scale = 4
    pixels = camera.project(vertices)[0] * scale - 0.5
    picture = Image.new("L", (camera.width * scale, camera.height * scale))
    pen = ImageDraw.Draw(picture)
    for triangle in pixels[faces].reshape(-1, 6).tolist():
        pen.polygon(triangle, fill=255)
    small = picture.resize((camera.width, camera.height), Image.Resampling.BOX)
    return np.asarray(small, np.float32) / 255


def azimuths(name: str) -> np.ndarray:
    """Degrees around the head, 0 in front of the face (-Y), growing towards +X."""
    at = np.array([camera.position for camera in cameras(name)])
    return np.degrees(np.arctan2(at[:, 0], -at[:, 1])) % 360


def test_folder_stays_small():
    assert sum(path.stat().st_size for path in CAPTURE.rglob("*") if path.is_file()) <= LIMIT


def test_enough_photos_for_the_main_job():
    assert len(load(SETS[0])["frames"]) >= 16
    assert len(load(SETS[1])["frames"]) >= 4


@pytest.mark.parametrize("name", SETS)
def test_every_frame_has_its_photo_and_mask_in_the_stated_size(name):
    data = load(name)
    assert data["camera_angle_x"] == pytest.approx(2 * math.atan(data["w"] / (2 * data["fl_x"])), abs=1e-12)
    for frame in data["frames"]:
        for path in (frame["file_path"], frame["mask_path"]):
            with Image.open(CAPTURE / path) as image:
                assert image.size == (data["w"], data["h"]), path
    assert len({frame["file_path"] for frame in data["frames"]}) == len(data["frames"])


@pytest.mark.parametrize("name", SETS)
def test_poses_are_rigid_and_look_at_the_head(name):
    for camera in cameras(name):
        rotation = camera.camera_to_world[:3, :3]
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(rotation) == pytest.approx(1.0)
        center, depth = camera.project(np.zeros(3))
        assert 0.5 < depth < 1.5
        assert np.abs(center - 0.5 * np.array([camera.width, camera.height])).max() < 0.1 * camera.width


def test_cameras_surround_the_subject_at_several_heights():
    around = np.sort(azimuths(SETS[0]))
    gaps = np.diff(np.append(around, around[0] + 360))
    assert gaps.max() < 30
    heights = np.array([camera.position[2] for camera in cameras(SETS[0])])
    assert heights.min() < -0.1 and heights.max() > 0.3


def test_first_photo_is_frontal_and_level():
    first = cameras(SETS[0])[0]
    assert azimuths(SETS[0])[0] == pytest.approx(0.0, abs=1e-6)
    assert first.forward[1] > 0.99


def test_held_out_photos_are_taken_elsewhere():
    train = np.array([camera.forward for camera in cameras(SETS[0])])
    for camera in cameras(SETS[1]):
        assert np.degrees(np.arccos((train @ camera.forward).max())) > 3


@pytest.mark.parametrize("name", SETS)
def test_true_surface_falls_inside_every_mask(truth, name):
    vertices = truth[0]
    for camera, frame in zip(cameras(name), load(name)["frames"], strict=True):
        pixels, depth = camera.project(vertices)
        column, row = np.floor(pixels).astype(int).T
        seen = (depth > 0) & (column >= 0) & (column < camera.width) & (row >= 0) & (row < camera.height)
        assert seen.mean() > 0.5
        assert (mask_of(frame)[row[seen], column[seen]] > 0).mean() >= 0.995, frame["mask_path"]


@pytest.mark.parametrize(("name", "step"), [(SETS[0], 5), (SETS[1], 2)])
def test_silhouette_of_the_true_surface_is_the_mask(truth, name, step):
    for camera, frame in list(zip(cameras(name), load(name)["frames"], strict=True))[::step]:
        drawn, mask = silhouette(camera, *truth), mask_of(frame)
        assert np.abs(drawn - mask).sum() / mask.sum() < 0.004, frame["mask_path"]


@pytest.mark.parametrize("name", SETS)
def test_shoulders_leave_the_picture_only_at_the_bottom(name):
    for frame in load(name)["frames"]:
        mask = mask_of(frame) > 0.5
        assert mask[-1].any() and not mask[0].any(), frame["mask_path"]
        assert not mask[: len(mask) // 2, [0, -1]].any(), frame["mask_path"]


@pytest.mark.parametrize("name", SETS)
def test_photos_are_well_exposed_and_have_a_background(name):
    for frame in load(name)["frames"]:
        with Image.open(CAPTURE / frame["file_path"]) as image:
            photo = np.asarray(image.convert("RGB"), np.float32) / 255
        subject = mask_of(frame) > 0.9
        for part in (subject, mask_of(frame) < 0.1):
            assert 0.05 < photo[part].mean() < 0.85
            assert photo[part].std() > 0.01
        assert (photo[subject].min(axis=1) > 0.99).mean() < 0.01


def test_true_surface_is_a_life_sized_head_in_the_stated_frame(truth):
    vertices, faces = truth
    assert vertices.dtype == np.float32 and faces.dtype == np.int32
    assert len(faces) <= 40_000 and faces.min() >= 0 and faces.max() < len(vertices)
    crown = vertices[:, 2].max()
    tip = vertices[vertices[:, 1].argmin()]
    assert 0.115 < crown < 0.145
    assert abs(tip[0]) < 0.01 and -0.04 < tip[2] < -0.01 and -0.13 < tip[1] < -0.11  # the nose
    middle = vertices[(np.abs(vertices[:, 0]) < 0.005) & (vertices[:, 1] < -0.085)]
    assert 0.21 < crown - middle[:, 2].min() < 0.25  # chin to crown


def test_true_surface_faces_outwards_and_is_closed(truth):
    vertices, faces = truth
    corners = vertices[faces].astype(np.float64)
    volume = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum() / 6
    assert 0.010 < volume < 0.025  # cubic meters
    edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    counts = np.unique(edges, axis=0, return_counts=True)[1]
    assert (counts % 2 == 0).all()
