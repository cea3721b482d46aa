"""Bundles of objects: FORMAT.md, "Objects"."""

import hashlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motion.record.bundles import (
    MAX_SLOT_BYTES,
    Opened,
    Slot,
    decode_objects,
    encode_objects,
    file_path,
    name_of,
    object_path,
    open_slot,
    parse_object_path,
)
from motion.record.entry import Entry
from motion.record.errors import MalformedTree, RecordError, WrongObject
from motion.record.objects import seal
from motion.record.tiles import Tile

NOW = datetime(2031, 11, 15, tzinfo=UTC)
SEALED = seal(bytes(32), b"oui")
SKELETON = b"xxx"


def update() -> Entry:
    """The entry of an update whose object is `SEALED`."""
    body = {"c": SEALED.name, "len": 3, "skel": hashlib.sha256(SKELETON).hexdigest()}
    return Entry("crdt.update", body, "elu-1", NOW)


class TestPaths:
    """Beside the bundles of entries, under the same numbers."""

    def test_a_bundle_of_objects_is_named_like_its_entries(self) -> None:
        """`tile/entries/x001/x234/067.p/5` and `objects/x001/x234/067.p/5`."""
        tile = Tile(None, 1_234_067, 5)
        assert object_path(tile) == "objects/x001/x234/067.p/5"
        assert parse_object_path("objects/x001/x234/067.p/5") == tile

    @pytest.mark.parametrize("path", ["objects/67", "objects/067.p/256", "tile/entries/067", "objects/000.p/0", ""])
    def test_no_other_path_names_a_bundle(self, path: str) -> None:
        """One bundle, one path."""
        with pytest.raises(MalformedTree):
            parse_object_path(path)

    def test_a_long_object_has_a_file(self) -> None:
        """Named by its commitment, and by nothing that a path could be made of."""
        assert file_path("ab" * 32) == "objects/files/" + "ab" * 32
        for name in ("../../etc", "AB" * 32, "ab" * 31, "ab" * 32 + "\n"):
            with pytest.raises(MalformedTree):
                file_path(name)


class TestBundles:
    """Lengths on four bytes, then the bytes."""

    @given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
    def test_what_is_written_is_read(self, slots: list[bytes]) -> None:
        """Empty slots too: most entries commit to no object."""
        assert decode_objects(Tile(None, 0, len(slots)), encode_objects(slots)) == slots

    @given(st.binary(max_size=200), st.integers(1, 256))
    def test_any_bytes_are_read_or_refused(self, data: bytes, width: int) -> None:
        """With the documented error and no other."""
        try:
            assert encode_objects(decode_objects(Tile(None, 0, width), data)) == data
        except MalformedTree:
            pass

    def test_a_long_object_has_no_slot(self) -> None:
        """It is a file of its own."""
        with pytest.raises(MalformedTree):
            encode_objects([bytes(MAX_SLOT_BYTES + 1)])
        with pytest.raises(MalformedTree):
            decode_objects(Tile(None, 0, 1), (MAX_SLOT_BYTES + 1).to_bytes(4, "big") + bytes(MAX_SLOT_BYTES + 1))

    def test_a_bundle_cut_short_is_refused(self) -> None:
        """Whatever is missing: a byte, or a slot."""
        data = encode_objects([b"abc", b"de"])
        for wrong in (data[:-1], data[:7], data + b"\0"):
            with pytest.raises(MalformedTree):
                decode_objects(Tile(None, 0, 2), wrong)


class TestSlots:
    """Every object is there, or a redaction says why it is not."""

    def test_an_object_is_checked_against_its_name(self) -> None:
        """And another is refused."""
        assert open_slot(update(), SEALED.data, is_redacted=False) == Opened(Slot.OBJECT, b"oui")
        with pytest.raises(WrongObject):
            open_slot(update(), SEALED.data[:-1] + b"x", is_redacted=False)

    def test_an_object_cannot_vanish(self) -> None:
        """Without its redaction an empty slot is a fault."""
        with pytest.raises(WrongObject):
            open_slot(update(), b"", is_redacted=False)

    def test_a_redacted_update_leaves_its_skeleton(self) -> None:
        """That one and no other, and not the object."""
        assert open_slot(update(), SKELETON, is_redacted=True) == Opened(Slot.SKELETON, SKELETON)
        for wrong in (b"", b"yyy", SEALED.data):
            with pytest.raises(RecordError):
                open_slot(update(), wrong, is_redacted=True)

    def test_other_redacted_objects_leave_nothing(self) -> None:
        """A reason of a reopening, a file that was imported."""
        entry = Entry("motion.unfreeze", {"c": SEALED.name, "doc": "M1"}, "sec-1", NOW)
        assert open_slot(entry, b"", is_redacted=True) == Opened(Slot.REDACTED)
        with pytest.raises(WrongObject):
            open_slot(entry, SEALED.data, is_redacted=True)

    @pytest.mark.parametrize("kind", ["crdt.reject", "crdt.late"])
    def test_refused_and_late_words_are_not_published(self, kind: str) -> None:
        """They are their author's: a bundle that has them is at fault."""
        entry = Entry(kind, {"c": SEALED.name}, "elu-1", NOW)
        assert name_of(kind, entry.body) is None
        assert open_slot(entry, b"", is_redacted=False) == Opened(Slot.KEPT_BACK)
        with pytest.raises(WrongObject):
            open_slot(entry, SEALED.data, is_redacted=False)

    def test_an_entry_without_object_has_an_empty_slot(self) -> None:
        """And nothing can be slipped in there."""
        entry = Entry("motion.rename", {"doc": "M1", "title": "Les trains"}, "sec-1", NOW)
        assert open_slot(entry, b"", is_redacted=False) == Opened(Slot.NONE)
        with pytest.raises(WrongObject):
            open_slot(entry, b"x", is_redacted=False)

    def test_a_long_object_is_looked_for_in_its_file(self) -> None:
        """An imported document of a megabyte."""
        entry = Entry("motion.import", {"c": SEALED.name, "len": 1_000_000}, "sec-1", NOW)
        assert open_slot(entry, b"", is_redacted=False) == Opened(Slot.FILE)
