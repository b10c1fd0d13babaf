"""The process of one job, started by serve: `python -m backend.job FOLDER`, where FOLDER holds request.json.

A job is a fit, a re-fit, the drawing of novel views or an animation. Previews of the first two are put into FOLDER.
Its standard output carries events, its standard input Pause, Resume and Finish. The end of that input means that
serve is gone: then this process ends at once, with everything that it started, even inside a long native call.
"""

import json
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import TextIO

from . import protocol
from .control import Control
from .errors import Cancelled, UserError
from .processes import end_own_group
from .protocol import AnimateRequest, Event, RefitRequest, RenderRequest, Request
from .request import from_job_file, target_of
from .unfinished import remove_interim, remove_partial

Work = Callable[[Request, Callable[[Event], None], Path | None], Path]


def carry_out(request: Request, emit: Callable[[Event], None], previews: Path | None) -> Path:
    """The real work; returns what has appeared. `previews` is the folder for pictures of a fit on its way."""
    if isinstance(request, RenderRequest):
        from . import novel_views  # torch takes seconds to load: not before there is something to do

        return novel_views.render(request, emit)
    if isinstance(request, AnimateRequest):
        from . import animation

        return animation.animate(request, emit)
    if isinstance(request, RefitRequest):
        from . import refitting

        return refitting.refit(request, emit, previews)
    from . import pipeline

    return pipeline.fit(request, emit, previews)


def main(folder: str, work: Work = carry_out) -> int:
    """Carry out the request in `folder` by `work`; every end is told as one final event."""
    lifeline, events = claim_streams()
    emit = line_writer(events)
    try:
        request = from_job_file(json.loads(Path(folder, "request.json").read_text(encoding="utf-8")))
        control = Control(may_finish=not isinstance(request, RenderRequest | AnimateRequest))
        threading.Thread(target=_live_with_parent, args=(lifeline, control, request, folder), daemon=True).start()
        final = run(request, control.granting(emit), Path(folder), work)
        remove_interim(folder)
        emit(final)
    except BrokenPipeError:  # serve is gone: nobody is left to tell, and no worker may stay
        end_own_group()
    return 0


def run(request: Request, emit: Callable[[Event], None], previews: Path | None = None, work: Work = carry_out) -> Event:
    """The final event of a job. What is not a UserError is our bug: it is told with its traceback."""
    try:
        return protocol.Result(str(Path(work(request, emit, previews)).absolute()))
    except Cancelled:
        return protocol.Cancelled()
    except UserError as error:
        return protocol.Failed(str(error), user_error=True)
    except BrokenPipeError:
        raise
    except Exception as error:
        message = f"Likeness made a mistake ({type(error).__name__}: {error}). The details say where."
        return protocol.Failed(message, user_error=False, details=traceback.format_exc())
    finally:
        remove_partial(target_of(request), os.getpid())


def claim_streams() -> tuple[int, TextIO]:
    """Standard input (as a descriptor) and output for us alone: whatever a library prints goes to standard error."""
    lifeline, events = os.dup(0), os.dup(1)  # not inherited by the processes that the job starts
    with open(os.devnull) as nothing:
        os.dup2(nothing.fileno(), 0)
    sys.stdout.flush()
    os.dup2(2, 1)
    return lifeline, os.fdopen(events, "w", encoding="ascii", newline="\n")


def line_writer(stream: TextIO) -> Callable[[protocol.Event], None]:
    """A function that writes one event as one whole line, from any thread."""
    lock = threading.Lock()

    def emit(event: protocol.Event) -> None:
        with lock:
            stream.write(protocol.to_line(event))
            stream.flush()

    return emit


def _live_with_parent(lifeline: int, control: Control, request: Request, folder: str) -> None:
    try:
        with os.fdopen(lifeline, "rb", buffering=0) as lines:
            control.listen(lines)
    finally:  # end of file, or a broken pipe
        remove_partial(target_of(request), os.getpid())
        remove_interim(folder)
        end_own_group()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
