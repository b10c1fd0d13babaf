"""Descent with steps of a known length."""

from collections.abc import Sequence

import numpy as np


class Descent:
    """Momentum, and one scalar that scales all steps alike: flat places do not wander as they would under Adam.

    (The uniform second moment of Nicolet et al. 2021, here the mean square instead of the maximum.)
    """

    def __init__(self, momentum: float = 0.9, memory: float = 0.97, longest: float = 2.0):
        self._momentum, self._memory, self._longest = momentum, memory, longest
        self._first: np.ndarray | float = 0.0
        self._second, self._time = 0.0, 0

    def step(self, gradient: np.ndarray, length: float) -> np.ndarray:
        """gradient (N,) or (N, 3) -> the step to add, about `length` long where the gradient is of usual size."""
        self._time += 1
        size = np.linalg.norm(gradient, axis=-1) if gradient.ndim > 1 else np.abs(gradient)
        moved = size[size > 1e-3 * size.max()] if size.size and size.max() > 0 else size
        mean_square = float(np.mean(np.square(moved, dtype=np.float64))) if moved.size else 0.0
        self._first = self._momentum * self._first + (1 - self._momentum) * gradient
        self._second = self._memory * self._second + (1 - self._memory) * mean_square
        first = self._first / (1 - self._momentum**self._time)
        scale = np.sqrt(self._second / (1 - self._memory**self._time)) + 1e-20
        step = first / scale
        reach = np.linalg.norm(step, axis=-1, keepdims=True) if step.ndim > 1 else np.abs(step)
        step = step * np.minimum(1, self._longest / np.maximum(reach, 1e-20))
        return (-length * step).astype(np.float32)


def batches(views: Sequence[int], size: int, rng: np.random.Generator):
    """Endless batches of view numbers in which every view comes once before any comes twice."""
    queue: list[int] = []
    while True:
        while len(queue) < size:
            queue += rng.permutation(views).tolist()
        batch, queue = queue[:size], queue[size:]
        yield batch


def falling(start: float, end: float, share: float) -> float:
    """From start to end geometrically as `share` runs from 0 to 1."""
    return start * (end / start) ** share
