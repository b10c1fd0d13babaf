"""What a backend on another machine sends back: its files to their places, its paths as they are here.

Knows nothing of Blender.
"""

import contextlib
import dataclasses
import json
import os
import posixpath
from pathlib import Path

from ..link import UserError, layout, protocol, replace, transfer
from .parcel import Parcel
from .remote_request import check_frames, is_folder, is_frame


class Delivery:
    """One job's. The result appears whole or not at all; what is not whole goes with `close`."""

    def __init__(self, parcel: Parcel, request: protocol.Request):
        """request: as it was before it was packed."""
        self._request = request
        self._job, self._out = parcel.places[transfer.JOB], parcel.request.out
        self._target = parcel.places[self._out]
        self._places = sorted(parcel.places.items(), key=lambda place: -len(place[0]))
        self._root = ""  # the job's folder's parent, over there
        self._arrivals, self._writing = transfer.Arrivals(), contextlib.ExitStack()
        self._partial: Path | None = None  # of the result

    def take(self, piece: protocol.File) -> None:
        """Write a piece of a file. ProtocolError for a place that is not the job's; OSError, UserError for the disk."""
        name = transfer.safe(piece.path).as_posix()
        if name.startswith(f"{transfer.JOB}/"):
            target = self._job / name.removeprefix(f"{transfer.JOB}/")
        elif name == self._out or name.startswith(f"{self._out}/"):
            target = self._unfinished() / name.removeprefix(self._out).lstrip("/")
        else:
            raise protocol.ProtocolError(f"The other side sent {name!r}, which nobody has asked for.")
        self._arrivals.take(piece, target)

    def here(self, event: protocol.Event) -> protocol.Event:
        """The event with the paths that things have here; of a result, which takes its place with it."""
        if isinstance(event, protocol.Accepted):
            self._root = event.job.removesuffix(transfer.JOB).rstrip("/\\")
        if isinstance(event, protocol.Result):
            self._finish()
            return protocol.Result(str(self._target))
        texts = {key: self.localized(value) for key, value in vars(event).items() if isinstance(value, str)}
        return dataclasses.replace(event, **texts)

    def localized(self, text: str) -> str:
        """A text with the paths of here in place of those of the other machine."""
        if not self._root:
            return text
        separator = "\\" if "\\" in self._root else "/"
        for name, place in self._places:
            text = text.replace(self._root + separator + name.replace("/", separator), str(place))
        return text

    def close(self) -> None:
        """Throw away what has not become whole."""
        self._arrivals.close()
        self._writing.__exit__(UserError, UserError("The result did not arrive."), None)

    def _unfinished(self) -> Path:
        """Where the result is written until it is whole: an empty folder, or a name."""
        if self._partial is None:
            if not is_folder(self._request):
                place = replace.replacing_file(self._target)
            elif isinstance(self._request, protocol.RenderRequest):
                place = replace.replacing(self._target, check_frames, is_frame)
            else:
                place = replace.replacing(self._target)
            self._partial = self._writing.enter_context(place)
        return self._partial

    def _finish(self) -> None:
        partial = self._unfinished()
        for name in (layout.REPORT, layout.CAMERAS) if is_folder(self._request) else ():
            if (partial / name).is_file():
                self._rewrite(partial / name)
        self._writing.close()

    def _rewrite(self, file: Path) -> None:
        """A file of the result with the paths of here."""
        try:
            document = self._everywhere(json.loads(file.read_text(encoding="utf-8")))
        except ValueError:
            return  # the reader will name it
        if file.name == layout.CAMERAS and isinstance(document, dict):
            for frame in document.get("frames", []):
                self._rewrite_frame(frame)
        file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")

    def _rewrite_frame(self, frame: dict) -> None:
        """A photo that lies outside of the result: where it is here, as seen from the result."""
        there = posixpath.normpath(posixpath.join(self._out, str(frame.get("file_path"))))
        for name, place in self._places:
            if name != self._out and there.startswith(f"{name}/"):
                frame["source"] = (place / there.removeprefix(f"{name}/")).as_posix()
                frame["file_path"] = _seen_from(self._target, frame["source"])

    def _everywhere(self, value):
        """A JSON value with all its texts localized."""
        if isinstance(value, str):
            return self.localized(value)
        if isinstance(value, list):
            return [self._everywhere(one) for one in value]
        if isinstance(value, dict):
            return {key: self._everywhere(one) for key, one in value.items()}
        return value


def _seen_from(folder: Path, file: str) -> str:
    try:
        return Path(os.path.relpath(file, folder)).as_posix()
    except ValueError:  # another drive on Windows
        return Path(file).as_posix()
