"""How far the job is, or how it ended; what waits behind it, and what was left from the last time."""

import bpy

from ..link import protocol
from ..panel import LikenessPanel, draw_text
from ..translations.language import iface, translated
from . import job, live_preview, pending, waiting

PREVIEW_SCALE = 5.0  # heights of a button
SHOWN = 4  # of the jobs that were left


class LIKENESS_PT_job(LikenessPanel, bpy.types.Panel):
    """How far the job is, and what waits behind it"""

    bl_label = "Job"
    chapter = "Generate"

    @classmethod
    def poll(cls, context):
        return job.current() is not None or bool(pending.jobs())

    def draw(self, context):
        for ended in waiting.ended():
            draw_end(self.layout, context, ended, f"{translated(ended.title)}: ")
        if job.current() is not None:
            draw_job(self.layout, context, job.current())
        if waiting.tasks():
            draw_waiting(self.layout)
        if pending.jobs():
            draw_left(self.layout, context)


def draw_job(layout, context, shown: job.Job) -> None:
    """How far a job is, or how it ended."""
    if shown.final is None:
        draw_progress(layout, context, shown)
    for text in shown.warnings:
        draw_text(layout, context, text, "INFO")
    if shown.final is not None:
        draw_end(layout, context, shown)
    if isinstance(shown.final, protocol.Failed):
        if isinstance(shown.request, protocol.FitRequest | protocol.RefitRequest):
            layout.operator("likeness.run_again", icon="FILE_REFRESH").folder = str(shown.folder)
        layout.operator("likeness.copy_error_report", icon="COPYDOWN")
    if shown.final is not None:
        layout.operator("likeness.open_job_folder", icon="FILE_FOLDER")


def draw_progress(layout, context, running: job.Job) -> None:
    """The bar, the buttons and the picture of a job that runs."""
    left = "" if running.paused else time_left(running.eta_seconds)
    layout.progress(factor=running.fraction, text=f"{running.fraction:.0%}{left}", translate=False)
    layout.label(text=state_of(running), translate=False)
    row = layout.row(align=True)
    if running.paused:
        row.operator("likeness.resume_job", icon="PLAY")
    else:
        row.operator("likeness.pause_job", icon="PAUSE")
    row.operator("likeness.cancel", icon="CANCEL")
    layout.prop(context.scene.likeness, "live")
    if live_preview.picture() is not None:
        layout.template_icon(icon_value=live_preview.picture().icon_id, scale=PREVIEW_SCALE)


def draw_end(layout, context, ended: job.Job, before: str = "") -> None:
    """How a job ended, in words. before: what the words begin with."""
    if isinstance(ended.final, protocol.Failed):
        draw_text(layout, context, before + translated(ended.final.message), "ERROR")
    elif isinstance(ended.final, protocol.Cancelled):
        layout.label(text=before + iface("Cancelled"), icon="CANCEL", translate=False)
    elif isinstance(ended.request, protocol.RenderRequest):
        draw_text(layout, context, iface("The turntable is in {path}").format(path=ended.final.folder), "CHECKMARK")
    elif isinstance(ended.request, protocol.AnimateRequest):
        draw_text(layout, context, iface("The head plays {path}").format(path=ended.final.folder), "CHECKMARK")
    else:
        layout.label(text=before + iface("Done"), icon="CHECKMARK", translate=False)


def draw_waiting(layout) -> None:
    """The jobs that wait, in their order, with buttons to change it."""
    tasks = waiting.tasks()
    text = iface("Next job") if len(tasks) == 1 else iface("{count} jobs wait").format(count=len(tasks))
    layout.label(text=text, icon="SORTTIME", translate=False)
    column = layout.column(align=True)
    for number, what in enumerate(tasks):
        row = column.row(align=True)
        row.label(text=f"{number + 1}. {translated(what.title)}", translate=False)
        if number > 0:
            row.operator("likeness.move_waiting", text="", icon="TRIA_UP").index = number
        row.operator("likeness.remove_waiting", text="", icon="X").index = number


def draw_left(layout, context) -> None:
    """The jobs that were left when Blender was closed, the newest first."""
    left = pending.jobs()
    draw_text(layout, context, "Left when Blender was closed:", "RECOVER_LAST")
    for found in left[:SHOWN]:
        column = layout.column(align=True)
        state = iface("whole") if found.result else iface("interrupted")
        column.label(text=f"{found.folder.name}: {translated(found.title)}, {state}", translate=False)
        row = column.row(align=True)
        name, icon = ("import_pending", "IMPORT") if found.result else ("run_again", "FILE_REFRESH")
        row.operator(f"likeness.{name}", icon=icon).folder = str(found.folder)
        row.operator("likeness.dismiss_job", text="", icon="X").folder = str(found.folder)
    if len(left) > SHOWN:
        text = iface("and {count} more").format(count=len(left) - SHOWN)
        layout.label(text=text, icon="BLANK1", translate=False)


def state_of(running: job.Job) -> str:
    """What a job does at the moment."""
    stage = translated(running.stage)
    if running.paused:
        return iface("Paused: {stage}").format(stage=stage)
    return iface("Ending early: {stage}").format(stage=stage) if running.finishing else stage


def time_left(seconds: float | None) -> str:
    """`, 2:05 left`, or nothing when it is not known."""
    if seconds is None:
        return ""
    return iface(", {time} left").format(time=f"{int(seconds) // 60}:{int(seconds) % 60:02}")


CLASSES = (LIKENESS_PT_job,)
