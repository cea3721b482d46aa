"""Files that people give: large, never changed, found by a random key. See `promise`."""

from storage.blobs.address import BadAddress, check, from_url
from storage.blobs.promise import (
    CHUNK_BYTES,
    KEY,
    BlobMissing,
    Blobs,
    BlobTaken,
    StoreUnusable,
    chunks,
    is_key,
)

__all__ = [
    "CHUNK_BYTES",
    "KEY",
    "BadAddress",
    "BlobMissing",
    "BlobTaken",
    "Blobs",
    "StoreUnusable",
    "check",
    "chunks",
    "from_url",
    "is_key",
]
