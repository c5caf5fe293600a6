"""Files of HPRIM Sante and HPRIM Medecin about invented patients, and what is read of them, for the tests beside it and above."""

from stream.core.kernels.splice import splice
from stream.core.roles import ROLES
from stream.core.values import Columns, Document, Edit, Format, Limits, Origin, Part, PartKind

PREGNANT = (
    b"H|~^\\&|ORU0042.HPR||LABT~LABO TEST||ORU|||CAB01~CABINET TEST||P|H2.1~C|202409120830\r\n"
    b"P|1|8009912345|24000777||DURANDEL~ELODIE|MARTINEAU|19840312|F||12 RUE DES LICES~~RENNES~~35000||0199001234|KER01~DR KERVELLA"
    b"|||||GROSSESSE 7 SA|LEVOTHYROX||||||~~CONSULT\r\n"
    b"OBR|1|PRE-5512~|~LAB2409120042|BHCG~BETA HCG~L|R||202409120740||||N|||202409120745||KER01~DR KERVELLA YANN~L\r\n"
    b"OBX|1|NM|BHCG~BETA HCG PLASMATIQUE~L||18250|UI/l|0 - 5|H|||F|||202409120812\r\n"
    b"C|1|L|Compatible avec une grossesse d'environ 7 SA\r\n"
    b"L|1\r\n"
)
"""HPRIM Sante with the usual delimiters."""

CUT = r"""H|\^&~|CLIR0007.hpr||LABT\LABO TEST||ORU|||CH02\CH TEST||P|H2.0\:C|202409121530
P|0001|240777||000777|LEGALLOIS\MARCEL||19610418|M||3 BIS ALLEE DES TILLEULS\\VAN
A|NES\\56000|||
OBR|0001|60425777\1209240777||HIVAG\SEROLOGIE VIH (Ac+Ag p24)^SYPH\TPHA-VDRL|R||202409121410||||N|||202409121415||99LEG\DR LEGOFF
OBX|0001|ST|HIVAG\SEROLOGIE VIH||POSITIF A CONFIRMER||||||F
L|1
""".replace("\n", "\r\n").encode()
"""The same with delimiters of its own, and a city cut in two."""

REPORT = b"""0024000777
DURANDEL
ELODIE
12 RUE DES LICES

35000 RENNES
12/03/1984
2840335999311 11
LAB2409120042
12/09/2024
LABT       LABO TEST
KER01      DR KERVELLA YANN

GROUPE SANGUIN : A RH POS   RAI negative
****LAB****
RES|HIV 1-2 Ac+Ag p24|HIVAG|A|NEGATIF||||N|F|||||
****FIN****
****FINFICHIER****
"""
"""HPRIM Medecin with a coded result."""

LETTER = b"""000777
LEGALLOIS
MARCEL
3 BIS ALLEE DES TILLEULS
LIEU DIT KERTEST
56000 VANNES
18/04/1961
1610456999207 62
240777
12/09/2024
LABT       LABO TEST
99LEG      DR LEGOFF ANNE
 PSA total 14,2 ng/ml. Patient connu pour tumeur de la prostate, vu avec son epouse au 02 61 91 12 34
****FIN****
****FINFICHIER****
"""
"""The same with text only."""

TWO_PATIENTS = REPORT.replace(b"****FINFICHIER****\n", b"") + LETTER


def document(format_: Format, data: bytes) -> Document:
    columns = format_.leaves(data, Limits())
    assert isinstance(columns, Columns)
    return Document(data, format_, columns, Origin(Part(PartKind.VALUE)))


def places(format_: Format, data: bytes) -> dict[str, tuple[str, str]]:
    """Path -> role and text of every leaf."""
    seen = document(format_, data)
    return {format_.path(seen, leaf): (ROLES[role].name, format_.text(seen, leaf).text) for leaf, role in enumerate(seen.columns.role)}


def texts(seen: Document) -> list[str]:
    return [seen.format.text(seen, leaf).text for leaf in range(len(seen.columns.start))]


def rewritten(seen: Document, leaf: int, text: str | None) -> bytes:
    """The data with one leaf written anew; the test fails where it cannot be."""
    written = seen.format.write(seen, leaf, text)
    assert isinstance(written, bytes)
    return splice(seen.data, [Edit(seen.columns.start[leaf], seen.columns.end[leaf], written)])
