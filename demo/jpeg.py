"""JPEG files without the comments that Blender writes into them (dates and render times, which differ every time)."""

from pathlib import Path

COMMENT, START_OF_SCAN = 0xFE, 0xDA


def without_comments(data: bytes) -> bytes:
    """The same picture, bit for bit, less its comment segments (ITU-T T.81, annex B)."""
    kept, at = [data[:2]], 2
    while data[at + 1] != START_OF_SCAN:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        if data[at + 1] != COMMENT:
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])


def strip_comments(path: Path) -> None:
    """Rewrite a JPEG file without its comments."""
    path.write_bytes(without_comments(path.read_bytes()))
