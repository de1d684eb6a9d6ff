"""Name what was chosen in place of a photo that can be used, and the way out.

HEIC is named and not decoded: it would need one more decoder in native code, and an iPhone makes a
JPEG by itself where a page asks for one.
"""

import re

KINDS = "JPEG, PNG, WebP or GIF"
# The first bytes that are looked at.
HEAD_BYTES = 64
_HEIC = (
    "This is an iPhone photo (HEIC), which browsers do not show. Export or share it as JPEG, then "
    "choose that file. For the next photos, set Settings > Camera > Formats > Most Compatible on "
    "the iPhone."
)
_RAW = "a RAW photo of a camera"
# What a file begins with, as a pattern, and what it is. A sentence of its own ends with a stop.
_OTHERS = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), name)
    for pattern, name in (
        (rb".{4}ftyp.{0,48}avi[fs]", "an AVIF image"),
        (rb".{4}ftyp(?:hei[cxms]|hev[cxms]|mif1|msf1)", _HEIC),
        (rb".{4}ftypcrx", _RAW),
        (rb".{4}ftyp", "a video"),
        (rb"II\*\x00.{4}CR|FUJIFILM|IIR[OS]|IIU\x00", _RAW),
        (rb"II[*+]\x00|MM\x00[*+]", "a TIFF image or a RAW photo of a camera"),
        (rb"%PDF", "a PDF"),
        (rb"BM.{4}\x00{4}", "a BMP image"),
        (rb"8BPS", "a Photoshop file"),
        (rb"\xff\x0a|\x00\x00\x00\x0cJXL ", "a JPEG XL image"),
        (rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 image"),
        (rb"\x00\x00\x01\x00", "an icon file"),
        (rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.*)?<svg", "an SVG drawing"),
        (rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|\?xml|!--)", "a web page or an XML file"),
        (rb"PK\x03\x04", "a ZIP archive or an Office document"),
        (rb"\xd0\xcf\x11\xe0", "an Office document"),
        (rb"\x1a\x45\xdf\xa3|RIFF.{4}AVI ", "a video"),
    )
)


def refusal(data: bytes) -> str:
    """Return what a file is that is no photo of KINDS, and what to do, by its first bytes."""
    head = data[:HEAD_BYTES]
    name = next((name for pattern, name in _OTHERS if pattern.match(head)), "")
    if name.endswith("."):
        return name
    if name:
        return f"This is {name}. Save the photo as {KINDS}, then choose that file."
    return f"The photo is not a {KINDS}. Choose a photo of one of these types."
