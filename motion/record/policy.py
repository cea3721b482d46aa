"""Which log is believed, and how many witnesses must have signed: a C2SP tlog-policy.

    log <verifier key> [<address>]
    witness <name> <verifier key> [<address>]
    group <name> <number, any or all> <name of a witness or of a group>…
    quorum <name, or none>

Lines that are empty or begin with ``#`` are passed over. Each name stands before it is used.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from .checkpoint import VerifierKey, parse_verifier_key
from .errors import MalformedKey, MalformedPolicy

MAX_POLICY_BYTES = 100_000
NO_QUORUM = "none"
_GROUP = "temoins"


@dataclass(frozen=True, slots=True)
class Group:
    """``members`` of which ``threshold`` at least must have signed."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """What a policy says: the logs, the witnesses by name, the groups by name, which of these is asked for.

    ``quorum`` is None when no witness is asked for.
    """

    logs: tuple[VerifierKey, ...]
    witnesses: Mapping[str, VerifierKey]
    groups: Mapping[str, Group]
    quorum: str | None

    def is_met(self, signed: Collection[VerifierKey]) -> bool:
        """Whether these keys, whose cosignatures were checked, are enough."""
        return self.quorum is None or self._counts(self.quorum, signed)

    def _counts(self, name: str, signed: Collection[VerifierKey]) -> bool:
        if name in self.witnesses:
            return self.witnesses[name] in signed
        group = self.groups[name]
        return sum(self._counts(member, signed) for member in group.members) >= group.threshold


def parse_policy(data: bytes) -> Policy:
    """Read a policy.

    Raises:
        MalformedPolicy: With the number of the line, from 1; 0 when the whole is at fault.
    """
    try:
        lines = data.decode().splitlines() if len(data) <= MAX_POLICY_BYTES else None
    except UnicodeDecodeError:
        lines = None
    if lines is None:
        raise MalformedPolicy(0)
    logs: list[VerifierKey] = []
    witnesses: dict[str, VerifierKey] = {}
    groups: dict[str, Group] = {}
    quorum: str | None = None
    is_said = False
    for number, line in enumerate(lines, start=1):
        words = line.split()
        try:
            match words:
                case []:
                    pass
                case [first, *_] if first.startswith("#"):
                    pass
                case ["log", key] | ["log", key, _]:
                    logs.append(parse_verifier_key(key))
                case ["witness", name, key] | ["witness", name, key, _] if _is_free(name, witnesses, groups):
                    witnesses[name] = parse_verifier_key(key)
                case ["group", name, threshold, *members] if _is_free(name, witnesses, groups):
                    groups[name] = _group(threshold, members, witnesses, groups)
                case ["quorum", name] if not is_said and (name == NO_QUORUM or name in witnesses or name in groups):
                    quorum, is_said = (None if name == NO_QUORUM else name), True
                case _:
                    raise MalformedPolicy(number)
        except (MalformedKey, ValueError):
            raise MalformedPolicy(number) from None
    if not is_said:
        raise MalformedPolicy(0)
    return Policy(tuple(logs), witnesses, groups, quorum)


def _is_free(name: str, witnesses: Collection[str], groups: Collection[str]) -> bool:
    return name != NO_QUORUM and name not in witnesses and name not in groups


def _group(threshold: str, members: list[str], witnesses: Collection[str], groups: Collection[str]) -> Group:
    count = {"any": 1, "all": len(members)}.get(threshold) or int(threshold)
    known = all(member in witnesses or member in groups for member in members)
    if not known or len(set(members)) != len(members) or not 1 <= count <= len(members):
        raise ValueError
    return Group(count, tuple(members))


def majority_policy(keys: Sequence[str], witnesses: Sequence[tuple[str, str, str]], address: str) -> bytes:
    """The policy that a log publishes of itself: its keys, its witnesses, and more than half of these.

    Args:
        keys: The log's verifier keys.
        witnesses: Name, verifier key and address of each.
        address: Where the log is published.
    """
    lines = [f"log {key} {address}" for key in keys]
    names: list[str] = []
    for name, key, url in witnesses:
        # Two witnesses may have one name; the names of groups and words of the format are taken.
        plain = name if name not in {*names, NO_QUORUM, _GROUP} else f"{name}#{len(names) + 1}"
        names.append(plain)
        lines.append(f"witness {plain} {key} {url}".rstrip())
    if names:
        lines += [f"group {_GROUP} {len(names) // 2 + 1} {' '.join(names)}", f"quorum {_GROUP}"]
    else:
        lines.append(f"quorum {NO_QUORUM}")
    return ("\n".join(lines) + "\n").encode()
