"""Paint portraits of sample people with Pillow."""

from io import BytesIO

from PIL import Image, ImageDraw

from app.photos.sizes import PhotoSizes
from app.samples.faces import Face
from app.samples.shapes import FIELD, Point

PORTRAIT_SIZE = (480, 600)
THUMBNAIL_SIZE = (192, 240)
_OVERSAMPLING = 3  # oversampling factor, for smooth edges


def paint(face: Face) -> PhotoSizes:
    """Paint both sizes of a face, as JPEG."""
    scale = PORTRAIT_SIZE[0] / FIELD[0] * _OVERSAMPLING
    canvas = Image.new("RGB", (PORTRAIT_SIZE[0] * _OVERSAMPLING, PORTRAIT_SIZE[1] * _OVERSAMPLING))
    draw = ImageDraw.Draw(canvas)
    for shape in face.shapes():
        points = [(x * scale, y * scale) for x, y in shape.points]
        if shape.width:
            _paint_line(draw, points, shape.colour, shape.width * scale)
        else:
            draw.polygon(points, fill=shape.colour)
    portrait = canvas.reduce(_OVERSAMPLING)
    thumbnail = portrait.resize(THUMBNAIL_SIZE, Image.Resampling.LANCZOS, reducing_gap=1.2)
    return PhotoSizes(_jpeg(portrait), _jpeg(thumbnail))


def _paint_line(draw: ImageDraw.ImageDraw, points: list[Point], colour: str, width: float) -> None:
    """Paint a line with round ends."""
    draw.line(points, fill=colour, width=round(width), joint="curve")
    for x, y in (points[0], points[-1]):
        draw.circle((x, y), width / 2, fill=colour)


def _jpeg(image: Image.Image) -> bytes:
    output = BytesIO()
    image.save(output, "JPEG", quality=88, optimize=True, subsampling=0)
    return output.getvalue()
