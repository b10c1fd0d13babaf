"""The extension's preferences, and the folder that Blender gives it."""

from pathlib import Path

import bpy

from ..link import EXTENSION, UserError
from . import environment


class LikenessPreferences(bpy.types.AddonPreferences):
    """Where the backend is"""

    bl_idname = EXTENSION

    python: bpy.props.StringProperty(
        name="Backend Python",
        description="Python of the environment that install.py made; empty: found by itself",
        subtype="FILE_PATH",
    )

    def draw(self, context):
        self.layout.prop(self, "python")
        try:
            self.layout.label(text=f"In use: {find_python()}", icon="CHECKMARK")
        except UserError as error:
            self.layout.label(text=str(error), icon="ERROR")


def find_python() -> Path:
    """The Python to run the backend with, or a UserError that says how to get one."""
    addon = bpy.context.preferences.addons.get(EXTENSION)
    preference = addon.preferences.python if addon and addon.preferences else ""
    return environment.find_python(bpy.path.abspath(preference), user_folder())


def user_folder() -> Path | None:
    """The extension's own folder, which survives upgrades; None where we do not run as an extension."""
    if not EXTENSION.startswith("bl_ext."):
        return None
    return Path(bpy.utils.extension_path_user(EXTENSION, create=True))


CLASSES = (LikenessPreferences,)
