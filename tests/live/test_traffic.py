"""What stock Yjs clients send is never refused, and gives their text and their authors."""

from __future__ import annotations

import pytest
from pycrdt import Doc, Text

from motion.live.draft import Author, Draft, Kept, Snapshot, fold
from motion.live.updates import ANY_SIZE, Update, encode, parse, skeleton
from tests.live.editors import Scene, scenes, take

SCENES = scenes()


@pytest.fixture(params=SCENES, ids=lambda scene: scene.name)
def scene(request: pytest.FixtureRequest) -> Scene:
    return request.param


def author(index: int) -> Author:
    return Author(session=index + 1, official=index + 100)


def test_no_genuine_message_is_refused_and_texts_and_authors_are_those_of_yjs(scene: Scene) -> None:
    """Six stock clients, through emoji, undo, merged messages and cuts: all accepted, same text, same runs."""
    draft = Draft()
    for index, from_step2, update in scene.events:
        take(draft, update, author(index), from_step2=from_step2)
    assert draft.text() == scene.text
    assert draft.runs() == [(length, index + 100) for length, index in scene.runs]


def test_what_is_kept_is_read_and_written_the_same(scene: Scene) -> None:
    """Writing what was read gives the same bytes, for every genuine message."""
    for _, _, update in scene.events:
        parsed = parse(update, ANY_SIZE)
        assert isinstance(parsed, Update)
        assert encode(*parsed) == update


def test_kept_updates_rebuild_the_draft_from_any_snapshot(scene: Scene) -> None:
    """A snapshot and the rest of the updates give what a replay from the start gives."""
    draft, kept, snapshots = Draft(), [], []
    for index, from_step2, update in scene.events:
        accepted = take(draft, update, author(index), from_step2=from_step2)
        if not accepted.is_duplicate:
            kept.append(Kept(draft.number, accepted.update, author(index)))
            if draft.number % 60 == 0:
                snapshots.append(draft.snapshot().pack())
    replayed = Draft.restore(None, kept)
    for packed in snapshots:
        restored = Draft.restore(Snapshot.unpack(packed), kept)
        assert restored.number == draft.number
        assert restored.text() == replayed.text() == scene.text
        assert restored.runs() == replayed.runs() == draft.runs()
        assert restored.bindings == replayed.bindings == draft.bindings
        assert restored.state_vector() == replayed.state_vector()
        assert restored.snapshot().memory == replayed.snapshot().memory


def test_each_client_may_send_everything_again(scene: Scene) -> None:
    """After a cut without an acknowledgement, the same bytes are acknowledged again and change nothing."""
    draft, kept = Draft(), []
    for index, from_step2, update in scene.events:
        kept.append((index, take(draft, update, author(index), from_step2=from_step2).update))
    number, text = draft.number, draft.text()
    for index, update in kept:
        assert take(draft, update, author(index)).is_duplicate
    assert (draft.number, draft.text()) == (number, text)


def test_folded_updates_are_the_document(scene: Scene) -> None:
    """All kept updates folded into one give a newcomer the text."""
    draft, kept = Draft(), []
    for index, from_step2, update in scene.events:
        kept.append(take(draft, update, author(index), from_step2=from_step2).update)
    doc: Doc = Doc()
    text = doc.get("text", type=Text)
    doc.apply_update(fold(kept))
    assert str(text) == scene.text


def test_a_skeleton_has_the_shape_and_none_of_the_words(scene: Scene) -> None:
    """With every text replaced, replay gives as many x as there were UTF-16 units, by the same authors."""
    draft, bare = Draft(), Draft()
    for index, from_step2, update in scene.events:
        accepted = take(draft, update, author(index), from_step2=from_step2)
        if not accepted.is_duplicate:
            bare.apply(bare.number + 1, skeleton(accepted.update), author(index))
    assert bare.text() == "x" * (len(scene.text.encode("utf-16-le")) // 2)
    assert [official for _, official in bare.runs()] == [official for _, official in draft.runs()]


def test_the_recordings_hold_what_they_are_for() -> None:
    """Holes under the sender's own id, step 2 with known parts, and merged messages do occur in them."""
    parsed = [
        (scene, from_step2, parse(update, ANY_SIZE)) for scene in SCENES for _, from_step2, update in scene.events
    ]
    assert any(struct.text is None for _, _, update in parsed for struct in update.structs)
    assert any(from_step2 and update.deletes for _, from_step2, update in parsed)
    assert any(len(update.structs) > 3 for scene, step2, update in parsed if "merged" in scene.name and not step2)
