"""All that is known of a job, as a text to hand to somebody who may help. Nothing but paths is private in it."""

import platform
import re
from pathlib import Path

import bpy

from ..link import protocol
from ..setup import environment, state
from ..translations.language import translated
from . import job, job_folder, source

LOGS = ("log.txt", source.LOG)
TAIL = 4000  # characters of each log


class LIKENESS_OT_copy_error_report(bpy.types.Operator):
    """Copy what is known of the last job: its messages, the ends of its logs, its settings and the versions at work"""

    bl_idname = "likeness.copy_error_report"
    bl_label = "Copy Error Report"

    @classmethod
    def poll(cls, context):
        return job.current() is not None or cls.poll_message_set("There was no job yet")

    def execute(self, context):
        context.window_manager.clipboard = text_of(job.current())
        self.report({"INFO"}, "The report is in the clipboard")
        return {"FINISHED"}


class LIKENESS_OT_open_job_folder(bpy.types.Operator):
    """Show the folder of the last job: its settings, its logs and its result"""

    bl_idname = "likeness.open_job_folder"
    bl_label = "Open Job Folder"

    @classmethod
    def poll(cls, context):
        return job.current() is not None or cls.poll_message_set("There was no job yet")

    def execute(self, context):
        folder = job.current().folder
        if not folder.is_dir():
            self.report({"ERROR"}, translated(f"The folder {folder} is gone"))
            return {"CANCELLED"}
        return bpy.ops.wm.path_open(filepath=str(folder))


def text_of(told: job.Job) -> str:
    """The report, in sections."""
    final = told.final
    parts = [("Likeness", f"{version()}\n{about_blender()}\nJob: {told.folder}"), ("State", _state(told))]
    parts.append(("Backend", state.report()))
    parts += [("Warnings", "\n".join(told.warnings))] if told.warnings else []
    parts += [("Details", final.details)] if isinstance(final, protocol.Failed) and final.details else []
    for name in LOGS:
        parts.append((f"The end of {name}", source.log_tail(told.folder / name, TAIL) or "(empty)"))
    parts.append((job_folder.REQUEST, source.log_tail(told.folder / job_folder.REQUEST, TAIL) or "(none)"))
    return "\n\n".join(f"== {title}\n{text.strip()}" for title, text in parts) + "\n"


def _state(told: job.Job) -> str:
    if told.final is None:
        return f"{told.stage}, {told.fraction:.0%}"
    if isinstance(told.final, protocol.Failed):
        kind = "an input that can be mended" if told.final.user_error else "a bug"
        return f"Failed ({kind}): {told.final.message}\nLast stage: {told.stage}, {told.fraction:.0%}"
    return f"{type(told.final).__name__}, last stage: {told.stage}"


def version() -> str:
    """Likeness's version, as the manifest beside its sources says."""
    try:
        manifest = (Path(environment.SOURCES) / "blender_manifest.toml").read_text(encoding="utf-8")
    except OSError:
        return "version unknown"
    found = re.search(r'^version = "([^"]+)"', manifest, re.MULTILINE)
    return f"version {found[1]}" if found else "version unknown"


def about_blender() -> str:
    """Blender's version and build, the system, and where Blender runs in."""
    build = bpy.app.build_hash.decode(errors="replace")
    return f"Blender {bpy.app.version_string} ({build}), Python {platform.python_version()}, {platform.platform()}"


CLASSES = (LIKENESS_OT_copy_error_report, LIKENESS_OT_open_job_folder)
