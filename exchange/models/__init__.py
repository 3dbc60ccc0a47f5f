"""Tables of the exchange app."""

from exchange.models.batch import ImportBatch, ImportFile
from exchange.models.staged import StagedRow
from exchange.models.upload import Upload

__all__ = ["ImportBatch", "ImportFile", "StagedRow", "Upload"]
