"""How dates are written in French and English: in digits, with a month's name, in words. Called by the detectors; knows no meaning."""

_MONTH = (
    r"(?:janvier|janv?|fevrier|fevr?|mars|avril|avr|mai|juin|juillet|juil|aout|septembre|sept?|octobre|oct|novembre|nov|decembre|dec"
    r"|january|february|feb|march|mar|april|apr|may|june|jun|july|jul|august|aug|september|october|november|december)(?![a-z])\.?"
)
_UNIT = r"(?:premier|1er|un|une|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize)"
_TEN = r"(?:vingts?|trente|quarante|cinquante|soixante|septante|huitante|octante|nonante)"
WORDS_UNDER_100 = (
    rf"(?:quatre[ -]vingts?(?:[ -]{_UNIT}(?:[ -]{_UNIT})?)?|{_TEN}(?:[ -]et)?(?:[ -]{_UNIT})?(?:[ -]{_UNIT})?|dix[ -]{_UNIT}|{_UNIT})"
)
_YEAR_WORDS = rf"(?:(?:mille|mil|dix)[ -]neuf[ -]cents?|deux[ -]milles?)(?:[ -](?:et[ -])?{WORDS_UNDER_100})?"
_YEAR = r"(?:(?:1[89]|20)[0-9]{2}|[0-9]{2})(?![0-9])"
_SEP = r"[ \t]?[/.\\|_:-][ \t]?"
_TIME = r"(?:[ tT]?[ \t]?[0-2][0-9](?::?[0-5][0-9]){1,2}(?:[.][0-9]{1,9})?(?:z|[+-][0-9]{2}:?[0-9]{2})?(?![0-9]))?"

FULL_DATE = (
    r"(?<![0-9])(?:"
    rf"(?:1[89]|20)[0-9]{{2}}(?:-|/|\.| )(?:0?[0-9]|1[0-2])(?:-|/|\.| )(?:[0-2]?[0-9]|3[01])(?![0-9]){_TIME}"  # 1984-03-12
    rf"|(?:[0-2]?[0-9]|3[01])(?:{_SEP}|[ \t])(?:[0-2]?[0-9]|3[01])(?:{_SEP}|[ \t]){_YEAR}"  # 12/03/1984, 12.03.84, 12 03 1984
    rf"|(?:1[89]|20)[0-9]{{2}}(?:0[0-9]|1[0-2])(?:[0-2][0-9]|3[01])(?:[0-9]{{4}}(?:[0-9]{{2}})?)?(?![0-9])"  # 19840312[0830[00]]
    r"|(?:[0-2][0-9]|3[01])(?:0[0-9]|1[0-2])(?:1[89]|20)[0-9]{2}(?![0-9])"  # 12031984
    r"|[0-3](?:[ \t][0-9]){7}(?![ \t]?[0-9])"  # 1 2 0 3 1 9 8 4
    rf"|(?:[0-2]?[0-9]|3[01])(?:er|st|nd|rd|th)?[ \t-]{{0,2}}(?:of )?{_MONTH}[ \t,-]{{0,2}}{_YEAR}"  # 12 mars 1984, 12-Mar-84
    r")"
    rf"|(?<![a-z]){_MONTH}[ \t](?:[0-2]?[0-9]|3[01])(?:st|nd|rd|th)?,?[ \t]{_YEAR}"  # March 12, 1984
    rf"|(?<![a-z]){WORDS_UNDER_100}[ \t]{_MONTH}[ \t](?:{_YEAR_WORDS}|{_YEAR})(?![a-z])"  # douze mars mille neuf cent ...
)
"""A day of a year. Regular expression source, for lined folded text; holds no group."""

DATE_IN_DIGITS = r"(?:[0-3]?[0-9][/.-][01]?[0-9][/.-](?:[0-9]{2}|[0-9]{4})|(?:19|20)[0-9]{2}-[01][0-9]-[0-3][0-9])(?![0-9])"
"""The common spellings, to tell that a number is none."""

PARTIAL_DATE = (
    r"(?<![0-9])(?:(?:0?[0-9]|1[0-2])[ \t]?[/.-][ \t]?(?:1[89]|20)[0-9]{2}(?![0-9])"  # 03/1984
    r"|(?:1[89]|20)[0-9]{2}-?(?:0[0-9]|1[0-2])(?![0-9])"  # 1984-03, 198403
    r"|(?:[0-2]?[0-9]|3[01])[/.-](?:0?[0-9]|1[0-2])(?:[/.-](?![0-9])|(?![0-9/.-]))"  # 31/12, 31/12/
    r")"
    rf"|(?<![a-z]){_MONTH}[ \t](?:1[89]|20)[0-9]{{2}}(?![0-9])"  # mars 1984
    rf"|(?<![0-9])(?:[0-2]?[0-9]|3[01])(?:er)?[ \t]{_MONTH}(?![ \t]?[0-9])"  # 12 mars
)
"""A month of a year or a day of no year; a lone year is none."""
