"""Hair of known thickness is found at the rim, nothing moves that it does not cover, and a bald head stays bald."""

import numpy as np
import pytest

from backend.head.fitting.hair import hair_on
from backend.head.fitting.solution import Placement
from backend.scene import Surface
from backend.scene.head import EAR, EYEBALL, FACE, NECK, SCALP
from tests.head.fitting.haired_heads import bald_head, hairline, outward, photo_of, shell
from tests.head.fitting.soft_heads import HERE, degrees_apart, portrait_camera

MODEL = bald_head()
SKULL = MODEL.vertices.astype(float)
FACES = MODEL.triangles(MODEL.polygons)
OUTWARD = outward()
FRONT = portrait_camera(0.0, 0.0, 400)
THICK = 0.025


def grown(thickness: float, cameras=(FRONT,), covered=MODEL.region == SCALP, placement=HERE):
    """What is found on a head with a shell of this thickness, and the shell itself (V,)."""
    true = shell(MODEL, thickness, covered)
    hairy = covered & (hairline(SKULL) > 0)
    world = (SKULL + true[:, None] * OUTWARD) @ placement.rotation.T * placement.scale + placement.translation
    photos = [photo_of(MODEL, world, hairy, camera) for camera in cameras]
    return hair_on(MODEL, MODEL.vertices, placement, photos, cameras), true


@pytest.fixture(scope="module")
def thick():
    return grown(THICK)


def heights(hair) -> np.ndarray:
    return (hair.offset * OUTWARD).sum(1)


def on_rim(camera) -> np.ndarray:
    toward = camera.position - SKULL
    cosine = (OUTWARD * toward).sum(1) / np.linalg.norm(toward, axis=1)
    return (np.abs(cosine) < 0.15) & (MODEL.region == SCALP)


@pytest.mark.parametrize("thickness", [0.01, 0.025, 0.045])
def test_thickness_is_found_on_the_rim(thickness):
    hair, true = grown(thickness)
    off = np.abs(heights(hair) / thickness - 1)[on_rim(FRONT) & (true > 0.95 * thickness)]
    assert len(off) > 10
    assert np.median(off) < 0.08
    assert np.quantile(off, 0.85) < 0.15  # the rest borders on ears


def test_two_views_say_as_much_as_one():
    side = portrait_camera(90.0, 0.0, 400)
    hair, true = grown(THICK, (FRONT, side))
    full = (on_rim(FRONT) | on_rim(side)) & (true > 0.95 * THICK)
    assert np.quantile(np.abs(heights(hair)[full] / THICK - 1), 0.9) < 0.15


def test_what_no_photo_shows_is_as_thick_as_the_rest_and_tapers_down_the_nape(thick):
    hair, _ = thick
    back = (SKULL[:, 1] > 0.05) & (MODEL.region == SCALP)
    high, low = heights(hair)[back & (SKULL[:, 2] > 0.03)], heights(hair)[back & (hairline(SKULL) < 0.012)]
    assert 0.6 * THICK < np.median(high) < 1.2 * THICK
    assert np.median(low) < 0.6 * np.median(high)


def test_no_hair_moves_nothing():
    assert grown(THICK, covered=np.zeros(len(SKULL), bool))[0] is None


@pytest.mark.parametrize("thickness", [0.0, 0.001])
def test_painted_hair_moves_nothing(thickness):
    assert grown(thickness)[0] is None


def test_only_the_scalp_and_its_border_move(thick):
    hair, _ = thick
    moved = np.linalg.norm(hair.offset, axis=1)
    assert not moved[np.isin(MODEL.region, (EYEBALL, EAR))].any()
    assert moved[(MODEL.region == FACE) & (hairline(SKULL) < -0.02)].max() < 1e-4
    assert moved[(MODEL.region == NECK) & (SKULL[:, 2] < -0.1)].max() < 1e-4
    assert heights(hair).min() > -5e-4


def test_both_sides_are_alike_where_the_photo_is(thick):
    hair, _ = thick
    opposite = hair.offset[MODEL.mirror] * [-1, 1, 1]
    apart = np.linalg.norm(hair.offset - opposite, axis=1)
    assert apart.max() < 0.2 * THICK and np.median(apart[MODEL.region == SCALP]) < 0.0009  # a pixel


def test_one_side_alone_tells_of_the_other():
    hair, _ = grown(THICK, (portrait_camera(60.0, 0.0, 400),))
    assert np.median(np.abs(heights(hair) - heights(hair)[MODEL.mirror])[MODEL.region == SCALP]) < 0.2 * THICK


def test_no_triangle_turns_over(thick):
    hair, _ = thick
    before, after = (_normals(vertices) for vertices in (SKULL, SKULL + hair.offset))
    assert (before * after).sum(1).min() > 0


def _normals(vertices: np.ndarray) -> np.ndarray:
    corners = vertices[FACES]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def test_placement_does_not_matter(thick):
    angle = np.radians(20)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    placement = Placement(3.0, turn, np.array([0.5, -1.0, 2.0]))
    pose = FRONT.camera_to_world.copy()
    pose[:3, :3], pose[:3, 3] = turn @ pose[:3, :3], turn @ pose[:3, 3] * 3.0 + placement.translation
    moved = type(FRONT)(400, 400, FRONT.fl_x, FRONT.fl_y, FRONT.cx, FRONT.cy, pose)
    hair, _ = grown(THICK, (moved,), placement=placement)
    assert degrees_apart(turn, np.eye(3)) == pytest.approx(20)
    assert np.abs(hair.offset - thick[0].offset).max() < 0.003


def test_hair_over_ears_hides_them_and_free_ears_stay():
    ear = MODEL.region == EAR
    beside = (np.abs(SKULL[:, 1]) < 0.04) & (np.abs(SKULL[:, 2] + 0.01) < 0.04)
    covered = (MODEL.region == SCALP) | beside
    true = np.where(beside, THICK, shell(MODEL, THICK, covered))
    cameras = [portrait_camera(azimuth, 0.0, 400) for azimuth in (-40.0, 40.0)]
    photos = [photo_of(MODEL, SKULL + true[:, None] * OUTWARD, covered, camera) for camera in cameras]
    hair = hair_on(MODEL, MODEL.vertices, HERE, photos, cameras)
    assert (hair.region[ear] == SCALP).mean() > 0.8
    assert np.median(heights(hair)[ear]) > 0.1 * THICK
    assert not grown(THICK)[0].offset[ear].any()


def test_normals_of_the_shell_point_outwards(thick):
    hair, _ = thick
    normals = Surface((SKULL + hair.offset).astype(np.float32), FACES).vertex_normals()
    assert (normals * OUTWARD).sum(1)[MODEL.region == SCALP].min() > 0.2
