"""The icons of the design (16 x 16, strokes of 1.5) as polylines, drawn by Pillow at the size the screen needs.

A shape is `L` (stroke) or `F` (fill) with `x:y` points; the curves are flattened from the desk's icons.svg.
"""

from PIL import Image, ImageDraw

FINE = 8  # drawn that much larger, then scaled down: Pillow's strokes have no anti-aliasing
PETROL = "#0b6a77"
SHAPES = {
    "redact": (
        "L2:3.5,14:3.5 L2:12.5,9:12.5 F3:6,13.1:6,13.5:6.1,13.8:6.4,14:6.7,14:7.1,14:9.2,13.8:9.6,"
        "13.5:9.8,13.2:10,3.1:10,2.7:10,2.3:9.8,2.1:9.4,2:9.1,2:7,2.1:6.6,2.3:6.3,2.6:6.1,3:6"
    ),
    "camera": (
        "L2:5.5,2.1:5.2,2.2:4.9,2.5:4.6,2.8:4.5,4.6:4.5,4.9:4.4,5.7:2.9,6:2.8,10.2:2.8,11.1:4.3,11.3:4.5,"
        "13.1:4.5,13.4:4.6,13.7:4.8,13.9:5.1,14:5.4,14:11.7,14:12,13.8:12.4,13.6:12.6,13.3:12.8,"
        "12.9:12.8,3.2:12.8,2.8:12.8,2.5:12.7,2.2:12.4,2.1:12.1,2:11.8,2:5.5 L10.3:8.4,10.2:9.1,10:9.5,"
        "9.8:9.8,9.6:10.1,9.2:10.3,8.9:10.5,8.2:10.7,7.5:10.6,7.1:10.5,6.8:10.3,6.4:10.1,6.2:9.8,6:9.5,"
        "5.8:9.1,5.7:8.4,5.8:7.7,6:7.3,6.2:7,6.4:6.7,6.8:6.5,7.1:6.3,7.8:6.1,8.5:6.2,8.9:6.3,9.2:6.5,"
        "9.6:6.7,9.8:7,10:7.3,10.2:7.7,10.3:8.4"
    ),
    "paperclip": (
        "L13.2:7.4,8:12.6,7.7:12.8,7.1:13.1,6.8:13.2,6.1:13.3,5.4:13.3,5:13.2,4.4:12.9,4.1:12.7,3.6:12.2,"
        "3.2:11.7,3:11.4,2.8:10.7,2.8:10,2.9:9.3,3:9,3.3:8.3,3.5:8.1,9:2.6,9.6:2.3,10.3:2.2,11:2.3,"
        "11.6:2.6,12.1:3.1,12.3:3.7,12.4:4.1,12.4:4.8,12.1:5.4,11.7:5.9,6.5:11.1,6.1:11.3,5.8:11.3,"
        "5.4:11.2,5.2:11.1,4.9:10.8,4.8:10.5,4.8:10.1,4.9:9.8,5.1:9.5,9.8:4.8"
    ),
    "trash": (
        "L2.5:4.2,13.5:4.2 L6:4.2,6:2.8,6:2.5,6.3:2.2,6.6:2.1,8.3:2.1,9.4:2.1,9.7:2.2,10:2.5,10:2.8,"
        "10:4.2 L4:4.2,4.6:12.9,4.7:13.2,4.9:13.5,5.2:13.7,5.6:13.7,8:13.8,10.4:13.7,10.8:13.7,11.1:13.5,"
        "11.3:13.2,11.4:12.9,12:4.2"
    ),
    "check": ("L3:8.5,6.2:11.7,13:4.8"),
    "ok": (
        "L13.8:8,13.7:8.7,13.6:9.3,13.2:10.3,12.7:11.3,12:12.2,11.1:12.9,10.1:13.4,9.1:13.6,8.1:13.7,"
        "7.4:13.7,6.8:13.6,5.7:13.3,4.8:12.8,3.9:12,3.2:11.2,2.7:10.2,2.4:9.2,2.3:8.5,2.3:7.8,2.4:6.8,"
        "2.7:5.8,3.2:4.8,3.9:4,4.8:3.2,5.7:2.7,6.8:2.4,7.4:2.3,8.1:2.3,9.1:2.4,10.1:2.6,11.1:3.1,12:3.8,"
        "12.7:4.7,13.2:5.7,13.6:6.7,13.7:7.3,13.8:8 L5.4:8.2,7.1:9.9,7.3:9.9,10.7:6.2"
    ),
    "alert": ("L8:2.4,13.9:12.7,13.9:13,2.1:13,2.1:12.7,8:2.4 L8:6.6,8:9.4 L8:11.2,8:11.2"),
    "reply": (
        "L6.5:4,2.6:7.4,2.6:7.6,6.5:11 L2.5:7.5,9.4:7.5,10.4:7.7,11:8,11.6:8.3,12.1:8.8,12.6:9.3,13:9.8,"
        "13.2:10.5,13.4:11.1,13.5:11.8,13.5:12.5"
    ),
    "ticket": (
        "L2:5,2.1:4.7,2.2:4.4,2.5:4.1,2.8:4,12.9:4,13.2:4,13.6:4.2,13.8:4.4,14:4.7,14:5.1,14:6.5,"
        "13.4:6.6,13.1:6.8,12.8:7.1,12.6:7.4,12.5:7.7,12.5:8,12.5:8.4,12.7:8.7,12.9:9,13.1:9.2,13.4:9.4,"
        "13.8:9.5,14:9.6,14:11,13.9:11.3,13.8:11.6,13.5:11.9,13.2:12,12.8:12,3.1:12,2.8:12,2.4:11.8,"
        "2.2:11.6,2:11.3,2:10.9,2:9.5,2.6:9.4,2.9:9.2,3.2:8.9,3.4:8.6,3.5:8.3,3.5:8,3.5:7.6,3.3:7.3,"
        "3.1:7,2.9:6.8,2.6:6.6,2.2:6.5,2:6.4,2:5 L9.8:4.2,9.8:5.2 L9.8:7.5,9.8:8.5 L9.8:10.8,9.8:11.8"
    ),
    "x": ("L4:4,12:12 L12:4,4:12"),
    "info": (
        "L13.8:8,13.7:8.7,13.6:9.3,13.2:10.3,12.7:11.3,12:12.2,11.1:12.9,10.1:13.4,9.1:13.6,8.1:13.7,"
        "7.4:13.7,6.8:13.6,5.7:13.3,4.8:12.8,3.9:12,3.2:11.2,2.7:10.2,2.4:9.2,2.3:8.5,2.3:7.8,2.4:6.8,"
        "2.7:5.8,3.2:4.8,3.9:4,4.8:3.2,5.7:2.7,6.8:2.4,7.4:2.3,8.1:2.3,9.1:2.4,10.1:2.6,11.1:3.1,12:3.8,"
        "12.7:4.7,13.2:5.7,13.6:6.7,13.7:7.3,13.8:8 L8:7.4,8:10.8 L8:5.2,8:5.2"
    ),
}


def _points(shape: str, unit: float) -> list[tuple[float, float]]:
    pairs = (pair.split(":") for pair in shape[1:].split(","))
    return [(float(x) * unit, float(y) * unit) for x, y in pairs]


def _stroke(pen: ImageDraw.ImageDraw, points: list[tuple[float, float]], width: float, colour: str) -> None:
    pen.line(points, fill=colour, width=round(width), joint="curve")
    for x, y in (points[0], points[-1]):
        pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=colour)


def draw_icon(name: str, pixels: int, colour: str) -> Image.Image:
    """A square picture with a transparent ground."""
    unit = pixels * FINE / 16
    image = Image.new("RGBA", (pixels * FINE, pixels * FINE), colour + "00")
    pen = ImageDraw.Draw(image)
    for shape in SHAPES[name].split(" "):
        points = _points(shape, unit)
        if shape[0] == "F" and len(points) > 2:
            pen.polygon(points, fill=colour)
        _stroke(pen, points, 1.5 * unit, colour)
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)


def icon_image(pixels: int) -> Image.Image:
    """Deskbell's sign: the bell on a petrol plate (24 x 24 units)."""
    unit = pixels * 4 / 24
    image = Image.new("RGBA", (pixels * 4, pixels * 4), PETROL + "00")
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, pixels * 4 - 1, pixels * 4 - 1), 6.5 * unit, fill=PETROL)
    for radius, colour in ((5.5, "#ffffff"), (2.2, "#b9d5d9")):
        box = tuple(
            unit * v for v in (12 - radius - 1, 14.5 - radius - 1, 12 + radius + 1, 14.5 + radius + 1)
        )
        pen.arc(box, 180, 360, fill=colour, width=round(2 * unit))
        for x in (12 - radius, 12 + radius):
            pen.ellipse([unit * v for v in (x - 1, 13.5, x + 1, 15.5)], fill=colour)
    for x in (6.5, 17.5):
        pen.ellipse([unit * v for v in (x - 1.3, 15.7, x + 1.3, 18.3)], fill="#ffffff")
    return image.resize((pixels, pixels), Image.Resampling.LANCZOS)
