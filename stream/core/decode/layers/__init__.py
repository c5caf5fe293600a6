"""How documents hang in documents: one file a layer, one line in LAYERS. Called by decode; each layer carries edits back up."""

from stream.core.decode.layers import archive, base64, compressed, embedded, encrypted, file, frame, hexadecimal, spelled, wide
from stream.core.decode.layers.opened import Opened, Opener

LAYERS: tuple[Opener, ...] = (
    frame.opened,
    compressed.opened,
    archive.opened,
    file.opened,
    wide.opened,
    embedded.opened,
    base64.opened,
    hexadecimal.opened,
    spelled.opened,
    encrypted.opened,
)

__all__ = ["LAYERS", "Opened", "Opener"]
