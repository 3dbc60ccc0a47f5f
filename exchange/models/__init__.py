"""Tables of the exchange app."""

from exchange.models.batch import ImportBatch, ImportFile
from exchange.models.staged import StagedRow

__all__ = ["ImportBatch", "ImportFile", "StagedRow"]
