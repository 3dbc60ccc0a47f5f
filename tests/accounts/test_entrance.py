"""The pages of the log-in as a person meets them, in both languages."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.domain.roles import Role
from accounts.models import Unit, User
from config import settings as product
from tests.factories.accounts import make_person

pytestmark = pytest.mark.django_db

OLD, NEW = "Hamnen-vid-bron-42", "Bron-vid-hamnen-43"
SPEAK = {"en": {"Accept-Language": "en"}, "sv": {"Accept-Language": "sv"}}


@pytest.fixture
def limits(db: None, settings: Any) -> None:
    """The product's own limits, which the suite lifts, and nothing counted yet."""
    settings.ACCOUNT_RATE_LIMITS = product.ACCOUNT_RATE_LIMITS
    cache.clear()


@pytest.fixture
def anna(organisation: Unit) -> User:
    person = make_person(unit=organisation, role=Role.PROJECT_MANAGER, username="anna")
    person.email, person.language = "anna@example.com", "sv"
    person.set_password(OLD)
    person.save()
    return person


def text_of(answer: Any) -> str:
    """Return what a reader sees, without the markup."""
    words = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(words.split())


def send(client: Client, name: str, form: dict[str, str], language: str = "en") -> Any:
    return client.post(reverse(name), form, headers=SPEAK[language])


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "The user name or the password is wrong. Check both"),
        ("sv", "Användarnamnet eller lösenordet är fel. Kontrollera båda"),
    ],
)
@pytest.mark.parametrize("who", ["anna", "anna@example.com", "nobody"])
def test_a_wrong_log_in_says_what_to_check_and_keeps_the_user_name(
    anna: User, client: Client, who: str, language: str, sentence: str
) -> None:
    answer = send(client, "account_login", {"login": who, "password": "wrong"}, language)

    assert sentence in text_of(answer)
    assert f'value="{who}"' in answer.content.decode()
    assert "wrong" not in answer.content.decode().replace("is wrong", "")


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ("Write your user name or your email address.", "Write your password.")),
        ("sv", ("Skriv ditt användarnamn eller din e-postadress.", "Skriv ditt lösenord.")),
    ],
)
def test_an_empty_field_says_what_to_write(
    client: Client, language: str, sentences: tuple[str, ...]
) -> None:
    shown = text_of(send(client, "account_login", {"login": "", "password": ""}, language))

    assert all(sentence in shown for sentence in sentences)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ("Too many wrong attempts for this user name.", "Wait 1 minute at most")),
        ("sv", ("För många felaktiga försök", "Vänta högst 1 minut")),
    ],
)
def test_too_many_wrong_passwords_say_how_long_to_wait_and_keep_the_user_name(
    anna: User, limits: None, client: Client, language: str, sentences: tuple[str, ...]
) -> None:
    for _attempt in range(5):
        send(client, "account_login", {"login": "anna", "password": "wrong"})

    answer = send(client, "account_login", {"login": "anna", "password": OLD}, language)

    assert all(sentence in text_of(answer) for sentence in sentences)
    assert 'value="anna"' in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "Wait 1 hour at most"), ("sv", "Vänta högst 1 timme")],
)
def test_letters_asked_for_too_often_say_how_long_to_wait(
    limits: None, client: Client, language: str, sentence: str
) -> None:
    form = {"email": "somebody@example.com"}
    for _attempt in range(3):
        assert send(client, "account_reset_password", form).status_code == 302

    answer = send(client, "account_reset_password", form, language)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "3600"
    assert sentence in text_of(answer)
    assert reverse("account_reset_password") in answer.content.decode()


@pytest.mark.parametrize("language", ["en", "sv"])
def test_a_closed_log_in_is_told_whom_to_ask(anna: User, client: Client, language: str) -> None:
    User.objects.filter(pk=anna.pk).update(is_active=False)

    answer = client.post(
        reverse("account_login"), {"login": "anna", "password": OLD}, follow=True,
        headers=SPEAK[language],
    )  # fmt: skip

    sentence = {"en": "An administrator has closed it.", "sv": "En administratör har stängt den."}
    assert sentence[language] in text_of(answer)


@pytest.mark.parametrize(
    ("language", "form", "sentence"),
    [
        ("en", {"oldpassword": "x"}, "This is not the password you have now."),
        ("sv", {"oldpassword": "x"}, "Det här är inte lösenordet du har nu."),
        ("en", {"password2": "x"}, "The two differ."),
        ("sv", {"password2": "x"}, "De är olika."),
        ("en", {"password1": "kort"}, "This is shorter than 12 characters."),
        ("sv", {"password1": "kort"}, "Det är kortare än 12 tecken."),
        ("en", {"password1": "anna@example.com"}, "This is too like your own name"),
        ("sv", {"password1": "anna@example.com"}, "Det liknar ditt eget namn"),
        ("en", {"password1": "password1234"}, "Many people have this password"),
        ("sv", {"password1": "password1234"}, "Många har det här lösenordet"),
        ("en", {"password1": ""}, "Write a new password."),
        ("sv", {"password1": ""}, "Skriv ett nytt lösenord."),
    ],
)
def test_a_password_that_cannot_be_changed_says_why(
    anna: User, client: Client, language: str, form: dict[str, str], sentence: str
) -> None:
    User.objects.filter(pk=anna.pk).update(language=language)
    client.force_login(anna)
    typed = {"oldpassword": OLD, "password1": NEW, "password2": NEW, **form}

    answer = send(client, "account_change_password", typed)

    assert answer.status_code == 200
    assert sentence in text_of(answer)
    assert OLD not in answer.content.decode()
    anna.refresh_from_db()
    assert anna.check_password(OLD)


def test_a_changed_password_is_told_and_the_person_stays_in(anna: User, client: Client) -> None:
    client.force_login(anna)
    typed = {"oldpassword": OLD, "password1": NEW, "password2": NEW}

    answer = client.post(reverse("account_change_password"), typed, follow=True)

    assert answer.request["PATH_INFO"] == reverse("accounts:preferences")
    assert "Ditt lösenord är bytt." in text_of(answer)
    anna.refresh_from_db()
    assert anna.check_password(NEW)


def test_a_forgotten_password_is_chosen_anew_by_a_letter_in_ones_own_language(
    anna: User, client: Client
) -> None:
    asked = client.post(
        reverse("account_reset_password"), {"email": "anna@example.com"}, follow=True,
        headers=SPEAK["en"],
    )  # fmt: skip
    assert "Look in your mail" in text_of(asked)
    (letter,) = mail.outbox
    assert letter.subject == "Välj ett nytt lösenord till Brygga"
    assert "din inloggning anna på testserver" in letter.body
    assert "i 3 dygn" in letter.body
    link = next(line for line in letter.body.splitlines() if line.startswith("http"))

    page = client.get(link, follow=True, headers=SPEAK["en"])
    action = page.request["PATH_INFO"]
    wrong = client.post(action, {"password1": NEW, "password2": "x"}, headers=SPEAK["en"])
    done = client.post(
        action, {"password1": NEW, "password2": NEW}, follow=True, headers=SPEAK["en"]
    )

    assert "Choose a new password" in text_of(page)
    assert "The two differ." in text_of(wrong)
    assert "Your password is changed." in text_of(done)
    assert "Log in with the new password" in text_of(done)
    anna.refresh_from_db()
    assert anna.check_password(NEW)
    again = Client().get(link, follow=True, headers=SPEAK["sv"])
    assert "Länken fungerar inte längre" in text_of(again)


@pytest.mark.parametrize("who", ["nobody", "without a log-in"])
def test_no_letter_goes_to_who_has_no_log_in_and_the_answer_tells_nothing(
    anna: User, client: Client, who: str
) -> None:
    if who == "without a log-in":
        anna.set_unusable_password()
        anna.save()
    email = "nobody@example.com" if who == "nobody" else anna.email

    answer = client.post(reverse("account_reset_password"), {"email": email}, follow=True)

    assert "Look in your mail" in text_of(answer)
    assert mail.outbox == []


def test_the_password_is_asked_once_more(anna: User, client: Client) -> None:
    client.force_login(anna)

    answer = send(client, "account_reauthenticate", {"password": "x"})

    assert "Det här är inte ditt lösenord." in text_of(answer)


@pytest.mark.parametrize("language", ["en", "sv"])
@pytest.mark.parametrize(
    "path",
    ["login", "logout", "inactive", "reauthenticate", "password/change", "password/reset",
     "password/reset/done", "password/reset/key/1-x", "password/reset/key/done"],
)  # fmt: skip
def test_each_page_is_ours_with_one_heading(
    anna: User, client: Client, path: str, language: str
) -> None:
    if path in {"logout", "reauthenticate", "password/change"}:
        User.objects.filter(pk=anna.pk).update(language=language)
        client.force_login(anna)

    page = client.get(f"/account/{path}/", headers=SPEAK[language])
    html = page.content.decode()

    assert page.status_code == 200
    assert page.headers["Content-Language"] == language
    assert html.count("<h1") == 1
    assert 'class="b-plain"' in html
    assert "placeholder" not in html


@pytest.mark.parametrize("path", ["signup", "email", "confirm-email", "login/code/confirm"])
def test_what_an_administrator_decides_has_no_page(client: Client, path: str) -> None:
    assert client.get(f"/account/{path}/").status_code == 404
