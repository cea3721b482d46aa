"""The form of an address for mails, as people type it: RFC 5321 without what no mailbox of today has."""

import re

MAX_ADDRESS = 254  # RFC 5321, 4.5.3.1.3
_FORM = re.compile(r"[^\s@,;:<>()\[\]\"\\\x00-\x1f]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")


def may_be_address(text: str) -> bool:
    """Whether a mail could be sent there.

    >>> may_be_address("anne@valbrune.example"), may_be_address("anne@valbrune"), may_be_address("Anne <a@b.fr>")
    (True, False, False)
    """
    return len(text) <= MAX_ADDRESS and _FORM.fullmatch(text) is not None
