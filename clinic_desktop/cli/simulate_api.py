"""The simulated devices that speak with the local API: each is paired first, and brings its token in a file."""

import argparse

from clinic_desktop.cli.terminal import DONE, DONE_WITH_PROBLEMS, Terminal, read_secret
from clinic_desktop.clock import SystemClock, new_id
from clinic_desktop.devices.api_lab import simulator as api_lab
from clinic_desktop.devices.monitor import simulator as monitor

KINDS = {
    "monitor": "a monitor that sends vital signs to the local API",
    "api-lab": "a laboratory that sends results to the local API",
}
_SEXES = {"F": "female", "M": "male"}


def run(terminal: Terminal, words: argparse.ArgumentParser, chosen: argparse.Namespace) -> int:
    """Play one, and print what was answered."""
    if chosen.port is None or chosen.token_file is None:
        words.error("name the port of the local API and the file with the token: --port N --token-file F")
    token, at = read_secret(chosen.token_file), SystemClock().now().isoformat()
    born = chosen.born
    if len(born) == 8 and born.isdigit():
        born = f"{born[:4]}-{born[4:6]}-{born[6:]}"
    patient = {
        "number": chosen.mrn, "family_name": chosen.family, "given_names": chosen.given, "born_on": born,
        "sex": _SEXES.get(chosen.sex, ""),
    }  # fmt: skip
    where, identity = (chosen.host, chosen.port, token, patient, at), f"sim-{new_id()}"
    if chosen.kind == "monitor":
        told = monitor.play(*where, identity)
        facts: dict[str, object] = {"status": told.status, "state": told.state, "why": told.why}
        status = told.status
    else:
        sent = api_lab.play(*where, identity, chosen.order)
        facts = {"status": sent.status, "filed": sent.filed, "review": sent.review, "why": sent.why}
        status = sent.status
    terminal.answer(facts, ["  ".join(f"{name}: {value}" for name, value in facts.items() if value != "")])
    return DONE if status in {201, 202} else DONE_WITH_PROBLEMS
