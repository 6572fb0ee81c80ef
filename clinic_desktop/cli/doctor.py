"""`clinic-desktop doctor`: what this machine lacks, and how to get it."""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from clinic_desktop.cli.shared_libraries import OPTIONAL_LIBRARIES, SHARED_LIBRARIES, can_load
from clinic_desktop.i18n import _
from clinic_desktop.paths import profile_folder, resources

State = Literal["good", "advice", "lacking"]

FREE_BYTES = 2 * 1024**3  # a busy clinic's database, its backups and room to migrate
SQLITE_FLOOR = (3, 51, 3)

# Languages that a waiting room may hold, each with the script it needs of the fonts on this machine.
SCREEN_LANGUAGES = {
    "ar": "Arabic", "he": "Hebrew", "hi": "Devanagari", "bn": "Bengali", "ta": "Tamil", "te": "Telugu",
    "th": "Thai", "am": "Ethiopic", "ka": "Georgian", "hy": "Armenian", "zh-cn": "Chinese", "ja": "Japanese",
    "ko": "Korean",
}  # fmt: skip

# Run apart, since a broken driver may end the process that loads it; prints the two versions.
CIPHER_QUESTION = """
import sqlcipher3
connection = sqlcipher3.connect(":memory:")
connection.execute("CREATE VIRTUAL TABLE words USING fts5(word, tokenize='trigram')")
print(connection.execute("PRAGMA cipher_version").fetchone()[0].split()[0], sqlcipher3.sqlite_version)
"""


@dataclass(frozen=True)
class Finding:
    """One thing looked at: how it stands and, where it is not good, what to do."""

    name: str
    state: State
    found: str
    remedy: str = ""


def look_at_python(version: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Whether this Python is one that the program is made for."""
    found = ".".join(map(str, version))
    if (3, 11) <= version < (3, 15):
        return Finding("python", "good", found)
    return Finding("python", "lacking", found, _("Install Python 3.11 to 3.14."))


def look_at_libraries(loads: Callable[[str], bool] = can_load) -> Iterator[Finding]:
    """Whether the shared libraries that Qt loads are here."""
    if not sys.platform.startswith("linux"):
        yield Finding("shared libraries", "good", _("come with this system"))
        return
    rows: tuple[tuple[str, dict[str, str], State], ...] = (
        ("shared libraries", SHARED_LIBRARIES, "lacking"),
        ("shared libraries for printing and Wayland", OPTIONAL_LIBRARIES, "advice"),
    )
    for name, libraries, state in rows:
        missing = {library: package for library, package in libraries.items() if not loads(library)}
        if not missing:
            yield Finding(name, "good", _("all {count} found").format(count=len(libraries)))
        else:
            line = f"sudo apt-get install --no-install-recommends {' '.join(missing.values())}"
            yield Finding(name, state, _("not found: {names}").format(names=", ".join(missing)), line)


def look_at_qt() -> Finding:
    """Whether the Qt that was measured and found safe is the one installed."""
    try:
        version = importlib.metadata.version("pyside6-essentials")
    except importlib.metadata.PackageNotFoundError:
        return Finding("qt", "lacking", _("not installed"), "python3 dev.py setup")
    if version.startswith("6.11."):
        return Finding("qt", "good", version)
    # 6.12.0 loses references to None and Python 3.11 then aborts in the middle of work.
    return Finding("qt", "lacking", version, _("Install PySide6 6.11: `python3 dev.py setup`."))


def look_at_cipher(python: str = sys.executable) -> Finding:
    """Whether the database driver encrypts, is new enough and can search."""
    answer = subprocess.run(  # noqa: S603 - our own interpreter and our own constant question
        [python, "-c", CIPHER_QUESTION], capture_output=True, text=True, timeout=60, check=False
    )
    words = answer.stdout.split()
    if answer.returncode or len(words) != 2:
        return Finding("encrypted database", "lacking", _("SQLCipher does not start"), "python3 dev.py setup")
    found = _("SQLCipher {cipher}, SQLite {sqlite}").format(cipher=words[0], sqlite=words[1])
    if int(words[0].split(".")[0]) < 4 or tuple(map(int, words[1].split("."))) < SQLITE_FLOOR:
        return Finding("encrypted database", "lacking", found, "python3 dev.py setup")
    return Finding("encrypted database", "good", found)


def look_at_keyring() -> Finding:
    """Whether the system can keep this workstation's secret apart from the clinic's files."""
    import keyring.backend
    import keyring.errors

    try:
        backend = keyring.get_keyring()
        priority = float(backend.priority)
    except (keyring.errors.KeyringError, RuntimeError) as error:
        return Finding("keyring", "advice", type(error).__name__, _keyring_remedy())
    name = f"{type(backend).__module__}.{type(backend).__qualname__}"
    weak = priority <= 0 or any(word in name for word in ("fail", "null", "Plaintext"))
    if weak:
        return Finding("keyring", "advice", _("none that is safe ({name})").format(name=name), _keyring_remedy())
    return Finding("keyring", "good", name)


def _keyring_remedy() -> str:
    return _(
        "Install and unlock a keyring (on Debian: sudo apt-get install gnome-keyring), "
        "or choose to keep the device secret in a file: init --device-secret file."
    )


def look_at_fonts() -> Iterator[Finding]:
    """Whether names of every script can be printed (our own faces) and shown (this machine's faces)."""
    faces = sorted((resources() / "fonts").glob("*.ttf"))
    if faces:
        yield Finding("fonts for paper", "good", _("{count} faces").format(count=len(faces)))
    else:
        yield Finding("fonts for paper", "lacking", _("none"), _("Install Clinic Desktop again."))
    lister = shutil.which("fc-list")
    if lister is None:
        return
    missing = [script for language, script in SCREEN_LANGUAGES.items() if not _has_face(lister, language)]
    if missing:
        line = "sudo apt-get install fonts-noto-core fonts-noto-cjk"
        yield Finding("fonts for the screen", "advice", _("none for: {names}").format(names=", ".join(missing)), line)
    else:
        yield Finding("fonts for the screen", "good", _("every script looked for"))


def _has_face(lister: str, language: str) -> bool:
    answer = subprocess.run(  # noqa: S603 - the system's own lister and a language of our own table
        [lister, f":lang={language}", "family"], capture_output=True, text=True, timeout=20, check=False
    )
    return bool(answer.stdout.strip())


def look_at_disk(folder: Path) -> Iterator[Finding]:
    """Whether the clinic's files can be written where they are kept, and have room to grow."""
    existing = next(place for place in (folder, *folder.parents) if place.is_dir())
    try:
        with tempfile.TemporaryFile(dir=existing):
            yield Finding("profile folder", "good", str(folder))
    except OSError as error:
        remedy = _("Give this account the right to write in {place}, or choose another: --profile DIR.")
        found = f"{existing}: {error.strerror}"
        yield Finding("profile folder", "lacking", found, remedy.format(place=existing))
    free = shutil.disk_usage(existing).free
    found = _("{size} GiB").format(size=round(free / 1024**3, 1))
    if free >= FREE_BYTES:
        yield Finding("free disk", "good", found)
    else:
        yield Finding("free disk", "lacking", found, _("Free at least 2 GiB, or choose another disk: --profile DIR."))


def look_at_display() -> Finding:
    """Whether a window can be shown here."""
    linux = sys.platform.startswith("linux")
    found = os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")
    if linux and not found:
        remedy = _("Open a desktop session; the command line and the tour work without one.")
        return Finding("display", "advice", _("none"), remedy)
    return Finding("display", "good", found or sys.platform)


def examine(folder: Path | None = None) -> list[Finding]:
    """Look at everything, for the clinic kept in `folder` (the default profile where none is named)."""
    return [
        look_at_python(),
        *look_at_libraries(),
        look_at_qt(),
        look_at_cipher(),
        look_at_keyring(),
        *look_at_fonts(),
        *look_at_disk(folder or profile_folder()),
        look_at_display(),
    ]


def doctor(as_json: bool, folder: Path | None = None) -> int:  # noqa: FBT001 - the command line's own flag
    """Say how this machine stands; 0 where nothing is lacking, else 1."""
    findings = examine(folder)
    lacking = any(finding.state == "lacking" for finding in findings)
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False) + "\n")
        return int(lacking)
    words = {"good": _("good"), "advice": _("advice"), "lacking": _("LACKING")}
    for finding in findings:
        sys.stdout.write(f"{words[finding.state]:8} {finding.name}: {finding.found}\n")
        if finding.remedy:
            sys.stdout.write(f"{'':8} -> {finding.remedy}\n")
    return int(lacking)
