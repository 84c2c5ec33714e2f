"""How names are compared: case, accents, punctuation and spaces do not matter."""

import re
import unicodedata

_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d"}
    | dict.fromkeys("ʻʼʹʿʾ", "")  # letters to Unicode, apostrophes to those who type: Hawaiʻi
)
_WORD = re.compile(r"[^\W\d_]+|\S")
_SHORT = {"saint": "st", "sainte": "ste", "mount": "mt", "fort": "ft"}


def _shortened(word: str) -> str:
    """``saint`` → ``st``, ``marlborough`` → ``marlboro``: both are written for one place."""
    if word.endswith("borough"):
        return word.removesuffix("ugh")
    return _SHORT.get(word, word)


def fold(name: str) -> str:
    """``Saint-Étienne`` → ``stetienne``: what two spellings of one name share.

    Letters of other scripts stay, with those of their marks that change the sound.
    """
    plain = "".join(
        letter
        for letter in unicodedata.normalize("NFKD", name).casefold()
        if not "\u0300" <= letter <= "\u036f"  # accents
    ).translate(_LETTERS)
    words = (_shortened(word) for word in _WORD.findall(plain))
    return "".join(
        letter
        for letter in "".join(words)
        if letter.isalnum() or unicodedata.category(letter)[0] == "M"
    )
