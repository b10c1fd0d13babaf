"""The part of Likeness that runs inside Blender: bpy, numpy and the standard library; never torch."""


def register():
    """Called by Blender when the extension is switched on."""
    from . import registration

    registration.register()


def unregister():
    """Called by Blender when the extension is switched off, and when Blender quits."""
    from . import registration

    registration.unregister()
