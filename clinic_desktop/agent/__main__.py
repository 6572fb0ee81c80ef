"""Starts the background process of a profile: ``python -m clinic_desktop.agent DIR``."""

import sys
from pathlib import Path

from clinic_desktop.agent.process import run

if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1])))
