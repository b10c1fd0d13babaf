"""What artists do, in a real Blender with its window: real presses of real buttons. The backend acts."""


def test_the_button_ends_with_a_head_that_moves_and_that_undo_and_saving_keep(play):
    play("generate", seconds=600.0)  # it is finished early


def test_a_refit_changes_the_shape_of_the_same_mesh_in_one_undo_step(play):
    play("refit", seconds=1.0)


def test_a_fit_that_fails_says_why_and_leaves_the_scene(play):
    play("failure", seconds=1.0, fails="There is no face in the photo. Give another.")


def test_panels_and_reports_speak_german_and_the_help_opens(play):
    play("german")


def test_blender_accepts_the_extension(window, archive, stage):
    inside = stage.folder / archive.name
    inside.write_bytes(archive.read_bytes())
    done = window.command("extension", "validate", window.inside(inside), home=stage.folder / "home")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "warning" not in (done.stdout + done.stderr).lower(), done.stdout + done.stderr
