"""Whether another distribution brings a package of one of our names. `entry` asks before every command: nothing of ours may be replaced."""

from collections.abc import Mapping
from importlib.metadata import packages_distributions

PACKAGES = ("schemas", "stream")
OURS = "pratique"


def intruders(owners: Mapping[str, list[str]] | None = None) -> dict[str, tuple[str, ...]]:
    """Per package, the other distributions that bring it. `owners`: distributions by package; None: those installed here."""
    owners = packages_distributions() if owners is None else owners
    found = {package: tuple(sorted(set(owners.get(package, ())) - {OURS})) for package in PACKAGES}
    return {package: others for package, others in found.items() if others}
