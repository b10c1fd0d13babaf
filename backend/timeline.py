"""How far a job is, how long it will take, and when it must stop."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

from . import protocol
from .errors import Enough, UserError
from .scene import Progress

_EARLY = "Finished early on request: cut short were {}. Run it again for all detail."
_SPACING = 0.2  # seconds between two progress events, at least


class Timeline:
    """Emits Stage and Progress events and keeps the seconds that each stage took.

    Time that passes inside `emit` is not work (a paused job waits there): it counts for nothing.
    """

    def __init__(
        self, shares: Mapping[str, float], emit: Callable[[protocol.Event], None], time_limit: float | None = None
    ):
        """shares: stage name -> its expected share of the whole time, in the order of the stages."""
        self._emit, self._limit = emit, time_limit
        self._share_out(shares)
        self._waited = 0.0
        self._start, self._last = time.monotonic(), 0.0
        self.seconds: dict[str, float] = {}
        self.enough = False  # whether the artist has asked for what there is
        self.cut_short: list[str] = []  # the stages that have heard so, in order

    def emit(self, event: protocol.Event) -> None:
        """Tell an event that is neither Stage nor Progress, for whoever works in a stage."""
        began = time.monotonic()
        try:
            self._emit(event)
        except Enough:
            self.enough = True
        finally:
            self._waited += time.monotonic() - began

    def leave_out(self, names: Collection[str]) -> None:
        """These stages will not come after all: the others take their place."""
        self._share_out({name: share for name, share in self._shares.items() if name not in names})

    def _share_out(self, shares: Mapping[str, float]) -> None:
        total = sum(shares.values())
        self._names = list(shares)
        self._shares = {name: share / total for name, share in shares.items()}

    def shortened(self, name: str) -> bool:
        """Whether the artist has asked for what there is, so that the stage `name` has to make do with less."""
        if self.enough and name not in self.cut_short:
            self.cut_short.append(name)
        return self.enough

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the artist should know of a job that was finished early; empty where nothing was cut short."""
        return (_EARLY.format(", ".join(self.cut_short)),) if self.cut_short else ()

    @contextmanager
    def stage(self, name: str, refining: bool = False) -> Iterator[Progress]:
        """The stage `name` runs inside the block; it tells its progress by the callable that this yields.

        refining: whether the stage has a result at each of its steps. Its progress raises Enough once the artist has
        asked for what there is.
        """
        index = self._names.index(name)
        before = sum(self._shares[earlier] for earlier in self._names[:index])
        self.emit(protocol.Stage(name, index, len(self._names)))
        began = self._now()

        def report(fraction: float) -> None:
            end = before + self._shares[name] if index + 1 < len(self._names) else 1.0  # shares may add up to .999…
            self._report(before + (end - before) * min(max(fraction, 0.0), 1.0))

        def progress(fraction: float) -> None:
            report(fraction)
            if refining and self.shortened(name):
                raise Enough

        report(0.0)
        yield progress
        report(1.0)
        self.seconds[name] = self._now() - began

    def _now(self) -> float:
        """Seconds of work, from any start."""
        return time.monotonic() - self._waited

    def _report(self, done: float) -> None:
        now = self._now()
        elapsed = now - self._start
        if self._limit is not None and elapsed > self._limit:
            raise UserError(
                f"The fit was stopped at its time limit of {self._limit:g} s, {done:.0%} done. "
                "Allow more time, use the preset preview, or give fewer photos."
            )
        if now - self._last >= _SPACING or done >= 1.0:
            self._last = now
            eta = elapsed / done - elapsed if done > 0.03 else None
            self.emit(protocol.Progress(min(done, 1.0), eta))
