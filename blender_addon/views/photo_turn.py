"""How a photo is to be turned to stand upright: phones store it as the sensor lay and note the turn in its EXIF data.

Blender shows photos as they are stored; the backend turns them. Tag 0x0112 of the first directory of the JPEG's
segment APP1 (CIPA DC-008, "Exif 2.32", and TIFF 6.0).
"""

import struct
from pathlib import Path

_HEAD = 1 << 18  # bytes of a file in which the segment must lie: it is among the first ones
_TURNS = {3: 2, 6: 1, 8: 3}  # orientation -> quarter turns to the right


def quarter_turns(path: Path) -> int:
    """Quarter turns to the right that make the photo upright; 0 where nothing is noted, or the file is gone."""
    return _TURNS.get(orientation(path), 0)


def orientation(path: Path) -> int:
    """EXIF's orientation of a JPEG, 1 to 8; 1 (upright) for other files."""
    try:
        with path.open("rb") as file:
            return _orientation_in(_exif_in(file.read(_HEAD)))
    except (OSError, struct.error):
        return 1


def _exif_in(head: bytes) -> bytes:
    """The TIFF block within a JPEG; empty where there is none."""
    at = 2 if head[:2] == b"\xff\xd8" else len(head)
    while at + 4 <= len(head) and head[at] == 0xFF and head[at + 1] != 0xDA:  # 0xDA: the picture itself begins
        (length,) = struct.unpack_from(">H", head, at + 2)
        if head[at + 1] == 0xE1 and head[at + 4 : at + 10] == b"Exif\0\0":
            return head[at + 10 : at + 2 + length]
        at += 2 + length
    return b""


def _orientation_in(tiff: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    (directory,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, directory)
    for entry in range(directory + 2, directory + 2 + 12 * count, 12):
        tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, entry)
        if tag == 0x0112:
            return value if 1 <= value <= 8 else 1
    return 1
