"""All that the extension takes from the backend: the words of the protocol and the reader of results.

In Blender this package is `bl_ext.<repository>.likeness.blender_addon` and `backend` is its sibling, reached
relatively; in the repository both are top-level packages. docs/decisions/0002-extension-layout.md says why.
"""

if "." in __package__:
    from ..backend import processes, protocol, request, transfer, unfinished
    from ..backend.asset import interim, key_checks, layout, reader, replace
    from ..backend.errors import LikenessError, UserError
    from ..backend.scene import camera, head, polygons, rig, surface
else:
    from backend import processes, protocol, request, transfer, unfinished
    from backend.asset import interim, key_checks, layout, reader, replace
    from backend.errors import LikenessError, UserError
    from backend.scene import camera, head, polygons, rig, surface

EXTENSION = __package__.rpartition(".")[0] or __package__  # the name under which Blender knows the extension

__all__ = [
    "EXTENSION", "LikenessError", "UserError", "camera", "head", "interim", "key_checks", "layout", "polygons",
    "processes", "protocol", "reader", "replace", "request", "rig", "surface", "transfer", "unfinished",
]  # fmt: skip
