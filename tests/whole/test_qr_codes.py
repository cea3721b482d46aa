"""The QR codes of receipts, as a screen shows them: every module of them, with the quiet zone around."""

import io

import pytest
import segno
from PIL import Image
from playwright.sync_api import Browser, Locator

from tests.whole.demonstration import Demonstration
from tests.whole.ways import send_at_the_kiosk

QUIET = 4  # modules, ISO/IEC 18004 6.3.8


def is_drawn(code: Locator, address: str) -> bool:
    """Whether the middle of each module on the screen is as dark as the standard wants it."""
    picture = Image.open(io.BytesIO(code.screenshot())).convert("L")
    rows = list(segno.make(address, error="m").matrix_iter(border=QUIET))
    step = picture.width / len(rows)
    return all(
        (picture.getpixel((int((x + 0.5) * step), int((y + 0.5) * step))) < 128) == bool(dark)  # type: ignore[operator]
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
    )


@pytest.mark.parametrize("width", [360, 1440])
def test_the_receipt_of_an_entry(browser: Browser, service: Demonstration, width: int) -> None:
    """Leads to the entry."""
    page = browser.new_page(locale="fr-FR", viewport={"width": width, "height": 900}, device_scale_factor=2)
    page.goto(f"{service.address}/ormeline/registre/3/recu")
    assert is_drawn(page.locator(".qr svg"), page.locator(".adresse").inner_text().strip())
    page.close()


def test_the_receipt_of_a_tablet(browser: Browser, service: Demonstration) -> None:
    """Leads to the private address, and is large enough for a phone at arm's length."""
    page = browser.new_page(locale="fr-FR", viewport={"width": 820, "height": 1180})
    page.goto(f"{service.address}/ormeline/borne")
    send_at_the_kiosk(page)
    code = page.locator(".qr svg")
    box = code.bounding_box()
    assert box is not None and box["width"] >= 240
    assert is_drawn(code, page.locator(".adresse").inner_text().strip())
    page.close()
