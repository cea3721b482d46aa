"""The table of kinds says all that the record may say, and the documents say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import motion.record
from motion.record.errors import WrongBody
from motion.record.forms import Form
from motion.record.kinds import KINDS, kind_named, kinds_table

ROOM = Path(motion.record.__file__).parent

EXAMPLES: dict[Form, Any] = {
    Form.ID: "elu-0042",
    Form.WORD: "drafting",
    Form.WORDS: ["fr", "en"],
    Form.TEXT: "Aïssatou Brémond",
    Form.HASH: "0f" * 32,
    Form.COUNT: 0,
    Form.DAY: "2026-11-22",
    Form.FLAG: False,
}
WRONG: dict[Form, list[Any]] = {
    Form.ID: ["", "é", "-a", "a" * 65, "a\n", 3],
    Form.WORD: ["", "Fr", "1a", "a" * 41, "a b", 3],
    Form.WORDS: [[], "fr", ["fr", 3], ["fr"] * 17],
    Form.TEXT: ["", "a" * 301, "a\nb", "a\x7fb", "a\u202eb", "a\U000e0041b", "\ud800", "e\u0301", 3],
    Form.HASH: ["", "0F" * 32, "0f" * 31, 3],
    Form.COUNT: [-1, 2**53, True, "1", 1.0],
    Form.DAY: ["22/11/2026", "2026-02-30", 20261122],
    Form.FLAG: [0, "true"],
}


class TestTable:
    """What each kind accepts."""

    @pytest.mark.parametrize("name", KINDS)
    def test_accepts_a_whole_and_a_bare_body(self, name: str):
        """With all its fields, or only those required."""
        fields = kind_named(name).fields
        kind_named(name).check({f.name: EXAMPLES[f.form] for f in fields})
        kind_named(name).check({f.name: EXAMPLES[f.form] for f in fields if f.required})

    @pytest.mark.parametrize("name", KINDS)
    def test_refuses_each_missing_field(self, name: str):
        """A required field cannot be left out."""
        whole = {f.name: EXAMPLES[f.form] for f in kind_named(name).fields}
        for field in kind_named(name).fields:
            body = {key: value for key, value in whole.items() if key != field.name}
            if field.required:
                with pytest.raises(WrongBody) as caught:
                    kind_named(name).check(body)
                assert (caught.value.field, caught.value.reason) == (field.name, "missing")

    @pytest.mark.parametrize("name", KINDS)
    def test_refuses_an_unknown_field(self, name: str):
        """An address or a birth date cannot slip in beside the rest."""
        body = {f.name: EXAMPLES[f.form] for f in kind_named(name).fields} | {"email": "x"}
        with pytest.raises(WrongBody) as caught:
            kind_named(name).check(body)
        assert (caught.value.kind, caught.value.field, caught.value.reason) == (name, "email", "unknown")

    @pytest.mark.parametrize(("form", "value"), [(f, v) for f, values in WRONG.items() for v in values])
    def test_refuses_another_form(self, form: Form, value: Any):
        """The error names the field and the form that was expected."""
        kind = next(k for k in KINDS.values() if form in {f.form for f in k.fields})
        body = {f.name: value if f.form is form else EXAMPLES[f.form] for f in kind.fields}
        with pytest.raises(WrongBody) as caught:
            kind.check(body)
        assert caught.value.reason == form.value

    def test_lists_fields_as_they_stand_in_the_bytes(self):
        """Sorted by name, each with a meaning."""
        for kind in KINDS.values():
            names = [field.name for field in kind.fields]
            assert names == sorted(names) and all(field.meaning for field in kind.fields) and kind.meaning

    def test_has_no_plain_digest_of_what_may_be_erased(self):
        """Hashes are commitments, skeletons, roots, or digests of a motion's whole public text."""
        hashes = {f.name for kind in KINDS.values() for f in kind.fields if f.form is Form.HASH}
        assert hashes == {"c", "name", "skel", "root", "digest"}


class TestDocuments:
    """FORMAT.md and README.md."""

    def test_the_format_prints_the_table(self):
        """The table in FORMAT.md is the one in the code, line for line."""
        text = (ROOM / "FORMAT.md").read_text(encoding="utf-8")
        assert kinds_table() in text

    def test_the_format_names_every_kind(self):
        """Each kind has its line."""
        text = (ROOM / "FORMAT.md").read_text(encoding="utf-8")
        assert [name for name in KINDS if f"| `{name}` |" not in text] == []

    def test_the_readme_names_every_file(self):
        """A newcomer finds each file explained."""
        text = (ROOM / "README.md").read_text(encoding="utf-8")
        names = [path.name for path in ROOM.glob("*.py") if path.name != "__init__.py"]
        assert [name for name in names if f"| `{name}` |" not in text] == []
