"""The audit finds any edit, deletion, insertion, swap or cut tail; and says nothing of a sound database."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from clinic_desktop.services.acts import Desk
from clinic_desktop.services.audit import Verdict, export_audit, verify_audit
from clinic_desktop.services.sessions import Session
from clinic_desktop.store.connection import WRITER_PRAGMAS, connect
from clinic_desktop.store.engine import Store
from clinic_desktop.store.tables.staff import staff
from tests.conftest import KEY, NOW, DeskFor

VERIFIER = Path(__file__).parents[3] / "packaging" / "verify_audit.py"


@pytest.fixture
def audited(store: Store, desk_for: DeskFor) -> Callable[[], Verdict]:
    """A clinic with some past, and the way to ask whether it still stands."""
    administrator = desk_for("administrator")
    with store.write(act="a", session=None) as unit:
        made = [
            unit.create(staff, {"username": f"n{n}", "display_name": f"N {n}", "role": "nurse"}, kind="staff.added")
            for n in range(5)
        ]
        for record in made:
            unit.change(staff, record, {"display_name": "Changed"}, kind="staff.renamed", reason="typing error")
        for n in range(5):
            unit.accessed("chart", patient=f"p{n}", subject="chart")
    return lambda: verify_audit(administrator)


def tamper(store: Store, *statements: str) -> None:
    """Change the file as somebody would who has the key and a tool of their own."""
    connection: dbapi2.Connection = connect(store.path, KEY, WRITER_PRAGMAS, guard=False)
    for name in ("no_update_journal", "no_delete_journal", "no_update_access", "no_delete_access", "no_delete_staff"):
        connection.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        connection.execute(statement)
    connection.close()


def words(verdict: Verdict) -> str:
    return " / ".join(f"{finding.where} {finding.what}" for finding in verdict.findings if "guard" not in finding.where)


def test_a_sound_database_has_nothing_to_say(audited: Callable[[], Verdict]) -> None:
    verdict = audited()
    assert verdict.findings == ()
    assert (verdict.journal, verdict.access) == (17, 5)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET kind = 'x' WHERE n = 9",
        "UPDATE journal SET act = 'x' WHERE n = 9",
        "UPDATE journal SET session = 'x' WHERE n = 9",
        "UPDATE journal SET record = 'x' WHERE n = 9",
        "UPDATE journal SET patient = 'x' WHERE n = 9",
        "UPDATE journal SET hlc = hlc + 1 WHERE n = 9",
        "UPDATE journal SET reason = 'x' WHERE n = 15",
        "UPDATE journal SET reason = 'x' WHERE n = 9",
        "UPDATE journal SET patch = replace(patch, 'Changed', 'Other') WHERE n = 15",
        "UPDATE journal SET patch = NULL WHERE n = 15",
        "UPDATE journal SET patch = NULL WHERE n = 17",
        "UPDATE journal SET at = '2020-01-01T00:00:00.000000Z' WHERE n = 9",
        "UPDATE journal SET content_mac = x'00' WHERE n = 9",
        "UPDATE journal SET hash = x'00' WHERE n = 9",
        "UPDATE journal SET hash = x'00' WHERE n = 17",
        "DELETE FROM journal WHERE n = 9",
        "DELETE FROM journal WHERE n = 1",
        "DELETE FROM journal WHERE n > 15",
        "DELETE FROM journal",
        "UPDATE journal SET n = CASE n WHEN 9 THEN 1010 ELSE 9 END WHERE n IN (9, 10)",
        "INSERT INTO journal SELECT 99, workstation, 18, hlc + 9, at, session, act, kind, record, 3, patient, reason,"
        " patch, content_mac, hash FROM journal WHERE n = 17",
        "UPDATE access SET patient = 'x' WHERE n = 3",
        "UPDATE access SET subject = 'x' WHERE n = 3",
        "DELETE FROM access WHERE n = 3",
        "DELETE FROM access WHERE n = 5",
        "UPDATE staff SET display_name = 'x' WHERE username = 'n1'",
        "UPDATE staff SET role = 'administrator' WHERE username = 'nurse'",
        "DELETE FROM staff WHERE username = 'n1'",
        "INSERT INTO staff (id, username, display_name, role) VALUES ('x', 'x', 'x', 'administrator')",
    ],
)
def test_what_was_changed_outside_is_found(audited: Callable[[], Verdict], store: Store, statement: str) -> None:
    tamper(store, statement)
    assert words(audited()), statement


def test_without_the_anchor_a_cut_tail_of_the_access_log_would_not_be_found(
    audited: Callable[[], Verdict], store: Store
) -> None:
    assert store.anchor is not None
    store.anchor.path.unlink()
    tamper(store, "DELETE FROM access WHERE n = 5")
    assert not words(audited())  # the limit that the anchor is there for


def test_dropped_guards_are_named(audited: Callable[[], Verdict], store: Store) -> None:
    tamper(store)
    assert {finding.where for finding in audited().findings} == {
        "guard no_update_journal",
        "guard no_update_access",
        "guard no_delete_journal",
        "guard no_delete_access",
        "guard no_delete_staff",
    }


def check(path: Path, *arguments: str) -> tuple[int, str]:
    run = subprocess.run(
        [sys.executable, "-I", "-S", str(VERIFIER), str(path), *arguments], capture_output=True, text=True, check=False
    )
    return run.returncode, run.stdout


def test_the_export_is_checked_without_key_or_package_and_holds_no_value(
    audited: Callable[[], Verdict], store: Store, tmp_path: Path
) -> None:
    audited()
    path = tmp_path / "audit.jsonl"
    desk = Desk(store, Session("s", store_administrator(store), "administrator", "A", "administrator", "A7", NOW))
    assert export_audit(desk, path) == 22
    assert check(path)[0] == 0
    text = path.read_text()
    assert "Changed" not in text
    assert "typing error" not in text
    lines = text.splitlines()
    for index in range(1, len(lines) - 1):
        cut = tmp_path / "cut.jsonl"
        cut.write_text("\n".join(lines[:index] + lines[index + 1 :]) + "\n")
        assert check(cut)[0] == 1, index
        if index > 4:
            break
    last = json.loads(lines[-2])
    head = f"{last['chain']} A7={last['n']}:{last['hash']}"
    assert check(path, "--head", head) == (0, "it fits together, compared with 1 noted heads\n")
    shorter = json.loads(lines[-1])
    earlier = json.loads(lines[-3])
    shorter["links"] -= 1
    shorter["heads"][f"{last['chain']} A7"] = [earlier["n"], earlier["hash"]]
    forged = tmp_path / "forged.jsonl"
    forged.write_text("\n".join([*lines[:-2], json.dumps(shorter)]) + "\n")
    assert check(forged)[0] == 0  # a forged end is found by a head noted elsewhere, and only by it
    assert check(forged, "--head", head)[0] == 1


def test_the_newest_change_undone_under_an_entry_without_its_patch_is_found(
    audited: Callable[[], Verdict], store: Store
) -> None:
    tamper(
        store,
        "UPDATE staff SET display_name = 'N 4' WHERE username = 'n4'",
        "UPDATE journal SET patch = NULL, reason = 'never' WHERE n = 17",
    )
    assert words(audited())


def test_links_under_another_name_and_an_export_without_one_chain_are_found(
    audited: Callable[[], Verdict], store: Store, tmp_path: Path
) -> None:
    audited()
    path = tmp_path / "audit.jsonl"
    desk = Desk(store, Session("s", store_administrator(store), "administrator", "A", "administrator", "A7", NOW))
    export_audit(desk, path)
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    other = {"journal": "access", "access": "journal"}

    def verdict(changed: list[dict[str, object]]) -> int:
        forged = tmp_path / "forged.jsonl"
        forged.write_text("\n".join(json.dumps(line) for line in changed) + "\n")
        return check(forged)[0]

    heads = {f"{other[name.split()[0]]} A7": head for name, head in lines[-1]["heads"].items()}
    swapped = [line | {"chain": other[line["chain"]]} if "chain" in line else line for line in lines]
    assert verdict([*swapped[:-1], lines[-1] | {"heads": heads}]) == 1
    kept = [line for line in lines[:-1] if line.get("chain") != "access"]
    alone = {name: head for name, head in lines[-1]["heads"].items() if name.startswith("journal")}
    assert verdict([*kept, lines[-1] | {"heads": alone, "links": len(kept) - 1}]) == 1
    short = [line | {"fields": line["fields"][:2]} if "fields" in line else line for line in lines]
    assert verdict(short) == 1


def store_administrator(store: Store) -> str:
    with store.read() as connection:
        return str(connection.exec_driver_sql("SELECT id FROM staff WHERE role = 'administrator'").scalar_one())
