"""Where things lie: in the source tree, in its environment, and in the user's folder."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / ".venv"
REQUIREMENTS = ROOT / "requirements"
DEMO_CAPTURE = ROOT / "demo" / "capture" / "transforms.json"
DEMO_OUT = ROOT / "out" / "demo"
DIST = ROOT / "dist"


def environment_python(environment: Path = ENVIRONMENT, platform: str = sys.platform) -> Path:
    """The interpreter of a virtual environment."""
    return environment / ("Scripts/python.exe" if platform == "win32" else "bin/python")


def site_packages(environment: Path = ENVIRONMENT) -> Path | None:
    """Where the environment's packages lie; None while there is no environment."""
    found = sorted(environment.glob("lib/python3.*/site-packages")) or sorted(environment.glob("Lib/site-packages"))
    return found[0] if found else None


def has_blender_module(environment: Path = ENVIRONMENT) -> bool:
    """Whether the environment holds Blender as a Python module."""
    folder = site_packages(environment)
    return folder is not None and (folder / "bpy").is_dir()


def backend_record(
    platform: str = sys.platform, variables: Mapping[str, str] = os.environ, home: Path | None = None
) -> Path:
    """The user's file that tells the extension which Python runs the backend, and from which folder."""
    home = home or Path.home()
    if platform == "win32":
        return Path(variables.get("APPDATA") or home / "AppData" / "Roaming") / "Likeness" / "backend.json"
    if platform == "darwin":
        return home / "Library" / "Application Support" / "Likeness" / "backend.json"
    return Path(variables.get("XDG_CONFIG_HOME") or home / ".config") / "likeness" / "backend.json"


def head_models(variables: Mapping[str, str] = os.environ) -> Path:
    """Where head models are installed (backend/head/models.py has the same rule)."""
    chosen = variables.get("LIKENESS_HEAD_MODELS")
    return Path(chosen) if chosen else backend_record(variables=variables).parent / "head-models"


def child_variables(variables: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment variables of everything that we start: nothing of another Python, threads that sleep."""
    foreign = ("PYTHONHOME", "PYTHONPATH", "PYTHONSAFEPATH", "VIRTUAL_ENV", "PIP_TARGET", "PIP_PREFIX")
    ours = {name: value for name, value in variables.items() if name not in foreign}
    return {
        **ours,
        "PIP_USER": "0",
        "PYTHONNOUSERSITE": "1",
        "KMP_BLOCKTIME": "0",  # a thread that waits must sleep: on a busy machine spinning makes a fit 7 times slower
        "OMP_WAIT_POLICY": "PASSIVE",
        "GLOG_minloglevel": "2",  # mediapipe's C++ chatter
    }
