"""An episode as a FHIR R4 bundle in the French style: patient, practitioner, order, specimen, observations with their narrative, report.
Called by `traffic`.

Every other patient hangs contained in the report, as exports write it; the numbers of patients are ids and references too.
"""

from schemas.vocabulary import Category as C
from stream.synth.episode import Episode, Result, Status
from stream.synth.label import Piece, Planted, Rename, Sample, assemble
from stream.synth.objects import Written, array, members, string

_STATUS = {Status.PRELIMINARY: "preliminary", Status.FINAL: "final", Status.CORRECTED: "corrected", Status.CANCELLED: "cancelled"}
_CORE = "https://hl7.fr/ig/fhir/core"
_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
_INS = "urn:oid:1.2.250.1.213.1.4.8"
_PROFESSIONALS = "urn:oid:1.2.250.1.71.4.2.1"
_SITE = "urn:oid:1.2.250.1.999.1"
_BASE = "https://fhir.laboratoire.example/r4"


class _Writer:
    """Writes the resources of one episode."""

    def __init__(self, episode: Episode, rename: Rename) -> None:
        self.episode = episode
        self.rename = rename
        self.contained = episode.number % 2 == 1

    def object(self, **values: Written) -> Written:
        """An object with these members; `type_` is written as `type`."""
        return members({key.rstrip("_"): value for key, value in values.items()}, self.rename)

    def resource(self, kind: str, **values: Written) -> Written:
        """A resource."""
        return self.object(resourceType=string(kind), **values)

    def planted(self, value: str, category: C) -> Planted:
        """A value that tells the patient."""
        return Planted(value, category, self.episode.patient.ipp)

    # ---- datatypes ------------------------------------------------------------------------------------------------------

    def coding(self, system: str, code: str) -> Written:
        """A code of a system."""
        return self.object(system=string(system), code=string(code))

    def identifier(self, system: str, value: Planted, type_: str = "") -> Written:
        """A number with its authority, and its type."""
        typed = {"type_": self.object(coding=array([self.coding(_TYPES, type_)]))} if type_ else {}
        return self.object(**typed, system=string(system), value=string(value))

    def name(self, use: str, family: Planted, given: Planted) -> Written:
        """A name of a person."""
        return self.object(use=string(use), family=string(family), given=array([string(given)]))

    def reference(self, kind: str, value: Planted) -> Written:
        """A reference by the number of what it is to."""
        return self.object(reference=string(f"{kind}/", value))

    def subject(self) -> Written:
        """Whom a resource is about, by number and name."""
        patient = self.episode.patient
        number = self.planted(patient.ipp, C.PERSON_LOCAL_NUMBER)
        full = self.planted(f"{patient.given.title()} {patient.family}", C.PERSON_NAME)
        return self.object(reference=string("Patient/", number), display=string(full))

    def concept(self, code: str, label: Piece) -> Written:
        """A LOINC code with its label."""
        coding = self.object(system=string("http://loinc.org"), code=string(code), display=string(label))
        return self.object(coding=array([coding]), text=string(label))

    def narrative(self, *pieces: Piece) -> Written:
        """The same in words."""
        div = string('<div xmlns="http://www.w3.org/1999/xhtml"><p>', *pieces, "</p></div>")
        return self.object(status=string("generated"), div=div)

    # ---- resources ------------------------------------------------------------------------------------------------------

    def patient(self) -> Written:
        """The patient, with identity traits as the French core guide has them."""
        who = self.episode.patient
        birth = self.planted(f"{who.birth:%Y-%m-%d}", C.PERSON_BIRTH_DATE)
        local = self.planted(who.ipp, C.PERSON_LOCAL_NUMBER)
        given = self.planted(who.given, C.PERSON_NAME)
        status = self.object(url=string("identityStatus"), valueCoding=self.coding(f"{_CORE}/CodeSystem/fr-core-cs-v2-0445", "VALI"))
        extensions = [
            self.object(url=string(f"{_CORE}/StructureDefinition/fr-core-identity-reliability"), extension=array([status])),
            self.object(
                url=string("http://hl7.org/fhir/StructureDefinition/patient-birthPlace"),
                valueAddress=self.object(city=string(self.planted(who.city, C.PERSON_BIRTH_PLACE))),
            ),
        ]
        return self.resource(
            "Patient",
            id=string(local),
            extension=array(extensions),
            identifier=array([self.identifier(_INS, self.planted(who.nir, C.PERSON_INS)), self.identifier(f"{_SITE}.3", local, "PI")]),
            name=array(
                self.name(use, self.planted(family, C.PERSON_NAME), given)
                for use, family in (("official", who.birth_family), ("usual", who.family))
            ),
            telecom=array(
                self.object(system=string(system), value=string(self.planted(value, category)))
                for system, value, category in (("phone", who.phone, C.CONTACT_PHONE), ("email", who.email, C.CONTACT_EMAIL))
            ),
            gender=string(self.planted("female" if who.sex == "F" else "male", C.PERSON_SEX)),
            birthDate=string(birth),
            _birthDate=self.object(
                extension=array(
                    [self.object(url=string("http://hl7.org/fhir/StructureDefinition/patient-birthTime"), valueDateTime=string(birth))]
                )
            ),
            address=array(
                [
                    self.object(
                        line=array([string(self.planted(who.street, C.CONTACT_ADDRESS))]),
                        city=string(self.planted(who.city, C.CONTACT_CITY)),
                        postalCode=string(self.planted(who.postcode, C.CONTACT_POSTCODE)),
                    )
                ]
            ),
            generalPractitioner=array([self.reference("Practitioner", self._rpps())]),
        )

    def _rpps(self) -> Planted:
        return Planted(self.episode.prescriber.rpps, C.PROFESSIONAL_NUMBER)

    def practitioner(self) -> Written:
        """Who ordered."""
        doctor = self.episode.prescriber
        family, given = (Planted(value, C.PROFESSIONAL_NAME) for value in (doctor.family, doctor.given))
        number = self.identifier(_PROFESSIONALS, self._rpps(), "RPPS")
        return self.resource(
            "Practitioner", id=string(self._rpps()), identifier=array([number]), name=array([self.name("official", family, given)])
        )

    def order(self) -> Written:
        """What was ordered."""
        episode = self.episode
        return self.resource(
            "ServiceRequest",
            identifier=array([self.identifier(f"{_SITE}.2", Planted(episode.order, C.SAMPLE_NUMBER), "PLAC")]),
            status=string("active"),
            intent=string("order"),
            priority=string("stat" if episode.urgent else "routine"),
            subject=self.subject(),
            encounter=self.object(identifier=self.identifier(f"{_SITE}.4", self.planted(episode.visit, C.PERSON_VISIT_NUMBER), "VN")),
            authoredOn=string(self._drawn()),
            requester=self.reference("Practitioner", self._rpps()),
        )

    def _drawn(self) -> str:
        return f"{self.episode.drawn:%Y-%m-%dT%H:%M:%S}+01:00"

    def specimen(self) -> Written:
        """What was drawn."""
        number = self.identifier(f"{_SITE}.5", Planted(self.episode.sample, C.SAMPLE_NUMBER))
        drawn = self.object(collectedDateTime=string(self._drawn()))
        return self.resource("Specimen", accessionIdentifier=number, subject=self.subject(), collection=drawn)

    def observation(self, result: Result) -> Written:
        """One result."""
        label = Planted(result.analyte.label, result.category)
        value = self.planted(result.value, C.HEALTH_RESULT)
        said = [value] if result.value else []
        flag = self.coding("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", result.flag)
        valued = {} if not said else self._quantity(result, value) if result.numeric else {"valueString": string(value)}
        ranged = {"referenceRange": array([self.object(text=string(result.range))])} if result.range else {}
        return self.resource(
            "Observation",
            text=self.narrative(label, " : ", *said, f" {result.analyte.unit}"),
            status=string(_STATUS[result.status]),
            code=self.concept(result.analyte.loinc, label),
            subject=self.subject(),
            effectiveDateTime=string(self._drawn()),
            **valued,
            interpretation=array([self.object(coding=array([flag]))]),
            **ranged,
        )

    def _quantity(self, result: Result, value: Planted) -> dict[str, Written]:
        measured = {"unit": string(result.analyte.unit), "system": string("http://unitsofmeasure.org")} if result.analyte.unit else {}
        return {"valueQuantity": self.object(value=[value], **measured)}

    def report(self) -> Written:
        """The report, with what was remarked."""
        episode = self.episode
        remarks = [piece for comment in episode.comments for piece in (*comment, " ")]
        remarked = {"conclusion": string(*remarks)} if remarks else {}
        held = {"contained": array([self.patient()])} if self.contained else {}
        number = self.identifier(f"{_SITE}.6", Planted(episode.sample, C.SAMPLE_NUMBER), "FILL")
        return self.resource(
            "DiagnosticReport",
            **held,
            identifier=array([number]),
            status=string(_STATUS[episode.status]),
            code=self.concept("11502-2", "CR d'examens biologiques"),
            subject=self.subject(),
            issued=string(f"{episode.sent:%Y-%m-%dT%H:%M:%S}+01:00"),
            **remarked,
        )

    def entry(self, resource: Written, *url: Piece) -> Written:
        """An entry of the bundle."""
        return self.object(**({"fullUrl": string(*url)} if url else {}), resource=resource)

    def bundle(self) -> Written:
        """All of it."""
        number = self.planted(self.episode.patient.ipp, C.PERSON_LOCAL_NUMBER)
        resources = [self.order(), self.specimen(), *map(self.observation, self.episode.results), self.report()]
        patient = [] if self.contained else [self.entry(self.patient(), f"{_BASE}/Patient/", number)]
        entries = [*patient, self.entry(self.practitioner()), *map(self.entry, resources)]
        return self.resource(
            "Bundle",
            identifier=self.object(system=string(f"{_SITE}.9"), value=string(f"MSG{self.episode.number:08d}")),
            type_=string("collection"),
            timestamp=string(f"{self.episode.sent:%Y-%m-%dT%H:%M:%S}+01:00"),
            entry=array(entries),
        )


def bundle(episode: Episode, rename: Rename = str) -> Sample:
    """The document. `rename` gives every key another name (drift)."""
    data, labels = assemble(_Writer(episode, rename).bundle())
    return Sample(f"bundle-{episode.number:05d}.json", "fhir", data, labels)
