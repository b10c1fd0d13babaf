"""Triangle surfaces and their maps."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Surface:
    """A triangle mesh: vertices (V, 3) float32 in the stage's frame, faces (F, 3) int32, counter-clockwise outside."""

    vertices: np.ndarray
    faces: np.ndarray

    def to_world(self, center: np.ndarray, scale: float) -> "Surface":
        """Undo Capture.normalized: p becomes p * scale + center."""
        return replace(self, vertices=(self.vertices * scale + center).astype(np.float32))

    def vertex_normals(self) -> np.ndarray:
        """Area-weighted unit normals (V, 3)."""
        corners = self.vertices[self.faces]
        face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        normals = np.zeros_like(self.vertices)
        for corner in range(3):
            for axis in range(3):
                weights = face_normals[:, axis]
                normals[:, axis] += np.bincount(self.faces[:, corner], weights, len(normals)).astype(np.float32)
        return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-20)


@dataclass(frozen=True)
class UvAtlas:
    """Texture coordinates in [0, 1], origin at the lower left as in Blender and OpenGL (v upwards).

    uvs    (U, 2) float32
    faces  (F, 3) int32 into uvs, one row for each row of the surface's faces
    """

    uvs: np.ndarray
    faces: np.ndarray


@dataclass(frozen=True)
class Maps:
    """Square textures (T, T, C) float32 in [0, 1], row 0 at the top (v = 1)."""

    photo: np.ndarray  # (T, T, 3) sRGB, as the photos show the surface
    albedo: np.ndarray  # (T, T, 3) sRGB, with the light taken out
    normal: np.ndarray  # (T, T, 3) tangent space, OpenGL (+Y up)
    confidence: np.ndarray  # (T, T, 1): 1 = well seen, on a head 0.5 = mirrored, 0 = invented


@dataclass(frozen=True)
class TexturedSurface:
    """A surface with texture coordinates and maps."""

    surface: Surface
    atlas: UvAtlas
    maps: Maps
