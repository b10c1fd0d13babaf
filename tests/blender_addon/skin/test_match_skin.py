"""Matching a body's skin to the face: as Cycles draws it, and taken back without a trace."""

import bpy
import numpy as np
import pytest

from blender_addon.jobs import job
from blender_addon.results import head_skin, skin_material
from blender_addon.results.result_import import import_at_once
from blender_addon.skin import skin_nodes
from blender_addon.skin.color import lab_of_linear, linear_of_lab, srgb_of_linear
from blender_addon.skin.match_skin import NECK
from blender_addon.skin.skin_tone import measure

FACE = np.array([66.0, 15.0, 17.0]), np.array([5.0, 2.0, 2.5])  # mean and spread in Lab
SIDE = 128
EMISSION = "ShaderNodeEmission"


def skin_image(name: str, mean, spread, side: int = SIDE, seed: int = 0) -> bpy.types.Image:
    """A packed sRGB image of normally distributed skin."""
    lab = np.random.default_rng(seed).normal(mean, spread, (side, side, 3))
    image = bpy.data.images.new(name, side, side)
    fill(image, srgb_of_linear(np.clip(linear_of_lab(lab), 0, 1)))
    return image


def fill(image: bpy.types.Image, srgb: np.ndarray) -> None:
    image.pixels.foreach_set(np.dstack([srgb, np.ones(srgb.shape[:2])]).astype(np.float32).ravel())


@pytest.fixture
def head(addon, result_folder):
    """A result, a ball, whose shown map is skin all over."""
    built = import_at_once(*job.load(result_folder))
    shown = skin_material.image_behind(built.active_material)
    shown.scale(SIDE, SIDE)
    lab = np.random.default_rng(1).normal(*FACE, (SIDE, SIDE, 3))
    fill(shown, srgb_of_linear(np.clip(linear_of_lab(lab), 0, 1)))
    return built


@pytest.fixture
def body(head):
    """A textured plane, active."""
    bpy.ops.mesh.primitive_plane_add()
    built = bpy.context.active_object
    material = bpy.data.materials.new("Body")
    material.use_nodes = True
    built.data.materials.append(material)
    texture = material.node_tree.nodes.new("ShaderNodeTexImage")
    texture.image = skin_image("Body skin", (48.0, 20.0, 26.0), (3.5, 3.0, 2.0), seed=2)
    texture.interpolation = "Closest"
    material.node_tree.links.new(texture.outputs["Color"], skin_material.base_color(material))
    return built


def links(material) -> set:
    return {
        (link.from_node.name, link.from_socket.identifier, link.to_node.name, link.to_socket.identifier)
        for link in material.node_tree.links
    }


def baked(built) -> np.ndarray:
    """(N, 3) Lab: what Cycles finds at the base color; by way of a shader that shines, for others dim it."""
    scene, tree = bpy.context.scene, built.active_material.node_tree
    scene.render.engine, scene.cycles.samples, scene.render.bake.margin = "CYCLES", 1, 0
    socket = skin_material.base_color(built.active_material)
    output, target, light = tree.get_output_node("ALL"), *map(tree.nodes.new, ("ShaderNodeTexImage", EMISSION))
    light.inputs["Color"].default_value = socket.default_value
    for link in socket.links:
        tree.links.new(link.from_socket, light.inputs["Color"])
    tree.links.new(light.outputs[0], output.inputs["Surface"])
    target.image = bpy.data.images.new("Bake", SIDE, SIDE, float_buffer=True)
    tree.nodes.active = target
    bpy.ops.object.bake(type="EMIT")
    pixels = np.empty(SIDE * SIDE * 4, np.float32)
    target.image.pixels.foreach_get(pixels)
    tree.links.new(socket.node.outputs["BSDF"], output.inputs["Surface"])
    for node in (target, light):
        tree.nodes.remove(node)
    return lab_of_linear(pixels.reshape(-1, 4)[:, :3])


def off(lab: np.ndarray, wanted) -> float:
    return float(np.linalg.norm(lab.mean(0) - wanted))


def test_the_body_gets_mean_and_spread_of_the_face(head, body):
    face = head_skin.examine(head).face
    np.testing.assert_allclose(face.mean, FACE[0], atol=0.3)
    assert off(baked(body), face.mean) > 15
    assert bpy.ops.likeness.match_body_skin() == {"FINISHED"}
    lab = baked(body)
    assert off(lab, face.mean) < 0.5
    np.testing.assert_allclose(lab.std(0), face.spread, rtol=0.05)


def test_half_a_match_lies_between(head, body):
    face = head_skin.examine(head).face
    far = off(baked(body), face.mean)
    bpy.ops.likeness.match_body_skin(factor=0.5)
    assert 0.3 * far < off(baked(body), face.mean) < 0.7 * far


def test_twice_is_like_once_and_back_is_as_before(head, body):
    materials = body.active_material, head.active_material
    before = [(links(material), len(material.node_tree.nodes)) for material in materials]
    bpy.ops.likeness.match_body_skin()
    once = links(body.active_material)
    bpy.ops.likeness.match_body_skin()
    assert links(body.active_material) == once
    assert len([node for node in body.active_material.node_tree.nodes if skin_nodes.is_match(node)]) == 1
    assert bpy.ops.likeness.unmatch_body_skin() == {"FINISHED"}
    assert [(links(material), len(material.node_tree.nodes)) for material in materials] == before
    assert skin_nodes.GROUP not in bpy.data.node_groups and NECK not in head.data.attributes
    assert not bpy.ops.likeness.unmatch_body_skin.poll()


def test_a_plain_color_moves_and_returns(head, body):
    socket = skin_material.base_color(body.active_material)
    body.active_material.node_tree.links.clear()
    output = body.active_material.node_tree.get_output_node("ALL")
    body.active_material.node_tree.links.new(socket.node.outputs["BSDF"], output.inputs["Surface"])
    socket.default_value = 0.5, 0.2, 0.1, 1.0
    for _ in range(2):
        bpy.ops.likeness.match_body_skin()
        assert off(baked(body), head_skin.examine(head).face.mean) < 0.5
    bpy.ops.likeness.unmatch_body_skin()
    assert not socket.links and tuple(socket.default_value) == pytest.approx((0.5, 0.2, 0.1, 1.0))


def test_nodes_between_image_and_shader_are_restored(head, body):
    material = body.active_material
    tree, socket = material.node_tree, skin_material.base_color(material)
    curve = tree.nodes.new("ShaderNodeRGBCurve")
    tree.links.new(socket.links[0].from_socket, curve.inputs["Color"])
    tree.links.new(curve.outputs["Color"], socket).is_muted = True
    before = links(material)
    bpy.ops.likeness.match_body_skin()
    bpy.ops.likeness.unmatch_body_skin()
    assert links(material) == before and socket.links[0].is_muted


def test_the_neck_is_matched_where_it_is(head):
    """A painted neck that is darker than the face; the face itself keeps its color."""
    height = np.array([vertex.co.z for vertex in head.data.vertices])
    low = np.flatnonzero(height < np.quantile(height, 0.3))
    head.vertex_groups.new(name="Neck").add(low.tolist(), 1.0, "REPLACE")
    face = head.vertex_groups.new(name="Face")
    face.add(np.flatnonzero(height > np.quantile(height, 0.5)).tolist(), 1.0, "REPLACE")
    assert bpy.ops.likeness.match_body_skin() == {"FINISHED"}
    weights = np.empty(len(height), np.float32)
    head.data.attributes[NECK].data.foreach_get("value", weights)
    assert set(np.flatnonzero(weights > 0.5)) == set(low)
    node = skin_nodes.group_before(skin_material.base_color(head.active_material))
    assert node.inputs["Mask"].links[0].from_node.attribute_name == NECK
    np.testing.assert_allclose(node.inputs["Wanted Mean"].default_value, FACE[0], atol=0.4)


def test_a_collar_is_not_painted_with_skin(head):
    """What is far from the face's color stays out of the neck."""
    shown = skin_material.image_behind(head.active_material)
    vertices = head_skin.mesh_samples.vertex_uvs(head)
    low = np.array([vertex.co.z for vertex in head.data.vertices]) < 1.03
    pixels = np.empty(SIDE * SIDE * 4, np.float32)
    shown.pixels.foreach_get(pixels)
    pixels = pixels.reshape(SIDE, SIDE, 4)
    column, row = (vertices[low] * SIDE).astype(int).T
    pixels[row, column, :3] = 0.1, 0.2, 0.6
    shown.pixels.foreach_set(pixels.ravel())
    weights = head_skin.examine(head).neck_weights
    assert low.sum() > 50 and weights[low].max() < 0.01


def test_the_button_says_why_it_is_off(addon, result_folder):
    assert not bpy.ops.likeness.match_body_skin.poll()
    with pytest.raises(RuntimeError, match="Generate or import a head first"):
        bpy.ops.likeness.match_body_skin()
    import_at_once(*job.load(result_folder))
    bpy.ops.mesh.primitive_cube_add()
    with pytest.raises(RuntimeError, match="it needs a material"):
        bpy.ops.likeness.match_body_skin()
    with pytest.raises(RuntimeError, match="no skin match here"):
        bpy.ops.likeness.unmatch_body_skin()


def test_what_cannot_be_measured_is_said_and_nothing_changes(head, body):
    material = body.active_material
    socket = skin_material.base_color(material)
    noise = material.node_tree.nodes.new("ShaderNodeTexNoise")
    material.node_tree.links.new(noise.outputs["Color"], socket)
    before = links(material)
    with pytest.raises(RuntimeError, match="comes from no image"):
        bpy.ops.likeness.match_body_skin()
    material.node_tree.nodes.remove(socket.node)
    with pytest.raises(RuntimeError, match="has no Principled BSDF"):
        bpy.ops.likeness.match_body_skin()
    assert not any(map(skin_nodes.is_match, head.active_material.node_tree.nodes)) and before
    body.data.uv_layers.remove(body.data.uv_layers[0])


def test_a_body_without_texture_coordinates_is_refused(head, body):
    body.data.uv_layers.remove(body.data.uv_layers[0])
    with pytest.raises(RuntimeError, match="no texture coordinates"):
        bpy.ops.likeness.match_body_skin()


def test_noise_is_not_blown_up():
    flat, face = (
        measure(np.random.default_rng(0).normal(50, 0.2, (1000, 3))),
        measure(np.random.default_rng(0).normal(*FACE, (1000, 3))),
    )
    assert max(skin_nodes.gains(flat, face)) == skin_nodes.MOST_GAIN
    assert skin_nodes.gains(measure(np.full((300, 3), 50.0)), face) == [1.0, 1.0, 1.0]
