"""`tf.data`: data that is read when it is needed, as batches for `model.fitDataset`.

Follows tfjs-data/src/index.ts. What tf.js gives as a Promise is given directly, and a Dataset is
something to iterate over: `for element in dataset`.
"""

from tfjsbridge.data.capture import microphone, webcam
from tfjsbridge.data.creation import array, func, generator, zip
from tfjsbridge.data.csv_dataset import CSVDataset, csv
from tfjsbridge.data.dataset import Dataset
from tfjsbridge.data.sources import FileDataSource, TextLineDataset, URLDataSource

__all__ = [
    "CSVDataset",
    "Dataset",
    "FileDataSource",
    "TextLineDataset",
    "URLDataSource",
    "array",
    "csv",
    "func",
    "generator",
    "microphone",
    "webcam",
    "zip",
]
