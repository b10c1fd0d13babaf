"""Finds Blender and puts the extension into it with Blender's own command line."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from . import SetupError
from .extension import MANIFEST, check_answer, content_hash
from .places import child_variables
from .requirements import read_stamp, update_stamp

OLDEST = (4, 2)  # the first with extensions
REPOSITORY = "user_default"
WAIT = 120  # seconds for Blender to answer

# Where Blender lies when it is not on PATH; relative ones are below the home folder.
PLACES = {
    "linux": (
        "/usr/bin/blender", "/usr/local/bin/blender", "/snap/bin/blender",
        "/var/lib/flatpak/exports/bin/org.blender.Blender", ".local/share/flatpak/exports/bin/org.blender.Blender",
        "/opt/blender*/blender", "/opt/blender/*/blender", "blender*/blender", "[aA]pplications/blender*/blender",
        "Apps/blender*/blender", "Downloads/blender*/blender", ".local/share/Steam/steamapps/common/Blender/blender",
    ),
    "darwin": (
        "/Applications/Blender*.app/Contents/MacOS/Blender",
        "/Applications/Blender*/Blender.app/Contents/MacOS/Blender",
        "Applications/Blender*.app/Contents/MacOS/Blender",
        "Library/Application Support/Steam/steamapps/common/Blender/Blender.app/Contents/MacOS/Blender",
    ),
    "win32": (
        "{ProgramFiles}/Blender Foundation/Blender*/blender.exe",
        "{LOCALAPPDATA}/Programs/Blender Foundation/Blender*/blender.exe",
        "{ProgramFiles(x86)}/Steam/steamapps/common/Blender/blender.exe",
        "Downloads/blender*/blender.exe",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Blender:
    """A Blender that runs."""

    path: Path
    version: tuple[int, int, int]

    def __str__(self) -> str:
        return f"Blender {'.'.join(map(str, self.version))} ({self.path})"


def find(explicit: str | None = None) -> Blender | None:
    """The Blender that the user named, else the first on PATH or in the usual places that is new enough."""
    if explicit:
        return named(Path(explicit).expanduser())
    for path in candidates():
        version = version_of(path)
        if version and version >= OLDEST:
            return Blender(path, version)
    return None


def named(path: Path) -> Blender:
    """The Blender at a path: the program, its folder, or the Mac's application."""
    inside = ("blender.exe", "blender", "Contents/MacOS/Blender")
    program = next((path / name for name in inside if (path / name).is_file()), path) if path.is_dir() else path
    if not program.is_file():
        raise SetupError(f"There is no Blender at {path}: give the path of the program with --blender.")
    version = version_of(program.absolute())
    if version is None:
        raise SetupError(f"{program} does not answer as Blender does: give the path of the program with --blender.")
    if version < OLDEST:
        raise SetupError(
            f"{program} is Blender {version[0]}.{version[1]} and Likeness needs 4.2 or newer: install a newer one."
        )
    return Blender(program.absolute(), version)


def candidates(
    platform: str = sys.platform, variables: Mapping[str, str] = os.environ, home: Path | None = None
) -> list[Path]:
    """Programs that may be Blender: the one on PATH first, then the usual places, the newest version first."""
    home = home or Path.home()
    found = [shutil.which("blender", path=variables.get("PATH", ""))]
    for pattern in PLACES.get(platform, PLACES["linux"]):
        try:
            pattern = pattern.format_map(variables)
        except KeyError:  # Windows without that folder
            continue
        place = Path(pattern)
        base = Path(place.anchor) if place.anchor else home
        found += sorted(base.glob(str(place.relative_to(place.anchor))), key=natural, reverse=True)
    programs = [Path(path) for path in found if path and Path(path).is_file()]
    return list(dict.fromkeys(programs))


def natural(path: Path) -> list:
    """Sorts blender-4.10 after blender-4.9."""
    return [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in re.split(r"(\d+)", str(path))]


def version_of(program: Path) -> tuple[int, int, int] | None:
    """What `blender --version` says; None where it does not run or is not Blender."""
    try:
        answer = run(program, "--version")
    except SetupError:
        return None
    found = re.search(r"^Blender (\d+)\.(\d+)(?:\.(\d+))?", answer.stdout, re.MULTILINE)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def run(program: Path, *arguments: str) -> subprocess.CompletedProcess:
    """Run Blender to its end and keep what it says."""
    try:
        return subprocess.run(
            [str(program), *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, encoding="utf-8",
            errors="replace", env=child_variables(), timeout=WAIT, check=False,
        )  # fmt: skip
    except OSError as error:
        raise SetupError(
            f"{program} cannot be started ({error.strerror}): name another Blender with --blender."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise SetupError(
            f"{program} did not answer within {WAIT} seconds: start it once by hand, then run this again."
        ) from error


def validate(blender: Blender, archive: Path) -> None:
    """SetupError where Blender finds fault with the zip."""
    check_answer(run(blender.path, "--command", "extension", "validate", str(archive)), archive)


def install(blender: Blender, archive: Path, environment: Path) -> bool:
    """Install and enable the extension; False when this very zip is in that Blender already."""
    state = content_hash(archive)
    if installed(blender, environment) == state:
        return False
    validate(blender, archive)
    answer = run(blender.path, "--command", "extension", "install-file", "--repo", REPOSITORY, "--enable", str(archive))
    said = answer.stdout + answer.stderr
    if not re.search(r'\b(?:Installed|Reinstalled) "likeness"', said):  # a broken zip also ends with exit code 0
        lines = said.strip().splitlines() or ["it said nothing"]
        fault = next((line for line in lines if "error" in line.lower()), lines[-1])
        raise SetupError(f"{blender} did not install the extension ({fault}): in Blender choose Edit > Preferences >"
                         f" Get Extensions > Install from Disk and take {archive}.")  # fmt: skip
    update_stamp({_key(blender): {"zip": state, "folder": extension_folder(blender)}}, environment)
    return True


def installed(blender: Blender, environment: Path) -> str | None:
    """The hash of the zip that was installed into that Blender and is still there; None where there is none."""
    known = read_stamp(environment).get(_key(blender))
    there = isinstance(known, dict) and Path(known.get("folder", ""), MANIFEST).is_file()
    return known.get("zip") if there else None


def _key(blender: Blender) -> str:
    return f"extension in {blender.path}"


def extension_folder(blender: Blender) -> str:
    """Where Blender keeps the installed extension; empty when it does not say."""
    ask = f"import bpy; print('FOLDER', bpy.utils.user_resource('EXTENSIONS', path='{REPOSITORY}'))"
    answer = run(blender.path, "--background", "--factory-startup", "--python-expr", ask)
    found = re.search(r"^FOLDER (.+)$", answer.stdout, re.MULTILINE)
    return str(Path(found[1].strip()) / "likeness") if found else ""
