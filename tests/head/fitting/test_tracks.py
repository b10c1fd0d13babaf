"""Dense flow tells where a wrong camera's photo really shows the skin; bare and hidden skin tells nothing."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from backend.head.fitting.pose import Pose
from backend.head.fitting.sight import look
from backend.head.fitting.tracks import Seen, flow_between, tracks_between
from tests.head.fitting.soft_heads import ellipsoid, painted, portrait_camera, texture

POINTS, POLYGONS = ellipsoid(96, 64)
FACES = np.concatenate([POLYGONS[:, :3], POLYGONS[POLYGONS[:, 3] >= 0][:, [0, 2, 3]]]).astype(np.int32)
FIRST, SECOND = portrait_camera(-8.0, 2.0, 400), portrait_camera(10.0, -4.0, 400)


def displaced(camera, degrees=(0.4, -0.3, 0.5), shift=(0.003, -0.002, 0.004)):
    """The camera as it is thought to stand: some pixels off."""
    pose = Pose.of(camera)
    rotation = Rotation.from_rotvec(np.radians(degrees)).as_matrix() @ pose.rotation
    return Pose(rotation, pose.translation + shift).camera(camera.width, camera.height, camera.fl_x)


def seen(true, thought, points=POINTS, faces=FACES, pattern=texture) -> Seen:
    """A photo by the true camera, and what is thought of it."""
    gray, covered = painted(points, faces, true, points, pattern)
    return Seen(gray, covered, thought, look(points, faces, thought))


def tracks(points=POINTS, faces=FACES, thought=SECOND, pattern=texture):
    pair = [seen(true, way, points, faces, pattern) for true, way in ((FIRST, FIRST), (SECOND, thought))]
    return tracks_between((0, 1), *pair, points, faces, 0.5)


def middle(found, points) -> np.ndarray:
    return (points[found.corners] * found.weights[..., None]).sum(1)


@pytest.mark.parametrize("light", [(1.0, 0.0), (0.7, 30.0)])
def test_targets_are_nearer_to_the_truth_than_the_wrong_camera(light):
    wrong = displaced(SECOND)
    first = seen(FIRST, FIRST)
    second = seen(SECOND, wrong)
    second = replace(second, gray=np.float32(light[0]) * second.gray + np.float32(light[1]))
    found = tracks_between((3, 5), first, second, POINTS, FACES, 0.5)
    truth = SECOND.project(middle(found, POINTS))[0]
    before = np.linalg.norm(wrong.project(middle(found, POINTS))[0] - truth, axis=1)
    after = np.linalg.norm(found.target - truth, axis=1)
    assert (found.first, found.second) == (3, 5)
    assert found.count > 100 and np.median(before) > 3
    assert 1 - np.median(after) / np.median(before) > 0.7
    np.testing.assert_allclose(FIRST.project(middle(found, POINTS))[0], found.pixel, atol=0.02)


def test_right_cameras_leave_nothing_to_say():
    found = tracks()
    assert found.count > 100
    away = np.linalg.norm(found.target - SECOND.project(middle(found, POINTS))[0], axis=1)
    assert np.median(away) < 0.2 and np.quantile(away, 0.9) < 0.6


def test_skin_without_texture_says_nothing():
    found = tracks(thought=displaced(SECOND), pattern=lambda points: np.full(points.shape[:-1], 128.0))
    facing = np.abs(found.pixel - 200).max(1) < 50  # away from the outline, which the background borders on
    assert np.abs(found.whiten[facing]).max(initial=0) < 0.02  # deviations for each pixel
    assert np.median(np.linalg.norm(tracks().whiten, axis=(1, 2))) > 1


def test_stripes_tell_only_the_way_across_them():
    found = tracks(thought=displaced(SECOND), pattern=lambda points: 128 + 60 * np.sin(points[..., 2] * 500))
    across, along = (np.linalg.norm(found.whiten @ axis, axis=1) for axis in (np.array([0, 1.0]), np.array([1.0, 0])))
    assert found.count > 50
    assert np.median(across) > 1 and np.median(along) < 0.3 * np.median(across)


def test_what_one_of_the_photos_hides_is_left_out():
    # A plate between the second camera and the middle of the head, which the first camera looks past.
    side = SECOND.position * 0.3
    plate, rows = ellipsoid(24, 16, np.full(3, 0.02), side)
    points = np.concatenate([POINTS, plate])
    more = np.concatenate([rows[:, :3], rows[rows[:, 3] >= 0][:, [0, 2, 3]]]) + len(POINTS)
    found = tracks(points, np.concatenate([FACES, more]).astype(np.int32))
    away = SECOND.position - middle(found, points)
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    before = side - middle(found, points)
    along = (before * away).sum(1)
    miss = np.linalg.norm(before - along[:, None] * away, axis=1)
    on_skin = (found.corners < len(POINTS)).all(1)
    assert on_skin.sum() > 50
    assert not ((miss < 0.0195) & (along > 0.005) & on_skin).any()
    bare = tracks()
    away = SECOND.position - middle(bare, POINTS)
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    before = side - middle(bare, POINTS)
    hidden = np.linalg.norm(before - (before * away).sum(1)[:, None] * away, axis=1) < 0.0195
    assert hidden.sum() > 3  # without the plate there were some


def test_pixels_that_are_not_usable_start_no_track():
    first, second = (seen(camera, camera) for camera in (FIRST, SECOND))
    left = first.usable.copy()
    left[:, 200:] = False
    found = tracks_between((0, 1), replace(first, usable=left), second, POINTS, FACES, 0.5)
    assert found.count > 20 and found.pixel[:, 0].max() < 200
    none = tracks_between((0, 1), first, replace(second, usable=np.zeros_like(left)), POINTS, FACES, 0.5)
    assert none.count == 0


def test_a_reflection_that_moves_with_the_camera_starts_no_track():
    def lit(photo: Seen) -> Seen:
        y, x = np.mgrid[:400, :400]
        spot = 90 * np.exp(-((x - 200) ** 2 + (y - 200) ** 2) / (2 * 6.0**2))
        return replace(photo, gray=(photo.gray + spot).astype(np.float32))

    def colored(photo: Seen) -> Seen:
        return replace(photo, colors=np.repeat(photo.gray[..., None], 3, -1))

    def near_spot(found) -> int:
        return int((np.linalg.norm(found.pixel - 200, axis=1) < 12).sum())

    pair = [lit(seen(camera, camera)) for camera in (FIRST, SECOND)]
    heard = tracks_between((0, 1), *pair, POINTS, FACES, 0.5)
    doubted = tracks_between((0, 1), *(colored(photo) for photo in pair), POINTS, FACES, 0.5)
    assert near_spot(doubted) < 0.3 * max(near_spot(tracks()), 1)
    assert doubted.count > 0.6 * heard.count


def test_sheen_that_moves_over_still_skin_moves_nothing():
    skin = cv2.GaussianBlur(np.random.default_rng(2).normal(size=(240, 240)).astype(np.float32), (0, 0), 1.6)
    rows, columns = np.indices(skin.shape)

    def lit(x: float) -> np.ndarray:
        sheen = 70 * np.exp(-((columns - x) ** 2 + (rows - 120) ** 2) / (2 * 14.0**2))
        return (128 + 10 * skin / skin.std() + sheen).astype(np.float32)

    flow, sure = flow_between(lit(116), lit(124), np.ones(skin.shape, bool))
    beneath = np.hypot(columns - 120, rows - 120) < 25
    assert sure[beneath].mean() > 0.9
    assert np.abs(flow[beneath & sure]).mean() < 0.03
