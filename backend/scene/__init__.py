"""The vocabulary that the stages exchange: frozen dataclasses, numpy only, importing nothing of ours but errors."""

from .camera import Camera
from .capture import Bounds, Capture, CutPlane, View
from .face import FaceMasks, FaceRecord
from .head import HeadShape
from .picture import Drawer, Picture
from .progress import Live, Progress, Unseen, silent
from .rig import ARKIT, Carrier, Joint, Rig
from .splats import Splats
from .surface import Maps, Surface, TexturedSurface, UvAtlas

__all__ = [
    "ARKIT",
    "Bounds",
    "Camera",
    "Capture",
    "Carrier",
    "CutPlane",
    "Drawer",
    "FaceMasks",
    "FaceRecord",
    "HeadShape",
    "Joint",
    "Live",
    "Maps",
    "Picture",
    "Progress",
    "Rig",
    "Splats",
    "Surface",
    "TexturedSurface",
    "Unseen",
    "UvAtlas",
    "View",
    "silent",
]
