"""What Blender imports. Nothing is loaded before `register`: tools that only look at this folder need no bpy."""


def register():
    from . import blender_addon

    blender_addon.register()


def unregister():
    from . import blender_addon

    blender_addon.unregister()
