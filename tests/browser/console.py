"""What a page says on the console: nothing, unless a test has asked for a refusal."""

from playwright.sync_api import Page


def listen(page: Page) -> list[str]:
    """Return the list that every console error, script error and policy violation is added to."""
    faults: list[str] = []
    page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.faults = faults  # type: ignore[attr-defined]  # for `forget`
    return faults


def forget(page: Page) -> None:
    """Forget the errors so far: the browser reports an asked-for refusal on its console too."""
    page.faults.clear()  # type: ignore[attr-defined]  # set by `listen`
