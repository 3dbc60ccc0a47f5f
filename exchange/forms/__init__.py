"""Forms of imports: the file and how it is read; its columns; the first organisation."""

from exchange.forms.matching import MatchForm, said
from exchange.forms.uploads import MATCH, OrganisationForm, UploadForm

__all__ = ["MATCH", "MatchForm", "OrganisationForm", "UploadForm", "said"]
