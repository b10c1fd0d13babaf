"""Kernel launches over the rows of a map, shared out over Python threads.

A Warp launch on the CPU runs in the calling thread and releases the interpreter's lock. Each thread works on
bands of rows of its own, so results do not depend on how many threads there are.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import warp as wp

from ..kernels import warp_runtime  # noqa: F401  (initializes Warp the quiet way)

_BANDS = 16  # more bands than threads: rows differ in how much surface they hold


@dataclass(frozen=True)
class RowLauncher:
    """Where kernels run, and on how many threads."""

    device: str = "cpu"
    threads: int = 2

    def rows(self, kernel: wp.Kernel, rows: int, columns: int, inputs: list) -> None:
        """Launch over (rows, columns); the kernel's first argument is the first row of its band."""
        if self.device != "cpu" or self.threads < 2 or rows < 2 * _BANDS:
            wp.launch(kernel, dim=(rows, columns), inputs=[0, *inputs], device=self.device)
            return
        kernel.module.load(wp.get_device(self.device))  # compiling is not for threads
        edges = np.linspace(0, rows, _BANDS + 1).astype(int)

        def band(index: int) -> None:
            first, last = int(edges[index]), int(edges[index + 1])
            wp.launch(kernel, dim=(last - first, columns), inputs=[first, *inputs], device=self.device)

        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(band, range(_BANDS)))

    def each(self, work, items) -> list:
        """work(item) for all items, in their order; the work must write to arrays of its own only."""
        if self.device != "cpu" or self.threads < 2:
            return [work(item) for item in items]
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(work, items))

    def upload(self, values: np.ndarray, dtype) -> wp.array:
        """numpy -> Warp array on the device (the same memory on the CPU where the layout allows)."""
        return wp.array(np.ascontiguousarray(values), dtype=dtype, device=self.device, copy=self.device != "cpu")
