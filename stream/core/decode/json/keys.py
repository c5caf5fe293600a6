"""What the keys of an object say, by their bytes as JSON writes them: the dictionary of names without a fold for each. Called by the
reader, for every key of a document."""

from functools import cache

from stream.core.decode.json.strings import plain
from stream.core.decode.names import KEPT, Context, Entry


class Keys(dict[bytes, Entry]):
    """The entries of one context; a key that is not remembered yet is looked up."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context = context

    def __missing__(self, key: bytes) -> Entry:
        if len(self) >= KEPT:
            self.clear()
        entry = self[key] = self.context.entry(plain(key))
        return entry


@cache
def keys_of(context: Context) -> Keys:
    """The one memory of that context; contexts are a closed list."""
    return Keys(context)
