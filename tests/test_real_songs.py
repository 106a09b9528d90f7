"""Films of two real songs at 1280x720, every law checked on the rendered file."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import film_laws
import media_makers as make
from songcut.media.reading import read_pictures
from songcut.options import MakeOptions
from songcut.pipeline import make as make_film

SAMPLES = Path(__file__).parents[1] / "samples"
RATES = {n: (Fraction(24), Fraction(25), Fraction(30), Fraction(30000, 1001))[n % 4] for n in range(12)}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3000)]


def film_of(song: Path, folder: Path, **options) -> film_laws.FilmUnderTest:
    made = make_film(song, MakeOptions(film=folder / "film.mp4", size="1280x720", **options))
    return film_laws.FilmUnderTest(made.film, made.project, song)


def test_a_procedural_film_of_a_song_with_words(tmp_path):
    film = film_of(SAMPLES / "on-the-run.ogg", tmp_path)
    film.check_all()
    film.check_frames_are_the_takes()
    assert (tmp_path / "on-the-run.songcut" / "lyrics.lrc").read_text().count("\n") > 40
    families = {dict(take.settings)["family"] for take in film.takes.values()}
    assert len(families) >= 4
    means = [float(p[:180].mean()) for p in read_pictures(film.film, [Fraction(n) for n in range(280)], 320, 180)]
    assert np.percentile(means, 5) > 24, "nearly black for long"
    assert np.percentile(means, 95) < 200, "blown out for long"


def test_a_film_of_an_instrumental_from_twelve_clips(tmp_path):
    folder = tmp_path / "clips"
    folder.mkdir()
    for n, rate in RATES.items():
        size = (720, 1280) if n % 5 == 4 else (1280, 720)
        clip = folder / f"{n:02}.mp4"
        make.write_coded_clip(clip, clip=n, frames=int(10 * rate), width=size[0], height=size[1], rate=rate)
    film = film_of(SAMPLES / "metal-madness.ogg", tmp_path, clips=(folder,))
    film.check_all()
    film.check_coded_frames(RATES, lambda media: int(Path(media).stem))
    assert len({select.take for select in film.selects}) == 12, "some of the material was never used"
