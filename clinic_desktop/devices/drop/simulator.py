"""Plays an analyser that writes files: a captured file put into the folder as such programs do, in two steps."""

import shutil
from pathlib import Path

# Written out by hand, in the columns of a generic analyser.
SAMPLE = (
    "Plate_Well,Lab_Number,Test_Result,Units,Reference_Range,Flag,Timestamp\nA1,{order},5.2,mg/dL,3.5-7.0,Normal,{at}\n"
)


def play_file(folder: Path, path: Path) -> Path:
    """Copy a file under a name that is not looked at, then give it its own."""
    hidden = folder / f".{path.name}.part"
    shutil.copyfile(path, hidden)
    return hidden.replace(folder / path.name)


def play(folder: Path, name: str, content: str) -> Path:
    """Write a file as it is put there by an analyser."""
    hidden = folder / f".{name}.part"
    hidden.write_text(content, encoding="utf-8")
    return hidden.replace(folder / name)
