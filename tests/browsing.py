"""A real headless browser, driven over its own debugging protocol: what a page shows, and whom it asked."""

import base64
import contextlib
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
    "--window-size=1280,800",
)  # fmt: skip
WAIT_SECONDS = 30.0


class Page:
    """One page that is open."""

    def __init__(self, line: ClientConnection) -> None:
        self._line, self._count = line, 0
        self.asked: list[str] = []

    def say(self, method: str, **params: object) -> dict[str, Any]:
        self._count += 1
        self._line.send(json.dumps({"id": self._count, "method": method, "params": params}))
        while True:
            told: dict[str, Any] = json.loads(self._line.recv(WAIT_SECONDS))
            if told.get("method") == "Network.requestWillBeSent":
                self.asked.append(told["params"]["request"]["url"])
            if told.get("id") == self._count:
                return dict(told.get("result", {}))

    def value(self, expression: str) -> object:
        return self.say("Runtime.evaluate", expression=expression)["result"].get("value")

    def until(self, expression: str) -> None:
        end = time.monotonic() + WAIT_SECONDS
        while not self.value(expression):
            assert time.monotonic() < end, self.value("document.body.innerText")
            time.sleep(0.05)

    def picture(self, path: Path) -> None:
        path.write_bytes(base64.b64decode(self.say("Page.captureScreenshot")["data"]))


@contextlib.contextmanager
def opened(url: str, folder: Path) -> Iterator[Page]:
    """Open a page in a browser of its own, with nothing remembered."""
    command = [str(BROWSER), *FLAGS, f"--user-data-dir={folder}", "about:blank"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        told, end = folder / "DevToolsActivePort", time.monotonic() + WAIT_SECONDS
        while not (told.exists() and "\n" in told.read_text()):
            assert time.monotonic() < end, "the browser did not start"
            time.sleep(0.05)
        port = told.read_text().splitlines()[0]
        pages = httpx.get(f"http://127.0.0.1:{port}/json/list", trust_env=False).json()
        where = next(one["webSocketDebuggerUrl"] for one in pages if one["type"] == "page")
        with connect(where, max_size=None, proxy=None) as line:
            page = Page(line)
            page.say("Network.enable")
            page.say("Page.enable")
            page.say("Page.navigate", url=url)
            yield page
    finally:
        process.terminate()
        process.wait(20)
