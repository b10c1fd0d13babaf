"""Kernel launches over rays, shared out over the CPU's threads."""

from functools import partial
from itertools import pairwise

import torch
import warp as wp

from .warp_runtime import CPU_THREADS, launch, load, side_by_side

_PARTS = 2 * CPU_THREADS  # more parts than threads: rays differ in how much they meet
_FEW = 256  # rays that one thread has done before another would have started


def launch_over_rays(kernel: wp.Kernel, rays: int, inputs: list, device: torch.device) -> None:
    """Launch over `rays`; the kernel's first argument is the first ray of its part, to which it adds wp.tid().

    A ray writes to memory of its own only, so results do not depend on the number of threads.
    """
    if rays == 0:
        return
    load(kernel, device)
    parts = _PARTS if device.type == "cpu" and rays >= _FEW else 1
    edges = [rays * part // parts for part in range(parts + 1)]
    jobs = [partial(launch, kernel, end - first, [first, *inputs], device) for first, end in pairwise(edges)]
    side_by_side(device, jobs)
