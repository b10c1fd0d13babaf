#!/usr/bin/env python3
"""Sets up Likeness, runs its demo and its tests, builds the extension: `python install.py --help`.

Standard library only, and in words that any Python since 2.7 can read, so that a wrong one is told what is wrong.
The work is done by the modules in `installer/`.
"""

import sys

OLDEST, NEWEST = (3, 10), (3, 13)


def complaint(version, is_64_bit):
    """One sentence on what is wrong with a Python of this version, or None. version (major, minor, micro)."""
    if OLDEST <= tuple(version[:2]) <= NEWEST and is_64_bit:
        return None
    found = ".".join(str(part) for part in version[:3]) + ("" if is_64_bit else " (32-bit)")
    return (
        "Likeness needs a 64-bit Python 3.10, 3.11, 3.12 or 3.13 and this is Python "
        + found
        + ": install one (3.11 is the best choice, https://www.python.org/downloads/) and run install.py with it,"
        + " for instance `python3.11 install.py`."
    )


def main():
    """Check the Python, then hand over."""
    wrong = complaint(sys.version_info, sys.maxsize > 2**32)
    if wrong:
        sys.exit(wrong)
    from installer.commands import main as run_command

    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
