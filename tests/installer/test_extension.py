"""The extension's zip: what is in it, and that it is the same every time."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest

from backend import __version__
from installer import SetupError, extension
from installer.places import ROOT


@pytest.fixture
def tree(tmp_path) -> Path:
    """A small source tree with things that do not belong into the zip."""
    root = tmp_path / "tree"
    for name in (
        "__init__.py", "LICENSE", "install.py", "installer/__init__.py", "requirements/backend.txt",
        "docs/blender.md", "docs/guide.md", "docs/images/a.png",
        "tests/test_y.py", "demo/capture/1.png", ".venv/bin/python", "out/a",
        "blender_addon/__init__.py", "blender_addon/__pycache__/x.cpython-311.pyc", "backend/__init__.py",
        "backend/data/table.npz", "backend/old.pyc", "backend/.cache/x", "backend/tests/test_x.py",
    ):  # fmt: skip
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    (root / extension.MANIFEST).write_text('id = "likeness"\nversion = "1.2.3"\n')
    return root


def test_the_zip_holds_the_extension_and_nothing_else(tree, tmp_path):
    archive = extension.build(tree, tmp_path / "dist")
    assert archive.name == "likeness-1.2.3.zip"
    assert zipfile.ZipFile(archive).namelist() == [
        "LICENSE", "__init__.py", "backend/__init__.py", "backend/data/table.npz", "blender_addon/__init__.py",
        "blender_manifest.toml", "docs/blender.md", "docs/guide.md", "install.py",
        "installer/__init__.py", "requirements/backend.txt",
    ]  # fmt: skip


def test_the_same_tree_gives_the_same_zip(tree, tmp_path):
    first = extension.build(tree, tmp_path / "one").read_bytes()
    for path in tree.rglob("*.py"):
        os.utime(path, (10**9, 10**9))
        path.chmod(0o600)
    assert extension.build(tree, tmp_path / "two").read_bytes() == first
    (tree / "backend" / "__init__.py").write_text("changed")
    assert extension.build(tree, tmp_path / "two").read_bytes() != first


def test_a_tree_that_is_not_whole_or_too_large_is_refused(tree, tmp_path):
    (tree / "backend" / "weights.bin").write_bytes(os.urandom(extension.LARGEST + 1))
    with pytest.raises(SetupError, match="5 are allowed"):
        extension.build(tree, tmp_path)
    shutil.rmtree(tree / "backend")
    with pytest.raises(SetupError, match="not whole"):
        extension.build(tree, tmp_path)


def test_our_own_zip_holds_all_our_modules_and_is_small(tmp_path):
    archive = extension.build(ROOT, tmp_path)
    names = zipfile.ZipFile(archive).namelist()
    sources = [path for package in extension.PACKAGES for path in (ROOT / package).rglob("*.py")]
    assert {path.relative_to(ROOT).as_posix() for path in sources} <= set(names)
    assert {name.split("/")[0] for name in names} == {
        name.split("/")[0] for name in (*extension.SINGLE_FILES, *extension.PACKAGES)
    }
    assert archive.stat().st_size <= 5_000_000


def test_the_manifest_and_the_backend_have_one_version():
    assert extension.version(ROOT) == __version__
