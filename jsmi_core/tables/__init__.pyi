from .joint import (
    PRESETS as PRESETS,
    SIZES as SIZES,
    corner as corner,
    edited as edited,
    edited_block as edited_block,
    edited_within_margins as edited_within_margins,
    preset as preset,
    read_table as read_table,
    write_table as write_table,
)
from .scores import (
    DIRECTIONS as DIRECTIONS,
    Cells as Cells,
    best_ranks as best_ranks,
    cells as cells,
    matrix_cells as matrix_cells,
    moved as moved,
    read_scores as read_scores,
    write_scores as write_scores,
)
from .slow_motion import (
    Draws as Draws,
    Film as Film,
    Pull as Pull,
    Update as Update,
    drawn as drawn,
    film as film,
)
