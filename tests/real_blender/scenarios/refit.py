"""A head of an earlier fit is re-fitted by the button: the same mesh, another shape, one undo step."""

import os
import sys

import bpy

sys.path.insert(0, os.environ["LIKENESS_STAGE"])
import scenes


def scenario(ui):
    yield from scenes.opening(ui)
    with scenes.window(ui):
        bpy.ops.likeness.import_result(directory=str(scenes.STAGE / "result"))
    yield from scenes.look(ui)
    head = bpy.data.objects["Head"]
    head.data.shape_keys.key_blocks["jawOpen"].value = 0.5
    with scenes.window(ui):
        bpy.ops.ed.undo_push(message="The jaw opened")
    count, size = len(head.data.vertices), height()
    yield from scenes.press(ui, "likeness.refit")
    yield from scenes.ended(ui)
    head = bpy.data.objects["Head"]
    ui.check(len(head.data.vertices) == count, "the vertices are the same")
    ui.check(1.05 < height() / size < 1.15, f"the shape is the re-fit's: {height() / size:.3f}")
    ui.check(abs(head.data.shape_keys.key_blocks["jawOpen"].value - 0.5) < 1e-6, "the keys keep their values")
    yield from scenes.picture(ui, "panel-refit")
    region = ui.region("WINDOW")
    yield from ui.move(region.x + region.width // 3, region.y + region.height // 2)
    yield from ui.key("Z", ctrl=True)
    yield 0.5
    ui.check(abs(height() / size - 1) < 1e-3, f"one undo brings the old shape back: {height() / size:.3f}")
    yield from ui.key("Z", ctrl=True, shift=True)
    yield 0.5
    ui.check(1.05 < height() / size < 1.15, "and a redo the new one")


def height() -> float:
    """Of the head's skin at rest, meters."""
    points = [vertex.co.z for vertex in bpy.data.objects["Head"].data.shape_keys.key_blocks["Basis"].data]
    return max(points) - min(points)
