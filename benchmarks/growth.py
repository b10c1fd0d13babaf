"""Fits in this process, changed one thing at a time, and tables of where their time went."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from backend import pipeline
from backend.asset.reader import read_result
from backend.presets import Settings
from backend.protocol import FitRequest

from .kernel_clock import KernelClock, timed_kernels
from .table import markdown

__all__ = ["best", "growth_table", "kernel_table", "stage_table", "timed_kernels"]


def best(request: FitRequest, repeat: int) -> dict[str, float]:
    """Seconds for each stage, and "total", of the fastest of several fits."""
    runs = [read_result(pipeline.fit(request, lambda event: None)).report["seconds"] for _ in range(repeat)]
    return min(runs, key=lambda seconds: seconds["total"])


def stage_table(seconds: dict[str, float]) -> str:
    """Seconds and share of each stage."""
    rows = [[name, value, round(100 * value / seconds["total"], 1)] for name, value in seconds.items()]
    return markdown(["stage", "seconds", "%"], rows)


def kernel_table(clock: KernelClock, total: float, repeat: int) -> str:
    """Launches, seconds and share of the whole for each kernel of one fit, the slowest first.

    Kernels that two threads run at once count twice, so that all together may exceed the whole.
    """
    names = sorted(clock.seconds, key=clock.seconds.get, reverse=True)
    rows = [[name, clock.launches[name] // repeat, clock.seconds[name] / repeat] for name in names]
    rows.append(["all kernels", sum(row[1] for row in rows), sum(row[2] for row in rows)])
    header = ["kernel", "launches", "seconds", "% of the fit"]
    return markdown(header, [[*row, round(100 * row[2] / total, 1)] for row in rows])


def growth_table(kind: str, factors: list[float], request: FitRequest, repeat: int) -> str:
    """Seconds of every stage at several sizes of one thing, and the total's ratio to factor 1."""
    runs = {}
    names = [camera.name for camera in read_result(Path(request.out)).cameras]  # of the fit before this one
    for factor in factors:
        if kind != "views":
            with scaled_settings(kind, factor):
                runs[factor] = best(request, repeat)
        elif factor <= 1:  # there are no more photos than all
            runs[factor] = best(replace(request, views=tuple(every(names, factor))), repeat)
    base = runs.get(1.0)
    stages = list(next(iter(runs.values())))
    rows = [
        [factor, *(seconds.get(stage) for stage in stages), seconds["total"] / base["total"] if base else None]
        for factor, seconds in runs.items()
    ]
    return markdown([f"{kind} x", *stages, "ratio"], rows)


def every(names: list[str], share: float) -> list[str]:
    """That share of the names, evenly spread; at least two."""
    count = max(2, round(share * len(names)))
    return [names[k * len(names) // count] for k in range(count)]


@contextmanager
def scaled_settings(kind: str, factor: float) -> Iterator[None]:
    """Within the block, fits run with photos or lattices `factor` times as fine."""
    original = pipeline.settings_for
    change = finer_photos if kind == "resolution" else finer_lattice
    pipeline.settings_for = lambda request, device: change(original(request, device), factor)
    try:
        yield
    finally:
        pipeline.settings_for = original


def finer_photos(settings: Settings, factor: float) -> Settings:
    """Photos with `factor` times the pixels along a side, in every stage."""
    surface = settings.surface

    def scaled(level):
        return level and replace(level, side=max(32, round(level.side * factor)))

    surface = replace(
        surface,
        lattices=tuple(scaled(level) for level in surface.lattices),
        passes=tuple(scaled(level) for level in surface.passes),
        detail=scaled(surface.detail),
    )
    capture = replace(settings.capture, max_side=round(settings.capture.max_side * factor))
    return replace(settings, surface=surface, capture=capture)


def finer_lattice(settings: Settings, factor: float) -> Settings:
    """Lattices with `factor` times the cubes along a side, and a final surface to match."""
    surface = settings.surface
    lattices = tuple(
        replace(level, dmtet=replace(level.dmtet, resolution=max(8, round(level.dmtet.resolution * factor))))
        for level in surface.lattices
    )
    triangles = round(surface.triangles * factor**2)
    return replace(settings, surface=replace(surface, lattices=lattices, triangles=triangles))
