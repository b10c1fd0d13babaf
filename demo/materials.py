"""Cycles materials: the painted bust (driven by paint.Coat's attributes), the backdrop, the mask's white."""

from collections.abc import Sequence

import bpy

IRIS = (  # centimeters from the gaze's axis, linear color: pupil, iris from its collarette to the limbus
    (0.0, (0.004, 0.004, 0.004)), (0.20, (0.004, 0.004, 0.004)), (0.23, (0.11, 0.075, 0.035)),
    (0.34, (0.10, 0.105, 0.075)), (0.50, (0.055, 0.075, 0.07)), (0.58, (0.012, 0.016, 0.018)),
)  # fmt: skip
IRIS_RADIUS = 0.0061  # meters
CANVAS = (
    (0.0, (0.05, 0.05, 0.048)), (0.45, (0.15, 0.147, 0.135)), (0.75, (0.29, 0.29, 0.275)), (1.0, (0.44, 0.45, 0.44)),
)  # fmt: skip

Socket = bpy.types.NodeSocket
Input = Socket | float | Sequence[float]


class Graph:
    """A new material's node tree, written as expressions: every method returns the output socket of a new node."""

    def __init__(self, name: str) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.tree.nodes.clear()
        self.output = self.tree.nodes.new("ShaderNodeOutputMaterial")

    def node(self, kind: str, **properties: object) -> bpy.types.Node:
        """A node of the given kind with its properties set."""
        node = self.tree.nodes.new("ShaderNode" + kind)
        for name, value in properties.items():
            setattr(node, name, value)
        return node

    def feed(self, slot: Socket, value: Input) -> None:
        """Link a socket, or set a constant."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, slot)
        else:
            slot.default_value = value

    def finish(self, shader: Socket) -> bpy.types.Material:
        """The material with `shader` as its surface."""
        self.tree.links.new(shader, self.output.inputs["Surface"])
        return self.material

    def attribute(self, name: str, kind: str = "Fac") -> Socket:
        """A vertex attribute; kind is Fac, Color or Vector."""
        return self.node("Attribute", attribute_name=name).outputs[kind]

    def position(self) -> Socket:
        """The surface point, meters."""
        return self.node("NewGeometry").outputs["Position"]

    def split(self, vector: Socket) -> tuple[Socket, Socket, Socket]:
        """x, y, z."""
        node = self.node("SeparateXYZ")
        self.feed(node.inputs[0], vector)
        return tuple(node.outputs)

    def calc(self, operation: str, *values: Input) -> Socket:
        """Arithmetic on numbers; `operation` is a Math node's."""
        node = self.node("Math", operation=operation)
        for slot, value in zip(node.inputs, values, strict=False):
            self.feed(slot, value)
        return node.outputs[0]

    def noise(self, vector: Socket, scale: float, detail: float) -> Socket:
        """Perlin noise, about 0 to 1, of features 1 / scale wide."""
        node = self.node("TexNoise")
        node.inputs["Scale"].default_value, node.inputs["Detail"].default_value = scale, detail
        self.feed(node.inputs["Vector"], vector)
        return node.outputs["Fac"]

    def mix(self, factor: Input, a: Input, b: Input, mode: str = "MIX") -> Socket:
        """Two colors by a Mix node's blend mode."""
        node = self.node("Mix", data_type="RGBA", blend_type=mode)
        for slot, value in zip((node.inputs[0], node.inputs[6], node.inputs[7]), (factor, a, b), strict=True):
            self.feed(slot, value)
        return node.outputs[2]

    def gradient(self, factor: Socket, stops: tuple) -> Socket:
        """A ColorRamp; stops are (position, linear color)."""
        node = self.node("ValToRGB")
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(1.0)
        for element, (position, color) in zip(elements, stops, strict=True):
            element.position, element.color = position, (*color, 1.0)
        self.feed(node.inputs[0], factor)
        return node.outputs["Color"]


def iris(graph: Graph, base: Socket) -> Socket:
    """`base` with pupil, streaked iris and limbus drawn around the gaze's axis."""
    calc = graph.calc
    x, y, z = graph.split(graph.attribute("gaze", "Vector"))
    radius = calc("SQRT", calc("ADD", calc("MULTIPLY", x, x), calc("MULTIPLY", z, z)))
    polar = graph.node("CombineXYZ")
    graph.feed(polar.inputs[0], calc("ARCTAN2", z, x))
    graph.feed(polar.inputs[1], calc("MULTIPLY", radius, 60.0))
    streaks = calc("MULTIPLY_ADD", graph.noise(polar.outputs[0], 9.0, 3.0), 1.8, 0.1)
    colors = graph.mix(1.0, graph.gradient(calc("MULTIPLY", radius, 100.0), IRIS), streaks, "MULTIPLY")
    edge = calc("MULTIPLY", calc("SUBTRACT", IRIS_RADIUS, radius), 2500.0)
    inside = calc("MAXIMUM", 0.0, calc("MINIMUM", 1.0, edge))
    cover = calc("MULTIPLY", calc("MULTIPLY", inside, calc("LESS_THAN", y, 0.0)), graph.attribute("eye"))
    return graph.mix(cover, base, colors)


def painted() -> bpy.types.Material:
    """Skin, hair, cloth and eyes in one: a Principled shader that the attributes steer."""
    graph = Graph("painted")
    position = graph.position()
    fine = graph.noise(position, 620.0, 2.0)
    pores = graph.calc("MULTIPLY_ADD", graph.noise(position, 1500.0, 0.0), 0.5, fine)
    bump = graph.node("Bump")
    bump.inputs["Strength"].default_value, bump.inputs["Distance"].default_value = 0.35, 0.0005
    graph.feed(bump.inputs["Height"], graph.calc("MULTIPLY", pores, graph.attribute("grain")))
    speckle = graph.calc("MULTIPLY_ADD", fine, 0.8, 0.6)
    mottled = graph.mix(0.5, graph.attribute("paint", "Color"), speckle, "MULTIPLY")
    shader = graph.node("BsdfPrincipled")
    inputs = {
        "Normal": bump.outputs[0],
        "Base Color": iris(graph, mottled),
        "Roughness": graph.attribute("rough"),
        "Coat Weight": graph.attribute("gloss"),
        "Coat Roughness": 0.14,
        "Subsurface Weight": graph.calc("MULTIPLY", graph.attribute("flesh"), 0.14),
        "Subsurface Radius": (1.0, 0.36, 0.2),
        "Subsurface Scale": 0.006,  # meters
    }
    for name, value in inputs.items():
        graph.feed(shader.inputs[name], value)
    return graph.finish(shader.outputs[0])


def backdrop() -> bpy.types.Material:
    """A mottled painted canvas: darker below, with patches so that no two views look alike."""
    graph = Graph("backdrop")
    position = graph.position()
    height = graph.split(position)[2]
    patches = graph.calc("MULTIPLY_ADD", graph.noise(position, 1.6, 5.0), 0.8, -0.4)
    level = graph.calc("ADD", graph.calc("MULTIPLY_ADD", height, 0.16, 0.45), patches)
    weave = graph.calc("MULTIPLY_ADD", graph.noise(position, 14.0, 6.0), 1.6, 0.2)
    color = graph.mix(0.35, graph.gradient(level, CANVAS), weave, "MULTIPLY")
    glow = graph.node("Emission")
    graph.feed(glow.inputs["Color"], color)
    return graph.finish(glow.outputs[0])


def white() -> bpy.types.Material:
    """What masks are drawn with."""
    graph = Graph("white")
    return graph.finish(graph.node("Emission").outputs[0])
