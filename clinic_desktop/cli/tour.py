"""`clinic-desktop tour`: a whole visit through the real window."""

import argparse
import importlib
import os
from pathlib import Path

from clinic_desktop.cli.terminal import Terminal, parser


def run(terminal: Terminal, arguments: list[str]) -> int:
    """Walk the tour into a new folder."""
    words = parser("tour", "Make a fresh clinic and walk one visit through the real window, with keys and clicks only.")
    words.add_argument("--out", required=True, type=Path)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--part", choices=["note", "again"], help=argparse.SUPPRESS)
    chosen = words.parse_args(arguments)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Qt comes in here, behind the command line, which must never wait for it.
    app = importlib.import_module("clinic_desktop.app")
    if chosen.part:
        return int(app.walk_part(chosen.out.absolute(), chosen.seed, chosen.part))
    walked: int = app.walk_tour(chosen.out.absolute(), chosen.seed, terminal.progress)
    return walked
