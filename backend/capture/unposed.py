"""Photos whose cameras are to be found: alone, in a folder, or named by a transforms.json that has no poses."""

from dataclasses import dataclass
from pathlib import Path

from ..errors import UserError
from .photos import find_photos, has_cameras, view_names
from .transforms import BadFrame, Lens, find_photo, find_transforms, parse_transforms, read_lens, read_weight


@dataclass(frozen=True)
class Entry:
    """One photo, and what a transforms.json says of it but for its camera's place."""

    photo: Path
    name: str
    mask: Path | None = None
    weight: float = 1.0
    expression: str = ""
    lens: Lens | None = None


def lacks_cameras(path: Path) -> bool:
    """Whether the path is a photo, photos, or a transforms.json with one pose at most, which tells no shape."""
    if not path.exists() or not has_cameras(path):
        return path.exists()
    frames = parse_transforms(find_transforms(path))["frames"]
    return sum(isinstance(frame, dict) and frame.get("transform_matrix") is not None for frame in frames) < 2


def entries_of(path: Path) -> list[Entry]:
    """The photos of a folder, or those that a transforms.json names; UserError for one that is not there."""
    if not has_cameras(path):
        photos = find_photos(path)
        return [Entry(photo, name) for photo, name in zip(photos, view_names(photos), strict=True)]
    file = find_transforms(path)
    document = parse_transforms(file)
    frames = [frame for frame in document["frames"] if isinstance(frame, dict)]
    found = [(find_photo(file.parent, frame.get("file_path")), frame) for frame in frames]
    missing = [str(frame.get("file_path")) for photo, frame in found if photo is None]
    if missing:
        raise UserError(f"{file} names photos that are not there: {', '.join(missing)}. Put them back.")
    names = view_names([photo for photo, _ in found])
    return [
        Entry(
            photo, name, file.parent / frame["mask_path"] if frame.get("mask_path") else None,
            _weight(frame), str(frame.get("expression") or ""), _lens(frame, document),
        )
        for (photo, frame), name in zip(found, names, strict=True)
    ]  # fmt: skip


def _weight(frame: dict) -> float:
    """The artist's say; 1 where the file tells nothing, or nothing that makes sense."""
    try:
        return read_weight(frame)
    except BadFrame:
        return 1.0


def _lens(frame: dict, document: dict) -> Lens | None:
    """What the file tells of the photo's lens; None where that is nothing, or makes no sense."""
    try:
        return read_lens(frame, document)
    except BadFrame:
        return None
