"""Ordering takes: for every shot of the film, several takes that differ usefully."""

from songcut.model.analysis import SongAnalysis
from songcut.model.music import music_curves
from songcut.model.schema import digest
from songcut.model.shots import Shot, ShotList
from songcut.model.takes import PictureFormat
from songcut.model.timing import FrameRange
from songcut.model.treatment import Colour, Treatment
from songcut.ports import TakeOrder

# Part of every order's id: raise it when the same order makes other pictures.
VERSION = 1


def order_takes(
    shots: ShotList,
    treatment: Treatment,
    analysis: SongAnalysis,
    picture: PictureFormat,
    *,
    generator: str,
    takes_a_shot: int,
    seed: int,
) -> tuple[TakeOrder, ...]:
    """Order the takes of a film.

    Parameters
    ----------
    picture
        The film's size and rate.
    generator
        Name of the generator that will shoot them.
    takes_a_shot
        At least 1.
    seed
        Decides, with the shot's place and the take's number, each order's own seed.

    Returns
    -------
    tuple of TakeOrder
        Shot by shot. An order's id hashes all that decides the take, so an edit of one section's prompt changes the
        ids of that section's orders alone.
    """
    film = music_curves(analysis, FrameRange(0, shots.length), shots.rate)
    heard = digest(analysis)
    letters = sorted({section.letter for section in treatment.sections})
    palettes = {letter: letter_palette(treatment.palette, place) for place, letter in enumerate(letters)}
    orders = []
    for shot in shots.shots:
        music = film.during(shot.frames)
        palette = palettes[treatment.sections[shot.section].letter]
        look = digest(palette, treatment.style, treatment.negative_prompt)
        for number in range(takes_a_shot):
            variation = _variation(shot, number, treatment)
            own = digest(
                VERSION, generator, seed, heard, look, picture, number, variation,
                shot.frames, shot.prompt, shot.camera, shot.energy,
            )  # fmt: skip
            orders.append(
                TakeOrder(
                    id=own[:32],
                    shot=shot,
                    number=number,
                    variation=variation,
                    seed=int(digest(seed, shot.frames.start, number)[:8], 16),
                    picture=picture,
                    palette=palette,
                    style=treatment.style,
                    negative_prompt=treatment.negative_prompt,
                    music=music,
                )
            )
    return tuple(orders)


def letter_palette(palette: tuple[Colour, ...], place: int) -> tuple[Colour, ...]:
    """Return the part of a palette that the sections of one letter are shot in.

    All share the darkest and the lightest colour, so that the film stays one film; of the others each letter takes
    two, the next letter starting one further on, so that its parts differ. Four colours or fewer stay as they are.

    Parameters
    ----------
    place
        The letter's place among the song's letters, from 0.
    """
    if len(palette) <= 4:
        return palette
    by_light = sorted(palette, key=_luma)
    ends = {by_light[0], by_light[-1]}
    between = [colour for colour in palette if colour not in ends]
    kept = {*ends, between[place % len(between)], between[(place + 1) % len(between)]}
    return tuple(colour for colour in palette if colour in kept)


def _luma(colour: Colour) -> float:
    red, green, blue = colour.rgb
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _variation(shot: Shot, number: int, treatment: Treatment) -> str:
    """Return the take's addition to the prompt: the variations in turn, each shot of a section starting further on."""
    variations = treatment.sections[shot.section].variations
    if not variations:
        return ""
    return variations[(shot.index + number) % len(variations)]
