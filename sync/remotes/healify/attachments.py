"""Files that a record names: they lie on another host, which is asked only where an administrator allowed it."""

import ipaddress
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from sync.transport.opening import Opening, Unsigned, origin_of, same_origin
from sync.transport.outcomes import Answer, Call, Refused, Said

ENDPOINT = "GET attachment"


class Attachments:
    """Fetches files; the token goes to Healify's own origin and nowhere else."""

    def __init__(self, opening: Opening, send: Callable[[Call], Answer], hosts: frozenset[str]) -> None:
        self._opening, self._send, self._hosts = opening, send, hosts

    def fetch(self, url: str) -> bytes:
        """The content of a file. Raises Refused for a host that is not allowed, and what comes of a request."""
        parts = urlsplit(url)
        path = parts.path or "/"
        call = Call(ENDPOINT, "GET", path, file=True, signed=False, query=_query(parts.query))
        if same_origin(url, self._opening.base):
            return self._send(Call(ENDPOINT, "GET", path, file=True, query=call.query)).content
        host = parts.hostname or ""
        if parts.scheme != "https" or host not in self._hosts or _is_number(host) or parts.username or parts.password:
            raise Refused(call, None, Said("host", "files are fetched only from hosts that an administrator allowed"))
        return self._opening.wire(Unsigned(), _no_error, base=origin_of(f"https://{parts.netloc}")).send(call).content


def _query(text: str) -> dict[str, str | int]:
    return {name: value for name, _sign, value in (part.partition("=") for part in text.split("&")) if name}


def _is_number(host: str) -> bool:
    """Whether a host is an address in figures: never a public store of files."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".local", ".internal", ".localhost"))
    return True


def _no_error(_status: int, _body: Any, _headers: object) -> Said | None:
    return Said()
