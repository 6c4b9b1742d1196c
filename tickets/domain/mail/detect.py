"""The charset of bytes that nobody labelled: first what is plain to see, then chardet."""

import chardet
from chardet import EncodingEra

DETECT_BYTES = 32 * 1024
#: What may be guessed at for one mail: of thousands of broken words or parts only the first are looked at.
BUDGET_BYTES = 1024 * 1024
LEAST_BYTES = 4096  # what a guess costs, however short the text
_left = [BUDGET_BYTES]
_WESTERN = frozenset("äöüÄÖÜßéèêëàâçîïôùûœæÉÈÀÇñÑóíáúÓÍÁÚ¿¡ãõìòåÅøØ“”„‘’‚–—…•€«»°§´·\xa0".encode("cp1252"))
_OTHER_SCRIPTS = (
    "cp1251",
    "koi8",
    "cp1253",
    "iso8859-7",
    "cp1255",
    "iso8859-8",
    "cp1256",
    "iso8859-6",
    "iso8859-5",
)


def begin_mail() -> None:
    """The budget of the next mail."""
    _left[0] = BUDGET_BYTES


def detect(raw: bytes) -> str:
    """A codec's name, or "" for no idea."""
    raw = raw[:DETECT_BYTES]
    _left[0] -= max(len(raw), LEAST_BYTES)
    if _left[0] < 0:
        return ""
    high = bytes(byte for byte in raw if byte > 0x7F)
    letters = sum(1 for byte in raw if byte > 0x40) or 1
    is_mostly_latin = len(high) / letters < 0.3
    if is_mostly_latin and _WESTERN.issuperset(high):
        return "cp1252"
    if _is_euc_japanese(raw):
        return "euc_jp"
    guess = chardet.detect(raw, encoding_era=EncodingEra.MODERN_WEB)["encoding"] or ""
    name = guess.lower().replace("windows-", "cp").replace("iso-8859", "iso8859")
    return "cp1252" if is_mostly_latin and name.startswith(_OTHER_SCRIPTS) else name


def _is_euc_japanese(raw: bytes) -> bool:
    try:
        text = raw.decode("euc_jp")
    except UnicodeDecodeError:
        return False
    beyond = [character for character in text if character > "\x7f"]
    kana = sum(1 for character in beyond if "\u3040" <= character <= "\u30ff")
    return kana * 4 >= len(beyond) > 0
