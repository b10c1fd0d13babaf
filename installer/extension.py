"""The extension as a zip: the manifest, what Blender imports, and the backend; the same bytes for the same tree."""

import hashlib
import re
import subprocess
import zipfile
from pathlib import Path

from . import SetupError
from .places import DIST, ENVIRONMENT, ROOT, child_variables, environment_python, site_packages

MANIFEST = "blender_manifest.toml"
HELP = ("docs/blender.md", "docs/guide.md")  # read in Blender's text editor
SINGLE_FILES = (MANIFEST, "__init__.py", "LICENSE", "install.py", *HELP)
PACKAGES = ("blender_addon", "backend", "installer", "requirements")  # the last two: what makes the environment
LEFT_OUT = {"__pycache__", "tests", "captures"}  # folders, also every hidden one
LARGEST = 5_000_000  # bytes
EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip holds no earlier time


def build(root: Path = ROOT, dist: Path = DIST) -> Path:
    """Write dist/likeness-X.Y.Z.zip; returns its path. We zip ourselves: Blender 4.3's own `build` loses files."""
    dist.mkdir(parents=True, exist_ok=True)
    archive = dist / f"likeness-{version(root)}.zip"
    draft = archive.with_suffix(".zip.new")
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for name in members(root):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o100644 << 16
            entry.create_system = 3  # the same on every system
            out.writestr(entry, (root / name).read_bytes())
    draft.replace(archive)
    if archive.stat().st_size > LARGEST:
        size = archive.stat().st_size / 1e6
        raise SetupError(
            f"{archive} has {size:.1f} MB and 5 are allowed: move what is large out of {' and '.join(PACKAGES)}."
        )
    return archive


def members(root: Path = ROOT) -> list[str]:
    """The files of the extension, sorted, relative to the root, with forward slashes."""
    for name in (*SINGLE_FILES, *PACKAGES):
        if not (root / name).exists():
            raise SetupError(f"{root / name} is missing, so this copy of Likeness is not whole: get it again.")
    names = list(SINGLE_FILES)
    for package in PACKAGES:
        for path in (root / package).rglob("*"):
            inner = path.relative_to(root)
            hidden = any(part.startswith(".") for part in inner.parts)
            if path.is_file() and not hidden and not LEFT_OUT.intersection(inner.parts) and path.suffix != ".pyc":
                names.append(inner.as_posix())
    return sorted(names)


def version(root: Path = ROOT) -> str:
    """The manifest's version."""
    found = re.search(r'^version = "(\d+\.\d+\.\d+)"$', (root / MANIFEST).read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise SetupError(f'{root / MANIFEST} has no line `version = "X.Y.Z"`: put one there.')
    return found[1]


def content_hash(archive: Path) -> str:
    """SHA-256 of the zip."""
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def validate_without_blender(archive: Path, environment: Path = ENVIRONMENT) -> bool:
    """Let the Blender module's own checker look at the zip; False where the environment has no Blender module."""
    folder = site_packages(environment)
    checkers = sorted(folder.glob("bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py")) if folder else []
    if not checkers:
        return False
    scripts = checkers[-1].parents[3]
    tags = sorted(scripts.glob("modules/_bpy_internal/extensions/tags.py"))
    valid_tags = ["--valid-tags", str(tags[-1])] if tags else []
    check_answer(
        subprocess.run(
            [str(environment_python(environment)), str(checkers[-1]), "validate", *valid_tags, str(archive)],
            capture_output=True, text=True, env=child_variables(), check=False,
        ),
        archive,
    )  # fmt: skip
    return True


def check_answer(answer: subprocess.CompletedProcess, archive: Path) -> None:
    """SetupError where Blender's checker found the zip at fault."""
    said = (answer.stdout or "") + (answer.stderr or "")
    if answer.returncode != 0 or "Success parsing TOML" not in said:
        fault = next((line for line in said.splitlines() if "rror" in line), "no reason given")
        raise SetupError(f"Blender does not accept {archive} ({fault.strip()}): mend {MANIFEST}.")
