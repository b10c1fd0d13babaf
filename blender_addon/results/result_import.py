"""A result folder becomes a mesh with material and packed textures, and cameras with photos, in a collection.

Work is done in steps of a few milliseconds each, so that a timer can spread it over many ticks of the UI.
"""

from collections.abc import Generator, Iterator

import bpy

from ..link import reader
from ..views import photo_list, result_cameras
from . import framing, head_parts, result_material, result_mesh, rig_import
from .result_objects import CLEAN, COLLECTION, FIGURES, RESULT, is_ours

PLACING = "Placing the result"  # the step in which it appears in the scene
_KEYS = (result_cameras.VIEW, result_cameras.PHOTO)  # by which a camera finds its photo in the list


def import_steps(result: reader.StoredResult, textures: dict[str, bytes]) -> Iterator[str]:
    """A generator that imports into the scene at hand; yields what it is about to do, ends with one undo step.

    textures: name -> bytes of the PNG.
    """
    yield from build_steps(result, textures)
    push_undo()


def build_steps(result: reader.StoredResult, textures: dict[str, bytes]) -> Generator[str, None, bpy.types.Object]:
    """The same without the undo step; returns the mesh object."""
    scene = bpy.context.scene
    name = str(result.report.get("settings", {}).get("subject", "object")).capitalize()
    yield "Importing the mesh"
    collection = likeness_collection(scene)
    skin, eyes = head_parts.split(result)
    yield "Importing the mesh"
    mesh = yield from result_mesh.build_steps(name, skin)
    images = {}
    for texture, png in textures.items():
        yield f"Importing the {texture} texture"
        images[texture] = result_material.pack_image(f"{name} {texture}", png, is_color=texture in ("photo", "albedo"))
    yield "Building the material"
    mesh.materials.append(result_material.build(name, images, result.base_color))
    built = bpy.data.objects.new(name, mesh)
    built[RESULT] = str(result.folder)
    built[FIGURES] = figures(result, textures)
    built[CLEAN] = result.is_clean
    built[result_mesh.UV_MARK] = result_mesh.uv_mark(result.atlas)
    moving = (yield from rig_import.build_steps(built, result, skin, eyes)) if result.rig is not None else []
    cameras = yield from camera_steps(result)
    yield PLACING
    for part in (built, *moving):
        collection.objects.link(part)
    place_cameras(scene, cameras)
    _select_alone(built)
    framing.frame(result.surface.vertices, scene)
    return built


def import_at_once(result: reader.StoredResult, textures: dict[str, bytes]) -> bpy.types.Object:
    """The same without pauses; returns the mesh object."""
    for _ in import_steps(result, textures):
        pass
    return bpy.context.view_layer.objects.active


def camera_steps(result: reader.StoredResult) -> Generator[str, None, list[bpy.types.Object]]:
    """Returns the photos' cameras, linked nowhere."""
    cameras, size = [], result_cameras.display_size(result)
    for stored in result.cameras:
        yield "Importing the cameras"
        cameras.append(result_cameras.build(stored, size, result.folder))
    return cameras


def place_cameras(scene, cameras: list[bpy.types.Object]) -> None:
    """Put the cameras into the scene, and tell the list of photos."""
    result_cameras.place(cameras, likeness_collection(scene))
    _tell_photos(scene, cameras)


def push_undo() -> None:
    """An undo step for what was done outside of an operator."""
    if bpy.ops.ed.undo_push.poll():
        bpy.ops.ed.undo_push(message="Likeness Result")


def likeness_collection(scene) -> bpy.types.Collection:
    """The collection of the results, in `scene`."""
    for collection in scene.collection.children_recursive:
        if is_ours(collection):
            return collection
    collection = bpy.data.collections.new(COLLECTION)
    scene.collection.children.link(collection)
    return collection


def figures(result: reader.StoredResult, textures: dict[str, bytes]) -> dict[str, str]:
    """What the panel shows of a result: label -> text. textures: name -> bytes of the PNG."""
    shown, report = {}, result.report
    held_out = report.get("held_out") or {}
    if held_out.get("psnr") is not None:
        shown["Held-out photos"] = f"{held_out['psnr']:.1f} dB"
    if held_out.get("iou") is not None:
        shown["Held-out silhouette"] = f"{100 * held_out['iou']:.1f} %"
    if result.polygons is not None:
        shown["Polygons"] = f"{len(result.polygons):,}"
    elif report.get("counts", {}).get("triangles") is not None:
        shown["Triangles"] = f"{report['counts']['triangles']:,}"
    shown["Textures"] = " × ".join(map(str, result_material.png_size(textures["photo"])))
    if report.get("seconds", {}).get("total") is not None:
        shown["Time"] = f"{report['seconds']['total']:.0f} s"
    if report.get("warnings"):
        shown["Warnings"] = "; ".join(report["warnings"])
    return shown


def _tell_photos(scene, cameras: list[bpy.types.Object]) -> None:
    """Where the list of photos finds its obstruction weights; there is no list where the extension is not on."""
    photos = scene.likeness.photos if hasattr(scene, "likeness") else ()
    weights = {camera.get(key): camera.get(result_cameras.OBSTRUCTION, "") for key in _KEYS for camera in cameras}
    for photo in photos:
        photo.obstruction = weights.get(photo.path, weights.get(photo.name, ""))
    if photos:
        photo_list.look(scene)


def _select_alone(built) -> None:
    for other in bpy.context.view_layer.objects.selected:
        other.select_set(False)
    built.select_set(True)
    bpy.context.view_layer.objects.active = built
