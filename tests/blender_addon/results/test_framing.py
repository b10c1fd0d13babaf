"""What appears is brought into view, and a view that shows it is left alone."""

from types import SimpleNamespace

import numpy as np
from mathutils import Matrix

from blender_addon.results import framing

LOW, HIGH = np.array([-0.1, -0.12, -0.2]), np.array([0.1, 0.1, 0.15])


def space(distance: float, location=(0.0, 0.0, 0.0), perspective: str = "PERSP"):
    """A 3D view that looks along +Y from `distance` before `location`, with a lens of 50 mm."""
    view = SimpleNamespace(view_perspective=perspective, view_location=location, view_distance=distance)
    look = Matrix.Rotation(np.radians(-90), 4, "X") @ Matrix.Translation(-np.array(location) + [0, distance, 0])
    lens = np.zeros((4, 4))
    lens[0, 0] = lens[1, 1] = 50 / 32
    lens[2], lens[3] = [0, 0, -1, -0.02], [0, 0, -1, 0]
    view.perspective_matrix = lens @ np.array(look)
    return SimpleNamespace(region_3d=view, lens=50.0, clip_start=0.1)


def test_a_dot_far_away_is_come_closer_to():
    seen = space(15.0)
    framing._frame_in(seen, LOW, HIGH)
    np.testing.assert_allclose(seen.region_3d.view_location, (LOW + HIGH) / 2)
    assert 0.4 < seen.region_3d.view_distance < 1.0
    assert seen.clip_start < 0.05


def test_what_lies_outside_of_the_view_is_turned_to():
    seen = space(0.6, location=(5.0, 0.0, 0.0))
    framing._frame_in(seen, LOW, HIGH)
    np.testing.assert_allclose(seen.region_3d.view_location, (LOW + HIGH) / 2)


def test_views_that_show_it_and_views_through_a_camera_stay():
    for seen in (space(0.8), space(15.0, perspective="CAMERA")):
        before = seen.region_3d.view_distance
        framing._frame_in(seen, LOW, HIGH)
        assert seen.region_3d.view_distance == before


def test_what_lies_behind_is_not_shown():
    assert not framing.is_shown(np.array(space(0.8).region_3d.perspective_matrix), LOW - [0, 3, 0], HIGH - [0, 3, 0])
