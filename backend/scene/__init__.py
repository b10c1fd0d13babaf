"""The vocabulary that the stages exchange: frozen dataclasses, numpy only, importing nothing of ours but errors."""

from .camera import Camera
from .capture import Bounds, Capture, CutPlane, View
from .face import FaceMasks, FaceRecord
from .head import HeadShape
from .picture import Drawer, Picture
from .progress import Live, Progress, Unseen, silent
from .splats import Splats
from .surface import Maps, Surface, TexturedSurface, UvAtlas

__all__ = [
    "Bounds",
    "Camera",
    "Capture",
    "CutPlane",
    "Drawer",
    "FaceMasks",
    "FaceRecord",
    "HeadShape",
    "Live",
    "Maps",
    "Picture",
    "Progress",
    "Splats",
    "Surface",
    "TexturedSurface",
    "Unseen",
    "UvAtlas",
    "View",
    "silent",
]
