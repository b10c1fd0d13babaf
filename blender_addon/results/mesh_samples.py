"""Points spread evenly over the texture of a mesh: their colors, and where on the mesh they lie."""

from dataclasses import dataclass

import bpy
import numpy as np

from ..link import UserError
from ..skin.color import linear_of_srgb

COUNT = 60_000


@dataclass(frozen=True)
class Samples:
    """N points on triangles.

    uvs (N, 2); corners (N, 3) int vertices of the point's triangle; weights (N, 3) barycentric
    """

    uvs: np.ndarray
    corners: np.ndarray
    weights: np.ndarray

    def of_vertices(self, values: np.ndarray) -> np.ndarray:
        """Values at the vertices (V,) or (V, C), interpolated at the points: (N,) or (N, C)."""
        return np.einsum("nk,nk...->n...", self.weights, values[self.corners])


def sample(built: bpy.types.Object, material: bpy.types.Material, image: bpy.types.Image) -> Samples:
    """COUNT points where the object wears the image by this material, as many for each texel.

    UserError where it has no texture coordinates there. Of an image in tiles the first one counts.
    """
    mesh = built.data
    uvs = _corner_uvs(built)
    mesh.calc_loop_triangles()
    slots = [number for number, slot in enumerate(built.material_slots) if slot.material == material]
    worn = np.isin(_read(mesh.loop_triangles, "material_index", 1).ravel(), slots or [0])
    triangles = uvs[_read(mesh.loop_triangles, "loops", 3)[worn]]
    corners = _read(mesh.loop_triangles, "vertices", 3)[worn]
    first, second = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    area = np.abs(first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]).astype(float)
    if image.source == "TILED":
        area[(np.floor(triangles.mean(1)) != 0).any(1)] = 0
    if not area.sum() > 0:
        raise UserError(f"{built.name} shows nothing of {image.name}. Unwrap it, or choose another material.")
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(area), COUNT, p=area / area.sum())
    weights = rng.dirichlet((1.0, 1.0, 1.0), COUNT)  # uniform on a triangle
    return Samples(np.einsum("nk,nkc->nc", weights, triangles[chosen]), corners[chosen], weights)


def look_up(image: bpy.types.Image, uvs: np.ndarray) -> np.ndarray:
    """(N, 3) linear color of the texels at uvs (N, 2), v upwards, the image repeated without end."""
    width, height = image.size
    if width == 0 or height == 0:
        raise UserError(f"The image {image.name} cannot be read. Find its file (File > External Data), or pack it.")
    pixels = np.empty(width * height * image.channels, np.float32)
    image.pixels.foreach_get(pixels)
    column, row = (np.floor(uvs[:, axis] % 1.0 * size).astype(int) for axis, size in ((0, width), (1, height)))
    texels = pixels.reshape(height, width, -1)[np.minimum(row, height - 1), np.minimum(column, width - 1)]
    texels = texels[:, :3] if image.channels >= 3 else np.repeat(texels[:, :1], 3, 1)
    encoded = not image.is_float and image.colorspace_settings.name == "sRGB"  # float images are linear already
    return linear_of_srgb(texels) if encoded else texels


def vertex_uvs(built: bpy.types.Object) -> np.ndarray:
    """(V, 2) texture coordinates; at a seam one of them."""
    uvs = np.zeros((len(built.data.vertices), 2), np.float32)
    uvs[_read(built.data.loops, "vertex_index", 1).ravel()] = _corner_uvs(built)
    return uvs


def vertex_array(mesh: bpy.types.Mesh, attribute: str) -> np.ndarray:
    """(V, 3) of `co` or `normal` of the vertices, object frame."""
    return _read(mesh.vertices, attribute, 3)


def group_weights(built: bpy.types.Object, name: str) -> np.ndarray | None:
    """(V,) float32 of a vertex group that the artist has painted; None where there is none of that name."""
    group = built.vertex_groups.get(name)
    if group is None:
        return None
    weights = np.zeros(len(built.data.vertices), np.float32)
    for vertex in built.data.vertices:
        for entry in vertex.groups:
            if entry.group == group.index:
                weights[vertex.index] = entry.weight
    return weights


def _corner_uvs(built: bpy.types.Object) -> np.ndarray:
    """(corners of the faces, 2) of the layer that renders."""
    layer = next((layer for layer in built.data.uv_layers if layer.active_render), None)
    if layer is None:
        raise UserError(f"{built.name} has no texture coordinates. Unwrap it, or give its material a plain color.")
    uvs = np.empty(len(built.data.loops) * 2, np.float32)
    layer.uv.foreach_get("vector", uvs)
    return uvs.reshape(-1, 2)


def _read(entries, attribute: str, columns: int) -> np.ndarray:
    kind = np.float32 if attribute in ("co", "normal") else np.int32
    values = np.empty(len(entries) * columns, kind)
    entries.foreach_get(attribute, values)
    return values.reshape(-1, columns)
