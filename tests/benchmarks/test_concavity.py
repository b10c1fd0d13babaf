import json

import numpy as np
import pytest
import trimesh
from PIL import Image

from backend.scene import Surface
from benchmarks import concavity, scores
from benchmarks.concavity import find_places, hull_depth, score_places
from benchmarks.place_pictures import draw_places
from benchmarks.surfaces import spread
from benchmarks.truth import Truth
from tests.asset.subjects import CENTER, RADIUS, camera

AROUND = [camera(angle, 240, 200) for angle in np.linspace(0, 2 * np.pi, 8, endpoint=False)]
_MOUTH = 0.5  # radians: half the angle that the dimple takes of the ball
_DEEP = 0.25  # of the radius: the dimple's depth below the ball


@pytest.fixture(autouse=True)
def fewer_views(monkeypatch):
    """Enough for a ball, and quicker."""
    monkeypatch.setattr(concavity, "_VIEWS", 48)
    monkeypatch.setattr(concavity, "_SIDE", 192)
    monkeypatch.setattr(scores, "_POINTS", 10_000)


def dimpled(deep: float = _DEEP) -> Surface:
    """A ball with a smooth dimple where it looks to +X."""
    mesh = trimesh.creation.icosphere(4, 1.0)
    angle = np.arccos(np.clip(mesh.vertices[:, 0], -1, 1))
    shrink = 1 - deep * np.cos(np.pi / 2 * np.minimum(angle / _MOUTH, 1)) ** 2
    vertices = mesh.vertices * shrink[:, None] * RADIUS + CENTER
    return Surface(vertices.astype(np.float32), np.array(mesh.faces, np.int32))


def off_axis(points: np.ndarray) -> np.ndarray:
    """Angle (N,) from +X."""
    local = points - CENTER
    return np.arccos(local[:, 0] / np.linalg.norm(local, axis=1))


def test_depth_is_nothing_on_a_ball_and_the_chords_in_a_dimple():
    ball = dimpled(0.0)
    points, _ = spread(ball, 3000, np.ones(len(ball.faces), bool), seed=0)
    assert hull_depth(ball, points).max() < 0.012 * RADIUS  # half a pixel, and views a few degrees apart
    bottom = CENTER + [RADIUS * (1 - _DEEP), 0, 0]
    # Lines across the dimple touch its rim, which is a little inside the circle where the dimple begins.
    rim = max(np.cos(a) * (1 - _DEEP * np.cos(np.pi / 2 * min(a / _MOUTH, 1)) ** 2) for a in np.linspace(0, 1, 500))
    depth = hull_depth(dimpled(), bottom[None])[0]
    assert depth == pytest.approx(RADIUS * (rim - (1 - _DEEP)), abs=0.02 * RADIUS)


def test_hollows_lie_in_the_dimple_and_only_their_errors_count():
    truth = Truth(dimpled(), -np.inf, None)
    places = find_places(truth, AROUND)
    assert list(places.members) == ["hollows"]
    hollows = places.members["hollows"]
    assert 0.3 < off_axis(places.points[hollows]).max() < _MOUTH
    assert hollows[off_axis(places.points) < 0.2].all()
    assert score_places(truth.surface, places)["hollows"] < 1e-3
    filled = score_places(dimpled(0.0), places)["hollows"]
    assert 5 < filled < 1000 * _DEEP * RADIUS  # mm
    vertices = truth.surface.vertices.copy()
    vertices[off_axis(vertices) > 1.0] += [0, 0.01, 0]
    assert score_places(Surface(vertices, truth.surface.faces), places)["hollows"] < 1e-3


def face_marks() -> np.ndarray:
    """68 landmarks (iBUG order) of a simple face that looks to -Y; metres."""
    marks = np.zeros((68, 3))
    marks[[0, 16]] = [[-0.08, -0.03, 0], [0.08, -0.03, 0]]
    marks[30:36] = [[0, -0.13, -0.034], *([x, -0.11, -0.05] for x in (-0.012, -0.006, 0, 0.006, 0.012))]
    marks[[36, 39, 42, 45]] = [[-0.047, -0.083, 0], [-0.02, -0.089, 0], [0.02, -0.089, 0], [0.047, -0.083, 0]]
    marks[60:68] = [[x, -0.1, -0.075] for x in (-0.02, -0.01, 0, 0.01, 0.02, 0.01, 0, -0.01)]
    return marks


@pytest.mark.parametrize(
    ("place", "inside", "outside"),
    [
        ("eye corners", [-0.047, -0.08, 0.002], [-0.033, -0.09, 0.0]),  # the middle of the eye
        ("nostrils", [0.007, -0.115, -0.045], [0, -0.13, -0.034]),  # the tip
        ("lip line", [0.005, -0.1, -0.077], [0.03, -0.1, -0.075]),  # beside the mouth
        ("ears", [0.095, 0.01, -0.02], [0.05, 0.01, -0.02]),  # inside the head
        ("ears", [-0.095, 0.01, -0.02], [-0.085, -0.04, -0.02]),  # before the ear
    ],
)
def test_places_are_where_their_names_say(place, inside, outside):
    points = np.array([inside, outside])
    members = concavity._face_places(points, np.full(2, 0.001), face_marks())
    assert members[place].tolist() == [True, False]
    assert not members["ears' hollows"].any()  # a millimetre is not deep enough


def test_the_command_prints_the_places_and_draws_them(tmp_path, capsys):
    surface = dimpled()
    np.savez(tmp_path / "truth.npz", vertices=surface.vertices, faces=surface.faces)
    lens = {"w": 240, "h": 200, "fl_x": 350.0, "fl_y": 355.0, "cx": 120.0, "cy": 100.0}
    frames = [{"file_path": f"{k}.png", "transform_matrix": a.camera_to_world.tolist()} for k, a in enumerate(AROUND)]
    (tmp_path / "transforms.json").write_text(json.dumps({**lens, "frames": frames}))
    concavity.main([str(tmp_path), "--picture", str(tmp_path / "places.png")])
    assert "| hollows |" in capsys.readouterr().out
    assert (tmp_path / "places.png").stat().st_size > 1000
    (tmp_path / "truth.npz").unlink()
    with pytest.raises(SystemExit, match="no true surface"):
        concavity.main([str(tmp_path)])


def test_marked_points_are_red(tmp_path):
    surface = dimpled()
    points, _ = spread(surface, 20_000, np.ones(len(surface.faces), bool), seed=0)
    draw_places(surface, points, {"middle": off_axis(points) < 0.15}, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as image:
        redness = np.asarray(image).astype(float) @ [1, -1, 0]
    row, column = np.array(redness.shape) // 2  # the middle of the middle view
    assert redness[row - 9 : row + 9, column - 9 : column + 9].mean() > 40
    edge = redness.shape[0] // 20
    assert abs(redness[:edge]).max() == 0
