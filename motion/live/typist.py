"""A simulated hand: a Yjs document that types, for the demonstration and for the rehearsal.

It makes the very bytes that a browser makes, one update for each stroke, and knows nothing of sockets.
"""

from pycrdt import Doc, Text, TransactionEvent

from motion.live.updates import ROOT


class Typist:
    """One writer's own copy of a motion. `client` is its Yjs client id."""

    def __init__(self, client: int) -> None:
        self.client = client
        self._doc: Doc[Text] = Doc(client_id=client)
        self._text = self._doc.get(ROOT, type=Text)
        self._last = b""
        self._watch = self._doc.observe(self._note)

    def _note(self, event: TransactionEvent) -> None:
        self._last = event.update

    def learn(self, update: bytes) -> None:
        """Take in what others wrote."""
        self._doc.apply_update(update)

    def state_vector(self) -> bytes:
        """What this writer knows, to ask for the rest."""
        return self._doc.get_state()

    @property
    def text(self) -> str:
        """The text as this writer sees it."""
        return str(self._text)

    def type(self, at: int, words: str) -> bytes:
        """Insert words at a character and return the update."""
        self._text.insert(self._byte(at), words)
        return self._last

    def erase(self, at: int, count: int) -> bytes:
        """Delete characters and return the update."""
        start = self._byte(at)
        del self._text[start : start + len(self.text[at : at + count].encode())]
        return self._last

    def _byte(self, at: int) -> int:
        """pycrdt counts in bytes of UTF-8."""
        return len(self.text[:at].encode())
