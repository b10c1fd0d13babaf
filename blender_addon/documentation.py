"""The documentation, without a network: a chapter of docs/blender.md in Blender's text editor."""

import re

import bpy

from .setup.environment import SOURCES
from .translations.language import translated

DOCUMENT = SOURCES / "docs" / "blender.md"  # the zip holds it, too
TEXT = "Likeness Help"
_HEADING = re.compile(r"(#+) +(.+)")
_PICTURE = re.compile(r"!\[[^]]*\]\([^)]*\)")
_MARKED = re.compile(r"\*\*(.+?)\*\*|\*(\S.*?)\*|`(.+?)`|\[([^]]+)\]\([^)]*\)")  # bold, slanted, code, a link
_OPENS_A_LINE = re.compile(r"#|\||- |\d+\. |    ")  # what is no continuation of the line before


class LIKENESS_OT_help(bpy.types.Operator):
    """Read about this panel, in a text editor of Blender; no network is needed"""

    bl_idname = "likeness.help"
    bl_label = "Help"

    chapter: bpy.props.StringProperty(name="Chapter", description="A heading of docs/blender.md; empty: all of it")

    def execute(self, context):
        try:
            lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
        except OSError as error:
            why = f"{DOCUMENT} cannot be read ({error.strerror}). Install the extension again."
            self.report({"ERROR"}, translated(why))
            return {"CANCELLED"}
        told = chapter_of(lines, self.chapter)
        if not told:
            self.report({"ERROR"}, translated(f"The documentation has no chapter {self.chapter}"))
            return {"CANCELLED"}
        text = bpy.data.texts.get(TEXT) or bpy.data.texts.new(TEXT)
        text.from_string("\n".join([*readable(told), "", f"All of it: {DOCUMENT}", ""]))
        text.cursor_set(0)
        if not bpy.app.background:
            show(context, text)
        return {"FINISHED"}


def headings(lines: list[str]) -> list[str]:
    """The titles of all chapters."""
    return [found[2] for line in lines if (found := _HEADING.fullmatch(line))]


def chapter_of(lines: list[str], title: str) -> list[str]:
    """The lines of a chapter with those below it; nothing where there is none. An empty title means all."""
    if not title:
        return lines
    chapter, depth = [], 0
    for line in lines:
        found = _HEADING.fullmatch(line)
        if found and depth and len(found[1]) <= depth:
            break
        if found and found[2] == title:
            depth = len(found[1])
        if depth:
            chapter.append(line)
    return chapter


def readable(lines: list[str]) -> list[str]:
    """Without marks, a line for each paragraph and each point of a list: the editor breaks lines by itself."""
    joined: list[str] = []
    for line in lines:
        goes_on = joined and joined[-1] and not joined[-1].startswith(("#", "|"))
        if line and goes_on and not _OPENS_A_LINE.match(line):
            joined[-1] += f" {line.strip()}"
        else:
            joined.append(line.rstrip())
    return [_MARKED.sub(lambda found: found[found.lastindex], _PICTURE.sub("", line)) for line in joined]


def show(context, text: bpy.types.Text) -> None:
    """In an open text editor, else in a window of its own."""
    area = next((area for window in context.window_manager.windows for area in window.screen.areas
                 if area.type == "TEXT_EDITOR"), None)  # fmt: skip
    if area is None:
        bpy.ops.wm.window_new()
        area = context.window_manager.windows[-1].screen.areas[0]
        area.type = "TEXT_EDITOR"
    space = area.spaces.active
    space.text, space.top, space.show_word_wrap = text, 0, True
    space.show_line_numbers = space.show_syntax_highlight = False
    area.tag_redraw()


CLASSES = (LIKENESS_OT_help,)
