"""The head model that this project authors itself: always there, offline, free of other people's data."""

from .assemble import build

__all__ = ["build"]
