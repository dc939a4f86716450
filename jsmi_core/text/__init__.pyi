from .corpus import Corpus as Corpus, read_corpus as read_corpus
from .encodings import ENCODINGS as ENCODINGS, EncodingError as EncodingError, Guess as Guess
from .large import (
    Cancel as Cancel,
    Folder as Folder,
    LargeCorpus as LargeCorpus,
    Progress as Progress,
    Report as Report,
    read_large_corpus as read_large_corpus,
)
from .reading import READING as READING, Reading as Reading
from .samples import (
    SAMPLES as SAMPLES,
    gensim_file as gensim_file,
    sample_corpus as sample_corpus,
    sample_data_directory as sample_data_directory,
)
from .scratch import ScratchArray as ScratchArray
from .typed import TypedWords as TypedWords, typed_word as typed_word, typed_words as typed_words
