"""A head model of a few vertices, and a GNM file of the published form."""

from pathlib import Path

import numpy as np

from backend.head.model import HeadModel, LandmarkTable
from backend.scene.face import LANDMARKS
from backend.scene.head import REGIONS


def tiny_model(seed: int = 0, vertices: int = 60) -> HeadModel:
    """Random arrays that fit together: quads and triangles, 3 identities, 2 expressions."""
    rng = np.random.default_rng(seed)
    polygons = rng.integers(0, vertices, (30, 4)).astype(np.int32)
    polygons[::5, 3] = -1
    weights = rng.dirichlet([1, 1, 1], LANDMARKS).astype(np.float32)
    spread = rng.uniform(0.001, 0.003, LANDMARKS).astype(np.float32)
    spread[:7] = np.inf
    mirror = np.arange(vertices, dtype=np.int32)
    mirror[: vertices // 2], mirror[vertices // 2 :] = mirror[vertices // 2 :].copy(), mirror[: vertices // 2].copy()
    return HeadModel(
        name="tiny", license="none", vertices=rng.normal(0, 0.1, (vertices, 3)).astype(np.float32),
        polygons=polygons, uvs=rng.uniform(0, 1, (vertices, 2)).astype(np.float32), uv_polygons=polygons.copy(),
        region=rng.integers(0, len(REGIONS), vertices).astype(np.uint8), mirror=mirror,
        identity=rng.normal(0, 0.004, (3, vertices, 3)).astype(np.float32), identity_names=("wide", "tall", "deep"),
        expressions=rng.normal(0, 0.02, (2, vertices, 3)).astype(np.float32), expression_names=("jawOpen", "own"),
        landmarks=LandmarkTable(rng.integers(0, vertices, (LANDMARKS, 3)).astype(np.int32), weights, spread),
        slack=0.002,
    )  # fmt: skip


def write_gnm(path: Path, **other: np.ndarray) -> dict[str, np.ndarray]:
    """A GNM file of nine points, +Y up and the face to +Z: skin, ears and eyes. Returns its arrays."""
    points = np.array([
        (0.07, 0, 0), (-0.07, 0, 0), (0.03, 0.03, 0.08), (-0.03, 0.03, 0.08),  # ears, eyes
        (0, 0.03, 0.1), (0, -0.08, 0.08), (0.02, -0.02, 0.1), (-0.02, -0.02, 0.1), (0, 0.12, 0),
    ])  # fmt: skip
    names = ["skin", "ears", "eyes", "left"]
    groups = np.zeros((4, 9))
    groups[0, [0, 1, 4, 5, 6, 7, 8]] = groups[1, [0, 1]] = groups[2, [2, 3]] = groups[3, [0, 2, 6]] = 1
    square = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], float)
    rng = np.random.default_rng(3)
    arrays = {
        "version": np.array("3.0"), "variant": np.array("head"), "template_vertex_positions": points,
        "vertex_identity_basis": rng.normal(0, 0.002, (2, 9, 3)), "identity_names": np.array(["head_000", "head_001"]),
        "expression_basis": rng.normal(0, 0.002, (1, 9, 3)), "expression_names": np.array(["tongue_000"]),
        "quads": np.array([(4, 7, 5, 6), (8, 0, 4, 1), (2, 3, 3, 2)]),
        "quad_uvs": np.stack([square, square + 1, square]),
        "mirror_indices": np.array([1, 0, 3, 2, 4, 5, 7, 6, 8]), "mesh_component_names": np.array(["skin", "eyes"]),
        "vertex_groups": groups, "vertex_group_names": np.array(names),
    }  # fmt: skip
    np.savez_compressed(path, **{**arrays, **other})
    return arrays
