"""The tasks that wait for the one that runs, and what became of those before them."""

import shutil
from collections import deque

from ..link import UserError
from . import job, task

KEPT = 3  # jobs of the same queue whose ends stay to be seen

_waiting: list[task.Task] = []
_ended: deque[job.Job] = deque(maxlen=KEPT)


def tasks() -> tuple[task.Task, ...]:
    """Those that wait, in their order."""
    return tuple(_waiting)


def ended() -> tuple[job.Job, ...]:
    """The jobs that made room for the next one by themselves, the last one last."""
    return tuple(_ended)


def submit(what: task.Task) -> int:
    """Begin a task, or let it wait; returns how many come before it. UserError where it cannot be begun."""
    if not job.is_idle():
        _waiting.append(what)
        return len(_waiting)
    _ended.clear()
    try:
        job.begin(what)
    except OSError as error:
        raise UserError(why_not(what, error)) from error
    return 0


def start_next() -> bool:
    """Begin the task whose turn it is, where the last job has ended; whether there was one."""
    if not _waiting or not job.is_idle():
        return False
    if job.current() is not None:
        _ended.append(job.current())
    what = _waiting.pop(0)
    try:
        job.begin(what)
    except OSError as error:
        job.fail(what, why_not(what, error))
    return True


def remove(number: int) -> None:
    """Take a task out of the queue, with the folder that was made for it; IndexError where there is none."""
    what = _waiting.pop(number)
    if what.claim is not None:
        what.claim.release()
    if what.backend is not None:  # else the folder holds a result
        shutil.rmtree(what.folder, ignore_errors=True)


def move(number: int, to: int) -> None:
    """Give a task another place in the queue; IndexError where there is none."""
    _waiting.insert(to, _waiting.pop(number))


def close() -> None:
    """Blender quits, or the extension is switched off: what waits is offered when it starts again."""
    for what in _waiting:
        if what.claim is not None:
            what.claim.release()
    _waiting.clear()
    _ended.clear()


def why_not(what: task.Task, error: OSError) -> str:
    """Why a task cannot be begun."""
    return f"The backend cannot be started in {what.folder} ({error.strerror or error}). Check it in the preferences."
