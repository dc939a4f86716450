from .contrast import Contrast as Contrast
from .distribution import (
    FloatArray as FloatArray,
    JointDistribution as JointDistribution,
    unigram_noise as unigram_noise,
)
from .measures import (
    binary_entropy as binary_entropy,
    capacity as capacity,
    check_alpha as check_alpha,
    entropy as entropy,
    js_divergence as js_divergence,
    jsmi as jsmi,
    kl_divergence as kl_divergence,
    levy_goldberg_deviation as levy_goldberg_deviation,
    mutual_information as mutual_information,
    share_of as share_of,
    to_bits as to_bits,
)
