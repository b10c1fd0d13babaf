"""Files on their way to a backend on another machine, and what they are called there. Knows nothing of Blender.

Which photos and masks belong together is as in backend/capture/photos.py, which the extension does not import: a test
holds the two together.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from ..link import UserError, protocol, transfer

MASK_FOLDERS = ("masks", "mask")


@dataclass
class Parcel:
    """files: name there -> file here, or its contents; places: name there -> what it is here, folders and files."""

    request: protocol.Request | None = None
    files: dict[str, Path | bytes] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all files."""
        contents = self.files.values()
        return sum(len(one) if isinstance(one, bytes) else one.stat().st_size for one in contents)

    def put(self, file: Path, anchor: Path) -> str:
        """Take a file along, with its place below the folder `anchor`; returns its name there."""
        sent = {here: name for name, here in self.places.items() if name.startswith(transfer.SENT)}
        base = sent.get(anchor) or f"{transfer.SENT}/{len(sent):04}"
        self.places[base] = anchor
        name = f"{base}/{file.relative_to(anchor).as_posix()}"
        try:
            transfer.safe(name)
        except protocol.ProtocolError as error:
            raise UserError(f"{file} cannot be sent to another machine. Give it another name.") from error
        self.files[name] = file
        return name

    def put_photo(self, photo: Path) -> str:
        """A photo, and the mask that lies beside it."""
        anchor = photo.parent.parent
        folders = [folder / name for folder in (photo.parent, anchor) for name in MASK_FOLDERS]
        masks = [folder / f"{name}.png" for folder in folders for name in (photo.stem, photo.name)]
        for mask in (*masks, photo.with_name(f"{photo.stem}_mask.png")):
            if mask.is_file():
                self.put(mask, anchor)
        return self.put(photo, anchor)


def absolute(path: str) -> Path:
    """The same file without `..`; links stay, so that names stay."""
    return Path(os.path.abspath(path))


def seen_from(name: str, other: str) -> str:
    """A relative path from the file `name` to the file `other`, both there."""
    return "../" * name.count("/") + other
