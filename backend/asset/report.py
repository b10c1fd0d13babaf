"""What report.json says: how a result came about and how good it was measured to be. Standard library only."""

import os
import platform
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timezone
from importlib import metadata

from .. import __version__

_PACKAGES = ("numpy", "scipy", "torch", "warp-lang", "trimesh", "xatlas", "pillow", "safetensors", "pygltflib")


def build_report(
    settings: Mapping,
    seconds: Mapping[str, float],
    held_out: Mapping | None,
    warnings: Sequence[str],
    device: str = "cpu",
    counts: Mapping[str, int] | None = None,
) -> dict:
    """Plain JSON values for Result.report.

    settings  the request (FitRequest.to_json()); its seed is repeated at the top
    seconds   wall seconds for each stage, in order
    held_out  figures.measure of views that were left out of a first fit, or None where there were too few
    counts    vertices, triangles, views ...
    """
    rounded = {name: round(value, 2) for name, value in seconds.items()}
    return {
        "created": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        "settings": dict(settings),
        "seed": settings.get("seed"),
        "versions": versions(),
        "machine": {**machine(), "device": device},
        "seconds": {**rounded, "total": round(sum(seconds.values()), 2)},
        "held_out": dict(held_out) if held_out is not None else None,
        "counts": dict(counts or {}),
        "warnings": list(warnings),
        "peak_memory_mb": peak_memory_mb(),
    }


def versions() -> dict[str, str]:
    """Likeness, Python and the installed packages that a result depends on."""
    found = {"likeness": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict:
    """What it ran on, without names of people or hosts."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
    }


def peak_memory_mb() -> float:
    """The most memory (mebibytes, resident) that this process, or one that it waited for, has held so far."""
    if sys.platform == "win32":
        return round(_peak_on_windows() / 2**20, 1)
    import resource  # not on Windows

    unit = 1 if sys.platform == "darwin" else 1024  # bytes on macOS, kibibytes on Linux
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    return round(max(_peak_of_this_process(unit), children) / 2**20, 1)


def _peak_of_this_process(unit: int) -> int:
    """Bytes. On Linux ru_maxrss counts the memory of whoever started us (Blender): our own mark is elsewhere."""
    if sys.platform == "linux":
        with open("/proc/self/status", encoding="ascii", errors="replace") as lines:
            marks = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
        if marks:
            return int(marks[0]) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def _peak_on_windows() -> int:
    """PeakWorkingSetSize (bytes) of PROCESS_MEMORY_COUNTERS, psapi.h."""
    import ctypes
    from ctypes import wintypes

    class Counters(ctypes.Structure):
        _fields_ = [("cb", wintypes.DWORD), ("PageFaultCount", wintypes.DWORD)] + [
            (name, ctypes.c_size_t) for name in ("PeakWorkingSetSize", *(f"other{k}" for k in range(7)))
        ]

    counters = Counters(cb=ctypes.sizeof(Counters))
    kernel = ctypes.WinDLL("kernel32")
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.K32GetProcessMemoryInfo.argtypes = [wintypes.HANDLE, ctypes.c_void_p, wintypes.DWORD]
    kernel.K32GetProcessMemoryInfo(kernel.GetCurrentProcess(), ctypes.byref(counters), counters.cb)
    return counters.PeakWorkingSetSize
