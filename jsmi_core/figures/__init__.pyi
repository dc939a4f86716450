from .charts import Figure as Figure, Stairs as Stairs
from .compare import curves_data as curves_data, names as names
from .drawing import LIGHT as LIGHT, draw as draw, enlarge as enlarge
from .drawn import drawn_data as drawn_data
from .film import FilmData as FilmData, film_data as film_data
from .formatting import (
    UNITS as UNITS,
    Unit as Unit,
    csv_text as csv_text,
    in_epochs as in_epochs,
    inert as inert,
    lost_of_bound as lost_of_bound,
    number as number,
    of_bound as of_bound,
    percent as percent,
    scale_of as scale_of,
)
from .ladder import ladder_data as ladder_data, subtitle_of as subtitle_of, ticks as ticks
from .loss import (
    WEIGHTS as WEIGHTS,
    add_up as add_up,
    bands_data as bands_data,
    causes_of as causes_of,
    heat_data as heat_data,
    map_data as map_data,
    scores_data as scores_data,
    word_data as word_data,
)
from .measure import (
    AlphaPoint as AlphaPoint,
    bound_data as bound_data,
    climb_data as climb_data,
    pmi_data as pmi_data,
    zipf_data as zipf_data,
)
from .practice import (
    NAMES as NAMES,
    Reached as Reached,
    draws_data as draws_data,
    mass_data as mass_data,
    sampled_data as sampled_data,
    stairs_data as stairs_data,
)
from .prices import (
    Axis as Axis,
    Best as Best,
    Compared as Compared,
    Quantity as Quantity,
    by_name as by_name,
    gain_data as gain_data,
    split_data as split_data,
    split_points as split_points,
)
from .proofs import proof_data as proof_data
from .usefulness import Judged as Judged, usefulness_data as usefulness_data
from .variables import (
    Knowable as Knowable,
    Names as Names,
    alpha_data as alpha_data,
    channel_data as channel_data,
    loss_data as loss_data,
    rank_data as rank_data,
    table_data as table_data,
    way_data as way_data,
)
from .vectors import vectors_data as vectors_data
