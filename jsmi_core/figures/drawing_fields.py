"""Tuples of fields.py → traces of a plotly figure that drawing.py has begun and frames."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jsmi_core.figures.fields import Field, Places, Rule, Stacks
from jsmi_core.figures.formatting import percent

if TYPE_CHECKING:
    import plotly.graph_objects as go


DECADES = 4  # of a density that are told apart; what is fainter than 1/10,000 of the densest cell looks empty
Colour = Callable[[str], str]


def draw_stacks(figure: go.Figure, stacks: Stacks, colour: Colour) -> None:
    """Horizontal bars, the first on top; the name of each part stands at the longest bar, or below a narrow one."""
    places = list(range(len(stacks.names)))
    notes = [f"\n{note}" if note else "" for note in stacks.notes] or [""] * len(places)
    for part in stacks.parts:
        figure.add_bar(
            x=part.shares,
            y=places,
            orientation="h",
            name=part.label,
            marker={"color": colour(part.role), "line": {"color": colour("ground"), "width": 1}},
            customdata=stacks.ids or None,
            text=[f"{percent(share)} {part.label}{note}" for share, note in zip(part.shares, notes, strict=True)],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
        )
    figure.update_layout(
        barmode="stack",
        bargap=0.25,
        showlegend=len(stacks.parts) > 1,
        legend={
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "traceorder": "normal",
            "font": {"color": colour("text"), "size": 14},
        },
        margin={"r": 16, "t": figure.layout.margin.t + 24},
    )
    longest = max((math.fsum(bar) for bar in zip(*(part.shares for part in stacks.parts), strict=True)), default=1.0)
    figure.update_xaxes(tickformat=".0%" if longest > 0.05 else ".1%", rangemode="tozero", nticks=6)
    figure.update_yaxes(tickvals=places, ticktext=stacks.names, autorange="reversed", showgrid=False, automargin=True)


def draw_field(figure: go.Figure, field: Field, colour: Colour) -> None:
    """Cells on a logarithmic scale of colour, empty ones in the colour of the ground, and the rules over them."""
    largest = max((value for line in field.values for value in line), default=0.0) or 1.0
    top = math.log10(largest)
    figure.add_heatmap(
        x=field.x_edges,
        y=field.y_edges,
        z=[[math.log10(value) if value > 0 else None for value in line] for line in field.values],
        zmin=top - DECADES,
        zmax=top,
        colorscale=[(0.0, colour("ground")), (1.0, colour(field.role))],
        text=[[percent(value) if value > 0 else "" for value in line] for line in field.values],
        name=field.value_name,
        hovertemplate="%{text} %{fullData.name}<extra>%{x:.2f}, %{y:.2f}</extra>",
        hoverongaps=False,
        colorbar=_key(field.value_name, colour)
        | {
            "tickvals": [top - i for i in range(DECADES + 1)],
            "ticktext": [percent(largest / 10**i) for i in range(DECADES + 1)],
        },
    )
    for rule in field.rules:
        _draw_rule(figure, rule, colour)
    figure.update_xaxes(range=(field.x_edges[0], field.x_edges[-1]), showgrid=False, title_standoff=16, automargin=True)
    figure.update_yaxes(range=(field.y_edges[0], field.y_edges[-1]), showgrid=False)
    figure.update_layout(height=560, margin={"r": 16})
    if field.ticks:
        figure.update_xaxes(tickvals=[at for at, _ in field.ticks], ticktext=[text for _, text in field.ticks])


def _draw_rule(figure: go.Figure, rule: Rule, colour: Colour) -> None:
    """A level or upright line is dotted; a slanted one has its name below it, where nothing else stands."""
    (x, y), (end_x, end_y) = rule.start, rule.end
    slanted = x != end_x and y != end_y
    line = {"color": colour(rule.role), "width": 2, "dash": "solid" if slanted else "dot"}
    figure.add_scatter(x=[x, end_x], y=[y, end_y], mode="lines", line=line, hoverinfo="skip")
    share = 0.12 if slanted else 1.0
    figure.add_annotation(
        text=rule.label,
        x=x + share * (end_x - x),
        y=y + share * (end_y - y),
        xanchor=rule.anchor[0],
        yanchor=rule.anchor[1],
        showarrow=False,
        font={"color": colour(rule.role), "size": 14},
        bgcolor=colour("ground"),
        opacity=0.9,
    )


def _key(name: str, colour: Colour) -> dict[str, Any]:
    """The scale of colours, above the picture: beside it, it would take half of a phone's width."""
    font = {"color": colour("text"), "size": 14}
    where = {"orientation": "h", "x": 0.5, "y": 1.0, "yanchor": "bottom", "ypad": 0, "len": 1.0, "thickness": 12}
    return {"title": {"text": name, "side": "top", "font": font}, "tickfont": font, **where}


def draw_places(figure: go.Figure, places: Places, colour: Colour) -> None:
    """Points in SVG, which needs no graphics card: up to about 1,000 of them draw at once."""
    figure.add_scatter(
        x=places.x,
        y=places.y,
        mode="markers",
        marker={
            "size": 9,
            "color": places.values,
            "cmin": places.limits[0],
            "cmax": places.limits[1],
            "colorscale": [(0.0, colour(places.roles[0])), (1.0, colour(places.roles[1]))],
            "line": {"color": colour("ground"), "width": 0.5},
            "colorbar": _key(places.value_name, colour),
        },
        name=places.value_name,
        text=places.names,
        customdata=places.names,
        hovertemplate="%{text}<br>%{marker.color:.3g} %{fullData.name}<extra></extra>",
    )
    for i in places.written:
        figure.add_annotation(
            text=places.names[i],
            x=places.x[i],
            y=places.y[i],
            showarrow=False,
            yanchor="bottom",
            yshift=4,
            font={"color": colour("text"), "size": 13},
        )
    figure.update_xaxes(showticklabels=False, showgrid=False)
    figure.update_yaxes(showticklabels=False, showgrid=False)
    figure.update_layout(height=660, margin={"r": 16})
