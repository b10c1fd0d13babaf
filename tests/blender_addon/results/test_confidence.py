"""The confidence in colors: on the head in every kind of shading, and gone without a trace."""

import bpy
import numpy as np
import pytest

from blender_addon.results import confidence, result_update
from blender_addon.results.result_material import switch_of
from blender_addon.skin.color import srgb_of_linear


def links(material) -> set:
    return {
        (link.from_node.name, link.from_socket.identifier, link.to_node.name, link.to_socket.identifier)
        for link in material.node_tree.links
    }


def test_it_comes_and_goes_without_a_trace(head):
    material = head.active_material
    nodes, before, images = set(material.node_tree.nodes.keys()), links(material), set(bpy.data.images.keys())
    active = material.node_tree.nodes.active
    material.likeness_confidence = True
    assert material.likeness_confidence and set(bpy.data.images.keys()) - images == {confidence.OVERLAY}
    assert material.node_tree.nodes.active.image.name == confidence.OVERLAY
    material.likeness_confidence = True  # twice is once
    assert len(material.node_tree.nodes) == len(nodes) + 3
    material.likeness_confidence = False
    assert set(material.node_tree.nodes.keys()) == nodes and links(material) == before
    assert set(bpy.data.images.keys()) == images and material.node_tree.nodes.active == active


def test_the_picture_has_the_colors_of_the_map(head, rigged_folder):
    head.active_material.likeness_confidence = True
    picture, source = bpy.data.images[confidence.OVERLAY], bpy.data.images["Head confidence"]
    sure, shown = (np.array(image.pixels[:]).reshape(64, 64, -1) for image in (source, picture))
    np.testing.assert_allclose(shown[..., :3], srgb_of_linear(confidence.colors_of(sure[..., 0])), atol=2 / 255)
    assert picture.packed_file is not None  # it goes with the .blend


@pytest.mark.parametrize(("sure", "channel"), [(0.0, 0), (1.0, 1)])
def test_invented_is_red_and_seen_is_green(sure, channel):
    assert confidence.colors_of(np.array(sure)).argmax() == channel


def test_a_large_map_is_shown_in_few_pixels(head):
    source = bpy.data.images["Head confidence"]
    source.scale(3000, 2000)
    head.active_material.likeness_confidence = True
    assert tuple(bpy.data.images[confidence.OVERLAY].size) == (1000, 667)


def test_the_switch_of_the_color_works_below_it(head):
    material = head.active_material
    material.likeness_confidence = True
    material.likeness_color = "albedo"
    assert material.node_tree.nodes.active.image.name == confidence.OVERLAY
    material.likeness_confidence = False
    assert material.node_tree.nodes.active.image.name == "Head albedo" and switch_of(material).default_value == 1


def test_an_update_brings_the_new_colors(head, rigged_folder, tmp_path):
    from backend.asset.writer import write_result
    from blender_addon.jobs import job
    from tests.blender_addon import rigged

    head.active_material.likeness_confidence = True
    before = bpy.data.images[confidence.OVERLAY].pixels[:]
    newer = write_result(tmp_path / "newer", rigged.result(tmp_path / "rigged", seed=1))
    result_update.update_result(head, *job.load(newer))
    assert head.active_material.likeness_confidence
    assert bpy.data.images[confidence.OVERLAY].pixels[:] != before


def test_materials_of_the_artists_own_are_left_alone(head):
    other = bpy.data.materials.new("mine")
    other.use_nodes = True
    other.likeness_confidence = True
    assert not other.likeness_confidence and len(other.node_tree.nodes) == 2
