"""The policy language, `apiVersion: pratique/v1alpha1`: what one recipient may receive. `stream/core/ruleset.py` compiles it."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from schemas.faults import Complaint
from schemas.vocabulary import Action, Category, Generalisation, Likelihood, RecipientKind, UnknownStructure

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"\S")]


class Written(BaseModel):
    """Base of everything people write: immutable, no unknown keys, no input in errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Metadata(Written):
    """Who answers for the policy, and which version of it this is."""

    name: Name
    owner: Line
    version: Annotated[int, Field(ge=1)]


class Recipient(Written):
    """Who receives, and what for."""

    name: Name
    kind: RecipientKind
    purpose: Line


class Legal(Written):
    """On what grounds, in the words of whoever answers for it. Free text; it is asked for, never judged."""

    article_6: Line
    article_9: Line
    secrecy: Line
    nir_basis: Line | None = None
    controller: Line
    reference: Line | None = None


class Where(Written):
    """Narrows a rule to a format, a place of it, or both. `PID-5` covers `PID-5.1`; `patient` covers `patient.name`."""

    format: Line | None = None
    place: Line | None = None


class Allow(Written):
    """What the recipient may receive as it is."""

    category: Category
    where: Where | None = None


class Generalise(Written):
    """Makes a value coarser."""

    generalise: Generalisation


Transform = Literal["pseudonymise", "mask", "remove"] | Generalise


class PlacedTransform(Written):
    """A transform for a category at a place."""

    category: Category
    where: Where | None = None
    to: Transform


class NothingForbidden(Written):
    """The recipient may receive every category in every place, so no finding is needed to decide. Two different people approve it."""

    approved_by: tuple[Line, Line]


class PolicyLimits(Written):
    """Hard limits of a route."""

    subjects_per_hour: Annotated[int, Field(ge=1)] | None = None
    record_bytes: Annotated[int, Field(ge=1)] = 8 * 1024 * 1024


class Waiver(Written):
    """A category that the named people may waive where it holds a record: it is released as if that had not been there."""

    category: Category
    by: Annotated[tuple[Name, ...], Field(min_length=1)]  # names of signing keys
    second_person: bool = False


class ReleaseRules(Written):
    """How held records of the route are released. `second_person`: every release needs a second signature."""

    waive: tuple[Waiver, ...] = ()
    second_person: bool = False


LikelihoodName = Literal["very_unlikely", "unlikely", "possible", "likely", "very_likely"]
_FITS = {
    Generalisation.YEAR: frozenset({Category.PERSON_BIRTH_DATE, Category.PERSON_DEATH, Category.ADMIN_DATE}),
    Generalisation.DEPARTMENT: frozenset({Category.CONTACT_POSTCODE}),
}


class Policy(Written):
    """One recipient, one purpose. What nothing allows falls to `default`; `when_found` wins over everything."""

    apiVersion: Literal["pratique/v1alpha1"]  # noqa: N815  # the published spelling
    kind: Literal["Policy"]
    metadata: Metadata
    recipient: Recipient
    legal: Legal
    expires: date | None = None
    review_by: date | None = None
    allow: tuple[Allow, ...] = ()
    transform: dict[Category, Transform] | tuple[PlacedTransform, ...] = ()
    when_found: dict[Category, Literal["mask", "remove", "drop", "quarantine"]] = {}
    unknown_structure: UnknownStructure = UnknownStructure.QUARANTINE
    default: Literal["mask", "remove", "drop", "quarantine"] = "quarantine"
    at_least: LikelihoodName | dict[Category, LikelihoodName] = "possible"
    limits: PolicyLimits = PolicyLimits()
    release: ReleaseRules = ReleaseRules()
    nothing_forbidden: NothingForbidden | None = None

    @property
    def care(self) -> bool:
        """Whether the recipient treats the patient: such a route forwards byte for byte or holds whole."""
        return self.recipient.kind is RecipientKind.CARE

    @property
    def transforms(self) -> tuple[PlacedTransform, ...]:
        """The transforms in one form, however they were written."""
        if isinstance(self.transform, tuple):
            return self.transform
        return tuple(PlacedTransform(category=category, to=to) for category, to in self.transform.items())

    def threshold(self, category: Category) -> Likelihood:
        """From which likelihood on a finding of `category` acts."""
        if isinstance(self.at_least, str):
            return Likelihood[self.at_least.upper()]
        named = next((self.at_least[c] for c in category.lineage if c in self.at_least), "possible")
        return Likelihood[named.upper()]

    def complaints(self) -> Iterator[Complaint]:
        """Faults of meaning, for the loader: each at the part of the policy that must change."""
        yield from self._dates()
        yield from self._care() if self.care else ()
        yield from self._nir()
        yield from self._generalisations()
        for number, allow in enumerate(self.allow):
            if allow.where is not None and not (allow.where.format or allow.where.place):
                yield Complaint(("allow", number, "where"), "`where` says nothing", "Give a format, a place, or both; or remove `where`.")
        if self.nothing_forbidden and (self.allow or self.transforms):
            yield Complaint(("nothing_forbidden",), "`nothing_forbidden` stands beside rules", "Remove it, or `allow` and `transform`.")
        if self.nothing_forbidden and len({name.casefold() for name in self.nothing_forbidden.approved_by}) < 2:
            yield Complaint(("nothing_forbidden", "approved_by"), "one person approves twice", "Name two different people.")

    def _dates(self) -> Iterator[Complaint]:
        needed, refused = ("review_by", "expires") if self.care else ("expires", "review_by")
        if getattr(self, needed) is None:
            yield Complaint((), f"`{needed}` is missing", "A care policy is reviewed, any other expires: write the date.")
        if getattr(self, refused) is not None:
            yield Complaint((refused,), f"`{refused}` is not for this kind of recipient", f"Write `{needed}` instead.")

    def _care(self) -> Iterator[Complaint]:
        whole = "A care policy never rewrites: it forwards byte for byte or holds whole."
        if self.transforms:
            yield Complaint(("transform",), "a care policy has no transform", whole)
        for category, denied in self.when_found.items():
            if denied in ("mask", "remove"):
                yield Complaint(("when_found", category.value), "a care policy rewrites nothing that it finds", f"{whole} Use quarantine.")
        if self.nothing_forbidden is None and self.default in ("mask", "remove"):
            yield Complaint(("default",), "a care policy's default rewrites", f"{whole} Use quarantine.")
        if self.nothing_forbidden is None and self.unknown_structure is UnknownStructure.REMOVE:
            yield Complaint(("unknown_structure",), "a care policy removes unknown structure", f"{whole} Use inspect or quarantine.")

    def _nir(self) -> Iterator[Complaint]:
        passes = {rule.category for rule in self.allow} & {Category.PERSON, Category.PERSON_NIR, Category.PERSON_INS}
        if (passes or self.nothing_forbidden) and self.legal.nir_basis is None:
            yield Complaint(
                ("legal",), "the NIR or INS may leave, and `nir_basis` is missing", "Say on what basis (French decree 2019-341)."
            )

    def _generalisations(self) -> Iterator[Complaint]:
        for number, rule in enumerate(self.transforms):
            if isinstance(rule.to, Generalise) and rule.category not in _FITS[rule.to.generalise]:
                at = rule.category.value if isinstance(self.transform, dict) else number
                what = f"`{rule.category}` has no {rule.to.generalise}"
                yield Complaint(("transform", at), what, "`year` is for dates, `department` for `contact.postcode`.")


def action(name: str | Generalise) -> Action:
    """The action that a transform's or default's name stands for."""
    return Action.GENERALISE if isinstance(name, Generalise) else Action[name.upper()]
