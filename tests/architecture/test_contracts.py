"""The floors of the house hold: who may import whom, checked over the whole import graph."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")
OURS = ("clinic_desktop", "sync")


def contracts() -> dict[str, Any]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    rules: dict[str, Any] = settings["tool"]["importlinter"]
    return rules


def exists(module: str, root: Path = ROOT) -> bool:
    """Whether a room of ours has been built (`*` is one room), or a package of others is used at all."""
    if not module.startswith(OURS):
        used = re.compile(rf"^\s*(?:import|from) {module}\b", re.MULTILINE)
        return any(used.search(file.read_text()) for ours in OURS for file in (root / ours).rglob("*.py"))
    pattern = module.replace(".", "/")
    return any(root.glob(f"{pattern}.py")) or any(root.glob(f"{pattern}/__init__.py"))


def built_part(contract: dict[str, Any], root: Path = ROOT) -> dict[str, Any] | None:
    """The contract over the rooms that stand already; the linter takes a room that does not for an error."""
    kept = dict(contract)
    for key in ("modules", "source_modules", "forbidden_modules", "protected_modules", "allowed_importers"):
        if key in kept:
            kept[key] = [module for module in kept[key] if exists(module, root)]
            if not kept[key] and key != "allowed_importers":
                return None
    if "layers" in kept:
        inside = kept["containers"][0]
        layers = []
        for layer in kept["layers"]:
            sign = "|" if "|" in layer else ":"
            rooms = [room.strip() for room in layer.split(sign)]
            layers.append(f" {sign} ".join(room for room in rooms if exists(f"{inside}.{room}", root)))
        kept["layers"] = [layer for layer in layers if layer]
    return kept


def as_toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {as_toml(part)}" for key, part in value.items()) + " }"
    return json.dumps(value)


def lint(root: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    rules = contracts()
    rules["contracts"] = [part for contract in rules["contracts"] if (part := built_part(contract, root))]
    lines = [f"{key} = {as_toml(value)}" for key, value in rules.items() if key != "contracts"]
    lines.append("contracts = [" + ",\n  ".join(as_toml(contract) for contract in rules["contracts"]) + "]")
    settings = folder / "contracts.toml"
    settings.write_text("[tool.importlinter]\n" + "\n".join(lines) + "\n")
    return subprocess.run(
        [str(LINTER), "--config", str(settings), "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_import_goes_down_the_floors(tmp_path: Path) -> None:
    answer = lint(ROOT, tmp_path)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_an_import_up_the_floors_is_found(tmp_path: Path) -> None:
    house = tmp_path / "house"
    for room, body in {
        "clinic_desktop": "",
        "clinic_desktop/domain": "import clinic_desktop.services\n",
        "clinic_desktop/services": "import PySide6\n",
        "clinic_desktop/gui": "",
        "sync": "import clinic_desktop\n",
    }.items():
        (house / room).mkdir(parents=True)
        (house / room / "__init__.py").write_text(f'"""A room."""\n{body}')
    answer = lint(house, tmp_path)
    assert answer.returncode != 0
    assert "clinic_desktop.domain is not allowed to import clinic_desktop.services" in answer.stdout
    assert "clinic_desktop.services" in answer.stdout.partition("Qt BROKEN")[2]
    assert "sync knows no clinic BROKEN" in answer.stdout


def test_the_contracts_name_every_rule_of_the_house() -> None:
    assert {contract["name"] for contract in contracts()["contracts"]} == {
        "floors", "window", "post office", "sync knows no clinic", "the sandbox knows no client", "who looks at sync",
        "rows and keys", "screens", "devices", "remotes", "presenters", "Qt", "SQL", "HTTP", "circles",
    }  # fmt: skip
