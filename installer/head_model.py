"""`install.py head-model ict`: fetches a head model's kit, or takes one, and lets the backend check and convert it."""

import contextlib
import json
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable
from http.client import HTTPException
from pathlib import Path

from . import SetupError
from .places import ROOT, child_variables, environment_python, head_models
from .status import Status

ADDRESSES = {"ict": "https://github.com/ICT-VGL/ICT-FaceKit/archive/refs/heads/master.tar.gz"}
TITLES = {"ict": "ICT-FaceKit"}
LARGEST = 1_500_000_000  # bytes that an archive may have
TIMEOUT = 30  # seconds without an answer
CHUNK = 1 << 18  # bytes


def run(name: str, source: Path | None, python: Path | None = None) -> int:
    """Install the model `name` from `source`, else from its authors' page; returns the exit code.

    python: that of the backend, which converts it; none: that of our own environment.
    """
    python = python or environment_python()
    if not python.exists():
        raise SetupError(f"There is no {python} to convert the head model with: run `python install.py` first.")
    if source is not None and not source.exists():
        raise SetupError(f"There is no {source}: check the name of the folder or the archive.")
    told = None
    if source is None and installed(name):
        with contextlib.suppress(SetupError):  # what is there but damaged is installed anew
            told = ask(python, name)
    if told is None:
        with Status() as status, tempfile.TemporaryDirectory(prefix="likeness-") as folder:
            source = source or fetch(name, Path(folder) / f"{name}.tar.gz", status)
            status.step(f"Converting {TITLES[name]}")
            told = ask(python, name, source)
    print(f"The head model {name} is in {told['file']} ({told['bytes'] / 1e6:.0f} MB)")
    print(f"  {TITLES[name]}: {told['identities']} identities, {told['expressions']} expressions")
    print(f"  License: {told['license']}")
    return 0


def file_of(name: str) -> Path:
    """The file of an installed model, whether it is there or not."""
    return head_models() / f"{name}.npz"


def installed(name: str) -> bool:
    """Whether the model is installed."""
    return file_of(name).is_file()


def ask(python: Path, name: str, source: Path | None = None) -> dict:
    """Let the backend convert a kit, or look at what is installed; what it tells of the model, or a SetupError."""
    given = [str(source.absolute())] if source else []
    command = [str(python), "-m", "backend.head.install", name, *given]
    answer = subprocess.run(command, cwd=ROOT, env=child_variables(), capture_output=True, text=True, check=False)
    with contextlib.suppress(ValueError, IndexError):
        if answer.returncode == 0:
            return json.loads(answer.stdout.splitlines()[-1])
    said = (answer.stderr.strip().splitlines() or ["it said nothing"])[-1]
    if answer.returncode == 2:
        raise SetupError(said)
    raise SetupError(f"The head model was not converted ({said}): run `python install.py` to mend the environment.")


def fetch(name: str, target: Path, status: Status, opened: Callable = urllib.request.urlopen) -> Path:
    """Download the kit's archive to `target`. SetupError where that fails."""
    address = ADDRESSES[name]
    status.step(f"Downloading {TITLES[name]} from {address.split('/')[2]}")
    try:
        with opened(address, timeout=TIMEOUT) as answer, target.open("wb") as file:
            if not answer.url.startswith("https://"):
                raise SetupError(by_hand(name, "the answer came from an address that is not safe"))
            copy(name, answer, file, status)
    except urllib.error.URLError as error:
        raise SetupError(by_hand(name, str(error.reason or error))) from error
    except (TimeoutError, HTTPException, ConnectionError) as error:
        raise SetupError(by_hand(name, str(error) or type(error).__name__)) from error
    except OSError as error:
        raise SetupError(f"{target} cannot be written ({error.strerror}): make room on this disk, then run this"
                         " again.") from error  # fmt: skip
    return target


def copy(name: str, answer, file, status: Status) -> None:
    """The answer's bytes into the file. SetupError where they are too many, or fewer than were announced."""
    announced = int(answer.headers.get("Content-Length") or 0)
    done = 0
    while chunk := answer.read(CHUNK):
        done += len(chunk)
        if max(done, announced) > LARGEST:
            raise SetupError(by_hand(name, "the archive is far too large"))
        file.write(chunk)
        if announced:
            status.progress(done, announced)
        else:
            status.detail(f"{done / 1e6:.0f} MB")
    if announced and done != announced:
        raise SetupError(by_hand(name, "the download ended early"))


def by_hand(name: str, reason: str) -> str:
    """One sentence on a download that failed."""
    return (
        f"{TITLES[name]} could not be downloaded ({reason}): get {ADDRESSES[name]} in another way, then run"
        f" `python install.py head-model {name} --from ARCHIVE`."
    )
