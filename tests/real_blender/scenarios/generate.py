"""The button, progress, a pause, an early finish, the head, a slider, undo, saving and opening again."""

import os
import sys

import bpy

sys.path.insert(0, os.environ["LIKENESS_STAGE"])
import scenes


def scenario(ui):
    yield from scenes.opening(ui)
    yield from scenes.picture(ui, "panel-photos")
    yield from scenes.press(ui, "likeness.generate")
    yield from watch(ui)
    yield from pause_and_resume(ui)
    with scenes.window(ui):
        bpy.ops.likeness.finish_job()
    yield from scenes.ended(ui)
    ui.check("early" in " ".join(scenes.job().warnings), "it says that it was finished early")
    head = bpy.data.objects["Head"]
    ui.check(len(head.data.shape_keys.key_blocks) >= 53, "the head has its keys")
    ui.check(not any("fitting" in built.name for built in bpy.data.objects), "the surface of the fit has gone")
    yield from scenes.look(ui)
    yield from scenes.picture(ui, "panel-result")
    yield from slide(ui, head)
    yield from undo_and_redo(ui)
    yield from save_and_open(ui)


def watch(ui):
    """Progress grows, a picture and a surface come, all beside a Blender that goes on."""
    yield from ui.wait_until(lambda: scenes.job() is not None and scenes.job().fraction > 0.002, 30)
    running, live = scenes.job(), scenes.ours("jobs.live_preview")
    ui.check(running.final is None and not running.importing, "it runs beside Blender")
    yield from ui.wait_until(lambda: live.picture() is not None, 10)
    yield from ui.wait_until(lambda: any("fitting" in built.name for built in bpy.data.objects), 10)
    before = running.fraction
    yield from ui.wait_until(lambda: running.fraction > before, 10)
    yield from scenes.picture(ui, "panel-running")


def pause_and_resume(ui):
    """While it is paused nothing moves."""
    running = scenes.job()
    yield from scenes.press(ui, "likeness.pause_job", 0.3)
    yield 1.0
    stood_at = running.fraction
    yield from scenes.picture(ui, "panel-paused")
    yield 1.0
    ui.check(running.paused and running.fraction == stood_at, f"it stands still at {stood_at:.2f}")
    ui.check(running.final is None, "it is not over")
    yield from scenes.press(ui, "likeness.resume_job", 0.3)
    yield from ui.wait_until(lambda: running.fraction > stood_at, 10)


def slide(ui, head):
    """The value of a key, typed into its slider in Blender's own list of shape keys."""
    with scenes.window(ui):
        bpy.context.view_layer.objects.active = head
    head.active_shape_key_index = head.data.shape_keys.key_blocks.find("jawOpen")
    area = ui.area("PROPERTIES")
    area.spaces.active.context = "DATA"
    yield 0.5
    before = evaluated(head)
    yield from scenes.point_at(ui, area, bpy.types.Key, "value")
    yield from ui.key("RET")
    yield 0.2
    yield from ui.key("A", ctrl=True)
    yield from ui.type_text("0.8")
    yield from ui.key("RET")
    yield 0.3
    ui.check(abs(head.data.shape_keys.key_blocks["jawOpen"].value - 0.8) < 1e-5, "the slider took 0.8")
    ui.check(max((a - b).length for a, b in zip(before, evaluated(head), strict=True)) > 1e-4, "and the skin moved")
    ui.screenshot("slider")


def evaluated(head):
    graph = bpy.context.evaluated_depsgraph_get()
    mesh = head.evaluated_get(graph).data
    return [vertex.co.copy() for vertex in mesh.vertices]


def undo_and_redo(ui):
    """Ctrl+Z over the 3D view until the head is gone, then back."""
    region = ui.region("WINDOW")
    yield from ui.move(region.x + region.width // 2, region.y + region.height // 2)
    presses = 0
    while "Head" in bpy.data.objects and presses < 5:
        yield from ui.key("Z", ctrl=True)
        yield 0.5
        presses += 1
    ui.check("Head" not in bpy.data.objects, f"the head is undone ({presses} presses)")
    ui.check(len(bpy.context.scene.likeness.photos) == 2, "the photos are not")
    for _ in range(presses):
        yield from ui.key("Z", ctrl=True, shift=True)
        yield 0.5
    ui.check("Head" in bpy.data.objects, "and redone")
    ui.check(abs(bpy.data.objects["Head"].data.shape_keys.key_blocks["jawOpen"].value - 0.8) < 1e-5, "with its slider")


def save_and_open(ui):
    """A file that is opened again holds the head with its textures."""
    path = str(scenes.STAGE / "saved.blend")
    with scenes.window(ui):
        bpy.ops.wm.save_as_mainfile(filepath=path)
        bpy.ops.wm.read_homefile(use_empty=True)
    yield 1.0
    ui.check("Head" not in bpy.data.objects, "an empty file is open")
    bpy.ops.wm.open_mainfile(filepath=path)
    yield 1.5
    head = bpy.data.objects.get("Head")
    ui.check(head is not None and len(head.data.shape_keys.key_blocks) >= 53, "the saved head is back")
    ui.check(all(image.packed_file for image in bpy.data.images if "Head" in image.name), "its textures are packed")
    ui.check(len(bpy.context.scene.likeness.photos) == 2, "the photos are listed")
    ui.screenshot("opened")
