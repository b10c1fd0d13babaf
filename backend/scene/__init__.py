"""The vocabulary that the stages exchange: frozen dataclasses, numpy only, importing nothing of ours but errors."""

from .camera import Camera
from .capture import Bounds, Capture, CutPlane, View
from .progress import Progress, silent
from .surface import Maps, Surface, TexturedSurface, UvAtlas

__all__ = [
    "Bounds",
    "Camera",
    "Capture",
    "CutPlane",
    "Maps",
    "Progress",
    "Surface",
    "TexturedSurface",
    "UvAtlas",
    "View",
    "silent",
]
