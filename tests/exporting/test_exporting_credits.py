import json
from fractions import Fraction

from songcut.exporting.credits import Announcement, credits_data, still_announced
from songcut.model.song import Song
from songcut.model.takes import PictureFormat, Take
from songcut.model.timeline import Clip, Timeline
from songcut.model.timing import FrameRange
from stub_embedder import StubEmbedder

SONG = Song("/song.mp3", "5" * 64, 1.0, 44100, 2, "mp3", "Title", "Artist")
TAKE = Take(
    "t", 0, "procedural", "a lake", "calm water", "takes/t.mp4", "7" * 64, Fraction(1), 64, 36, seed=3, cost=0.5
)
TIMELINE = Timeline(
    "n",
    PictureFormat(64, 36, Fraction(24)),
    (Clip(FrameRange(0, 12), "takes/t.mp4", take="t"), Clip(FrameRange(12, 24), None)),
    "/song.mp3",
    1.0,
)


def test_every_frame_has_its_maker():
    data = credits_data(SONG, TIMELINE, {"t": TAKE}, StubEmbedder(), [Announcement("shoot", "two takes failed")])
    assert [shot["frames"] for shot in data["shots"]] == [[0, 12], [12, 24]]
    first, gap = data["shots"]
    assert (first["generator"], first["seed"], first["cost_usd"], first["prompt"]) == ("procedural", 3, 0.5, "a lake")
    assert gap == {"frames": [12, 24], "media": None}
    assert data["announced"] == [{"stage": "shoot", "message": "two takes failed"}]
    assert data["embedder"] == {"name": "stub", "revision": "1"}


def test_announcements_of_stages_not_done_again_stay(tmp_path):
    path = tmp_path / "credits.json"
    old = [Announcement("shoot", "a clip was left out"), Announcement("render", "old")]
    path.write_text(json.dumps(credits_data(SONG, TIMELINE, {}, StubEmbedder(), old)))
    now = [Announcement("render", "new")]
    assert still_announced(path, ["render"], now) == (old[0], now[0])
    assert still_announced(path, ["shoot", "render"], now) == (now[0],)


def test_without_a_record_there_is_only_this_run(tmp_path):
    now = [Announcement("shoot", "x")]
    assert still_announced(tmp_path / "none.json", [], now) == tuple(now)
    (tmp_path / "bad.json").write_text("{")
    assert still_announced(tmp_path / "bad.json", [], now) == tuple(now)
