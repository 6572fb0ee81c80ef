from types import TracebackType
from typing import Self

class SerialException(OSError): ...

class SerialBase:
    in_waiting: int
    def read(self, size: int = 1) -> bytes: ...
    def write(self, data: bytes) -> int | None: ...
    def flush(self) -> None: ...
    def close(self) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

class Serial(SerialBase):
    def __init__(
        self,
        port: str | None = ...,
        baudrate: int = ...,
        *,
        timeout: float | None = ...,
        write_timeout: float | None = ...,
        exclusive: bool | None = ...,
    ) -> None: ...

def serial_for_url(
    url: str, *, baudrate: int = 9600, timeout: float | None = None, write_timeout: float | None = None
) -> SerialBase: ...
