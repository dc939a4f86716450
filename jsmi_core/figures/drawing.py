"""Tuples → plotly figures; with drawing_cells.py and drawing_fields.py the only file that imports plotly.

A role has one colour on every page: the bound is black (white on dark), trained models are blue. Text stands beside
its line instead of in a legend. Tuples carry raw words: ``draw`` makes all of them inert, once, at its end.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from jsmi_core.figures.charts import Bars, Chart, Figure, Flow, Heat, Line, Stairs
from jsmi_core.figures.drawing_cells import draw_flow, draw_heat
from jsmi_core.figures.drawing_fields import draw_field, draw_places, draw_stacks
from jsmi_core.figures.fields import Field, Places, Stacks
from jsmi_core.figures.formatting import inert, number

if TYPE_CHECKING:
    import plotly.graph_objects as go


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

    def colour(self, role: str) -> str:
        """The colour of a role that is known by name only."""
        return str(getattr(self, role))


LIGHT = Palette(
    *("#111111", "#0072B2", "#C65100", "#5B6673", "#00795F", "#B3261E"),
    *("#16202B", "#FFFFFF", "#E3E8EE"),
    (
        *("#2F7BBA", "#2A72AE", "#2568A1", "#205F95", "#1B5588"),
        *("#164C7C", "#11426F", "#0C3963", "#072F56", "#02264A"),
    ),
)
DARK = Palette(
    *("#F5F5F5", "#56B4E9", "#F59B4C", "#9AA7B5", "#35C9A5", "#FF8A80"),
    *("#E8EDF2", "#10161D", "#2A3541"),
    (
        *("#4E8FC0", "#5D9AC7", "#6DA5CE", "#7CAFD4", "#8BBADB"),
        *("#9BC5E2", "#AAD0E9", "#B9DAEF", "#C9E5F6", "#D8F0FD"),
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


def draw(data: Figure, palette: Palette = LIVE, *, titled: bool = False) -> go.Figure:
    """The tuple as a plotly figure; ``titled`` writes title and subtitle into it, for a figure that stands alone."""
    import plotly.graph_objects as go

    figure = go.Figure(layout={"template": {}})
    if isinstance(data, Bars):
        _draw_bars(figure, data, palette)
    elif isinstance(data, Heat):
        draw_heat(figure, data, palette.colour)
    elif isinstance(data, Flow):
        draw_flow(figure, data, palette.colour)
    elif isinstance(data, Stairs):
        _draw_stairs(figure, data, palette)
    elif isinstance(data, Chart):
        _draw_lines(figure, data, palette)
    axis = {
        "gridcolor": palette.grid,
        "zeroline": False,
        "title": {"font": {"size": LABEL_SIZE, "color": palette.text}},
        "tickfont": {"size": 14, "color": palette.text},
    }
    figure.update_xaxes(title_text=data.x_name, **axis)
    figure.update_yaxes(title_text=None if isinstance(data, Flow) else data.y_name, **axis)
    figure.update_layout(
        height=480,
        showlegend=False,
        dragmode=False,
        hovermode="closest",
        font={"size": LABEL_SIZE, "color": palette.text},
        paper_bgcolor=palette.ground,
        plot_bgcolor=palette.ground,
        margin={"t": 90 if titled else 16, "b": 48, "l": 64},
    )
    if isinstance(data, Field | Places | Stacks):
        _draw_field(figure, data, palette)  # after the frame, which it adjusts
    if titled:
        title = {"text": data.title, "subtitle": {"text": data.subtitle}, "x": 0, "xref": "paper"}
        figure.update_layout(title=title)
    return go.Figure(_inert_words(figure.to_dict()))


_SHOWN = {"text", "ticktext", "name", "x", "y"}
"""Where words stand in a figure. Templates hold none: they ask for the text or the name of their trace."""


def _inert_words(part: Any, shown: bool = False) -> Any:
    """The figure as a dictionary, all that is shown of it as data; a line break is one of ours."""
    if isinstance(part, dict):
        return {key: _inert_words(value, key in _SHOWN) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_inert_words(value, shown) for value in part]
    return "<br>".join(map(inert, part.split("\n"))) if shown and isinstance(part, str) else part


def _draw_field(figure: go.Figure, data: Field | Places | Stacks, palette: Palette) -> None:
    if isinstance(data, Stacks):
        draw_stacks(figure, data, palette.colour)
    elif isinstance(data, Field):
        draw_field(figure, data, palette.colour)
    else:
        draw_places(figure, data, palette.colour)


def enlarge(figure: go.Figure, factor: float = 1.25) -> go.Figure:
    """The same figure with larger type, for a projector."""
    for axis in (figure.layout.xaxis, figure.layout.yaxis):
        axis.update(title_font_size=factor * axis.title.font.size, tickfont_size=factor * axis.tickfont.size)
    for note in figure.layout.annotations:
        note.font.size *= factor
    margin = figure.layout.margin
    return figure.update_layout(margin={side: factor * margin[side] for side in "lrtb" if margin[side]})


def _draw_lines(figure: go.Figure, chart: Chart, palette: Palette) -> None:
    low, high = chart.y_range or _height_of(chart)
    for band in chart.bands:
        _draw_band(figure, band.x, band.low, band.high, getattr(palette, band.role))
    for line in chart.lines:
        _draw_line(figure, line, _colour(line, palette))
    for x, y in chart.points:
        point = {"size": 11, "color": palette.ground, "line": {"color": palette.bound, "width": 3}}
        figure.add_scatter(x=[x], y=[y], mode="markers", marker=point, hoverinfo="skip")
    _label_lines(figure, chart, palette, low, high)
    figure.update_yaxes(range=(low, high), type="log" if chart.log_y else "linear")
    figure.update_xaxes(range=chart.x_range or _width_of(chart), type="log" if chart.log_x else "linear")
    if chart.ticks:
        figure.update_xaxes(tickvals=[value for value, _ in chart.ticks], ticktext=[text for _, text in chart.ticks])


def _label_lines(figure: go.Figure, chart: Chart, palette: Palette, low: float, high: float) -> None:
    """Write each line's name beside it: after its end, or inside the picture."""
    ends = [line for line in chart.lines if line.place == "end"]
    heights = _apart([_on_axis(line.y[-1], chart.log_y) for line in ends], low, high)
    for line, height in zip(ends, heights, strict=True):
        x = _on_axis(line.x[-1], chart.log_x)
        _write(figure, line.label, x, height, _colour(line, palette), xanchor="left", xshift=8)
    for line in chart.lines:
        if line.place not in ("end", ""):
            at, side, anchor = _label_point(line, [_on_axis(y, chart.log_y) for y in line.y], high)
            x, y = _on_axis(line.x[at], chart.log_x), _on_axis(line.y[at], chart.log_y)
            shift = {"yanchor": "bottom", "yshift": 4} if side == "above" else {"yanchor": "top", "yshift": -4}
            _write(figure, line.label, x, y, _colour(line, palette), xanchor=anchor, bgcolor=palette.ground, **shift)
    for band in chart.bands:
        at = max(range(len(band.x)), key=lambda i: band.high[i] - band.low[i])
        if band.high[at] - band.low[at] > 1.5 * LABEL_GAP * (high - low):
            x = _on_axis(band.x[at], chart.log_x)
            anchor = {0: "left", len(band.x) - 1: "right"}.get(at, "center")
            last = len(band.x) - 1
            beside = {last: max(last - 1, 0), 0: min(1, last)}.get(at, at)  # the name stands on the way there
            lower, upper = (band.low[at], band.low[beside]), (band.high[at], band.high[beside])
            floor, ceiling = max(lower), min(upper)
            if ceiling - floor < LABEL_GAP * (high - low):  # no height is free all the way: near its own end
                floor, ceiling = (0.65 * edge[0] + 0.35 * edge[1] for edge in (lower, upper))
            middle = (floor + ceiling) / 2
            colour = getattr(palette, band.role)
            _write(figure, f"{band.label}", x, middle, colour, xanchor=anchor, xshift=8 if anchor == "left" else -8)
    longest = max((len(line.label) for line in ends), default=0)
    figure.update_layout(margin={"r": 24 + 8 * longest})


def _write(figure: go.Figure, text: str, x: float, y: float, colour: str, **where: Any) -> None:
    font = {"color": colour, "size": LABEL_SIZE}
    figure.add_annotation(text=text, x=x, y=y, showarrow=False, font=font, **where)


def _label_point(line: Line, heights: Sequence[float], high: float) -> tuple[int, str, str]:
    """The point that a label inside the picture stands at, on which side of the line, and which end touches it."""
    side, _, where = line.place.partition(" ")
    last = len(heights) - 1
    at, anchor = {
        "": (0, "left"),
        "end": (last, "right"),
        "middle": (last // 2, "left" if side == "above" else "right"),
        "peak": (max(range(last + 1), key=lambda i: heights[i]), "center"),
    }[where]
    if heights[at] <= high:
        return at, side, anchor
    seen = [i for i, y in enumerate(heights) if y <= 0.7 * high]  # well before the line leaves the picture
    return min(seen, key=lambda i: abs(i - at), default=0), "below", "left"


def _draw_line(figure: go.Figure, line: Line, colour: str) -> None:
    if line.low:
        _draw_band(figure, line.x, line.low, line.high, colour)
    figure.add_scatter(
        x=line.x,
        y=line.y,
        name=line.label,
        mode="lines+markers" if line.role in ("trained", "rank") else "lines",
        line={
            "color": colour,
            "width": 1.5 if line.role == "muted" else 3,
            "dash": line.dash,
            "shape": "hv" if line.steps else "linear",
        },
        marker={"size": 8, "color": colour},
        customdata=line.ids or None,
        error_y={"array": line.error, "color": colour, "thickness": 1.5, "width": 5} if line.error else None,
        hovertemplate="%{y:.4g}<extra>%{fullData.name}, %{x:.4g}</extra>",
    )


def _draw_band(
    figure: go.Figure, x: tuple[float, ...], low: tuple[float, ...], high: tuple[float, ...], colour: str
) -> None:
    figure.add_scatter(
        x=x + x[::-1],
        y=high + low[::-1],
        fill="toself",
        fillcolor=colour,
        line={"width": 0},
        opacity=0.2,
        hoverinfo="skip",
        mode="lines",
    )


def _draw_bars(figure: go.Figure, bars: Bars, palette: Palette) -> None:
    widths = [high - low for low, high in zip(bars.edges, bars.edges[1:], strict=False)]
    figure.add_bar(
        x=bars.edges[:-1],
        y=bars.heights,
        width=widths,
        offset=0,
        marker={"color": palette.data, "line": {"color": palette.ground, "width": 1}},
        hovertemplate="%{y:.2%} from %{x:.3g}<extra></extra>",
    )
    for i, mark in enumerate(bars.marks):
        figure.add_vline(x=mark.x, line={"color": palette.muted, "dash": "dot", "width": 1.5})
        side = {"xanchor": "left", "xshift": 4} if i else {"xanchor": "right", "xshift": -4}
        _write(figure, mark.label, mark.x, 1, palette.muted, yref="paper", bgcolor=palette.ground, **side)
    figure.update_yaxes(tickformat=".0%")
    figure.update_layout(margin={"r": 16})


def _draw_stairs(figure: go.Figure, data: Stairs, palette: Palette) -> None:
    """One row for each step, from the top: a bar over the change, its end as a line, the model as a point."""
    rows = range(len(data.stairs))
    top = max((max(s.before, s.after) for s in data.stairs), default=1.0)
    for row, stair in zip(rows, data.stairs, strict=True):
        colour = getattr(palette, stair.role)
        figure.add_bar(
            x=[abs(stair.after - stair.before)], base=[min(stair.before, stair.after)], y=[row], width=0.56,
            orientation="h", opacity=0.35, marker={"color": colour, "line": {"width": 0}}, hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=[stair.after] * 2, y=[row - 0.28, row + 0.28], mode="lines", line={"color": colour, "width": 4},
            name=stair.label, hovertemplate="%{x:.5g}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
        if row:
            joint = {"color": palette.muted, "width": 1, "dash": "dot"}
            figure.add_scatter(x=[stair.before] * 2, y=[row - 0.72, row + 0.28], mode="lines", line=joint,
                               hoverinfo="skip")  # fmt: skip
        right, beside = max(stair.before, stair.after), {"xanchor": "left", "xshift": 8}
        _write(figure, number(stair.after), right, row, palette.text, yshift=8 if row else 0, **beside)
        if row:
            change = f"{stair.after - stair.before:+.2g}".replace("-", "\u2212")
            _write(figure, change, right, row, palette.muted, yshift=-8, **beside)
    models = [(stair.model, row) for row, stair in zip(rows, data.stairs, strict=True) if stair.model is not None]
    if models:
        figure.add_scatter(
            x=[score for score, _ in models], y=[row for _, row in models], mode="markers",
            marker={"size": 12, "color": palette.trained, "line": {"color": palette.ground, "width": 1}},
            name=data.model_name, hovertemplate="%{x:.5g}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
        _write(figure, data.model_name, *models[0], palette.trained, xanchor="left", yanchor="top", yshift=-8)
    lowest = min([0.0, *(score for score, _ in models)])
    figure.update_layout(barmode="overlay", margin={"r": 16})
    figure.update_xaxes(range=(lowest - (0.05 * top if lowest < 0 else 0), 1.35 * top))
    wrapped = (s.label.rsplit(" ", 1) if len(s.label) > 12 else [s.label] for s in data.stairs)
    names = ["\n".join(lines) for lines in wrapped]
    ticks = {"tickvals": list(rows), "ticktext": names}
    figure.update_yaxes(**ticks, range=(len(rows) - 0.4, -0.6), showgrid=False, automargin=True)


def _colour(line: Line, palette: Palette) -> str:
    if line.role == "trained":
        return palette.ramp[round(line.shade * (len(palette.ramp) - 1))]
    return str(getattr(palette, line.role))


def _on_axis(value: float, log: bool) -> float:
    """Where plotly's annotations and ranges expect a value of a log axis."""
    return math.log10(value) if log else value


def _height_of(chart: Chart) -> tuple[float, float]:
    values = [_on_axis(y, chart.log_y) for line in chart.lines for y in (*line.y, *line.low, *line.high)]
    measured = [point for line in chart.lines for point in zip(line.y, line.error, strict=False)]
    values += [value + side * error for value, error in measured for side in (-1, 1)]
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = 0.1 * ((high - low) or 1.0)
    return low - room, high + room


def _width_of(chart: Chart) -> tuple[float, float]:
    """All points with a little room; labels stand in the margin, for which plotly itself would make room inside."""
    places = [_on_axis(x, chart.log_x) for line in chart.lines for x in line.x]
    room = 0.03 * ((max(places) - min(places)) or 1.0)
    return min(places) - room, max(places) + room


def _apart(heights: Sequence[float], low: float, high: float) -> list[float]:
    """Move labels as little as possible until none covers another, in their order, within the picture."""
    gap = LABEL_GAP * (high - low)
    order = sorted(range(len(heights)), key=lambda i: heights[i])
    groups: list[list[float]] = []  # of labels that touch: each label's wish for where its group should begin
    for rank, i in enumerate(order):
        groups.append([heights[i] - rank * gap])
        while len(groups) > 1 and _mean(groups[-2]) >= _mean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    begins = [_mean(group) for group in groups for _ in group]
    top = high - (len(order) - 1) * gap
    placed = {i: min(max(begins[rank], low), top) + rank * gap for rank, i in enumerate(order)}
    return [placed[i] for i in range(len(heights))]


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)
