"""How a listing is printed."""

from enum import StrEnum


class Listing(StrEnum):
    """A table for people, or one JSON object a line for programs."""

    TABLE = "table"
    JSONL = "jsonl"


class Form(StrEnum):
    """A table for people, or one JSON document for programs."""

    TABLE = "table"
    JSON = "json"
