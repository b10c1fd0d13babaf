"""How far a job is, how long it will take, and when it must stop."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

from . import protocol
from .errors import UserError
from .scene import Progress

_SPACING = 0.2  # seconds between two progress events, at least


class Timeline:
    """Emits Stage and Progress events and keeps the seconds that each stage took."""

    def __init__(
        self, shares: Mapping[str, float], emit: Callable[[protocol.Event], None], time_limit: float | None = None
    ):
        """shares: stage name -> its expected share of the whole time, in the order of the stages."""
        self._emit, self._limit = emit, time_limit
        self._share_out(shares)
        self._start, self._last = time.monotonic(), 0.0
        self.seconds: dict[str, float] = {}

    def leave_out(self, names: Collection[str]) -> None:
        """These stages will not come after all: the others take their place."""
        self._share_out({name: share for name, share in self._shares.items() if name not in names})

    def _share_out(self, shares: Mapping[str, float]) -> None:
        total = sum(shares.values())
        self._names = list(shares)
        self._shares = {name: share / total for name, share in shares.items()}

    @contextmanager
    def stage(self, name: str) -> Iterator[Progress]:
        """The stage `name` runs inside the block; it tells its progress by the callable that this yields."""
        index = self._names.index(name)
        before = sum(self._shares[earlier] for earlier in self._names[:index])
        self._emit(protocol.Stage(name, index, len(self._names)))
        began = time.monotonic()

        def progress(fraction: float) -> None:
            end = before + self._shares[name] if index + 1 < len(self._names) else 1.0  # shares may add up to .999…
            self._report(before + (end - before) * min(max(fraction, 0.0), 1.0))

        progress(0.0)
        yield progress
        progress(1.0)
        self.seconds[name] = time.monotonic() - began

    def _report(self, done: float) -> None:
        now = time.monotonic()
        elapsed = now - self._start
        if self._limit is not None and elapsed > self._limit:
            raise UserError(
                f"The fit was stopped at its time limit of {self._limit:g} s, {done:.0%} done. "
                "Allow more time, use the preset preview, or give fewer photos."
            )
        if now - self._last >= _SPACING or done >= 1.0:
            self._last = now
            eta = elapsed / done - elapsed if done > 0.03 else None
            self._emit(protocol.Progress(min(done, 1.0), eta))
