"""A result folder in the scene: the same mesh, the same pictures, the same cameras."""

import dataclasses
import shutil
import time

import bpy
import numpy as np
import pytest
import trimesh
from mathutils import Matrix

from backend.asset.reader import StoredCamera, read_result
from backend.scene import Camera, Surface, UvAtlas
from blender_addon.jobs import job
from blender_addon.results.result_import import import_at_once, import_steps
from blender_addon.results.result_material import switch_of
from blender_addon.views import result_cameras


@pytest.fixture
def result(result_folder):
    return read_result(result_folder)


@pytest.fixture
def imported(addon, result_folder):
    return import_at_once(*job.load(result_folder))


def test_the_mesh_is_the_surface_of_the_fit(imported, result):
    mesh = imported.data
    assert not mesh.validate()
    vertices = np.empty(len(mesh.vertices) * 3, np.float32)
    mesh.vertices.foreach_get("co", vertices)
    np.testing.assert_array_equal(vertices.reshape(-1, 3), result.surface.vertices)
    faces = np.empty(len(mesh.loops), np.int32)
    mesh.loops.foreach_get("vertex_index", faces)
    np.testing.assert_array_equal(faces.reshape(-1, 3), result.surface.faces)
    uvs = np.empty(len(mesh.loops) * 2, np.float32)
    mesh.uv_layers.active.data.foreach_get("uv", uvs)
    np.testing.assert_array_equal(uvs.reshape(-1, 3, 2), result.atlas.uvs[result.atlas.faces])
    assert all(polygon.use_smooth for polygon in mesh.polygons)
    assert imported.matrix_world == Matrix.Identity(4)


def test_everything_lies_in_the_collection_and_the_mesh_is_selected(imported, result):
    collection = bpy.data.collections["Likeness"]
    assert {entry.name for entry in collection.objects} == {"Head"}
    assert {entry.name for entry in collection.children["Likeness cameras"].objects} == {"a", "b"}
    assert bpy.context.view_layer.objects.active == imported
    assert bpy.context.selected_objects == [imported]
    assert imported["likeness_figures"].to_dict() == {
        "Held-out photos": "27.1 dB", "Held-out silhouette": "99.1 %", "Triangles": "1,280", "Textures": "64 × 64",
        "Time": "101 s", "Warnings": "Photo c has no mask.",
    }  # fmt: skip
    again = import_at_once(result, job.load(result.folder)[1])
    assert again.name in collection.objects and len(bpy.data.collections) == 2


def test_textures_are_packed_as_they_were_written(imported, result):
    for name, path in result.texture_files.items():
        image = bpy.data.images[f"Head {name}"]
        assert image.packed_file.data == path.read_bytes()
        assert tuple(image.size) == (64, 64)
        assert image.colorspace_settings.name == ("sRGB" if name in ("photo", "albedo") else "Non-Color")


def test_one_property_switches_between_photo_and_albedo(imported):
    material = imported.active_material
    assert (material.likeness_color, switch_of(material).default_value) == ("albedo", 1.0)
    material.likeness_color = "photo"
    assert switch_of(material).default_value == 0.0
    assert material.node_tree.nodes.active.image.name == "Head photo"
    shader = next(node for node in material.node_tree.nodes if node.type == "BSDF_PRINCIPLED")
    assert {link.to_socket.name for link in material.node_tree.links if link.to_node == shader} == {
        "Base Color", "Normal",
    }  # fmt: skip


def blender_pixels(camera_object, camera: Camera, points: np.ndarray) -> np.ndarray:
    """points (N, 3) world -> pixels (N, 2) by Blender's own projection."""
    result_cameras.apply_to_render(camera_object, bpy.context.scene.render)
    render = bpy.context.scene.render
    clip = np.array(
        camera_object.calc_matrix_camera(
            bpy.context.evaluated_depsgraph_get(), x=render.resolution_x, y=render.resolution_y,
            scale_x=render.pixel_aspect_x, scale_y=render.pixel_aspect_y,
        )
    )  # fmt: skip
    local = np.c_[points, np.ones(len(points))] @ np.linalg.inv(np.array(camera_object.matrix_world)).T
    device = local @ clip.T
    device = device[:, :2] / device[:, 3:]
    return (device * [1, -1] + 1) / 2 * [camera.width, camera.height]


@pytest.mark.parametrize(
    ("size", "focal", "center"),
    [
        ((640, 480), (700.0, 700.0), (320.0, 240.0)),
        ((640, 480), (700.0, 700.0), (301.5, 262.25)),
        ((480, 640), (900.0, 900.0), (251.0, 333.0)),
        ((512, 512), (1100.0, 1100.0), (200.0, 300.0)),
        ((640, 480), (700.0, 714.0), (301.5, 262.25)),
        ((480, 640), (714.0, 700.0), (251.0, 333.0)),
    ],
)
def test_blender_sees_what_the_camera_saw(addon, size, focal, center):
    rng = np.random.default_rng(1)
    rotation, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    pose = np.eye(4)
    pose[:3, :3] = rotation * np.sign(np.linalg.det(rotation))
    pose[:3, 3] = 0.25, -0.5, 0.125
    camera = Camera(*size, *focal, *center, pose)
    built = result_cameras.build(StoredCamera("photo", camera, None, None), 0.1)
    bpy.context.scene.collection.objects.link(built)
    bpy.context.view_layer.update()
    pixels = rng.uniform(0, 1, (200, 2)) * size
    points = camera.position + camera.rays(pixels) * rng.uniform(0.5, 2.0, (200, 1))
    np.testing.assert_allclose(blender_pixels(built, camera, points), camera.project(points)[0], atol=1e-3)
    intrinsics = blender_pixels(built, camera, camera.position + camera.rays(np.array([center])))
    np.testing.assert_allclose(intrinsics, [center], atol=1e-4)


def test_cameras_show_their_photos(imported, result):
    for stored in result.cameras:
        background = bpy.data.objects[stored.name].data.background_images[0]
        assert bpy.path.abspath(background.image.filepath) == str(stored.image)
        assert bpy.data.objects[stored.name].data.show_background_images


def test_looking_through_a_photo_camera_takes_over_its_size(imported, result):
    bpy.context.view_layer.objects.active = bpy.data.objects["b"]
    assert bpy.ops.likeness.view_photo() == {"FINISHED"}
    render = bpy.context.scene.render
    assert (render.resolution_x, render.resolution_y) == (48, 40)
    assert bpy.context.scene.camera.name == "b"


def test_a_half_import_puts_nothing_into_the_scene(addon, result_folder):
    steps = list(zip(range(8), import_steps(*job.load(result_folder)), strict=False))
    assert len(steps) == 8
    assert len(bpy.context.scene.objects) == 0


def step_seconds(result, textures) -> np.ndarray:
    """Seconds of this process for each step of an import: other work on this machine is not ours."""
    times = [time.process_time()]
    for _ in import_steps(result, textures):
        times.append(time.process_time())
    return np.diff([*times, time.process_time()])


def test_no_step_of_a_large_import_holds_up_the_ui(addon, result):
    """82,000 triangles and textures of 8 MB. The least of three runs."""
    ball = trimesh.creation.icosphere(6)
    surface = Surface(np.array(ball.vertices, np.float32), np.array(ball.faces, np.int32))
    atlas = UvAtlas(np.random.default_rng(0).random((len(ball.vertices), 2), np.float32), surface.faces)
    large = dataclasses.replace(result, surface=surface, atlas=atlas)
    textures = {name: path.read_bytes() + bytes(8_000_000) for name, path in result.texture_files.items()}
    runs = [step_seconds(large, textures) for _ in range(3)]
    assert np.min(runs, axis=0).max() < 0.05


def test_a_broken_result_is_refused_in_words(addon, result_folder):
    (result_folder / "report.json").unlink()
    with pytest.raises(RuntimeError, match="not a whole result"):
        bpy.ops.likeness.import_result(directory=str(result_folder))


def test_a_folder_that_is_deleted_once_it_is_loaded_does_not_matter(addon, result_folder):
    loaded = job.load(result_folder)
    shutil.rmtree(result_folder)
    assert import_at_once(*loaded)["likeness_figures"]["Textures"] == "64 × 64"
