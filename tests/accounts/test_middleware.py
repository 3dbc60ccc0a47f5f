"""A page speaks a person's language and tells their organisation's time."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Unit, User
from improvements.models import Improvement
from tests.factories.improvements import make_improvement

pytestmark = pytest.mark.django_db


def test_instants_are_told_in_the_organisations_zone(organisation: Unit, pmo: User) -> None:
    improvement = make_improvement(unit=organisation, by=pmo)
    noon = dt.datetime(2026, 7, 1, 10, 0, tzinfo=dt.UTC)
    Improvement.objects.filter(pk=improvement.pk).update(captured_at=noon)
    client = Client()
    client.force_login(pmo)

    page = client.get(reverse("improvements:detail", args=[improvement.key])).content.decode()

    assert "12:00</time>" in page
    assert "10:00</time>" not in page


@pytest.mark.parametrize(("language", "word"), [("en", "Today"), ("sv", "I dag")])
def test_the_page_speaks_the_persons_language(pmo: User, language: str, word: str) -> None:
    User.objects.filter(pk=pmo.pk).update(language=language)
    client = Client()
    client.force_login(User.objects.get(pk=pmo.pk))

    answer = client.get(reverse("portfolio:today"))

    assert f'<html lang="{language}"' in answer.content.decode()
    assert word in answer.content.decode()
    assert answer["Content-Language"] == language
