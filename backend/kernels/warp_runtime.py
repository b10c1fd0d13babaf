"""How torch tensors reach Warp kernels."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait

import torch
import warp as wp

wp.config.log_level = 40  # errors only: standard output belongs to the JSON protocol
wp.init()

_WARP_TYPES = {torch.float32: wp.float32, torch.int32: wp.int32, torch.int64: wp.int64, torch.uint8: wp.uint8}

CPU_THREADS = torch.get_num_threads()  # as many as torch computes with
_POOL = ThreadPoolExecutor(max(1, CPU_THREADS - 1), thread_name_prefix="kernels")  # the calling thread works too


def wrap(tensor: torch.Tensor, dtype=None) -> wp.array:
    """A Warp array over the tensor's own memory (no copy); `dtype` may name a vector type for the last axis."""
    return wp.from_torch(tensor.detach(), dtype=dtype or _WARP_TYPES[tensor.dtype], requires_grad=False)


def launch(kernel, dim, inputs, device: torch.device) -> None:
    """Run `kernel` over `dim` threads where the tensors live, on torch's current stream for CUDA."""
    if device.type == "cuda":
        stream = wp.stream_from_torch(torch.cuda.current_stream(device))
        wp.launch(kernel, dim=dim, inputs=inputs, device=wp.device_from_torch(device), stream=stream)
    else:
        wp.launch(kernel, dim=dim, inputs=inputs, device="cpu")


def side_by_side(device: torch.device, jobs: Sequence[Callable[[], None]]) -> None:
    """Call every job: spread over threads on the CPU, where a launch keeps one core busy; in their order on CUDA.

    Each job writes to memory of its own, and its kernels' modules are loaded (`load`): compiling is not for threads.
    Jobs start in their order, so the longest belong first. The first exception is raised once no job runs any more.
    """
    remaining = iter(jobs)  # its next() is atomic under the interpreter's lock

    def work() -> None:
        for job in remaining:
            job()

    helpers = min(len(jobs), CPU_THREADS) - 1 if device.type == "cpu" else 0
    others = [_POOL.submit(work) for _ in range(helpers)]
    try:
        work()
    finally:
        others = [other for other in others if not other.cancel()]  # those that never started are not waited for
        wait(others)
    for other in others:
        other.result()


def load(kernel: wp.Kernel, device: torch.device) -> None:
    """Compile the kernel's module, or read it from the cache, where that has not happened in this process."""
    kernel.module.load(wp.get_device("cpu") if device.type == "cpu" else wp.device_from_torch(device))


def contiguous(tensor: torch.Tensor, dtype: torch.dtype, name: str, columns: int | None = None) -> torch.Tensor:
    """The tensor laid out as the kernels read it; a TypeError or ValueError that names it where that cannot be."""
    if tensor.dtype != dtype:
        raise TypeError(f"{name} must be {dtype}, not {tensor.dtype}")
    if columns is not None and (tensor.dim() != 2 or tensor.shape[1] != columns):
        raise ValueError(f"{name} must have shape (N, {columns}), not {tuple(tensor.shape)}")
    return tensor.contiguous()
