"""Likeness backend: photos become a textured, animatable mesh. Runs in its own environment; never imports bpy."""

__version__ = "0.1.0"
