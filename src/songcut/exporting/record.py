"""From what an editor laid on tracks, in seconds, to the clips that tile the film, in frames."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from songcut.model.timeline import Clip
from songcut.model.timing import FrameRange, exact_time, nearest_frame


@dataclass(frozen=True)
class Span:
    """One item of a video track between two exact times of the record, in seconds; ``media`` None is see-through.

    The other fields are those of ``Clip``.
    """

    start: Fraction
    stop: Fraction
    media: str | None = None
    in_point: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    available: Fraction | None = None
    take: str = ""
    name: str = ""

    def between(self, start: Fraction, stop: Fraction) -> "Span | None":
        """Return the part inside a range of the record, or None if there is none."""
        first, last = max(start, self.start), min(stop, self.stop)
        if first >= last:
            return None
        return replace(self, start=first, stop=last, in_point=self.in_point + (first - self.start) * self.speed)

    def moved(self, by: Fraction) -> "Span":
        """Return it later on the record by some seconds."""
        return replace(self, start=self.start + by, stop=self.stop + by)

    def clip(self, frames: FrameRange, rate: Fraction) -> Clip:
        """Return the clip that shows this span in some film frames, its media in step with the record."""
        if self.media is None:
            return Clip(frames=frames, media=None, name=self.name)
        # An edge between two film frames moves by up to half a frame; the media must not move with it. Before the
        # media's first frame there is nothing, hence 0.
        late = exact_time(frames.start, rate) - self.start
        in_point = max(Fraction(0), self.in_point + late * self.speed)
        return Clip(
            frames=frames,
            media=self.media,
            in_point=in_point,
            speed=self.speed,
            available=self._available(in_point, frames, rate),
            take=self.take,
            name=self.name,
        )

    def _available(self, in_point: Fraction, frames: FrameRange, rate: Fraction) -> Fraction | None:
        """Return what the media offers, or None if only rounding to frames makes the clip ask for more.

        Such a clip holds its media's last frame for part of a frame; one that asked for more by itself is a mistake
        for the timeline's check to find.
        """
        if self.available is None:
            return None
        asked = self.in_point + (self.stop - self.start) * self.speed
        shown = in_point + Fraction(frames.length) / rate * self.speed
        return None if asked <= self.available < shown else self.available


@dataclass(frozen=True)
class Placed:
    """A span and the film frames in which it is seen."""

    frames: FrameRange
    span: Span


def lay_over(layers: Sequence[Sequence[Span]], rate: Fraction) -> list[Placed]:
    """Flatten layers, bottom first, to what is seen: in each frame the topmost span with media.

    Parameters
    ----------
    rate
        Film frames per second; every edge goes to the frame nearest its own time.

    Returns
    -------
    list of Placed
        In film order, without overlap; frames where no layer has a span are left open.
    """
    seen: list[Placed] = []
    for depth, layer in enumerate(layers):
        placed = _place(layer, rate)
        # Only the bottom layer's gaps are anything: higher ones show what is below.
        solid = [each for each in placed if depth == 0 or each.span.media is not None]
        seen = sorted(
            [*(part for each in seen for part in _outside(each, solid)), *solid], key=lambda each: each.frames.start
        )
    return seen


def to_clips(seen: Sequence[Placed], length: int, rate: Fraction) -> tuple[Clip, ...]:
    """Return clips that tile a film of some frames: open frames become black, what lies beyond the end is cut."""
    clips: list[Clip] = []
    at = 0
    for each in seen:
        start, stop = each.frames.start, min(each.frames.stop, length)
        if start >= stop:
            continue
        if start > at:
            clips.append(Clip(FrameRange(at, start), None))
        clips.append(each.span.clip(FrameRange(start, stop), rate))
        at = stop
    if at < length:
        clips.append(Clip(FrameRange(at, length), None))
    return tuple(clips)


def _place(layer: Sequence[Span], rate: Fraction) -> list[Placed]:
    placed = []
    for span in layer:
        # A trim may leave the record starting before 0.
        start, stop = max(0, nearest_frame(span.start, rate)), nearest_frame(span.stop, rate)
        if start < stop:
            placed.append(Placed(FrameRange(start, stop), span))
    return placed


def _outside(lower: Placed, covers: Sequence[Placed]) -> list[Placed]:
    """Return the parts of a placed span that no cover hides; the covers are in order and do not overlap."""
    parts = []
    at = lower.frames.start
    for cover in covers:
        if cover.frames.stop <= at or cover.frames.start >= lower.frames.stop:
            continue
        if cover.frames.start > at:
            parts.append(Placed(FrameRange(at, cover.frames.start), lower.span))
        at = cover.frames.stop
    if at < lower.frames.stop:
        parts.append(Placed(FrameRange(at, lower.frames.stop), lower.span))
    return parts
