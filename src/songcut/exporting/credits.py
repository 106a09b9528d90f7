"""The record of how a film was made: who made every frame, and every fallback that was announced."""

from collections.abc import Mapping, Sequence
from typing import Any

from songcut.model.song import Song
from songcut.model.takes import Take
from songcut.model.timeline import Clip, Timeline
from songcut.ports import Embedder


def credits_data(
    song: Song, timeline: Timeline, takes: Mapping[str, Take], embedder: Embedder, announced: Sequence[str]
) -> dict[str, Any]:
    """Return the object of ``credits.json``, schema ``songcut/credits.1``.

    Parameters
    ----------
    takes
        By id, those that the timeline may show.
    announced
        The warnings of the run.
    """
    return {
        "schema": "songcut/credits.1",
        "song": {"title": song.title, "artist": song.artist, "sha256": song.sha256},
        "embedder": {"name": embedder.name, "revision": embedder.revision},
        "announced": list(announced),
        "shots": [_shot(clip, takes.get(clip.take)) for clip in timeline.clips],
    }


def _shot(clip: Clip, take: Take | None) -> dict[str, Any]:
    row: dict[str, Any] = {"frames": [clip.frames.start, clip.frames.stop], "media": clip.media}
    if take is None:
        return row
    return row | {
        "take": take.id,
        "generator": take.generator,
        "model": take.model,
        "prompt": take.prompt,
        "caption": take.caption,
        "seed": take.seed,
        "cost_usd": take.cost,
        "sha256": take.sha256,
    }
