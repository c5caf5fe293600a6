"""The shipped policies by name, and policies from files. Never guesses between the two: a name holds no dot and no slash."""

from importlib.resources import files
from pathlib import Path

from schemas.faults import ConfigError, Fault
from schemas.loader import load, loads
from schemas.policy import Policy


def shipped() -> tuple[str, ...]:
    """The names of the policies in the package."""
    folder = files("schemas").joinpath("policies")
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.joinpath("policy.yaml").is_file()))


def read_policy(name_or_path: str, beside: Path = Path()) -> Policy:
    """A shipped policy by its name, else a file; a relative path is read from `beside`. Raises ConfigError."""
    if "/" not in name_or_path and "." not in name_or_path:
        if name_or_path not in shipped():
            raise ConfigError(
                (Fault(name_or_path, 0, 0, "no shipped policy has this name", f"Use one of {', '.join(shipped())}, or a path."),)
            )
        text = files("schemas").joinpath("policies", name_or_path, "policy.yaml").read_text("utf-8")
        return loads(text, f"{name_or_path}/policy.yaml", Policy)
    return load(beside / name_or_path, Policy)
