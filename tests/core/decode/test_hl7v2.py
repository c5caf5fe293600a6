"""What each place of a message means, and what of a message is a leaf at all."""

import pytest

from schemas.vocabulary import Category, Reason
from stream.core.decode.hl7v2 import FORMAT
from stream.core.decode.hl7v2.profile import PROFILE
from stream.core.roles import ROLES
from stream.core.values import Columns, Incomplete, Limits
from tests.core.decode.hl7 import HEAD, document, message, places, roles

_INS = "284033599931111^^^ASIP-SANTE-INS-NIR&1.2.250.1.213.1.4.8&ISO^INS"

_PLACES = [
    ("PID|||||DURANDEL^ELODIE^MARIE^^MME^^L", "PID-5.1", "person.name.family", "birth or usual family name"),
    ("PID|||||DURANDEL^ELODIE^MARIE^^MME^^L", "PID-5.2", "person.name.given", "given name"),
    ("PID|||||DURANDEL^ELODIE^MARIE^^MME^^L", "PID-5.3", "person.name.given", "further given names"),
    ("PID|||||DURANDEL^ELODIE^MARIE^^MME^^L", "PID-5.5", "person.name.part", "prefix"),
    ("PID|||||DURANDEL^ELODIE^^^^^L~MARTINEAU^ELODIE^^^^^D", "PID-5[2].1", "person.name.family", "second name, second repetition"),
    ("PID|||||VAN DURANDEL&VAN&DURANDEL&DE&MARTINEAU", "PID-5.1.3", "person.name.family", "own family name as a subcomponent"),
    ("PID|||||VAN DURANDEL&VAN&DURANDEL&DE&MARTINEAU", "PID-5.1.5", "person.name.family", "spouse's family name as a subcomponent"),
    ("PID|||8009912345^^^LABO-TEST^PI", "PID-3.1", "person.local_number", "type PI"),
    ("PID|||8009912345^^^LABO-TEST^PI", "PID-3.4", "establishment.name", "the authority stands right behind its number"),
    (f"PID|||{_INS}", "PID-3.1", "person.ins", "type INS"),
    ("PID|||284033599931111^^^X&1.2.250.1.213.1.4.10&ISO", "PID-3.1", "person.ins", "any OID of the INS family, without a type"),
    ("PID|||284033599931111^^^X&1.2.250.1.213.1.4.9&ISO^PI", "PID-3.1", "person.ins", "the authority wins over a wrong type"),
    ("PID|||284033599931111^^^ASIP-SANTE-INS-NIA", "PID-3.1", "person.ins", "the authority's name, without OID or type"),
    ("PID|||284033599931111^^^CPAM^SS", "PID-3.1", "person.nir", "social security number"),
    ("PID|||284033599931111^^^CPAM^NH", "PID-3.1", "person.nir", "national health number"),
    ("PID|||24000777^^^LABO-TEST^AN", "PID-3.1", "person.visit_number", "account number"),
    ("PID|||12AB34567^^^FR^PPN", "PID-3.1", "person.document", "passport"),
    ("PID|||8009912345", "PID-3.1", "person.identifier", "nothing says which number it is"),
    ("PID|||8009912345^^^LABO-TEST^ZZ", "PID-3.1", "person.identifier", "a type that nobody knows"),
    ("PID||8009912345", "PID-2.1", "person.local_number", "old patient number"),
    ("PID||||8009912345", "PID-4.1", "person.local_number", "alternate patient number"),
    ("PID|||||||19840312", "PID-7.1", "person.birth_date", "birth date"),
    ("PID||||||||F", "PID-8", "person.sex", "sex"),
    ("PID|||||||||DURAND^LODIE", "PID-9.1", "person.name.family", "alias"),
    ("PID||||||MARTINEAU^JEANNE", "PID-6.1", "relative.name.family", "mother's maiden name"),
    ("PID||||||||||2106-3", "PID-10", "person.attribute", "race"),
    ("PID|||||||||||12 RUE DES LICES^BAT B^RENNES^^35000^FRA^H", "PID-11.1", "contact.address", "street"),
    ("PID|||||||||||12 RUE DES LICES^BAT B^RENNES^^35000^FRA^H", "PID-11.2", "contact.address", "further designation"),
    ("PID|||||||||||12 RUE DES LICES^BAT B^RENNES^^35000^FRA^H", "PID-11.3", "contact.city", "city"),
    ("PID|||||||||||12 RUE DES LICES^BAT B^RENNES^^35000^FRA^H", "PID-11.5", "contact.postcode", "postcode"),
    ("PID|||||||||||12 RUE DES LICES^BAT B^RENNES^^35000^FRA^H", "PID-11.6", "admin.code", "country"),
    ("PID|||||||||||^^^^^^BDL^^35999", "PID-11.9", "person.birth_place", "the INSEE code of the birth place"),
    ("PID|||||||||||^^RENNES^^35000^^BDL", "PID-11.3", "person.birth_place", "the city of birth"),
    ("PID|||||||||||1 RUE A^^RENNES~^^^^^^BDL^^35999", "PID-11[2].9", "person.birth_place", "each repetition has its own type"),
    ("PID|||||||||||||0199001234^PRN^PH", "PID-13.1", "contact.phone", "phone"),
    ("PID|||||||||||||^PRN^PH^^^^^^^^^0199001234", "PID-13.12", "contact.phone", "unformatted phone"),
    ("PID|||||||||||||^NET^Internet^elodie.d@example.org", "PID-13.4", "contact.email", "e-mail"),
    ("PID|||||||||||||elodie.d@example.org", "PID-13.1", "contact.email", "an e-mail where a phone should be"),
    ("PID|||||||||||||elodie^NET", "PID-13.1", "contact.email", "an e-mail by its use"),
    ("PID||||||||||||||0639981234", "PID-14.1", "contact.phone", "business phone"),
    ("PID||||||||||||||||M", "PID-16", "person.attribute", "marital status"),
    ("PID||||||||||||||||||24000777^^^LABO-TEST^AN", "PID-18.1", "person.visit_number", "account"),
    ("PID|||||||||||||||||||284033599931111", "PID-19", "person.nir", "social security number"),
    ("PID||||||||||||||||||||12AA34567^FR", "PID-20.1", "person.document", "driving licence"),
    ("PID|||||||||||||||||||||777^^^LABO-TEST^PI", "PID-21.1", "relative.identifier", "the mother's number is not the patient's"),
    ("PID|||||||||||||||||||||||RENNES", "PID-23", "person.birth_place", "birth place"),
    ("PID|||||||||||||||||||||||||||||20240101", "PID-29", "person.death", "death"),
    ("PID||||||||||||||||||||||||||||||||VALI", "PID-32", "admin.code", "reliability of the identity"),
    ("MRG|000888^^^CH-TEST^PI", "MRG-1.1", "person.prior_number", "the number merged away, whatever its type"),
    ("MRG|284033599931111^^^A&1.2.250.1.213.1.4.8&ISO^INS", "MRG-1.1", "person.prior_number", "even where it is an INS"),
    ("PD1||||99900000011^KERVELLA^YANN", "PD1-4.2", "professional.name.family", "family doctor"),
    ("NK1|1|LEGALLOIS^JEANNE|SPO|||0261911234", "NK1-2.1", "relative.name.family", "next of kin"),
    ("NK1|1|LEGALLOIS^JEANNE|SPO|||0261911234", "NK1-3", "relative.attribute", "relationship"),
    ("NK1|1|LEGALLOIS^JEANNE|SPO|||0261911234", "NK1-6.1", "contact.phone", "phone of the next of kin"),
    ("GT1|1||LEGALLOIS^MARCEL|||||19610418|M|||161045699920762", "GT1-12", "relative.nir", "guarantor's social security number"),
    ("IN1|1|75500017|MUTUELLE-TEST", "IN1-2", "insurance.insurer", "plan"),
    ("IN1|1|75500017|MUTUELLE-TEST", "IN1-3", "insurance.insurer", "insurer"),
    ("IN1|1||||||||||||||||LEGALLOIS^MARCEL", "IN1-17", "relative.attribute", "one field off is another meaning"),
    ("IN1|1|||||||||||||||LEGALLOIS^MARCEL", "IN1-16.1", "relative.name.family", "insured person"),
    (f"IN1|1{'|' * 35}ADH0099887766", "IN1-36", "insurance.member", "member number"),
    (f"IN1|1{'|' * 48}ADH0099887766", "IN1-49.1", "insurance.member", "insured person's number"),
    (f"IN1|1{'|' * 48}161045699920762^^^CPAM^NIR", "IN1-49.1", "relative.nir", "insured person's number, a NIR by its type"),
    ("IN2||161045699920762", "IN2-2", "relative.nir", "insured person's NIR"),
    ("PV1|1|O|PSY^101^1", "PV1-3", "establishment.location", "a service says what is treated"),
    ("PV1|1|O||||||99900000011^KERVELLA^YANN^^^DR^^^PS^L^^^RPPS", "PV1-8.1", "professional.number", "referring doctor's number"),
    ("PV1|1|O||||||99900000011^KERVELLA^YANN^^^DR^^^PS^L^^^RPPS", "PV1-8.3", "professional.name.given", "referring doctor"),
    (f"PV1|1{'|' * 18}V240912001^^^LABO-TEST^VN", "PV1-19.1", "person.visit_number", "visit"),
    ("PV2|||GROSSESSE", "PV2-3", "health.text", "reason of admission"),
    ("ORC|NW|PRE-5512^SIL|LAB-42", "ORC-2.1", "order.placer", "order"),
    ("ORC|NW||||||||||99900000011^KERVELLA", "ORC-11.2", "professional.name.family", "verified by"),
    ("OBR|1|PRE-5512|LAB-42|BHCG^BETA HCG^L^21198-7^hCG^LN", "OBR-3.1", "order.filler", "filler's number"),
    ("OBR|1|PRE-5512|LAB-42|BHCG^BETA HCG^L^21198-7^hCG^LN", "OBR-4.2", "test.label", "test"),
    ("OBR|1|PRE-5512|LAB-42|BHCG^BETA HCG^L^21198-7^hCG^LN", "OBR-4.4", "test.code", "test, second triplet"),
    ("OBR|1|PRE-5512|LAB-42|BHCG^BETA HCG^L^21198-7^hCG^LN", "OBR-4.6", "test.system", "system of the second triplet"),
    (f"OBR|1{'|' * 12}Suivi de grossesse", "OBR-13", "health.text", "clinical information"),
    (f"OBR|1{'|' * 31}99900000011&KERVELLA&YANN", "OBR-32.1.2", "professional.name.family", "interpreter, with subcomponents"),
    (f"OBR|1{'|' * 31}99900000011^KERVELLA^YANN", "OBR-32.2", "professional.name.family", "interpreter, as many send it"),
    (f"OBR|1{'|' * 31}99900000011&KERVELLA^202409120830", "OBR-32.2", "admin.date", "interpreter, with a date"),
    ("OBX|1|NM|718-7^Hb^LN||13.2|g/dL|12-16|N|||F|||20240912||99900000011^KERVELLA", "OBX-2", "result.type", "value type"),
    ("OBX|1|NM|718-7^Hb^LN||13.2|g/dL|12-16|N|||F|||20240912||99900000011^KERVELLA", "OBX-3.1", "test.code", "test"),
    ("OBX|1|NM|718-7^Hb^LN||13.2|g/dL|12-16|N|||F|||20240912||99900000011^KERVELLA", "OBX-6.1", "result.unit", "unit"),
    ("OBX|1|NM|718-7^Hb^LN||13.2|g/dL|12-16|N|||F|||20240912||99900000011^KERVELLA", "OBX-7", "result.range", "range"),
    ("OBX|1|NM|718-7^Hb^LN||13.2|g/dL|12-16|N|||F|||20240912||99900000011^KERVELLA", "OBX-8", "result.flag", "flag"),
    ("OBX|1|NM|718-7^Hb^LN||13.2|g/dL|12-16|N|||F|||20240912||99900000011^KERVELLA", "OBX-11", "result.status", "status"),
    ("OBX|1|NM|718-7^Hb^LN||13.2|g/dL|12-16|N|||F|||20240912||99900000011^KERVELLA", "OBX-14", "admin.date", "date"),
    ("OBX|1|NM|718-7^Hb^LN||13.2|g/dL|12-16|N|||F|||20240912||99900000011^KERVELLA", "OBX-16.2", "professional.name.family", "observer"),
    ("NTE|1|L|Patiente enceinte^12 SA", "NTE-3", "health.text", "a comment is one leaf, whatever stands in it"),
    ("SPM|1|LAB-42&SIL^F-42&LABO|PAR-1|BLD^Sang", "SPM-2.1", "sample.number", "placer's number"),
    ("SPM|1|LAB-42&SIL^F-42&LABO|PAR-1|BLD^Sang", "SPM-2.2", "sample.number", "filler's number"),
    ("SPM|1|LAB-42&SIL^F-42&LABO|PAR-1|BLD^Sang", "SPM-4.2", "sample.kind", "kind of specimen"),
    ("DG1|1||B20^VIH^I10", "DG1-3.1", "diagnosis.code", "diagnosis"),
    ("DG1|1||B20^VIH^I10", "DG1-3.2", "diagnosis.label", "diagnosis"),
    ("AL1|1||PENICILLINE", "AL1-3", "health.text", "allergy"),
    ("PR1|1||CHOLECYSTECTOMIE", "PR1-3", "health.text", "procedure"),
    ("RXE||J05AR20^BIKTARVY", "RXE-2.2", "drug.label", "drug"),
    ("FT1|1|||20240912|||B042", "FT1-7", "admin.act", "billing act"),
    ("ACC|20240912|CHUTE", "ACC-2", "health.text", "accident"),
    ("ROL||AD|PP|99900000011^KERVELLA", "ROL-4.1", "professional.number", "a role is a professional's"),
    (
        f"ROL||AD|PP|{'284033599931111^DURANDEL^ELODIE' + '^' * 6}A&1.2.250.1.213.1.4.8&ISO",
        "ROL-4.1",
        "person.ins",
        "unless the number is an INS",
    ),
    (f"PRT||AD||PP|284033599931111^DURANDEL{'^' * 11}INS", "PRT-5.2", "person.name.family", "a participant may be the patient"),
    (f"PRT{'|' * 15}^NET^Internet^279@patient.mssante.fr", "PRT-15.4", "contact.email", "a patient's secure mail"),
    (f"PRT{'|' * 15}^NET^Internet^yann@medecin.mssante.fr", "PRT-15.4", "professional.contact", "a professional's secure mail"),
    ("TXA|1|CR|||99900000011^KERVELLA", "TXA-5.2", "professional.name.family", "author"),
    (f"TXA|1{'|' * 15}DURANDEL_ELODIE.pdf", "TXA-16", "admin.text", "a file name is data"),
    ("MSA|AE|MSG00042|DURANDEL inconnue", "MSA-3", "admin.text", "an error text may name the patient"),
    ("ERR||||||||DURANDEL inconnue", "ERR-8", "admin.text", "so may a user message"),
    ("QRD||||||||8009912345^DURANDEL^ELODIE", "QRD-8.2", "person.name.family", "who is asked for"),
    ("QPD|IHE PDQ|Q1|@PID.5.1^DURANDEL", "QPD-3.2", "unknown", "parameters of a query are known to nobody"),
    ("SAC|LAB-42|LAB-43", "SAC-2.1", "sample.number", "accession"),
    ("TQ1|1|||||||20240912|R", "TQ1-8", "admin.date", "end"),
    ("ZBE|M42^CH-TEST|20240912||INSERT", "ZBE-1.1", "person.visit_number", "movement"),
    ("ZFA|ACTIF|20240912", "ZFA-1", "admin.code", "state of the shared record"),
    ("ZFD|31^02^1950|12|Y|N|INSI|20211201", "ZFD-1", "person.birth_date", "a birth date that no calendar has"),
    ("ZFD|31^02^1950|12|Y|N|INSI|20211201", "ZFD-6", "admin.date", "date of the INSi query"),
    ("ZFP|1|37", "ZFP-2", "person.attribute", "occupation"),
    ("ZFS|1|||||SPDT", "ZFS-6", "health.text", "legal mode of psychiatric care"),
    ("ZFV||||||3 RUE B^^VANNES", "ZFV-6.1", "contact.address", "where the patient comes from"),
    ("ZFM|8|6", "ZFM-1", "admin.code", "mode of entry"),
    ("EVN||20240912||||20240912", "EVN-2", "admin.date", "event"),
    ("BTS|2|lot de DURANDEL", "BTS-2", "admin.text", "comment of a batch"),
]


@pytest.mark.parametrize(("segment", "path", "role", "why"), _PLACES)
def test_a_place_means_what_the_profile_says(segment: str, path: str, role: str, why: str) -> None:
    assert roles(segment).get(path) == role, why


_VALUES = [
    ("NM", "13.2", {"OBX-5": "result.number"}, "number"),
    ("SN", ">^100", {"OBX-5.1": "result.number", "OBX-5.2": "result.number"}, "structured number"),
    ("CE", "NEG^Négatif^L", {"OBX-5.1": "result.code", "OBX-5.2": "result.text", "OBX-5.3": "result.code"}, "coded"),
    ("CWE", "NEG^Négatif~POS^Positif", {"OBX-5[2].2": "result.text"}, "coded, repeated"),
    ("ST", "POSITIF^?", {"OBX-5": "result.text"}, "string"),
    ("TX", "ligne 1~ligne 2", {"OBX-5": "result.text"}, "text, its lines in one leaf"),
    ("FT", "vu", {"OBX-5": "result.text"}, "formatted text"),
    ("", "5.2", {"OBX-5": "result.text"}, "no type"),
    ("DT", "20240720", {"OBX-5": "result.text"}, "a date is scanned: it may be a birth date, or say a pregnancy"),
    ("TS", "20240720", {"OBX-5": "result.text"}, "the same with time"),
    ("ED", "^AP^PDF^Base64^JVBERi0=", {"OBX-5.2": "result.type", "OBX-5.5": "result.attachment"}, "an attachment is one leaf"),
    ("RP", "DURANDEL.pdf^SRV&1.2^AP", {"OBX-5.1": "unknown", "OBX-5.2.2": "unknown.number"}, "a pointer's path may hold a name"),
    ("XPN", "DURANDEL^ELODIE", {"OBX-5.1": "person.name.family"}, "name"),
    ("CX", "8009912345^^^LABO-TEST^PI", {"OBX-5.1": "person.local_number"}, "number of a person"),
    ("XAD", "1 RUE A^^RENNES", {"OBX-5.1": "contact.address"}, "address"),
    ("XTN", "0199001234", {"OBX-5.1": "contact.phone"}, "phone"),
    ("XCN", "999^KERVELLA", {"OBX-5.2": "professional.name.family"}, "professional"),
    ("ZZ", "DURANDEL^ELODIE&MARIE", {"OBX-5.1": "unknown", "OBX-5.2.2": "unknown"}, "a type that nobody knows"),
]


@pytest.mark.parametrize(("type_", "value", "expected", "why"), _VALUES)
def test_a_result_is_what_its_type_says(type_: str, value: str, expected: dict[str, str], why: str) -> None:
    assert expected.items() <= roles(f"OBX|1|{type_}|X^Y||{value}").items(), why


def test_no_field_of_the_profile_is_listed_twice() -> None:
    for name, fields in PROFILE.items():
        numbers = [number for written in fields.values() for number in _numbers(written)]
        assert len(numbers) == len(set(numbers)), name


def _numbers(written: str) -> list[int]:
    spans = [[int(number) for number in span.split("-")] for span in written.split()]
    return [number for span in spans for number in range(span[0], span[-1] + 1)]


def test_sending_and_receiving_sites_are_establishments() -> None:
    found = places(message())

    assert {found[f"MSH-{number}"][0] for number in (3, 5, 6)} == {"establishment.name"}
    assert found["MSH-4"][0] == "establishment.sender"
    assert found["MSH-10"] == ("structure.control", "MSG00042")
    assert found["MSH-7"] == ("admin.date", "20240912083015")


_STRANGERS = [
    ("ZLB|ELODIE|0639980363^X", ["#2-0.1", "#2-1.1", "#2-2.1", "#2-2.2"], "a site's own segment: its name may be data"),
    ("XYZ|DURANDEL&ELODIE", ["#2-0.1", "#2-1.1", "#2-1.1.2"], "a segment of another time"),
    ("PID|1" + "|" * 45 + "DURANDEL^ELODIE", ["PID-1", "PID-46.1", "PID-46.2"], "a field beyond the profile"),
    ("PID|||||A^B" + "^" * 20 + "DURANDEL", ["PID-5.1", "PID-5.2", "PID-5.22"], "a component beyond its datatype"),
    ("PID|||||A" + "^" * 40 + "B^C", ["PID-5.1", "PID-5.41", "PID-5.42"], "a component beyond any datatype"),
    ("PID|1" + "|" * 120 + "DURANDEL", ["PID-1", "PID-121.1"], "a field beyond any segment"),
    ("PID|||||&&&&&&DURANDEL", ["PID-5.1.7"], "a subcomponent beyond its datatype"),
    ("suite du commentaire|x", ["#2-0.1", "#2-1.1"], "a line that is no segment"),
    ("pid|1", ["#2-0.1", "#2-1.1"], "names are upper case"),
    ("MSH|^~\\&|DURANDEL", ["#2-0.1", "#2-1[2].1", "#2-2.1"], "a second header is for frames; here it is no segment"),
]


@pytest.mark.parametrize(("segment", "paths", "why"), _STRANGERS)
def test_what_no_profile_knows_is_a_leaf_piece_by_piece(segment: str, paths: list[str], why: str) -> None:
    found = places(message(segment, head=r"MSH|^~\&"))

    assert [path for path in found if not path.startswith("MSH")] == paths, why


def test_a_piece_that_nobody_knows_shows_what_it_is_written_like() -> None:
    found = places(message("ZLB|DURANDEL|5.2|mmol/L|21198-7|H|0 - 5", head=r"MSH|^~\&"))

    assert [role for role, _ in found.values()] == [
        "key.unknown",
        "unknown",
        "unknown.number",
        "unknown.unit",
        "unknown.code",
        "unknown.flag",
        "unknown.range",
    ]


def test_the_name_of_an_unknown_segment_never_shows_in_a_path() -> None:
    assert not any("LEE" in path for path in places(message("LEE|1", head=r"MSH|^~\&")))


def test_a_segment_has_an_ordinal_where_it_is_not_the_only_one() -> None:
    found = places(message("PID|1", "OBX|1|ST|||a", "OBX|2|ST|||b", "NTE|1||c"))

    assert found["OBX[1]-5"][1] == "a"
    assert found["OBX[2]-5"][1] == "b"
    assert found["NTE-3"][1] == "c"


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\n\n"])
def test_segments_may_end_in_any_way(end: str) -> None:
    data = end.join((HEAD, "PID|||||DURANDEL", "NTE|1||vu"))

    assert places(data.encode())["PID-5.1"][1] == "DURANDEL"
    assert places(data.encode())["NTE-3"][1] == "vu"
    assert places(f"{HEAD}\rPID|||||DURANDEL\nNTE|1||vu\r\n".encode()) == places(data.encode())


@pytest.mark.parametrize("delimiters", ["|^~\\&", "|^~\\&#", "#*@!%", "$:;?+", "\x01\x02\x03\x04\x05", "|~^\\&"])
def test_delimiters_are_what_the_header_declares(delimiters: str) -> None:
    field, component, repetition, _, subcomponent = tuple(delimiters[:5])
    pid = field.join(("PID", "", "", "", "", f"A{subcomponent}B{component}C{repetition}D"))

    found = places(f"MSH{delimiters}{field}X\r{pid}".encode())

    assert {path: text for path, (_, text) in found.items()} == {
        "MSH-3": "X",
        "PID-5.1": "A",
        "PID-5.1.2": "B",
        "PID-5.2": "C",
        "PID-5[2].1": "D",
    }


def test_delimiters_that_are_not_declared_do_not_separate() -> None:
    assert places(b"MSH|^\rPID|||||A&B~C^D") == {"PID-5.1": ("person.name.family", "A&B~C"), "PID-5.2": ("person.name.given", "D")}


_BROKEN = [
    (b"MSH", "nothing but a name"),
    (b"MSH|", "no declaration"),
    (b"MSH||SIL-TEST|", "an empty declaration"),
    (b"MSH|^^~&|A", "two delimiters are the same"),
    (b"MSH|^~\\&#@|A", "more than HL7 has"),
    (b"MSH-6 conserve", "a gene, and letters for delimiters"),
    ("MSH§^~\\&§é".encode(), "a delimiter that is half a character"),
]


@pytest.mark.parametrize(("data", "why"), _BROKEN)
def test_a_header_without_delimiters_cannot_be_read(data: bytes, why: str) -> None:
    assert FORMAT.sniff(data), why
    assert FORMAT.leaves(data, Limits()) == Incomplete(Reason.UNDECODABLE), why


@pytest.mark.parametrize("data", [b"", b"MSH00042", b"MSH est un gene", b'{"MSH": 1}', b"PID|1", b" MSH|^~\\&|"])
def test_other_data_is_not_taken_for_a_message(data: bytes) -> None:
    assert not FORMAT.sniff(data)


def test_a_delimiter_of_one_byte_may_be_no_ascii_where_the_data_is_no_utf8() -> None:
    assert places("MSH§^~\\&§X\rPID§§§§§DURANDEL^É".encode("cp1252"))["PID-5.2"] == ("person.name.given", "É")


def test_an_explicit_delete_is_no_leaf() -> None:
    data = message('PID|||""^^^LABO-TEST|""|""^ELODIE|||""', 'OBX|1|ST|||""|""', "NTE|1||vu", "PID|1", head=r"MSH|^~\&")
    seen = document(data)

    assert list(places(data)) == ["PID[1]-3.4", "PID[1]-5.2", "OBX-1", "OBX-2", "NTE-1", "NTE-3", "PID[2]-1"]
    assert list(seen.columns.groups) == [(2, 6)]
    assert list(seen.columns.scopes) == [6]


def test_a_result_goes_with_the_notes_that_follow_it() -> None:
    data = message(
        "OBX|1|NM|A||1",
        "NTE|1||x",
        "NTE|2||y",
        "suite de la note",
        "OBX|2|NM|B||2",
        "ZZZ|1",
        "NTE|1||z",
        "OBR|1",
        "OBX|3|NM|C||3",
        head="MSH|^",
    )
    seen = document(data)

    groups = [{FORMAT.path(seen, leaf).split("-")[0] for leaf in range(*group)} for group in seen.columns.groups]

    assert groups == [{"OBX[1]", "NTE[1]", "NTE[2]", "#5"}, {"OBX[2]"}, {"OBX[3]"}]


def test_a_second_patient_opens_a_scope_and_a_merge_stays_with_its_patient() -> None:
    seen = document(message("PID|||A^^^L^PI", "MRG|B", "PID|||C^^^L^PI", "MRG|D", "OBX|1|ST|||x"))
    scopes = {FORMAT.path(seen, leaf): seen.scope_of(leaf) for leaf in range(len(seen.columns.start))}

    assert scopes["MSH-3"] == scopes["PID[1]-3.1"] == scopes["MRG[1]-1.1"] == 0
    assert len(seen.columns.scopes) == 1
    assert FORMAT.path(seen, seen.columns.scopes[0]) == "PID[2]-3.1"
    assert "MRG[2]-1.1" in scopes


def test_padding_behind_the_last_segment_is_no_leaf_and_anything_else_is() -> None:
    assert len(places(message("PID|1", "\x1a\x00  ", head="MSH|^"))) == 1
    assert places(message("PID|1", "DURANDEL", head="MSH|^"))["#3-0.1"] == ("unknown", "DURANDEL")


_CHARSETS = [
    ("UNICODE UTF-8", "é".encode(), "utf-8", "declared and true"),
    ("8859/1", "é".encode(), "utf-8", "UTF-8 under a wrong declaration"),
    ("8859/1", b"\xe9", "iso8859-1", "declared and true"),
    ("8859/15", b"\xa4", "iso8859-15", "the euro sign of 8859/15"),
    ("ISO-8859-15", b"\xa4", "iso8859-15", "as some write it"),
    ("WINDOWS-1252", b"\x80", "cp1252", "as some write it"),
    ("", b"\xe9", "cp1252", "nothing declared: what is used in practice"),
    ("", b"\x81", "latin-1", "what cp1252 cannot read"),
    ("ASCII", b"\xe9", "cp1252", "ASCII is declared and not true"),
    ("UNICODE UTF-8", b"\xe9", "cp1252", "UTF-8 is declared and not true"),
    ("ISO IR87", b"\xe9", "cp1252", "a charset that is no superset of ASCII"),
    ("UNICODE UTF-16", b"\xe9", "cp1252", "UTF-16 is a layer's"),
    ("8859/1", b"e", "iso8859-1", "plain ASCII: what is written must be what is declared"),
    ("", b"e", "utf-8", "plain ASCII, nothing declared"),
    ("8859/12", b"e", "utf-8", "there is no such part"),
    ("8859/1~UNICODE UTF-8", b"\xe9", "iso8859-1", "the first of several is the default"),
]


@pytest.mark.parametrize(("declared", "raw", "expected", "why"), _CHARSETS)
def test_text_is_read_in_the_charset_that_fits(declared: str, raw: bytes, expected: str, why: str) -> None:
    columns = document(f"MSH|^~\\&{'|' * 15}|{declared}\rNTE|1||".encode() + raw).columns

    assert columns.charset == expected, why


def test_more_leaves_than_allowed_are_not_read_to_the_end() -> None:
    over = Incomplete(Reason.OVER_BUDGET)
    limits = Limits(leaves=20)

    assert FORMAT.leaves(message(*["OBX|1|ST|||a"] * 5), limits) == over
    assert FORMAT.leaves(message("ZZZ" + "|a" * 50), limits) == over
    assert FORMAT.leaves(message("PID|||" + "a~" * 50), limits) == over
    assert FORMAT.leaves(message(*[""] * 50), limits) == over
    assert isinstance(FORMAT.leaves(message("PID|||" + "~" * 500), limits), Columns)


def test_everything_that_may_be_a_person_is_identity() -> None:
    data = message("OBX|1|XPN|A||DURANDEL^ELODIE", "PID|||1^^^A^ZZ|2|A^B|C^D|1|F|E^F||1 RUE^^V^^35000")
    seen = document(data)
    person = {Category.PERSON, Category.CONTACT}

    for leaf, role in enumerate(seen.columns.role):
        if FORMAT.path(seen, leaf).startswith("PID-") and FORMAT.text(seen, leaf).text not in {"A", "ZZ", "1"}:
            assert set(ROLES[role].category.lineage) & person
