"""The built files: names that carry their own digest, found through the manifest, kept for ever.

`frontend/build.py` writes `frontend/dist/manifest.json`: from the plain name (`motion.css`) to the hashed
one. Each file may stand beside its `.br` and `.gz`.
"""

import json
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response

from motion.rules.errors import NotFound

DIST = Path(__file__).parent.parent.parent / "frontend" / "dist"
FOREVER = "public, max-age=31536000, immutable"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".map": "application/json",
}


class AssetsNotBuilt(RuntimeError):
    """There is no `frontend/dist`: the pages would have neither style nor script."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"couldn't read {path}: build the interface first, with `python frontend/build.py`")


class AssetUnknown(LookupError):
    """A page names a file that the build doesn't make."""

    def __init__(self, name: str, known: list[str]) -> None:
        super().__init__(f"no built file is called {name}; there are: {', '.join(sorted(known))}")


class Assets:
    """The manifest. Read at start: a rebuilt interface is served by a restarted service."""

    def __init__(self, folder: Path = DIST) -> None:
        self.folder = folder
        path = folder / "manifest.json"
        try:
            self.names: dict[str, str] = json.loads(path.read_bytes())
        except FileNotFoundError as error:
            raise AssetsNotBuilt(path) from error
        # Only what the build lists can be asked for: no path of a request ever reaches the disk.
        self.files = {file.name: file for file in folder.rglob("*") if file.suffix in TYPES}

    def url(self, name: str) -> str:
        """The address of a built file.

        Raises:
            AssetUnknown: No file of that name was built.
        """
        try:
            return "/static/" + self.names[name].rsplit("/", 1)[-1]
        except KeyError as error:
            raise AssetUnknown(name, list(self.names)) from error

    async def serve(self, request: Request) -> Response:
        """Send a file, in the smallest encoding that the browser takes."""
        name = request.path_params["name"]
        if name not in self.files:
            raise NotFound("file", name)
        path = self.files[name]
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        accepted = request.headers.get("accept-encoding", "")
        for coding, suffix in (("br", ".br"), ("gzip", ".gz")):
            packed = path.with_name(path.name + suffix)
            if coding in accepted and packed.exists():
                headers["Content-Encoding"] = coding
                path = packed
                break
        return FileResponse(path, headers=headers, media_type=TYPES[self.files[name].suffix])
