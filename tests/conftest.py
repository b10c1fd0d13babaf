"""What every test shares: threads that sleep while they wait, and repeatable property tests."""

import os
import sys

import hypothesis
import pytest

from backend.__main__ import settle_threads

settle_threads()  # before any test loads torch
_STATUS = pytest.StashKey[int]()
hypothesis.settings.register_profile("likeness", deadline=None, derandomize=True)
hypothesis.settings.load_profile("likeness")


@pytest.fixture(scope="session")
def stored_capture(tmp_path_factory):
    """The transforms.json of a small capture on disk (stored_capture.py)."""
    from tests.stored_capture import write_capture

    return write_capture(tmp_path_factory.mktemp("capture"))


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory):
    """Expression networks that tests have learned are kept for one run, and stay out of the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LIKENESS_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_sessionfinish(session, exitstatus):
    """Remember how the run ended, for pytest_unconfigure."""
    session.config.stash[_STATUS] = int(exitstatus)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config):
    """The Blender module's destructors sometimes wait forever for a thread of its own: leave without them."""
    if "bpy" in sys.modules and _STATUS in config.stash:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(config.stash[_STATUS])
