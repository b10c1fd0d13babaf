"""The material of a result: photo or albedo color through one Mix node, and the normal map."""

import struct

import bpy

from ..link import protocol
from .result_mesh import UV_MAP

SWITCH = "Likeness Color"  # the Mix node's name: factor 0 shows the photo, 1 the albedo
OVERLAY = "Likeness Confidence"  # begins the names of the nodes that show the confidence (confidence.py)
ROUGHNESS = 0.6  # between dry and moist skin


def pack_image(name: str, png: bytes, is_color: bool) -> bpy.types.Image:
    """An image that lives in the .blend. png: the bytes of a PNG file."""
    image = bpy.data.images.new(name, 8, 8)
    image.pack(data=png, data_len=len(png))
    image.source = "FILE"
    if not is_color:
        image.colorspace_settings.name = "Non-Color"
    return image


def png_size(png: bytes) -> tuple[int, int]:
    """Width and height, read from the file's head: the picture is not decoded for it."""
    return struct.unpack(">II", png[16:24])


def repack(image: bpy.types.Image, png: bytes) -> None:
    """Other contents for an image that lives in the .blend."""
    image.pack(data=png, data_len=len(png))
    image.buffers_free()  # what was read from the old contents
    image.gl_free()
    image.update_tag()


def build(name: str, images: dict[str, bpy.types.Image], base_color: str) -> bpy.types.Material:
    """A Principled material; `base_color` says what the switch shows at first: photo or albedo."""
    material = bpy.data.materials.new(name)
    if material.node_tree is None:  # before Blender 5 a new material has no nodes
        material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    output = _add(tree, "ShaderNodeOutputMaterial", 600, 0)
    shader = _add(tree, "ShaderNodeBsdfPrincipled", 300, 0)
    shader.inputs["Roughness"].default_value = ROUGHNESS
    switch = _add(tree, "ShaderNodeMix", 60, 120)
    switch.name = switch.label = SWITCH
    switch.data_type = "RGBA"
    bump = _add(tree, "ShaderNodeNormalMap", 60, -180)
    bump.uv_map = UV_MAP
    textures = {}
    for row, (texture, image) in enumerate(images.items()):
        textures[texture] = _add(tree, "ShaderNodeTexImage", -300, 300 - 290 * row)
        textures[texture].image, textures[texture].label = image, texture.capitalize()
    tree.links.new(textures["photo"].outputs["Color"], _socket(switch.inputs, "A_Color"))
    tree.links.new(textures["albedo"].outputs["Color"], _socket(switch.inputs, "B_Color"))
    tree.links.new(_socket(switch.outputs, "Result_Color"), shader.inputs["Base Color"])
    tree.links.new(textures["normal"].outputs["Color"], bump.inputs["Color"])
    tree.links.new(bump.outputs["Normal"], shader.inputs["Normal"])
    tree.links.new(shader.outputs["BSDF"], output.inputs["Surface"])
    set_color_index(material, protocol.TEXTURES.index(base_color))
    return material


def switch_of(material: bpy.types.Material):
    """The Mix node's factor; None in a material that is not ours."""
    node = material.node_tree.nodes.get(SWITCH) if material.node_tree else None
    return _socket(node.inputs, "Factor_Float") if node else None


def color_index(material: bpy.types.Material) -> int:
    """Which of protocol.TEXTURES the material shows."""
    factor = switch_of(material)
    return round(factor.default_value) if factor else 0


def set_color_index(material: bpy.types.Material, index: int) -> None:
    """Show protocol.TEXTURES[index], in the material and in the viewport's texture color."""
    factor = switch_of(material)
    if factor is None:
        return
    factor.default_value = float(index)
    if OVERLAY in material.node_tree.nodes:
        return  # which the viewport shows
    for node in material.node_tree.nodes:
        if node.label == protocol.TEXTURES[index].capitalize():
            material.node_tree.nodes.active = node  # what solid shading shows with "Texture"


def _socket(sockets, identifier: str):
    return next(socket for socket in sockets if socket.identifier == identifier)


def _add(tree, kind: str, x: float, y: float):
    node = tree.nodes.new(kind)
    node.location = x, y
    return node
