"""Write pictures as a film: H.264 in mp4 through ffmpeg, or gif without it."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from livermet_sim.base.errors import ResultError

GIF_WIDTH = 760


def encoder() -> str | None:
    """Return the ffmpeg to use: that of the extra ``film``, or the system's; None where there is none."""
    try:
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return shutil.which("ffmpeg")


def mp4(pictures: Iterator[np.ndarray], path: Path, fps: float) -> None:
    """Encode pictures as H.264, which browsers and slides play."""
    program = encoder()
    if program is None:
        raise ResultError(
            str(path.name),
            'mp4 needs ffmpeg; pip install "livermet-sim[film]", or choose a name that ends in .gif',
        )
    first = next(pictures)
    high, wide = first.shape[:2]
    words = [program, "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{wide}x{high}",
             "-r", f"{fps:g}", "-i", "-", "-an", "-c:v", "libx264", "-preset", "veryfast", "-crf", "23", "-pix_fmt", "yuv420p",
             "-movflags", "+faststart", "-threads", "1", str(path)]  # fmt: skip
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(words, stdin=subprocess.PIPE, stderr=errors) as process,
    ):
        assert process.stdin is not None
        try:
            for picture in itertools.chain([first], pictures):
                process.stdin.write(picture.tobytes())
            process.stdin.close()
        except BrokenPipeError:
            pass  # ffmpeg says why below
        except BaseException:
            process.kill()
            raise
        if process.wait():
            errors.seek(0)
            reason = errors.read().decode(errors="replace").strip().splitlines()[-1:] or ["no reason given"]
            raise ResultError(path.name, f"ffmpeg could not write the film ({reason[0][:160]})")


def gif(pictures: Iterator[np.ndarray], path: Path, fps: float) -> None:
    """Encode pictures as a gif of one palette, smaller than the mp4."""
    small = [_smaller(Image.fromarray(picture)) for picture in pictures]
    # colours of all times: a palette of the last picture alone would lack the early ones
    sample = Image.fromarray(
        np.concatenate([np.asarray(small[i]) for i in {0, len(small) // 2, len(small) - 1}])
    )
    palette = sample.quantize(64, method=Image.Quantize.MEDIANCUT)
    flat = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in small]
    flat[0].save(
        path, save_all=True, append_images=flat[1:], duration=round(1000 / fps), loop=0, optimize=False
    )


def _smaller(picture: Image.Image) -> Image.Image:
    size = (GIF_WIDTH, round(GIF_WIDTH * picture.height / picture.width))
    return picture.resize(size, Image.Resampling.BOX)
