"""Materials as exporters understand them: for a while, copies whose color is one image, and images that are files.

Blender's exporters look for an image directly behind a socket. The switch between photo and albedo, the skin match and
the confidence stand between: the copies do without. Packed and painted images are written to files for them.
"""

import shutil
from pathlib import Path

import bpy
import numpy as np

from ..link import protocol
from ..skin import skin_nodes
from . import confidence, skin_material
from .result_material import SWITCH, color_index

_ENDINGS = {"JPEG": ".jpg", "OPEN_EXR": ".exr", "TARGA": ".tga", "TIFF": ".tif", "WEBP": ".webp", "BMP": ".bmp"}
_OURS = (*protocol.TEXTURES, "normal", "confidence")


class PlainMaterials:
    """A `with` block in which `objects` wear copies. It gives what could not be kept.

    folder: takes the pictures; stem: their names begin with it, so that two heads can lie in one folder.
    """

    def __init__(self, objects: list[bpy.types.Object], folder: Path, stem: str):
        self._objects, self._folder, self._stem = objects, folder, stem
        self._copies: dict[bpy.types.Material, bpy.types.Material] = {}
        self._images: dict[bpy.types.Image, bpy.types.Image] = {}
        self._slots: list[tuple[bpy.types.Object, int, bpy.types.Material]] = []
        self._names: list[tuple[bpy.types.ID, str]] = []

    def __enter__(self) -> list[str]:
        warnings: list[str] = []
        try:
            for built in self._objects:
                for number, slot in enumerate(built.material_slots):
                    material = slot.material
                    if material is not None and material.node_tree is not None and not _is_linked(built, slot):
                        self._slots.append((built, number, material))
                        slot.material = self._copies.get(material) or self._copy(material, warnings)
        except BaseException:
            self.__exit__()
            raise
        return warnings

    def __exit__(self, *_) -> None:
        for built, number, material in self._slots:
            built.material_slots[number].material = material
        for made in self._copies.values():
            bpy.data.materials.remove(made)
        for made in self._images.values():
            bpy.data.images.remove(made)
        for owner, name in self._names:
            owner.name = name

    def _copy(self, material: bpy.types.Material, warnings: list[str]) -> bpy.types.Material:
        made = self._copies[material] = material.copy()
        self._take_name(made, material)
        tree = made.node_tree
        confidence.remove(made)
        if skin_nodes.remove(tree):
            warnings.append(f"The skin match of {made.name} is not exported: its nodes are known to Blender only.")
        _unswitch(made)
        output = tree.get_output_node("ALL")
        shown = set(skin_material.upstream(output.inputs["Surface"])) if output is not None else set()
        for node in tree.nodes:
            if node in shown and node.type == "TEX_IMAGE" and node.image is not None:
                node.image = self._images.get(node.image) or self._as_file(node.image, node.label)
        return made

    def _as_file(self, image: bpy.types.Image, label: str) -> bpy.types.Image:
        """The image with a file of its own in our folder, named after a label; itself where it cannot have one."""
        if image.source in {"TILED", "SEQUENCE", "MOVIE", "VIEWER"}:
            return image
        name = label.lower() if label.lower() in _OURS else Path(image.name).stem
        path = _free(self._folder / bpy.path.clean_name(f"{self._stem}_{name}"), _ending(image))
        self._folder.mkdir(parents=True, exist_ok=True)
        on_disk = Path(bpy.path.abspath(image.filepath, library=image.library))
        if image.packed_file is not None and not image.is_dirty:
            path.write_bytes(image.packed_file.data)
        elif on_disk.is_file() and not image.is_dirty:
            shutil.copyfile(on_disk, path)
        elif image.size[0]:
            _save_pixels(image, path)
        else:
            return image  # its file is gone
        made = bpy.data.images.load(str(path))
        made.colorspace_settings.name, made.alpha_mode = image.colorspace_settings.name, image.alpha_mode
        self._images[image] = made
        return made

    def _take_name(self, made: bpy.types.ID, original: bpy.types.ID) -> None:
        name = original.name
        if original.library is None:
            self._names.append((original, name))
            original.name = "Likeness export"
            made.name = name


def _unswitch(material: bpy.types.Material) -> None:
    """The image that the switch shows, straight to where the switch leads."""
    tree, switch = material.node_tree, material.node_tree.nodes.get(SWITCH)
    if switch is None:
        return
    side = ("A_Color", "B_Color")[color_index(material)]
    sources = [link.from_socket for socket in switch.inputs if socket.identifier == side for link in socket.links]
    fed = [link.to_socket for socket in switch.outputs for link in socket.links]
    tree.nodes.remove(switch)
    for socket in fed:
        for source in sources:
            tree.links.new(source, socket)


def _is_linked(built: bpy.types.Object, slot: bpy.types.MaterialSlot) -> bool:
    """Whether the slot belongs to another file and cannot be changed here."""
    return (built if slot.link == "OBJECT" else built.data).library is not None


def _save_pixels(image: bpy.types.Image, path: Path) -> None:
    """Write what was painted, by way of another image: that of the artist stays to be saved by the artist."""
    made = bpy.data.images.new(image.name, *image.size, alpha=image.channels == 4, float_buffer=image.is_float)
    try:
        pixels = np.empty(len(image.pixels), np.float32)
        image.pixels.foreach_get(pixels)
        made.colorspace_settings.name = image.colorspace_settings.name
        whole = np.ones((len(pixels) // image.channels, made.channels), np.float32)
        whole[:, : image.channels] = pixels.reshape(-1, image.channels)[:, : made.channels]
        made.pixels.foreach_set(whole.ravel())
        made.filepath_raw, made.file_format = str(path), "OPEN_EXR" if image.is_float else "PNG"
        made.save()
    finally:
        bpy.data.images.remove(made)


def _ending(image: bpy.types.Image) -> str:
    """That of the file that will be written: pixels become PNG or EXR, files stay what they are."""
    if image.is_dirty or not (image.packed_file or image.filepath):
        return ".exr" if image.is_float else ".png"
    return Path(image.filepath).suffix or _ENDINGS.get(image.file_format, ".png")


def _free(path: Path, ending: str) -> Path:
    """`path` with the ending, and a number where there is one of that name already."""
    found, number = path.with_name(path.name + ending), 1
    while found.exists():
        number += 1
        found = path.with_name(f"{path.name}_{number}{ending}")
    return found
