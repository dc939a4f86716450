"""Heat and Flow → traces of a plotly figure that drawing.py has begun and frames."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from jsmi_core.figures.charts import Flow, Heat
from jsmi_core.figures.formatting import number, percent, top_share

if TYPE_CHECKING:
    import plotly.graph_objects as go


TINT = 0.5  # of cells with numbers in them, which stay legible at both ends of every scale, on light and dark
SOURCES, CELLS = 0.9, 0.32  # heights of a flow: sources stand above the one, cells below the other, ribbons between
Colour = Callable[[str], str]
Ribbon = tuple[float, float, float]  # where it leaves, where it arrives, how wide it is


# --- coloured cells ------------------------------------------------------------------------------------------------


def draw_heat(figure: go.Figure, heat: Heat, colour: Colour) -> None:
    """A cell for each value, in the colour of its place between the limits."""
    low, high = heat.limits
    figure.add_heatmap(
        z=[[min(max(value, low), high) for value in row] for row in heat.values],
        name=heat.value_name,
        x=heat.columns,
        y=heat.rows,
        zmin=low,
        zmax=high,
        colorscale=_scale(heat.roles, low, heat.middle, high, colour),
        showscale=False,
        xgap=2,
        ygap=2,
        text=_texts(heat),
        texttemplate="%{text}" if heat.written else None,
        textfont={"color": colour("text")},
        opacity=TINT if heat.written else 1.0,
        hovertemplate="%{y}, %{x}: %{text}<extra>%{fullData.name}</extra>",
    )
    figure.update_xaxes(type="category", showgrid=False, dtick=1)
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False, dtick=1)
    figure.update_layout(margin={"r": 16})


def _texts(heat: Heat) -> list[list[str]]:
    """What is written in the cells: all with the decimals that the largest needs for two or three digits.

    So they can be added up by eye. Where they are shown on hover only, each has its own three digits.
    """
    sizes = [abs(value) for row in heat.values for value in row if math.isfinite(value) and value]
    digits = 3 if len(heat.columns) < 6 else 2
    decimals = max(0, digits - 1 - math.floor(math.log10(max(sizes)))) if sizes else 0

    def text(value: float) -> str:
        if math.isinf(value):
            return "∞" if value > 0 else "\u2212∞"
        return f"{value:z.{decimals}f}".replace("-", "\u2212") if heat.written else number(value)

    return [[text(value) for value in row] for row in heat.values]


def _scale(
    roles: tuple[str, str], low: float, middle: float | None, high: float, colour: Colour
) -> list[tuple[float, str]]:
    """From the colour of one role to that of another, by way of the ground where it has a place."""
    ends = [(0.0, colour(roles[0])), (1.0, colour(roles[1]))]
    if middle is None:
        return ends
    return [ends[0], ((middle - low) / (high - low), colour("ground")), ends[1]]


# --- a flow --------------------------------------------------------------------------------------------------------


def draw_flow(figure: go.Figure, flow: Flow, colour: Colour) -> None:
    """Two blocks, the ribbons that they send to the cells, and the cells in the colour of what arrives in them."""
    border = begin = math.fsum(flow.first)
    ribbons: tuple[list[Ribbon], list[Ribbon]] = ([], [])
    starts, left, arrived = [], 0.0, 0.0
    for first, second in zip(flow.first, flow.second, strict=True):
        ribbons[0].append((left, arrived, first))
        ribbons[1].append((begin, arrived + first, second))
        starts.append(arrived)
        left, begin, arrived = left + first, begin + second, arrived + first + second
    for i, block in enumerate(((0.0, border), (border, 1.0))):
        _draw_source(figure, flow.sources[i], block, ribbons[i], colour(flow.roles[i]), colour("ground"))
    _draw_cells(figure, flow, starts, colour)
    figure.update_layout(barmode="overlay", uniformtext={"mode": "hide", "minsize": 10}, margin={"r": 16})
    figure.update_xaxes(range=(0, 1), tickformat=".0%", showgrid=False)
    figure.update_yaxes(range=(0, 1.12), visible=False)


def _draw_source(
    figure: go.Figure, name: str, block: tuple[float, float], ribbons: Sequence[Ribbon], colour: str, ground: str
) -> None:
    x, y = _outlines(ribbons)
    figure.add_scatter(
        x=x, y=y, fill="toself", fillcolor=colour, line={"width": 0}, opacity=0.4, mode="lines", hoverinfo="skip"
    )
    figure.add_bar(
        x=[block[0]], y=[1 - SOURCES], base=SOURCES, width=[block[1] - block[0]], offset=0, hoverinfo="skip",
        marker={"color": colour, "line": {"color": ground, "width": 1}},
    )  # fmt: skip
    side = "left" if block[0] == 0 else "right"
    text = f"{name}: {percent(block[1] - block[0])}"
    at = {"x": float(side == "right"), "y": 1, "xanchor": side, "yanchor": "bottom"}
    figure.add_annotation(text=text, showarrow=False, font={"color": colour, "size": 15}, **at)


def _draw_cells(figure: go.Figure, flow: Flow, starts: Sequence[float], colour: Colour) -> None:
    top = top_share(flow.shares, flow.middle)
    figure.add_bar(
        x=starts,
        y=[CELLS] * len(starts),
        width=[first + second for first, second in zip(flow.first, flow.second, strict=True)],
        offset=0,
        marker={
            "color": flow.shares,
            "cmin": 0,
            "cmax": top,
            "colorscale": _scale((flow.roles[1], flow.roles[0]), 0, flow.middle, top, colour),
            "opacity": TINT,
            "line": {"color": colour("text"), "width": 0.5},
        },
        name=flow.sources[0],
        text=[f"{cell}\n{percent(share)}" for cell, share in zip(flow.cells, flow.shares, strict=True)],
        textfont={"color": colour("text")},
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        hovertemplate="%{text} %{fullData.name}<extra>%{width:.3p} of all</extra>",
    )


def _outlines(ribbons: Sequence[Ribbon]) -> tuple[list[float | None], list[float | None]]:
    """The outlines of smooth ribbons from the sources down to the cells, a gap after each."""
    steps = [i / 12 for i in range(13)]
    bends = [step * step * (3 - 2 * step) for step in steps]
    heights = [SOURCES + (CELLS - SOURCES) * step for step in steps]
    x: list[float | None] = []
    y: list[float | None] = []
    for leaves, arrives, width in ribbons:
        if width > 0:
            down = [leaves + (arrives - leaves) * bend for bend in bends]
            x += [*down, *(place + width for place in reversed(down)), None]
            y += [*heights, *reversed(heights), None]
    return x, y
