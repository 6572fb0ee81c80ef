"""What import contracts cannot see: the domain's purity, presenters without Qt, sizes, names and licences."""

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("clinic_desktop", "sync", "tests", "packaging", "resources", ".ci")
PURE = {"rapidfuzz", "jellyfish", "clinic_desktop"}
WORDS_FOR_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
LONGEST = 400

# Written in two parts, so that this file does not hold what it looks for.
REGISTRIES = re.compile(r"(?:py" + r"pi\.org|python" + r"hosted\.org|npm" + r"js\.org|conda\.anaconda)", re.IGNORECASE)
BESIDE = "../" + "shared"
OUTSIDE = re.compile(r"(?<![\w.])/work" + r"/(?:main|shared)|/ro" + r"ot/|/home/\w+/")
AN_EMOJI = re.compile("[\U0001f300-\U0001faff\u2705\u274c\u2728\ufe0f]")
TEXTS = {".py", ".pyi", ".toml", ".lock", ".md", ".txt", ".csv", ".json", ".yml", ".cfg", ".ini", ".qss", ".svg", ".po"}


def ours() -> Iterator[Path]:
    """Every text file of the project, leaving out what is made by running it."""
    for place in ROOMS:
        for file in (ROOT / place).rglob("*"):
            if file.is_file() and "__pycache__" not in file.parts:
                yield file
    yield from (file for file in ROOT.glob("*") if file.is_file())


def modules() -> list[Path]:
    return [file for file in ours() if file.suffix == ".py"]


def texts() -> Iterator[tuple[Path, str]]:
    for file in ours():
        if file.suffix in TEXTS or file.parent.name == ".ci":
            yield file.relative_to(ROOT), file.read_text(encoding="utf-8")


def imported(source: str) -> set[str]:
    """The top packages that a source imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_imports_are_found_wherever_they_stand() -> None:
    assert imported("def f():\n  import a.b\nfrom c.d import e") == {"a", "c"}


@pytest.mark.parametrize("file", sorted((ROOT / "clinic_desktop/domain").rglob("*.py")), ids=lambda file: file.stem)
def test_the_domain_knows_the_standard_library_and_two_pure_ones(file: Path) -> None:
    source = file.read_text()
    assert imported(source) <= PURE | sys.stdlib_module_names
    for line in source.splitlines():
        assert not re.match(r"\s*(?:from|import) clinic_desktop\.(?!domain)", line), line


def test_the_domain_never_asks_what_time_it_is() -> None:
    asking = re.compile(r"\b(?:datetime\.now|datetime\.today|date\.today|time\.time|utcnow)\(")
    told = [file.name for file in (ROOT / "clinic_desktop/domain").rglob("*.py") if asking.search(file.read_text())]
    assert told == []


PRESENTERS = sorted((ROOT / "clinic_desktop/gui/screens").glob("*/presenter.py"))


@pytest.mark.skipif(not PRESENTERS, reason="no screen has been built yet")
def test_a_presenter_in_a_fresh_process_leaves_qt_out() -> None:
    names = [f"clinic_desktop.gui.screens.{file.parent.name}.presenter" for file in PRESENTERS]
    program = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]:\n"
        "    importlib.import_module(name)\n"
        "    assert 'PySide6' not in sys.modules, name\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, *names], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr


def test_no_file_is_longer_than_a_room() -> None:
    long = {
        str(file.relative_to(ROOT)): count
        for file in modules()
        if (count := len(file.read_text().splitlines())) > LONGEST
    }
    assert long == {}


def test_no_room_is_named_for_nothing() -> None:
    paths = [path.relative_to(ROOT) for path in ours()]
    named = [str(path) for path in paths if WORDS_FOR_NOTHING & {part.removesuffix(".py") for part in path.parts}]
    assert named == []


def test_every_package_says_what_it_holds() -> None:
    silent = [
        str(file.relative_to(ROOT))
        for place in ("clinic_desktop", "sync")
        for file in (ROOT / place).rglob("*.py")
        if not ast.get_docstring(ast.parse(file.read_text()))
    ]
    assert silent == []


def test_nothing_names_a_registry_or_a_place_outside_the_project() -> None:
    found = []
    for name, text in texts():
        if REGISTRIES.search(text):
            found.append(f"{name}: a registry")
        # `.ci/run` alone may look beside the checkout, for files to test against.
        if (BESIDE in text or OUTSIDE.search(text)) and name != Path(".ci/run"):
            found.append(f"{name}: a place outside")
    assert found == []


def test_words_not_emoji() -> None:
    told = [
        str(name) for name, text in texts() if AN_EMOJI.search(text) and name.parts[0] not in {"tests", "resources"}
    ]
    assert told == []


def test_no_relief_from_the_type_checker_without_its_code() -> None:
    bare = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*mypy:\s*ignore-errors")
    others = [file for file in modules() if file != Path(__file__)]
    assert [str(file.relative_to(ROOT)) for file in others if bare.search(file.read_text())] == []


def locked(name: str) -> dict[str, str]:
    """The pinned packages of a lock: name and version."""
    text = (ROOT / "packaging" / name).read_text()
    return dict(re.findall(r"^([a-z0-9._-]+)==([^ \\]+)", text, re.MULTILINE))


def test_the_locks_pin_every_dependency_by_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        entries = re.split(r"\n(?=\S)", (ROOT / "packaging" / name).read_text().strip())
        assert all("==" in entry and "--hash=sha256:" in entry for entry in entries)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[<>=;\[ ]", line)[0].lower() for line in project["dependencies"]}
    assert wanted <= locked("requirements.lock").keys()
    assert locked("requirements.lock").items() <= locked("requirements-dev.lock").items()


def licence_of(package: importlib.metadata.Distribution) -> str:
    facts = package.metadata
    return " ; ".join(
        line
        for field in ("License-Expression", "License", "Classifier")
        for line in facts.get_all(field) or []
        if field != "Classifier" or line.startswith("License")
    )


def offends(licence: str) -> bool:
    """Whether a licence would bind the whole program: GPL or AGPL with no other licence to choose."""
    permissive = re.compile(r"LGPL|Lesser General Public|\bMIT\b|\bBSD\b|Apache|MPL", re.IGNORECASE)
    binding = re.compile(r"\bA?GPL|(?:Affero )?General Public Licen[sc]e", re.IGNORECASE)
    return bool(binding.search(licence)) and not permissive.search(licence)


def test_no_installed_runtime_package_binds_the_program_by_gpl() -> None:
    offenders = []
    for name in locked("requirements.lock"):
        try:
            licence = licence_of(importlib.metadata.distribution(name))
        except importlib.metadata.PackageNotFoundError:
            continue  # pinned for another system
        if offends(licence):
            offenders.append(f"{name}: {licence}")
    assert offenders == []


def test_a_binding_licence_would_be_found() -> None:
    assert offends("GNU General Public License v3 (GPLv3)")
    assert offends("AGPL-3.0-only")
    assert not offends("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only")
    assert not offends("BSD-3-Clause")
