"""Tangent-space normals (OpenGL, +Y up) of a finer surface, seen from the surface that carries the map.

Tangents follow the convention that renderers share (Mikkelsen 2008, "Simulation of Wrinkled Surfaces
Revisited"): per corner from the uvs, averaged by angle over the faces that share both vertex and uv,
perpendicular to the smooth normal, interpolated without normalizing; the bitangent is sign * (n x t).
"""

import numpy as np
import warp as wp

from ..scene import Surface, UvAtlas
from .row_launch import RowLauncher
from .texel_geometry import Skin, Texels, on_face, texel_barycentric, texel_uv

wp.set_module_options({"enable_backward": False})

_REACH = 0.03  # unit lengths: detail farther away than this belongs to something else
_LEAST_AGREEMENT = 0.2  # cosine between the two surfaces' normals below which it is another sheet


def tangents_of(surface: Surface, atlas: UvAtlas) -> np.ndarray:
    """-> (U, 4) unit tangents and, last, the sign of the bitangent, one for each uv."""
    points, uvs = surface.vertices[surface.faces].astype(np.float64), atlas.uvs[atlas.faces].astype(np.float64)
    edge1, edge2 = points[:, 1] - points[:, 0], points[:, 2] - points[:, 0]
    uv1, uv2 = uvs[:, 1] - uvs[:, 0], uvs[:, 2] - uvs[:, 0]
    area = uv1[:, 0] * uv2[:, 1] - uv1[:, 1] * uv2[:, 0]
    sign = np.where(area < 0, -1.0, 1.0)
    tangent = (edge1 * uv2[:, 1:] - edge2 * uv1[:, 1:]) * sign[:, None]
    tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-20)
    count = len(atlas.uvs)
    total, signs = np.zeros((count, 3)), np.zeros(count)
    for corner in range(3):
        a = points[:, (corner + 1) % 3] - points[:, corner]
        b = points[:, (corner + 2) % 3] - points[:, corner]
        angle = np.arctan2(np.linalg.norm(np.cross(a, b), axis=1), (a * b).sum(1))
        at = atlas.faces[:, corner]
        for axis in range(3):
            total[:, axis] += np.bincount(at, angle * tangent[:, axis], count)
        signs += np.bincount(at, angle * sign, count)
    owner = np.zeros(count, np.int64)
    owner[atlas.faces.ravel()] = surface.faces.ravel()
    normals = surface.vertex_normals()[owner].astype(np.float64)
    total -= normals * (total * normals).sum(1, keepdims=True)
    total /= np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-20)
    return np.hstack([total, np.where(signs < 0, -1.0, 1.0)[:, None]]).astype(np.float32)


@wp.kernel
def normal_kernel(
    first_row: int,
    skin: Skin,
    owner: wp.array2d(dtype=wp.int32),
    tangents: wp.array(dtype=wp.vec4),
    mesh: wp.uint64,
    detail_faces: wp.array2d(dtype=wp.int32),
    detail_normals: wp.array(dtype=wp.vec3),
    out: wp.array2d(dtype=wp.vec3),
):
    band_row, column = wp.tid()
    row = band_row + first_row
    neutral = wp.vec3(0.5, 0.5, 1.0)
    out[row, column] = neutral
    face = owner[row, column]
    if face < 0:
        return
    uv = texel_uv(row, column, owner.shape[0])
    weights = texel_barycentric(skin, face, uv[0], uv[1])
    point = on_face(skin.vertices, skin.faces, face, weights)
    normal = on_face(skin.normals, skin.faces, face, weights)
    query = wp.mesh_query_point_no_sign(mesh, point, _REACH)
    if not query.result:
        return
    found = wp.vec3(query.u, query.v, 1.0 - query.u - query.v)
    fine = wp.normalize(on_face(detail_normals, detail_faces, query.face, found))
    if wp.dot(fine, wp.normalize(normal)) < _LEAST_AGREEMENT:
        return
    t0, t1 = tangents[skin.uv_faces[face, 0]], tangents[skin.uv_faces[face, 1]]
    t2 = tangents[skin.uv_faces[face, 2]]
    mixed = t0 * weights[0] + t1 * weights[1] + t2 * weights[2]
    tangent = wp.vec3(mixed[0], mixed[1], mixed[2])
    bitangent = wp.cross(normal, tangent) * t0[3]
    # The renderer forms x t + y b + z n: solve for x, y, z exactly.
    volume = wp.dot(wp.cross(tangent, bitangent), normal)
    if wp.abs(volume) < 1.0e-6:
        return
    local = wp.vec3(
        wp.dot(wp.cross(bitangent, normal), fine),
        wp.dot(wp.cross(normal, tangent), fine),
        wp.dot(wp.cross(tangent, bitangent), fine),
    )
    local = wp.normalize(local / volume)
    out[row, column] = local * 0.5 + wp.vec3(0.5, 0.5, 0.5)


def bake_normals(
    surface: Surface, detail: Surface | None, atlas: UvAtlas, texels: Texels, launcher: RowLauncher
) -> np.ndarray:
    """-> (T, T, 3) float32 in [0, 1]; (0.5, 0.5, 1) everywhere when there is no detail."""
    if detail is None or len(detail.faces) == 0:
        return np.broadcast_to(np.array([0.5, 0.5, 1.0], np.float32), (texels.size, texels.size, 3)).copy()
    points = launcher.upload(detail.vertices.astype(np.float32), wp.vec3)
    mesh = wp.Mesh(points=points, indices=launcher.upload(detail.faces.astype(np.int32).ravel(), wp.int32))
    out = wp.empty((texels.size, texels.size), dtype=wp.vec3, device=launcher.device)
    inputs = [texels.skin, texels.owner, launcher.upload(tangents_of(surface, atlas), wp.vec4), mesh.id]
    inputs += [launcher.upload(detail.faces.astype(np.int32), wp.int32)]
    inputs += [launcher.upload(detail.vertex_normals().astype(np.float32), wp.vec3), out]
    launcher.rows(normal_kernel, texels.size, texels.size, inputs)
    return out.numpy()
