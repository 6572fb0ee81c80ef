"""Devices are let in, listed and revoked by command; simulated ones speak with a real process."""

import json
from pathlib import Path

import pytest

from clinic_desktop.cli import demo
from clinic_desktop.cli.main import main
from tests.listening import Agent, Home, made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    folder = tmp_path_factory.mktemp("device")
    (folder / "password").write_text(demo.PASSPHRASE)
    return made(folder)


def said(home: Home, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, object]:
    signed = ["--user", "administrator", "--password-file", str(home.profile.parent / "password"), "--json"]
    code = main(["--profile", str(home.profile), *signed, *words])
    printed = capsys.readouterr().out
    return code, json.loads(printed) if printed else None


def test_a_device_is_paired_plays_and_is_revoked(
    home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    tokens = {}
    for kind in ("monitor", "analyser"):
        code, told = said(home, capsys, "device", "pair", "--kind", kind, "--name", f"Bench {kind}")
        assert (code, sorted(told)) == (0, ["id", "scopes", "token"])  # type: ignore[call-overload]
        tokens[kind] = told
        (tmp_path / kind).write_text(told["token"])  # type: ignore[index]
    assert said(home, capsys, "device", "pair", "--kind", "toaster", "--name", "x")[0] == 3
    assert said(home, capsys, "device", "network", "--address", "0.0.0.0")[0] == 3
    agent = Agent(home, "--api-port", "0")
    try:
        of_whom = ["--mrn", home.mrn, "--family", "Otieno", "--given", "Grace", "--born", "19860105"]
        port = ["--port", str(agent.port("api"))]
        code, told = said(
            home, capsys, "simulate", "monitor", *port, *of_whom, "--token-file", str(tmp_path / "monitor")
        )
        assert (code, told) == (0, {"status": 201, "state": "filed", "why": ""})
        code, told = said(
            home, capsys, "simulate", "api-lab", *port, *of_whom, "--token-file", str(tmp_path / "analyser")
        )
        assert (code, told) == (0, {"status": 201, "filed": 2, "review": 0, "why": ""})
        monitor = str(tokens["monitor"]["id"])  # type: ignore[index]
        assert said(home, capsys, "device", "revoke", monitor)[0] == 0
        assert said(home, capsys, "device", "revoke", monitor)[0] == 3
        code, told = said(
            home, capsys, "simulate", "monitor", *port, *of_whom, "--token-file", str(tmp_path / "monitor")
        )
        assert (code, told["status"]) == (1, 401)  # type: ignore[index]
        _code, listed = said(home, capsys, "device", "list")
        states = {one["name"]: (one["state"], bool(one["seen_at"])) for one in listed}  # type: ignore[attr-defined]
        assert states == {"Bench monitor": ("revoked", True), "Bench analyser": ("paired", True)}
        lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
        at = f":{agent.port('api'):04X}"
        assert {one.split()[1] for one in lines if one.split()[1].endswith(at)} == {f"0100007F{at}"}
    finally:
        agent.kill()
