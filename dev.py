"""Everything a developer needs, with nothing but Python 3.11: `python3 dev.py setup|run|test|bench`."""

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from clinic_desktop.cli.shared_libraries import SHARED_LIBRARIES, can_load

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "clinic-desktop.stamp"
LOCK = ROOT / "packaging" / "requirements-dev.lock"
TOUR = ROOT / "tour-out"
DEMO = ROOT / "profiles" / "demo"


class Stop(Exception):  # noqa: N818 - not a fault of the script: it says what the person has to do
    """Set-up cannot go on; the message is the line to read."""


def say(text: str) -> None:
    """Tell the developer, on standard error, so that standard output stays the tools' own."""
    print(text, file=sys.stderr, flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> int:
    """Run a command from the project's root and return its exit code."""
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, env={**os.environ, **(env or {})}, check=False
    ).returncode


def must(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command that set-up cannot do without."""
    code = run(*command, env=env)
    if code:
        raise Stop(f"This failed (exit code {code}): {' '.join(map(str, command))}")


def missing_packages() -> list[str]:
    """System packages that this machine lacks, by Debian's names."""
    if not sys.platform.startswith("linux"):
        return []
    packages = [package for library, package in SHARED_LIBRARIES.items() if not can_load(library)]
    if not works(PYTHON, "import pip") and importlib.util.find_spec("ensurepip") is None:
        packages.append("python3-venv")
    return packages


def works(python: Path, code: str) -> bool:
    """Whether a Python starts and runs a line."""
    if not python.exists():
        return False
    return subprocess.run([str(python), "-c", code], capture_output=True, check=False).returncode == 0


def install_packages(packages: list[str]) -> None:
    """Install system packages where this account may; otherwise stop with the exact line to run."""
    line = f"apt-get install -y --no-install-recommends {' '.join(packages)}"
    if shutil.which("apt-get") is None:
        raise Stop(
            "This machine lacks these libraries; install them with its package manager "
            f"(Debian's names): {' '.join(packages)}"
        )
    prefix: list[str] = []
    if os.geteuid() != 0:
        sudo = shutil.which("sudo")
        if sudo is None or subprocess.run([sudo, "-n", "true"], capture_output=True, check=False).returncode:
            raise Stop(f"This machine lacks some libraries. Run this, then try again:\n\n    sudo {line}\n")
        prefix = [sudo, "-n"]
    say(f"Installing what this machine lacks: {' '.join(packages)}")
    quiet = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    with Path(os.devnull).open() as nothing:
        for words in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
            code = subprocess.run([*quiet, *words], stdin=nothing, stdout=sys.stderr, check=False).returncode
            if code and words[0] == "install":
                raise Stop(f"The package manager refused (exit code {code}). The line to run:\n\n    {line}\n")


def fingerprint() -> str:
    """Change whenever the environment has to be made again."""
    parts = [
        LOCK.read_bytes(),
        (ROOT / "pyproject.toml").read_bytes(),
        str(ROOT).encode(),
        sys.version.encode(),
    ]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def setup() -> None:
    """Leave `.venv/bin/clinic-desktop` ready; does nothing, quickly, where nothing changed."""
    if packages := missing_packages():
        install_packages(packages)
        if still := missing_packages():
            raise Stop(f"Still missing after the package manager was done: {' '.join(still)}")
    stamp = fingerprint()
    started_by = BIN / ("clinic-desktop.exe" if os.name == "nt" else "clinic-desktop")
    if STAMP.exists() and STAMP.read_text() == stamp and started_by.exists() and works(PYTHON, "import pip"):
        return
    if not works(PYTHON, "import pip"):
        say("Making .venv")
        shutil.rmtree(VENV, ignore_errors=True)
        must(sys.executable, "-m", "venv", VENV)
    say("Installing the pinned dependencies")
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
    ]
    must(*pip, "--require-hashes", "--only-binary=:all:", "--no-deps", "-r", LOCK)
    must(*pip, "--no-deps", "--no-build-isolation", "--no-index", "--editable", ROOT)
    if lacking := unresolved_libraries():
        raise Stop(f"Qt still lacks these shared libraries on this machine: {' '.join(lacking)}")
    STAMP.write_text(stamp)
    say(f"Ready: {started_by.relative_to(ROOT)}")


def unresolved_libraries() -> list[str]:
    """What the loader cannot find for the parts of Qt that the window uses."""
    if not sys.platform.startswith("linux") or shutil.which("ldd") is None:
        return []
    parts = [
        part
        for pattern in ("libQt6Core.*", "libQt6Gui.*", "libQt6Widgets.*", "libqoffscreen.so", "libqxcb.so")
        for part in VENV.glob(f"lib/python*/site-packages/PySide6/Qt/**/{pattern}")
    ]
    answer = subprocess.run(["ldd", *map(str, parts)], capture_output=True, text=True, check=False).stdout
    return sorted({line.split()[0] for line in answer.splitlines() if "not found" in line})


def has_display() -> bool:
    """Whether a window can be shown here."""
    linux = sys.platform.startswith("linux")
    return not linux or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def open_clinic(_options: argparse.Namespace) -> int:
    """Open the demo clinic; with no display, walk the tour and say where its pictures are."""
    clinic = BIN / "clinic-desktop"
    if not has_display():
        say(f"No display here: walking the tour through the real window offscreen, into {TOUR} (some minutes)")
        code = run(clinic, "tour", "--out", TOUR, env={"QT_QPA_PLATFORM": "offscreen"})
        made = len(list(TOUR.glob("*.png")))
        done = f"Every check held. {made} pictures, the PDFs and tour.json are in {TOUR}"
        say(done if code == 0 else f"The tour failed; see {TOUR}")
        return code
    if not (DEMO / "clinic.db").exists():
        say("Filling the demo clinic with made-up people (once)")
        code = run(clinic, "--profile", DEMO, "demo")
        if code:
            return code
    return run(clinic, "--profile", DEMO)


def test(options: argparse.Namespace) -> int:
    """Run every check; the last line is the summary of the tests."""
    # Compiled once and kept, whatever this account's shell says: the tests start many processes of the product.
    env = {"QT_QPA_PLATFORM": "offscreen", "PYTHONDONTWRITEBYTECODE": ""}
    checks = {
        "ruff check": ("ruff", "check", "."),
        "ruff format": ("ruff", "format", "--check", "--quiet", "."),
        "mypy": ("mypy",),
    }
    marks = [] if options.long else ["-m", "not long"]
    env |= {"CLINIC_LONG": "1"} if options.long else {}
    # Beside the checks, the tests' modules are compiled once: each of the processes that run them would do it again.
    with subprocess.Popen(
        [str(PYTHON), "-m", "pytest", "--collect-only", "-q", *marks],
        cwd=ROOT,
        env={**os.environ, **env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ):
        failed = [name for name, words in checks.items() if run(PYTHON, "-m", *words, env=env)]
    if failed:
        say(f"FAILED before the tests: {', '.join(failed)}")
    code = run(PYTHON, "-m", "pytest", "-n", "4", "--dist", "worksteal", *marks, *options.rest, env=env)
    if code == 1:
        # A window's test that lost its focus to the one beside it is told from a fault by running it alone.
        say("Running what failed again, alone; what fails then has failed")
        code = run(PYTHON, "-m", "pytest", "--last-failed", "--last-failed-no-failures", "none", *marks, env=env)
    return code or len(failed)


def bench(options: argparse.Namespace) -> int:
    """Print ours, the floor and the ratio of every row that is measured."""
    return run(PYTHON, "-m", "tests.benchmarks", *options.rest, env={"QT_QPA_PLATFORM": "offscreen"})


def main() -> int:
    """Read the command and do it, setting up first."""
    if sys.version_info < (3, 11):  # noqa: UP036 - this file is what tells people that they need it
        say("Python 3.11 or newer is needed; this is " + sys.version.split()[0])
        return 2
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("setup", help="environment, pinned dependencies, missing system libraries")
    commands.add_parser("run", help="open the demo clinic (the tour, where there is no display)")
    tests = commands.add_parser("test", help="format, lint, types and tests")
    tests.add_argument("--long", action="store_true", help="the longer runs too")
    commands.add_parser("bench", help="ours, the floor and the ratio")
    options, rest = parser.parse_known_args()
    options.rest = rest
    if options.rest and options.command not in {"test", "bench"}:
        parser.error(f"unknown: {' '.join(options.rest)}")
    try:
        setup()
    except Stop as stop:
        say(str(stop))
        return 4
    if options.command == "setup":
        return 0
    return {"run": open_clinic, "test": test, "bench": bench}[options.command](options)


if __name__ == "__main__":
    sys.exit(main())
