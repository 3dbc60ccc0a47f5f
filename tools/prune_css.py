"""Keep only those rules of a stylesheet that Brygga's templates can meet.

Tabler's core is 79 kB compressed, of which the product uses the reset, the buttons and the form
controls. A page's whole first view may weigh 200 kB, so the rest is left out when the file is
vendored (`tools/vendor.py`), never by hand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# Only classes named here survive; element selectors always do.
KEPT_CLASSES = re.compile(
    r"btn|btn-primary|btn-sm|btn-icon|form-control|form-select|form-check|form-check-input"
    r"|form-check-label|visually-hidden|is-invalid|disabled|active|show"
)
_CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")
_VARIABLE = re.compile(r"var\(\s*(--[\w-]+)")
# Foreign states and add-ons that no template of ours has.
_UNWANTED = re.compile(
    r"\[data-bs-(?!theme=)|\[data-vc|\[class|\[dir=|::-webkit-scrollbar|::-webkit-calendar|:host|#"
)


@dataclass(slots=True)
class Rule:
    """One rule: `head` is the selector list or the at-rule, `body` the declarations.

    `children` is filled instead of `body` for a grouping at-rule such as `@media`.
    """

    head: str
    body: str = ""
    children: list["Rule"] = field(default_factory=list)

    def text(self) -> str:
        """Return the rule as CSS."""
        inside = "".join(child.text() for child in self.children) if self.children else self.body
        return f"{self.head}{{{inside}}}"


def parse(css: str) -> Iterator[Rule]:
    """Yield the rules of `css`; comments, `@charset` and `@import` are dropped.

    Braces inside strings do not occur in the stylesheets this is used on, and would raise
    ValueError as an unbalanced block.
    """
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    position = 0
    while (opening := css.find("{", position)) != -1:
        head = css[position:opening].rpartition(";")[2].strip()
        closing = _closing(css, opening)
        inside = css[opening + 1 : closing]
        if head.startswith(("@media", "@supports", "@layer", "@container")):
            yield Rule(head, children=list(parse(inside)))
        else:
            yield Rule(head, inside.strip())
        position = closing + 1


def _closing(css: str, opening: int) -> int:
    depth = 0
    for position in range(opening, len(css)):
        if css[position] == "{":
            depth += 1
        elif css[position] == "}":
            depth -= 1
            if depth == 0:
                return position
    message = f"A block that opens at {opening} is never closed."
    raise ValueError(message)


def prune(css: str, *, kept: re.Pattern[str] = KEPT_CLASSES) -> str:
    """Return `css` with only the rules whose every class matches `kept`.

    Selector lists are narrowed part by part, keyframes and font faces go, and custom properties
    that no remaining declaration reads are dropped from every rule.
    """
    rules = [rule for rule in (_narrow(each, kept) for each in parse(css)) if rule]
    _drop_unread_variables(rules)
    return "".join(rule.text() for rule in rules if rule.body or rule.children)


def _narrow(rule: Rule, kept: re.Pattern[str]) -> Rule | None:
    if rule.children:
        children = [child for child in (_narrow(each, kept) for each in rule.children) if child]
        return Rule(rule.head, children=children) if children else None
    if rule.head.startswith("@"):
        return None
    selectors = [part for part in _split(rule.head) if _wanted(part, kept)]
    return Rule(",".join(selectors), rule.body) if selectors else None


def _split(selectors: str) -> list[str]:
    """Return the parts of a selector list; commas inside `:is(…)` and the like do not part."""
    parts = re.split(r",(?![^()]*\))", selectors)
    return [part.strip() for part in parts]


def _wanted(selector: str, kept: re.Pattern[str]) -> bool:
    if _UNWANTED.search(selector):
        return False
    return all(kept.fullmatch(name) for name in _CLASS.findall(selector))


def _drop_unread_variables(rules: list[Rule]) -> None:
    leaves = list(_leaves(rules))
    while True:
        read = {name for rule in leaves for name in _VARIABLE.findall(rule.body)}
        changed = False
        for rule in leaves:
            body = _keep_declarations(rule.body, read)
            changed = changed or body != rule.body
            rule.body = body
        if not changed:
            return


def _leaves(rules: list[Rule]) -> Iterator[Rule]:
    for rule in rules:
        if rule.children:
            yield from _leaves(rule.children)
        else:
            yield rule


def _keep_declarations(body: str, read: set[str]) -> str:
    """Return `body` without the custom properties that are not among `read`."""
    declarations = re.split(r";(?![^()]*\))", body)
    return ";".join(
        declaration
        for declaration in declarations
        if declaration.strip()
        and (
            not declaration.lstrip().startswith("--")
            or declaration.partition(":")[0].strip() in read
        )
    )
