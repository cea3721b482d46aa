"""`motion verify`: checks a published congress and says what it found.

Exit status 0: all agrees; 1: something does not; 2: it could not be checked, which proves nothing.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from motion.audit.audit import Given, audit
from motion.audit.sources import Address, Folder, Source, SourceError
from motion.audit.words import as_json, tell, trouble
from motion.language import Language
from motion.record.checkpoint import VerifierKey, parse_verifier_key
from motion.record.errors import MalformedKey, MalformedPolicy
from motion.record.policy import parse_policy

HOLDS, BROKEN, UNCHECKED = 0, 1, 2
BAR_CHARACTERS = 30


def verify(options: argparse.Namespace, language: Language) -> int:
    """Run the command; return its exit status."""
    bar = Bar(sys.stderr, language)
    try:
        with tempfile.TemporaryDirectory(prefix="motion-verify-") as cache:
            report = audit(_source(options.place, Path(cache)), _given(options), bar)
    except SourceError as error:
        bar.clear()
        if options.json:
            print(json.dumps({"result": "unchecked", "reason": error.reason, "path": error.path}))
        print(trouble(error, language.gettext), file=sys.stderr)
        return UNCHECKED
    bar.clear()
    print(json.dumps(as_json(report), ensure_ascii=False) if options.json else tell(report, language))
    return HOLDS if report.broken is None else BROKEN


def _source(place: str, cache: Path) -> Source:
    if "://" in place:
        return Address(place, cache)
    return Folder(Path(place))


def _given(options: argparse.Namespace) -> Given:
    older = tuple(_bytes_of(path) for path in options.checkpoint)
    policy = None
    if options.policy is not None:
        try:
            policy = parse_policy(_bytes_of(options.policy))
        except MalformedPolicy:
            raise SourceError("bad-policy", str(options.policy)) from None
    return Given(_key(options.key), older, policy)


def _key(said: str | None) -> VerifierKey | None:
    if said is None:
        return None
    line = said if said.count("+") >= 2 else _bytes_of(Path(said)).decode(errors="replace")
    try:
        return parse_verifier_key(line)
    except MalformedKey:
        raise SourceError("bad-key", said) from None


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError("unreadable", str(path), error.strerror or "") from None


class Bar:
    """How far the check is, on one line of a terminal; silent when nobody watches."""

    def __init__(self, out: TextIO, language: Language) -> None:
        say = language.gettext
        self._out = out
        self._is_watched = out.isatty()
        self._shown = ""
        self._parts = {
            "tree": say("Arbre des empreintes"),
            "entries": say("Inscriptions"),
            "objects": say("Contenus et textes"),
        }

    def __call__(self, part: str, done: int, total: int) -> None:
        """Show where a part of the check is."""
        if not self._is_watched:
            return
        total = max(total, 1)
        filled = BAR_CHARACTERS * done // total
        drawn = "#" * filled + "." * (BAR_CHARACTERS - filled)
        line = f"{self._parts[part]:<22} [{drawn}] {100 * done // total:3} %"
        if line != self._shown:
            self._shown = line
            self._out.write("\r" + line)
            self._out.flush()

    def clear(self) -> None:
        """Leave an empty line for what is said."""
        if self._shown:
            self._out.write("\r" + " " * len(self._shown) + "\r")
            self._out.flush()
