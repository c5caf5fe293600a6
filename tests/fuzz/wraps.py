"""Ways to hide bytes in others, as writers of messages do. For the targets: a fuzzer does not find a checksum by itself."""

import base64
import gzip
import io
import json
import urllib.parse
import zipfile
import zlib
from collections.abc import Callable

import zstandard


def _zipped(data: bytes) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as entries:
        entries.writestr(zipfile.ZipInfo("a.txt"), data)
    return archive.getvalue()


def _in_json(data: bytes) -> bytes:
    return json.dumps({"commentaire": data.decode("utf-8", "replace"), "nom": "ESSAI"}).encode()


def _attached(data: bytes) -> bytes:
    return b"MSH|^~\\&|A|B|C|D|20240912083015||ORU^R01|1|P|2.5\rOBX|1|ED|X||^AP^^Base64^" + base64.b64encode(data) + b"\r"


def _in_xml(data: bytes) -> bytes:
    text = data.decode("utf-8", "replace").replace("&", "&amp;").replace("<", "&lt;")
    return f"<a><text>{text}</text></a>".encode()


def _in_lines(data: bytes) -> bytes:
    return b"Bonjour,\n" + base64.encodebytes(data)


WRAPS: tuple[Callable[[bytes], bytes], ...] = (
    bytes,
    base64.b64encode,
    base64.urlsafe_b64encode,
    _in_lines,
    lambda data: gzip.compress(data, mtime=0),
    zlib.compress,
    zstandard.ZstdCompressor().compress,
    _zipped,
    lambda data: data.hex().encode(),
    lambda data: data.decode("utf-8", "replace").encode("utf-16"),
    lambda data: urllib.parse.quote_from_bytes(data).encode(),
    _in_json,
    _in_xml,
    _attached,
)
