"""Makes the test people importable whatever folder pytest runs from."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
