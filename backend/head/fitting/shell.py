"""A smooth scalar on part of a triangle mesh: least squares of what is known, and bending elsewhere.

    minimize  sum_k w_k (b_k . t - y_k)^2 + sum_v h_v a_v (t_v - p_v)^2
              + tension * integral |grad t|^2 + (length * Laplace t)^2 dA

Glossary: t thickness at the vertices, b_k weights of a point's three corners, a_v a vertex' share of the area, p a
prior value and h how hard it holds; bends shorter than `length` are evened out. Discretized with the cotangent
Laplacian and lumped areas (Pinkall and Polthier 1993; Jacobson et al. 2010, "Mixed Finite Elements for Variational
Surface Modeling").
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, diags
from scipy.sparse.linalg import splu

_LEAST_COT, _MOST_COT = 0.05, 5.0  # slivers would otherwise pull neighbors the wrong way, or too hard


@dataclass(frozen=True)
class Points:
    """Points of the surface where a value is known: corners (M, 3), weights (M, 3), value (M,), weight (M,)."""

    corners: np.ndarray
    weights: np.ndarray
    value: np.ndarray
    weight: np.ndarray

    @staticmethod
    def joined(parts: list["Points"]) -> "Points":
        """All parts as one."""
        parts = [Points(np.zeros((0, 3), int), np.zeros((0, 3)), np.zeros(0), np.zeros(0)), *parts]
        names = ("corners", "weights", "value", "weight")
        return Points(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))

    def at(self, values: np.ndarray) -> np.ndarray:
        """values (V, ...) at the points (M, ...)."""
        return np.einsum("mk,mk...->m...", self.weights, values[self.corners])


class Shell:
    """The mesh as a thin plate; vertices (V, 3) metres, faces (F, 3)."""

    def __init__(self, vertices: np.ndarray, faces: np.ndarray):
        count = len(vertices)
        self.stiff, self.area = csr_matrix((count, count)), np.zeros(count)
        corners = vertices[faces]
        double = np.linalg.norm(np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
        double = np.maximum(double, 1e-12)
        for k in range(3):
            first, second = faces[:, (k + 1) % 3], faces[:, (k + 2) % 3]
            along = ((vertices[first] - corners[:, k]) * (vertices[second] - corners[:, k])).sum(1)
            half = 0.5 * np.clip(along / double, _LEAST_COT, _MOST_COT)
            entries = np.r_[-half, -half, half, half]
            rows, columns = np.r_[first, second, first, second], np.r_[second, first, first, second]
            self.stiff += csr_matrix((entries, (rows, columns)), (count, count))
            self.area += np.bincount(faces[:, k], double / 6, count)
        self.area = np.maximum(self.area, 1e-12)

    def smooth(self, values: np.ndarray, reach: float) -> np.ndarray:
        """values (V, C) after one implicit step of heat flow that reaches `reach` metres."""
        mass = diags(self.area)
        return splu((mass + reach**2 * self.stiff).tocsc()).solve(self.area[:, None] * values)

    def settle(self, values: np.ndarray, weight: np.ndarray, prior: np.ndarray, reach: float) -> np.ndarray:
        """(V,) that follows values (V,) by their weight (V,), and falls to the prior (V,) within `reach` metres."""
        hold = self.area * (weight + 1)
        right = self.area * (weight * values + prior)
        return splu((diags(hold) + reach**2 * self.stiff).tocsc()).solve(right)

    def bend(
        self, free: np.ndarray, known: Points, prior: np.ndarray, hold: np.ndarray, tension: float, length: float
    ) -> np.ndarray:
        """(V,) as the module's formula has it, on the vertices that are free (V,) bool; 0 on all others.

        hold (V,) in 1 / metres^2, weights of the known points and tension without unit, length in metres.
        """
        inside = np.flatnonzero(free)
        rows = np.repeat(np.arange(len(known.value)), 3)
        picks = csr_matrix((known.weights.ravel(), (rows, known.corners.ravel())), (len(known.value), len(free)))
        picks = picks[:, inside]
        plate = self.stiff[:, inside]
        system = tension * (self.stiff[inside][:, inside] + length**2 * plate.T @ diags(1 / self.area) @ plate)
        system = system + picks.T @ diags(known.weight) @ picks + diags((hold * self.area)[inside])
        right = picks.T @ (known.weight * known.value) + (hold * self.area * prior)[inside]
        result = np.zeros(len(free))
        result[inside] = splu(system.tocsc()).solve(right)
        return result
