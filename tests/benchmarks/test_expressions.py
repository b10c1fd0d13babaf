"""The check sheet of shape keys: cameras that look at what moves, cells for all keys, figures that fit the goals."""

import json
import subprocess

import numpy as np
import pytest
from PIL import Image

from backend.asset.writer import write_result
from backend.scene.rig import ARKIT
from benchmarks import expression_sheet, expressions
from benchmarks.expression_sheet import CAPTION, CELL, COLUMNS, GAP, Stance, camera_for
from tests.asset import subjects

UPRIGHT = Stance.of_eyes(np.array([0.03, 0, 0]), np.array([-0.03, 0, 0]), np.array([0.1, -1, 0.0]))


def test_a_stance_is_a_right_handed_frame_that_faces_where_the_eyes_look():
    np.testing.assert_allclose(UPRIGHT.axes, np.eye(3), atol=1e-12)
    assert UPRIGHT.between == pytest.approx(0.06)
    turn = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1.0]])
    turned = Stance.of_eyes(turn @ [0.03, 0, 0], turn @ [-0.03, 0, 0], turn @ [0, -1, 0])
    np.testing.assert_allclose(turned.axes, turn, atol=1e-12)


@pytest.mark.parametrize("name", ARKIT)
def test_the_camera_looks_at_what_moves_from_before_the_face(name):
    vertices = np.random.default_rng(0).normal(0, 0.08, (50, 3))
    move = np.zeros((50, 3))
    move[7] = 0.01
    camera = camera_for(name, vertices, move, UPRIGHT)
    np.testing.assert_allclose(camera.project(vertices[7])[0], [CELL / 2, CELL / 2], atol=1e-6)
    assert camera.position[1] < vertices[7, 1]
    np.testing.assert_allclose(np.linalg.det(camera.camera_to_world[:3, :3]), 1)
    side = camera.position[0] - vertices[7, 0]
    assert side == pytest.approx(0, abs=1e-9) or (side < 0) == name.endswith("Right")


def test_mouth_close_is_drawn_upon_an_open_jaw():
    keys = {"jawOpen": np.full((4, 3), 0.01), "mouthClose": np.full((4, 3), -0.01)}
    seen = []

    def draw(vertices, camera):
        seen.append(vertices)
        return np.zeros((CELL, CELL, 3), np.float32)

    picture = expression_sheet.sheet(draw, np.zeros((4, 3)), keys, UPRIGHT, {})
    assert [float(vertices[0, 0]) for vertices in seen] == pytest.approx([0, 0.01, 0.01, 0])
    assert picture.shape == (CELL + CAPTION, COLUMNS * (2 * CELL + GAP), 3)


def test_the_table_counts_the_keys_of_a_fitting_size():
    one = expressions.Likeness(0.9, 1.0, 0.5)
    figures = {"jawOpen": one, "mouthClose": expressions.Likeness(0.7, 1.5, 2.0)}
    told = expressions.table(figures)
    assert "Mean cosine 0.800; size ratio within 0.7 to 1.4: 1 of 2 keys." in told
    assert "| mouthClose |    0.7 |        1.5 |        2 |" in told


def test_the_scorer_is_asked_for_the_keys_alone(monkeypatch, tmp_path):
    said = {"shape_keys": {"per_key": {"jawOpen": {"cosine": 0.9, "size_ratio": 1.1, "error_mm": 0.4, "more": 1}}}}

    def run(command, **_):
        assert command[2:] == [str(tmp_path / "head.glb"), str(tmp_path), "--no-images", "--align"]
        return subprocess.CompletedProcess(command, 0, json.dumps(said), "")

    monkeypatch.setattr(subprocess, "run", run)
    assert expressions.scored(tmp_path / "head.glb", tmp_path, True) == {"jawOpen": expressions.Likeness(0.9, 1.1, 0.4)}


def test_a_result_becomes_a_sheet(tmp_path, capsys):
    made = write_result(tmp_path / "out", subjects.result(tmp_path, rig=subjects.rig(subjects.ball())))
    assert expressions.main([str(made), "--out", str(tmp_path / "sheet.png"), "--only", "jaw"]) == 0
    with Image.open(tmp_path / "sheet.png") as image:
        assert image.size == (COLUMNS * (2 * CELL + GAP), CELL + CAPTION)
        cell = np.asarray(image.convert("RGB"), float)[:CELL, : 2 * CELL]
    assert np.abs(cell[:, :CELL] - cell[:, CELL:]).mean() > 1  # the key shows
    assert "sheet.png" in capsys.readouterr().out


def test_what_is_no_result_is_told(tmp_path, capsys):
    assert expressions.main([str(tmp_path / "none")]) == 2
    assert "no result folder" in capsys.readouterr().err
