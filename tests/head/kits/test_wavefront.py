"""OBJ files as head models' authors write them."""

import numpy as np
import pytest

from backend.head.kits.wavefront import read_polygons, read_texture_coordinates, read_vertices

CUBE_SIDE = b"""# made by hand
mtllib side.mtl
v 0 0 0
v 1.5 0 0
v 1 1e-1 0
v 0 1 -2
vt 0 0
vt 1 0
vt 1 1
vn 0 0 1
usemtl Skin
f 1/1/1 2/2/1 3/3/1 4/1/1
usemtl Eye
f 1/1 2/2 3/3
"""


def test_what_is_in_the_file_is_read():
    np.testing.assert_array_equal(
        read_vertices(CUBE_SIDE), np.float32([(0, 0, 0), (1.5, 0, 0), (1, 0.1, 0), (0, 1, -2)])
    )
    np.testing.assert_array_equal(read_texture_coordinates(CUBE_SIDE), [(0, 0), (1, 0), (1, 1)])
    corners, texture_corners, materials = read_polygons(CUBE_SIDE)
    assert corners.tolist() == [[0, 1, 2, 3], [0, 1, 2, -1]]
    assert texture_corners.tolist() == [[0, 1, 2, 0], [0, 1, 2, -1]]
    assert materials == ("Skin", "Eye")


def test_line_ends_of_windows_make_no_difference():
    np.testing.assert_array_equal(read_vertices(CUBE_SIDE.replace(b"\n", b"\r\n")), read_vertices(CUBE_SIDE))


@pytest.mark.parametrize("content", [b"", b"hello", b"\nv 1 2\n", b"\nv 1 2 x\n", b"\nv 1 2 nan\n"])
def test_what_is_no_mesh_is_an_error(content):
    with pytest.raises(ValueError):
        read_vertices(content)


def test_polygons_of_five_corners_are_an_error():
    with pytest.raises(ValueError, match="5 corners"):
        read_polygons(b"f 1/1 2/2 3/3 4/4 5/5\n")
