"""The pins and the stamp that says which of them are installed."""

import ast
import shutil
import sys
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from installer import environment, requirements
from installer.places import ROOT

PYTHONS = ("3.10", "3.11", "3.12", "3.13")


@pytest.mark.parametrize("python", PYTHONS)
def test_each_package_has_one_exact_version_for_each_python(python):
    files = [name for group in requirements.GROUPS for name in (*group.files, *group.without_dependencies)]
    named = {}
    for line in (
        line for name in (*files, requirements.CONSTRAINTS) for line in requirements.pins(ROOT / "requirements" / name)
    ):
        pin = Requirement(line)
        if pin.marker is None or pin.marker.evaluate({"python_version": python, "python_full_version": f"{python}.0"}):
            assert pin.name not in named, f"{pin.name} is pinned twice for Python {python}"
            named[pin.name] = str(pin.specifier)
    assert all(version.startswith("==") and "*" not in version for version in named.values())
    assert {"torch", "warp-lang", "numpy", "scipy", "pillow", "pytest"} <= set(named)
    assert ("bpy" in named) == (python in ("3.11", "3.13"))


def test_whatever_the_backend_imports_is_pinned():
    files = (*requirements.BACKEND.files, *requirements.BACKEND.without_dependencies)
    pinned = {Requirement(line).name for name in files for line in requirements.pins(ROOT / "requirements" / name)}
    sold_as = {
        "PIL": "pillow", "cv2": "opencv-python-headless", "warp": "warp-lang", "imageio_ffmpeg": "imageio-ffmpeg",
        "pillow_heif": "pillow-heif",
    }  # fmt: skip
    optional = {"nvdiffrast"}
    for path in (ROOT / "backend").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module]
            for name in {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) - optional - {"backend"}:
                assert sold_as.get(name, name) in pinned, f"{path} imports {name}"


@pytest.fixture
def pinned(tmp_path) -> Path:
    """A folder of requirement files that a test may change."""
    return Path(shutil.copytree(ROOT / "requirements", tmp_path / "requirements"))


def test_an_environment_is_outdated_until_it_is_stamped(tmp_path, pinned):
    groups = (requirements.BACKEND, requirements.TEST)
    assert requirements.outdated(groups, tmp_path, pinned) == list(groups)
    requirements.update_stamp({"backend": requirements.fingerprint(requirements.BACKEND, pinned)}, tmp_path)
    assert requirements.outdated(groups, tmp_path, pinned) == [requirements.TEST]
    requirements.update_stamp({"test": requirements.fingerprint(requirements.TEST, pinned)}, tmp_path)
    assert requirements.outdated(groups, tmp_path, pinned) == []


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"backend": null}', '{"backend": "0123"}'])
def test_a_damaged_stamp_means_outdated(tmp_path, damage):
    (tmp_path / requirements.STAMP).write_text(damage)
    assert requirements.outdated((requirements.BACKEND,), tmp_path) == [requirements.BACKEND]


@pytest.mark.parametrize("name", ["backend.txt", "masks.txt", "masks-no-deps.txt", "constraints.txt"])
def test_a_changed_pin_is_noticed_and_a_changed_comment_is_not(pinned, name):
    before = requirements.fingerprint(requirements.BACKEND, pinned)
    file = pinned / name
    file.write_bytes(b"# another comment\r\n\r\n" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert requirements.fingerprint(requirements.BACKEND, pinned) == before
    file.write_bytes(file.read_bytes().replace(b"==", b"==9", 1))
    assert requirements.fingerprint(requirements.BACKEND, pinned) != before


def test_nothing_is_started_twice_when_all_is_there(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "works", lambda python: True)
    monkeypatch.setattr(environment, "install_group", lambda *arguments: pytest.fail("installed again"))
    requirements.update_stamp({"backend": requirements.fingerprint(requirements.BACKEND)}, tmp_path)
    assert environment.set_up((requirements.BACKEND,), tmp_path) is False
