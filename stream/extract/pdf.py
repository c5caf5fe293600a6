"""The text of a PDF, with what else it may say: form fields, annotations' text, the document's properties. Called in a child.

A page that is a picture, or a file within the file, is not read; then nothing of it is.
"""

from __future__ import annotations

import ctypes

import pypdfium2
from pypdfium2 import raw

from schemas.vocabulary import Reason
from stream.core.values import Incomplete

_PICTURE = 0.25  # share of a page that a logo or a signature does not reach
_LOCKED = 4  # pdfium's number for a password that is missing


def text(data: bytes, most: int) -> str | Incomplete:
    """All of the text, or why there is none. Raises what pdfium raises of a damaged file."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        return Incomplete(Reason.ENCRYPTED if error.err_code == _LOCKED else Reason.UNDECODABLE)
    with document:
        return _text(document, most)


def _text(document: pypdfium2.PdfDocument, most: int) -> str | Incomplete:
    if document.count_attachments():
        return Incomplete(Reason.UNDECODABLE)
    if document.get_formtype():
        document.init_forms()
    pieces = [*document.get_metadata_dict(skip_empty=True).values()]
    for page in document:
        written = page.get_textpage().get_text_bounded()
        if _shows_more(page, written):
            return Incomplete(Reason.UNDECODABLE)
        pieces += [written, *_notes(page)]
        if sum(map(len, pieces)) > most:
            return Incomplete(Reason.OVER_BUDGET)
    return "\n".join(pieces)


def _shows_more(page: pypdfium2.PdfPage, written: str) -> bool:
    """Whether what is shown may be more than what is written: pictures, or drawings without a word."""
    if not written.strip():
        return next(iter(page.get_objects(max_depth=1)), None) is not None
    width, height = page.get_size()
    covered = 0.0
    for shown in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=8):
        left, bottom, right, top = shown.get_bounds()
        covered += (right - left) * (top - bottom)
    return bool(covered > _PICTURE * width * height)


def _notes(page: pypdfium2.PdfPage) -> list[str]:
    """What annotations say, form fields among them."""
    found = []
    for number in range(raw.FPDFPage_GetAnnotCount(page)):
        note = raw.FPDFPage_GetAnnot(page, number)
        try:
            found += [_value(note, key) for key in (b"Contents", b"T", b"V", b"TU")]
        finally:
            raw.FPDFPage_CloseAnnot(note)
    return [value for value in found if value]


def _value(note: raw.FPDF_ANNOTATION, key: bytes) -> str:
    size = raw.FPDFAnnot_GetStringValue(note, key, None, 0)
    buffer = ctypes.create_string_buffer(size)
    raw.FPDFAnnot_GetStringValue(note, key, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return buffer.raw.decode("utf-16-le", "replace").rstrip("\0")
