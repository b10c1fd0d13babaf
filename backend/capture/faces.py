"""Faces in photos that have cameras, and what lies before them."""

from dataclasses import replace

from ..head.faces.analysis import analyze
from ..head.faces.landmarks import has_face_finder
from ..scene import Capture
from .config import CaptureConfig
from .obstruction import with_obstructions


def find_faces_in(capture: Capture, config: CaptureConfig, face: int | None) -> Capture:
    """The capture with the face of every view that shows one, and with what disturbs it (View.face, View.trust).

    Without the face finder (it has no build for every Python) the capture stays as it is. Views from behind show no
    face: nothing is said of that.
    """
    if not has_face_finder():
        return capture
    views = []
    for view in (*capture.views, *capture.expressive):
        record, _ = analyze(view.photo, view.name, face, needed=False, file=view.source)
        views.append(replace(view, face=record))
    views = with_obstructions(views) if config.obstructions else tuple(views)
    count = len(capture.views)
    return replace(capture, views=views[:count], expressive=views[count:])
