"""Differentiable rasterization in NVIDIA Warp behind torch.autograd: one source for CPU and CUDA.

The four drawing calls follow nvdiffrast's conventions (Laine et al. 2020, "Modular Primitives for
High-Performance Differentiable Rendering"), without its batch axis. Warp launches on the CPU are
serial in the calling thread, so float atomics are deterministic there; two threads may launch at
the same time as long as they write to buffers of their own.
"""
