"""What the capture stage is told."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CaptureConfig:
    """How photos are read."""

    subject: str = "head"  # "head" or "object": how masks are found where there are none
    views: tuple[str, ...] = ()  # names of the views to use; empty = all but held-out ones
    max_side: int = 1024  # pixels; larger photos are averaged down
    obstructions: bool = True  # look for what lies before the face; off only to measure what that is worth
