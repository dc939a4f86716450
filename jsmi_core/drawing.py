"""Tuples of figures.py → plotly figures; the only file that imports plotly.

A role has one colour on every page: the bound is black (white on dark), trained models are blue. Text stands beside
its line instead of in a legend, and every word of it is made inert first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from jsmi_core.figures import Bars, Chart, Line, Mark, inert

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["DARK", "LIGHT", "LIVE", "Palette", "draw"]


class Palette(NamedTuple):
    """Colours by role. ``ramp`` runs from the weakest to the strongest trained line."""

    bound: str
    trained: str
    rank: str
    muted: str
    data: str
    warning: str
    text: str
    ground: str
    grid: str
    ramp: tuple[str, ...]


LIGHT = Palette(
    *("#111111", "#0072B2", "#C65100", "#5B6673", "#00795F", "#B3261E"),
    *("#16202B", "#FFFFFF", "#E3E8EE"),
    (
        *("#6AA9D4", "#5A9DCC", "#4B90C3", "#3C83BA", "#2D76B0"),
        *("#1E69A6", "#0F5C9A", "#054F8A", "#034377", "#023763"),
    ),
)
DARK = Palette(
    *("#F5F5F5", "#56B4E9", "#F59B4C", "#9AA7B5", "#35C9A5", "#FF8A80"),
    *("#E8EDF2", "#10161D", "#2A3541"),
    (
        *("#3B7FB0", "#468BBC", "#5197C8", "#5DA3D3", "#6AAFDD"),
        *("#79BAE5", "#8AC6EC", "#9CD1F2", "#B0DCF7", "#C5E7FB"),
    ),
)
# Streamlit's browser side replaces these by the theme's colours, so that one figure serves light and dark.
LIVE = Palette(
    *("#000001", "#000002", "#000003", "#000004", "#000005", "#000006"),
    *("#000037", "#000038", "#000039"),
    tuple(f"#0000{n}" for n in range(11, 21)),
)

LABEL_SIZE = 15
LABEL_GAP = 0.058  # of the height of the picture: closer labels are moved apart


def draw(data: Chart | Bars, palette: Palette = LIVE, *, titled: bool = False) -> go.Figure:
    """The tuple as a plotly figure; ``titled`` writes title and subtitle into it, for a figure that stands alone."""
    import plotly.graph_objects as go

    figure = go.Figure(layout={"template": {}})
    if isinstance(data, Bars):
        _draw_bars(figure, data, palette)
    else:
        _draw_lines(figure, data, palette)
    axis = {
        "gridcolor": palette.grid,
        "zeroline": False,
        "title": {"font": {"size": LABEL_SIZE, "color": palette.text}},
        "tickfont": {"size": 14, "color": palette.text},
    }
    figure.update_xaxes(title_text=data.x_name, **axis)
    figure.update_yaxes(title_text=data.y_name, **axis)
    figure.update_layout(
        height=480,
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        font={"size": LABEL_SIZE, "color": palette.text},
        paper_bgcolor=palette.ground,
        plot_bgcolor=palette.ground,
        margin={"t": 90 if titled else 16, "b": 56, "l": 64},
    )
    if titled:
        title = {"text": inert(data.title), "subtitle": {"text": inert(data.subtitle)}, "x": 0, "xref": "paper"}
        figure.update_layout(title=title)
    return figure


def _draw_lines(figure: go.Figure, chart: Chart, palette: Palette) -> None:
    ends = [line for line in chart.lines if line.place == "end" and line.x]
    low, high = chart.y_range or _height_of(chart)
    for line in chart.lines:
        _draw_line(figure, line, _colour(line, palette))
    for line in chart.lines:
        if line.place in ("above", "below") and line.x:
            _write(figure, chart, inert(line.label), line.x[0], line.y[0], _colour(line, palette), line.place)
    heights = _apart([_on_axis(line.y[-1], chart.log_y) for line in ends], low, high)
    for line, height in zip(ends, heights, strict=True):
        figure.add_annotation(
            text=inert(line.label),
            x=_on_axis(line.x[-1], chart.log_x),
            y=height,
            xanchor="left",
            xshift=8,
            showarrow=False,
            font={"color": _colour(line, palette), "size": LABEL_SIZE},
        )
    for mark in chart.marks:
        if mark.y is not None:
            _draw_mark(figure, chart, mark, palette)
    longest = max((len(line.label) for line in ends), default=0)
    figure.update_layout(margin={"r": 24 + 8 * longest})
    figure.update_yaxes(range=(low, high), type="log" if chart.log_y else "linear")
    figure.update_xaxes(type="log" if chart.log_x else "linear")
    if chart.ticks:
        figure.update_xaxes(tickvals=[value for value, _ in chart.ticks], ticktext=[text for _, text in chart.ticks])


def _draw_line(figure: go.Figure, line: Line, colour: str) -> None:
    import plotly.graph_objects as go

    if line.low:
        band = {"x": line.x + line.x[::-1], "y": line.high + line.low[::-1], "fill": "toself", "fillcolor": colour}
        figure.add_trace(go.Scatter(**band, line={"width": 0}, opacity=0.22, hoverinfo="skip", mode="lines"))
    figure.add_trace(
        go.Scatter(
            x=line.x,
            y=line.y,
            name=inert(line.label),
            mode="lines+markers" if line.role == "trained" else "lines",
            line={"color": colour, "width": 1.5 if line.role == "muted" else 3, "dash": line.dash},
            marker={"size": 8, "color": colour},
            customdata=line.ids or None,
            hovertemplate="%{y:.4g}<extra>%{fullData.name}, %{x:.4g}</extra>",
        )
    )


def _draw_mark(figure: go.Figure, chart: Chart, mark: Mark, palette: Palette) -> None:
    import plotly.graph_objects as go

    point = {"size": 11, "color": palette.ground, "line": {"color": palette.bound, "width": 3}}
    figure.add_trace(go.Scatter(x=[mark.x], y=[mark.y], mode="markers", marker=point, hoverinfo="skip"))
    if mark.label and mark.y is not None:
        _write(figure, chart, inert(mark.label), mark.x, mark.y, palette.text, "above", anchor="center")


def _write(
    figure: go.Figure, chart: Chart, text: str, x: float, y: float, colour: str, place: str, anchor: str = "left"
) -> None:
    figure.add_annotation(
        text=text,
        x=_on_axis(x, chart.log_x),
        y=_on_axis(y, chart.log_y),
        xanchor=anchor,
        yanchor="bottom" if place == "above" else "top",
        yshift=4 if place == "above" else -4,
        showarrow=False,
        font={"color": colour, "size": LABEL_SIZE},
    )


def _draw_bars(figure: go.Figure, bars: Bars, palette: Palette) -> None:
    import plotly.graph_objects as go

    widths = [high - low for low, high in zip(bars.edges, bars.edges[1:], strict=False)]
    figure.add_trace(
        go.Bar(
            x=bars.edges[:-1],
            y=bars.heights,
            width=widths,
            offset=0,
            marker={"color": palette.data, "line": {"color": palette.ground, "width": 1}},
            hovertemplate="%{y:.2%} from %{x:.3g}<extra></extra>",
        )
    )
    for i, mark in enumerate(bars.marks):
        figure.add_vline(x=mark.x, line={"color": palette.muted, "dash": "dot", "width": 1.5})
        figure.add_annotation(
            text=inert(mark.label),
            x=mark.x,
            y=1 - 0.07 * i,
            yref="paper",
            xanchor="left",
            xshift=4,
            showarrow=False,
            font={"color": palette.muted, "size": LABEL_SIZE},
        )
    figure.update_yaxes(tickformat=".0%")
    figure.update_layout(margin={"r": 16})


def _colour(line: Line, palette: Palette) -> str:
    if line.role == "trained":
        return palette.ramp[round(line.shade * (len(palette.ramp) - 1))]
    return str(getattr(palette, line.role))


def _on_axis(value: float, log: bool) -> float:
    """Where plotly's annotations and ranges expect a value of a log axis."""
    return math.log10(value) if log else value


def _height_of(chart: Chart) -> tuple[float, float]:
    values = [_on_axis(y, chart.log_y) for line in chart.lines for y in (*line.y, *line.low, *line.high)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.1 * ((high - low) or 1.0)
    return low - room, high + room


def _apart(heights: Sequence[float], low: float, high: float) -> list[float]:
    """Move labels apart until none covers another, in their order, within the picture."""
    gap = LABEL_GAP * (high - low)
    placed = dict.fromkeys(range(len(heights)), low)
    floor = low
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    for i in order:
        placed[i] = max(heights[i], floor)
        floor = placed[i] + gap
    ceiling = high
    for i in reversed(order):
        placed[i] = min(placed[i], ceiling)
        ceiling = placed[i] - gap
    return [placed[i] for i in range(len(heights))]
