"""Entries have one form, and whatever has another is refused with a documented error."""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from motion.record.entry import (
    MAX_ENTRY_BYTES,
    Entry,
    canonical,
    decode_entry,
    encode_entry,
    parse_canonical,
)
from motion.record.errors import EntryTooLong, NotCanonical, RecordError, UnknownKind, WrongBody, WrongTime

from .world import OPENING, small_log

RENAME = {"doc": "M1", "title": "Pour l’eau"}

strings = st.text(st.characters(exclude_categories=["Cs"])).map(lambda s: unicodedata.normalize("NFC", s))
keys = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=8)
values = st.recursive(
    st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | strings,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


def envelope(**changes: Any) -> bytes:
    """A rename as JSON, with some of the envelope replaced."""
    whole = {"body": RENAME, "by": "elu-1", "t": "motion.rename", "ts": "2026-11-22T09:00:00.000Z", "v": 1}
    return canonical({key: value for key, value in (whole | changes).items() if value != "absent"})


class TestCanonicalForm:
    """RFC 8785, in the profile of FORMAT.md."""

    def test_is_the_json_of_rfc_8785(self):
        """Keys are sorted, only what must be is escaped, letters stand as they are."""
        value = {"b": [True, False, -7, 2**53 - 1], "a": '"\\\b\f\n\r\t\x1f€é😀/\x7f', "B": {}}
        expected = '{"B":{},"a":"\\"\\\\\\b\\f\\n\\r\\t\\u001f€é😀/\x7f","b":[true,false,-7,9007199254740991]}'
        assert canonical(value) == expected.encode()

    @given(values)
    @settings(max_examples=150)
    def test_reads_back_as_written(self, value: Any):
        """What is written reads back the same, and writes the same again."""
        assert parse_canonical(canonical(value)) == value

    @pytest.mark.parametrize(
        ("value", "reason", "where"),
        [
            ({"a": 1.0}, "float", "a"),
            ([0, None], "null", "[1]"),
            ({"a": [{"b": b"x"}]}, "type", "a[0].b"),
            (2**53, "integer", ""),
            (-(2**53), "integer", ""),
            ({"é": 1}, "key", ""),
            ({"": 1}, "key", ""),
            ({1: 1}, "key", ""),
            ({"a": "e\u0301"}, "nfc", "a"),
            ("\ud800", "surrogate", ""),
            ([[[[[[[[[[]]]]]]]]]], "depth", "[0][0][0][0][0][0][0][0][0]"),
        ],
    )
    def test_refuses_what_has_no_single_form(self, value: Any, reason: str, where: str):
        """The error says which value, and why."""
        with pytest.raises(NotCanonical) as caught:
            canonical(value)
        assert (caught.value.reason, caught.value.where) == (reason, where)

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            (b"", "json"),
            (b"\xff", "json"),
            (b"{", "json"),
            (b"[" * 4096, "json"),
            (b"1.5", "float"),
            (b"1e3", "float"),
            (b"NaN", "float"),
            (b"null", "null"),
            (b"-0", "form"),
            (b" 1", "form"),
            (b'{"a":1,"a":1}', "form"),
            (b'{"b":1,"a":1}', "form"),
            (b'"\\u00e9"', "form"),
            (b'"\\ud800"', "surrogate"),
        ],
    )
    def test_refuses_other_ways_to_write(self, data: bytes, reason: str):
        """Bytes that mean something but are not the canonical ones are refused."""
        with pytest.raises(NotCanonical) as caught:
            parse_canonical(data)
        assert caught.value.reason == reason


class TestEntry:
    """The envelope."""

    def test_is_written_to_the_byte_as_documented(self):
        """An entry is one line of JSON with five keys."""
        data = encode_entry("motion.rename", RENAME, by="elu-1", at=OPENING)
        assert data.decode() == (
            '{"body":{"doc":"M1","title":"Pour l’eau"},"by":"elu-1","t":"motion.rename",'
            '"ts":"2026-11-22T09:00:00.000Z","v":1}'
        )

    def test_reads_back_as_written(self):
        """Every entry of a whole congress reads back, and encodes to the same bytes."""
        for data in small_log().entries:
            entry = decode_entry(data)
            assert encode_entry(entry.kind, dict(entry.body), by=entry.by, at=entry.at) == data

    def test_gives_its_parts(self):
        """Kind, body, author and time come out as they went in."""
        data = encode_entry("motion.rename", RENAME, by="elu-1", at=OPENING)
        assert decode_entry(data) == Entry("motion.rename", RENAME, "elu-1", OPENING)

    def test_cannot_be_changed_once_read(self):
        """The body of an entry is read-only."""
        body = decode_entry(encode_entry("motion.rename", RENAME, by="elu-1", at=OPENING)).body
        with pytest.raises(TypeError):
            body["title"] = "autre"  # type: ignore[index]

    def test_puts_text_in_nfc(self):
        """A name typed with separate accents enters the record composed."""
        at = OPENING
        data = encode_entry("motion.rename", {"doc": "M1", "title": "Me\u0301moire"}, by="elu-1", at=at)
        assert decode_entry(data).body["title"] == "M\u00e9moire"

    def test_cuts_time_to_the_millisecond_in_utc(self):
        """Any zone is accepted; what is written is UTC, never rounded up."""
        at = datetime(2026, 11, 22, 10, 0, 0, 999_999, timezone(timedelta(hours=1)))
        data = encode_entry("motion.rename", RENAME, by="elu-1", at=at)
        assert decode_entry(data).at == datetime(2026, 11, 22, 9, 0, 0, 999_000, UTC)

    def test_refuses_a_time_without_its_zone(self):
        """A naive time could be anybody's noon."""
        with pytest.raises(WrongTime):
            encode_entry("motion.rename", RENAME, by="elu-1", at=OPENING.replace(tzinfo=None))

    @pytest.mark.parametrize(
        "moment", [1, "2026-11-22T09:00:00Z", "2026-11-22T09:00:00.000+00:00", "2026-13-22T09:00:00.000Z"]
    )
    def test_refuses_other_ways_to_write_time(self, moment: object):
        """Milliseconds, Z, and a day of the calendar."""
        with pytest.raises(WrongTime):
            decode_entry(envelope(ts=moment))

    def test_refuses_an_unknown_kind(self):
        """Nothing enters the record under a name that the table does not explain."""
        with pytest.raises(UnknownKind) as caught:
            encode_entry("motion.burn", {}, by="elu-1", at=OPENING)
        assert caught.value.kind == "motion.burn"
        with pytest.raises(UnknownKind):
            decode_entry(envelope(t="motion.burn"))

    @pytest.mark.parametrize("by", ["", "Aïssatou", "a" * 65, "-a", "a b", 7])
    def test_refuses_an_author_that_is_no_identifier(self, by: Any):
        """An author is an identifier, never a name."""
        with pytest.raises(WrongBody) as caught:
            encode_entry("motion.rename", RENAME, by=by, at=OPENING)
        assert caught.value.field == "by"
        with pytest.raises(WrongBody):
            decode_entry(envelope(by=by))

    @pytest.mark.parametrize(
        "changes",
        [
            {"v": 2},
            {"v": True},
            {"t": 1},
            {"body": []},
            {"sig": "c2lnbmF0dXJl"},
            {"by": "absent"},
        ],
    )
    def test_refuses_another_envelope(self, changes: dict[str, Any]):
        """Another version, another key, another type: not an entry of this format."""
        with pytest.raises(NotCanonical):
            decode_entry(envelope(**changes))

    def test_refuses_what_is_no_object(self):
        """A bare string is no envelope."""
        with pytest.raises(NotCanonical):
            decode_entry(b'"v"')

    def test_is_at_most_4096_bytes(self):
        """An entry names things and holds none."""
        body = {"doc": "M1", "title": "é" * 300, "form": "x"}
        wide = {"title": "𝄞" * 300, "place": "𝄞" * 300, "zone": "𝄞" * 300, "languages": ["a" * 40] * 16}
        assert len(encode_entry("motion.create", body, by="elu-1", at=OPENING)) < MAX_ENTRY_BYTES
        with pytest.raises(EntryTooLong) as caught:
            encode_entry("congress.change", wide, by="elu-1", at=OPENING)
        assert caught.value.size > MAX_ENTRY_BYTES
        with pytest.raises(EntryTooLong):
            decode_entry(b" " * (MAX_ENTRY_BYTES + 1))

    @given(st.binary(max_size=200) | values.map(lambda v: json.dumps(v).encode()))
    @example(b"[" * 3000)
    @settings(max_examples=200)
    def test_no_bytes_do_anything_but_read_or_be_refused(self, data: bytes):
        """Whatever comes in: an entry, or an error of our tree."""
        with pytest.raises(RecordError):
            decode_entry(data)

    @given(st.data())
    @settings(max_examples=200)
    def test_no_altered_entry_reads_as_the_same(self, data: st.DataObject):
        """A changed byte gives another entry or a refusal, never the same entry."""
        original = data.draw(st.sampled_from(small_log().entries))
        at = data.draw(st.integers(0, len(original) - 1))
        byte = data.draw(st.integers(0, 255).filter(lambda b: b != original[at]))
        altered = original[:at] + bytes([byte]) + original[at + 1 :]
        try:
            read = decode_entry(altered)
        except RecordError:
            return
        assert read != decode_entry(original)
