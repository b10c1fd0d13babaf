"""Files that Pillow does not read by itself: phones' HEIC through pillow-heif, and a reason for all the others."""

from pathlib import Path

from ..errors import UserError

_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")  # ISO/IEC 23008-12
_KINDS = (  # what else people take for photos, by its first bytes
    (b"%PDF", "is a PDF document, no picture. Export its photo as JPEG or PNG."),
    (b"\x1aE\xdf\xa3", "is a video. Export sharp frames of it as PNG or JPEG."),
    (b"<svg", "is a vector drawing, no photo."),
    (b"<!DOCTYPE", "is a web page, no picture: the download has failed. Download the photo itself."),
    (b"<html", "is a web page, no picture: the download has failed. Download the photo itself."),
    (b"PK\x03\x04", "is an archive. Unpack it and choose the photos."),
    (b"version https://git-lfs", "is a pointer of Git LFS, not the photo. Run `git lfs pull`."),
)
_VIDEO_BRANDS = (b"isom", b"mp41", b"mp42", b"qt  ", b"avc1", b"M4V ")


def read_heif_too(path: Path) -> None:
    """Teach Pillow to read HEIC and HEIF when the file is one, whatever its ending; UserError where nothing can."""
    if not _is_heif(path):
        return
    try:
        from pillow_heif import register_heif_opener
    except ImportError as error:
        raise UserError(
            f"{path} is a HEIC picture, which needs the package pillow-heif. Run `python install.py`, or export the "
            f"photo as JPEG (iPhone: Settings > Camera > Formats > Most Compatible)."
        ) from error
    register_heif_opener(thumbnails=False)


def explain(path: Path, error: BaseException) -> str:
    """What is wrong with a file that could not be decoded, and what to do about it."""
    head = _head(path)
    if path.is_dir():
        return f"{path} is a folder, no picture. Choose the photos in it."
    if isinstance(error, PermissionError):
        return f"{path} may not be read. Allow it in the file's permissions, or copy it elsewhere."
    if not head:
        return f"{path} is empty (0 bytes): copying it has failed. Copy or download the photo again."
    if not any(head):
        return f"{path} holds nothing but zeros: copying it has failed. Copy or download the photo again."
    if head[4:8] == b"ftyp" and head[8:12] in _VIDEO_BRANDS:
        return f"{path} is a video. Export sharp frames of it as PNG or JPEG."
    for start, told in _KINDS:
        if head.lstrip().startswith(start):
            return f"{path} {told}"
    if _is_heif(path):
        return f"{path} is a HEIC picture that is damaged or cut short. Copy it again, or export the photo as JPEG."
    if "truncated" in str(error).lower() or isinstance(error, EOFError):
        return f"{path} is cut short ({error}): copying it has failed. Copy or download the photo again."
    return f"{path} cannot be read as a picture ({error}). Save it anew as JPEG or PNG."


def _is_heif(path: Path) -> bool:
    head = _head(path)
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS


def _head(path: Path) -> bytes:
    """The first bytes; none where the file cannot be opened, which Pillow then says better."""
    try:
        with path.open("rb") as file:
            return file.read(64)
    except OSError:
        return b""
