"""The laws of a film, checked on the rendered file against what the project folder says."""

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np

import media_makers
from songcut.artefacts import ANALYSIS, SELECTS, SHOTS, TAKES
from songcut.exporting.otio_reader import read_otio
from songcut.media.audio import decode_audio
from songcut.media.probe import probe_video
from songcut.media.reading import read_pictures
from songcut.model.timing import film_length, nearest_frame


class FilmUnderTest:
    """A film with its project, read back from disk."""

    def __init__(self, film: Path, project: Path, song: Path):
        self.film, self.project, self.song = film, project, song
        self.analysis = ANALYSIS.read(project / ANALYSIS.file)
        self.shots = SHOTS.read(project / SHOTS.file)
        self.takes = {take.id: take for take in TAKES.read(project / TAKES.file).takes}
        self.selects = SELECTS.read(project / SELECTS.file).selects
        self.timeline = read_otio(project / "timeline.otio")
        self.rate = self.timeline.picture.rate
        self.info = probe_video(film)

    def check_all(self):
        self.check_length_and_tags()
        self.check_shots_tile_and_cut_on_beats()
        self.check_selects()
        self.check_sound()

    def check_length_and_tags(self):
        song = decode_audio(self.song)
        frames = film_length(song.duration, self.rate)
        assert self.info.frames == frames == self.timeline.length
        assert abs(frames / self.rate - Fraction(song.duration)) <= Fraction(1, 2) / self.rate + Fraction(1, 10**4)
        assert self.info.rate == self.rate
        assert (self.info.width, self.info.height) == (self.timeline.picture.width, self.timeline.picture.height)
        with av.open(str(self.film)) as container:
            stream = container.streams.video[0]
            context = stream.codec_context
            assert (context.name, context.pix_fmt) == ("h264", "yuv420p")
            assert [
                int(context.color_range),
                int(context.colorspace),
                int(context.color_primaries),
                int(context.color_trc),
            ] == [1, 1, 1, 1]
            times = [packet.pts * packet.time_base for packet in container.demux(stream) if packet.pts is not None]
        assert sorted(times) == [n / self.rate for n in range(frames)], "not a constant frame rate from zero"
        data = self.film.read_bytes()
        assert data.find(b"moov") < data.find(b"mdat"), "not faststart"

    def check_shots_tile_and_cut_on_beats(self):
        edges = [0] + [shot.frames.stop for shot in self.shots.shots]
        assert [shot.frames.start for shot in self.shots.shots] == edges[:-1]
        assert edges[-1] == self.info.frames
        assert [clip.frames for clip in self.timeline.clips] == [shot.frames for shot in self.shots.shots]
        beats = self.analysis.beats.times
        on_beats = {nearest_frame(time, self.rate) for time in beats}
        cuts = edges[1:-1]
        gap = 2.5 * 60 / max(self.analysis.tempo, 30)
        for cut in cuts:
            near = beats[np.abs(beats - float(cut / self.rate)) < gap] if len(beats) else []
            assert cut in on_beats or len(near) == 0, f"frame {cut} is not the frame nearest to a beat"
        boundaries = [section.start for section in self.analysis.sections[1:]]
        for boundary in boundaries:
            nearest = min([*beats, boundary], key=lambda beat, b=boundary: (abs(beat - b), beat))
            frame = nearest_frame(float(nearest), self.rate)
            assert frame in edges or nearest_frame(boundary, self.rate) in edges, f"no cut at the section at {boundary}"

    def check_selects(self):
        for shot, select, clip in zip(self.shots.shots, self.selects, self.timeline.clips, strict=True):
            take = self.takes[select.take]
            half = Fraction(1, 2) / self.rate
            assert select.in_point >= 0
            assert select.in_point + shot.frames.length / self.rate <= take.duration + half
            assert clip.in_point >= 0
            assert clip.available is not None
            assert clip.in_point + shot.frames.length / self.rate <= clip.available + half
        for before, after in pairwise(self.selects):
            assert before.take != after.take, "two neighbouring shots show the same take"
        for before, after in pairwise(self.timeline.clips):
            assert (before.media, before.take) != (after.media, after.take)

    def check_sound(self):
        song, film = decode_audio(self.song), decode_audio(self.film)
        assert abs(len(song.samples) - len(film.samples)) <= 0.05 * song.rate
        # Around the loudest second, the film's sound lies on the song's to the sample.
        loudness = np.convolve(song.samples**2, np.ones(song.rate), mode="valid")
        start = int(np.clip(loudness.argmax(), 512, len(song.samples) - song.rate - 512))
        part = song.samples[start : start + song.rate]
        likeness = [
            float(np.dot(part, film.samples[start + lag : start + lag + song.rate])) for lag in range(-256, 257)
        ]
        assert abs(int(np.argmax(likeness)) - 256) <= 0.001 * song.rate, "the sound is shifted"

    def check_coded_frames(self, rates: dict[int, Fraction], clip_number):
        """Every frame of the film is the frame of the coded clip that the timeline asks for."""
        wanted = []
        for clip in self.timeline.clips:
            number = clip_number(clip.media)
            for n in range(clip.frames.length):
                time = clip.in_point + (n + Fraction(1, 2)) / self.rate * clip.speed
                wanted.append((number, int(time * rates[number])))
        assert media_makers.read_film_codes(self.film) == wanted

    def check_frames_are_the_takes(self):
        """The first, middle and last frame of every shot are those of its take, pixel for pixel."""
        wanted_times, shown = [], []
        size = (self.info.width, self.info.height)
        for clip in self.timeline.clips:
            offsets = sorted({0, clip.frames.length // 2, clip.frames.length - 1})
            times = [(n + Fraction(1, 2)) / self.rate for n in offsets]
            shown += [
                checksum(p) for p in read_pictures(self.project / clip.media, [clip.in_point + t for t in times], *size)
            ]
            wanted_times += [clip.frames.start / self.rate + t for t in times]
        film = [checksum(picture) for picture in read_pictures(self.film, wanted_times, *size)]
        assert film == shown


def checksum(picture) -> int:
    import zlib

    return zlib.crc32(np.ascontiguousarray(picture))
