"""How torch tensors reach Warp kernels."""

import torch
import warp as wp

wp.config.log_level = 40  # errors only: standard output belongs to the JSON protocol
wp.init()

_WARP_TYPES = {torch.float32: wp.float32, torch.int32: wp.int32, torch.int64: wp.int64, torch.uint8: wp.uint8}


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


def contiguous(tensor: torch.Tensor, dtype: torch.dtype, name: str, columns: int | None = None) -> torch.Tensor:
    """The tensor laid out as the kernels read it; a TypeError or ValueError that names it where that cannot be."""
    if tensor.dtype != dtype:
        raise TypeError(f"{name} must be {dtype}, not {tensor.dtype}")
    if columns is not None and (tensor.dim() != 2 or tensor.shape[1] != columns):
        raise ValueError(f"{name} must have shape (N, {columns}), not {tuple(tensor.shape)}")
    return tensor.contiguous()
