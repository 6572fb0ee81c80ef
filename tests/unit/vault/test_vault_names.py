"""The names on the sign-in page are those the vault itself knows, read without its cryptography."""

import subprocess
import sys
from pathlib import Path

from clinic_desktop.clock import new_id
from clinic_desktop.vault import KdfParams, create_vault
from clinic_desktop.vault.names import names_in

QUICK = KdfParams(memory_kib=64, passes=1, lanes=1)


def made(profile: Path) -> list[tuple[str, str]]:
    new = create_vault(profile, device_secret="file", kdf=QUICK)
    for username, label in (("wanjiru", "Dr Wanjiru"), ("adaeze", "Adaeze Okafor")):
        new.vault.add_user(new.data_key, new_id(), username, "violet-lantern-harbour-42", label)
    return [(user.username, user.label) for user in new.vault.users]


def test_the_names_are_those_of_the_vault(tmp_path: Path) -> None:
    assert names_in(tmp_path / "clinic") == []
    known = made(tmp_path / "clinic")
    assert names_in(tmp_path / "clinic") == known == [("adaeze", "Adaeze Okafor"), ("wanjiru", "Dr Wanjiru")]


def test_one_damaged_copy_hides_nobody_and_two_are_not_a_crash(tmp_path: Path) -> None:
    known = made(tmp_path)
    (tmp_path / "keyslots").write_bytes(b"\0{")
    assert names_in(tmp_path) == known
    (tmp_path / "keyslots.2").write_text('{"body": "[1]"}')
    assert names_in(tmp_path) == []


def test_reading_them_loads_no_cryptography(tmp_path: Path) -> None:
    made(tmp_path)
    code = (
        "import sys; from pathlib import Path; from clinic_desktop.vault.names import names_in;"
        "assert names_in(Path(sys.argv[1]));"
        "print([m for m in sys.modules if m.split('.')[0] in ('argon2', 'cryptography', 'hashlib', 'hmac', 'secrets')])"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
