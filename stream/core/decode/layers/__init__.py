"""How documents hang in documents: one file a layer, one line in LAYERS. Called by decode; each layer carries edits back up."""

from stream.core.decode.layers import base64, embedded, encrypted, frame, gzip, wide
from stream.core.decode.layers.opened import Opened, Opener

LAYERS: tuple[Opener, ...] = (
    frame.opened,
    gzip.opened,
    wide.opened,
    embedded.opened,
    base64.opened,
    encrypted.opened,
)

__all__ = ["LAYERS", "Opened", "Opener"]
