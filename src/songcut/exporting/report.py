"""The report: one self-contained page that shows what was heard, written, shot and chosen, and why."""

import base64
import html
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from songcut.model.analysis import SongAnalysis
from songcut.model.shots import Shot, ShotList
from songcut.model.song import Song
from songcut.model.takes import Select, Take
from songcut.model.timing import clock, frame_time
from songcut.model.treatment import Treatment

_WIDTH, _HEIGHT = 1200, 150
# Points of the energy curve drawn: more than a screen shows gains nothing.
_POINTS = 600


@dataclass(frozen=True)
class ReportMaterial:
    """What the report shows.

    Attributes
    ----------
    selects
        One a shot, in order.
    takes
        By id, those that the selects name.
    stills
        By shot index, a small picture of what is shown there: RGB uint8, shape (height, width, 3).
    announced
        What the user was told.
    """

    song: Song
    analysis: SongAnalysis
    treatment: Treatment
    shots: ShotList
    selects: Sequence[Select]
    takes: Mapping[str, Take]
    stills: Mapping[int, NDArray[np.uint8]] = field(default_factory=dict)
    announced: Sequence[str] = ()


def report_html(material: ReportMaterial) -> str:
    """Return the page; it needs no network and no other file."""
    song, analysis = material.song, material.analysis
    title = _text(song.title or song.path.replace("\\", "/").rsplit("/", 1)[-1])
    lengths = [shot.frames.length for shot in material.shots.shots]
    mean = float(np.mean(lengths)) / float(material.shots.rate)
    facts = (
        f"{clock(analysis.duration)}, {analysis.tempo:.0f} bpm, {_text(analysis.key)}, "
        f"{_text(', '.join(analysis.mood.words))}. {len(lengths)} shots of {mean:.1f} s on average, "
        f"from {len({select.take for select in material.selects})} takes."
    )
    return _PAGE.format(
        title=title,
        facts=facts,
        concept=_text(material.treatment.concept),
        style=_text(material.treatment.style),
        palette="".join(
            f'<li><span style="background:{colour.hex}"></span>{_text(colour.name)}</li>'
            for colour in material.treatment.palette
        ),
        timeline=_timeline(analysis, material.shots),
        sections="".join(_section_rows(material.treatment, analysis)),
        shots="".join(_shot_card(shot, select, material) for shot, select in _pairs(material)),
        announced="".join(f"<li>{_text(message)}</li>" for message in material.announced) or "<li>nothing</li>",
    )


def _pairs(material: ReportMaterial) -> list[tuple[Shot, Select]]:
    return list(zip(material.shots.shots, material.selects, strict=True))


def _timeline(analysis: SongAnalysis, shots: ShotList) -> str:
    """Draw the energy curve over the sections, the downbeats and the cuts as SVG."""
    scale = _WIDTH / analysis.duration
    times = np.linspace(0.0, analysis.duration, _POINTS)
    heights = _HEIGHT - 30 - (_HEIGHT - 45) * analysis.energy.at(times)
    curve = " ".join(f"{time * scale:.1f},{height:.1f}" for time, height in zip(times, heights, strict=True))
    base = _HEIGHT - 30
    letters = sorted({section.letter for section in analysis.sections})
    parts = []
    for section in analysis.sections:
        hue = 360 * letters.index(section.letter) / len(letters)
        x, width = section.start * scale, section.duration * scale
        label = f"{section.letter} {section.function}" if width > 60 else section.letter
        parts.append(
            f'<rect x="{x:.1f}" y="0" width="{width:.1f}" height="{base}" fill="hsl({hue:.0f} 45% 55% / 0.22)">'
            f"<title>{_text(section.letter)} {section.function}, energy {section.energy:.2f}</title></rect>"
            f'<text x="{x + 4:.1f}" y="13">{_text(label)}</text>'
        )
    parts.append(f'<polygon class="energy" points="0,{base} {curve} {_WIDTH},{base}"/>')
    parts += [f'<path class="bar" d="M{time * scale:.1f} {base}v6"/>' for time in analysis.beats.downbeats]
    parts += [
        f'<path class="cut" d="M{frame_time(shot.frames.start, shots.rate) * scale:.1f} {base + 8}v16"/>'
        for shot in shots.shots
    ]
    opening = f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Energy, sections and cuts">'
    return f"{opening}{''.join(parts)}</svg>"


def _section_rows(treatment: Treatment, analysis: SongAnalysis) -> list[str]:
    return [
        f"<tr><td>{clock(section.start)}</td><td>{_text(section.letter)}</td><td>{section.function}</td>"
        f"<td>{section.energy:.2f}</td><td>{_text(prompt.prompt)}<br><small>{_text(prompt.camera)}</small></td></tr>"
        for section, prompt in zip(analysis.sections, treatment.sections, strict=True)
    ]


def _shot_card(shot: Shot, select: Select, material: ReportMaterial) -> str:
    take = material.takes[select.take]
    start = frame_time(shot.frames.start, material.shots.rate)
    length = shot.frames.length / float(material.shots.rate)
    still = material.stills.get(shot.index)
    picture = f'<img src="{_inline(still)}" alt="" loading="lazy">' if still is not None else ""
    return (
        f"<article>{picture}<h3>{shot.index + 1} <small>{clock(start)}, {length:.1f} s</small></h3>"
        f"<p>{_text(take.caption)}</p><p><small>{_text(select.reason)}. {_text(take.generator)}</small></p></article>"
    )


def _inline(picture: NDArray[np.uint8]) -> str:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="JPEG", quality=72)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()


def _text(text: str) -> str:
    return html.escape(text, quote=True)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: how the film was made</title>
<style>
:root {{ color-scheme: light dark;
  --ink: #1b1a1d; --paper: #faf8f4; --soft: #6d6872; --line: #ddd7cf; --mark: #b4542f; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #ece8e1; --paper: #17161a; --soft: #9c96a2; --line: #34313a; --mark: #e58a5e; }}
}}
body {{ margin: 0 auto; max-width: 76rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.5 Georgia, "Times New Roman", serif; }}
h1 {{ font-size: 2.2rem; margin: 0 0 .25rem; }} h2 {{ margin: 2.5rem 0 .75rem; font-size: 1.3rem; }}
small, .facts {{ color: var(--soft); }} .concept {{ font-size: 1.2rem; max-width: 46rem; }}
svg {{ width: 100%; height: auto; font: 11px sans-serif; fill: var(--ink); }}
.energy {{ fill: var(--mark); opacity: .55; }} .bar {{ stroke: var(--soft); }}
.cut {{ stroke: var(--ink); stroke-width: 1.5; }}
.palette {{ display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; }}
.palette span {{ display: inline-block; width: 2.2rem; height: 2.2rem; border-radius: 50%; vertical-align: middle;
  margin-right: .5rem; border: 1px solid var(--line); }}
.wide {{ overflow-x: auto; }} table {{ border-collapse: collapse; width: 100%; }}
td, th {{ text-align: left; vertical-align: top; padding: .45rem .8rem .45rem 0; border-top: 1px solid var(--line); }}
.shots {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1.25rem; }}
article img {{ width: 100%; display: block; border-radius: 4px; }} article h3 {{ margin: .4rem 0 0; font-size: 1rem; }}
article p {{ margin: .2rem 0; font-size: .9rem; }}
</style></head><body>
<h1>{title}</h1><p class="facts">{facts}</p>
<p class="concept">{concept}</p><p>{style}</p><ul class="palette">{palette}</ul>
<h2>Heard and cut</h2>{timeline}
<p><small>Colour: sections of one letter are the same music. Curve: energy. Short marks: bars. Long marks: cuts.</small>
</p>
<h2>Written</h2><div class="wide"><table>
<tr><th>at</th><th>letter</th><th>function</th><th>energy</th><th>prompt</th></tr>{sections}</table></div>
<h2>Chosen</h2><div class="shots">{shots}</div>
<h2>Announced</h2><ul>{announced}</ul>
</body></html>
"""
