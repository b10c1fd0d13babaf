"""A bare surface as a small binary glTF 2.0: what an artist sees of a fit on its way.

A file holds one mesh: positions (float32) and indices (uint32), in the world frame, no axis swapped. numpy and the
standard library only, since it is read inside Blender.
"""

import json
import os
import struct
from pathlib import Path

import numpy as np

from ..errors import UserError
from ..scene import Surface

_MAGIC, _VERSION, _JSON, _BINARY = 0x46546C67, 2, 0x4E4F534A, 0x004E4942  # "glTF", "JSON", "BIN"
_FLOAT, _UNSIGNED = 5126, 5125  # component types
_VERTICES, _INDICES = 34962, 34963  # targets of buffer views


def write_interim(path: Path, surface: Surface) -> None:
    """Write a surface with at least one triangle; whoever reads meanwhile finds the former file or this, whole."""
    path = Path(path)
    partial = path.with_suffix(".partial")
    partial.write_bytes(_encode(surface))
    os.replace(partial, path)


def read_interim(path: Path) -> Surface:
    """The surface of a file of write_interim; UserError where there is none, or it is damaged."""
    try:
        return _decode(Path(path).read_bytes())
    except (OSError, struct.error, KeyError, IndexError, TypeError, ValueError) as error:
        raise UserError(f"The surface so far in {path} cannot be read ({error}). Wait for the next one.") from error


def _encode(surface: Surface) -> bytes:
    vertices = np.ascontiguousarray(surface.vertices, "<f4")
    indices = np.ascontiguousarray(surface.faces, "<u4").reshape(-1)
    document = {
        "asset": {"version": "2.0", "generator": "Likeness"},
        "scene": 0,
        "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0, "name": "surface so far"}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "indices": 1}]}],
        "accessors": [
            {"bufferView": 0, "componentType": _FLOAT, "count": len(vertices), "type": "VEC3",
             "min": vertices.min(0).tolist(), "max": vertices.max(0).tolist()},
            {"bufferView": 1, "componentType": _UNSIGNED, "count": len(indices), "type": "SCALAR"},
        ],
        "bufferViews": [
            {"buffer": 0, "byteOffset": 0, "byteLength": vertices.nbytes, "target": _VERTICES},
            {"buffer": 0, "byteOffset": vertices.nbytes, "byteLength": indices.nbytes, "target": _INDICES},
        ],
        "buffers": [{"byteLength": vertices.nbytes + indices.nbytes}],
    }  # fmt: skip
    text = json.dumps(document, separators=(",", ":")).encode("ascii")
    chunks = _chunk(_JSON, text + b" " * (-len(text) % 4)) + _chunk(_BINARY, vertices.tobytes() + indices.tobytes())
    return struct.pack("<III", _MAGIC, _VERSION, 12 + len(chunks)) + chunks


def _chunk(kind: int, data: bytes) -> bytes:
    return struct.pack("<II", len(data), kind) + data


def _decode(data: bytes) -> Surface:
    """ValueError and its like where the bytes are not those of _encode."""
    magic, version, length, json_length, kind = struct.unpack_from("<IIIII", data)
    if (magic, version, kind) != (_MAGIC, _VERSION, _JSON) or length != len(data):
        raise ValueError("not a whole GLB file")
    document = json.loads(data[20 : 20 + json_length])
    start = 20 + json_length
    binary_length, kind = struct.unpack_from("<II", data, start)
    if kind != _BINARY or start + 8 + binary_length != len(data):
        raise ValueError("its binary chunk is not whole")
    positions, indices = document["accessors"]
    if (positions["componentType"], indices["componentType"]) != (_FLOAT, _UNSIGNED):
        raise ValueError("of a kind that Likeness does not write")
    binary = memoryview(data)[start + 8 :]
    vertices = np.frombuffer(binary, "<f4", 3 * positions["count"]).reshape(-1, 3)
    faces = np.frombuffer(binary, "<u4", indices["count"], 12 * positions["count"]).reshape(-1, 3)
    if (faces.size and faces.max() >= len(vertices)) or not np.isfinite(vertices).all():
        raise ValueError("its numbers make no surface")
    return Surface(vertices.astype(np.float32), faces.astype(np.int32))
