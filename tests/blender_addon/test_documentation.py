"""The question marks open the chapter that they mean, without a network."""

import bpy
import pytest

from blender_addon import documentation, registration
from installer.extension import members

LINES = documentation.DOCUMENT.read_text(encoding="utf-8").splitlines()


def test_every_panel_has_a_chapter_in_the_document(addon):
    titles = documentation.headings(LINES)
    panels = [cls for cls in registration.CLASSES if issubclass(cls, bpy.types.Panel)]
    assert panels and all(titles.count(cls.chapter) == 1 for cls in panels)
    assert titles.count("Setting up from Blender") == 1  # of the preferences


def test_the_zip_holds_the_document():
    assert "docs/blender.md" in members()


@pytest.mark.parametrize("title", documentation.headings(LINES))
def test_a_chapter_is_read_in_the_text_editor(addon, title):
    assert bpy.ops.likeness.help(chapter=title) == {"FINISHED"}
    text = bpy.data.texts[documentation.TEXT].as_string()
    assert text.lstrip("#").startswith(f" {title}\n") and str(documentation.DOCUMENT) in text
    assert "**" not in text and "](" not in text
    assert len(bpy.data.texts) == 1


def test_a_chapter_ends_where_the_next_begins():
    lines = ["# All", "x", "## One", "a", "### Below", "b", "## Two", "c"]
    assert documentation.chapter_of(lines, "One") == ["## One", "a", "### Below", "b"]
    assert documentation.chapter_of(lines, "Two") == ["## Two", "c"]
    assert documentation.chapter_of(lines, "") == lines and documentation.chapter_of(lines, "Three") == []


def test_paragraphs_and_points_become_lines():
    lines = [
        "Some **bold** and *slanted*",
        "`text`.",
        "",
        "- a point",
        "  goes on",
        "- [a link](x.md)",
        "| a | table |",
        "| b | row |",
    ]
    assert documentation.readable(lines) == [
        "Some bold and slanted text.", "", "- a point goes on", "- a link", "| a | table |", "| b | row |",
    ]  # fmt: skip


def test_an_unknown_chapter_is_said():
    assert documentation.chapter_of(LINES, "No such chapter") == []


def test_a_missing_document_is_said(addon, monkeypatch, tmp_path):
    monkeypatch.setattr(documentation, "DOCUMENT", tmp_path / "blender.md")
    with pytest.raises(RuntimeError, match="cannot be read"):
        bpy.ops.likeness.help(chapter="Result")
