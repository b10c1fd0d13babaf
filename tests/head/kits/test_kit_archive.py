"""Kits: folders and archives of any shape give the same files; nothing else is touched."""

import io
import tarfile
import zipfile

import pytest

from backend.errors import UserError
from backend.head.kits import kit_archive
from backend.head.kits.kit_archive import kit_files

CONTENT = {"one.obj": b"v 1 2 3\n", "two.obj": b"v 4 5 6\n"}
OTHERS = {"README.md": b"read", "Kit/notes.txt": b"note", "elsewhere/three.obj": b"v 7 8 9\n"}


def members(top: str) -> dict[str, bytes]:
    """Every file of a kit by its path."""
    return {f"{top}Kit/{name}": data for name, data in CONTENT.items()} | {f"{top}{k}": v for k, v in OTHERS.items()}


def write_tar(path, files):
    with tarfile.open(path, f"w:{path.suffix[1:]}" if path.suffix != ".tar" else "w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


@pytest.mark.parametrize("top", ["", "top-master/", "a/b/"])
@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".tar.xz", ".zip"])
def test_archives_may_have_any_folder_on_top(tmp_path, top, ending):
    path = tmp_path / f"kit{ending}"
    if ending == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in members(top).items():
                archive.writestr(name, data)
    else:
        write_tar(path, members(top))
    assert dict(kit_files(path, "Kit", ".obj")) == CONTENT
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("given", ["", "kit", "kit/Kit"])
def test_folders_may_be_named_from_above_or_from_within(tmp_path, given):
    for name, data in members("kit/").items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    assert dict(kit_files(tmp_path / given, "Kit", ".obj")) == CONTENT


def test_names_and_links_that_lead_out_of_an_archive_lead_nowhere(tmp_path):
    (tmp_path / "secret.obj").write_bytes(b"secret")
    path = tmp_path / "kit.tar"
    with tarfile.open(path, "w") as archive:
        for name in ("../../Kit/one.obj", "/Kit/two.obj"):
            entry = tarfile.TarInfo(name)
            entry.size = 4
            archive.addfile(entry, io.BytesIO(b"data"))
        link = tarfile.TarInfo("Kit/link.obj")
        link.type, link.linkname = tarfile.SYMTYPE, str(tmp_path / "secret.obj")
        archive.addfile(link)
    assert dict(kit_files(path, "Kit", ".obj")) == {"one.obj": b"data", "two.obj": b"data"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kit.tar", "secret.obj"]


@pytest.mark.parametrize("ending", [".tar.gz", ".tar.xz"])
def test_half_an_archive_is_damaged(tmp_path, ending):
    path = tmp_path / f"kit{ending}"
    write_tar(path, {"Kit/one.obj": bytes(range(256)) * 4000})
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(UserError, match=r"damaged|neither|cannot be read"):
        list(kit_files(path, "Kit", ".obj"))


def test_what_is_no_archive_is_told(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8" + bytes(4000))
    with pytest.raises(UserError, match="neither a folder nor"):
        list(kit_files(tmp_path / "photo.jpg", "Kit", ".obj"))
    with pytest.raises(UserError, match="cannot be read"):
        list(kit_files(tmp_path / "none", "Kit", ".obj"))


def test_a_file_that_would_fill_the_memory_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(kit_archive, "LARGEST", 100)
    write_tar(tmp_path / "kit.tar.gz", {"Kit/one.obj": bytes(101)})
    with pytest.raises(UserError, match="far too many"):
        list(kit_files(tmp_path / "kit.tar.gz", "Kit", ".obj"))
