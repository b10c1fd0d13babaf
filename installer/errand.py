"""install.py on an errand for another program, like Blender: its words are lines of JSON, its end that of its parent.

LIKENESS_STATUS=lines asks for that. A line is {"step": text}, {"detail": text}, {"done": bytes, "total": bytes} or, at
the end, {"error": sentence}. When its standard input ends, so does install.py, with everything that it has started.
"""

import json
import os
import signal
import subprocess
import sys
import threading

VARIABLE, LINES = "LIKENESS_STATUS", "lines"


def asked_for() -> bool:
    """Whether we run for another program."""
    return os.environ.get(VARIABLE) == LINES


def tell(**values) -> None:
    """Say a line."""
    print(json.dumps(values), flush=True)


def end_with_parent() -> None:
    """From now on the end of standard input is ours."""
    threading.Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    try:
        while os.read(0, 4096):
            continue
    finally:
        _end_own_group()


def _end_own_group() -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/F", "/T", "/PID", str(os.getpid())], capture_output=True, check=False)
    elif os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)
