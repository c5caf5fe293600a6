"""A pipeline together with the policies of its routes, read from files. `run` and `validate` call it."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from schemas.faults import ConfigError, Fault
from schemas.loader import validated
from schemas.manuscript import Manuscript, read
from schemas.pipeline import Pipeline, sharing
from schemas.policy import Policy
from schemas.shipped import read_policy


class Bundle(NamedTuple):
    """What one process runs. `folder` is the pipeline file's: its relative paths start there."""

    folder: Path
    pipeline: Pipeline
    policies: Mapping[str, Policy]  # by route name

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
            faults.extend(_at_route(manuscript, number, error.faults))
    faults.extend(_together(manuscript, pipeline, policies))
    if faults:
        raise ConfigError(tuple(dict.fromkeys(faults)))
    return Bundle(path.parent, pipeline, policies)


def _at_route(manuscript: Manuscript, number: int, faults: tuple[Fault, ...]) -> Iterator[Fault]:
    """A policy that is not there is the fault of the line that names it; what is wrong in it stands in its own file."""
    return (fault if fault.line else manuscript.fault(("routes", number, "policy"), fault.what, fault.remedy) for fault in faults)


def _together(manuscript: Manuscript, pipeline: Pipeline, policies: Mapping[str, Policy]) -> Iterator[Fault]:
    recipients = {route: policy.recipient.kind for route, policy in policies.items()}
    return (manuscript.fault(*complaint) for complaint in sharing(pipeline, recipients))
