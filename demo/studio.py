"""The photographer's studio: room, lights, cameras and Cycles (the bpy module).

Meters, +Z up. Everything is placed by numbers; a given seed gives the same pictures on the same machine.
"""

from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix
from PIL import Image

from .jpeg import strip_comments
from .orbit import look_at

SENSOR = 36.0  # millimeters, the width of a full-frame picture
ROOM = 2.6  # meters, the round room's radius


@dataclass(frozen=True)
class StudioConfig:
    """How photos are taken."""

    size: int = 512  # pixels, width and height
    samples: int = 32  # paths a pixel
    seed: int = 0
    threads: int = 2


def open_studio(config: StudioConfig) -> None:
    """An empty scene with Cycles set up."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.threads_mode, scene.render.threads = "FIXED", config.threads
    scene.render.resolution_x = scene.render.resolution_y = config.size
    scene.render.resolution_percentage = 100
    scene.render.use_persistent_data = True
    scene.cycles.device = "CPU"
    scene.cycles.samples, scene.cycles.seed = config.samples, config.seed
    scene.cycles.use_adaptive_sampling = False
    scene.cycles.use_denoising, scene.cycles.denoiser = True, "OPENIMAGEDENOISE"
    scene.cycles.max_bounces, scene.cycles.diffuse_bounces = 4, 2
    scene.view_settings.view_transform = "Standard"
    bpy.context.view_layer.cycles.denoising_store_passes = False


def add_mesh(
    name: str, vertices: np.ndarray, polygons: np.ndarray, material: bpy.types.Material | None
) -> bpy.types.Object:
    """A smooth-shaded object: vertices (V, 3) meters, polygons (F, 3 or 4)."""
    mesh = bpy.data.meshes.new(name)
    corners = polygons.shape[1]
    mesh.vertices.add(len(vertices))
    mesh.vertices.foreach_set("co", vertices.astype(np.float32).ravel())
    mesh.loops.add(polygons.size)
    mesh.loops.foreach_set("vertex_index", polygons.astype(np.int32).ravel())
    mesh.polygons.add(len(polygons))
    mesh.polygons.foreach_set("loop_start", np.arange(0, polygons.size, corners, dtype=np.int32))
    mesh.update(calc_edges=True)
    mesh.shade_smooth()
    if material:
        mesh.materials.append(material)
    thing = bpy.data.objects.new(name, mesh)
    bpy.context.scene.collection.objects.link(thing)
    return thing


def add_attribute(thing: bpy.types.Object, name: str, values: np.ndarray) -> None:
    """A vertex attribute: (V,) floats or (V, 3) linear colors."""
    if values.ndim == 1:
        thing.data.attributes.new(name, "FLOAT", "POINT").data.foreach_set("value", values.astype(np.float32))
        return
    rgba = np.concatenate([values, np.ones((len(values), 1))], axis=1).astype(np.float32)
    thing.data.attributes.new(name, "FLOAT_COLOR", "POINT").data.foreach_set("color", rgba.ravel())


def add_light(name: str, at: tuple, aim: tuple, size: float, watts: float, color: tuple) -> None:
    """A square area light, `size` meters wide, hidden from the camera."""
    data = bpy.data.lights.new(name, "AREA")
    data.size, data.energy, data.color = size, watts, color
    lamp = bpy.data.objects.new(name, data)
    lamp.matrix_world = Matrix(look_at(np.array(at), np.array(aim)).tolist())
    lamp.visible_camera = False
    bpy.context.scene.collection.objects.link(lamp)


def light_studio() -> None:
    """Key from the front left above, a broad cool fill, a warm rim from behind, a soft world."""
    head = (0.0, 0.0, -0.02)
    add_light("key", (-0.95, -1.55, 1.05), head, 0.8, 38.0, (1.0, 0.955, 0.90))
    add_light("fill", (1.7, -0.9, 0.25), head, 1.3, 12.0, (0.88, 0.94, 1.0))
    add_light("rim", (0.9, 1.6, 0.95), head, 0.7, 26.0, (1.0, 0.93, 0.84))
    add_light("kicker", (-1.5, 1.1, 0.35), head, 1.0, 13.0, (0.92, 0.96, 1.0))
    world = bpy.data.worlds.new("studio")
    bpy.context.scene.world = world
    world.use_nodes = True
    background = world.node_tree.nodes["Background"]
    background.inputs["Color"].default_value = (0.62, 0.66, 0.72, 1.0)
    background.inputs["Strength"].default_value = 0.27


def add_camera(lens: float) -> bpy.types.Object:
    """The camera, `lens` millimeters on full frame."""
    data = bpy.data.cameras.new("camera")
    data.sensor_fit, data.sensor_width, data.lens = "HORIZONTAL", SENSOR, lens
    data.clip_start, data.clip_end = 0.05, 20.0
    camera = bpy.data.objects.new("camera", data)
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    return camera


def shoot(pose: np.ndarray, path: Path) -> None:
    """One JPEG photo from the camera-to-world pose."""
    scene = bpy.context.scene
    scene.camera.matrix_world = Matrix(pose.tolist())
    image = scene.render.image_settings
    image.file_format, image.color_mode, image.quality = "JPEG", "RGB", 92
    path.parent.mkdir(parents=True, exist_ok=True)
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    strip_comments(path)


def build_room(material: bpy.types.Material) -> bpy.types.Object:
    """A round wall without floor and ceiling; light passes it as if it were not there."""
    angles = np.linspace(0, 2 * np.pi, 97)[:-1]
    ring = np.stack([ROOM * np.cos(angles), ROOM * np.sin(angles)], -1)
    vertices = np.concatenate([np.column_stack([ring, np.full(96, z)]) for z in (-4.0, 4.0)])
    i = np.arange(96)
    j = (i + 1) % 96
    room = add_mesh("room", vertices, np.stack([i, i + 96, j + 96, j], -1), material)
    room.visible_shadow = room.visible_diffuse = room.visible_glossy = False
    return room


def add_bust(vertices: np.ndarray, quads: np.ndarray, coat: object, material: bpy.types.Material) -> bpy.types.Object:
    """The painted bust: vertices (V, 3) meters, quads (Q, 4), the paint.Coat of its vertices."""
    thing = add_mesh("bust", vertices, quads, material)
    add_attribute(thing, "paint", coat.color)
    for name in ("rough", "gloss", "grain", "flesh", "eye"):
        add_attribute(thing, name, getattr(coat, name))
    gaze = thing.data.attributes.new("gaze", "FLOAT_VECTOR", "POINT")
    gaze.data.foreach_set("vector", coat.gaze.astype(np.float32).ravel())
    return thing


def prepare_masks(bust: bpy.types.Object, room: bpy.types.Object, material: bpy.types.Material) -> None:
    """Turn the studio into a silhouette cutter: the bust white and unlit, everything else transparent."""
    scene = bpy.context.scene
    room.hide_render = True
    bust.data.materials.clear()
    bust.data.materials.append(material)
    scene.render.film_transparent = True
    scene.cycles.samples, scene.cycles.use_denoising, scene.cycles.max_bounces = 24, False, 0


def shoot_mask(pose: np.ndarray, path: Path) -> None:
    """The share of each pixel that the bust covers, as an 8-bit gray PNG."""
    scene = bpy.context.scene
    scene.camera.matrix_world = Matrix(pose.tolist())
    image = scene.render.image_settings
    image.file_format, image.color_mode, image.color_depth = "PNG", "RGBA", "8"
    path.parent.mkdir(parents=True, exist_ok=True)
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    with Image.open(path) as picture:
        alpha = picture.getchannel("A")
    alpha.save(path, optimize=True)


def decimated(vertices: np.ndarray, faces: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """The surface (V, 3), (F, 3) with at most `most` triangles, by Blender's quadric edge collapse."""
    thing = add_mesh("truth", vertices, faces, None)
    collapse = thing.modifiers.new("collapse", "DECIMATE")
    collapse.ratio = 0.999 * most / len(faces)
    mesh = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    mesh.calc_loop_triangles()
    points = np.empty(3 * len(mesh.vertices), np.float32)
    mesh.vertices.foreach_get("co", points)
    triangles = np.empty(3 * len(mesh.loop_triangles), np.int32)
    mesh.loop_triangles.foreach_get("vertices", triangles)
    bpy.data.objects.remove(thing)
    return points.reshape(-1, 3), triangles.reshape(-1, 3)
