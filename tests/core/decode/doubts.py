"""Why a record was not read to its end. For the tests of formats and layers."""

from schemas.vocabulary import Reason
from stream.core.decode import Decoded


def doubts(decoded: Decoded) -> tuple[Reason, ...]:
    """Why it was not read to its end, as a whole or on a leaf."""
    return tuple(dict.fromkeys((*decoded.incomplete, *(each.reason for each in decoded.unread))))
