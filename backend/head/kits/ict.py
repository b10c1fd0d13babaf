"""ICT-FaceKit light as a head model (USC Institute for Creative Technologies, MIT; Li et al. 2020, arXiv 2004.03458).

The kit is a folder FaceXModel of OBJ files: a neutral mean, 100 identities and 53 expressions, all of one topology, in
centimetres, +Y up, the face towards +Z. What an identity adds to the mean is its principal component times its
standard deviation among the scanned people (the fields' root mean square falls from 3.9 mm to 0.09 mm), so that
coefficients are N(0, 1) as they are. The part list is in the kit's README: what follows the eyeballs (tear fluid, eye
blend and occlusion, lashes) is dropped, and the vertices that stay keep their numbers.
"""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...scene.head import EYEBALL, MOUTH, SOCKET, TEETH
from ..model import HeadModel, LandmarkTable
from ..storage import read_table
from .ict_regions import skin_regions
from .ict_tongue import tongue_out
from .kit_archive import kit_files
from .symmetry import mirror_pairs
from .wavefront import read_polygons, read_texture_coordinates, read_vertices

LICENSE = "MIT, Copyright (c) 2020 USC Institute for Creative Technologies"
FOLDER = "FaceXModel"
NEUTRAL = "generic_neutral_mesh"
KIT_VERTICES, KIT_POLYGONS = 26719, 26384
VERTICES, POLYGONS = 24591, 24692  # those that are kept
IDENTITIES, EXPRESSIONS = 100, 53
_LANDMARKS = Path(__file__).parents[1] / "data" / "ict_landmarks.npz"
METRE = 0.01  # a kit unit: its eyes are then 61.9 mm apart
ORIGIN = np.array([0.0, 0.6, 0.9])  # kit units: the middle between the ear canals, read off a drawing of the mean
# The first vertex after each part: face, head and neck, mouth, sockets, gums and tongue, teeth, eyeballs.
SKIN_END, MOUTH_END, SOCKETS_END, TONGUE_END, TEETH_END = 11248, 13294, 14062, 17039, 21451
# Each material fills a tile of its own; where its square goes: left, bottom, side. Together they tile the unit square.
# Within a tile nothing overlaps, but for the rims of the pupils, which the kit folds back (0.04 % of the texture each).
TILES = {
    "M_Face": (0.0, 0.4, 0.6),
    "M_BackHead": (0.6, 0.6, 0.4),
    "M_ScleraRight": (0.6, 0.4, 0.2),
    "M_ScleraLeft": (0.8, 0.4, 0.2),
    "M_GumsTongue": (0.0, 0.0, 0.4),
    "M_Teeth": (0.4, 0.0, 0.4),
    "M_IrisRight": (0.8, 0.2, 0.2),
    "M_IrisLeft": (0.8, 0.0, 0.2),
}
TILE_MARGIN = 0.004  # of the unit square, kept free along each square's sides: 8 texels of 2048
JOINED = ("browInnerUp", "cheekPuff")  # one shape of Apple's, whose sides the kit keeps apart


def is_kit(names: set[str]) -> bool:
    """Whether files of these names (without ending) make a kit."""
    return {NEUTRAL, "identity000", "jawOpen"} <= names


def convert(source: Path) -> HeadModel:
    """The kit in a folder or in an archive -> a head model. UserError where it is not whole."""
    try:
        neutral, shapes = _read(source)
        return _assemble(neutral, shapes)
    except (ValueError, KeyError, IndexError) as error:
        raise UserError(f"The ICT-FaceKit in {source} is damaged ({error}). Download the archive again.") from error


def _read(source: Path) -> tuple[bytes, dict[str, np.ndarray]]:
    """The neutral mean's file, and the vertices (V, 3) in kit units of every shape by name."""
    neutral, shapes = b"", {}
    for name, content in kit_files(source, FOLDER, ".obj"):
        shape = read_vertices(content)
        if len(shape) != KIT_VERTICES:
            raise ValueError(f"{name} has {len(shape)} vertices, not {KIT_VERTICES}")
        shapes[name.removesuffix(".obj")] = shape[:VERTICES]
        if name == f"{NEUTRAL}.obj":
            neutral = content
    if not is_kit(set(shapes)):
        raise UserError(
            f"There is no ICT-FaceKit in {source}: no folder {FOLDER} with {NEUTRAL}.obj and its shapes."
            " Give the kit's folder or the archive that its authors publish."
        )
    identities = [name for name in shapes if re.fullmatch(r"identity\d{3}", name)]
    if len(identities) != IDENTITIES or len(shapes) - len(identities) - 1 < EXPRESSIONS:
        raise ValueError(f"{len(shapes)} shapes instead of {1 + IDENTITIES + EXPRESSIONS}")
    return neutral, shapes


def _assemble(content: bytes, shapes: dict[str, np.ndarray]) -> HeadModel:
    polygons, uv_polygons, materials = read_polygons(content)
    if len(polygons) != KIT_POLYGONS or polygons[:POLYGONS].max() != VERTICES - 1:
        raise ValueError("its polygons are not those of the published kit")
    kit_mean = shapes.pop(NEUTRAL)
    mean = _to_frame(kit_mean - ORIGIN)
    mirror = mirror_pairs(mean)
    moves = {name: _to_frame(shape - kit_mean) for name, shape in sorted(shapes.items())}
    identity = {name: moves.pop(name) for name in list(moves) if name.startswith("identity")}
    expressions = apple_spelled(moves)
    uvs, uv_polygons = _packed(read_texture_coordinates(content), uv_polygons[:POLYGONS], materials[:POLYGONS])
    expressions["tongueOut"] = tongue_out(mean, expressions)
    return HeadModel(
        name="ict", license=LICENSE, vertices=mean, polygons=polygons[:POLYGONS], uvs=uvs, uv_polygons=uv_polygons,
        region=_regions((mean + mean[mirror] * np.float32([-1, 1, 1])) / 2), mirror=mirror,
        identity=np.stack(list(identity.values())), identity_names=tuple(identity),
        expressions=np.stack(list(expressions.values())), expression_names=tuple(expressions),
        landmarks=landmark_table(),
    )  # fmt: skip


def renewed(model: HeadModel) -> HeadModel:
    """A model that was converted and kept, perhaps by an older Likeness, with what this one adds to the kit."""
    kit = dict(zip(model.expression_names, model.expressions, strict=True))
    if len(model.vertices) == VERTICES:
        kit["tongueOut"] = tongue_out(model.vertices, kit)
    moves = np.stack(list(kit.values()))
    return replace(model, expressions=moves, expression_names=tuple(kit), landmarks=landmark_table())


def _to_frame(kit: np.ndarray) -> np.ndarray:
    """Kit axes and units (V, 3) -> metres, +Z up, the face towards -Y."""
    return np.ascontiguousarray(np.stack([kit[:, 0], -kit[:, 2], kit[:, 1]], 1) * METRE, np.float32)


def apple_spelled(moves: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The kit's expressions by Apple's names, PupilDilate and cheekRaiser by their own in the same spelling."""
    spelled: dict[str, np.ndarray] = {}
    for name, move in moves.items():
        stem, _, side = name.partition("_")
        stem = stem[0].lower() + stem[1:]
        apple = stem if stem in JOINED else stem + {"L": "Left", "R": "Right"}.get(side, "")
        spelled[apple] = spelled[apple] + move if apple in spelled else move
    return spelled


def _packed(uvs: np.ndarray, corners: np.ndarray, materials: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Tiles that lie side by side, the eyes' on top of the face's, -> one tile; uvs and corners of what is kept."""
    packed, numbered = [], np.full_like(corners, -1)
    used = 0
    names = np.array(materials)
    for material, (left, bottom, side) in TILES.items():
        rows = names == material
        own = np.unique(corners[rows][corners[rows] >= 0])
        tile = np.floor(uvs[own].mean(0))
        inside = uvs[own] - tile
        if len(own) == 0 or inside.min() < 0 or inside.max() > 1:
            raise ValueError(f"the texture coordinates of {material} are not those of the published kit")
        packed.append(inside * (side - 2 * TILE_MARGIN) + np.array([left, bottom]) + TILE_MARGIN)
        numbered[rows] = np.where(corners[rows] >= 0, np.searchsorted(own, corners[rows]) + used, -1)
        used += len(own)
    return np.concatenate(packed).astype(np.float32), numbered


def _regions(mean: np.ndarray) -> np.ndarray:
    """Vertices (V, 3) metres of a symmetric mean -> (V,) uint8, index into scene.head.REGIONS."""
    region = np.full(len(mean), EYEBALL, np.uint8)
    region[:SKIN_END] = skin_regions(mean[:SKIN_END])
    region[SKIN_END:MOUTH_END] = MOUTH
    region[MOUTH_END:SOCKETS_END] = SOCKET
    region[SOCKETS_END:TONGUE_END] = MOUTH
    region[TONGUE_END:TEETH_END] = TEETH
    return region


def landmark_table() -> LandmarkTable:
    """The table that benchmarks/landmark_table.py measured on this model; its vertices are the kit's."""
    with _LANDMARKS.open("rb") as file:
        return read_table(file)
