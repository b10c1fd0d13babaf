"""Everything that Blender has to know of: classes, the settings of a scene, and the end of the backend."""

import atexit

import bpy

from . import documentation, settings
from .jobs import (
    error_report,
    follow,
    generate,
    generate_panel,
    import_result,
    job_operators,
    job_panel,
    left_jobs,
    pending,
    refit,
    turntable,
)
from .results import confidence, disk_watch, export_panel, exports, result_panel
from .rigs import check_keys, expression_panel, expressions, performances, rename_keys
from .setup import head_models, installation, preferences
from .skin import match_skin
from .translations import language
from .views import (
    camera_build,
    camera_export,
    camera_import,
    photo_drop,
    photo_panel,
    photo_watch,
    photos,
    scene_cameras,
    show_obstruction,
    view_photo,
)

OPERATORS = (
    photos, photo_drop, camera_import, camera_build, camera_export, scene_cameras, generate, import_result,
    job_operators, left_jobs, error_report, refit, exports, turntable, view_photo, show_obstruction, match_skin,
    expressions, performances, rename_keys, check_keys, installation, documentation,
)  # fmt: skip
PANELS = photo_panel, generate_panel, job_panel, result_panel, expression_panel, export_panel  # in this order
MODULES = preferences, settings, *OPERATORS, *PANELS
CLASSES = [cls for module in MODULES for cls in module.CLASSES]


def register():
    """Classes first, then what refers to them."""
    head_models.look()
    language.register()
    for cls in CLASSES:
        if issubclass(cls, bpy.types.Operator):
            cls.bl_description = " ".join(cls.__doc__.split())  # the tooltip, in one line
        bpy.utils.register_class(cls)
    bpy.types.Scene.likeness = bpy.props.PointerProperty(type=settings.LikenessSettings)
    bpy.types.Material.likeness_color = settings.material_color()
    follow.register()
    installation.register()
    pending.register()
    photo_watch.start()
    disk_watch.start()
    bpy.types.Material.likeness_confidence = confidence.material_switch()
    atexit.register(unregister)  # the bpy module ends without, and then hangs on classes that are still known to it


def unregister():
    """The reverse; a running job ends."""
    disk_watch.stop()
    photo_watch.stop()
    pending.unregister()
    installation.unregister()
    follow.unregister()
    atexit.unregister(unregister)
    del bpy.types.Material.likeness_confidence
    del bpy.types.Material.likeness_color
    del bpy.types.Scene.likeness
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    language.unregister()
