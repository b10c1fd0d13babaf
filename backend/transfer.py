"""Files in the stream between a client and a backend on another machine: in pieces, to safe places. Standard library.

Each client has a folder of its own there. Below it: `in/NUMBER/…` what the client sent, `job` the job's folder,
`out/…` what the request writes.
"""

import base64
import binascii
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from .protocol import FILE_PIECE, File, ProtocolError
from .request import AnimateRequest, FitRequest, RefitRequest, RenderRequest

SENT, JOB, WRITTEN = "in", "job", "out"
PARTIAL = ".arriving"  # ending of a file that is not whole yet

# Fields of a request that are paths; a head model and a field that is empty or None may be none.
PATHS = {
    FitRequest: ("capture", "out", "head_model"),
    RefitRequest: ("result", "out"),
    RenderRequest: ("result", "out", "cameras"),
    AnimateRequest: ("result", "frames", "out"),
}


def pieces(content: BinaryIO, name: str) -> Iterator[File]:
    """The messages that carry a file under `name`; OSError where it cannot be read."""
    piece = content.read(FILE_PIECE)
    while True:
        following = content.read(FILE_PIECE)
        yield File(name, base64.b64encode(piece).decode("ascii"), last=not following)
        if not following:
            return
        piece = following


def safe(name: str) -> PurePosixPath:
    """A path from the other side as one below a folder of ours; ProtocolError where it would lead out of it."""
    windows = PureWindowsPath(name)
    parts = name.split("/")
    if "\\" in name or "\0" in name or windows.drive or windows.root or set(parts) & {"", ".", ".."}:
        raise ProtocolError(f"The other side named a file {name!r}, which is not below its folder.")
    return PurePosixPath(name)


class Arrivals:
    """Writes the files that arrive. A file has its name only when it is whole."""

    def __init__(self) -> None:
        self._open: dict[Path, BinaryIO] = {}

    def take(self, piece: File, target: Path) -> bool:
        """Add a piece to what becomes `target`; whether that is whole now. OSError where it cannot be written."""
        draft = target.with_name(target.name + PARTIAL)
        try:
            data = base64.b64decode(piece.data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise ProtocolError(f"A piece of {piece.path} is damaged ({error}).") from error
        if len(data) > FILE_PIECE:
            raise ProtocolError(f"A piece of {piece.path} has {len(data)} bytes and {FILE_PIECE} are allowed.")
        stream = self._open.pop(target, None)
        if stream is None:
            target.parent.mkdir(parents=True, exist_ok=True)
            stream = draft.open("wb")
        try:
            stream.write(data)
        except BaseException:
            stream.close()
            raise
        if not piece.last:
            self._open[target] = stream
            return False
        stream.close()
        os.replace(draft, target)
        return True

    def close(self) -> None:
        """Let go of what will never be whole."""
        for target, stream in self._open.items():
            with contextlib.suppress(OSError):
                stream.close()
                target.with_name(target.name + PARTIAL).unlink(missing_ok=True)
        self._open.clear()
