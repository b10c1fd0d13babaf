"""What every test shares: threads that sleep while they wait, and repeatable property tests."""

import hypothesis

from backend.__main__ import settle_threads

settle_threads()  # before any test loads torch
hypothesis.settings.register_profile("likeness", deadline=None, derandomize=True)
hypothesis.settings.load_profile("likeness")
