"""How long the window stands still: while a fit that chatters runs, and while its result comes into the scene.

The figures go to `figures` of the record, in seconds; benchmarks/blender_window.py prints them.
"""

import os
import sys
import time

import bpy

sys.path.insert(0, os.environ["LIKENESS_STAGE"])
import scenes


def scenario(ui):
    bpy.context.preferences.system.viewport_aa = "OFF"  # a view would be drawn many times over after each change
    yield from ui.wait_drawn()
    figures = ui.result["figures"] = {"registration": registration()}
    yield from scenes.opening(ui)
    yield 2.0
    clear(ui)
    yield 4.0
    figures["nothing"] = gaps(ui)
    yield from plain(ui, figures)
    steps = watched_steps()
    with scenes.window(ui):
        bpy.ops.likeness.generate()
    running = scenes.job()
    yield from ui.wait_until(lambda: running.fraction > 0.05, 60)
    clear(ui)
    yield from ui.wait_until(lambda: running.fraction > 0.95, 300)
    figures["fit"] = gaps(ui)
    yield from ui.wait_until(lambda: (scenes.STAGE / "ended").exists(), 60, 0.02)
    clear(ui)
    yield from ui.wait_until(lambda: running.final is not None, 120, 0.02)
    seconds = time.time() - float((scenes.STAGE / "ended").read_text())
    figures["import"] = {**gaps(ui), "seconds": seconds, "step": max(steps), "steps": sum(steps)}
    yield 3.0
    figures["after"] = gaps(ui)
    ui.log("the job ended with", str(running.final)[:300])
    ui.check("Head" in bpy.data.objects, "the head is in the scene")
    ui.log(str(figures))


def plain(ui, figures):
    """What Blender alone takes to draw a mesh of 60,000 vertices for the first time."""
    rows, mesh = 173, bpy.data.meshes.new("plain")
    points = [(0.2 * k / rows - 0.1, 0.0, 0.2 * n / (2 * rows) - 0.1) for n in range(2 * rows) for k in range(rows)]
    corners = [n * rows + k for n in range(2 * rows - 1) for k in range(rows - 1)]
    mesh.from_pydata(points, [], [(c, c + 1, c + rows + 1, c + rows) for c in corners])
    built = bpy.data.objects.new("plain", mesh)
    clear(ui)
    bpy.context.scene.collection.objects.link(built)
    yield 3.0
    figures["plain"] = gaps(ui)
    bpy.data.objects.remove(built)
    bpy.data.meshes.remove(mesh)
    yield 1.0


def watched_steps() -> list[float]:
    """A list that takes the seconds of each step of an import."""
    generate, seconds = scenes.ours("jobs.generate"), []
    made = generate.import_steps

    def import_steps(*contents):
        steps = made(*contents)
        while True:
            began = time.perf_counter()
            text = next(steps, None)
            seconds.append(time.perf_counter() - began)
            if text is None:
                return
            yield text

    generate.import_steps = import_steps
    return seconds


def registration() -> float:
    """Seconds to switch the extension on, its modules unknown: the quickest of three."""
    name, times = scenes.EXTENSION.rpartition(".")[0], []
    for _ in range(3):
        bpy.ops.preferences.addon_disable(module=name)
        for module in [module for module in sys.modules if module.startswith(name)]:
            del sys.modules[module]
        began = time.perf_counter()
        bpy.ops.preferences.addon_enable(module=name)
        times.append(time.perf_counter() - began)
    return min(times)


def clear(ui):
    """Begin to measure."""
    ui.gaps.clear()
    ui._last = time.perf_counter()


def gaps(ui) -> dict:
    """Of the main loop's ticks since `clear`: how many, 95th percentile and longest, seconds."""
    in_order = sorted([*ui.gaps, time.perf_counter() - ui._last])
    return {"ticks": len(in_order), "p95": in_order[int(0.95 * (len(in_order) - 1))], "longest": in_order[-1]}
