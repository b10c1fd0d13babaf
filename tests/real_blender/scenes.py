"""What several scenarios do. Runs inside Blender, from the stage."""

import importlib
from pathlib import Path

import bpy

STAGE = Path(__file__).resolve().parent
EXTENSION = "bl_ext.user_default.likeness.blender_addon"


def ours(name: str):
    """A module of the extension."""
    return importlib.import_module(f"{EXTENSION}.{name}")


def job():
    """The job at hand, or the last one; None before the first."""
    return ours("jobs.job").current()


def opening(ui):
    """An empty scene with the stage's photos, and our tab."""
    yield from ui.wait_drawn()
    for other in list(bpy.data.objects):
        bpy.data.objects.remove(other)
    bpy.context.scene.likeness.output = str(STAGE / "jobs")
    with window(ui):
        bpy.ops.likeness.add_photos(directory=str(STAGE / "photos"))
        bpy.ops.ed.undo_push(message="Photos")
    yield from ui.open_sidebar("Likeness")


def press(ui, operator: str, across: float = 0.5):
    """Press an operator's button in the sidebar. across: where in its width the button is."""
    yield from ui.click_operator(operator, step=14, xs=(across,))


def picture(ui, name: str):
    """A picture of the window, and where in it the sidebar is: left, bottom, width, height, in pixels."""
    yield 0.3
    ui.screenshot(name)
    region = ui.region()
    ui.result.setdefault("sidebars", {})[name] = region.x, region.y, region.width, region.height


def generated(ui, timeout: float = 60):
    """Press the button and wait for the head; returns it."""
    yield from press(ui, "likeness.generate")
    yield from ended(ui, timeout)
    ui.check("Head" in bpy.data.objects, "the head is in the scene")
    return bpy.data.objects["Head"]


def ended(ui, timeout: float = 60):
    """Wait for the end of the job at hand, and let its panel draw."""
    yield from ui.wait_until(lambda: job() is not None and job().final is not None, timeout)
    ui.log("the job ended with", str(job().final)[:300])
    yield 0.5


def window(ui):
    """Operators called in here run in the 3D view, as if the pointer was there."""
    return bpy.context.temp_override(window=ui.window, area=ui.area(), region=ui.region("WINDOW"))


def point_at(ui, area, owner: type, name: str):
    """Move the pointer over the field of a property, in an area's main region."""
    region = next(region for region in area.regions if region.type == "WINDOW")
    for y in range(region.y + region.height - 6, region.y, -8):
        yield from ui.move(region.x + 0.75 * region.width, y)
        with bpy.context.temp_override(window=ui.window, area=area, region=region):
            found = getattr(bpy.context, "property", None)
        if found and isinstance(found[0], owner) and found[1].rpartition(".")[2] == name:
            return
    ui.check(False, f"the field {name} is there")


def look(ui, distance: float = 0.75, center: tuple = (0.0, 0.0, 0.0)):
    """Show the head from its front, in the colors of its texture."""
    from mathutils import Quaternion

    space = ui.area().spaces.active
    space.shading.type, space.shading.light, space.shading.color_type = "SOLID", "STUDIO", "TEXTURE"
    space.overlay.show_overlays = False
    view = space.region_3d
    view.view_perspective, view.view_rotation = "ORTHO", Quaternion((0.7071068, 0.7071068, 0, 0))
    view.view_location, view.view_distance = center, distance
    yield 0.5
