"""3D Gaussians as the PLY file of Kerbl et al. 2023 (graphdeco-inria/gaussian-splatting), which viewers read.

Columns: x y z, nx ny nz (zeros), f_dc_0..2, f_rest_* (all of red, then green, then blue), opacity (logit), scale_0..2
(logarithms), rot_0..3 (w x y z, unit length); 32-bit floats, little endian. numpy and the standard library only.
"""

from pathlib import Path

import numpy as np

from ..errors import UserError
from ..scene import Splats

_TYPES = {
    "char": "i1", "uchar": "u1", "short": "<i2", "ushort": "<u2", "int": "<i4", "uint": "<u4", "float": "<f4",
    "double": "<f8", "int8": "i1", "uint8": "u1", "int16": "<i2", "uint16": "<u2", "int32": "<i4", "uint32": "<u4",
    "float32": "<f4", "float64": "<f8",
}  # fmt: skip
_LONGEST_HEADER = 1 << 16  # bytes
_REST = (0, 9, 24, 45)  # f_rest columns of degree 0 to 3


def write_splats(path: Path, splats: Splats) -> None:
    """Write the Gaussians as they are: in their own frame."""
    names = column_names(splats.sh.shape[1])
    lines = ["ply", "format binary_little_endian 1.0", f"element vertex {len(splats)}"]
    lines += [f"property float {name}" for name in names] + ["end_header", ""]
    rest = np.swapaxes(splats.sh[:, 1:], 1, 2).reshape(len(splats), -1)
    size = np.linalg.norm(splats.rotations, axis=1, keepdims=True)
    rotations = np.where(size > 0, splats.rotations / np.maximum(size, 1e-30), np.eye(4)[0])
    columns = [splats.means, np.zeros_like(splats.means), splats.sh[:, 0], rest]
    columns += [splats.opacities[:, None], splats.log_scales, rotations]
    path.write_bytes("\n".join(lines).encode("ascii") + np.concatenate(columns, 1).astype("<f4").tobytes())


def column_names(harmonics: int) -> list[str]:
    """The file's columns in their order, for sh (N, harmonics, 3)."""
    rest = [f"f_rest_{k}" for k in range(3 * (harmonics - 1))]
    shape = ["opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3"]
    return ["x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2", *rest, *shape]


def read_splats(path: Path) -> Splats:
    """The Gaussians of such a file; columns may come in any order, and others among them."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from error
    try:
        return _splats_of(_rows(data))
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise UserError(f"{path} is not a file of Gaussians ({error}). Export it again as a 3DGS .ply.") from error


def _rows(data: bytes) -> np.ndarray:
    """The vertices as a structured array (N,)."""
    end = data.find(b"end_header\n", 0, _LONGEST_HEADER) + len(b"end_header\n")
    lines = [line.split() for line in data[: max(end, 0)].decode("ascii").splitlines()]
    if not lines or lines[0] != ["ply"] or end < len(b"end_header\n"):
        raise ValueError("it has no PLY header")
    if ["format", "binary_little_endian", "1.0"] not in lines:
        raise ValueError("it is not binary little endian")
    elements = [line for line in lines if line[0] == "element"]
    if not elements or elements[0][1] != "vertex":
        raise ValueError("its first element is not vertex")
    first = lines.index(elements[0])
    last = lines.index(elements[1]) if len(elements) > 1 else len(lines)
    fields = [(line[2], _TYPES[line[1]]) for line in lines[first:last] if line[0] == "property"]
    count = int(elements[0][2])
    dtype = np.dtype(fields)
    if count < 0 or len(data) < end + count * dtype.itemsize:
        raise ValueError("it is cut short")
    return np.frombuffer(data, dtype, count, end)


def _splats_of(rows: np.ndarray) -> Splats:
    names = rows.dtype.names
    count = sum(name.startswith("f_rest_") for name in names)
    if count not in _REST:
        raise ValueError(f"it has {count} f_rest columns")

    def columns(*wanted: str) -> np.ndarray:
        return np.stack([rows[name].astype(np.float32) for name in wanted], 1)

    rest = np.zeros((len(rows), 3, 0), np.float32)
    if count:
        rest = columns(*(f"f_rest_{k}" for k in range(count))).reshape(len(rows), 3, -1)
    base = columns("f_dc_0", "f_dc_1", "f_dc_2")
    return Splats(
        means=columns("x", "y", "z"),
        log_scales=columns("scale_0", "scale_1", "scale_2"),
        rotations=columns("rot_0", "rot_1", "rot_2", "rot_3"),
        opacities=rows["opacity"].astype(np.float32),
        sh=np.ascontiguousarray(np.concatenate([base[:, None], np.swapaxes(rest, 1, 2)], 1)),
    )
