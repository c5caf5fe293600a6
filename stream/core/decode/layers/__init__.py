"""How documents hang in documents: one file a layer, one line in LAYERS. Called by decode; each layer carries edits back up."""

from stream.core.decode.layers import (
    archive,
    base64,
    compressed,
    embedded,
    encrypted,
    file,
    frame,
    hexadecimal,
    shifted,
    spelled,
    western,
    wide,
)
from stream.core.decode.layers.opened import Kind, Opened

LAYERS: tuple[Kind, ...] = (
    frame.LAYER,
    compressed.LAYER,
    archive.LAYER,
    file.LAYER,
    wide.LAYER,
    western.LAYER,
    embedded.LAYER,
    base64.LAYER,
    hexadecimal.LAYER,
    spelled.LAYER,
    shifted.LAYER,
    encrypted.LAYER,
)

__all__ = ["LAYERS", "Kind", "Opened"]
