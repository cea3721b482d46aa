"""Which pages are ours: by scheme and host, for sockets, forms and the HTTP fallback."""

import pytest

from motion.live.origins import is_ours


@pytest.mark.parametrize(
    ("origin", "host", "base_url", "expected"),
    [
        ("https://motion.example", "motion.example", "https://motion.example", True),
        ("https://autre-nom.example", "autre-nom.example", "https://motion.example", True),
        ("https://motion.example", "interne:8000", "https://motion.example", True),
        ("http://motion.example", "motion.example", "https://motion.example", False),
        ("http://motion.example", None, "https://motion.example", False),
        ("http://127.0.0.1:8000", "127.0.0.1:8000", "http://127.0.0.1:8000", True),
        ("https://motion.example", "motion.example", "http://127.0.0.1:8000", True),
        ("https://ailleurs.example", "motion.example", "https://motion.example", False),
        ("https://motion.example:444", "motion.example", "https://motion.example", False),
        ("https://motion.example.ailleurs.example", "motion.example", "https://motion.example", False),
        ("null", "motion.example", "https://motion.example", False),
        ("", "", "http://motion.example", False),
    ],
)
def test_an_origin_is_ours_by_scheme_and_host(origin: str, host: str | None, base_url: str, expected: bool) -> None:
    """What came over http is not ours where the public address is https, whatever its host."""
    assert is_ours(origin, host, base_url) is expected
