"""`install.py doctor`: what is installed, which device, what is missing and how to mend it. It changes nothing."""

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import SetupError, head_model
from .blender import find, installed
from .environment import needed
from .places import (
    DEMO_CAPTURE,
    ENVIRONMENT,
    REQUIREMENTS,
    backend_record,
    child_variables,
    environment_python,
    has_blender_module,
)
from .requirements import BACKEND, outdated, pins

# Runs in the environment: which pins hold, and what torch computes on. Prints one line of JSON.
PROBE = """
import importlib.metadata, json, sys
from pip._vendor.packaging.requirements import Requirement
wanted = [pin for pin in map(Requirement, json.loads(sys.argv[1])) if pin.marker is None or pin.marker.evaluate()]
wrong = []
for pin in wanted:
    try:
        found = importlib.metadata.version(pin.name)
    except importlib.metadata.PackageNotFoundError:
        found = None
    if found is None or found not in pin.specifier:
        wrong.append(f"{pin.name} ({found or 'missing'}, wanted {pin.specifier})")
answer = {
    "python": sys.version.split()[0], "wanted": len(wanted), "wrong": wrong,
    "masks": any(pin.name == "mediapipe" for pin in wanted),
}
try:
    import torch
except ImportError as error:
    answer["fault"] = str(error)
else:
    device = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
    answer.update(torch=torch.__version__, device=device, threads=torch.get_num_threads())
print(json.dumps(answer))
"""


@dataclass(frozen=True)
class Finding:
    """One line of the report. `remedy` says what to do; without one all is well."""

    subject: str
    state: str
    remedy: str = ""
    needed: bool = True  # False: Likeness works without it


def run(blender_path: str | None = None) -> int:
    """Print the report; returns 1 when something is missing that a fit needs."""
    healthy = True
    for finding in examine(blender_path):
        mark = "ok" if not finding.remedy else "MISSING" if finding.needed else "without"
        print(f"{mark:<8} {finding.subject:<14} {finding.state}", flush=True)
        if finding.remedy:
            print(f"{'':<23} {finding.remedy}")
            healthy = healthy and not finding.needed
    return 0 if healthy else 1


def examine(blender_path: str | None = None, environment: Path = ENVIRONMENT) -> Iterator[Finding]:
    """All that there is to say, part by part."""
    yield Finding("system", f"{platform.platform()}, {os.cpu_count()} cores")
    yield Finding("this Python", f"{platform.python_version()} ({sys.executable})")
    yield from examine_backend(environment)
    yield examine_head_models()
    yield examine_blender(blender_path, environment)
    if has_blender_module(environment):
        yield Finding("Blender module", "bpy is there: the demo and the tests need no other Blender")
    if not DEMO_CAPTURE.exists():
        yield Finding(
            "demo photos", f"no {DEMO_CAPTURE}", "Get Likeness again, or give the demo photos of your own.", False
        )
    yield Finding(
        "disk", f"{shutil.disk_usage(environment.parent).free / 1e9:.0f} GB free (a setup takes up to {needed()})"
    )


def examine_backend(environment: Path) -> Iterator[Finding]:
    """The environment, its packages, and what it computes on."""
    if not environment_python(environment).exists():
        yield Finding("environment", f"no {environment}", "Run `python install.py`.")
        return
    answer = probe(environment)
    if answer.returncode != 0:
        fault = (answer.stderr.strip().splitlines() or ["it does not start"])[-1]
        yield Finding("environment", f"{environment} is broken: {fault}", "Remove it and run `python install.py`.")
        return
    found = json.loads(answer.stdout)
    stale = "; ".join(found["wrong"]) or ("not all of it" if outdated((BACKEND,), environment) else "")
    right = found["wanted"] - len(found["wrong"])
    state = f"{environment}, Python {found['python']}, {right} of {found['wanted']} pinned packages"
    if stale:
        yield Finding("environment", f"{state}: {stale}", "Run `python install.py`.")
    else:
        yield Finding("environment", state)
    yield examine_device(found)
    if not found["masks"]:
        remedy = "Masks come from cameras and colors alone: bring your own, or set up with Python 3.10 to 3.12."
        yield Finding("person finder", "mediapipe has no build for this Python", remedy, needed=False)
    yield examine_record(environment_python(environment))


def probe(environment: Path) -> subprocess.CompletedProcess:
    """Let the environment's Python say what PROBE asks."""
    files = (*BACKEND.files, *BACKEND.without_dependencies)
    wanted = [pin for name in files for pin in pins(REQUIREMENTS / name)]
    return subprocess.run(
        [str(environment_python(environment)), "-c", PROBE, json.dumps(wanted)],
        capture_output=True, text=True, env=child_variables(), check=False,
    )  # fmt: skip


def examine_record(python: Path) -> Finding:
    """The file that tells the extension where the backend is."""
    record = backend_record()
    try:
        noted = json.loads(record.read_text(encoding="utf-8"))["python"]
    except (OSError, ValueError, KeyError, TypeError):
        noted = None
    if noted == str(python):
        return Finding("backend.json", f"{record} tells the extension where this backend is")
    return Finding("backend.json", f"{record} does not name this backend", "Run `python install.py`.", needed=False)


def examine_head_models() -> Finding:
    """Which head models there are beside the one that Likeness brings along."""
    if head_model.installed("ict"):
        return Finding("head models", f"builtin; ict in {head_model.file_of('ict')}")
    remedy = "Heads from few photos come out closer with ict: `python install.py head-model ict`."
    return Finding("head models", "builtin; ict is not installed", remedy, needed=False)


def examine_device(found: dict) -> Finding:
    """What the fit computes on. `found` is the probe's answer."""
    if "fault" in found:
        return Finding("device", f"torch cannot be loaded: {found['fault']}", "Run `python install.py`.")
    if found["device"]:
        return Finding("device", f"cuda: {found['device']} (torch {found['torch']})")
    state = f"cpu: {found['threads']} threads (torch {found['torch']})"
    if not shutil.which("nvidia-smi"):
        return Finding("device", state)
    remedy = (
        "There is an NVIDIA driver, but this torch cannot use it: update the driver;"
        " on Windows docs/guide.md says how to get torch's CUDA build."
    )
    return Finding("device", state, remedy, needed=False)


def examine_blender(blender_path: str | None, environment: Path) -> Finding:
    """Blender, and whether the extension is in it."""
    try:
        blender = find(blender_path)
    except SetupError as error:
        return Finding("Blender", f"not at {blender_path}", str(error), needed=False)
    if blender is None:
        remedy = "Install Blender 4.2 or newer, or name it: `python install.py --blender PATH`. All else works without."
        return Finding("Blender", "not found", remedy, needed=False)
    if installed(blender, environment) is None:
        return Finding("Blender", f"{blender}, without the extension", "Run `python install.py`.", needed=False)
    return Finding("Blender", f"{blender}, with the extension")
