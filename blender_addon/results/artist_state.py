"""What the artist has selected, which object is active and in which mode: left for a moment, and found again."""

import bpy

EVERY_MODE = frozenset({
    "EDIT", "POSE", "SCULPT", "VERTEX_PAINT", "WEIGHT_PAINT", "TEXTURE_PAINT", "PARTICLE_EDIT",
})  # fmt: skip
WITH_WHOLE_UNDO = frozenset({"POSE", "WEIGHT_PAINT"})  # modes whose undo steps hold the whole file


class ObjectMode:
    """A `with` block in object mode. Selection, active object and, where it is one of `back_to`, the mode return.

    Objects are found again by their names: one may have been replaced in between.
    """

    def __init__(self, back_to: frozenset[str] = EVERY_MODE):
        self._back_to = back_to

    def __enter__(self) -> None:
        objects = bpy.context.view_layer.objects
        self._selected = {built.name for built in objects if built.select_get()}
        self._active = objects.active.name if objects.active is not None else ""
        self._mode = objects.active.mode if objects.active is not None else "OBJECT"
        if self._mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")

    def __exit__(self, *_) -> None:
        objects = bpy.context.view_layer.objects
        for built in objects:
            if built.select_get() != (built.name in self._selected):
                built.select_set(built.name in self._selected)
        objects.active = objects.get(self._active)
        if self._mode in self._back_to and objects.active is not None:
            bpy.ops.object.mode_set(mode=self._mode)
