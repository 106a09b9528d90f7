"""OpenTimelineIO: the format the cut is kept in, and the door to editing programs.

opentimelineio is imported at the top: this module is loaded by entry point, or by who renders a timeline.
"""

import os
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

from songcut.exporting.media_urls import media_url
from songcut.exporting.otio_reader import TIMELINE_SCHEMA, read_otio
from songcut.model.timeline import Clip, Marker, Timeline
from songcut.saving import write_text

__all__ = ["OtioExporter", "read_otio"]


class OtioExporter:
    """Writes a timeline as OpenTimelineIO: a video track, an audio track with the song, and markers.

    What OTIO's floating-point times cannot hold exactly (in-points, the frame rate, the song's length) is written
    beside them as fractions, under ``metadata["songcut"]``.
    """

    name = "otio"
    suffix = ".otio"

    def export(self, timeline: Timeline, path: Path) -> None:
        """Write the timeline; the file appears whole or not at all.

        Relative media paths are taken as relative to the file's folder; absolute ones below it become relative.

        Raises
        ------
        OutputError
            If the file cannot be written.
        """
        path = Path(os.path.normpath(path.absolute()))
        write_text(otio.core.serialize_json_to_string(_otio_timeline(timeline, path.parent)) + "\n", path)


def _otio_timeline(timeline: Timeline, folder: Path) -> otio.schema.Timeline:
    rate = timeline.picture.rate
    result = otio.schema.Timeline(name=_text(timeline.name), global_start_time=_time(Fraction(0), rate))
    result.metadata["songcut"] = {
        "schema": TIMELINE_SCHEMA.label,
        "width": timeline.picture.width,
        "height": timeline.picture.height,
        "rate": str(rate),
        # As text: OTIO's JSON reader may be off by the last binary digit of a number.
        "duration": repr(timeline.duration),
        "song": media_url(timeline.song, folder),
    }
    video = otio.schema.Track(name="Picture", kind=otio.schema.TrackKind.Video)
    video.extend([_item(clip, rate, folder) for clip in timeline.clips])
    audio = otio.schema.Track(name="Song", kind=otio.schema.TrackKind.Audio)
    audio.append(_song_item(timeline, folder))
    result.tracks.extend([video, audio])
    result.tracks.markers.extend([_marker(marker, rate) for marker in timeline.markers])
    return result


def _item(clip: Clip, rate: Fraction, folder: Path) -> otio.schema.Clip | otio.schema.Gap:
    # OTIO: a time effect leaves the item's own duration, the film's, as it is.
    used = _range(clip.in_point, Fraction(clip.frames.length) / rate, rate)
    if clip.media is None:
        return otio.schema.Gap(name=_text(clip.name), source_range=used)
    url = media_url(clip.media, folder)
    offered = None if clip.available is None else _range(Fraction(0), clip.available, rate)
    item = otio.schema.Clip(
        name=_text(clip.name),
        media_reference=otio.schema.ExternalReference(target_url=url, available_range=offered),
        source_range=used,
    )
    item.metadata["songcut"] = {
        "take": clip.take,
        "media": url,
        "in_point": str(clip.in_point),
        "speed": str(clip.speed),
        "available": None if clip.available is None else str(clip.available),
    }
    if clip.speed == 0:
        item.effects.append(otio.schema.FreezeFrame())
    elif clip.speed != 1:
        item.effects.append(otio.schema.LinearTimeWarp(name="speed", time_scalar=float(clip.speed)))
    return item


def _song_item(timeline: Timeline, folder: Path) -> otio.schema.Clip:
    whole = _range(Fraction(0), Fraction(timeline.duration), timeline.picture.rate)
    return otio.schema.Clip(
        name=_text(Path(timeline.song).stem),
        media_reference=otio.schema.ExternalReference(
            target_url=media_url(timeline.song, folder), available_range=whole
        ),
        source_range=whole,
    )


def _marker(marker: Marker, rate: Fraction) -> otio.schema.Marker:
    return otio.schema.Marker(
        name=_text(marker.name),
        marked_range=_range(Fraction(marker.frame) / rate, Fraction(0), rate),
        comment=_text(marker.comment),
    )


def _range(start: Fraction, duration: Fraction, rate: Fraction) -> otio.opentime.TimeRange:
    return otio.opentime.TimeRange(_time(start, rate), _time(duration, rate))


def _time(seconds: Fraction, rate: Fraction) -> otio.opentime.RationalTime:
    return otio.opentime.RationalTime(float(seconds * rate), float(rate))


def _text(text: str) -> str:
    """Make text that OTIO's JSON can hold: no NUL (it cuts the string), no lone surrogates (from odd file names)."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()
