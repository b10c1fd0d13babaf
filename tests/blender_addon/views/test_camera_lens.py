"""What a camera object sees: as Blender itself projects, and the inverse of what we build."""

import math

import bpy
import numpy as np
import pytest
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Euler, Matrix, Vector

from backend.asset.reader import StoredCamera
from backend.errors import UserError
from backend.scene import Camera
from blender_addon.views import result_cameras
from blender_addon.views.camera_lens import Picture, camera_of

SCALED = Matrix.LocRotScale((1, 2, 3), Euler((0.3, -0.2, 0.9)), (2.5, 2.5, 2.5))


@pytest.fixture(autouse=True)
def scene():
    bpy.ops.wm.read_factory_settings(use_empty=True)
    return bpy.context.scene


def random_object(rng, fit: str, parent: Matrix | None = None) -> bpy.types.Object:
    """A camera with any lens, sensor, shift and place; below an object with the matrix `parent` where there is one."""
    data = bpy.data.cameras.new("Lens")
    data.sensor_fit, data.lens = fit, rng.uniform(15, 120)
    data.sensor_width, data.sensor_height = rng.uniform(8, 60, 2)
    data.shift_x, data.shift_y = rng.uniform(-0.3, 0.3, 2)
    built = bpy.data.objects.new("Camera", data)
    bpy.context.collection.objects.link(built)
    built.matrix_basis = Matrix.LocRotScale(rng.normal(size=3) * 2, Euler(rng.uniform(-3, 3, 3)), None)
    if parent is not None:
        built.parent = bpy.data.objects.new("Parent", None)
        bpy.context.collection.objects.link(built.parent)
        built.parent.matrix_basis = parent
    bpy.context.view_layer.update()
    return built


def random_render(rng, render) -> Picture:
    render.resolution_x, render.resolution_y = map(int, rng.integers(40, 3000, 2))
    render.pixel_aspect_x, render.pixel_aspect_y = rng.choice([1, 1, 1.5, 2], 2)
    return Picture(render.resolution_x, render.resolution_y, render.pixel_aspect_y / render.pixel_aspect_x)


def seen_by_blender(scene, built, points, picture: Picture) -> np.ndarray:
    """Pixels (N, 2) where Blender says that points (N, 3) are."""
    shares = np.array([world_to_camera_view(scene, built, Vector(point)) for point in points])
    return np.stack([shares[:, 0] * picture.width, (1 - shares[:, 1]) * picture.height], -1)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("parent", [None, SCALED, Matrix.Diagonal((-1, -1, 1, 1))], ids=["free", "scaled", "flipped"])
@pytest.mark.parametrize("fit", ["AUTO", "HORIZONTAL", "VERTICAL"])
def test_points_are_seen_where_blender_sees_them(scene, fit, parent, seed):
    rng = np.random.default_rng(seed)
    picture = random_render(rng, scene.render)
    built = random_object(rng, fit, parent)
    camera = camera_of(built, picture)
    points = camera.position + camera.rays(rng.uniform(0, 1, (30, 2)) * [picture.width, picture.height]) * 3
    expected = seen_by_blender(scene, built, points, picture)
    np.testing.assert_allclose(camera.project(points)[0], expected, atol=2e-5 * max(picture.width, picture.height))


@pytest.mark.parametrize(
    ("method", "photo", "corner"),
    [
        ("FIT", Picture(100, 100), (50, 0)),  # a square in the middle of a frame of 200 x 100
        ("FIT", Picture(400, 100), (0, 25)),
        ("CROP", Picture(100, 100), (0, -50)),
        ("CROP", Picture(400, 100), (-100, 0)),
        ("STRETCH", Picture(100, 100), (0, 0)),
        ("FIT", Picture(200, 200, 0.5), (0, 0)),
    ],
)
def test_a_photo_within_the_frame_of_the_render(scene, method, photo, corner):
    """The photo's first corner lies at `corner` of the frame, its last one opposite: so does what is seen there."""
    frame, built = Picture(200, 100), random_object(np.random.default_rng(5), "AUTO")
    camera, through = camera_of(built, frame), camera_of(built, photo, frame, method)
    expected = [corner, (frame.width - corner[0], frame.height - corner[1])]
    directions = through.rays(np.array([[0.0, 0], [photo.width, photo.height]]))
    np.testing.assert_allclose(camera.project(camera.position + directions)[0], expected, atol=1e-4)


@pytest.mark.parametrize("seed", range(12))
def test_what_is_built_is_what_was_told(seed):
    rng = np.random.default_rng(seed)
    size = rng.integers(20, 6000, 2) if seed else np.array([31, 6393])  # a lens below the 1 mm that Blender knows
    focal = size[0] * rng.uniform(0.5, 4)
    pose = np.array(Matrix.LocRotScale(rng.normal(size=3), Euler(rng.uniform(-3, 3, 3)), None))
    told = Camera(
        int(size[0]), int(size[1]), focal, focal * rng.choice([1, 0.5, 1.003]), *(size * rng.uniform(0.3, 0.7, 2)), pose
    )
    built = result_cameras.build(StoredCamera("a", told, None, None), 0.1)
    bpy.context.collection.objects.link(built)
    bpy.context.view_layer.update()
    back = camera_of(built, Picture(*built["likeness_size"], built["likeness_pixel_aspect"]))
    for name in ("width", "height", "fl_x", "fl_y", "cx", "cy"):
        assert getattr(back, name) == pytest.approx(getattr(told, name), rel=1e-6)
    np.testing.assert_allclose(back.camera_to_world, told.camera_to_world, atol=1e-5)


@pytest.mark.parametrize(
    ("parent", "message"),
    [
        (Matrix.Diagonal((-1, 1, 1, 1)), "mirrored"),
        (Matrix.Diagonal((1, 1, 3, 1)), "skewed"),
        (Matrix.Diagonal((0, 0, 0, 1)), "scale 0"),
    ],
)
def test_cameras_that_no_photo_can_have_are_refused(parent, message):
    built = random_object(np.random.default_rng(1), "AUTO", parent)
    with pytest.raises(UserError, match=message):
        camera_of(built, Picture(64, 48))


@pytest.mark.parametrize("kind", ["ORTHO", "PANO"])
def test_other_projections_are_refused(kind):
    built = random_object(np.random.default_rng(1), "AUTO")
    built.data.type = kind
    with pytest.raises(UserError, match="type Perspective"):
        camera_of(built, Picture(64, 48))


def test_the_angle_of_view_is_that_of_blender(scene):
    built = random_object(np.random.default_rng(2), "HORIZONTAL")
    camera = camera_of(built, Picture(640, 480))
    assert 2 * math.atan(640 / (2 * camera.fl_x)) == pytest.approx(built.data.angle_x, rel=1e-6)
