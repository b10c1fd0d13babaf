"""What several photos mark before the face is found in those that show no landmarks; what lies on the skin is not."""

import numpy as np
import pytest
from scipy import ndimage

from backend.capture.carried import carry
from backend.head.faces import regions
from backend.scene import View
from backend.scene.face import FaceRecord
from tests.synthetic import orbit_camera

SIZE = 200
RADIUS = 0.5  # of the head, a sphere about the origin that looks to -y
UNIT = 0.55  # between the outer corners of the eyes


def landmarks() -> np.ndarray:
    """(478, 3) points of the sphere's front, those that are asked for by name at their place."""
    rng = np.random.default_rng(0)
    side = rng.uniform(-0.9, 0.9, (478, 2))
    directions = np.stack([side[:, 0], -np.ones(478), side[:, 1]], -1)
    named = {
        regions.RIGHT_OUTER: (-0.65, -1, 0.1), regions.LEFT_OUTER: (0.65, -1, 0.1), regions.NOSE_ROOT: (0, -1, 0.1),
        regions.FOREHEAD_TOP: (0, -0.6, 1), regions.CHIN: (0, -0.6, -1),
    }  # fmt: skip
    for number, direction in named.items():
        directions[number] = direction
    return RADIUS * directions / np.linalg.norm(directions, axis=1, keepdims=True)


def line_at(height: float, radius: float) -> np.ndarray:
    """Points (N, 3) of an arc around the head's front."""
    angles = np.radians(np.linspace(-50, 50, 600))
    return np.stack([radius * np.sin(angles), -radius * np.cos(angles), np.full(600, height)], -1)


FRAME, SHADOW = line_at(0.05, RADIUS + 0.09), line_at(-0.12, np.sqrt(RADIUS**2 - 0.12**2))


def view_of(azimuth: float, with_face: bool = True) -> View:
    camera, face = orbit_camera(azimuth, 12 if azimuth else -8, SIZE), None
    if with_face:
        points = camera.project(landmarks())[0].astype(np.float32)
        face = FaceRecord(points, np.ones(478, np.float32), np.zeros(478, np.float32), 1.0)
    blank = np.zeros((SIZE, SIZE), np.float32)
    return View(f"{azimuth}", np.repeat(blank[..., None], 3, -1), blank, camera, face=face)


def drawn(view: View, points: np.ndarray, grow: int = 1) -> np.ndarray:
    points = points[((view.camera.position - points) * points).sum(1) > 0.3]
    columns, rows = view.camera.project(points)[0].astype(int).T
    mark = np.zeros((SIZE, SIZE), bool)
    mark[rows, columns] = True
    return ndimage.binary_dilation(mark, iterations=grow)


@pytest.fixture(scope="module")
def views():
    return [*(view_of(azimuth) for azimuth in (-40, -20, 0, 20, 40)), view_of(80, with_face=False)]


@pytest.fixture(scope="module")
def marks(views):
    both = np.concatenate([FRAME, SHADOW])
    return [drawn(view, both) if view.face else np.zeros((SIZE, SIZE), bool) for view in views]


def test_a_frame_is_found_in_a_profile(views, marks):
    found, truth = carry(views, marks)[-1], drawn(views[-1], FRAME)
    assert (found & truth).sum() > 0.9 * truth.sum()
    assert (found & drawn(views[-1], FRAME, 6)).sum() > 0.55 * found.sum()


def test_what_lies_on_the_skin_is_not_carried(views, marks):
    for view, found in zip(views[:-1], carry(views, marks), strict=False):
        frame, shadow = drawn(view, FRAME), drawn(view, SHADOW)
        assert found[shadow & ~ndimage.binary_dilation(frame, iterations=5)].mean() < 0.2
        assert found[frame].mean() > 0.9


def test_two_photos_are_no_agreement(views, marks):
    assert not any(found.any() for found in carry([views[1], views[3], views[5]], [marks[1], marks[3], marks[5]]))


def test_nothing_marked_is_nothing_found(views):
    assert not any(found.any() for found in carry(views, [np.zeros((SIZE, SIZE), bool)] * len(views)))
