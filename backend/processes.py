"""Processes that leave nothing behind: children in a group of their own, and the end of a whole group."""

import os
import signal
import subprocess
from collections.abc import Sequence


def start_group(command: Sequence[str], **options) -> subprocess.Popen:
    """Start `command` so that end_group ends it together with everything that it starts."""
    if os.name == "nt":
        options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
    else:
        options["start_new_session"] = True
    return subprocess.Popen(command, **options)


def end_group(process: subprocess.Popen) -> None:
    """Kill a process of start_group and its descendants, without waiting for any native call to return."""
    if process.returncode is not None:
        return  # it has been waited for: its number may belong to somebody else by now
    if os.name == "nt":
        _end_windows_tree(process.pid)
    else:
        try:
            os.killpg(process.pid, signal.SIGKILL)  # the group outlives its leader while a member lives
        except ProcessLookupError:
            return
        except PermissionError:  # macOS says so of a group of zombies
            process.kill()


def end_own_group() -> None:
    """The same for the group that this process leads: it does not return."""
    if os.name == "nt":
        _end_windows_tree(os.getpid())
    elif os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def _end_windows_tree(pid: int) -> None:
    subprocess.run(["taskkill", "/F", "/T", "/PID", str(pid)], capture_output=True, check=False)
