"""Google's GNM Head (Apache-2.0) as a head model, from the file that its authors publish: gnm_head.npz.

Sources: github.com/google/GNM, gnm/shape (README.md, gnm_xnp.py, gnm_data_loader.py and its test); the weights are at
huggingface.co/google/gnm-v3. The file is an npz; of its arrays these are used (V vertices, Q quads, G groups):

    version, variant               text: "3.0", "head"
    template_vertex_positions      (V, 3) metres
    vertex_identity_basis          (I, V, 3) metres at coefficient 1; coefficients run from about -3 to 3
    expression_basis               (E, V, 3) metres at coefficient 1; likewise
    identity_names, expression_names   (I,), (E,) text
    quads, quad_uvs                (Q, 4), (Q, 4, 2): texture coordinates by corner; each part in a tile of its own,
                                   or several parts on top of one another
    mirror_indices                 (V,) the vertex on the other side
    vertex_groups, vertex_group_names  (G, V) weights, (G,) text: skin, ears, eyes, nose, left, right, ...
    mesh_component_names           (P,) groups of vertices that are a separate part of the mesh each

Joints, skinning weights and pose correctives are not used: a neck that bends and eyes that turn are no part of the
seam. Its expressions are principal components of face regions and no shapes of Apple's: they fit a face in a photo,
but make no shape keys. Axes are taken from the groups, so that it does not matter which way is up in the file. The
detector's landmarks are read from a table beside the file (gnm_head.landmarks.npz), which benchmarks/landmark_table.py
makes; without it no point is to be used. This was tried on small files of that form only, never on the published one.
"""

import contextlib
import zipfile
import zlib
from pathlib import Path

import numpy as np

from ...errors import UserError
from ...scene.face import LANDMARKS
from ...scene.head import EAR, EYEBALL, FACE, LIPS, MOUTH, NECK, SCALP, SOCKET, TEETH
from ..model import HeadModel, LandmarkTable
from ..storage import read_table

LICENSE = "Apache-2.0, Google LLC"
MARKS = {"template_vertex_positions", "vertex_identity_basis", "expression_basis", "quads", "vertex_groups"}
# Groups of vertices by region: what comes later wins; a file need not have all of them.
GROUPS = (
    (FACE, ("skin", "hockey_mask")), (SCALP, ("scalp", "cranium")), (NECK, ("neck",)), (LIPS, ("lips",)),
    (EAR, ("ears", "left_ear", "right_ear")), (SOCKET, ("eye_sockets",)), (MOUTH, ("mouth_sock", "tongue", "gums")),
    (EYEBALL, ("eyes", "left_eye", "right_eye")), (TEETH, ("teeth", "upper_teeth", "lower_teeth")),
)  # fmt: skip
MARGIN = 0.01  # of a part's square in the texture, kept free along its sides


def is_gnm_file(path: Path) -> bool:
    """Whether `path` has the names of a GNM file in it."""
    with contextlib.suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        return {f"{name}.npy" for name in MARKS} <= set(archive.namelist())
    return False


def table_beside(path: Path) -> Path:
    """Where the landmarks of the model in `path` are looked for."""
    return path.with_suffix(".landmarks.npz")


def load(path: Path) -> HeadModel:
    """Read a GNM file. UserError where it is damaged or no head."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            data = {name: archive[name] for name in archive.files}
        table = read_table(table_beside(path)) if table_beside(path).exists() else _no_landmarks()
        return _assemble(data, table)
    except OSError as error:
        raise UserError(f"{path} cannot be read ({error.strerror or error}). See that it may be read.") from error
    except (ValueError, KeyError, IndexError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise UserError(f"{path} is no whole GNM head model ({error}). Download it again.") from error


def _assemble(data: dict[str, np.ndarray], table: LandmarkTable) -> HeadModel:
    groups = dict(zip(data["vertex_group_names"].tolist(), data["vertex_groups"] > 0.5, strict=True))
    template = data["template_vertex_positions"]
    axes, origin = _frame(template, groups)
    quads = data["quads"].astype(np.int32)
    parts = np.stack([groups[name] for name in data["mesh_component_names"].tolist()])
    uvs, uv_quads = _packed(data["quad_uvs"], parts[:, quads[:, 0]].argmax(0), len(parts))
    return HeadModel(
        name="gnm", license=LICENSE,
        vertices=((template - origin) @ axes).astype(np.float32), polygons=quads, uvs=uvs, uv_polygons=uv_quads,
        region=_regions(len(template), groups), mirror=data["mirror_indices"].astype(np.int32),
        identity=(data["vertex_identity_basis"] @ axes).astype(np.float32),
        identity_names=tuple(data["identity_names"].tolist()),
        expressions=(data["expression_basis"] @ axes).astype(np.float32),
        expression_names=tuple(data["expression_names"].tolist()),
        landmarks=table,
    )  # fmt: skip


def _frame(template: np.ndarray, groups: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Axes (3, 3), so that (p - origin) @ axes is in our frame, and the origin (3,) between the ears."""
    ears = groups["ears"] if "ears" in groups else groups["left_ear"] | groups["right_ear"]
    eyes = groups["eyes"] if "eyes" in groups else groups["left_eye"] | groups["right_eye"]
    left = groups["left"] if "left" in groups else groups["left_ear"]
    origin = template[ears].mean(0)
    across = template[ears & left].mean(0) - origin
    forward = template[eyes].mean(0) - origin
    aligned = []
    for direction in (across, forward):  # the file's axes are our axes, in another order
        axis = np.zeros(3)
        axis[np.abs(direction).argmax()] = np.sign(direction[np.abs(direction).argmax()])
        aligned.append(axis)
    x, y = aligned[0], -aligned[1]
    if abs(x @ y) > 0.5:
        raise ValueError("its ears and eyes lie on one line")
    return np.stack([x, y, np.cross(x, y)], 1), origin


def _regions(count: int, groups: dict[str, np.ndarray]) -> np.ndarray:
    """(V,) uint8, index into scene.head.REGIONS."""
    region = np.full(count, FACE, np.uint8)
    for index, names in GROUPS:
        for name in names:
            if name in groups:
                region[groups[name]] = index
    return region


def _packed(quad_uvs: np.ndarray, part: np.ndarray, parts: int) -> tuple[np.ndarray, np.ndarray]:
    """Texture coordinates (Q, 4, 2) of parts (Q,) -> one tile: the largest part on top, the others in a row below it.

    Returns uvs (U, 2) and quads (Q, 4) into them.
    """
    count = np.bincount(part, minlength=parts)
    others = [index for index in np.argsort(-count, kind="stable")[1:] if count[index]]
    row = 1 / max(len(others), 4)  # side of the squares below
    squares = {int(count.argmax()): (0.0, row, 1 - row)}
    squares |= {int(index): (place * row, 0.0, row) for place, index in enumerate(others)}
    packed = np.zeros_like(quad_uvs, dtype=np.float32)
    for index, (left, bottom, side) in squares.items():
        own = quad_uvs[part == index]
        low = own.min((0, 1))
        inside = (own - low) / max(float((own.max((0, 1)) - low).max()), 1e-9)
        packed[part == index] = (inside * (1 - 2 * MARGIN) + MARGIN) * side + np.array([left, bottom])
    keyed = np.concatenate([packed.reshape(-1, 2), np.repeat(part, 4)[:, None]], 1)
    distinct, numbered = np.unique(keyed.round(7), axis=0, return_inverse=True)
    return distinct[:, :2].astype(np.float32), numbered.reshape(-1, 4).astype(np.int32)


def _no_landmarks() -> LandmarkTable:
    corners = np.zeros((LANDMARKS, 3), np.int32)
    weights = np.tile(np.float32([1, 0, 0]), (LANDMARKS, 1))
    return LandmarkTable(corners, weights, np.full(LANDMARKS, np.inf, np.float32))
