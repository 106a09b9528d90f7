"""The record of how a film was made: who made every frame, and every fallback that was announced."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from songcut.model.song import Song
from songcut.model.takes import Take
from songcut.model.timeline import Clip, Timeline
from songcut.ports import Embedder


@dataclass(frozen=True)
class Announcement:
    """What the user was told, and in which stage."""

    stage: str
    message: str


def credits_data(
    song: Song,
    timeline: Timeline,
    takes: Mapping[str, Take],
    embedder: Embedder,
    announced: Sequence[Announcement],
) -> dict[str, Any]:
    """Return the object of ``credits.json``, schema ``songcut/credits.1``.

    Parameters
    ----------
    takes
        By id, those that the timeline may show.
    announced
        In this run, and in earlier ones for the stages that this one did not do again (``still_announced``).
    """
    return {
        "schema": "songcut/credits.1",
        "song": {"title": song.title, "artist": song.artist, "sha256": song.sha256},
        "embedder": {"name": embedder.name, "revision": embedder.revision},
        "announced": [{"stage": each.stage, "message": each.message} for each in announced],
        "shots": [_shot(clip, takes.get(clip.take)) for clip in timeline.clips],
    }


def still_announced(path: Path, worked: Sequence[str], now: Sequence[Announcement]) -> tuple[Announcement, ...]:
    """Return this run's announcements after those on record for stages that it did not do again.

    Parameters
    ----------
    path
        The ``credits.json`` of the run before; if it is not there or not readable there were none.
    worked
        The stages that did work in this run.
    """
    try:
        rows = json.loads(path.read_bytes())["announced"]
        before = [Announcement(row["stage"], row["message"]) for row in rows]
    except (OSError, ValueError, LookupError, TypeError):
        before = []
    kept = [each for each in before if each.stage not in worked and each not in now]
    return (*kept, *now)


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
