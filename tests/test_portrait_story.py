"""The whole story from photos without cameras: the demo's bust, whose true cameras are known."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from backend import pipeline, protocol, refitting
from backend.asset.layout import HEAD_NEUTRAL
from backend.asset.reader import read_checkpoint, read_result
from backend.errors import UserError
from backend.head.faces.landmarks import find_faces, has_face_finder
from backend.head.models import load_head_model
from backend.scene import ARKIT
from backend.scene.head import EYEBALL, MOUTH, SOCKET, TEETH

DEMO = Path(__file__).parents[1] / "demo" / "capture"
CHIN, OUTER_EYES = 175, (33, 263)
needs_faces = pytest.mark.skipif(not has_face_finder(), reason="mediapipe is not installed")


def photo(number: int) -> Path:
    return DEMO / "images" / f"{number:03d}.jpg"


def fit(capture: Path, out: Path, **options):
    """The stored result, and the events that led to it."""
    values = {"preset": "preview", "device": "cpu", "head_model": "builtin", **options}
    events = []
    folder = pipeline.fit(protocol.FitRequest(str(capture), str(out), **values).validate(), events.append)
    return read_result(folder), events


@pytest.fixture(scope="module")
def portrait(tmp_path_factory):
    """From the photo from the front alone."""
    return fit(photo(0), tmp_path_factory.mktemp("portrait") / "result")


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """From the front and some 20 degrees to either side; names and masks by a transforms.json without poses."""
    folder = tmp_path_factory.mktemp("several")
    frames = []
    for number in (0, 1, 19):
        shutil.copy(photo(number), folder)
        shutil.copy(DEMO / "masks" / f"{number:03d}.png", folder / f"mask {number}.png")
        frames.append({"file_path": f"{number:03d}.jpg", "mask_path": f"mask {number}.png"})
    (folder / "transforms.json").write_text(json.dumps({"frames": frames}))
    return fit(folder, folder / "result")


def landmarks_of(surface) -> np.ndarray:
    """(478, 3) world; NaN where the model has none."""
    table = load_head_model("builtin").landmarks
    points = (surface.vertices[table.corners] * table.weights[..., None]).sum(1)
    return np.where(np.isfinite(table.spread)[:, None], points, np.nan)


@needs_faces
def test_the_head_moves(portrait):
    result, _ = portrait
    rig = result.rig
    assert tuple(rig.keys) == ARKIT and set(rig.photos) == {"000"}
    assert result.report["head"]["shape_keys"]["figures"] > 100
    points = landmarks_of(result.surface)
    opened = landmarks_of(replace(result.surface, vertices=result.surface.vertices + rig.keys["jawOpen"]))
    assert 0.02 < points[CHIN, 2] - opened[CHIN, 2] < 0.06
    assert np.abs(points[list(OUTER_EYES)] - opened[list(OUTER_EYES)]).max() < 0.001
    neutral = read_checkpoint(result.folder)[HEAD_NEUTRAL]
    assert neutral.shape == result.surface.vertices.shape


@needs_faces
def test_one_photo_becomes_a_whole_result(portrait):
    result, _ = portrait
    for name in ("head.glb", "preview.png", "contact_sheet.png", *(f"textures/{k}.png" for k in ("photo", "albedo"))):
        assert (result.folder / name).stat().st_size > 1000
    colors = np.asarray(Image.open(result.texture_files["photo"]).convert("RGB"), float)
    confidence = np.asarray(Image.open(result.texture_files["confidence"]).convert("L"), float)
    assert colors.std() > 8  # painted, not one color
    assert (confidence > 128).any() and (confidence < 64).any()  # seen in front, invented behind
    assert [camera.name for camera in result.cameras] == ["000"]
    assert result.cameras[0].image == photo(0)


@needs_faces
def test_the_camera_shows_the_landmarks_where_the_photo_does(portrait):
    result, _ = portrait
    picture = np.asarray(Image.open(photo(0)).convert("RGB"), np.float32) / 255
    (face,) = find_faces(picture)
    pixels, _ = result.cameras[0].camera.project(landmarks_of(result.surface))
    apart = np.linalg.norm(pixels - face.points, axis=1) / face.scale
    assert np.nanmedian(apart) < 0.03


@needs_faces
def test_the_head_has_a_heads_size_and_looks_ahead(portrait):
    result, _ = portrait
    points, camera = landmarks_of(result.surface), result.cameras[0].camera
    assert 0.18 < result.surface.vertices[:, 2].max() - points[CHIN, 2] < 0.28
    right, left = points[list(OUTER_EYES)]
    assert 0.075 < left[0] - right[0] < 0.11
    away = np.degrees(np.arccos(-camera.forward @ [0, -1, 0]))
    assert away < 15 and 0.4 < np.linalg.norm(camera.position) < 1.6


@needs_faces
def test_the_report_tells_of_the_head_and_the_stages_that_ran(portrait):
    result, events = portrait
    told = result.report["head"]
    assert told["model"] == "builtin" and 0 < told["landmark_misfit_percent"] < 3
    assert result.report["counts"]["views"] == 1
    assert result.report["warnings"] == []
    assert {"Reading photos", "Fitting the head", "Painting"} <= set(result.report["seconds"])
    fractions = [event.fraction for event in events if isinstance(event, protocol.Progress)]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def similarity(found: np.ndarray, true: np.ndarray, turn: np.ndarray) -> tuple[float, np.ndarray]:
    """Scale and shift that bring found places (N, 3), turned, nearest to the true ones."""
    turned = found @ turn.T
    a, b = turned - turned.mean(0), true - true.mean(0)
    scale = (a * b).sum() / (a * a).sum()
    return scale, true.mean(0) - scale * turned.mean(0)


@needs_faces
def test_cameras_of_several_photos_are_solved(several):
    result, _ = several
    frames = json.loads((DEMO / "transforms.json").read_text())["frames"]
    truth = {Path(frame["file_path"]).stem: np.array(frame["transform_matrix"]) for frame in frames}
    found = [stored.camera.camera_to_world for stored in result.cameras]
    true = [truth[stored.name] for stored in result.cameras]
    assert len(found) == 3
    left, _, right = np.linalg.svd(sum(t[:3, :3] @ f[:3, :3].T for t, f in zip(true, found, strict=True)))
    turn = left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right
    assert angle_of(turn) < 20  # what is up and ahead, the head alone tells
    for t, f in zip(true, found, strict=True):
        assert angle_of(t[:3, :3].T @ turn @ f[:3, :3]) < 2.5
    places = [np.stack([pose[:3, 3] for pose in poses]) for poses in (found, true)]
    scale, shift = similarity(*places, turn)
    distance = np.linalg.norm(places[1], axis=1).mean()
    assert np.linalg.norm(scale * places[0] @ turn.T + shift - places[1], axis=1).max() < 0.05 * distance
    assert len({stored.camera.fl_x for stored in result.cameras}) == 1


def angle_of(rotation: np.ndarray) -> float:
    return float(np.degrees(np.arccos(np.clip((np.trace(rotation) - 1) / 2, -1, 1))))


@needs_faces
def test_several_photos_refine_the_head_and_keep_its_topology(portrait, several):
    (one, _), (more, events) = portrait, several
    np.testing.assert_array_equal(one.surface.faces, more.surface.faces)
    assert "Refinement" in more.report["seconds"] and "Refinement" not in one.report["seconds"]
    stages = [event.name for event in events if isinstance(event, protocol.Stage)]
    assert stages == ["Reading photos", "Fitting the head", "Refinement", "Painting", "Rigging", "Writing"]


@needs_faces
def test_a_head_from_several_photos_has_a_heads_size(several):
    result, _ = several
    assert 0.18 < result.surface.vertices[:, 2].max() - landmarks_of(result.surface)[CHIN, 2] < 0.28


@needs_faces
def test_a_photo_without_a_face_is_told_and_leaves_nothing(tmp_path):
    Image.new("RGB", (300, 200), (90, 120, 60)).save(tmp_path / "meadow.png")
    with pytest.raises(UserError, match=r"No face was found in meadow\.png"):
        fit(tmp_path / "meadow.png", tmp_path / "result")
    assert not (tmp_path / "result").exists()


@needs_faces
def test_photos_without_a_face_are_left_out_with_a_warning(tmp_path):
    Image.new("RGB", (300, 200), (90, 120, 60)).save(tmp_path / "meadow.png")
    shutil.copy(photo(0), tmp_path)
    result, events = fit(tmp_path, tmp_path / "result")
    told = [event.text for event in events if isinstance(event, protocol.Warning)]
    assert any("meadow.png" in text for text in told) and result.report["warnings"] == told
    assert len(result.cameras) == 1


def test_an_object_needs_cameras(tmp_path):
    with pytest.raises(UserError, match=r"without cameras are too few"):
        fit(photo(0), tmp_path / "result", subject="object")


def test_views_that_are_not_there_are_named(tmp_path):
    with pytest.raises(UserError, match="no views called profile"):
        fit(photo(0), tmp_path / "result", views=("profile",))


@needs_faces
def test_a_refit_keeps_the_rig_and_what_its_views_do_not_see(several, tmp_path):
    result, _ = several
    request = protocol.RefitRequest(str(result.folder), ("000", "019"), str(tmp_path / "again"), device="cpu")
    again = read_result(refitting.refit(request, lambda event: None))
    np.testing.assert_array_equal(again.polygons, result.polygons)
    for name, move in result.rig.keys.items():
        np.testing.assert_array_equal(again.rig.keys[name], move)
    moved = np.linalg.norm(again.surface.vertices - result.surface.vertices, axis=1)
    inner = np.isin(result.rig.region, (SOCKET, MOUTH, EYEBALL, TEETH))
    back = result.surface.vertices[:, 1] > result.surface.vertices[:, 1].max() - 0.06
    assert not moved[inner].any() and not moved[back].any()
    assert 0 < moved.max() < 0.004 and (moved > 0).mean() > 0.1
    assert again.report["head"]["shape_keys"]["figures"] > 100 and again.report["held_out"] is None
