"""Makes tests/harness importable from every suite, and its fixtures known."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from harness.fixtures import binary, full, haul, space  # noqa: E402,F401  pylint: disable=unused-import,wrong-import-position
