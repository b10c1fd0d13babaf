"""A real Blender with its window: where it is, and playing a scenario in it by ../shared/tools/gui_drive.py.

LIKENESS_REAL_BLENDER says where Blender is: a folder that holds a system with it (a chroot; `/`: this very system), or
`no`. Without it one is used that lies in the cache, or put there from Debian's packages by real_blender.sh, which
needs root, debootstrap and 2 GB and takes some minutes.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from backend.processes import end_group, start_group

TOOLS = Path(__file__).resolve().parents[3] / "shared" / "tools"
VARIABLE = "LIKENESS_REAL_BLENDER"
PATIENCE = 400  # seconds for making a Blender
PLAY_PATIENCE = 400  # seconds for a scenario
SIZE = "1280x1500"  # of the window, pixels: high enough for all panels of the tab
_HERE = Path(__file__).resolve().parent


class NoBlender(Exception):
    """There is no real Blender here; says why."""


@dataclass(frozen=True)
class Window:
    """A Blender that can be driven. `root` is the folder that it takes for the whole file system."""

    root: Path

    def inside(self, path: Path) -> str:
        """A path as Blender sees it."""
        return "/" + str(path.relative_to(self.root))

    def new_folder(self) -> Path:
        """An empty folder that Blender can write to."""
        return Path(tempfile.mkdtemp(prefix="likeness.", dir=self.root / "tmp"))

    def command(self, *arguments: str, home: Path) -> subprocess.CompletedProcess:
        """`blender --command …` without a window, with a user folder of its own."""
        prefix = [] if self.root == Path("/") else ["chroot", str(self.root)]
        environment = {
            "PATH": os.defpath + ":/usr/sbin:/sbin", "LANG": "C.UTF-8",
            "HOME": self.inside(home), "BLENDER_USER_RESOURCES": self.inside(home / "blender"),
        }  # fmt: skip
        return subprocess.run(
            [*prefix, "blender", "--command", *arguments],
            env=environment, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def play(self, scenario: Path, stage: Path, archive: Path, out: Path, size: str = SIZE) -> dict:
        """Play a scenario on a stage (stage.py), the extension installed from `archive`; returns gui_drive's record.

        size: of the window, "1280x800" in pixels. The user folder stays on the stage.
        """
        home = stage / "home"
        arguments = [
            "--chroot", self.root, "--scenario", scenario, "--out", out, "--home", home, "--timeout", PLAY_PATIENCE,
            "--zip", archive, "--size", size,
            "--env", f"LIKENESS_STAGE={self.inside(stage)}",
            "--env", f"LIKENESS_PYTHON={self.inside(stage / 'python')}",
        ]  # fmt: skip
        subprocess.run(
            [sys.executable, str(TOOLS / "gui_drive.py"), *map(str, arguments)],
            stdout=subprocess.DEVNULL, check=False, timeout=PLAY_PATIENCE + 240,
        )  # fmt: skip
        return json.loads((out / "result.json").read_text())


def find() -> Window:
    """A Blender, made if need be; NoBlender with the reason where there can be none."""
    if not (TOOLS / "gui_drive.py").is_file():
        raise NoBlender(f"{TOOLS}, which drives a real Blender, is not there")
    wanted = os.environ.get(VARIABLE, "")
    if wanted.lower() in ("no", "0"):
        raise NoBlender(f"switched off by {VARIABLE}")
    if wanted == "/":
        if not shutil.which("blender") or not shutil.which("Xvfb"):
            raise NoBlender("blender or Xvfb is not installed")
        return Window(Path("/"))
    if sys.platform != "linux" or os.geteuid() != 0:
        raise NoBlender("only root may enter a chroot with a Blender")
    root = Path(wanted) if wanted else cache() / "blender"
    if not wanted and not root.exists() and not shutil.which("apt-get"):
        raise NoBlender("there is no apt-get to get one with")
    making = start_group(
        ["bash", str(TOOLS / "real_blender.sh"), str(root)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        said, _ = making.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        end_group(making)
        making.communicate()
        raise NoBlender(f"it took more than {PATIENCE} seconds to get one") from None
    if making.returncode != 0:
        raise NoBlender(f"none could be got: {said[-500:]}")
    return Window(root.resolve())


def cache() -> Path:
    """Where a Blender that was made is kept for the next time."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "likeness-tests"


def scenario(name: str) -> Path:
    """One of ours."""
    return _HERE / "scenarios" / f"{name}.py"
