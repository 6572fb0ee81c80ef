from collections.abc import Iterator, Mapping

class Blob:
    @classmethod
    def from_file_path(cls, filename: str) -> Blob: ...
    @property
    def data(self) -> bytes: ...

class Set:
    def __iter__(self) -> Iterator[int]: ...
    def add(self, c: int) -> None: ...
    def update(self, other: set[int]) -> None: ...

class Face:
    def __init__(self, blob: Blob, index: int = ...) -> None: ...
    @property
    def upem(self) -> int: ...
    @property
    def unicodes(self) -> Set: ...
    @property
    def blob(self) -> Blob: ...
    @property
    def glyph_count(self) -> int: ...

class FontExtents:
    ascender: int
    descender: int
    line_gap: int

class Font:
    def __init__(self, face: Face) -> None: ...
    def get_nominal_glyph(self, unicode: int) -> int | None: ...
    def get_glyph_h_advance(self, gid: int) -> int: ...
    def get_font_extents(self, direction: str) -> FontExtents: ...

class GlyphInfo:
    codepoint: int
    cluster: int

class GlyphPosition:
    x_advance: int
    y_advance: int
    x_offset: int
    y_offset: int

class Buffer:
    direction: str
    script: str
    language: str
    glyph_infos: list[GlyphInfo]
    glyph_positions: list[GlyphPosition]
    def add_str(self, text: str, item_offset: int = ..., item_length: int = ...) -> None: ...
    def guess_segment_properties(self) -> None: ...

class SubsetFlags(int):
    NO_HINTING: SubsetFlags
    RETAIN_GIDS: SubsetFlags
    NO_LAYOUT_CLOSURE: SubsetFlags
    NOTDEF_OUTLINE: SubsetFlags
    def __or__(self, other: int) -> SubsetFlags: ...

class SubsetInput:
    flags: SubsetFlags
    glyph_set: Set
    drop_table_tag_set: Set
    def subset(self, source: Face) -> Face: ...

def shape(font: Font, buffer: Buffer, features: Mapping[str, bool] | None = ...) -> None: ...

class RasterExtents:
    x_origin: int
    y_origin: int
    width: int
    height: int
    stride: int

class RasterImage:
    @property
    def extents(self) -> RasterExtents: ...
    @property
    def buffer(self) -> bytes: ...

class RasterDraw:
    transform: tuple[float, float, float, float, float, float]
    def draw_glyph(self, font: Font, glyph: int) -> None: ...
    def render(self) -> RasterImage | None: ...
