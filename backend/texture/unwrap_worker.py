"""The process that unwraps: one mesh on standard input, one atlas on standard output, gone when its parent is gone.

Run as `python -m backend.texture.unwrap_worker`. Both directions carry one .npz with its length (8 bytes,
little endian) before it. Standard input stays open meanwhile: its end means that nobody waits any more.
"""

import io
import os
import struct
import sys
import threading
import traceback

import numpy as np

from .charts import segment, split
from .flatten import Layout, broken_charts, flatten
from .pack import pack


def lay_out(vertices: np.ndarray, faces: np.ndarray) -> Layout:
    """Charts without folds: those that cannot be laid flat are halved until they can."""
    labels, graph, _ = segment(vertices, faces)
    uvs, charts, uv_faces = [], [], np.zeros_like(faces, dtype=np.int64)
    pending, placed = np.arange(len(faces)), 0
    while len(pending):
        layout = flatten(vertices, faces[pending], labels[pending])
        broken = broken_charts(layout, vertices, faces[pending], labels[pending])
        broken = broken[np.bincount(labels)[broken] > 1]
        uv_faces[pending] = layout.faces + placed  # broken ones are written again in the next round
        uvs.append(layout.uvs)
        charts.append(layout.charts)
        placed += len(layout.uvs)
        pending = np.flatnonzero(np.isin(labels, broken))
        for chart in broken:
            labels = split(labels, graph, int(chart))
    used, uv_faces = np.unique(uv_faces, return_inverse=True)
    return Layout(np.concatenate(uvs)[used], uv_faces.reshape(-1, 3), np.concatenate(charts)[used])


def unwrap(vertices: np.ndarray, faces: np.ndarray, size: int, gutter: int) -> tuple[np.ndarray, np.ndarray]:
    """vertices (V, 3), faces (F, 3) -> uvs (U, 2) float32 and faces (F, 3) int32 into them."""
    layout = lay_out(vertices, faces)
    return pack(layout, size, gutter), layout.faces.astype(np.int32)


def write_arrays(stream, **arrays) -> None:
    """One length-prefixed .npz."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    stream.write(struct.pack("<q", buffer.tell()) + buffer.getvalue())
    stream.flush()


def read_arrays(stream) -> dict[str, np.ndarray]:
    """What write_arrays wrote; EOFError when the stream ends first."""
    head = stream.read(8)
    if len(head) < 8:
        raise EOFError("the stream ended before its first byte")
    (length,) = struct.unpack("<q", head)
    body = stream.read(length)
    if len(body) < length:
        raise EOFError("the stream ended in the middle of its arrays")
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}


def _leave_with_parent(stream) -> None:
    stream.read()
    os._exit(1)


def main() -> None:
    """Read, unwrap, answer."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not land in the answer
    mesh = read_arrays(sys.stdin.buffer)
    threading.Thread(target=_leave_with_parent, args=(sys.stdin.buffer,), daemon=True).start()
    code = 1
    try:
        uvs, faces = unwrap(mesh["vertices"], mesh["faces"], int(mesh["size"]), int(mesh["gutter"]))
        write_arrays(out, uvs=uvs, faces=faces)
        out.close()
        code = 0
    except Exception:
        traceback.print_exc()
    os._exit(code)  # an ordinary exit would wait for, or trip over, the thread that still reads standard input


if __name__ == "__main__":
    main()
