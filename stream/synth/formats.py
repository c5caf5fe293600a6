"""The formats that the laboratory writes, one line each. Called by `traffic`."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from stream.synth import cda, csv, fhir, fhir_xml, hl7v2, hprim_medecin, hprim_sante, hprim_xml, json
from stream.synth.episode import Episode
from stream.synth.label import Kind, Rename, Sample
from stream.synth.upkeep import Upkeep

Write = Callable[[Episode, Rename], Sample]


class Format(NamedTuple):
    """How a format writes what happens in a laboratory. `rename` gives another name to what sites may name as they like (drift)."""

    write: Write
    kinds: frozenset[Kind] = frozenset({Kind.REPORT})  # what it can tell; the rest happens in other formats
    keep: Callable[[Upkeep, Rename], Sample] | None = None  # what is about nobody, of those kinds


FORMATS: Mapping[str, Format] = {
    "hl7v2": Format(hl7v2.oru, hl7v2.KINDS, hl7v2.keep),
    "json": Format(json.report, frozenset(Kind), json.keep),
    "cda": Format(cda.report),
    "fhir": Format(fhir.bundle),
    "fhir_xml": Format(fhir_xml.bundle),
    "hprim_xml": Format(hprim_xml.acts),
    "csv": Format(csv.row),
    "hprim_sante": Format(hprim_sante.oru),
    "hprim_medecin": Format(hprim_medecin.report),
}

Name = StrEnum("Name", {name: name for name in FORMATS})  # type: ignore[misc]  # for options: the names stand in one table
