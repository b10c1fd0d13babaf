"""The extension's preferences: where the backend is, what is known of it, and what can be installed."""

import contextlib
import shutil
from dataclasses import dataclass
from pathlib import Path

import bpy

from ..link import EXTENSION, UserError
from ..panel import draw_help, draw_text
from ..translations.language import iface, translated
from . import environment, errand, head_models, state
from .backend_link import Backend, Local
from .remote_link import Remote

OFFLINE = (
    "Nothing can be installed: Blender has no online access. Allow it in Edit > Preferences > System > Network, or "
    "choose an environment that `python install.py` has made."
)
OFFLINE_REMOTE = (
    "The backend is on another machine, and Blender has no online access. Allow it in Edit > Preferences > System > "
    "Network, or empty Other Machine in Likeness's preferences."
)


@dataclass(frozen=True)
class Seen:
    """What `look` has found: the backend that jobs run on, or why there is none; is_made: our own environment."""

    where: str = ""
    trouble: str = ""
    is_made: bool = False
    free_gigabytes: float = 0.0  # where the environment goes
    logs: str = ""  # the folder


_seen = Seen()


def _changed(preferences, context) -> None:
    state.forget()
    look()


class LikenessPreferences(bpy.types.AddonPreferences):
    """Where the backend is, and what can be installed"""

    bl_idname = EXTENSION

    remote: bpy.props.StringProperty(
        name="Other Machine",
        description="A command that starts the backend on another machine, like `ssh gpu-box "
        "/path/to/likeness/.venv/bin/python -m backend serve --remote`; photos and results travel through it. "
        "Empty: this machine",
        update=_changed,
    )  # fmt: skip
    python: bpy.props.StringProperty(
        name="Backend Python",
        description="Python of an environment that install.py made; empty: found by itself",
        subtype="FILE_PATH",
        update=_changed,
    )

    def draw(self, context):
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "remote")
        column = layout.column()
        column.active = not self.remote
        column.prop(self, "python")
        draw_backend(layout.box(), context, self)
        if not self.remote:
            draw_head_models(layout.box())
        row = layout.row()
        row.label(text=iface("Logs: {folder}").format(folder=_seen.logs), translate=False)
        row.operator("likeness.open_log_folder", icon="FILE_FOLDER")
        draw_help(row, "Setting up from Blender")


def draw_backend(layout, context, preferences) -> None:
    """What is known of the backend, and what is under way."""
    if _seen.trouble:
        draw_text(layout, context, _seen.trouble, "ERROR")
    else:
        text = iface("In use: {backend}").format(backend=_seen.where)
        layout.label(text=text, icon="URL" if preferences.remote else "CHECKMARK", translate=False)
        draw_state(layout, context, state.current())
    if not preferences.remote:
        text = iface("{size} GB free where it is installed").format(size=f"{_seen.free_gigabytes:.0f}")
        layout.label(text=text, icon="DISK_DRIVE", translate=False)
        if not online_access():
            draw_text(layout, context, OFFLINE, "INTERNET_OFFLINE")
    draw_errand(layout, context)
    row = layout.row()
    row.operator("likeness.check_backend", icon="VIEWZOOM")
    if not preferences.remote:
        row.operator("likeness.install_backend", text="Repair" if _seen.is_made else "Install", icon="IMPORT")


def draw_state(layout, context, told: state.State) -> None:
    """What the backend has said of itself."""
    if told.checking:
        layout.label(text="Asking the backend", icon="SORTTIME")
    for number, line in enumerate(told.lines()):
        icon = "ERROR" if told.about is None else "INFO" if number == 0 else "BLANK1"
        draw_text(layout, context, line, icon)


def draw_errand(layout, context) -> None:
    """How far the last installation is, or how it ended."""
    sent = errand.current()
    if sent is None:
        return
    if sent.ended:
        done = iface("{job}: done").format(job=translated(sent.title))
        text, icon = (sent.error, "ERROR") if sent.error else (done, "CHECKMARK")
        draw_text(layout, context, text, icon)
        return
    layout.progress(factor=sent.fraction, text=translated(sent.detail) or "…", translate=False)
    layout.label(text=translated(sent.step), translate=False)
    layout.operator("likeness.cancel_installation", icon="CANCEL")


def draw_setup(layout, context) -> None:
    """For the sidebar: what is missing before anything can be generated, and what is being installed."""
    if not errand.is_idle():
        draw_errand(layout, context)
    elif _seen.trouble:
        draw_text(layout, context, _seen.trouble, "ERROR")
        layout.operator("likeness.install_backend", icon="IMPORT")


def draw_head_models(layout) -> None:
    """Which head models there are."""
    installed = head_models.has_ict()
    text = "ICT-FaceKit is installed" if installed else "ICT-FaceKit is not installed: heads come out closer with it"
    layout.label(text=text, icon="CHECKMARK" if installed else "INFO")
    row = layout.row()
    row.operator("likeness.install_head_model", text="Download ICT-FaceKit", icon="IMPORT").from_file = False
    row.operator("likeness.install_head_model", text="From File", icon="FILE_FOLDER").from_file = True


def look() -> None:
    """See which backend is in use now. Cheap, but not for draw()."""
    with contextlib.suppress(UserError):
        find_backend()


def find_python() -> Path:
    """The Python of the backend on this machine, or a UserError that says how to get one."""
    return environment.find_python(bpy.path.abspath(_preference("python")), user_folder())


def find_backend() -> Backend:
    """The backend that jobs run on, or a UserError that says how to get one. Panels show what was found last."""
    global _seen
    where = trouble = ""
    try:
        backend = _chosen()
        where = str(backend.python) if isinstance(backend, Local) else backend.command
        return backend
    except UserError as error:
        trouble = str(error)
        raise
    finally:
        folder = backend_folder()
        there = next(parent for parent in folder.parents if parent.is_dir())
        free = shutil.disk_usage(there).free / 1e9
        _seen = Seen(where, trouble, folder.is_dir(), free, str(log_folder()))


def _chosen() -> Backend:
    if command := remote_command():
        if not online_access():
            raise UserError(OFFLINE_REMOTE)
        return Remote(command)
    return Local(find_python())


def remote_command() -> str:
    """The command that starts a backend on another machine; empty for this machine."""
    return _preference("remote").strip()


def online_access() -> bool:
    """Whether the user lets extensions leave this computer."""
    return bpy.app.online_access


def user_folder() -> Path | None:
    """The extension's own folder, which survives upgrades; None where we do not run as an extension."""
    if not EXTENSION.startswith("bl_ext."):
        return None
    return Path(bpy.utils.extension_path_user(EXTENSION, create=True))


def backend_folder() -> Path:
    """The environment that Install makes."""
    return (user_folder() or environment.user_note().parent) / "backend"


def note() -> Path:
    """What Install leaves for `find_python`."""
    folder = user_folder()
    return environment.user_note() if folder is None else folder / environment.NOTE


def log_folder() -> Path:
    """What is installed is logged there."""
    return (user_folder() or environment.user_note().parent) / "logs"


def _preference(name: str) -> str:
    addon = bpy.context.preferences.addons.get(EXTENSION)
    return getattr(addon.preferences, name) if addon and addon.preferences else ""


CLASSES = (LikenessPreferences,)
