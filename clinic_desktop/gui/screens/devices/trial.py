"""Plays one made-up message to a listener of our own, of somebody whose number nobody has. No Qt.

What came of it stands on the review list like every message of somebody unknown, and goes into no chart.
"""

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clinic_desktop.clock import SystemClock
from clinic_desktop.devices.api_lab import simulator as api_lab
from clinic_desktop.devices.astm import simulator as astm
from clinic_desktop.devices.drop import simulator as drop
from clinic_desktop.devices.hl7 import simulator as hl7
from clinic_desktop.domain.listeners import LOOPBACK
from clinic_desktop.domain.refusals import Trouble
from clinic_desktop.i18n import N_, _

CAN = ("api", "mllp", "mllps", "astm", "drop")
# A folder is looked into every second, and a file is taken when it has not changed since the look before.
DROP_SECONDS = 8.0
# How long the background process may take until it has read that a device was let in or revoked.
LEARN_SECONDS = 5.0
_PAUSE = 0.4


@dataclass(frozen=True)
class Where:
    """A listener of this workstation: its address and port, the folder of files, and the certificate it shows."""

    host: str = LOOPBACK
    port: int = 0
    folder: Path = Path()
    certificate: Path = Path()


@dataclass(frozen=True)
class Trial:
    """One made-up sender: its time and the number that nobody has."""

    now: str
    at: str
    number: str

    def facts(self) -> dict[str, str]:
        """What the samples of the simulators are filled with."""
        return {
            "now": self.now, "control": self.number, "mrn": self.number, "family": "Trial", "given": "Device",
            "born": "", "sex": "", "order": "",
        }  # fmt: skip


def begin() -> Trial:
    """A trial of this moment."""
    now = SystemClock().now().astimezone()
    return Trial(f"{now:%Y%m%d%H%M%S}", now.isoformat(), f"TRIAL-{now:%Y%m%d%H%M%S%f}")


def play(listener: str, where: Where) -> str:
    """Send one result; returns in words what the listener answered. Raises Trouble where it does not take it."""
    trial = begin()
    try:
        return {"mllp": _mllp, "mllps": _mllps, "astm": _astm, "drop": _drop}[listener](where, trial)
    except ssl.SSLError as error:
        raise Trouble(
            N_("The listener at {host}:{port} answers, but the encrypted connection was refused ({why})."),
            remedy=N_("Senders must trust this workstation's certificate, and show their own where it asks for one."),
            host=where.host, port=where.port, why=error.reason or type(error).__name__,
        ) from error  # fmt: skip
    except (OSError, IndexError) as error:
        raise _silent(listener, where) from error


def play_api(where: Where, token: str) -> str:
    """Send one panel to the local API with a token that was given a moment ago. Raises Trouble."""
    trial = begin()
    told = _asked(where, token, trial, lambda status: status in {201, 202})
    if told.status not in {201, 202}:
        raise Trouble(
            N_("The local API answered {status} and kept nothing ({why})."),
            remedy=N_("Look whether the clinic is unlocked in the background process, and try again."),
            status=told.status, why=told.why or _("no word why"),
        )  # fmt: skip
    return _("The local API took the made-up results: {review} wait for review, {filed} filed.").format(
        review=told.review, filed=told.filed
    )


def shut_out(where: Where, token: str) -> str:
    """See that a token that was revoked is let in no more. Raises Trouble where it still is."""
    told = _asked(where, token, begin(), lambda status: status in {401, 403})
    if told.status not in {401, 403}:
        raise Trouble(
            N_("A token that was revoked is still let in by the local API."),
            remedy=N_("Start the program anew, and revoke the devices of the list once more."),
        )
    return _("Its token was revoked again and is let in no more.")


def _asked(where: Where, token: str, trial: Trial, done: Callable[[int], bool]) -> api_lab.Answer:
    """Ask until it is as it must be, or the time in which it must learn of it is over."""
    patient = {"number": trial.number, "family_name": "Trial", "given_names": "Device"}
    until = time.monotonic() + LEARN_SECONDS
    while True:
        try:
            told = api_lab.play(where.host, where.port, token, patient, trial.at, trial.number)
        except (OSError, ValueError) as error:
            raise _silent("api", where) from error
        if done(told.status) or time.monotonic() > until:
            return told
        time.sleep(_PAUSE)


def _mllp(where: Where, trial: Trial, tls: ssl.SSLContext | None = None) -> str:
    (answer, *_more) = hl7.play(where.host, where.port, hl7.SAMPLE.format(**trial.facts()).encode(), tls=tls)
    if answer.code != "AA":
        raise _refused(answer.code, answer.why)
    words = _("The listener answered {code} to message {control}.").format(code=answer.code, control=trial.number)
    return words if tls is None else _("Encrypted, and with this workstation's certificate.") + " " + words


def _mllps(where: Where, trial: Trial) -> str:
    return _mllp(where, trial, ssl.create_default_context(cafile=str(where.certificate)))


def _astm(where: Where, trial: Trial) -> str:
    (played, *_more) = astm.play(where.host, where.port, astm.SAMPLE.format(**trial.facts()).encode())
    if played.code != "ACK":
        raise _refused(played.code, "")
    return _("The listener acknowledged {n} frames: {code}.").format(n=played.frames, code=played.code)


def _drop(where: Where, trial: Trial) -> str:
    name = f"{trial.number}.csv"
    lies = drop.play(where.folder, name, drop.SAMPLE.format(order=trial.number, at=trial.at))
    until = time.monotonic() + DROP_SECONDS
    while lies.exists() and time.monotonic() < until:
        time.sleep(_PAUSE)
    for done in (where.folder / "done").glob(f"{trial.number}.*"):
        return _("The file {name} was read and put aside as {done}.").format(name=name, done=f"done/{done.name}")
    for why in (where.folder / "refused").glob(f"{trial.number}.*.why"):
        raise _refused(_("refused"), why.read_text(encoding="utf-8").strip())
    lies.unlink(missing_ok=True)
    raise Trouble(
        N_("Nobody took the file {name} out of the folder {folder} within {n} seconds. It was removed again."),
        remedy=N_("Look whether the background process runs and may read and write in this folder."),
        name=name, folder=str(where.folder), n=int(DROP_SECONDS),
    )  # fmt: skip


def _refused(code: str, why: str) -> Trouble:
    return Trouble(
        N_("The listener was reached and did not take the made-up result: {code} {why}"),
        remedy=N_("Look at what devices sent and at the log; a real device would be answered the same."),
        code=code, why=why,
    )  # fmt: skip


def _silent(listener: str, where: Where) -> Trouble:
    if listener == "drop":
        return Trouble(
            N_("No file can be put into the folder {folder}."),
            remedy=N_("Look whether it is there, and whether you may write to it."),
            folder=str(where.folder),
        )
    return Trouble(
        N_("The listener at {host}:{port} did not answer."),
        remedy=N_("Look whether it runs, and whether the port is the one that was chosen."),
        host=where.host, port=where.port,
    )  # fmt: skip
