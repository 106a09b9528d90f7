"""Assembling the timeline from shots and selects, and checking what every timeline must keep."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise

from songcut.errors import InputError
from songcut.model.analysis import SongAnalysis
from songcut.model.shots import ShotList
from songcut.model.song import Song
from songcut.model.takes import PictureFormat, Select, Take
from songcut.model.timeline import Clip, Marker, Timeline
from songcut.model.timing import film_length, nearest_frame


def assemble(
    song: Song,
    analysis: SongAnalysis,
    shots: ShotList,
    selects: tuple[Select, ...],
    takes: Mapping[str, Take],
    picture: PictureFormat,
) -> Timeline:
    """Lay the selects end to end over the song.

    Parameters
    ----------
    selects
        One for every shot, in order.
    takes
        By id; the media of a select's take goes into the timeline.
    picture
        The film's size and rate; its rate is the shots'.

    Returns
    -------
    Timeline
        Passes ``check_timeline``; sections are markers.
    """
    clips = []
    for shot, select in zip(shots.shots, selects, strict=True):
        take = takes[select.take]
        clips.append(
            Clip(
                frames=shot.frames,
                media=take.path,
                in_point=select.in_point,
                available=take.duration,
                take=take.id,
                name=take.caption,
            )
        )
    length = film_length(analysis.duration, picture.rate)
    markers = tuple(
        Marker(
            frame=min(nearest_frame(section.start, picture.rate), length - 1),
            name=f"{section.letter} {section.function}",
            comment=f"energy {section.energy:.2f}",
        )
        for section in analysis.sections
    )
    timeline = Timeline(
        name=song.title or "song",
        picture=picture,
        clips=tuple(clips),
        song=song.path,
        duration=analysis.duration,
        markers=markers,
    )
    check_timeline(timeline)
    return timeline


def check_timeline(timeline: Timeline) -> None:
    """Check that a timeline can be rendered: no clip asks for picture that its media does not have.

    Raises
    ------
    InputError
        Naming the clip, counted from 1, and its place in the film.
    """
    rate = timeline.picture.rate
    for number, clip in enumerate(timeline.clips, start=1):
        if clip.media is None or clip.available is None:
            continue
        # The last frame is shown at its middle (see media.reading), so half a frame may hang over the end.
        used = (clip.frames.length - Fraction(1, 2)) / rate * clip.speed
        if clip.in_point < 0 or clip.in_point + used > clip.available:
            raise InputError(
                f"clip {number} of the timeline (film frame {clip.frames.start}) asks for {float(clip.in_point):.3f} "
                f"to {float(clip.in_point + used):.3f} s of {clip.media}, which has {float(clip.available):.3f} s; "
                "trim it"
            )


def repeated_neighbours(timeline: Timeline) -> tuple[int, ...]:
    """Return the indices of clips that show the same take as the clip before them; songcut's own cuts have none."""
    return tuple(
        index
        for index, (before, after) in enumerate(pairwise(timeline.clips), start=1)
        if after.media is not None and (before.media, before.take) == (after.media, after.take)
    )
