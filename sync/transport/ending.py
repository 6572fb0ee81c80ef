"""The network, where every request ends: however slowly the other side answers or reads, it is waited for no longer.

A timeout of a socket counts from one byte to the next. A header that comes byte by byte, interim answers without end or
what unpacks to nothing would hold a request for ever: here each wait is cut at the moment when its request ends.
"""

import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx

# The extension of a request that says until when it may take, by the clock that the network is handed.
END = "end"
# What is written at once: each time the wait for it to be taken is cut anew.
SLICE = 16 * 1024


class Network(httpx.HTTPTransport):
    """The network of one client: a request, its whole answer included, is over at its end."""

    def __init__(self, limits: httpx.Limits, steady: Callable[[], float]) -> None:
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False, limits=limits)
        self._waits = _Waits(steady)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=_Backend(self._waits),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; its answer is read by the thread that sent it."""
        self._waits.end = request.extensions.get(END)
        return super().handle_request(request)


class _Waits(threading.local):
    """How long the request of this thread may still wait."""

    end: float | None = None

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady

    def cut(self, timeout: float | None, late: type[Exception]) -> float | None:
        """A timeout that does not reach beyond the end. Raises `late` after it."""
        if self.end is None:
            return timeout
        left = self.end - self._steady()
        if left <= 0:
            raise late("it has taken too long")
        return left if timeout is None else min(timeout, left)


class _Backend(httpcore.SyncBackend):
    """Connections whose waits are cut."""

    def __init__(self, waits: _Waits) -> None:
        self._waits = waits

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        cut = self._waits.cut(timeout, httpcore.ConnectTimeout)
        return _Stream(super().connect_tcp(host, port, cut, local_address, socket_options), self._waits)


class _Stream(httpcore.NetworkStream):
    """One connection."""

    def __init__(self, inner: httpcore.NetworkStream, waits: _Waits) -> None:
        self._inner, self._waits = inner, waits

    def close(self) -> None:
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._waits.cut(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), SLICE):
            self._inner.write(buffer[start : start + SLICE], self._waits.cut(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        cut = self._waits.cut(timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, cut), self._waits)
