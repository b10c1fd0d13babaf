"""The PLY file of Gaussians: our own round trip, another program's reader, and damaged files."""

import numpy as np
import pytest
import trimesh

from backend.asset.splats import read_splats, write_splats
from backend.errors import UserError
from backend.scene import Splats


def some(count: int = 7, harmonics: int = 16) -> Splats:
    rng = np.random.default_rng(5)
    shapes = ((count, 3), (count, 3), (count, 4), (count,), (count, harmonics, 3))
    return Splats(*(rng.normal(size=shape).astype(np.float32) for shape in shapes))


@pytest.mark.parametrize("harmonics", [1, 4, 9, 16])
def test_what_is_written_is_read_again(tmp_path, harmonics):
    splats = some(harmonics=harmonics)
    write_splats(tmp_path / "a.ply", splats)
    again = read_splats(tmp_path / "a.ply")
    unit = splats.rotations / np.linalg.norm(splats.rotations, axis=1, keepdims=True)
    np.testing.assert_allclose(again.rotations, unit, atol=1e-6)
    for name in ("means", "log_scales", "opacities", "sh"):
        np.testing.assert_array_equal(getattr(again, name), getattr(splats, name))


def test_another_reader_finds_the_reference_columns(tmp_path):
    splats = some()
    write_splats(tmp_path / "a.ply", splats)
    cloud = trimesh.load(tmp_path / "a.ply")
    np.testing.assert_array_equal(cloud.vertices.astype(np.float32), splats.means)
    data = cloud.metadata["_ply_raw"]["vertex"]["data"]
    rest = [f"f_rest_{k}" for k in range(45)]
    expected = "x y z nx ny nz f_dc_0 f_dc_1 f_dc_2".split() + rest
    expected += "opacity scale_0 scale_1 scale_2 rot_0 rot_1 rot_2 rot_3".split()
    assert list(data.dtype.names) == expected
    assert all(data.dtype[name] == np.float32 for name in expected)
    for k in range(45):  # all of a channel's harmonics, then the next channel's
        np.testing.assert_array_equal(data[f"f_rest_{k}"].ravel(), splats.sh[:, 1 + k % 15, k // 15])
    for k in range(3):
        np.testing.assert_array_equal(data[f"f_dc_{k}"].ravel(), splats.sh[:, 0, k])
        np.testing.assert_array_equal(data[f"scale_{k}"].ravel(), splats.log_scales[:, k])
    np.testing.assert_array_equal(data["opacity"].ravel(), splats.opacities)
    length = sum(data[f"rot_{k}"].ravel() ** 2 for k in range(4))
    np.testing.assert_allclose(length, 1, atol=1e-6)


def test_a_quaternion_of_zero_becomes_no_rotation(tmp_path):
    splats = some()
    splats.rotations[2] = 0
    write_splats(tmp_path / "a.ply", splats)
    np.testing.assert_array_equal(read_splats(tmp_path / "a.ply").rotations[2], [1, 0, 0, 0])


def test_other_orders_types_and_elements_are_read(tmp_path):
    write_splats(tmp_path / "a.ply", some(harmonics=1))
    expected = read_splats(tmp_path / "a.ply")
    names = "rot_0 rot_1 rot_2 rot_3 opacity extra x y z f_dc_2 f_dc_1 f_dc_0 scale_0 scale_1 scale_2".split()
    rows = np.zeros(len(expected), [(name, "<f8" if name == "x" else "<f4") for name in names])
    rows["x"], rows["f_dc_2"], rows["rot_3"] = expected.means[:, 0], expected.sh[:, 0, 2], expected.rotations[:, 3]
    kinds = ["double" if name == "x" else "float" for name in names]
    header = ["ply", "format binary_little_endian 1.0", "comment by hand", f"element vertex {len(rows)}"]
    header += [f"property {kind} {name}" for kind, name in zip(kinds, names, strict=True)]
    header += ["element face 1", "property list uchar int vertex_indices", "end_header", ""]
    (tmp_path / "b.ply").write_bytes("\n".join(header).encode() + rows.tobytes() + b"\3" + bytes(12))
    again = read_splats(tmp_path / "b.ply")
    np.testing.assert_array_equal(again.means[:, 0], expected.means[:, 0])
    np.testing.assert_array_equal(again.sh[:, 0, 2], expected.sh[:, 0, 2])
    np.testing.assert_array_equal(again.rotations[:, 3], expected.rotations[:, 3])


def _cut(data: bytes) -> bytes:
    return data[:-5]


def _headless(data: bytes) -> bytes:
    return data[10:]


def _without_opacity(data: bytes) -> bytes:
    return data.replace(b" opacity", b" density")


def _text(data: bytes) -> bytes:
    return data.replace(b"binary_little_endian", b"ascii")


def _wrong_harmonics(data: bytes) -> bytes:
    return data.replace(b" f_rest_3\n", b" g_rest_3\n")


@pytest.mark.parametrize("damage", [_cut, _headless, _without_opacity, _text, _wrong_harmonics, lambda data: b""])
def test_damaged_files_are_the_users_to_replace(tmp_path, damage):
    write_splats(tmp_path / "a.ply", some())
    (tmp_path / "a.ply").write_bytes(damage((tmp_path / "a.ply").read_bytes()))
    with pytest.raises(UserError, match="not a file of Gaussians"):
        read_splats(tmp_path / "a.ply")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"b\.ply cannot be read"):
        read_splats(tmp_path / "b.ply")
