"""The policy language: what is refused, and on which line."""

import pytest

from schemas.faults import ConfigError
from schemas.loader import loads
from schemas.policy import Policy
from schemas.shipped import read_policy, shipped
from schemas.vocabulary import Category, Likelihood

_HEAD = """\
apiVersion: pratique/v1alpha1
kind: Policy
metadata: {name: trial, owner: privacy@laboratory.example, version: 1}
recipient: {name: somebody, kind: KIND, purpose: a trial}
legal: {article_6: a, article_9: b, secrecy: c, controller: d}
"""


def policy(body: str, kind: str = "research") -> Policy:
    return loads(_HEAD.replace("KIND", kind) + body, "trial.yaml", Policy)


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_policy_reads(name: str) -> None:
    assert name == read_policy(name).metadata.name


def test_a_name_that_is_not_shipped_is_refused_with_those_that_are() -> None:
    with pytest.raises(ConfigError, match="care, insurer, research"):
        read_policy("reserch")


@pytest.mark.parametrize(
    ("kind", "body", "line"),
    [
        ("research", "default: remove\n", "trial.yaml:1:1"),  # no `expires`
        ("care", "expires: 2027-01-01\n", "trial.yaml:6:10"),  # care is reviewed
        ("care", "review_by: 2027-01-01\ndefault: remove\n", "trial.yaml:7:10"),  # care never rewrites
        ("care", "review_by: 2027-01-01\nwhen_found: {person.nir: mask}\n", "trial.yaml:7:26"),
        ("research", "expires: 2027-01-01\nallow:\n  - {category: person.nir}\n", "trial.yaml:5:8"),  # no basis for the NIR
        ("research", "expires: 2027-01-01\ntransform: {person.name: {generalise: year}}\n", "trial.yaml:7:26"),
        ("research", "expires: 2027-01-01\nallow:\n  - {category: person.nmae}\n", "trial.yaml:8:16"),  # no such category
        ("research", "expires: 2027-01-01\nallow:\n  - {category: person.name, where: {}}\n", "trial.yaml:8:36"),
        ("research", "expires: 2027-01-01\nalow: []\n", "trial.yaml:7:1"),  # unknown key
        ("care", "review_by: 2027-01-01\nnothing_forbidden: {approved_by: [A. Person, a. person]}\n", "trial.yaml:7:"),
    ],
)
def test_a_fault_names_its_line(kind: str, body: str, line: str) -> None:
    with pytest.raises(ConfigError) as refused:
        policy(body, kind)

    assert any(str(fault).startswith(line) for fault in refused.value.faults), str(refused.value)


def test_a_threshold_holds_for_a_category_and_what_is_below_it() -> None:
    read = policy("expires: 2027-01-01\nat_least: {person: likely, person.name: very_likely}\n")

    assert Likelihood.VERY_LIKELY is read.threshold(Category.PERSON_NAME)
    assert Likelihood.LIKELY is read.threshold(Category.PERSON_NIR)
    assert Likelihood.POSSIBLE is read.threshold(Category.CONTACT_PHONE)


def test_transforms_read_the_same_as_a_mapping_and_as_a_list() -> None:
    mapping = policy("expires: 2027-01-01\ntransform: {sample.number: pseudonymise}\n")
    listed = policy("expires: 2027-01-01\ntransform:\n  - {category: sample.number, to: pseudonymise}\n")

    assert mapping.transforms == listed.transforms
