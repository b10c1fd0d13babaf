"""The surface of a fit on its way: what was written is read again, others can read it, and damage is told."""

import struct

import numpy as np
import pytest
import trimesh

from backend.asset.interim import read_interim, write_interim
from backend.errors import UserError
from backend.scene import Surface

RNG = np.random.default_rng(7)
TETRAHEDRON = Surface(
    RNG.normal(size=(4, 3)).astype(np.float32), np.array([[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]], np.int32)
)


@pytest.fixture
def file(tmp_path):
    write_interim(tmp_path / "interim-0.glb", TETRAHEDRON)
    return tmp_path / "interim-0.glb"


@pytest.mark.parametrize("vertices", [3, 4, 5, 1000])
def test_a_surface_returns_to_the_bit(tmp_path, vertices):
    faces = RNG.integers(0, vertices, (2 * vertices, 3)).astype(np.int32)
    surface = Surface(RNG.normal(0, 30, (vertices, 3)).astype(np.float32), faces)
    write_interim(tmp_path / "a.glb", surface)
    back = read_interim(tmp_path / "a.glb")
    assert np.array_equal(back.vertices, surface.vertices) and back.vertices.dtype == np.float32
    assert np.array_equal(back.faces, surface.faces) and back.faces.dtype == np.int32


def test_trimesh_reads_the_same(file):
    mesh = trimesh.load(file, force="mesh", process=False)
    assert np.array_equal(mesh.faces, TETRAHEDRON.faces)
    np.testing.assert_array_equal(np.asarray(mesh.vertices, np.float32), TETRAHEDRON.vertices)


def test_chunks_are_aligned_as_the_format_asks(file):
    data = file.read_bytes()
    json_length = struct.unpack_from("<I", data, 12)[0]
    assert len(data) % 4 == 0 and json_length % 4 == 0


def test_nothing_else_is_left_in_the_folder(file):
    write_interim(file, TETRAHEDRON)
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize("kept", [0, 4, 19, 20, 100, -30, -1])
def test_a_part_of_a_file_is_damaged(file, kept):
    file.write_bytes(file.read_bytes()[:kept])
    with pytest.raises(UserError, match=r"interim-0\.glb cannot be read"):
        read_interim(file)


@pytest.mark.parametrize(
    "old, new",
    [
        (b"glTF", b"GLTF"),
        (b'"accessors"', b'"Accessors"'),
        (b'"count":4,', b'"count":9,'),
        (b'"count":12', b'"count":13'),
        (b"5126", b"5123"),
        (b'"accessors":[{', b'"accessors":3,['),
        (np.array([2, 1], "<u4").tobytes(), np.array([2, 99], "<u4").tobytes()),
        (TETRAHEDRON.vertices[3].tobytes(), np.full(3, np.nan, "<f4").tobytes()),
    ],
)
def test_other_damage_is_told_too(file, old, new):
    data = file.read_bytes()
    assert old in data
    file.write_bytes(data.replace(old, new, 1))
    with pytest.raises(UserError, match="Wait for the next one"):
        read_interim(file)


def test_a_missing_file_is_a_user_error(tmp_path):
    with pytest.raises(UserError, match="cannot be read"):
        read_interim(tmp_path / "gone.glb")
