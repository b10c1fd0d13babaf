"""What other programs get: read again by Blender, and as the bytes of a glTF file."""

import json
import struct
from pathlib import Path

import addon_utils
import bpy
import numpy as np
import pygltflib
import pytest
import trimesh

from backend.asset.writer import write_result
from backend.scene import ARKIT
from blender_addon.results import export_files, export_formats
from blender_addon.rigs import head_object, shape_keys
from blender_addon.skin import skin_nodes
from tests.blender_addon import rigged
from tests.blender_addon.evaluated import points

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of the exporters
PARTS = {"Head", "Head rig", "Head eye left", "Head eye right"}
KEYS = [*ARKIT, rigged.PAIR]
SUFFIXES = {
    "GLTF": {"EMBED": ".glb", "BESIDE": ".gltf"}, "FBX": {"EMBED": ".fbx", "BESIDE": ".fbx"},
    "USD": {"EMBED": ".usdz", "BESIDE": ".usdc"}, "OBJ": {"EMBED": ".obj", "BESIDE": ".obj"},
}  # fmt: skip
READERS = {
    "GLTF": lambda path: bpy.ops.import_scene.gltf(filepath=path, disable_bone_shape=True),
    "FBX": lambda path: bpy.ops.import_scene.fbx(filepath=path, anim_offset=0),
    "USD": lambda path: bpy.ops.wm.usd_import(filepath=path, import_textures_mode="IMPORT_PACK"),
    "OBJ": lambda path: bpy.ops.wm.obj_import(filepath=path),
}  # fmt: skip


@pytest.fixture
def exporters(addon):
    for name in ("io_scene_gltf2", "io_scene_fbx"):
        addon_utils.enable(name)


@pytest.fixture
def out(tmp_path) -> Path:
    folder = tmp_path / "for other programs"
    folder.mkdir()
    return folder


def export(out, kind, textures="EMBED", **settings) -> Path:
    assert bpy.ops.likeness.export(filepath=str(out / "me"), format=kind, textures=textures, **settings) == {"FINISHED"}
    path = out / f"me{SUFFIXES[kind][textures]}"
    assert path.is_file() and not [left for left in out.iterdir() if left.name.startswith(".")]
    return path


def read_again(path, kind) -> dict[str, bpy.types.Object]:
    """What Blender makes of the file in an empty scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    for name in ("io_scene_gltf2", "io_scene_fbx"):
        addon_utils.enable(name)
    READERS[kind](str(path))
    bpy.context.view_layer.update()
    return {built.name: built for built in bpy.context.scene.objects}


def box(cloud: np.ndarray) -> np.ndarray:
    return np.stack([cloud.min(0), cloud.max(0)])


@pytest.mark.parametrize("textures", ["EMBED", "BESIDE"])
@pytest.mark.parametrize("kind", ["GLTF", "FBX", "USD"])
def test_keys_bones_eyes_and_textures_come_back_at_their_places(head, exporters, out, kind, textures):
    head.parent.location = (0.5, 0, 0)
    bpy.context.view_layer.update()
    before = {name: box(points(bpy.data.objects[name])) for name in PARTS - {"Head rig"}}
    jaw = head.parent.matrix_world @ head.parent.data.bones["jaw"].head_local
    jaw, triangles = np.array(jaw), len(head.data.polygons)
    objects = read_again(export(out, kind, textures), kind)
    meshes = {built.name: built for built in objects.values() if built.type == "MESH"}
    assert len(meshes) == 3
    named = {name.replace(" ", "_"): cloud for name, cloud in before.items()}
    for name, built in meshes.items():
        wanted = named[name.replace(" ", "_")]
        np.testing.assert_allclose(box(points(built)), wanted, atol=1e-4)
    head = next(built for built in meshes.values() if built.data.shape_keys)
    names = [block.name for block in head.data.shape_keys.key_blocks][1:]
    assert sorted(names) == sorted(name if kind != "USD" else name.replace("+", "_") for name in KEYS)
    assert len(head.data.polygons) == triangles
    (armature,) = (built for built in objects.values() if built.type == "ARMATURE")
    assert {bone.name for bone in armature.data.bones} == {"neck", "head", "jaw", "eyeLeft", "eyeRight"}
    found = np.array(armature.matrix_world @ armature.data.bones["jaw"].head_local)
    np.testing.assert_allclose(found, jaw, atol=1e-4)
    check_images(2)


def check_images(count: int) -> None:
    """Of all pictures that were read, every one has its pixels."""
    images = [image for image in bpy.data.images if image.users and image.type == "IMAGE"]
    assert len(images) == count, [image.name for image in images]
    assert all(image.has_data or image.size[0] == 64 for image in images)


@pytest.mark.parametrize("kind", ["GLTF", "FBX", "USD"])
def test_a_key_moves_the_same_vertices_by_the_same_way(head, exporters, out, kind):
    head.data.shape_keys.key_blocks["jawOpen"].value = 1.0
    wanted = box(points(head))
    head.data.shape_keys.key_blocks["jawOpen"].value = 0.0
    objects = read_again(export(out, kind), kind)
    head = next(built for built in objects.values() if built.type == "MESH" and built.data.shape_keys)
    assert np.abs(box(points(head)) - wanted).max() > 1e-3
    head.data.shape_keys.key_blocks["jawOpen"].value = 1.0
    np.testing.assert_allclose(box(points(head)), wanted, atol=1e-4)


def test_an_obj_holds_the_pose_of_the_moment(head, exporters, out):
    head.data.shape_keys.key_blocks["jawOpen"].value = 1.0
    head.parent.pose.bones["head"].rotation_euler.z = 0.5
    wanted = box(points(head))
    objects = read_again(export(out, "OBJ"), "OBJ")
    assert set(objects) == {"Head", "Head_eye_left", "Head_eye_right"}
    np.testing.assert_allclose(box(points(objects["Head"])), wanted, atol=1e-5)
    check_images(2)
    assert {path.name for path in (out / "me_textures").iterdir()} == {"me_photo.png", "me_normal.png"}
    texts = (out / "me.mtl").read_text()
    assert "map_Kd me_textures/me_photo.png" in texts and str(out) not in texts


def test_a_glb_has_named_targets_with_normals_and_its_pictures_inside(head, exporters, out, rigged_folder):
    path = export(out, "GLTF")
    assert [file.name for file in out.iterdir()] == ["me.glb"]
    document = pygltflib.GLTF2().load(str(path))
    (mesh,) = (mesh for mesh in document.meshes if mesh.name == "Head")
    assert mesh.extras["targetNames"] == KEYS
    assert all({"POSITION", "NORMAL"} <= set(target) for target in mesh.primitives[0].targets)
    assert len(document.skins) == 1 and len(document.skins[0].joints) == 5
    assert len(document.materials) == 1 and document.materials[0].name == "Head"
    blob = document.binary_blob()
    views = [document.bufferViews[image.bufferView] for image in document.images]
    pictures = {blob[view.byteOffset : view.byteOffset + view.byteLength] for view in views}
    textures = rigged_folder / "textures"
    assert pictures == {(textures / name).read_bytes() for name in ("photo.png", "normal.png")}
    scene = trimesh.load(path)
    height = scene.extents[1]  # +Y is up there
    assert height == pytest.approx(0.2, abs=1e-3)


def test_the_color_that_the_switch_shows_is_the_one_that_is_exported(head, exporters, out, rigged_folder):
    head.active_material.likeness_color = "albedo"
    head.active_material.likeness_confidence = True
    export(out, "GLTF", "BESIDE")
    written = {path.name: path.read_bytes() for path in (out / "me_textures").iterdir()}
    textures = rigged_folder / "textures"
    assert written == {f"me_{name}.png": (textures / f"{name}.png").read_bytes() for name in ("albedo", "normal")}
    document = json.loads((out / "me.gltf").read_text())
    (material,) = document["materials"]
    color = document["textures"][material["pbrMetallicRoughness"]["baseColorTexture"]["index"]]["source"]
    assert document["images"][color]["uri"] == "me_textures/me_albedo.png"
    assert "normalTexture" in material and "emissiveTexture" not in material
    assert head.active_material.likeness_confidence and head.active_material.likeness_color == "albedo"


def test_a_painted_picture_is_exported_as_painted(head, exporters, out):
    image = bpy.data.images["Head photo"]
    pixels = np.tile(np.float32([1, 0, 0, 1]), image.size[0] * image.size[1])
    image.pixels.foreach_set(pixels)
    export(out, "OBJ")
    written = bpy.data.images.load(str(out / "me_textures" / "me_photo.png"))
    assert tuple(written.pixels[:4]) == (1, 0, 0, 1)
    assert image.is_dirty  # and still to be saved by the artist


def test_pictures_of_the_artists_own_go_along_whatever_they_are(head, exporters, out, tmp_path):
    """A file on disk as it is, a generated one as PNG, and one whose file is gone is no reason to fail."""
    tree, nodes = head.active_material.node_tree, []
    file, made, gone = (bpy.data.images.new(name, 4, 4) for name in ("file", "made", "gone"))
    file.filepath_raw, file.file_format = str(tmp_path / "file.jpg"), "JPEG"
    file.save()
    file = bpy.data.images.load(str(tmp_path / "file.jpg"))
    gone.source, gone.filepath = "FILE", str(tmp_path / "gone.png")
    for image, socket in ((file, "Roughness"), (made, "Metallic"), (gone, "Alpha")):
        nodes.append(tree.nodes.new("ShaderNodeTexImage"))
        nodes[-1].image = image
        tree.links.new(nodes[-1].outputs["Color"], tree.nodes["Principled BSDF"].inputs[socket])
    export(out, "OBJ")
    written = {path.name for path in (out / "me_textures").iterdir()}
    assert written == {"me_photo.png", "me_normal.png", "me_file.jpg", "me_made.png"}
    assert (out / "me_textures" / "me_file.jpg").read_bytes() == (tmp_path / "file.jpg").read_bytes()
    assert [node.image for node in nodes] == [file, made, gone]


def datablocks() -> dict:
    kinds = ("objects", "meshes", "materials", "images", "actions", "armatures", "node_groups", "collections")
    return {kind: sorted(entry.name for entry in getattr(bpy.data, kind)) for kind in kinds}


@pytest.mark.parametrize("kind", list(SUFFIXES))
def test_the_artist_finds_everything_as_it_was(head, exporters, out, kind):
    eye = head_object.eyes_of(head)["Left"]
    eye.hide_set(True)
    eye.hide_select = True
    camera = bpy.data.objects["a"]
    camera.select_set(True)
    bpy.ops.object.mode_set(mode="SCULPT")
    before, links = datablocks(), len(head.active_material.node_tree.links)
    images = {image: image.filepath for image in bpy.data.images}
    export(out, kind)
    assert bpy.context.active_object == head and head.mode == "SCULPT"
    bpy.ops.object.mode_set(mode="OBJECT")
    assert set(bpy.context.selected_objects) == {head, camera}
    assert eye.hide_get() and eye.hide_select
    assert datablocks() == before and len(head.active_material.node_tree.links) == links
    assert {image: image.filepath for image in bpy.data.images} == images
    assert {slot.material for slot in eye.material_slots} == {head.active_material}


def test_a_failure_leaves_nothing_behind(head, exporters, out, monkeypatch):
    before = datablocks()

    def fail(order):
        order.path.write_text("half")
        raise export_formats.UserError("No.")

    broken = export_formats.Format("X", "", (".x", ".x"), fail)
    with pytest.raises(export_formats.UserError):
        export_files.export(head, out / "me", broken)
    assert not list(out.iterdir()) and datablocks() == before and bpy.context.selected_objects == [head]


def test_actions_are_exported_where_they_are_wanted(head, exporters, out):
    assert "animations" not in glb(export(out, "GLTF"))
    for frame, value in ((1, 0.0), (11, 1.0)):
        head.data.shape_keys.key_blocks["jawOpen"].value = value
        head.data.shape_keys.key_blocks["jawOpen"].keyframe_insert("value", frame=frame)
    assert len(glb(export(out, "GLTF"))["animations"]) == 1
    assert "animations" not in glb(export(out, "GLTF", animation=False))


@pytest.mark.parametrize("kind", ["GLTF", "FBX", "USD"])
def test_what_drivers_do_is_in_the_animation(head, exporters, out, kind):
    """The eyes turn and correctives follow, though neither has an Action."""
    blocks = head.data.shape_keys.key_blocks
    for frame, value in ((1, 0.0), (11, 1.0)):
        for name in ("jawOpen", "mouthClose", "eyeLookDownLeft"):
            blocks[name].value = value
            blocks[name].keyframe_insert("value", frame=frame)
    bpy.context.scene.frame_end = 11
    bpy.context.scene.frame_set(11)
    eye = np.array(head_object.eyes_of(head)["Left"].matrix_world.to_3x3())
    path = export(out, kind)
    objects = read_again(path, kind)
    bpy.context.scene.frame_set(11)
    (name,) = (name for name in objects if name.replace(" ", "_").startswith("Head_eye_left"))
    turned = np.array(objects[name].matrix_world.to_3x3().normalized())
    assert np.degrees(np.arccos(np.clip((np.trace(turned.T @ eye) - 1) / 2, -1, 1))) < 0.1
    keyed = next(built for built in objects.values() if built.type == "MESH" and built.data.shape_keys)
    values = {block.name: block.value for block in keyed.data.shape_keys.key_blocks[1:] if block.value > 0.01}
    pair = rigged.PAIR if kind != "USD" else rigged.PAIR.replace("+", "_")
    assert values == pytest.approx({"jawOpen": 1, "mouthClose": 1, "eyeLookDownLeft": 1, pair: 1}, abs=0.01)


def test_modifiers_of_ones_own_and_a_skin_match_are_missed_in_words(head, exporters, out, capfd):
    head.modifiers.new("mine", "SUBSURF").levels = 1
    tree = head.active_material.node_tree
    node = tree.nodes.new("ShaderNodeGroup")
    node.node_tree = skin_nodes._group()
    tree.links.new(node.outputs["Color"], tree.nodes["Principled BSDF"].inputs["Base Color"])
    tree.links.new(tree.nodes["Likeness Color"].outputs[2], node.inputs["Color"])
    path = export(out, "GLTF")
    told = capfd.readouterr().out
    assert "modifier mine of Head is not exported" in told and "skin match of Head is not exported" in told
    assert len(glb(path)["images"]) == 2


def test_an_object_without_keys_goes_out_with_its_modifiers(addon, exporters, result_folder, out):
    bpy.ops.likeness.import_result(directory=str(result_folder))
    built = bpy.context.active_object
    built.modifiers.new("half", "DECIMATE").ratio = 0.5
    for kind in SUFFIXES:
        bpy.context.view_layer.objects.active = bpy.data.objects["Head"]
        written = export(out, kind)
        assert written.is_file()
    objects = read_again(out / "me.fbx", "FBX")
    assert len(objects["Head"].data.polygons) < 700


def glb(path) -> dict:
    data = path.read_bytes()
    (length,) = struct.unpack("<I", data[12:16])
    return json.loads(data[20 : 20 + length])


@pytest.mark.parametrize(("kind", "name"), [("GLTF", "io_scene_gltf2"), ("FBX", "io_scene_fbx")])
def test_an_exporter_that_is_switched_off_is_a_sentence(head, out, kind, name):
    addon_utils.disable(name)
    with pytest.raises(RuntimeError, match=r"is switched off\. Switch it on under Edit > Preferences"):
        bpy.ops.likeness.export(filepath=str(out / "me"), format=kind)


def test_no_file_no_folder_and_nothing_selected_are_sentences(head, exporters, out):
    with pytest.raises(RuntimeError, match="No file is named"):
        bpy.ops.likeness.export(format="OBJ")
    with pytest.raises(RuntimeError, match="There is no folder"):
        bpy.ops.likeness.export(filepath=str(out / "none" / "me"), format="OBJ")
    bpy.context.view_layer.layer_collection.children["Likeness"].exclude = True
    with pytest.raises(RuntimeError, match="not in this view layer"):
        bpy.ops.likeness.export(filepath=str(out / "me"), format="OBJ")
    bpy.ops.wm.read_factory_settings(use_empty=True)
    assert not bpy.ops.likeness.export.poll()


def test_splats_are_copied_where_there_are_some(head, out, rigged_folder):
    assert not bpy.ops.likeness.export_splats.poll()
    with pytest.raises(RuntimeError, match="method Gaussians"):
        bpy.ops.likeness.export(filepath=str(out / "me"), format="SPLATS")
    (rigged_folder / "splats.ply").write_bytes(b"ply\n")
    assert bpy.ops.likeness.export_splats.poll()
    assert bpy.ops.likeness.export_splats(filepath=str(out / "a.ply")) == {"FINISHED"}
    assert bpy.ops.likeness.export(filepath=str(out / "b"), format="SPLATS") == {"FINISHED"}
    assert (out / "a.ply").read_bytes() == (out / "b.ply").read_bytes() == b"ply\n"


def test_two_heads_in_one_folder_keep_their_own_pictures(head, exporters, out, tmp_path):
    (tmp_path / "second").mkdir()
    other = write_result(tmp_path / "second result", rigged.result(tmp_path / "second", seed=5))
    for kind in ("USD", "OBJ"):
        assert bpy.ops.likeness.export(filepath=str(out / "one"), format=kind, textures="BESIDE") == {"FINISHED"}
    first = {path: path.read_bytes() for path in out.rglob("*.png")}
    bpy.ops.likeness.import_result(directory=str(other))
    for kind in ("USD", "OBJ"):
        assert bpy.ops.likeness.export(filepath=str(out / "two"), format=kind, textures="BESIDE") == {"FINISHED"}
    assert {path: path.read_bytes() for path in first} == first and len(list(out.rglob("*.png"))) == 2 * len(first)
    assert shape_keys.blocks(bpy.data.objects["Head.001"])
