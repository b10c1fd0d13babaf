"""Fields against the peer, on the same photos and masks: what each has reached after how many seconds, over white.

The clock begins with the photos in memory, stands still while pictures are measured, and runs for everything else:
for ours also the hull, for the peer neither that nor its box. A field's plan is as long as its budget of seconds:
a first, unmeasured fit finds out how many steps that is, and compiles the kernels.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import torch

from backend.fit.context import FitContext
from backend.fit.domain import make_domain
from backend.fit.fields import FieldFit, begin_field
from backend.kernels.renderer import choose_renderer
from backend.presets import settings_for
from backend.protocol import FitRequest
from backend.scene import Capture, Drawer, Surface, silent

from .peer_hash_nerf import Box, Peer, train_peer
from .scores import Painter
from .truth import HeldOut

_MARGIN = 0.02  # of the hull's longest side, around the peer's box
_LOOKS = 12  # measurements in the course of a budget
_CAUTION = 0.97  # share of the budget that the steps are planned for

Judge = Callable[[Painter], dict[str, float]]


@dataclass(frozen=True)
class Moment:
    """What had been reached: after so many steps and seconds, the figures of scores.score_pictures."""

    steps: int
    seconds: float
    figures: dict[str, float]


class Stopwatch:
    """Counts steps and seconds, and looks at the figures when it is time; it does not count its own time."""

    def __init__(self, judge: Judge):
        self._judge, self._began = judge, time.perf_counter()
        self.steps, self.prepared, self.moments = 0, 0.0, []

    @property
    def seconds(self) -> float:
        """Since the beginning, without the looks."""
        return time.perf_counter() - self._began

    def look(self, paint: Painter) -> None:
        """Measure, with the clock standing still."""
        paused = time.perf_counter()
        self.moments.append(Moment(self.steps, paused - self._began, self._judge(paint)))
        self._began += time.perf_counter() - paused


class TimeUp(Exception):
    """The budget of a fit is spent."""


class Budget:
    """A scene.Live that ends a fit when its seconds are spent, and looks at the field so many times until then."""

    def __init__(self, seconds: float, watch: Stopwatch, looks: int):
        self.watch, self._seconds = watch, seconds
        self._due = [seconds * (k + 1) / looks for k in range(looks)]

    def surface(self, surface: Surface) -> None:
        """Nothing is measured."""

    def field(self, draw: Drawer) -> None:
        """After each step."""
        self.watch.steps += 1
        spent = self.watch.seconds
        if spent >= self._seconds:
            raise TimeUp
        if self._due and spent >= self._due[0]:
            self._due = [due for due in self._due if due > spent]
            self.watch.look(painter(draw))


def painter(draw: Drawer) -> Painter:
    """A field's pictures, before a background."""
    return lambda camera, background: draw(camera).over(background)


def race_peer(capture: Capture, marks: Sequence[int], judge: Judge, seed: int) -> list[Moment]:
    """The peer's moments at the marks (numbers of steps) on a normalized capture."""
    photos = [HeldOut(view, None).over_white().view for view in capture.views]
    box = hull_box(capture)
    watch = Stopwatch(judge)

    def after_step(step: int, peer: Peer) -> None:
        watch.steps = step
        if step in marks:
            watch.look(lambda camera, background: peer.draw(camera))

    train_peer(photos, box, max(marks), after_step, seed=seed)
    return watch.moments


def race_field(capture: Capture, representation: str, budget: float, judge: Judge, seed: int) -> list[Moment]:
    """The moments of a field that has `budget` seconds for everything, on a normalized capture."""
    settings = settings_for(FitRequest("", "", representation=representation, preset="preview"), "cpu")
    context = FitContext(choose_renderer("auto", "cpu"), torch.device("cpu"), seed)

    def fit(config: FieldFit, looks: int) -> Stopwatch:
        watch = Stopwatch(judge)
        domain = make_domain(capture, settings.surface.dissent)
        training = begin_field(capture, domain, config, context)
        watch.prepared = watch.seconds
        with suppress(TimeUp):
            training.run(silent, Budget(budget, watch, looks))
        watch.look(painter(training.field.draw))
        return watch

    pilot = fit(settings.field, looks=0)
    steps = affordable(pilot.moments[-1], pilot.prepared, budget)
    return fit(with_steps(settings.field, steps), _LOOKS).moments


def affordable(pilot: Moment, prepared: float, budget: float) -> int:
    """Steps for which a budget of seconds suffices, by a pilot that spent `prepared` seconds before its first step."""
    pace = (pilot.seconds - prepared) / max(pilot.steps, 1)
    return max(1, int((_CAUTION * budget - prepared) / pace))


def with_steps(config: FieldFit, steps: int) -> FieldFit:
    """The same plan with another number of steps."""
    if hasattr(config, "plan"):
        return replace(config, plan=replace(config.plan, steps=steps))
    return replace(config, steps=steps)


def hull_box(capture: Capture) -> Box:
    """The box of what the masks allow, with what lies beyond the capture's cut."""
    hull = make_domain(capture, 0.0).hull.vertices
    low, high = hull.min(0), hull.max(0)
    margin = _MARGIN * (high - low).max()
    return Box(torch.from_numpy(low - margin).float(), torch.from_numpy(high + margin).float())


def seconds_until(moments: Sequence[Moment], name: str, target: float) -> float | None:
    """When a figure was first seen to have reached a target; None: never."""
    return next((moment.seconds for moment in moments if moment.figures[name] >= target), None)
