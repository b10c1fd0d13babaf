"""Files -> checked views: cameras, upright undistorted photos, masks, and where the subject is."""

from .config import CaptureConfig
from .load import load_capture

__all__ = ["CaptureConfig", "load_capture"]
