"""The photo of `install.py demo --portrait`: Eileen Collins, taken by NASA, in the public domain.

It lies in scikit-image's package. Only that file is wanted: the package's own dependencies are not installed, and
nothing of it is imported.
"""

from pathlib import Path

from . import SetupError
from .environment import set_up
from .places import ENVIRONMENT, site_packages
from .requirements import PORTRAIT

CREDIT = "The portrait shows Eileen Collins (NASA, public domain); it comes with scikit-image."
PHOTO = Path("skimage", "data", "astronaut.png")  # in the environment's packages


def fetch(environment: Path = ENVIRONMENT) -> Path:
    """The photo, downloaded where it is not there yet. SetupError where that fails. The backend is set up already."""
    try:
        set_up((PORTRAIT,), environment)
    except SetupError as error:
        raise SetupError(without(str(error))) from error
    photo = (site_packages(environment) or environment) / PHOTO
    if not photo.is_file():
        raise SetupError(without(f"there is no {photo}"))
    return photo


def without(reason: str) -> str:
    """One sentence on a portrait that could not be had."""
    return (
        f"The portrait could not be taken from scikit-image ({reason.rstrip('.')}); a photo of your own does as well:"
        " `python install.py demo PHOTO`."
    )
