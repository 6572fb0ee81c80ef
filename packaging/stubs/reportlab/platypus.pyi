from collections.abc import Sequence

from reportlab.pdfgen.canvas import Canvas

class TableStyle:
    def __init__(self, cmds: Sequence[tuple[object, ...]]) -> None: ...

class Table:
    def __init__(
        self,
        data: Sequence[Sequence[object]],
        colWidths: Sequence[float] | None = ...,
        rowHeights: Sequence[float] | None = ...,
        style: TableStyle | None = ...,
    ) -> None: ...
    def wrapOn(self, canv: Canvas, aW: float, aH: float) -> tuple[float, float]: ...
    def drawOn(self, canvas: Canvas, x: float, y: float) -> None: ...
