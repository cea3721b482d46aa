"""Objects are bound to their names and can be erased."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motion.record.errors import WrongObject, WrongSalt
from motion.record.objects import Commitment, open_object, seal

salts = st.binary(min_size=32, max_size=32)


class TestObjects:
    """FORMAT.md, "Objects"."""

    def test_known_vector(self):
        """The value that OpenSSL gives for these bytes."""
        sealed = seal(bytes(range(32)), b"oui")
        assert sealed.name == "60198c62f08871f772fb96aadcd94116a42ec320bb4fb57c2fcb3eab638cd578"
        assert sealed.data == bytes(range(32)) + b"oui"

    @given(salts, st.binary(max_size=200))
    @settings(max_examples=50)
    def test_open_as_sealed(self, salt: bytes, content: bytes):
        """An object gives back its content under its own name."""
        sealed = seal(salt, content)
        assert open_object(sealed.data, sealed.name) == content

    @given(salts, st.binary(max_size=60), st.data())
    @settings(max_examples=100)
    def test_any_change_is_caught(self, salt: bytes, content: bytes, data: st.DataObject):
        """A flipped bit anywhere, in the salt or in the content, gives another name."""
        sealed = seal(salt, content)
        bit = data.draw(st.integers(0, 8 * len(sealed.data) - 1))
        altered = bytearray(sealed.data)
        altered[bit // 8] ^= 1 << bit % 8
        with pytest.raises(WrongObject) as caught:
            open_object(bytes(altered), sealed.name)
        assert caught.value.name == sealed.name

    @given(salts, st.lists(st.binary(max_size=60), max_size=5))
    @settings(max_examples=50)
    def test_pieces_give_the_name_of_the_whole(self, salt: bytes, pieces: list[bytes]):
        """A film is named while it is read, with the name that its bytes have together."""
        commitment = Commitment(salt)
        for piece in pieces:
            commitment.update(piece)
        assert commitment.name == seal(salt, b"".join(pieces)).name

    def test_the_same_content_has_other_names_under_other_salts(self):
        """Nobody can see that two people wrote the same word."""
        assert seal(bytes(32), b"oui").name != seal(bytes([1] * 32), b"oui").name

    @pytest.mark.parametrize("size", [0, 31, 33, 64])
    def test_a_salt_has_one_length(self, size: int):
        """32 bytes, or the name would bind less."""
        with pytest.raises(WrongSalt) as caught:
            seal(bytes(size), b"oui")
        with pytest.raises(WrongSalt):
            Commitment(bytes(size))
        assert caught.value.size == size

    @pytest.mark.parametrize(("data", "name"), [(b"", "0" * 64), (bytes(31), "0" * 64), (bytes(40), "é")])
    def test_other_bytes_and_names_are_refused(self, data: bytes, name: str):
        """Bytes shorter than a salt, or a name that is none."""
        with pytest.raises(WrongObject):
            open_object(data, name)

    def test_a_salt_cut_short_is_refused(self):
        """HMAC fills short keys with zeros: a cut object would keep its name if its length were not held."""
        sealed = seal(bytes(32), b"")
        with pytest.raises(WrongObject):
            open_object(sealed.data[:31], sealed.name)
