"""The short code of a personal card: ten characters that people read on paper and type on a phone.

Crockford's base 32 (crockford.com/base32.html): no I, L, O, U; whoever types O or I is understood.
"""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10  # 50 bits: with 500 cards in force, one guess in 2 × 10^12 is right, and guesses are counted
GROUPS = (3, 3, 4)
RANDOM_BYTES = 7
DIGITS = 6

_AS_READ = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SEPARATORS = " -‐‑–—.\u00a0\u202f\t"


def card_code(random: bytes) -> str:
    """Make a code, without separators, out of `RANDOM_BYTES` random bytes."""
    number = int.from_bytes(random[:RANDOM_BYTES], "big")
    return "".join(ALPHABET[number >> 5 * place & 31] for place in range(LENGTH))


def shown(code: str) -> str:
    """Return a code in groups, as printed: "7KQ 3XP D9TR"."""
    parts, start = [], 0
    for size in GROUPS:
        parts.append(code[start : start + size])
        start += size
    return " ".join(parts)


def read_card_code(typed: str) -> str | None:
    """Read what somebody typed: any case, any separators, O for 0 and I or L for 1; None if it is no code."""
    code = typed.translate({ord(sign): None for sign in _SEPARATORS}).upper().translate(_AS_READ)
    if len(code) != LENGTH or any(sign not in ALPHABET for sign in code):
        return None
    return code


def read_digits(typed: str) -> str | None:
    """Read the six digits of a mail, pasted with spaces or not; None if they are not six digits."""
    digits = typed.translate({ord(sign): None for sign in _SEPARATORS + "\r\n"})
    return digits if len(digits) == DIGITS and digits.isascii() and digits.isdigit() else None
