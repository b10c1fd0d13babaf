"""Photos that take no part in a first fit, so that it can be measured on them."""

from dataclasses import replace

from ..scene import Capture

_EVERY = 8  # one view in eight


def split(capture: Capture) -> tuple[Capture, Capture | None]:
    """One view in eight is kept from the first passes, so that the result can be measured on it."""
    held = capture.views[_EVERY // 2 :: _EVERY]
    if len(capture.views) < _EVERY:
        return capture, None
    names = {view.name for view in held}
    kept = tuple(view for view in capture.views if view.name not in names)
    return replace(capture, views=kept), replace(capture, views=held)
