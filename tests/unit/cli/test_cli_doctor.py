import json
import shutil
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from clinic_desktop.cli import doctor as subject
from clinic_desktop.cli.shared_libraries import SHARED_LIBRARIES, can_load


def test_a_python_that_is_too_old_or_too_new_is_lacking() -> None:
    assert subject.look_at_python((3, 10)).state == "lacking"
    assert subject.look_at_python((3, 15)).state == "lacking"
    assert subject.look_at_python((3, 11)).state == "good"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems carry these libraries")
def test_a_missing_library_is_named_with_the_line_that_installs_it() -> None:
    found = list(subject.look_at_libraries(lambda library: library != "libxcb-cursor.so.0"))
    needed = found[0]
    assert needed.state == "lacking"
    assert "libxcb-cursor.so.0" in needed.found
    assert needed.remedy.endswith(" libxcb-cursor0")
    assert found[1].state == "good"


def test_the_loader_does_not_find_a_library_that_is_not_there() -> None:
    assert not can_load("libclinic-desktop-nowhere.so.9")
    assert all(name.startswith("lib") and ".so" in name for name in SHARED_LIBRARIES)


def test_the_installed_database_driver_encrypts_and_searches() -> None:
    assert subject.look_at_cipher().state == "good"


def test_a_python_without_the_driver_is_told_how_to_get_it() -> None:
    missing = shutil.which("false")
    assert missing is not None
    finding = subject.look_at_cipher(missing)
    assert (finding.state, finding.remedy) == ("lacking", "python3 dev.py setup")


def test_a_full_disk_is_said_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=10))
    folder, disk = subject.look_at_disk(tmp_path / "not" / "yet")
    assert folder.state == "good"
    assert disk.state == "lacking"
    assert "2 GiB" in disk.remedy


def test_looking_leaves_nothing_behind(tmp_path: Path) -> None:
    list(subject.look_at_disk(tmp_path / "profile"))
    assert not list(tmp_path.iterdir())


def test_json_is_one_document_and_the_code_says_whether_something_is_lacking(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = [subject.Finding("free disk", "lacking", "0 GiB", "Free some.")]
    monkeypatch.setattr(subject, "examine", lambda _folder: broken)
    assert subject.doctor(as_json=True, folder=tmp_path) == 1
    rows = json.loads(capsys.readouterr().out)
    assert rows == [{"name": "free disk", "state": "lacking", "found": "0 GiB", "remedy": "Free some."}]


def test_every_finding_that_is_not_good_says_what_to_do(tmp_path: Path) -> None:
    assert all(finding.remedy for finding in subject.examine(tmp_path) if finding.state != "good")
