"""How sure a texture is, as colors on the head: a switch that is taken out without a trace.

A picture of the colors stands before the material's output as pure emission, and is the active image, so that solid
shading with "Texture" shows it, too.
"""

import bpy
import numpy as np

from ..skin.color import srgb_of_linear
from . import result_material
from .result_material import OVERLAY
from .skin_material import labeled_image

SURE = {  # confidence -> linear color, straight between them
    0.0: (0.6, 0.03, 0.03),  # invented
    0.5: (0.7, 0.45, 0.02),  # mirrored
    1.0: (0.05, 0.4, 0.08),  # seen
}
LEGEND = (("Seen in photos", "COLORSET_03_VEC"), ("Mirrored", "COLORSET_09_VEC"), ("Invented", "COLORSET_01_VEC"))
LARGEST = 1024  # pixels of our picture's side


def material_switch():
    """`material.likeness_confidence`. The nodes are what is stored; this only reads and changes them."""
    return bpy.props.BoolProperty(
        name="Show Confidence", description="Show in colors what the photos have shown (green), what is mirrored from "
        "the other side (yellow) and what is invented (red), in all kinds of shading", get=is_shown, set=show,
    )  # fmt: skip


def is_shown(material: bpy.types.Material) -> bool:
    """Whether the colors stand before the output."""
    return material.node_tree is not None and material.node_tree.nodes.get(OVERLAY) is not None


def show(material: bpy.types.Material, shown: bool) -> None:
    """Put the colors on, or take them off; nothing happens in a material that has no confidence map."""
    if shown == is_shown(material):
        return
    if not shown:
        remove(material)
    elif (source := map_of(material)) is not None:
        _insert(material, source)


def map_of(material: bpy.types.Material | None) -> bpy.types.Image | None:
    """The confidence map; None in a material that has none, or no output."""
    if material is None or material.node_tree is None or material.node_tree.get_output_node("ALL") is None:
        return None
    return labeled_image(material, "confidence")


def remove(material: bpy.types.Material) -> None:
    """Take the colors off: links and images are as before."""
    tree = material.node_tree
    emission = tree.nodes.get(OVERLAY)
    if emission is None:
        return
    mix, picture = tree.nodes.get(f"{OVERLAY} mix"), tree.nodes.get(f"{OVERLAY} picture")
    sources = [link.from_socket for link in mix.inputs[1].links] if mix is not None else []
    fed = [link.to_socket for link in mix.outputs[0].links] if mix is not None else []
    image = picture.image if picture is not None else None
    for node in (emission, mix, picture):
        if node is not None:
            tree.nodes.remove(node)
    for source, socket in ((source, socket) for source in sources for socket in fed):
        tree.links.new(source, socket)
    if image is not None and image.users == 0:
        bpy.data.images.remove(image)
    result_material.set_color_index(material, result_material.color_index(material))


def _insert(material: bpy.types.Material, source: bpy.types.Image) -> None:
    tree = material.node_tree
    surface = tree.get_output_node("ALL").inputs["Surface"]
    x, y = surface.node.location
    picture, emission, mix = (tree.nodes.new(f"ShaderNode{kind}") for kind in ("TexImage", "Emission", "MixShader"))
    for node, name, left in (
        (picture, f"{OVERLAY} picture", 600),
        (emission, OVERLAY, 300),
        (mix, f"{OVERLAY} mix", 0),
    ):
        node.name = node.label = name
        node.location = x - left, y + 200
    picture.image = _colored(source)
    mix.inputs["Fac"].default_value = 1.0
    for link in list(surface.links):
        tree.links.new(link.from_socket, mix.inputs[1])
    tree.links.new(picture.outputs["Color"], emission.inputs["Color"])
    tree.links.new(emission.outputs["Emission"], mix.inputs[2])
    tree.links.new(mix.outputs[0], surface)
    tree.nodes.active = picture


def colors_of(sure: np.ndarray) -> np.ndarray:
    """sure (...,) in [0, 1] -> (..., 3) linear."""
    levels, colors = np.array(list(SURE)), np.array(list(SURE.values()))
    return np.stack([np.interp(sure, levels, colors[:, channel]) for channel in range(3)], -1)


def _colored(source: bpy.types.Image) -> bpy.types.Image:
    """A packed picture of a confidence map in colors."""
    width, height = source.size
    step = max(1, -(-max(width, height) // LARGEST))
    pixels = np.empty(width * height * source.channels, np.float32)
    source.pixels.foreach_get(pixels)
    sure = pixels.reshape(height, width, -1)[::step, ::step, 0]
    made = bpy.data.images.new(OVERLAY, sure.shape[1], sure.shape[0])
    levels = np.ones((256, 4), np.float32)
    levels[:, :3] = srgb_of_linear(colors_of(np.linspace(0, 1, 256)))
    made.pixels.foreach_set(levels[np.clip(np.rint(255 * sure), 0, 255).astype(np.uint8)].ravel())
    made.pack()
    return made
