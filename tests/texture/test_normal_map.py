import numpy as np
import pytest

from backend.scene import Surface, UvAtlas
from backend.texture.normal_map import bake_normals, tangents_of
from backend.texture.texel_geometry import find_texels, skin_of
from tests.texture.subjects import LAUNCHER, SIZE, ellipsoid, ellipsoid_atlas, quad


def baked(surface, detail, atlas, size=64):
    texels = find_texels(skin_of(surface, atlas, LAUNCHER), size, LAUNCHER)
    return bake_normals(surface, detail, atlas, texels, LAUNCHER)


def tilted(slope_x: float, slope_y: float) -> Surface:
    surface, _ = quad()
    vertices = surface.vertices.copy()
    vertices[:, 2] = 0.02 * (slope_x * vertices[:, 0] + slope_y * vertices[:, 1])
    return Surface(vertices, surface.faces)


def test_without_detail_the_map_is_neutral():
    surface, atlas = quad()
    result = baked(surface, None, atlas)
    np.testing.assert_array_equal(result, np.broadcast_to(np.float32([0.5, 0.5, 1.0]), result.shape))


def test_a_surface_is_flat_upon_itself():
    result = baked(ellipsoid(), ellipsoid(), ellipsoid_atlas(), SIZE)
    np.testing.assert_allclose(result, np.broadcast_to([0.5, 0.5, 1.0], result.shape), atol=0.02)


@pytest.mark.parametrize("turns", range(4))  # quarter turns of the uvs
@pytest.mark.parametrize("mirrored", [False, True])
def test_normals_lean_as_the_detail_does(turns, mirrored):
    """A renderer that forms x t + y b + z n must find the detail's normal, however the uvs lie."""
    surface, atlas = quad()
    uvs = atlas.uvs - 0.5
    for _ in range(turns):
        uvs = np.stack([-uvs[:, 1], uvs[:, 0]], 1)
    if mirrored:
        uvs = uvs * [-1, 1]
    atlas = UvAtlas((uvs + 0.5).astype(np.float32), atlas.faces)
    detail = tilted(10.0, 5.0)
    middle = baked(surface, detail, atlas)[32, 32] * 2 - 1
    tangent = tangents_of(surface, atlas)[0]
    normal = np.array([0.0, 0.0, 1.0])
    drawn = middle[0] * tangent[:3] + middle[1] * tangent[3] * np.cross(normal, tangent[:3]) + middle[2] * normal
    np.testing.assert_allclose(drawn, detail.vertex_normals()[0], atol=1e-3)


def test_green_points_along_v_upwards():
    surface, atlas = quad()
    middle = baked(surface, tilted(0.0, -10.0), atlas)[32, 32]  # falls towards +V: leans to +V
    assert middle[1] > 0.55 and abs(middle[0] - 0.5) < 0.01


def test_detail_out_of_reach_is_ignored():
    surface, atlas = quad()
    far = Surface(tilted(10.0, 0.0).vertices + np.float32([0, 0, 0.5]), surface.faces)
    np.testing.assert_array_equal(baked(surface, far, atlas)[32, 32], np.float32([0.5, 0.5, 1.0]))
