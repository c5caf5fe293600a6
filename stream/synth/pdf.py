"""A page of text as a PDF, as small as one can be: an attachment for traffic. Called by whoever attaches a report."""

from collections.abc import Iterable

_ESCAPES = str.maketrans({"\\": r"\\", "(": r"\(", ")": r"\)"})
_PICTURE = "q {width} 0 0 {height} 0 0 cm BI /W 1 /H 1 /BPC 8 /CS /G ID P EI Q"


def pdf(lines: Iterable[str], *, title: str = "", scanned: bool = False) -> bytes:
    """The document. `scanned`: a picture covers the page."""
    shown = [_PICTURE.format(width=595, height=842)] if scanned else []
    shown += ["BT /F1 10 Tf 14 TL 40 800 Td", *(f"({line.translate(_ESCAPES)}) '" for line in lines), "ET"]
    content = "\n".join(shown)
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Title ({title.translate(_ESCAPES)}) >>",
    )
    written, places = "%PDF-1.4\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{each}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return f"{written}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode("cp1252")
