"""A ball reaches as far as its triangles do, wherever it looks, though its dome lies aslant."""

import numpy as np
import trimesh
from scipy.spatial.transform import Rotation

from backend.scene.eyeball import fitted_ball

MM = 0.001
RADIUS, DOME, ASLANT = 12 * MM, 1.5 * MM, np.radians(6)


def aslant_ball() -> tuple[np.ndarray, np.ndarray]:
    """Vertices (N, 3) and faces of a ball at the origin whose dome looks 6 degrees aside of -Y."""
    sphere = trimesh.creation.icosphere(5)
    toward = np.array([np.sin(ASLANT), -np.cos(ASLANT), 0])
    angle = np.arccos(np.clip(sphere.vertices @ toward, -1, 1))
    size = RADIUS + DOME * np.clip(1 - (angle / 0.5) ** 2, 0, None)
    return sphere.vertices * size[:, None], np.asarray(sphere.faces)


def test_extent_is_the_balls_own_in_every_gaze():
    vertices, faces = aslant_ball()
    ball = fitted_ball(vertices, faces)
    for key, turn in (("cheekSquintLeft", [0, 0, 0]), ("eyeLookDownLeft", [30, 0, 0]), ("eyeLookOutLeft", [0, 0, 35])):
        turned = vertices @ Rotation.from_euler("xyz", turn, degrees=True).as_matrix().T - ball.center
        size = np.linalg.norm(turned, axis=1)
        ahead = turned[:, 1] < -0.75 * size
        extent = ball.extent(turned[ahead] / size[ahead, None], ball.axis_of(key))
        np.testing.assert_allclose(extent, size[ahead], atol=0.05 * MM)


def test_slack_covers_every_gaze_and_without_triangles_the_dome_is_round():
    vertices, faces = aslant_ball()
    close, round_ = fitted_ball(vertices, faces), fitted_ball(vertices)
    directions = vertices / np.linalg.norm(vertices, axis=1, keepdims=True)
    assert (close.extent(directions, slack=0.3) >= close.extent(directions) - 0.1 * MM).all()
    assert (round_.extent(directions) >= close.extent(directions) - 0.1 * MM).all()
