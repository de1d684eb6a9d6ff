"""What an upload costs: a 12-megapixel JPEG becomes both sizes."""

from __future__ import annotations

import io
import random
import statistics
import time

from PIL import Image

from app.photos import processing


def report(repeats: int = 9) -> str:
    """The CPU of one upload, the median of several, in a sentence."""
    upload = _photo_of_12_megapixels()
    processing.make(io.BytesIO(upload))
    spent = []
    for _ in range(repeats):
        before = time.process_time()
        processing.make(io.BytesIO(upload))
        spent.append(time.process_time() - before)
    return (
        f"A 12-megapixel JPEG of {len(upload) / 1e6:.1f} MB becomes both sizes in "
        f"{1000 * statistics.median(spent):.0f} ms of CPU (median of {repeats})."
    )


def _photo_of_12_megapixels() -> bytes:
    """Soft shapes with grain, as a camera would see them: neither flat colour nor pure noise."""
    noise = random.Random(12)
    small = Image.new("RGB", (80, 60))
    small.putdata([tuple(noise.randrange(256) for _ in range(3)) for _ in range(80 * 60)])
    picture = small.resize((4000, 3000), Image.Resampling.BICUBIC)
    grain = Image.effect_noise((4000, 3000), 12).convert("RGB")
    out = io.BytesIO()
    Image.blend(picture, grain, 0.15).save(out, "JPEG", quality=88)
    return out.getvalue()
