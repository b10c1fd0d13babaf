"""Speed and fidelity of whole fits, measured outside the tests: `python -m benchmarks.fidelity`, `.speed`."""
