"""The pixels along the edge of what is drawn, as dense on one side of it as on any other."""

import numpy as np
from scipy import ndimage


def edge_of(covered: np.ndarray, every: int, blur: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows (E,) and columns (E,) of pixels along the edge of `covered` (H, W) bool, and its unit normals (E, 2) x, y
    there, inward.

    every: pixels from one to the next, across which the edge is steep or along which it is flat; neighbors say the
    same. Counted in the order of reading instead, every second pixel would be one side of a head: where both are
    steep, a row has one pixel of each.
    blur: pixels over which normals are evened out.
    """
    rows, columns = np.nonzero(covered & ~ndimage.binary_erosion(covered, border_value=1))
    depth = ndimage.distance_transform_edt(covered) - ndimage.distance_transform_edt(~covered)
    inward = np.stack(np.gradient(ndimage.gaussian_filter(depth, blur))[::-1], -1)[rows, columns]
    inward /= np.maximum(np.linalg.norm(inward, axis=1, keepdims=True), 1e-9)
    steep = np.abs(inward[:, 0]) > np.abs(inward[:, 1])
    kept = np.where(steep, rows, columns) % every == 0
    return rows[kept], columns[kept], inward[kept]
