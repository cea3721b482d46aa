"""A policy says which log is believed and how many witnesses must have signed (C2SP tlog-policy)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.record.errors import MalformedPolicy
from motion.record.policy import majority_policy, parse_policy

from .world import SIGNER, witness_key

KEYS = {name: witness_key(f"{name}.example/temoin", bytes([at] * 32)) for at, name in enumerate("abc", start=1)}
LINES = [
    "# Congrès de Valfleuri",
    "",
    f"log {SIGNER.verifier.encode()} https://registre.example.org/congres",
    *(f"witness {name} {key.encode()} https://{name}.example" for name, key in KEYS.items()),
    "group villes 2 a b",
    "group tous any villes c",
]


def policy(*more: str) -> bytes:
    """The lines above, and more."""
    return "\n".join([*LINES, *more]).encode()


class TestPolicy:
    """Groups of groups."""

    def test_counts_groups_in_groups(self):
        """Both towns, or the newspaper."""
        read = parse_policy(policy("quorum tous"))
        assert read.logs == (SIGNER.verifier,) and read.witnesses == KEYS
        assert not read.is_met([]) and not read.is_met([KEYS["a"]])
        assert read.is_met([KEYS["a"], KEYS["b"]]) and read.is_met([KEYS["c"]])

    def test_may_ask_for_one_witness_or_none(self):
        """A quorum is a group, a witness, or nobody."""
        assert parse_policy(policy("quorum none")).is_met([])
        assert not parse_policy(policy("quorum a")).is_met([KEYS["c"]])
        assert not parse_policy(policy("group g all a b c", "quorum g")).is_met([KEYS["a"], KEYS["b"]])

    @pytest.mark.parametrize(
        ("more", "line"),
        [
            ((), 0),
            (("quorum personne",), 9),
            (("quorum a", "quorum b"), 10),
            (("group a 1 b", "quorum a"), 9),
            (("group g 3 a b", "quorum g"), 9),
            (("group g 0 a b", "quorum g"), 9),
            (("group g deux a b", "quorum g"), 9),
            (("group g 1 a a", "quorum g"), 9),
            (("group g 1 d", "quorum g"), 9),
            (("witness d pas-une-cle", "quorum none"), 9),
            (("temoin d", "quorum none"), 9),
        ],
    )
    def test_is_refused_when_it_cannot_be_counted(self, more: tuple[str, ...], line: int):
        """With the number of the line."""
        with pytest.raises(MalformedPolicy) as refused:
            parse_policy(policy(*more))
        assert refused.value.line == line

    @given(st.binary(max_size=200) | st.text("loguwitnespr 123+abc\n", max_size=200).map(str.encode))
    @settings(max_examples=150)
    def test_any_bytes_are_read_or_refused(self, data: bytes):
        """No other error."""
        try:
            parse_policy(data)
        except MalformedPolicy:
            pass


class TestMajority:
    """What a log says of its own witnesses."""

    @pytest.mark.parametrize(("count", "needed"), [(1, 1), (2, 2), (3, 2)])
    def test_asks_for_more_than_half(self, count: int, needed: int):
        """Named alike or not."""
        keys = list(KEYS.values())[:count]
        named = [("mairie", key.encode(), "https://mairie.example") for key in keys]
        read = parse_policy(majority_policy([SIGNER.verifier.encode()], named, "https://registre.example.org/congres"))
        assert read.is_met(keys[:needed]) and not read.is_met(keys[: needed - 1])

    def test_asks_for_nobody_when_nobody_is_named(self):
        """A log without witnesses."""
        read = parse_policy(majority_policy([SIGNER.verifier.encode()], [], "https://registre.example.org/congres"))
        assert (read.logs, read.quorum) == ((SIGNER.verifier,), None)
