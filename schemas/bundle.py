"""A pipeline together with the policies of its routes, read from files. `run` and `validate` call it."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from schemas.faults import ConfigError, Fault
from schemas.loader import load, validated
from schemas.manuscript import Location, Manuscript, read
from schemas.pipeline import Pipeline, sharing
from schemas.policy import Policy
from schemas.profile import Profile
from schemas.shipped import read_policy


class Bundle(NamedTuple):
    """What one process runs. `folder` is the pipeline file's: its relative paths start there."""

    folder: Path
    pipeline: Pipeline
    policies: Mapping[str, Policy]  # by route name
    profiles: Mapping[str, Profile] = {}  # by the name of the source that has one

    def overdue(self, today: date) -> tuple[str, ...]:
        """The care routes whose policy should have been reviewed by now."""
        return tuple(route for route, policy in self.policies.items() if policy.review_by is not None and policy.review_by < today)


def read_bundle(path: Path) -> Bundle:
    """Raises ConfigError with every fault of the pipeline, or else every fault of its policies and of how they go together."""
    manuscript = read(path)
    pipeline = validated(manuscript, Pipeline)
    policies: dict[str, Policy] = {}
    faults: list[Fault] = []
    for number, route in enumerate(pipeline.routes):
        try:
            policies[route.name] = read_policy(route.policy, path.parent)
        except ConfigError as error:
            faults.extend(_named(manuscript, ("routes", number, "policy"), error.faults))
    profiles: dict[str, Profile] = {}
    for number, source in enumerate(pipeline.sources):
        if source.profile is not None:
            try:
                profiles[source.name] = load(path.parent / source.profile, Profile)
            except ConfigError as error:
                faults.extend(_named(manuscript, ("sources", number, "profile"), error.faults))
    faults.extend(_together(manuscript, pipeline, policies))
    if faults:
        raise ConfigError(tuple(dict.fromkeys(faults)))
    return Bundle(path.parent, pipeline, policies, profiles)


def _named(manuscript: Manuscript, at: Location, faults: tuple[Fault, ...]) -> Iterator[Fault]:
    """A file that is not there is the fault of the line that names it; what is wrong in it stands in its own file."""
    return (fault if fault.line else manuscript.fault(at, fault.what, fault.remedy) for fault in faults)


def _together(manuscript: Manuscript, pipeline: Pipeline, policies: Mapping[str, Policy]) -> Iterator[Fault]:
    recipients = {route: policy.recipient.kind for route, policy in policies.items()}
    return (manuscript.fault(*complaint) for complaint in sharing(pipeline, recipients))
