"""`python -m backend.about`: what this backend is and has to work with, as one line of the protocol.

For people who ask from afar, like Blender's preferences. It takes the seconds that torch takes to load.
"""

import importlib.util
import os
import platform
import shutil
import sys
import tempfile

from . import __version__, protocol
from .head.models import installed_model

# Modules that a fit imports; mediapipe and pycolmap are not there on every system, and a fit does without.
NEEDED = ("torch", "warp", "numpy", "scipy", "PIL", "cv2", "trimesh", "pygltflib", "safetensors", "xatlas", "rich")
INSTALLABLE = ("ict",)


def describe() -> protocol.About:
    """Ask the system, the packages and the graphics card."""
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    torch, device = "", ""
    if "torch" not in missing:
        try:
            torch, device = _computing()
        except (ImportError, OSError) as error:  # a library of torch's that the system lacks
            missing.append(f"torch ({error})")
    renderers = ["warp"] if "warp" not in missing else []
    if importlib.util.find_spec("nvdiffrast") is not None:
        renderers.append("nvdiffrast")
    models = [name for name in INSTALLABLE if installed_model(name).is_file()]
    return protocol.About(
        version=__version__,
        python=platform.python_version(),
        torch=torch,
        device=device,
        renderers=tuple(renderers),
        head_models=("builtin", *models),
        free_gigabytes=round(shutil.disk_usage(tempfile.gettempdir()).free / 1e9, 1),
        missing=tuple(missing),
    )


def _computing() -> tuple[str, str]:
    """torch's version, and what it computes on."""
    import torch

    if torch.cuda.is_available():
        return torch.__version__, f"cuda: {torch.cuda.get_device_name(0)}"
    return torch.__version__, f"cpu: {os.cpu_count()} threads"


def main() -> int:
    """Print the line."""
    sys.stdout.write(protocol.to_line(describe()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
