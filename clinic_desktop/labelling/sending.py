"""Bytes to a printer in bounded time: over the network, a serial line, a device file, a queue of the system, a folder.

Never called in the window's thread. Everything that goes wrong is a Trouble that says what to do.
"""

import contextlib
import errno
import os
import select
import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from clinic_desktop.domain.printing import Target, host_and_port, line_and_speed
from clinic_desktop.domain.refusals import Refusal, Trouble
from clinic_desktop.i18n import N_

CONNECT_SECONDS: Final = 5.0
SEND_SECONDS: Final = 20.0
ANSWER_SECONDS: Final = 0.8
_CHUNK: Final = 16_384
_ENDINGS: Final = {"label": "zpl", "receipt": "escpos"}
_FAULTS: Final = {
    "paper": (N_("{printer} has no paper."), N_("Put paper in, then print again.")),
    "head": (N_("{printer} is open."), N_("Close it, then print again.")),
    "ribbon": (N_("{printer} has no ribbon."), N_("Put a ribbon in, then print again.")),
    "paused": (N_("{printer} is paused."), N_("Press its pause key, then print again.")),
    "error": (N_("{printer} reports an error."), N_("Switch it off and on, then print again.")),
}

Ask = tuple[bytes, Callable[[bytes], str]]


def send(target: Target, data: bytes, title: str, ask: Ask | None = None) -> None:
    """Hand the bytes over; `ask` is the question after its state and what an answer means. Raises Trouble.

    `title` is what a queue of the system shows to anyone: never a patient's name.
    """
    try:
        if target.way == "network":
            _network(target, data, ask)
        elif target.way == "serial":
            _serial(target, data)
        elif target.way == "device":
            _device(target, data)
        elif target.way == "queue":
            _queue(target, data, title)
        else:
            _folder(target, data)
    except Refusal as error:
        raise Trouble(
            N_("The address of {printer} cannot be used."), remedy=N_("An administrator corrects it."),
            printer=target.name,
        ) from error  # fmt: skip


def _network(target: Target, data: bytes, ask: Ask | None) -> None:
    host, port = host_and_port(target.address)
    try:
        with socket.create_connection((host.strip("[]"), port), CONNECT_SECONDS) as line:
            if ask is not None:
                _require_ready(target, line, ask)
            _feed(line, data)
    except TimeoutError as error:
        raise _unreachable(target, "it does not answer") from error
    except OSError as error:
        raise _unreachable(target, error.strerror or "it cannot be reached") from error


def _feed(line: socket.socket, data: bytes) -> None:
    """Send everything within the time there is, then say that no more comes."""
    end = time.monotonic() + SEND_SECONDS
    for at in range(0, len(data), _CHUNK):
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        line.sendall(data[at : at + _CHUNK])
    line.shutdown(socket.SHUT_WR)
    # Waiting for the other end to close too is how one learns that a reset did not swallow the last bytes.
    line.settimeout(ANSWER_SECONDS)
    with contextlib.suppress(TimeoutError):
        while line.recv(256):
            if time.monotonic() > end:
                break


def _require_ready(target: Target, line: socket.socket, ask: Ask) -> None:
    """Raise Trouble where the printer says that it cannot print; one that says nothing is taken at its silence."""
    question, meaning = ask
    line.settimeout(ANSWER_SECONDS)
    line.sendall(question)
    reply, end = b"", time.monotonic() + ANSWER_SECONDS
    with contextlib.suppress(TimeoutError):
        while len(reply) < 512 and time.monotonic() < end and reply.count(b"\x03") < 3:
            got = line.recv(256)
            if not got:
                break
            reply += got
            if not question.startswith(b"~") and len(reply) >= 2:
                break
    if wrong := meaning(reply):
        words, remedy = _FAULTS[wrong]
        raise Trouble(words, remedy=remedy, printer=target.name)


def _serial(target: Target, data: bytes) -> None:
    import serial  # only where a printer hangs on a serial line

    port, speed = line_and_speed(target.address)
    try:
        with serial.serial_for_url(port, baudrate=speed, timeout=ANSWER_SECONDS, write_timeout=SEND_SECONDS) as line:
            end = time.monotonic() + SEND_SECONDS
            for at in range(0, len(data), 1024):
                if time.monotonic() > end:
                    raise _unreachable(target, "it takes nothing more")
                line.write(data[at : at + 1024])
            line.flush()
    except (serial.SerialException, OSError) as error:
        raise _unreachable(target, getattr(error, "strerror", None) or "the line cannot be opened") from error


def _device(target: Target, data: bytes) -> None:
    end = time.monotonic() + SEND_SECONDS
    try:
        # Never made here: a device that is unplugged must not become a file.
        number = os.open(target.address, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise _unreachable(target, error.strerror or "it cannot be opened") from error
    try:
        at = 0
        while at < len(data):
            _none, ready, _bad = select.select([], [number], [], max(end - time.monotonic(), 0))
            if not ready:
                raise _unreachable(target, "it takes nothing more")
            with contextlib.suppress(BlockingIOError):
                at += os.write(number, data[at : at + _CHUNK])
    except OSError as error:
        if error.errno == errno.ENOSPC:  # what the kernel says of a printer that is out of paper
            words, remedy = _FAULTS["paper"]
            raise Trouble(words, remedy=remedy, printer=target.name) from error
        raise _unreachable(target, error.strerror or "it stopped") from error
    finally:
        os.close(number)


def _queue(target: Target, data: bytes, title: str) -> None:
    lp = shutil.which("lp")
    if lp is None:
        raise Trouble(
            N_("There is no printing service on this machine."),
            remedy=N_("Have CUPS installed (the package cups-client), or reach the printer another way."),
        )
    words = [lp, "-d", target.address, "-o", "raw", "-t", title]
    try:
        sent = subprocess.run(words, input=data, capture_output=True, timeout=SEND_SECONDS, check=False)  # noqa: S603 - a list, no shell
    except subprocess.TimeoutExpired as error:
        raise _unreachable(target, "the queue does not answer") from error
    if sent.returncode:
        raise _unreachable(target, said_by_lp(sent.stderr) or "the queue refused it")


def said_by_lp(stderr: bytes) -> str:
    """What `lp` says is wrong, without its own name before it and the full stop behind."""
    told = stderr.decode(errors="replace").strip()[:200]
    return told.rpartition("lp: ")[2].removeprefix("Error - ").rstrip(". ")


def _folder(target: Target, data: bytes) -> None:
    folder = Path(target.address)
    name = f"print-{time.time_ns()}.{_ENDINGS[target.kind]}"
    part = folder / f".{name}.part"
    try:
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(number, "wb") as file:
            file.write(data)
        part.rename(folder / name)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise Trouble(
            N_("Nothing could be put into the folder of {printer}: {why}"),
            remedy=N_("Check that the folder is there and can be written to."),
            printer=target.name, why=error.strerror or "",
        ) from error  # fmt: skip


def _unreachable(target: Target, why: str) -> Trouble:
    return Trouble(
        N_("{printer} was not reached: {why}."),
        remedy=N_("Check that it is on, connected and has paper, then print again."),
        printer=target.name,
        why=why,
    )
