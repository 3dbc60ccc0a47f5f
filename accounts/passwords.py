"""What a password must be, said in our words wherever one is chosen: here, in the letter, in admin.

Django's own rules do the judging; only their sentences are ours, so that each says what to do.
"""

from django.contrib.auth import password_validation as rules
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class LongEnough(rules.MinimumLengthValidator):
    """At least so many characters."""

    def get_error_message(self) -> str:
        """Return what is wrong and how to do better."""
        return ngettext(
            "This is shorter than %(n)s character. A few words in a row are long and easy to keep"
            " in mind.",
            "This is shorter than %(n)s characters. A few words in a row are long and easy to keep"
            " in mind.",
            self.min_length,
        ) % {"n": self.min_length}

    def get_help_text(self) -> str:
        """Return the rule, before anything is typed."""
        text = ngettext("At least %(n)s character.", "At least %(n)s characters.", self.min_length)
        return text % {"n": self.min_length}


class UnlikeThePerson(rules.UserAttributeSimilarityValidator):
    """Not one's own name, user name or address."""

    def get_error_message(self) -> str:
        """Return what is wrong and how to do better."""
        return _("This is too like your own name, user name or email address. Choose other words.")

    def get_help_text(self) -> str:
        """Return the rule, before anything is typed."""
        return _("Nothing like your name or your email address.")


class Uncommon(rules.CommonPasswordValidator):
    """None of those that everybody tries first."""

    def get_error_message(self) -> str:
        """Return what is wrong and how to do better."""
        return _("Many people have this password, so it is tried first. Choose another.")

    def get_help_text(self) -> str:
        """Return the rule, before anything is typed."""
        return _("None that many others have.")
