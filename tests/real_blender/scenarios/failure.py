"""A fit that fails says why in the panel, leaves the scene as it was, and the button works again."""

import os
import sys

import bpy

sys.path.insert(0, os.environ["LIKENESS_STAGE"])
import scenes


def scenario(ui):
    yield from scenes.opening(ui)
    yield from scenes.press(ui, "likeness.generate")
    yield from scenes.ended(ui)
    ui.check("no face" in scenes.job().final.message, f"it says why: {scenes.job().final.message}")
    ui.check(not bpy.data.objects, "the scene stays empty")
    yield from scenes.picture(ui, "panel-failed")
    with scenes.window(ui):
        ui.check(bpy.ops.likeness.generate.poll(), "the button works again")
