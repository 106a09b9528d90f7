"""Reading OpenTimelineIO timelines, songcut's own and those that an editing program wrote or changed.

An edited time always wins; the exact fractions that songcut wrote beside the floating-point times count only where
they still agree with them.
"""

import json
import logging
import math
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from songcut.errors import DocumentError, InputError
from songcut.exporting.media_urls import media_path
from songcut.exporting.record import Span, lay_over, to_clips
from songcut.model.schema import Schema
from songcut.model.takes import PictureFormat
from songcut.model.timeline import Marker, Timeline
from songcut.model.timing import film_length, frame_rate, nearest_frame

TIMELINE_SCHEMA = Schema("timeline", 1)

# Written fractions count while they lie this close to the time beside them: far above the rounding of a float64,
# far below any edit.
_AGREEMENT_FRAMES = Fraction(1, 1000)
# Time values are read to a millionth of a frame, which removes the last-digit noise of OTIO's JSON numbers.
_VALUE_DENOMINATOR = 1_000_000

Warn = Callable[[str], None]


def read_otio(path: Path, *, default_picture: PictureFormat | None = None, warn: Warn | None = None) -> Timeline:
    """Read a timeline from an .otio file.

    Read are: trimmed, moved, exchanged and deleted clips in any frame rate; gaps and disabled clips (black); linear
    speed changes and frozen frames; several video tracks, of which the topmost picture is seen; markers. Transitions
    and other effects are left out with a warning. The film is as long as the song: a shorter picture is followed by
    black, a longer one cut. Edges that lie between film frames go to the nearest one by their time on the record,
    so that rounding never adds up.

    Parameters
    ----------
    path
        The file; relative media paths in it are relative to its folder and stay so.
    default_picture
        Format of the film if the file does not say: only songcut writes it.
    warn
        Called with one sentence about each thing that is not rendered as it stands; logged by default.

    Raises
    ------
    DocumentError
        If the file is not such a timeline, or holds what songcut cannot render (nested sequences, reversed clips,
        missing media).
    """
    reader = _Reader(Path(os.path.normpath(path.absolute())), warn or logging.getLogger(__name__).warning)
    document = reader.load()
    notes = reader.notes(document)
    picture = reader.picture(notes, default_picture)
    tracks = [track for track in reader.tracks(document) if track.kind == otio.schema.TrackKind.Video]
    if not tracks:
        raise reader.fault("it has no video track")
    layers = [reader.spans(track, document.tracks.source_range, picture.rate) for track in tracks]
    song, duration = reader.song(document, notes)
    end = max((span.stop for layer in layers for span in layer), default=Fraction(0))
    film = film_length(float(end) if duration is None else duration, picture.rate)
    reader.compare_lengths(nearest_frame(end, picture.rate), film, picture.rate)
    return Timeline(
        name=document.name,
        picture=picture,
        clips=to_clips(lay_over(layers, picture.rate), film, picture.rate),
        song=song,
        duration=float(end) if duration is None else duration,
        markers=tuple(reader.markers(document, tracks, picture.rate)),
    )


@dataclass(frozen=True)
class _Reader:
    """One file being read: where messages say it is, and where relative media lie."""

    path: Path
    warn: Warn

    def fault(self, reason: str) -> DocumentError:
        return DocumentError(self.path, reason)

    def load(self) -> otio.schema.Timeline:
        try:
            text = self.path.read_text(encoding="utf-8-sig")
            json.loads(text)  # for the line number, which OTIO's own parser does not give
            document = otio.core.deserialize_json_from_string(text)
        except json.JSONDecodeError as error:
            raise DocumentError(self.path, f"this is not JSON: {error.msg}", error.lineno) from None
        except UnicodeDecodeError:
            raise self.fault("this is not a text file, so it is no .otio timeline") from None
        except OSError as error:
            raise InputError(f"{self.path}: the timeline cannot be read: {error.strerror or error}") from None
        # OTIO raises its own tree, ValueError, KeyError and TypeError for malformed documents.
        except (otio.exceptions.OTIOError, ValueError, LookupError, TypeError, RuntimeError) as error:
            raise self.fault(f"this is not a timeline that OpenTimelineIO can read: {error}") from None
        if isinstance(document, otio.schema.SerializableCollection) and len(document) == 1:
            document = document[0]
        if not isinstance(document, otio.schema.Timeline):
            kind = type(document).__name__
            raise self.fault(f"an OpenTimelineIO timeline was expected, this holds a {kind}")
        return document

    def notes(self, holder: Any) -> dict[str, Any]:
        """Return what songcut wrote on an object, or nothing."""
        found = holder.metadata.get("songcut")
        return dict(found) if isinstance(found, Mapping) else {}

    def picture(self, notes: dict[str, Any], default: PictureFormat | None) -> PictureFormat:
        if "schema" not in notes:
            if default is None:
                raise self.fault("it does not say the film's size and frame rate; give them with --format and --fps")
            self.warn(
                f"{self.path.name} does not say the film's format; it is rendered at {default.width}x{default.height}, "
                f"{float(default.rate):g} frames/s"
            )
            return default
        if notes["schema"] != TIMELINE_SCHEMA.label:
            raise self.fault(f"metadata.songcut.schema is {notes['schema']!r}, expected {TIMELINE_SCHEMA.label!r}")
        try:
            return PictureFormat(int(notes["width"]), int(notes["height"]), frame_rate(str(notes["rate"])))
        except (KeyError, TypeError, ValueError, InputError) as error:
            raise self.fault(f"metadata.songcut does not give the film's width, height and rate: {error}") from None

    def tracks(self, document: otio.schema.Timeline) -> list[otio.schema.Track]:
        """Return the enabled tracks, bottom first."""
        tracks = list(document.tracks or ())
        for track in tracks:
            if not isinstance(track, otio.schema.Track):
                raise self.fault(f"{_called(track)} lies beside the tracks; {_FLATTEN}")
        return [track for track in tracks if track.enabled]

    def seconds(self, time: otio.opentime.RationalTime) -> Fraction:
        """Return a time in exact seconds."""
        if not (math.isfinite(time.value) and math.isfinite(time.rate) and time.rate > 0):
            raise self.fault(f"a time of {time.value} at {time.rate} frames/s makes no sense")
        value = Fraction(time.value).limit_denominator(_VALUE_DENOMINATOR)
        return value / _exact_rate(time.rate)

    def spans(
        self, track: otio.schema.Track, stack_range: otio.opentime.TimeRange | None, rate: Fraction
    ) -> list[Span]:
        """Return what a track shows when, in seconds of the record, with the track's and the stack's trims."""
        spans: list[Span] = []
        at = Fraction(0)
        for item in track:
            if isinstance(item, otio.schema.Transition):
                self.warn(f"the transition {item.name!r} at {_clock(at)} is left out: there is a straight cut instead")
                continue
            span = self.span(item, at, rate)
            if span is not None:
                spans.append(span)
                at = span.stop
        for trim in (track.source_range, stack_range):
            if trim is not None:
                start = self.seconds(trim.start_time)
                cut = (span.between(start, start + self.seconds(trim.duration)) for span in spans)
                spans = [span.moved(-start) for span in cut if span is not None]
        return spans

    def span(self, item: Any, at: Fraction, rate: Fraction) -> Span | None:
        """Return one item of a track from where it lies on the record, or None if it is empty."""
        if not isinstance(item, otio.schema.Clip | otio.schema.Gap):
            raise self.fault(f"{_called(item)} at {_clock(at)} is a nested sequence; {_FLATTEN}")
        media = item.media_reference if isinstance(item, otio.schema.Clip) else None
        offered = None if media is None else media.available_range
        used = item.source_range or offered
        if used is None:
            raise self.fault(f"{_called(item)} at {_clock(at)} has no length: neither source_range nor available_range")
        duration = self.seconds(used.duration)
        if duration < 0:
            raise self.fault(f"{_called(item)} at {_clock(at)} has a negative length")
        if duration == 0:
            return None
        black = Span(at, at + duration, name=item.name)
        if media is None or not item.enabled:
            return black
        if isinstance(media, otio.schema.GeneratorReference):
            self.warn(f"{_called(item)} at {_clock(at)} is made by a generator of another program: black instead")
            return black
        return self.shown(item, black, used, rate)

    def shown(self, item: otio.schema.Clip, span: Span, used: otio.opentime.TimeRange, rate: Fraction) -> Span:
        """Return the span with the media that a clip shows in it."""
        where = f"{_called(item)} at {_clock(span.start)}"
        reference = item.media_reference
        if not isinstance(reference, otio.schema.ExternalReference):
            raise self.fault(f"{where} has no media file ({type(reference).__name__}); relink it")
        try:
            media = media_path(reference.target_url, self.path.parent)
        except ValueError as error:
            raise self.fault(f"{where}: {error}") from None
        notes = self.notes(item)
        if not self.same_media(notes.get("media"), media):
            notes = {}  # relinked: what was known of the old media is no longer so
        offered = reference.available_range
        # Media with time code start at it, and source ranges count from there too.
        in_point = self.seconds(used.start_time) - (self.seconds(offered.start_time) if offered else 0)
        in_point = _agreed(notes.get("in_point"), in_point, rate)
        if in_point < 0:
            raise self.fault(f"{where} starts {_clock(-in_point)} before its media does; trim it")
        available = None if offered is None else self.seconds(offered.duration)
        return Span(
            start=span.start,
            stop=span.stop,
            media=media,
            in_point=in_point,
            speed=self.speed(item, notes, where),
            available=None if available is None else _agreed(notes.get("available"), available, rate),
            take=str(notes.get("take", "")),
            name=item.name,
        )

    def same_media(self, noted: object, media: str) -> bool:
        """Whether the media is the one that songcut noted for the clip."""
        try:
            return isinstance(noted, str) and media_path(noted, self.path.parent) == media
        except ValueError:
            return False

    def speed(self, item: otio.schema.Clip, notes: dict[str, Any], where: str) -> Fraction:
        speed = Fraction(1)
        for effect in item.effects:
            if isinstance(effect, otio.schema.LinearTimeWarp):  # a FreezeFrame is one, of speed 0
                if not math.isfinite(effect.time_scalar) or effect.time_scalar < 0:
                    raise self.fault(f"{where} plays backwards, which songcut cannot render; reverse the media itself")
                speed *= _noted_fraction(notes.get("speed"), effect.time_scalar)
            else:
                named = effect.effect_name or effect.name or type(effect).__name__
                self.warn(f"the effect {named!r} on {where} is left out")
        return speed

    def song(self, document: otio.schema.Timeline, notes: dict[str, Any]) -> tuple[str, float | None]:
        """Return the song's path and its seconds if known: of the longest clip on the audio tracks."""
        clips = [
            (item, at)
            for track in self.tracks(document)
            if track.kind == otio.schema.TrackKind.Audio
            for item, at in self.sounds(track)
        ]
        if not clips:
            if not isinstance(notes.get("song"), str):
                raise self.fault("it has no audio track with the song")
            self.warn(f"{self.path.name} has no song on its audio tracks; the film gets the project's song")
            return self.path_of(notes["song"]), self.noted_duration(notes)
        clip, at = max(clips, key=lambda each: self.seconds(_length_of(each[0])))
        song = self.path_of(clip.media_reference.target_url)
        if len({item.media_reference.target_url for item, _ in clips}) > 1:
            self.warn(f"{self.path.name} has several sounds; the film gets only the longest, {song}")
        used, offered = clip.source_range, clip.media_reference.available_range
        begins = self.seconds(offered.start_time) if offered is not None else Fraction(0)
        if at > 0 or (used is not None and self.seconds(used.start_time) > begins):
            self.warn(f"the song was moved or trimmed in {self.path.name}; the film plays it whole, from the start")
        if self.same_media(notes.get("song"), song) and self.noted_duration(notes) is not None:
            return song, self.noted_duration(notes)
        return song, None if offered is None else float(self.seconds(offered.duration))

    def sounds(self, track: otio.schema.Track) -> Iterator[tuple[otio.schema.Clip, Fraction]]:
        """Yield the track's clips that have a file and a length, and where they lie on the record."""
        at = Fraction(0)
        for item in track:
            if isinstance(item, otio.schema.Transition):
                continue
            length = _length_of(item)
            reference = getattr(item, "media_reference", None)
            if length is not None and isinstance(reference, otio.schema.ExternalReference) and item.enabled:
                yield item, at
            at += Fraction(0) if length is None else self.seconds(length)

    def path_of(self, url: str) -> str:
        try:
            return media_path(url, self.path.parent)
        except ValueError as error:
            raise self.fault(f"the song's {error}") from None

    def noted_duration(self, notes: dict[str, Any]) -> float | None:
        try:
            duration = float(notes["duration"])
        except (KeyError, TypeError, ValueError):
            return None
        return duration if math.isfinite(duration) and duration > 0 else None

    def compare_lengths(self, cut: int, film: int, rate: Fraction) -> None:
        """Say so if the picture does not end with the song."""
        lengths = f"the picture lasts {_clock(cut / rate)} and the song {_clock(film / rate)}"
        if cut < film:
            self.warn(f"in {self.path.name} {lengths}; the rest of the film is black")
        elif cut > film:
            self.warn(f"in {self.path.name} {lengths}; the film ends with the song")

    def markers(
        self, document: otio.schema.Timeline, tracks: list[otio.schema.Track], rate: Fraction
    ) -> Iterator[Marker]:
        """Yield the markers on the timeline and on its video tracks."""
        for holder in (document.tracks, *tracks):
            for marker in holder.markers:
                frame = nearest_frame(self.seconds(marker.marked_range.start_time), rate)
                if frame >= 0:
                    yield Marker(frame, marker.name, marker.comment)


_FLATTEN = "flatten the timeline in the editor and save it again"


def _called(item: Any) -> str:
    return f"{type(item).__name__.lower()} {item.name!r}"


def _clock(seconds: Fraction | int) -> str:
    return f"{float(seconds):.2f} s"


def _length_of(item: Any) -> otio.opentime.RationalTime | None:
    """Return an item's own length without asking OTIO, which raises where there is none."""
    if item.source_range is not None:
        return item.source_range.duration
    reference = getattr(item, "media_reference", None)
    if reference is None or reference.available_range is None:
        return None
    return reference.available_range.duration


def _exact_rate(rate: float) -> Fraction:
    """Read a rate of OTIO: frames per second, NTSC's made exact, or ticks and samples beyond 240."""
    if 1 <= rate <= 240:
        return frame_rate(rate)
    return Fraction(rate).limit_denominator(1_000_000) or Fraction(rate)


def _agreed(noted: object, time: Fraction, rate: Fraction) -> Fraction:
    """Return songcut's own exact time if it still agrees with the one in the timeline, else that one."""
    exact = _fraction(noted)
    return exact if exact is not None and abs(exact - time) * rate <= _AGREEMENT_FRAMES else time


def _noted_fraction(noted: object, value: float) -> Fraction:
    exact = _fraction(noted)
    if exact is not None and math.isclose(float(exact), value, rel_tol=1e-9, abs_tol=1e-12):
        return exact
    return Fraction(value).limit_denominator(_VALUE_DENOMINATOR)


def _fraction(noted: object) -> Fraction | None:
    try:
        return Fraction(noted) if isinstance(noted, str) else None
    except (ValueError, ZeroDivisionError):
        return None
