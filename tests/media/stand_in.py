"""`python -m tests.media.stand_in MODEL`: a recogniser for tests, that hears what its model's folder says.

The real child with its bounds, progress and reasons; only the ear is another. `says.json` in the folder is what it
hears, a list of sentences: words with their seconds. A file of the folder called as one of `DEEDS` makes it misbehave.
"""

import json
import os
import resource
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from motion.media.listening import main
from motion.rules.heard import Word

SAYS = (("Le", "car", "ne", "passe", "plus."), ("Le", "marché", "est", "le", "jeudi."))


def model(folder: Path, sentences: Sequence[Sequence[str]] = SAYS, deed: str = "") -> Path:
    """A model that hears these words, one every fifth of a second; `deed` is one of `DEEDS`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.bin").write_bytes(b"oreille")
    (folder / "says.json").write_text(json.dumps(sentences))
    if deed:
        assert deed in DEEDS
        (folder / deed).touch()
    return folder


def hang() -> None:
    time.sleep(600)


def burn() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (1, 5))  # as if its time were up
    while True:
        pass


def fill() -> None:
    bytearray(1 << 33)


def fall() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    raise RuntimeError("the model does not fit")


DEEDS = {deed.__name__: deed for deed in (hang, burn, fill, fall, killed, fail)}


def network(port: int) -> list[str]:
    """Whether this process is where the one that started it is, and whether it reaches a door of this machine."""
    parent, own = (Path(f"/proc/{process}/ns/net").readlink() for process in (os.getppid(), "self"))
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return ["ici" if parent == own else "ailleurs", "fermée"]
    return ["ici" if parent == own else "ailleurs", "ouverte"]


def hear(folder: Path, _sound: Path, language: str) -> Iterator[Sequence[Word]]:
    """What the folder says, whatever the sound; `language` stands before it when the folder asks for that."""
    at = 0
    if (folder / "port").exists():
        yield [Word(0, 100, f" {word}") for word in network(int((folder / "port").read_text()))]
        return
    for sentence in json.loads((folder / "says.json").read_text()):
        words = [language, *sentence] if (folder / "language").exists() else sentence
        yield [Word(at + 200 * number, at + 200 * number + 200, f" {word}") for number, word in enumerate(words)]
        at += 200 * len(words)
    for name, deed in DEEDS.items():
        if (folder / name).exists():
            deed()


if __name__ == "__main__":
    main(hear)
