from collections.abc import Mapping, Sequence
from typing import Protocol

class Encryption(Protocol):
    def prepare(self, document: PDFDocument, /) -> None: ...
    def register(self, number: int, version: int, /) -> None: ...
    def encode(self, content: bytes, /) -> bytes: ...
    def info(self) -> PDFObject: ...

class PDFObject: ...

class PDFString(PDFObject):
    def __init__(self, s: str) -> None: ...

class PDFObjectReference(PDFObject):
    def __init__(self, name: str) -> None: ...

class PDFDictionary(PDFObject):
    dict: dict[str, object]
    def __init__(self, dict: Mapping[str, object] | None = ...) -> None: ...
    def format(self, document: PDFDocument) -> bytes: ...

class PDFArray(PDFObject):
    def __init__(self, sequence: Sequence[object]) -> None: ...

class PDFStream(PDFObject):
    def __init__(
        self,
        dictionary: PDFDictionary | None = ...,
        content: bytes | None = ...,
        filters: Sequence[object] | None = ...,
    ) -> None: ...

class PDFPage(PDFObject):
    stream: str | None
    Contents: PDFObject | None

class PDFPages(PDFObject):
    pages: list[PDFPage]

class PDFDocument:
    Pages: PDFPages
    idToObject: dict[str, PDFDictionary]
    encrypt: Encryption
    _pdfVersion: tuple[int, int]
    def Reference(self, obj: PDFObject, name: str | None = ...) -> PDFObjectReference: ...

class DummyDoc(PDFDocument): ...
