"""`python -m blender_addon.save_blend RESULT OUT.blend`: a result as a lit .blend file, through the bpy module."""

import sys
from pathlib import Path

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..jobs import job
from ..link import LikenessError, reader
from ..views.result_cameras import apply_to_render
from .result_import import import_at_once

SKY = 0.3, 0.3, 0.3  # linear; soft enough to leave the sun's shadows
SUN_STRENGTH = 3.0  # W/m²


def save_blend(result_folder: Path, blend: Path) -> None:
    """A new scene with the result, a sun, a soft sky and a camera that frames it; saved as `blend`."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    result, textures = job.load(result_folder)
    import_at_once(result, textures)
    scene = bpy.context.scene
    add_camera(scene, result)
    add_light(scene)
    blend.parent.mkdir(parents=True, exist_ok=True)
    bpy.ops.wm.save_as_mainfile(filepath=str(blend.absolute()), compress=True)


def add_camera(scene, result: reader.StoredResult) -> None:
    """The first photo's view as the render camera: a copy, so that the artist may move it."""
    photo_camera = bpy.data.objects[result.cameras[0].name]
    camera = photo_camera.copy()
    camera.data = photo_camera.data.copy()
    camera.name = camera.data.name = "Render Camera"
    camera.data.show_background_images = False
    apply_to_render(photo_camera, scene.render)
    for key in list(camera.keys()):
        del camera[key]
    scene.collection.objects.link(camera)
    scene.camera = camera


def add_light(scene) -> None:
    """A sun over the camera's left shoulder and a gray sky."""
    camera_to_world = np.array(scene.camera.matrix_world)
    direction = camera_to_world[:3, :3] @ np.array([-0.5, 0.6, 1.0])  # towards the sun
    sun = bpy.data.objects.new("Sun", bpy.data.lights.new("Sun", "SUN"))
    sun.data.energy, sun.data.angle = SUN_STRENGTH, 0.2
    sun.matrix_world = (
        Matrix.Translation(Vector(camera_to_world[:3, 3]))
        @ Vector(direction).to_track_quat("Z", "Y").to_matrix().to_4x4()
    )
    scene.collection.objects.link(sun)
    scene.world = bpy.data.worlds.new("Sky")
    if scene.world.node_tree is None:  # before Blender 5 a new world has no nodes
        scene.world.use_nodes = True
    sky = next(node for node in scene.world.node_tree.nodes if node.type == "BACKGROUND")
    sky.inputs["Color"].default_value = (*SKY, 1.0)


def main() -> int:
    """The command line."""
    if len(sys.argv) != 3:
        print("usage: python -m blender_addon.save_blend RESULT OUT.blend", file=sys.stderr)
        return 2
    try:
        save_blend(Path(sys.argv[1]), Path(sys.argv[2]))
    except LikenessError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
