"""`remote set SYSTEM webhook.host` as an administrator calls it: the address is told, and AROCORD is asked once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sync.sandbox.hosting import Sandbox
from tests.unit.cli.conftest import Worked


def test_a_public_name_gives_an_address_and_asks_the_system_that_can_be_asked(
    worked: Worked,
    asked: Callable[..., Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sandbox = Sandbox(["arocord_hims"])
    try:
        (one,) = sandbox.addresses()
        secrets = {name: one["credentials"][name] for name in ("username", "password", "mfa_code")}
        file = tmp_path / "secrets.json"
        file.write_text(json.dumps(secrets))
        words = ("--base-url", one["base_url"], "--secret-file", str(file))
        asked("administrator", "remote", "add", "arocord_hims", *words)
        before = len(list(sandbox.gates["arocord_hims"].system.tables["webhooks"]))
        for _again in range(2):
            asked("administrator", "remote", "set", "arocord_hims", "webhook.host", "hooks.clinic.example")
        (shown,) = asked("administrator", "remote", "webhooks")
        assert shown["subscribed"]
        assert shown["address"].startswith("https://hooks.clinic.example/v1/hooks/arocord_hims/")
        made = list(sandbox.gates["arocord_hims"].system.tables["webhooks"])[before:]
        assert [each["url"] for each in made] == [shown["address"]]
        asked("administrator", "remote", "set", "arocord_hims", "webhook.host", "none")
        assert asked("administrator", "remote", "webhooks")[0]["address"] is None
        asked("administrator", "remote", "remove", "arocord_hims")
    finally:
        sandbox.close()
    assert "Traceback" not in capsys.readouterr().err
