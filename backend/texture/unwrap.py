"""Unwrapping in a process of its own, so that a mesh on which it hangs or crashes cannot take the job along."""

import os
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np

from ..scene import Surface, UvAtlas
from .box_projection import project_boxes
from .config import TextureConfig
from .unwrap_worker import read_arrays, write_arrays

_ROOT = Path(__file__).resolve().parents[2]  # the folder that holds the package `backend`


class Unwrapping:
    """Starts at once; the caller may refine the geometry meanwhile, as long as the topology stays.

    UVs of slightly older positions remain valid: charts stretch a little, nothing folds.
    """

    def __init__(self, surface: Surface, config: TextureConfig | None = None):
        """surface in any unit; config.size and config.gutter say how far apart the charts must lie."""
        self.warning: str | None = None  # set by result() when the plain parameterization had to do
        self._surface, self._config = surface, config or TextureConfig()
        self._answer: dict[str, np.ndarray] | None = None
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 (open until close())
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.unwrap_worker"],
            cwd=_ROOT, env=_environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows would open a console
        )  # fmt: skip
        self._thread = threading.Thread(target=self._talk, daemon=True)
        self._thread.start()

    def _talk(self) -> None:
        try:
            write_arrays(
                self._process.stdin, vertices=self._surface.vertices, faces=self._surface.faces,
                size=self._config.size, gutter=self._config.gutter,
            )  # fmt: skip
            self._answer = read_arrays(self._process.stdout)
        except (EOFError, OSError, ValueError):  # the process ended or was ended: result() says why
            self._answer = None

    def result(self, timeout_s: float) -> UvAtlas:
        """The atlas, waiting at most `timeout_s` seconds; the plain parameterization (and `warning`) after that."""
        self._thread.join(timeout_s)
        late = self._thread.is_alive()
        answer = None if late else self._answer
        if answer is None:
            self.warning = f"unwrapping {self._reason(late, timeout_s)}; a plain box projection was used instead"
        self.close()
        if answer is not None:
            return UvAtlas(answer["uvs"], answer["faces"])
        surface, config = self._surface, self._config
        return UvAtlas(*project_boxes(surface.vertices, surface.faces, config.size, config.gutter))

    def _reason(self, late: bool, timeout_s: float) -> str:
        if late:
            return f"took longer than {timeout_s:.0f} seconds"
        code = self._process.wait()
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return f"ended with code {code}" + (f" ({lines[-1]})" if lines else "")

    def close(self) -> None:
        """End the process; harmless when it has ended already."""
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for stream in (self._process.stdin, self._process.stdout, self._log):
            try:
                stream.close()
            except OSError:  # what was never sent cannot be flushed to a dead process
                continue

    def __enter__(self) -> "Unwrapping":
        return self

    def __exit__(self, *exception) -> None:
        self.close()


def _environment() -> dict[str, str]:
    environment = dict(os.environ, OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", PYTHONUTF8="1")
    paths = [str(_ROOT), environment.get("PYTHONPATH", "")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment
