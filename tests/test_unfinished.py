"""What a killed process leaves beside its result."""

from pathlib import Path

import pytest

from backend.unfinished import kind_of, remove_interim, remove_partial, sibling


@pytest.mark.parametrize("kind", ["partial", "old", "removed"])
@pytest.mark.parametrize("out", ["results/head", "turn.mp4"])
def test_names_are_read_as_they_are_written(kind, out):
    out = Path(out)
    assert sibling(out, kind, 77).parent == out.parent
    assert kind_of(sibling(out, kind, 77), out) == kind


@pytest.mark.parametrize("name", ["head", "head.partial", "head.x.partial", "head.7.blend", "head2.7.partial"])
def test_names_of_others_are_not_ours(name):
    assert kind_of(Path(name), Path("head")) is None


@pytest.mark.parametrize("is_file", [False, True])
def test_only_what_the_ended_process_left_is_removed(tmp_path, is_file):
    for name in ("head.7.partial", "head.8.partial", "head2.7.partial", "head.7.blend"):
        (tmp_path / name).write_text("half") if is_file else (tmp_path / name / "inner").mkdir(parents=True)
    remove_partial(tmp_path / "head", pid=7)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["head.7.blend", "head.8.partial", "head2.7.partial"]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_result_that_was_being_replaced_returns_unless_the_new_one_is_there(tmp_path, swapped):
    (tmp_path / "head.7.old").mkdir()
    (tmp_path / "head.7.old" / "old").touch()
    if swapped:
        (tmp_path / "head").mkdir()
    remove_partial(tmp_path / "head", pid=7)
    assert (tmp_path / "head" / "old").exists() != swapped


def test_of_a_job_folder_only_the_surfaces_on_the_way_go(tmp_path):
    kept = ["request.json", "events.jsonl", "log.txt", "preview-0.png", "my interim-0.glb"]
    for name in (*kept, "interim-0.glb", "interim-1.glb", "interim-1.partial"):
        (tmp_path / name).touch()
    remove_interim(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(kept)


def test_a_job_folder_that_is_gone_holds_no_surfaces(tmp_path):
    remove_interim(tmp_path / "gone")
