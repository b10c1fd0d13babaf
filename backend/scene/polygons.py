"""Meshes of quads and triangles: rows (P, 4) int32, counter-clockwise outside, -1 in the last place of a triangle."""

import numpy as np


def halves(rows: np.ndarray, quads: np.ndarray) -> np.ndarray:
    """rows (P, 4) with one number for each corner, quads (P,) bool -> triangles (F, 3), quads split along one diagonal.

    The order is kept: both halves of a quad follow one another, and begin at the same corner.
    """
    both = np.stack([rows[:, [0, 1, 2]], rows[:, [0, 2, 3]]], 1)
    return np.ascontiguousarray(both[np.stack([np.ones_like(quads), quads], 1)])


def first_halves(polygons: np.ndarray) -> np.ndarray:
    """(F,) bool: which of the triangles that `halves` makes of polygons (P, 4) are quads together with the next one."""
    quads = polygons[:, 3] >= 0
    return np.stack([quads, np.zeros_like(quads)], 1)[np.stack([np.ones_like(quads), quads], 1)]
