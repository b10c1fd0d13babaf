"""The main job from a shell: photos become head.blend, head.glb, preview.png and a contact sheet."""

import re
import subprocess
from pathlib import Path

from . import SetupError, portrait
from .blender import Blender, find
from .environment import set_up
from .places import DEMO_CAPTURE, ROOT, child_variables, environment_python, has_blender_module
from .requirements import BACKEND, BLENDER

# What bpy needs on Debian beyond a server's usual libraries (ldd of 4.5.15).
LIBRARIES = "libgl1 libsm6 libx11-6 libxext6 libxfixes3 libxi6 libxkbcommon0 libxrender1"
RESULTS = (
    ("head.blend", "the scene for Blender"),
    ("head.glb", "the textured mesh for other programs"),
    ("preview.png", "a picture of it"),
    ("contact_sheet.png", "photo, render and shaded mesh side by side"),
)


def run(
    photos: str | None, out: Path, fit_options: list[str], blender_path: str | None, of_portrait: bool = False
) -> int:
    """Fit, save the scene, say where everything is; returns the exit code.

    photos is what the user named, if anything; of_portrait: the public-domain portrait instead. `out` is absolute.
    """
    capture = None if of_portrait else given(photos)
    blender = find(blender_path) if blender_path else None
    set_up()
    if capture is None:
        capture = portrait.fetch()
        print(portrait.CREDIT)
    code = fit(capture, out, fit_options)
    if code != 0:
        return code
    complaint = save_scene(out, blender)
    print(f"\nThe result is in {out}:")
    for name, meaning in RESULTS:
        if (out / name).exists():
            print(f"  {name:<18} {meaning}")
    if complaint:
        print(f"\n{complaint}")
    return 0


def given(photos: str | None) -> Path:
    """The photos that the user named, else those of the bust; SetupError where they are not there."""
    capture = Path(photos).expanduser().absolute() if photos else DEMO_CAPTURE
    if not capture.exists():
        advice = "check its name" if photos else "get Likeness again, or name photos of your own"
        raise SetupError(f"There is no {capture}: {advice}.")
    return capture


def fit(capture: Path, out: Path, options: list[str]) -> int:
    """`python -m backend fit`, which draws its own progress; returns its exit code."""
    command = [str(environment_python()), "-m", "backend", "fit", str(capture), "--out", str(out), *options]
    print(f"Fitting {capture}", flush=True)
    return subprocess.run(command, cwd=ROOT, env=child_variables(), stdout=subprocess.DEVNULL, check=False).returncode


def save_scene(out: Path, blender: Blender | None) -> str | None:
    """Write head.blend with the Blender that was named, else the Blender module, else any Blender; or say why not."""
    target = out / "head.blend"
    target.unlink(missing_ok=True)  # of an earlier result
    if blender is None and not has_blender_module():
        blender = find()
    if blender is None and not has_blender_module():
        set_up((BACKEND, BLENDER))
    if blender is None and not has_blender_module():
        return (
            "head.blend was not written, because there is no Blender here and no Blender module for this Python:"
            " install Blender or set Likeness up with Python 3.11, then run this again."
        )
    print(f"Saving head.blend with {blender or 'the Blender module'}", flush=True)
    answer = subprocess.run(
        scene_command(out, target, blender), cwd=ROOT, env=child_variables(), capture_output=True, text=True,
        encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    if answer.returncode == 0 and target.exists():
        return None
    return why_no_scene(answer.stdout + answer.stderr)


def scene_command(out: Path, target: Path, blender: Blender | None) -> list[str]:
    """The command that imports the result and saves the scene."""
    if blender is None:
        return [str(environment_python()), "-m", "blender_addon.results.save_blend", str(out), str(target)]
    script = (
        f"import runpy, sys; sys.path.insert(0, {str(ROOT)!r});"
        f" sys.argv = ['save_blend', {str(out)!r}, {str(target)!r}];"
        " runpy.run_module('blender_addon.results.save_blend', run_name='__main__', alter_sys=True)"
    )
    return [str(blender.path), "--background", "--factory-startup", "--python-exit-code", "1", "--python-expr", script]


def why_no_scene(said: str) -> str:
    """A missing system library is the user's to mend; anything else is our bug, and raises with the whole output."""
    missing = re.search(r"(lib\S+\.so[.\d]*): cannot open shared object file", said)
    if missing:
        return (
            f"head.blend was not written, because the Blender module needs {missing[1]}: on Debian or Ubuntu"
            f" `sudo apt install {LIBRARIES}` brings it, then run this again."
        )
    raise SetupError(
        f"head.blend could not be saved; this is a bug of Likeness, please report it with these lines:\n{said.strip()}"
    )
