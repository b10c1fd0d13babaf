"""What a material shows as its base color: the socket, the image behind it, or the plain color."""

import bpy
import numpy as np

from ..link import UserError, protocol
from ..skin import skin_nodes
from ..skin.color import lab_of_linear
from . import mesh_samples
from .result_material import color_index, switch_of


def base_color(material: bpy.types.Material):
    """The base color socket of the Principled shader that is seen; UserError where there is none."""
    if material.library is not None:
        raise UserError(f"{material.name} is linked from another file. Make it local first (Object > Relations).")
    tree = material.node_tree
    output = tree.get_output_node("ALL") if tree is not None else None
    if output is not None:
        for node in upstream(output.inputs["Surface"]):
            if node.type == "BSDF_PRINCIPLED":
                return node.inputs["Base Color"]
    raise UserError(f"{material.name} has no Principled BSDF at its output. Choose a material that has one.")


def upstream(socket):
    """All nodes that feed the socket, the nearest first."""
    waiting, seen = [socket], set()
    while waiting:
        for link in waiting.pop(0).links:
            if link.from_node not in seen:
                seen.add(link.from_node)
                yield link.from_node
                waiting.extend(link.from_node.inputs)


def image_behind(material: bpy.types.Material) -> bpy.types.Image | None:
    """The image that the base color comes from; None for a plain color."""
    socket = base_color(material)
    if switch_of(material) is not None:
        return labeled_image(material, protocol.TEXTURES[color_index(material)])
    images = [node.image for node in upstream(socket) if node.type == "TEX_IMAGE" and node.image]
    if images:
        return images[0]
    if feeder(socket).links:
        raise UserError(f"The base color of {material.name} comes from no image. Bake it to one first.")
    return None


def labeled_image(material: bpy.types.Material, texture: str) -> bpy.types.Image | None:
    """One of the maps of a result's material: photo, albedo, normal or confidence."""
    nodes = material.node_tree.nodes
    return next((node.image for node in nodes if node.label == texture.capitalize() and node.type == "TEX_IMAGE"), None)


def feeder(socket):
    """The socket where what the artist has made arrives: that of our own node, if it stands between."""
    node = skin_nodes.group_before(socket)
    return socket if node is None else node.inputs["Color"]


def samples_of(built: bpy.types.Object, material: bpy.types.Material):
    """The points and their colors (N, 3) in Lab, without any match; (None, (1, 3)) for a plain color."""
    image = image_behind(material)
    if image is None:
        return None, lab_of_linear(np.array([feeder(base_color(material)).default_value[:3]]))
    points = mesh_samples.sample(built, material, image)
    return points, lab_of_linear(mesh_samples.look_up(image, points.uvs))


def vertex_colors(built: bpy.types.Object, material: bpy.types.Material) -> np.ndarray:
    """(V, 3) in Lab, of an object whose material shows an image."""
    return lab_of_linear(mesh_samples.look_up(image_behind(material), mesh_samples.vertex_uvs(built)))
