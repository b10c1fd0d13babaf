"""Everything that Blender has to know of: classes, the settings of a scene, and the end of the backend."""

import atexit

import bpy

from . import settings
from .jobs import generate, generate_panel, job, turntable
from .results import result_panel
from .rigs import check_keys, expression_panel, expressions, performances, rename_keys
from .setup import head_models, preferences
from .skin import match_skin
from .views import photo_panel, photos, show_obstruction, view_photo

OPERATORS = (
    photos, generate, turntable, view_photo, show_obstruction, match_skin, expressions, performances, rename_keys,
    check_keys,
)  # fmt: skip
PANELS = photo_panel, generate_panel, result_panel, expression_panel  # in this order
MODULES = preferences, settings, *OPERATORS, *PANELS
CLASSES = [cls for module in MODULES for cls in module.CLASSES]


def register():
    """Classes first, then what refers to them."""
    head_models.look()
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
