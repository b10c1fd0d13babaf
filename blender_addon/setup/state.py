"""What is known of the backend: looked up when something changes, asked in a thread, never found out while drawing.

Nothing here touches bpy; `preferences` says which backend is meant.
"""

import contextlib
import subprocess
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..link import LikenessError, UserError, protocol
from . import environment
from .backend_link import Backend, Local
from .pythons import hidden

WAIT = 120.0  # seconds for torch to be loaded from a slow disk


@dataclass(frozen=True)
class State:
    """where: the Python or the command that was asked; about: its answer; trouble: a sentence where there is none."""

    where: str = ""
    about: protocol.About | None = None
    trouble: str = ""
    checking: bool = False

    def lines(self) -> list[str]:
        """For people, a line for each fact."""
        if self.about is None:
            return [self.trouble] if self.trouble else []
        told = self.about
        facts = [f"Likeness {told.version}, Python {told.python}, torch {told.torch or 'missing'}"]
        facts += [f"Computes on {told.device}"] if told.device else []
        facts.append(f"Renderers: {', '.join(told.renderers) or 'none'}")
        facts.append(f"Head models: {', '.join(told.head_models)}")
        facts.append(f"{told.free_gigabytes:.0f} GB free for temporary files")
        if told.missing:
            facts.append(f"Missing: {', '.join(told.missing)}. Press Repair.")
        return facts


_state = State()
_asking: threading.Thread | None = None
_stop: Callable[[], None] | None = None  # ends the process that is being asked


def current() -> State:
    """What is known by now."""
    return _state


def forget() -> None:
    """Another backend is meant from now on."""
    global _state
    _state = State()


def close() -> None:
    """Blender quits, or the extension is switched off: nobody is asked any more."""
    if _stop is not None:
        _stop()
    forget()


def ask(find: Callable[[], Backend], wait: bool = False) -> None:
    """Ask a backend what it is, in a thread. find: gives the backend, or a UserError; called at once."""
    global _state, _asking
    try:
        backend = find()
    except UserError as error:
        _state = State(trouble=str(error))
        return
    where = str(backend.python) if isinstance(backend, Local) else backend.command
    _state = asked = State(where, checking=True)
    _asking = threading.Thread(target=_answer, args=(backend, asked), name="Likeness check", daemon=True)
    _asking.start()
    if wait:
        _asking.join()


def _answer(backend: Backend, asked: State) -> None:
    """The thread. An answer that nobody waits for any more is dropped."""
    global _state, _stop
    found = State(asked.where, trouble="Asking the backend ended in an error; the console shows it.")
    try:
        about = about_here(backend.python) if isinstance(backend, Local) else about_there(backend)
        found = State(asked.where, about)
    except (LikenessError, OSError) as error:
        found = State(asked.where, trouble=str(error))
    finally:
        _stop = None
        if _state is asked:
            _state = found


def about_here(python: Path) -> protocol.About:
    """Ask a backend on this machine; LikenessError where it does not answer."""
    global _stop
    with subprocess.Popen(
        [str(python), "-m", "backend.about"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment.child_environment(), **hidden(),
    ) as child:  # fmt: skip
        _stop = child.kill
        try:
            answer, complaint = (said.decode("utf-8", errors="replace") for said in child.communicate(timeout=WAIT))
        except subprocess.TimeoutExpired as error:
            child.kill()
            raise UserError(f"{python} did not answer within {WAIT:.0f} seconds. Press Check again.") from error
    if child.returncode != 0:
        last = (complaint.strip().splitlines() or ["it does not start"])[-1]
        raise UserError(f"The backend is broken ({last}). Press Repair.")
    return protocol.from_line(answer)


def about_there(backend: Backend) -> protocol.About:
    """Ask a backend on another machine; LikenessError where it does not answer."""
    global _stop
    with tempfile.TemporaryDirectory(prefix="likeness-") as folder, tempfile.TemporaryFile() as log:
        link = backend.open(Path(folder), log)
        _stop = link.kill
        overdue = threading.Timer(WAIT, link.kill)
        overdue.start()
        try:
            link.send(protocol.Describe())
            with contextlib.closing(link.events()) as events:
                said = next((event for event in events if isinstance(event, protocol.About | protocol.Failed)), None)
        finally:
            overdue.cancel()
            link.end_input()
            with contextlib.suppress(subprocess.TimeoutExpired):
                link.wait(5.0)
            link.kill()
            link.wait()
        log.seek(0)
        words = log.read().decode("utf-8", errors="replace").strip().splitlines() or ["it said nothing"]
    if isinstance(said, protocol.About):
        return said
    raise UserError(said.message if said else f"The other machine did not answer ({words[-1]}). {link.advice}.")


def report() -> str:
    """The state as text, for an error report."""
    told = _state.lines() or ["Not asked yet."]
    return "\n".join([f"Backend: {_state.where or 'none'}", *(f"  {line}" for line in told)])
