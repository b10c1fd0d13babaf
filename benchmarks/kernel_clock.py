"""How long each Warp kernel runs: a stopwatch around every launch."""

import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import warp as wp


@dataclass
class KernelClock:
    """Seconds and launches by kernel name. Threads that launch at the same time add up to more than the wall's."""

    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    launches: dict[str, int] = field(default_factory=lambda: defaultdict(int))


@contextmanager
def timed_kernels() -> Iterator[KernelClock]:
    """Every launch in the block is timed until its end; on CUDA that takes away what would overlap."""
    clock, lock, launch = KernelClock(), threading.Lock(), wp.launch

    def timed(kernel, *args, **options):
        began = time.perf_counter()
        result = launch(kernel, *args, **options)
        device = wp.get_device(options.get("device"))
        if device.is_cuda:
            wp.synchronize_device(device)
        with lock:
            clock.seconds[kernel.key] += time.perf_counter() - began
            clock.launches[kernel.key] += 1
        return result

    wp.launch = timed
    try:
        yield clock
    finally:
        wp.launch = launch
