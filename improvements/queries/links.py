"""What an improvement is linked to, as far as a reader may see it."""

from typing import Any

from django.db.models import OuterRef, Subquery

from services.access import visible_to as services_visible_to


def service_name(user: Any) -> Subquery:
    """Return the name of the primary service, when the reader may see it."""
    primary = (
        services_visible_to(user)
        .filter(improvement_links__improvement=OuterRef("pk"), improvement_links__is_primary=True)
        .order_by()
        .values("name")[:1]
    )
    return Subquery(primary)
