"""The live preview: how often, how large, and what it shows. Time is a number that the test turns."""

from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image

from backend.asset.interim import read_interim
from backend.live import LivePreview, close_up
from backend.protocol import InterimMesh, Preview
from backend.scene import Bounds, Capture, Picture, Surface
from tests.synthetic import RADII, orbit_camera, photograph

WORLD = Bounds(np.array([5.0, -2.0, 40.0]), 30.0)  # what the capture was normalized by


def read_png(path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image, float)


class Fit:
    """Steps of a fit that take their time, with a preview that takes its own."""

    def __init__(self, folder, seconds_per_pixel: float = 0.0):
        self.now, self.events, self.sides = 100.0, [], []
        self.cost = seconds_per_pixel
        capture = Capture((photograph(orbit_camera(20, 10), "a"),), Bounds(np.zeros(3), 1.0))
        self.live = LivePreview(folder, self.tell, capture, WORLD, lambda: self.now)

    def tell(self, event) -> None:
        self.events.append((self.now, event))

    def meshes(self) -> list[tuple[float, str]]:
        """Times and paths of the surfaces."""
        return [(when, event.path) for when, event in self.events if isinstance(event, InterimMesh)]

    def draw(self, camera) -> Picture:
        self.sides.append(camera.width)
        self.now += self.cost * camera.width * camera.height
        plane = np.full((camera.height, camera.width), 0.5, np.float32)
        return Picture(np.stack([plane] * 3, -1), plane, plane)

    def run(self, steps: int, seconds: float) -> np.ndarray:
        """Times of the pictures."""
        for _ in range(steps):
            self.now += seconds
            self.live.field(self.draw)
        return np.array([when for when, _ in self.events])


@pytest.mark.parametrize("step", [0.005, 0.05, 0.4])
@pytest.mark.parametrize("cost", [1e-7, 1e-5, 1e-4, 1.6e-3])  # seconds a pixel; the last: a NeRF without a GPU
def test_pictures_come_at_least_every_two_seconds_and_not_much_more_often(tmp_path, step, cost):
    gaps = np.diff(Fit(tmp_path, cost).run(round(15 / step), step))
    assert gaps.max() <= 2.0 and gaps.min() >= 1.0


def test_the_first_picture_comes_with_the_first_step(tmp_path):
    assert len(Fit(tmp_path).run(1, 0.01)) == 1


@pytest.mark.parametrize(("cost", "side"), [(1e-7, 192), (1e-5, 122), (1e-4, 39)])
def test_the_size_settles_where_drawing_takes_a_tenth_of_the_time(tmp_path, cost, side):
    fit = Fit(tmp_path, cost)
    fit.run(600, 0.05)
    assert fit.sides[-1] == pytest.approx(side, abs=1)
    assert cost * fit.sides[-1] ** 2 <= 0.11 * 1.5


def test_a_slow_drawing_leaves_work_time_between_two_of_them(tmp_path):
    fit = Fit(tmp_path, 5.0 / 16**2)
    times = fit.run(100, 0.1)
    assert fit.sides[-1] == 16 and np.diff(times)[-1] >= 5.5 - 1e-6


def test_pictures_are_whole_files_told_by_events_under_two_names(tmp_path):
    fit = Fit(tmp_path)
    fit.run(40, 0.1)
    paths = [event.path for _, event in fit.events]
    assert all(isinstance(event, Preview) for _, event in fit.events) and len(set(paths)) == 2 < len(paths)
    for path in paths:
        assert read_png(path)[0, 0].tolist() == [191, 191, 191]  # 0.5 and half of the gray behind it
    assert sorted(path.name for path in tmp_path.iterdir()) == ["preview-0.png", "preview-1.png"]


def test_a_folder_that_is_gone_costs_the_preview_and_not_the_fit(tmp_path):
    fit = Fit(tmp_path / "gone")
    assert len(fit.run(50, 0.1)) == 0 and fit.sides


def test_a_surface_is_shown_as_clay_from_the_first_photos_side(tmp_path):
    ball = trimesh.creation.icosphere(3)
    fit = Fit(tmp_path)
    fit.live.surface(Surface((ball.vertices * RADII).astype(np.float32), ball.faces.astype(np.int32)))
    shown = read_png(fit.events[0][1].path)
    assert shown.shape == (192, 192, 3)
    view = photograph(close_up(photograph(orbit_camera(20, 10), "a")).resized(192, 192), "b")
    changed = np.abs(shown - shown[0, 0]).max(-1) > 0
    assert (changed == (view.mask > 0)).mean() > 0.98
    told = len(fit.events)
    fit.live.surface(Surface(ball.vertices.astype(np.float32), ball.faces.astype(np.int32)))
    assert len(fit.events) == told


def sphere(triangles: int) -> Surface:
    """A unit sphere with at least so many triangles."""
    ball = trimesh.creation.icosphere(int(np.ceil(np.log(triangles / 20) / np.log(4))))
    return Surface(ball.vertices.astype(np.float32), ball.faces.astype(np.int32))


def test_surfaces_come_every_two_seconds_in_the_captures_own_frame_under_two_names(tmp_path):
    fit, ball = Fit(tmp_path), sphere(1000)
    for _ in range(32):
        fit.now += 0.25
        fit.live.surface(ball)
    times, paths = zip(*fit.meshes(), strict=True)
    assert times[0] == pytest.approx(100.25) and np.diff(times) == pytest.approx(2.0)
    assert {Path(path) for path in paths} == set(tmp_path.glob("interim-*")) and len(set(paths)) == 2
    shown = read_interim(paths[-1])
    assert np.array_equal(shown.faces, ball.faces)
    np.testing.assert_allclose(shown.vertices, ball.vertices * WORLD.radius + WORLD.center, atol=1e-4)


def test_a_fine_surface_is_shown_coarse_and_keeps_its_coarse_topology_while_its_own_stays(tmp_path):
    fit, ball = Fit(tmp_path), sphere(80_000)
    for scale in (1.0, 0.9):
        fit.now += 3.0
        fit.live.surface(Surface(scale * ball.vertices, ball.faces))
    first, second = (read_interim(path) for _, path in fit.meshes())
    assert 10_000 < len(first.faces) <= 20_000
    assert np.array_equal(first.faces, second.faces)
    for scale, shown in ((1.0, first), (0.9, second)):
        radii = np.linalg.norm(shown.vertices - WORLD.center, axis=1) / WORLD.radius
        assert np.abs(radii / scale - 1).max() < 2e-3


def test_surfaces_that_are_slow_to_write_come_less_often(tmp_path, monkeypatch):
    fit, ball = Fit(tmp_path), sphere(1000)
    monkeypatch.setattr("backend.live.write_interim", lambda path, surface: setattr(fit, "now", fit.now + 0.5))
    for _ in range(500):
        fit.now += 0.1
        fit.live.surface(ball)
    times = [when for when, _ in fit.meshes()]
    assert np.diff(times).min() >= 10.0 and len(times) > 2  # 0.5 s are a twentieth of 10 s


def test_a_folder_that_is_gone_costs_the_surfaces_and_not_the_fit(tmp_path):
    fit = Fit(tmp_path / "gone")
    fit.live.surface(sphere(100))
    assert fit.events == []


def test_the_close_up_holds_the_subject_and_little_else():
    view = photograph(orbit_camera(0, 0, 96), "a")
    seen = photograph(close_up(view).resized(96, 96), "b").mask > 0.5
    rows, columns = np.nonzero(seen)
    assert rows.min() in range(2, 8) and rows.max() in range(88, 94)
    assert abs(columns.min() + columns.max() - 95) <= 2
