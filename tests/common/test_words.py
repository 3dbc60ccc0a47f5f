"""A word pack changes labels for its organisation, in both languages, and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Unit, User
from common.models import WordPack
from tests.factories.projects import make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def packed(organisation: Unit) -> WordPack:
    pack = WordPack.objects.get(code="svensk-bp")
    Unit.objects.filter(pk=organisation.pk).update(word_pack=pack)
    return pack


def _page(user: User, url: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(url).content.decode()


@pytest.mark.parametrize(("language", "word"), [("en", "Pre-study"), ("sv", "Förstudie")])
def test_the_organisations_word_stands_for_the_phase(
    organisation: Unit, pmo: User, packed: WordPack, language: str, word: str
) -> None:
    project = make_project(unit=organisation, phase="initiating")
    User.objects.filter(pk=pmo.pk).update(language=language)

    page = _page(User.objects.get(pk=pmo.pk), reverse("projects:detail", args=[project.key]))

    assert word.lower() in page.lower()
    project.refresh_from_db()
    assert project.phase == "initiating"


def test_another_organisation_keeps_its_own_words(
    organisation: Unit, stranger: User, packed: WordPack
) -> None:
    assert stranger.unit is not None
    project = make_project(unit=stranger.unit, phase="initiating")

    page = _page(stranger, reverse("projects:detail", args=[project.key]))

    assert "initiating" in page.lower()
    assert "pre-study" not in page.lower()


def test_a_changed_word_is_read_anew(organisation: Unit, pmo: User, packed: WordPack) -> None:
    project = make_project(unit=organisation, phase="initiating")
    url = reverse("projects:detail", args=[project.key])
    _page(pmo, url)

    packed.words.filter(key="phase.initiating").update(en="first look")
    WordPack.objects.filter(pk=packed.pk).update(version=packed.version + 1)

    assert "first look" in _page(User.objects.get(pk=pmo.pk), url).lower()
