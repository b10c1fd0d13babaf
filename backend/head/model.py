"""A head model: a mean head, directions in which people differ, and expressions, all linear.

    head(a, b) = vertices + sum_k a_k identity_k + sum_e b_e expression_e      (Blanz and Vetter 1999, eq. 1)

Frame: metres, +Z up, the head looks to -Y, +X is its left, the origin lies between the ears (on the middle line,
at the height of the ear canals).
"""

from dataclasses import dataclass

import numpy as np

from ..scene.polygons import halves


@dataclass(frozen=True)
class LandmarkTable:
    """Where a detector of landmarks sees its points on a model.

    corners  (478, 3) int32 vertices, weights (478, 3) float32 that sum to 1
    spread   (478,) float32 metres: how repeatably it sees them there; inf where a point is not to be used
    """

    corners: np.ndarray
    weights: np.ndarray
    spread: np.ndarray


@dataclass(frozen=True)
class HeadModel:
    """See the module's text for the formula and the frame."""

    name: str
    license: str
    vertices: np.ndarray  # (V, 3) float32: the mean head
    polygons: np.ndarray  # (P, 4) int32, counter-clockwise outside; -1 in the last place of a triangle
    uvs: np.ndarray  # (U, 2) float32 in [0, 1], v upwards, one tile, nothing overlapping
    uv_polygons: np.ndarray  # (P, 4) int32 into uvs
    region: np.ndarray  # (V,) uint8, index into scene.head.REGIONS
    mirror: np.ndarray  # (V,) int32: the vertex on the other side; itself on the middle line
    identity: np.ndarray  # (K, V, 3) float32, metres for one standard deviation; a_k ~ N(0, 1) among people
    identity_names: tuple[str, ...]
    expressions: np.ndarray  # (E, V, 3) float32, metres at coefficient 1; 0 <= b_e <= 1
    expression_names: tuple[str, ...]  # as ARKit spells them; a name of the model's own where ARKit has none
    landmarks: LandmarkTable
    slack: float = 0.0  # metres, one standard deviation: how far people's heads lie from all that identity reaches

    def shape(self, identity: np.ndarray, expression: np.ndarray) -> np.ndarray:
        """identity (K,), expression (E,) -> vertices (V, 3) float32."""
        moved = np.tensordot(identity, self.identity, 1) + np.tensordot(expression, self.expressions, 1)
        return (self.vertices + moved).astype(np.float32)

    def triangles(self, polygons: np.ndarray) -> np.ndarray:
        """Rows of `polygons` or `uv_polygons` (P, 4) -> (F, 3) int32, quads split along one diagonal, order kept."""
        return halves(polygons, self.polygons[:, 3] >= 0)
