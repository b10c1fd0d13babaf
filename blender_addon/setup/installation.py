"""Operators that install the backend and head models, outside of Blender's own Python, and that ask the backend."""

import shutil
from pathlib import Path

import bpy

from ..link import UserError
from ..panel import redraw_sidebars
from ..translations.language import translated
from . import environment, errand, head_models, preferences, pythons, state

INTERVAL = 0.25  # seconds between two looks at what is under way
WATCH = 1.0  # seconds between two looks whether the preferences are open
BUSY = "Something is being installed; wait or cancel it"
INSTALL = environment.SOURCES / "install.py"

_WAIT = bpy.props.BoolProperty(
    name="Wait", description="Return at the end; always so without a window", options={"SKIP_SAVE", "HIDDEN"}
)


class LIKENESS_OT_install_backend(bpy.types.Operator):
    """Install the backend into a folder of the extension, or mend what is there: some gigabytes are downloaded.
    Nothing is put into Blender's own Python"""

    bl_idname = "likeness.install_backend"
    bl_label = "Install Backend"

    wait: _WAIT

    @classmethod
    def poll(cls, context):
        if not errand.is_idle():
            return cls.poll_message_set(BUSY) or False
        return preferences.online_access() or cls.poll_message_set(preferences.OFFLINE) or False

    def execute(self, context):
        folder, note = preferences.backend_folder(), preferences.note()

        def prepare() -> list[str]:
            chosen = pythons.choose()
            return [*chosen.command, str(INSTALL), "backend", "--environment", str(folder), "--note", str(note)]

        return _send(self, "Installing the backend", prepare, "install.log", lambda well: _tidy(folder, well))


def _tidy(folder: Path, well: bool) -> None:
    """Half an environment goes; what was whole before stays."""
    if not well and not environment.is_whole(folder):
        shutil.rmtree(folder, ignore_errors=True)


class LIKENESS_OT_install_head_model(bpy.types.Operator):
    """Install ICT-FaceKit, a head model made from scans of many people (MIT license), downloaded from its authors or
    taken from a file"""

    bl_idname = "likeness.install_head_model"
    bl_label = "Install Head Model"

    filepath: bpy.props.StringProperty(
        name="File", description="The archive or the folder of ICT-FaceKit; empty: downloaded", subtype="FILE_PATH",
        options={"SKIP_SAVE"},
    )  # fmt: skip
    from_file: bpy.props.BoolProperty(name="From File", description="Choose a file", options={"SKIP_SAVE", "HIDDEN"})
    wait: _WAIT

    @classmethod
    def poll(cls, context):
        if not errand.is_idle():
            return cls.poll_message_set(BUSY) or False
        return not preferences.remote_command() or cls.poll_message_set(
            "The backend is on another machine: run `python install.py head-model ict` there"
        ) or False  # fmt: skip

    def invoke(self, context, event):
        if not self.from_file:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def execute(self, context):
        source = bpy.path.abspath(self.filepath)
        try:
            python = str(preferences.find_python())
            if not source and not preferences.online_access():
                raise UserError("Blender has no online access. Allow it in Edit > Preferences > System > Network, or "
                                "get ICT-FaceKit in another way and choose From File.")  # fmt: skip
        except UserError as error:
            self.report({"ERROR"}, translated(error))
            return {"CANCELLED"}
        command = [python, str(INSTALL), "head-model", "ict", "--python", python]
        command += ["--from", source] if source else []
        return _send(self, "Installing ICT-FaceKit", lambda: command, "head-model.log")


class LIKENESS_OT_cancel_installation(bpy.types.Operator):
    """Stop what is being installed; what is half done is removed"""

    bl_idname = "likeness.cancel_installation"
    bl_label = "Cancel Installation"

    @classmethod
    def poll(cls, context):
        return not errand.is_idle() or cls.poll_message_set("Nothing is being installed") or False

    def execute(self, context):
        errand.current().cancel()
        return {"FINISHED"}


class LIKENESS_OT_check_backend(bpy.types.Operator):
    """Ask the backend for its version and for what it computes on"""

    bl_idname = "likeness.check_backend"
    bl_label = "Check"

    wait: _WAIT

    @classmethod
    def poll(cls, context):
        return not state.current().checking or cls.poll_message_set("The backend is being asked") or False

    def execute(self, context):
        preferences.look()
        head_models.look()
        waits = self.wait or bpy.app.background
        state.ask(preferences.find_backend, wait=waits)
        if not waits:
            follow()
        elif state.current().about is None:
            self.report({"ERROR"}, translated(state.current().trouble))
            return {"CANCELLED"}
        return {"FINISHED"}


class LIKENESS_OT_open_log_folder(bpy.types.Operator):
    """Show the folder with the logs of what was installed"""

    bl_idname = "likeness.open_log_folder"
    bl_label = "Open Log Folder"

    def execute(self, context):
        try:
            preferences.log_folder().mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.report({"ERROR"}, translated(f"{preferences.log_folder()} cannot be made ({error.strerror})"))
            return {"CANCELLED"}
        return bpy.ops.wm.path_open(filepath=str(preferences.log_folder()))


def _send(operator, title: str, prepare, log: str, tidy=None) -> set[str]:
    """Start an errand; what the operator returns: at once, or where it waits at the end."""
    try:
        sent = errand.start(title, prepare, preferences.log_folder() / log, tidy)
    except OSError as error:
        operator.report({"ERROR"}, translated(f"The log cannot be written ({error})."))
        return {"CANCELLED"}
    if not (operator.wait or bpy.app.background):
        follow()
        return {"FINISHED"}
    sent.join()
    _ended()
    if sent.error:
        operator.report({"ERROR"}, translated(sent.error))
        return {"CANCELLED"}
    return {"FINISHED"}


def follow() -> None:
    """Show what is under way until it has ended."""
    if not bpy.app.timers.is_registered(_tick):
        bpy.app.timers.register(_tick, first_interval=INTERVAL, persistent=True)


def _tick() -> float | None:
    if not errand.is_idle() or state.current().checking:
        _redraw()
        return INTERVAL
    _ended()
    _redraw()
    return INTERVAL if state.current().checking else None


_told: errand.Errand | None = None  # the last errand whose end has been taken in


def _ended() -> None:
    """An errand has ended: see what there is now. An installed backend is asked at once."""
    global _told
    sent = errand.current()
    if sent is None or sent is _told:
        return
    _told = sent
    preferences.look()
    head_models.look()
    if not sent.error and not bpy.app.background:
        state.ask(preferences.find_backend)


def _watch() -> float | None:
    """Once in a session, when the preferences of extensions are looked at: ask the backend of this machine."""
    section = bpy.context.preferences.active_section
    areas = (area for window in bpy.context.window_manager.windows for area in window.screen.areas)
    if section not in ("EXTENSIONS", "ADDONS") or not any(area.type == "PREFERENCES" for area in areas):
        return WATCH
    preferences.look()
    head_models.look()
    if not preferences.remote_command() and state.current() == state.State():
        state.ask(preferences.find_backend)
        follow()
    return None


def _redraw() -> None:
    """The preferences and the sidebars."""
    redraw_sidebars()
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "PREFERENCES":
                area.tag_redraw()


def register() -> None:
    """See what there is, and be there when somebody looks at the preferences."""
    preferences.look()
    if not bpy.app.background:
        bpy.app.timers.register(_watch, first_interval=WATCH, persistent=True)


def unregister() -> None:
    """Leave no timer and no process behind."""
    errand.close()
    state.close()
    for timer in (_watch, _tick):
        if bpy.app.timers.is_registered(timer):
            bpy.app.timers.unregister(timer)


CLASSES = (
    LIKENESS_OT_install_backend, LIKENESS_OT_install_head_model, LIKENESS_OT_cancel_installation,
    LIKENESS_OT_check_backend, LIKENESS_OT_open_log_folder,
)  # fmt: skip
