from collections.abc import Mapping, Sequence

class PDFObject: ...

class PDFObjectReference(PDFObject):
    def __init__(self, name: str) -> None: ...

class PDFDictionary(PDFObject):
    dict: dict[str, object]
    def __init__(self, dict: Mapping[str, object] | None = ...) -> None: ...

class PDFArray(PDFObject):
    def __init__(self, sequence: Sequence[object]) -> None: ...

class PDFStream(PDFObject):
    def __init__(
        self,
        dictionary: PDFDictionary | None = ...,
        content: bytes | None = ...,
        filters: Sequence[object] | None = ...,
    ) -> None: ...

class PDFDocument:
    idToObject: dict[str, PDFDictionary]
    def Reference(self, obj: PDFObject, name: str | None = ...) -> PDFObjectReference: ...
