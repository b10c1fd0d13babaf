"""Spherical harmonics of many directions, as features for a network (no gradient)."""

import torch
import warp as wp

from .ray_launch import launch_over_rays
from .splat_harmonics import harmonics
from .warp_runtime import contiguous, wrap

wp.set_module_options({"enable_backward": False})

DEGREES = (1, 2, 3, 4)


@wp.kernel
def evaluate_kernel(first: int, directions: wp.array(dtype=wp.vec3), count: int, values: wp.array2d(dtype=wp.float32)):
    n = first + wp.tid()
    basis = harmonics(directions[n], count)
    for c in range(16):  # a constant number is unrolled
        if c < count:
            values[n, c] = basis[c]


def evaluate_harmonics(directions: torch.Tensor, degree: int) -> torch.Tensor:
    """directions (N, 3) float32 of unit length -> (N, degree²): the real bands below `degree`, 1 to 4.

    Order and signs are instant-ngp's, which for unit directions are those of 3D Gaussian splatting as well.
    """
    if degree not in DEGREES:
        raise ValueError(f"the degree must be one of {DEGREES}, not {degree}")
    directions = contiguous(directions, torch.float32, "directions", 3)
    values = torch.empty((len(directions), degree**2), device=directions.device)
    inputs = [wrap(directions, wp.vec3), degree**2, wrap(values)]
    launch_over_rays(evaluate_kernel, len(directions), inputs, directions.device)
    return values
