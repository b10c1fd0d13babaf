"""Reads safetensors files with numpy alone, for Blender's Python, which has no safetensors package.

The format (https://github.com/huggingface/safetensors, "Format"): 8 bytes little-endian N, N bytes of JSON that map
each name to its dtype, shape and byte range, then the bytes.
"""

import json
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np

from ..errors import UserError

_DTYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4",
    "U64": "<u8", "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip


def read_tensors(path: Path, wanted: Callable[[str], bool] = lambda name: True) -> dict[str, np.ndarray]:
    """The arrays of a safetensors file whose names are wanted; the bytes of others are not read."""
    try:
        with path.open("rb") as file:
            (length,) = struct.unpack("<Q", file.read(8))
            if length > path.stat().st_size:
                raise ValueError("its header is cut short")
            header = json.loads(file.read(length))
            return {
                name: _read_one(file, 8 + length, entry)
                for name, entry in header.items()
                if name != "__metadata__" and wanted(name)
            }
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise UserError(f"{path} is damaged ({error}). Run the fit again.") from error


def _read_one(file, start: int, entry: dict) -> np.ndarray:
    dtype, shape = np.dtype(_DTYPES[entry["dtype"]]), tuple(entry["shape"])
    first, last = entry["data_offsets"]
    if last - first != dtype.itemsize * int(np.prod(shape, dtype=np.int64)):
        raise ValueError("its sizes disagree")
    array = np.empty(shape, dtype)
    file.seek(start + first)
    if file.readinto(array.reshape(-1).view(np.uint8)) != last - first:
        raise ValueError("it is cut short")
    return array
