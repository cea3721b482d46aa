"""The pictures of the demonstration's testimonies: flat shapes in the colours of the pages, a few of which move.

What moves goes by whole points from one picture to the next: an encoder then says so in a few bits.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 640, 360
FONTS = Path(__file__).parents[2] / "frontend" / "styles" / "polices"
FINE = 2  # drawn so many times larger, then made small: edges without steps

PAPER, SUN, PALE_SUN = "#fbf8f2", "#f3b83a", "#fdf0cf"
PETROL, DARK_PETROL, PALE_PETROL = "#0c5463", "#083b46", "#dfeef0"
INK, GREY, LINE = "#18262e", "#475660", "#d8d0c0"
OCHRE, BRICK, MOSS, HOLLOW = "#7d4b00", "#9c2f1c", "#21603a", "#f1ece1"


class Board:
    """A picture that is drawn in points of the film."""

    def __init__(self, ground: str) -> None:
        self._image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), ground)
        self._pen = ImageDraw.Draw(self._image)

    def box(self, left: float, top: float, right: float, bottom: float, colour: str, *, round_by: float = 0) -> None:
        """A rectangle."""
        corners = [edge * FINE for edge in (left, top, right, bottom)]
        self._pen.rounded_rectangle(corners, round_by * FINE, fill=colour)

    def disc(self, x: float, y: float, radius: float, colour: str) -> None:
        """A disc."""
        self._pen.ellipse([edge * FINE for edge in (x - radius, y - radius, x + radius, y + radius)], fill=colour)

    def shape(self, colour: str, *points: tuple[float, float]) -> None:
        """A polygon."""
        self._pen.polygon([(x * FINE, y * FINE) for x, y in points], fill=colour)

    def line(self, colour: str, width: float, *points: tuple[float, float]) -> None:
        """A line with round joints."""
        self._pen.line([(x * FINE, y * FINE) for x, y in points], fill=colour, width=int(width * FINE), joint="curve")

    def done(self) -> Image.Image:
        """The picture."""
        return self._image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def road(at_s: float) -> Image.Image:
    """A small car on a country road, in the morning."""
    board = Board(PALE_PETROL)
    board.disc(500, 96, 40, SUN)
    for at in range(4):
        x = at * 260 - 180
        board.shape("#b9d6cf", (x - 210, 250), (x, 120), (x + 210, 250))
    board.box(0, 244, WIDTH, HEIGHT, MOSS)
    for at in range(6):
        x = at * 150 - 6
        board.box(x - 4, 200, x + 4, 250, OCHRE)
        board.disc(x, 190, 24, "#2f7a4c")
    board.box(0, 276, WIDTH, 336, GREY)
    for at in range(9):
        x = at * 96 - 12
        board.box(x, 303, x + 44, 308, PAPER)
    _car(board, 10 + round(at_s * 25), 292)
    return board.done()


def _car(board: Board, x: float, y: float) -> None:
    board.shape(PETROL, (x + 26, y - 26), (x + 44, y - 54), (x + 104, y - 54), (x + 126, y - 26))
    board.shape(PALE_SUN, (x + 40, y - 28), (x + 51, y - 48), (x + 70, y - 48), (x + 70, y - 28))
    board.shape(PALE_SUN, (x + 77, y - 28), (x + 77, y - 48), (x + 100, y - 48), (x + 114, y - 28))
    board.box(x, y - 30, x + 150, y, PETROL, round_by=10)
    board.box(x + 140, y - 24, x + 150, y - 14, SUN, round_by=3)
    for wheel in (x + 34, x + 116):
        board.disc(wheel, y, 15, INK)
        board.disc(wheel, y, 6, LINE)


def bus_stop(at_s: float) -> Image.Image:
    """A stop where no coach comes; clouds go by, and somebody with a cap shifts from one foot to the other."""
    board = Board(PALE_SUN)
    for at in range(3):
        x = round(at * 270 + at_s * 10) % 860 - 110
        for shift, radius in ((-34, 20), (0, 30), (36, 22)):
            board.disc(x + shift, 76 + 24 * (at % 2), radius, PAPER)
    board.box(0, 270, WIDTH, HEIGHT, LINE)
    board.box(0, 308, WIDTH, HEIGHT, GREY)
    board.box(120, 110, 420, 124, DARK_PETROL, round_by=4)
    for post in (134, 398):
        board.box(post, 124, post + 8, 276, DARK_PETROL)
    board.box(142, 124, 398, 232, "#eef4f2")
    board.box(160, 244, 380, 254, OCHRE, round_by=3)
    for leg in (180, 352):
        board.box(leg, 254, leg + 8, 276, OCHRE)
    board.box(500, 90, 507, 280, INK)
    board.disc(503, 92, 32, PETROL)
    board.box(486, 78, 521, 98, PAPER, round_by=4)
    for wheel in (493, 514):
        board.disc(wheel, 100, 5, PAPER)
    flutter = round(3 * math.sin(at_s * 2.2))
    board.shape(PAPER, (490, 150), (516, 150), (516 + flutter, 188), (490 + flutter, 188))
    for row in range(3):
        board.line(BRICK, 2, (494 + flutter / 2, 160 + 8 * row), (512 + flutter / 2, 160 + 8 * row))
    _walker(board, 270 + round(5 * math.sin(at_s * 0.9)), 262)
    return board.done()


def _walker(board: Board, x: float, foot: float) -> None:
    board.line(INK, 9, (x - 8, foot + 14), (x - 4, foot - 40))
    board.line(INK, 9, (x + 10, foot + 14), (x + 4, foot - 40))
    board.box(x - 18, foot - 98, x + 18, foot - 34, BRICK, round_by=10)
    board.disc(x, foot - 114, 15, "#c98f68")
    board.box(x - 16, foot - 131, x + 16, foot - 119, INK, round_by=6)
    board.box(x + 8, foot - 124, x + 26, foot - 119, INK, round_by=2)


def waiting_room(at_s: float) -> Image.Image:
    """Chairs, a closed counter, a terminal that blinks, and a clock that goes on, a minute a second."""
    board = Board(PAPER)
    board.box(0, 268, WIDTH, HEIGHT, HOLLOW)
    board.box(0, 262, WIDTH, 268, LINE)
    board.box(60, 120, 250, 262, PALE_PETROL, round_by=4)
    board.box(48, 206, 262, 262, PETROL, round_by=4)
    board.box(104, 150, 206, 182, PAPER, round_by=3)
    board.line(BRICK, 5, (122, 166), (188, 166))
    for at in range(3):
        x = 330 + at * 62
        board.box(x, 196, x + 46, 240, MOSS, round_by=6)
        board.box(x, 240, x + 46, 252, DARK_PETROL, round_by=3)
        for leg in (x + 5, x + 37):
            board.box(leg, 252, leg + 4, 290, INK)
    board.box(554, 130, 604, 220, INK, round_by=6)
    board.box(560, 138, 598, 196, SUN if int(at_s) % 2 else PALE_SUN)
    board.box(572, 220, 586, 292, GREY)
    _clock(board, 392, 92, at_s)
    return board.done()


def _clock(board: Board, x: float, y: float, at_s: float) -> None:
    board.disc(x, y, 52, INK)
    board.disc(x, y, 46, PAPER)
    for mark in range(12):
        turn = math.tau * mark / 12
        board.disc(x + 38 * math.sin(turn), y - 38 * math.cos(turn), 2.5, GREY)
    minutes = 8 + at_s
    for length, width, turn in ((24, 6, math.tau * (9 + minutes / 60) / 12), (36, 4, math.tau * minutes / 60)):
        board.line(INK, width, (x, y), (x + length * math.sin(turn), y - length * math.cos(turn)))
    board.disc(x, y, 4, BRICK)


def filled_form(number: int, fields: Sequence[tuple[str, Sequence[str]]]) -> Image.Image:
    """A paper form, photographed: what is asked is printed, what is answered leans and is blue.

    Args:
        fields: Each with its lines as they were written.
    """
    width, height = 620, 877  # A4 at seventy-five points an inch
    page = Image.new("RGB", (width, height), "#fdfcf8")
    pen = ImageDraw.Draw(page)
    pen.text((50, 44), "Congrès des communes d’Ormeline", INK, _font("sans", 24))
    pen.text((50, 80), f"Fiche n°\u00a0{number}", PETROL, _font("sans", 21))
    pen.line((50, 114, width - 50, 114), PETROL, 3)
    top = 136
    for asked, lines in fields:
        pen.text((50, top), asked, GREY, _font("sans", 16))
        top += 27
        for words in lines:
            pen.line((50, top + 31, width - 50, top + 31), LINE, 2)
            _write_by_hand(page, (58, top), words)
            top += 38
        top += 18
    return page.rotate(-0.7, Image.Resampling.BICUBIC, fillcolor="#b8a98c")


def _font(family: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"registre-{family}.woff2"), size)


def _write_by_hand(page: Image.Image, at: tuple[int, int], words: str) -> None:
    ink = Image.new("L", (page.width - at[0], 40), 0)
    ImageDraw.Draw(ink).text((10, 4), words, 255, _font("serif", 23))
    leaning = ink.transform(ink.size, Image.Transform.AFFINE, (1, 0.28, -8, 0.004, 1, 0), Image.Resampling.BICUBIC)
    page.paste("#22508f", at, leaning)
