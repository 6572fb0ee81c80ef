"""Several PDFs as one, each page at its own size."""

import io
from collections.abc import Sequence

import pypdfium2


def bind(papers: Sequence[bytes]) -> bytes:
    """One PDF with the pages of all; a single one is given back as it is."""
    if len(papers) == 1:
        return papers[0]
    # Into the first, whose title and language are those of all.
    bound = pypdfium2.PdfDocument(papers[0])
    try:
        for paper in papers[1:]:
            source = pypdfium2.PdfDocument(paper)
            bound.import_pages(source)
            source.close()
        out = io.BytesIO()
        bound.save(out)
        return out.getvalue()
    finally:
        bound.close()
