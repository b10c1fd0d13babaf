"""The node group "Likeness skin match": moves a color's mean and spread in Lab, between a material's base color and
what feeds it.

Shader nodes know no Lab, but math nodes can do all of it: linear RGB -> XYZ -> cube roots -> Lab -> move -> back.
The straight part of Lab's curve (below 0.9 % of white) is left out: no skin is as dark. So the match is exact.
"""

import bpy

from .color import LAB_OF_ROOTS, LIGHTNESS_OFFSET, LINEAR_OF_XYZ, ROOTS_OF_LAB, XYZ_OF_LINEAR
from .skin_tone import SkinTone

GROUP = "Likeness skin match"
COLUMN = 170  # from one node to the next
MOST_GAIN, LEAST_GAIN = 3.0, 0.2  # a body of one flat color has noise only, which must not be blown up
_FLAT = 0.05  # Lab units; what spreads less is one color, and has no spread to match


def gains(own: SkinTone, wanted: SkinTone) -> list[float]:
    """By what each channel's spread is multiplied."""
    pairs = zip(own.spread.tolist(), wanted.spread.tolist(), strict=True)
    return [min(max(to / at, LEAST_GAIN), MOST_GAIN) if at > _FLAT else 1.0 for at, to in pairs]


def insert(shader_input, own: SkinTone, wanted: SkinTone, factor: float, mask: str = "") -> None:
    """Put the group before `shader_input`, a color socket that has none yet. mask: a float attribute of the mesh."""
    tree = shader_input.id_data
    node = tree.nodes.new("ShaderNodeGroup")
    node.name = node.label = GROUP
    node.node_tree = _group()
    node.location = shader_input.node.location.x - 200, shader_input.node.location.y + 220
    node.inputs["Color"].default_value = shader_input.default_value
    node.inputs["Factor"].default_value = factor
    node.inputs["Mean"].default_value = own.mean.tolist()
    node.inputs["Wanted Mean"].default_value = wanted.mean.tolist()
    node.inputs["Gain"].default_value = gains(own, wanted)
    for link in shader_input.links:
        kept = tree.links.new(link.from_socket, node.inputs["Color"])
        kept.is_muted = link.is_muted
    tree.links.new(node.outputs["Color"], shader_input)
    if mask:
        attribute = tree.nodes.new("ShaderNodeAttribute")
        attribute.name = attribute.label = GROUP
        attribute.attribute_name = mask
        attribute.location = node.location.x - 200, node.location.y + 100
        tree.links.new(attribute.outputs["Fac"], node.inputs["Mask"])


def remove(tree) -> bool:
    """Take the group out of a material's nodes and restore the links that it stands in; whether there was one."""
    found = [node for node in tree.nodes if is_match(node)]
    for node in found:
        for fed in list(node.outputs["Color"].links):
            target = fed.to_socket
            for link in list(node.inputs["Color"].links):
                restored = tree.links.new(link.from_socket, target)
                restored.is_muted = link.is_muted
        masks = [link.from_node for link in node.inputs["Mask"].links if link.from_node.name.startswith(GROUP)]
        for own in (node, *masks):
            tree.nodes.remove(own)
    group = bpy.data.node_groups.get(GROUP)
    if group is not None and group.users == 0:
        bpy.data.node_groups.remove(group)
    return bool(found)


def group_before(shader_input):
    """Our node that feeds the socket; None without a match."""
    node = shader_input.links[0].from_node if shader_input.links else None
    return node if node is not None and is_match(node) else None


def is_match(node) -> bool:
    """Whether the node is ours; appended from another file it may be called "….001"."""
    return node.type == "GROUP" and node.node_tree is not None and node.node_tree.name.partition(".")[0] == GROUP


def _group() -> bpy.types.NodeTree:
    """The group, made at its first use."""
    tree = bpy.data.node_groups.get(GROUP)
    if tree is None:
        tree = bpy.data.node_groups.new(GROUP, "ShaderNodeTree")
        _declare(tree.interface)
        _build(tree)
    return tree


def _declare(interface) -> None:
    """The sockets, in the words of an artist."""
    interface.new_socket("Color", in_out="OUTPUT", socket_type="NodeSocketColor")
    interface.new_socket("Color", in_out="INPUT", socket_type="NodeSocketColor")
    for name, text in (("Factor", "How much of the match is seen"), ("Mask", "Where the match is seen")):
        socket = interface.new_socket(name, description=text, in_out="INPUT", socket_type="NodeSocketFloat")
        socket.subtype, socket.min_value, socket.max_value, socket.default_value = "FACTOR", 0.0, 1.0, 1.0
    for name, text, value in (
        ("Mean", "The skin's own mean color as L, a, b", (60.0, 15.0, 15.0)),
        ("Wanted Mean", "The mean color that it gets, as L, a, b", (60.0, 15.0, 15.0)),
        ("Gain", "What the spread of L, a and b is multiplied by", (1.0, 1.0, 1.0)),
    ):
        socket = interface.new_socket(name, description=text, in_out="INPUT", socket_type="NodeSocketVector")
        socket.default_value = value


def _build(tree) -> None:
    """The nodes, left to right."""
    nodes = _Row(tree)
    into, out = nodes.add("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    given = {socket.name: socket for socket in into.outputs}
    lightness = (LIGHTNESS_OFFSET, 0.0, 0.0)
    roots = nodes.power(nodes.rows(given["Color"], XYZ_OF_LINEAR), 1 / 3)
    lab = nodes.vector("SUBTRACT", nodes.rows(roots, LAB_OF_ROOTS), lightness)
    centered = nodes.vector("SUBTRACT", lab, given["Mean"])
    moved = nodes.vector("MULTIPLY_ADD", centered, given["Gain"], given["Wanted Mean"])
    roots = nodes.rows(nodes.vector("ADD", moved, lightness), ROOTS_OF_LAB)
    linear = nodes.rows(nodes.power(nodes.vector("MAXIMUM", roots, (0.0, 0.0, 0.0)), 3.0), LINEAR_OF_XYZ)
    inside = nodes.vector("MINIMUM", nodes.vector("MAXIMUM", linear, (0.0, 0.0, 0.0)), (1.0, 1.0, 1.0))
    share = nodes.add("ShaderNodeMath", operation="MULTIPLY", inputs=(given["Factor"], given["Mask"])).outputs[0]
    mix = nodes.add("ShaderNodeMix", data_type="VECTOR")
    sockets = {socket.identifier: socket for socket in (*mix.inputs, *mix.outputs)}
    for name, source in (("Factor_Float", share), ("A_Vector", given["Color"]), ("B_Vector", inside)):
        tree.links.new(source, sockets[name])
    tree.links.new(sockets["Result_Vector"], out.inputs["Color"])
    out.location = nodes.x + COLUMN, 0


class _Row:
    """Adds nodes from left to right."""

    def __init__(self, tree):
        self.tree, self.x = tree, 0

    def add(self, kind: str, inputs: tuple = (), row: int = 0, **values):
        """A node; inputs: a socket to link or a value to set for each of the first inputs."""
        node = self.tree.nodes.new(kind)
        self.x += COLUMN if row == 0 else 0
        node.location = self.x, -180 * row
        for name, value in values.items():
            setattr(node, name, value)
        for target, source in zip(node.inputs, inputs, strict=False):
            if isinstance(source, bpy.types.NodeSocket):
                self.tree.links.new(source, target)
            else:
                target.default_value = source
        return node

    def vector(self, operation: str, *inputs):
        """A vector math node's vector."""
        return self.add("ShaderNodeVectorMath", inputs, operation=operation).outputs["Vector"]

    def rows(self, vector, matrix):
        """matrix (3, 3) @ vector."""
        dots = [
            self.add("ShaderNodeVectorMath", (vector, tuple(values)), row, operation="DOT_PRODUCT").outputs["Value"]
            for row, values in enumerate(matrix.tolist())
        ]
        return self.add("ShaderNodeCombineXYZ", tuple(dots)).outputs[0]

    def power(self, vector, exponent: float):
        """Each channel to a power."""
        parts = self.add("ShaderNodeSeparateXYZ", (vector,)).outputs
        raised = [
            self.add("ShaderNodeMath", (part, exponent), row, operation="POWER").outputs[0]
            for row, part in enumerate(parts)
        ]
        return self.add("ShaderNodeCombineXYZ", tuple(raised)).outputs[0]
