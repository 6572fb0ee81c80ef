"""What must not be loaded before the sign-in is painted, and what must never load Qt."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

HEAVY = (
    "sqlalchemy",
    "sqlcipher3",
    "pydantic",
    "reportlab",
    "cryptography",
    "argon2",
    "httpx",
    "alembic",
    "keyring",
    "pypdfium2",
)

PAINT = """
import builtins, sys
plain = builtins.__import__
from clinic_desktop.gui import theme
from clinic_desktop.gui.shell.window import MainWindow
from gallery_gate import Gate
from PySide6.QtWidgets import QApplication

class Window(MainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        app.quit()

app = QApplication([])
theme.apply(app, "light")
window = Window(Gate(), [])
window.begin()
window.show()
app.exec()
assert builtins.__import__ is plain, "the import hook of PySide6 is still in"
print("\\n".join(sys.modules))
"""

GATE = """
class Gate:
    def exists(self): return True
    def clinic(self): return "Riverside"
    def staff(self): return ()
    def demo_words(self): return ""
"""


def run(code: str, folder: Path) -> list[str]:
    env = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": f"{ROOT}:{folder}", "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_nothing_of_database_pdf_or_network_is_loaded_at_first_paint(tmp_path: Path) -> None:
    (tmp_path / "gallery_gate.py").write_text(GATE)
    loaded = {name.split(".")[0] for name in run(PAINT, tmp_path)}
    assert "PySide6" in loaded
    assert loaded.isdisjoint(HEAVY), loaded & set(HEAVY)


def test_presenters_can_import_tasks_without_qt(tmp_path: Path) -> None:
    code = "import sys, clinic_desktop.gui, clinic_desktop.gui.tasks; print('\\n'.join(sys.modules))"
    assert not [name for name in run(code, tmp_path) if name.startswith(("PySide6", "shiboken6"))]


def test_no_screen_brings_what_makes_papers_or_the_mapper_before_they_are_needed(tmp_path: Path) -> None:
    code = (
        "import importlib, sys\n"
        "from clinic_desktop.catalogue import SCREENS\n"
        "for name in SCREENS: importlib.import_module(name.partition(':')[0])\n"
        "print('\\n'.join(sys.modules))"
    )
    loaded = run(code, tmp_path)
    late = ("reportlab", "uharfbuzz", "PIL", "pypdfium2", "openpyxl", "sqlalchemy.orm", "httpx", "alembic")
    assert [name for name in loaded if name in late] == []
