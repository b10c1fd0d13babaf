"""Everything that Blender has to know of: classes, the settings of a scene, and the end of the backend."""

import atexit

import bpy

from . import generate, job, panel, photos, preferences, settings, turntable, view_photo

MODULES = preferences, settings, photos, generate, turntable, view_photo, panel
CLASSES = [cls for module in MODULES for cls in module.CLASSES]


def register():
    """Classes first, then what refers to them."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    bpy.types.Scene.likeness = bpy.props.PointerProperty(type=settings.LikenessSettings)
    bpy.types.Material.likeness_color = settings.material_color()
    atexit.register(unregister)  # the bpy module ends without, and then hangs on classes that are still known to it


def unregister():
    """The reverse; a running job ends."""
    generate.stop_following()
    job.close()
    atexit.unregister(unregister)
    del bpy.types.Material.likeness_color
    del bpy.types.Scene.likeness
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
