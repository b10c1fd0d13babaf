import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pygltflib
import pytest
import trimesh
from PIL import Image

from backend.asset import layout, writer
from backend.asset.cameras import write_cameras
from backend.asset.reader import read_checkpoint, read_result
from backend.asset.splats import read_splats
from backend.asset.writer import write_result
from backend.errors import UserError
from backend.scene import Splats
from tests.asset import subjects


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path):
    return tmp_path / "results" / "head"


def opened(out: Path):
    """The only primitive of head.glb, and a function from an accessor's number to its array (N, 3)."""
    document = pygltflib.GLTF2().load(str(out / layout.MESH))

    def array(index: int) -> np.ndarray:
        accessor = document.accessors[index]
        start = document.bufferViews[accessor.bufferView].byteOffset
        values = np.frombuffer(document.binary_blob(), "<f4", accessor.count * 3, start).reshape(-1, 3)
        if accessor.min:
            np.testing.assert_array_equal([accessor.min, accessor.max], [values.min(0), values.max(0)])
        return values

    return document.meshes[0].primitives[0], array


def test_what_is_written_is_read_back(photos, out):
    whole = subjects.result(photos, base_color="albedo")
    assert write_result(out, whole) == out
    stored = read_result(out)
    np.testing.assert_array_equal(stored.surface.vertices, whole.textured.surface.vertices)
    np.testing.assert_array_equal(stored.surface.faces, whole.textured.surface.faces)
    np.testing.assert_array_equal(stored.atlas.uvs, whole.textured.atlas.uvs)
    np.testing.assert_array_equal(stored.atlas.faces, whole.textured.atlas.faces)
    assert stored.rig is None and stored.base_color == "albedo"
    assert stored.report["seed"] == 5 and stored.report["seconds"] == {"fit": 1.5}
    assert stored.report["held_out"] == {"psnr": None}  # JSON knows no infinity
    np.testing.assert_array_equal(read_checkpoint(out)["distances"], whole.checkpoint["distances"])
    assert list(read_checkpoint(out)) == ["distances"]
    assert [entry.name for entry in out.parent.iterdir()] == ["head"]


def test_textures_hold_the_maps_to_half_a_step(photos, out):
    whole = subjects.result(photos)
    write_result(out, whole)
    for name, path in read_result(out).texture_files.items():
        stored = np.asarray(Image.open(path), np.float32) / 255
        expected = getattr(whole.textured.maps, name)
        np.testing.assert_allclose(stored.reshape(expected.shape), expected, atol=0.501 / 255)


@pytest.mark.parametrize("weld", ["position", "trimesh"])
def test_glb_is_watertight_when_welded(photos, out, weld):
    whole = subjects.result(photos)
    write_result(out, whole)
    mesh = trimesh.load_mesh(out / layout.MESH)
    assert len(mesh.vertices) > len(whole.textured.surface.vertices)  # it has seams
    if weld == "trimesh":
        mesh.merge_vertices(merge_tex=True)  # without merge_norm: the copies' normals must agree, too
    else:
        mesh = trimesh.Trimesh(mesh.vertices, mesh.faces)
    assert mesh.is_watertight and mesh.is_winding_consistent and mesh.volume > 0
    assert len(mesh.vertices) == len(whole.textured.surface.vertices)


def test_glb_keeps_the_world_frame_and_the_order_of_vertices(photos, out):
    whole = subjects.result(photos)
    write_result(out, whole)
    mesh = trimesh.load_mesh(out / layout.MESH)
    surface, atlas = whole.textured.surface, whole.textured.atlas
    np.testing.assert_array_equal(mesh.vertices[: len(surface.vertices)], surface.vertices)
    np.testing.assert_array_equal(mesh.vertices[mesh.faces], surface.vertices[surface.faces])
    np.testing.assert_allclose(mesh.visual.uv[mesh.faces], atlas.uvs[atlas.faces], atol=1e-6)
    primitive, array = opened(out)
    np.testing.assert_array_equal(array(primitive.attributes.POSITION), mesh.vertices)
    np.testing.assert_array_equal(array(primitive.attributes.NORMAL)[: len(surface.vertices)], surface.vertex_normals())


@pytest.mark.parametrize("base_color", ["photo", "albedo"])
def test_glb_carries_the_asked_color_and_the_normal_map(photos, out, base_color):
    whole = subjects.result(photos, base_color=base_color)
    write_result(out, whole)
    material = trimesh.load_mesh(out / layout.MESH).visual.material
    drawn = np.asarray(material.baseColorTexture, np.float32) / 255
    np.testing.assert_allclose(drawn, getattr(whole.textured.maps, base_color), atol=0.501 / 255)
    np.testing.assert_allclose(
        np.asarray(material.normalTexture, np.float32) / 255, whole.textured.maps.normal, atol=0.501 / 255
    )
    assert material.metallicFactor == 0


def test_morph_targets_are_named_and_move_every_copy_of_a_vertex(photos, out):
    rig = subjects.rig(subjects.ball())
    whole = subjects.result(photos, rig=rig)
    write_result(out, whole)
    assert pygltflib.GLTF2().load(str(out / layout.MESH)).meshes[0].extras["targetNames"] == list(rig.keys)
    primitive, array = opened(out)
    positions, moved = array(primitive.attributes.POSITION), array(primitive.targets[1]["POSITION"])
    order = {tuple(p): k for k, p in enumerate(whole.textured.surface.vertices)}
    np.testing.assert_array_equal(moved, rig.keys["jawOpen"][[order[tuple(p)] for p in positions]])


def test_a_rig_is_read_back(photos, out):
    rig = subjects.rig(subjects.ball())
    write_result(out, subjects.result(photos, rig=rig))
    stored = read_result(out).rig
    assert list(stored.keys) == list(rig.keys) and stored.photos == rig.photos and stored.worn == rig.worn
    for mine, theirs in ((rig.keys, stored.keys), (rig.correctives, stored.correctives)):
        for name, move in mine.items():
            np.testing.assert_array_equal(theirs[name], move)
    np.testing.assert_array_equal(stored.weights, rig.weights)
    np.testing.assert_array_equal(stored.region, rig.region)
    for mine, theirs in zip(rig.joints, stored.joints, strict=True):
        assert (mine.name, mine.parent) == (theirs.name, theirs.parent)
        np.testing.assert_array_equal((mine.head, mine.tail), (theirs.head, theirs.tail))
    assert list(read_checkpoint(out)) == ["distances"]


def test_a_clean_mesh_is_read_back_beside_the_fitted_one(photos, out):
    clean = subjects.clean()
    whole = subjects.result(photos, rig=subjects.rig(subjects.ball()), clean=clean)
    write_result(out, whole)
    stored = read_result(out)
    mesh = stored.clean.mesh
    np.testing.assert_array_equal(mesh.polygons, clean.polygons)
    np.testing.assert_array_equal(mesh.surface.vertices, clean.textured.surface.vertices)
    np.testing.assert_array_equal(mesh.surface.faces, clean.textured.surface.faces)
    np.testing.assert_array_equal(mesh.atlas.uvs, clean.textured.atlas.uvs)
    np.testing.assert_array_equal(mesh.rig.keys["jawOpen"], clean.rig.keys["jawOpen"])
    for name, path in stored.clean.texture_files.items():
        pixels = np.asarray(Image.open(path), np.float32) / 255
        expected = getattr(clean.textured.maps, name)
        np.testing.assert_allclose(pixels.reshape(expected.shape), expected, atol=0.501 / 255)
    assert stored.polygons is None and len(stored.surface.vertices) == len(subjects.ball().vertices)
    assert list(read_checkpoint(out)) == ["distances"]


def test_a_clean_mesh_leaves_the_other_files_as_they_are(photos, out):
    rig = subjects.rig(subjects.ball())
    write_result(out, subjects.result(photos, rig=rig))
    before = {name: (out / name).read_bytes() for name in (layout.MESH, *layout.TEXTURES.values())}
    write_result(out, subjects.result(photos, rig=rig, clean=subjects.clean()))
    assert before == {name: (out / name).read_bytes() for name in before}


def test_the_clean_glb_has_the_same_targets_and_its_own_texture(photos, out):
    clean = subjects.clean()
    write_result(out, subjects.result(photos, rig=subjects.rig(subjects.ball()), clean=clean, base_color="albedo"))
    fitted, own = (pygltflib.GLTF2().load(str(out / name)) for name in (layout.MESH, layout.CLEAN_MESH))
    assert own.meshes[0].extras["targetNames"] == fitted.meshes[0].extras["targetNames"]
    scene = trimesh.load_scene(out / layout.CLEAN_MESH)
    assert len(scene.to_mesh().faces) == len(clean.textured.surface.faces)
    drawn = np.asarray(next(iter(scene.geometry.values())).visual.material.baseColorTexture, np.float32) / 255
    np.testing.assert_allclose(drawn, clean.textured.maps.albedo, atol=0.501 / 255)


def test_in_clean_quads_takes_the_clean_mesh_and_keeps_the_rest(photos, out):
    clean = subjects.clean()
    write_result(out, subjects.result(photos, rig=subjects.rig(subjects.ball()), clean=clean))
    stored = read_result(out)
    taken = stored.in_clean_quads()
    assert len(taken.surface.vertices) == len(taken.rig.region) == len(clean.textured.surface.vertices)
    assert taken.texture_files == stored.clean.texture_files and taken.is_clean and not stored.is_clean
    assert taken.cameras == stored.cameras and taken.rig.photos == stored.rig.photos
    assert taken.in_clean_quads() is taken


def test_polygons_of_the_surface_itself_are_read_back(photos, out):
    clean = subjects.clean()
    write_result(out, subjects.result(photos, textured=clean.textured, rig=clean.rig, polygons=clean.polygons))
    stored = read_result(out)
    np.testing.assert_array_equal(stored.polygons, clean.polygons)
    assert stored.clean is None and stored.in_clean_quads() is stored and not (out / layout.CLEAN_MESH).exists()


def test_polygons_of_another_surface_are_refused(photos, out):
    clean = subjects.clean()
    with pytest.raises(ValueError, match="polygons"):
        write_result(out, subjects.result(photos, textured=clean.textured, polygons=clean.polygons[1:]))
    assert not out.exists()


def test_eyes_are_nodes_that_turn_about_their_own_middle(photos, out):
    rig = subjects.rig(subjects.ball())
    whole = subjects.result(photos, rig=rig)
    write_result(out, whole)
    document = pygltflib.GLTF2().load(str(out / layout.MESH))
    assert [node.name for node in document.nodes] == ["head", "eyeLeft", "eyeRight"]
    for node, joint in zip(document.nodes[1:], rig.joints[3:], strict=True):
        np.testing.assert_allclose(node.translation, joint.head, atol=1e-7)
    assert document.meshes[1].extras["targetNames"] == ["eyeLookUpLeft"] and not document.meshes[2].extras
    scene = trimesh.load_scene(out / layout.MESH).to_mesh()
    assert len(scene.faces) == len(whole.textured.surface.faces)
    vertices = whole.textured.surface.vertices
    np.testing.assert_allclose(scene.bounds, [vertices.min(0), vertices.max(0)], atol=1e-6)


def test_cameras_round_trip_and_photos_stay_where_they_are(photos, out):
    whole = subjects.result(photos)
    write_result(out, whole)
    for stored, view in zip(read_result(out).cameras, whole.capture.views, strict=True):
        assert stored.name == view.name and stored.image == view.source.resolve()
        np.testing.assert_allclose(np.asarray(Image.open(stored.mask), np.float32) / 255, view.mask, atol=0.5 / 255)
        for field in dataclasses.fields(view.camera):
            np.testing.assert_allclose(getattr(stored.camera, field.name), getattr(view.camera, field.name), rtol=1e-12)
    frame = json.loads((out / layout.CAMERAS).read_text())["frames"][0]
    assert frame["camera_angle_x"] == 2 * math.atan(48 / (2 * 70.0))
    assert not Path(frame["file_path"]).is_absolute() and not (out / layout.PHOTOS).exists()


def test_a_camera_of_a_shrunken_photo_is_written_for_the_whole_file(photos, out):
    whole = subjects.result(photos)
    large = Image.open(photos / "a.png").resize((96, 80), Image.Resampling.NEAREST)
    large.save(photos / "a.png")
    write_result(out, whole)
    stored = read_result(out).cameras[0]
    assert (stored.camera.width, stored.camera.height, stored.camera.fl_x) == (96, 80, 140.0)
    assert stored.image == (photos / "a.png").resolve()


def test_a_photo_that_was_changed_is_kept_as_it_was_used(photos, out):
    whole = subjects.result(photos)
    Image.open(photos / "a.png").transpose(Image.Transpose.ROTATE_180).save(photos / "a.png")
    write_result(out, whole)
    stored = read_result(out).cameras[0]
    assert stored.image == out / "photos" / "a.jpg"
    shown = np.asarray(Image.open(stored.image), np.float32) / 255
    assert np.abs(shown - whole.capture.views[0].photo).mean() < 0.05


def test_photos_inside_an_old_result_survive_its_replacement(photos, out):
    whole = subjects.result(photos)
    Image.open(photos / "a.png").transpose(Image.Transpose.ROTATE_180).save(photos / "a.png")
    write_result(out, whole)
    first = read_result(out).cameras[0]
    shown = (np.asarray(Image.open(first.image)) / 255).astype(np.float32)
    view = dataclasses.replace(whole.capture.views[0], source=first.image, photo=shown)
    again = dataclasses.replace(whole, capture=dataclasses.replace(whole.capture, views=(view,)))
    write_result(out, again)
    kept = read_result(out).cameras[0].image
    np.testing.assert_array_equal(np.asarray(Image.open(kept)) / np.float32(255), shown)


@pytest.mark.parametrize(
    "changes", [{"base_color": "confidence"}, {"checkpoint": {"surface.vertices": np.zeros(3)}},
                {"rig": dataclasses.replace(subjects.rig(subjects.ball()), keys={"jawOpen": np.zeros((2, 3))})}]
)  # fmt: skip
def test_what_cannot_be_stored_is_refused(photos, out, changes):
    with pytest.raises(ValueError):
        write_result(out, subjects.result(photos, **changes))
    assert not out.exists()


def test_gaussians_are_kept_as_splats_and_an_old_file_goes_with_its_result(photos, out):
    rng = np.random.default_rng(0)
    shapes = {"means": (5, 3), "log_scales": (5, 3), "rotations": (5, 4), "opacities": (5,), "sh": (5, 4, 3)}
    splats = Splats(**{name: rng.normal(size=shape).astype(np.float32) for name, shape in shapes.items()})
    write_result(out, subjects.result(photos, splats=splats))
    np.testing.assert_array_equal(read_splats(out / layout.SPLATS).means, splats.means)
    write_result(out, subjects.result(photos))
    assert not (out / layout.SPLATS).exists()


def test_trust_is_written_for_the_views_that_have_one(photos, out):
    whole = subjects.result(photos)
    first, *others = whole.capture.views
    trust = np.random.default_rng(2).random(first.mask.shape).astype(np.float32)
    capture = dataclasses.replace(whole.capture, views=(dataclasses.replace(first, trust=trust), *others))
    write_result(out, dataclasses.replace(whole, capture=capture))
    (written,) = (out / layout.OBSTRUCTION).iterdir()
    assert written.name == f"{first.name}.png"
    np.testing.assert_allclose(np.asarray(Image.open(written)) / 255, trust, atol=0.5 / 255 + 1e-6)


def test_a_result_of_which_a_file_was_deleted_meanwhile_never_appears(photos, out, monkeypatch):
    def write_and_lose(partial, folder, views):
        write_cameras(partial, folder, views)
        (partial / "head.glb").unlink()

    monkeypatch.setattr(writer, "write_cameras", write_and_lose)
    with pytest.raises(UserError, match=r"head\.glb was deleted"):
        write_result(out, subjects.result(photos))
    assert list(out.parent.iterdir()) == []
