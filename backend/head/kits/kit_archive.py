"""The files of a head model's kit, from a folder or from an archive, which is read without being unpacked to disk."""

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ...errors import UserError

LARGEST = 32 * 2**20  # bytes of one file of a kit; what is larger is not what it is called
_BROKEN = (
    tarfile.TarError,
    zipfile.BadZipFile,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
)


def kit_files(source: Path, folder: str, ending: str) -> Iterator[tuple[str, bytes]]:
    """Name and content of the files `*ending` that lie in a folder called `folder`, wherever that is in the source.

    source: the kit's folder, that very folder, or a .zip, .tar, .tar.gz, .tar.xz. Nothing is written, so a path in an
    archive can lead nowhere. UserError where the source cannot be read.
    """
    try:
        if source.is_dir():
            yield from _from_folder(source, folder, ending)
        elif zipfile.is_zipfile(source):
            yield from _from_zip(source, folder, ending)
        elif tarfile.is_tarfile(source):
            yield from _from_tar(source, folder, ending)
        else:
            raise UserError(f"{source} is neither a folder nor a .zip, .tar.gz or .tar.xz archive. Give one of these.")
    except OSError as error:
        raise UserError(f"{source} cannot be read ({error.strerror or error}). Give a folder or an archive.") from error
    except _BROKEN as error:
        raise UserError(f"{source} is damaged ({error or 'it ends early'}). Download the archive again.") from error


def _from_folder(source: Path, folder: str, ending: str) -> Iterator[tuple[str, bytes]]:
    found = [place for place in (source, source / folder, *source.glob(f"*/{folder}")) if place.name == folder]
    for place in (place for place in found[:2] if place.is_dir()):
        for path in sorted(place.glob(f"*{ending}")):
            _check_size(path.name, path.stat().st_size)
            yield path.name, path.read_bytes()


def _from_zip(source: Path, folder: str, ending: str) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(source) as archive:
        for member in archive.infolist():
            if not member.is_dir() and _wanted(member.filename, folder, ending):
                _check_size(member.filename, member.file_size)
                yield PurePosixPath(member.filename).name, archive.read(member)


def _from_tar(source: Path, folder: str, ending: str) -> Iterator[tuple[str, bytes]]:
    with tarfile.open(source, "r|*") as archive:  # one pass: seeking in a compressed archive would start over
        for member in archive:
            if member.isreg() and _wanted(member.name, folder, ending):
                _check_size(member.name, member.size)
                yield PurePosixPath(member.name).name, archive.extractfile(member).read()


def _wanted(name: str, folder: str, ending: str) -> bool:
    path = PurePosixPath(name)
    return path.parent.name == folder and path.name.endswith(ending)


def _check_size(name: str, size: int) -> None:
    if size > LARGEST:
        raise UserError(f"{name} in the kit has {size / 1e6:.0f} MB, far too many. Download the archive again.")
