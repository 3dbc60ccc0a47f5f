// Behaviour of the frame: nothing a page needs to work, everything that makes it pleasant.
// Words come from data attributes on #toasts, so that they are translated on the server.

const root = document.documentElement;
const toasts = document.getElementById("toasts");
const store = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a choice of this visit only */ } };
const say = (name) => toasts?.getAttribute(`data-say-${name}`) ?? "";
// A row whose panel is not the one on show yet.
const AWAITED = "a[data-row][hx-get]:not([aria-current])";
const typing = (target) => target.closest?.("input, textarea, select, [contenteditable]");

// --- Live regions and toasts -------------------------------------------------------------------

function announce(text, id = "live") {
  const region = document.getElementById(id);
  if (!region) return;
  region.textContent = "";
  requestAnimationFrame(() => { region.textContent = text; });
}

function toast(text, note = "") {
  const template = document.getElementById("toast");
  if (!template || !toasts || !text) return;
  const card = template.content.firstElementChild.cloneNode(true);
  card.classList.add("bad");
  card.querySelector("[data-text]").textContent = text;
  if (note) {
    const small = card.querySelector("[data-note]");
    small.textContent = note;
    small.hidden = false;
  }
  for (const old of toasts.querySelectorAll(".bad")) {
    if (old.querySelector("[data-text]")?.textContent === text) old.remove();
  }
  toasts.append(card);
  announce(`${text} ${note}`, "alert");
}

function fade(card) {
  // Long enough to read, and never while somebody is at it.
  const close = () => (card.matches(":hover, :focus-within") ? setTimeout(close, 2000) : card.remove());
  setTimeout(close, 10000);
}

// --- What htmx tells ---------------------------------------------------------------------------

function failed(status, response) {
  const id = response?.getResponseHeader("X-Request-ID");
  const known = say(String(status));
  const text = known || (status >= 500 ? say("500") : say("400"));
  toast(text, status >= 500 && id ? `${say("error-id")}: ${id}` : "");
}

// What a page fetches by itself fails in its own place: nobody has typed or pressed anything.
function failedInPlace(asker) {
  if (asker?.matches?.("[hx-trigger^='pulse']")) return true;
  if (!asker?.matches?.("[data-slot]")) return false;
  const state = document.getElementById("failed").content.firstElementChild.cloneNode(true);
  const last = state.querySelector("[data-last]");
  if (last) last.textContent = document.querySelector("[data-as-of]")?.textContent ?? "";
  state.querySelector("[data-retry]").addEventListener("click", () => {
    state.remove();
    asker.tabIndex = -1;
    asker.focus();
    window.htmx.ajax("GET", asker.getAttribute("hx-get"), { source: asker });
  });
  asker.querySelector("[data-failed]")?.remove();
  asker.append(state);
  announce(state.querySelector("span").textContent);
  return true;
}

document.addEventListener("htmx:responseError", (event) => {
  if (!failedInPlace(event.detail.elt)) failed(event.detail.xhr.status, event.detail.xhr);
});
document.addEventListener("htmx:sendError", (event) => failedInPlace(event.detail.elt) || toast(say("offline")));
document.addEventListener("htmx:timeout", (event) => failedInPlace(event.detail.elt) || toast(say("timeout")));
document.addEventListener("htmx:swapError", () => toast(say("500")));
document.addEventListener("htmx:beforeRequest", (event) => event.detail.target?.setAttribute?.("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", (event) => {
  event.detail.target?.removeAttribute?.("aria-busy");
  const asker = event.detail.elt;
  const form = asker?.closest?.("form");
  if (form) release(form);
  // A panel of another office that the reader has no right to takes its place away.
  if (event.detail.xhr?.status === 204 && asker?.matches?.("[data-slot]")) asker.remove();
});
document.addEventListener("htmx:afterSettle", (event) => {
  const region = event.detail.target;
  region.querySelector?.("[data-focus]")?.focus();
  watch(region);
  const count = region.matches?.("[data-announce]") ? region : region.querySelector?.("[data-announce]");
  if (count) announce(count.textContent.trim());
  // Somebody who walked on while a row was fetched stands on another one: fetch that.
  const row = document.activeElement;
  if (region.contains?.(row) && row.matches(AWAITED)) row.click();
  // What is swapped into a closed dialog opens it; an empty answer closes it.
  const dialog = region.closest?.("dialog");
  if (dialog && !dialog.open && region.childElementCount) dialog.showModal();
  if (dialog?.open && !region.childElementCount) dialog.close();
});
document.addEventListener("close-dialog", () => document.querySelector("dialog[open]")?.close());

// --- Dialogs, menus, theme ---------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const target = event.target;
  const opener = target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) {
    event.preventDefault();
    if (dialog.id === "shortcuts") showKeys(dialog);
    else if (!dialog.open) dialog.showModal();
  }
  if (target.closest("[data-dialog-close]")) target.closest("dialog")?.close();
  if (target.matches("dialog")) target.close();
  target.closest("[data-toast-close]")?.closest("[data-toast]").remove();
  if (target.closest("[data-theme-switch]")) switchTheme();
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(target)) menu.open = false;
  }
});
document.addEventListener("focusin", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

function switchTheme() {
  const dark = root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.bsTheme = dark ? "light" : "dark";
  store("brygga.theme", root.dataset.bsTheme);
}

// --- What scrolls sideways can be reached by keyboard, and only while it scrolls ----------------

const scrolls = new ResizeObserver((entries) => entries.forEach((entry) => reach(entry.target)));

function reach(box) {
  const wider = box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1;
  if (!wider) {
    box.removeAttribute("tabindex");
    return;
  }
  box.tabIndex = 0;
  if (!box.hasAttribute("aria-label")) {
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", say("scrolls"));
  }
  if (box.matches("[data-open-at-end]") && !box.dataset.opened) {
    box.dataset.opened = "yes";
    box.scrollLeft = box.scrollWidth;
  }
}

const watch = (part) => part.querySelectorAll?.(".b-scroll, .b-rail, .b-tall, .b-panel:has(> .b-table)").forEach((box) => scrolls.observe(box));

// --- Keys --------------------------------------------------------------------------------------

// A person's preference, written into the page by the server.
const keysAreOn = root.dataset.shortcuts !== "off";

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details[data-menu][open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (!keysAreOn || document.querySelector("dialog[open]")) return;
  if (pressed(event.key)) event.preventDefault();
});

function pressed(key) {
  if (key === "/") return Boolean(focusOn(document.getElementById("search")));
  if (key === "?") return Boolean(showKeys(document.getElementById("shortcuts")));
  const list = currentList();
  if (!list) return press(document, key);
  const rows = [...list.querySelectorAll("tbody > tr, :scope > li")].filter((row) => row.querySelector("a, button"));
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  if (key === "j" || key === "k") {
    const next = key === "j" ? rows[Math.min(at + 1, rows.length - 1)] : rows[Math.max(at - 1, 0)];
    return Boolean(focusOn(next?.querySelector("[data-row], a, button")));
  }
  if (key === "x") {
    rows[at]?.querySelector("input[type=checkbox]")?.click();
    return at >= 0;
  }
  // Enter belongs to what has the focus, unless that is a row whose panel is open already.
  if (key === "Enter" && at < 0) return false;
  // A key acts on what is on show: while the row's panel is on its way it does nothing.
  if (rows[at]?.querySelector(AWAITED)) return true;
  return press(rows[at], key) || press(document, key);
}

function press(part, key) {
  const action = part?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  action?.click();
  return Boolean(action);
}

// The list of keys holds only those that do something on this page.
function showKeys(dialog) {
  if (!dialog) return null;
  for (const row of dialog.querySelectorAll("[data-needs]")) row.hidden = !document.querySelector(row.dataset.needs);
  const blank = dialog.querySelector("[data-own][hidden]");
  for (const row of dialog.querySelectorAll("[data-own]:not([hidden])")) row.remove();
  const known = new Set();
  for (const action of document.querySelectorAll("[data-key]")) {
    if (known.has(action.dataset.key)) continue;
    known.add(action.dataset.key);
    const row = blank.cloneNode(true);
    row.hidden = false;
    row.querySelector("kbd").textContent = action.dataset.key.length === 1 ? action.dataset.key.toUpperCase() : action.dataset.key;
    row.querySelector("dd").textContent = wordOf(action);
    blank.before(row);
  }
  dialog.showModal();
  return dialog;
}

function wordOf(action) {
  if (action.dataset.keyWord) return action.dataset.keyWord;
  const copy = action.cloneNode(true);
  for (const part of copy.querySelectorAll("kbd, svg")) part.remove();
  return copy.textContent.trim();
}

function currentList() {
  const lists = document.querySelectorAll("[data-keys]");
  const inside = document.activeElement?.closest?.("[data-keys]");
  return inside ?? (lists.length === 1 ? lists[0] : null);
}

function focusOn(element) {
  element?.focus();
  element?.scrollIntoView({ block: "nearest" });
  return element;
}

// --- Forms: one submit, and a warning before typed text is lost --------------------------------

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[data-held]")) {
    button.disabled = false;
    delete button.dataset.held;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sent = "yes";
  delete form.dataset.dirty;
  // After the browser has read the form, so that the pressed button's own value is sent.
  setTimeout(() => {
    for (const button of form.querySelectorAll("button:not([type=button]):not(:disabled)")) {
      button.disabled = true;
      button.dataset.held = "yes";
    }
  });
}, true);
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));

document.addEventListener("input", (event) => {
  const form = event.target.closest("form");
  if (form?.method === "post") form.dataset.dirty = "yes";
});
document.addEventListener("change", (event) => event.target.closest("form[data-autosubmit]")?.requestSubmit());
// A search has been sent while it was typed; leaving the field sends it, and stores its address, no second time.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-filters] input[type=search]")) event.stopPropagation();
}, true);
window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-warn][data-dirty]:not([data-sent])")) event.preventDefault();
});

// --- Pulse: ask whether anything changed, quietly ----------------------------------------------

function pulse(element) {
  let wait = 5000;
  let since = element.dataset.pulseSince ?? "";
  const ask = async () => {
    if (!element.isConnected) return;
    if (!document.hidden) wait = await once();
    if (wait) setTimeout(ask, wait + Math.random() * 1500);
  };
  const once = async () => {
    const url = new URL(element.dataset.pulseUrl, location.href);
    if (since) url.searchParams.set("since", since);
    try {
      const answer = await fetch(url, { headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
      if (answer.ok) stamp(answer.headers.get("X-As-Of"), decodeURIComponent(answer.headers.get("X-Age") ?? ""));
      if (answer.status === 200) {
        since = answer.headers.get("X-Pulse") ?? since;
        document.body.dispatchEvent(new CustomEvent("pulse", { bubbles: true }));
      }
      // Logged out, gone or told to stop: silence, since the next click will say so.
      return answer.ok ? 5000 : answer.status >= 500 ? Math.min(wait * 2, 60000) : 0;
    } catch {
      stamp(null, say("stale"));
      return Math.min(wait * 2, 60000);
    }
  };
  setTimeout(ask, wait + Math.random() * 1500);
}

// The top bar says how old the figures of an open page are, and that there is no contact.
function stamp(asOf, age) {
  const mark = document.getElementById("stamp");
  if (!mark) return;
  if (asOf) mark.querySelector("[data-as-of]").textContent = asOf.replaceAll("-", "\u2011");
  mark.querySelector("[data-age]").textContent = age ? `, ${age}` : "";
  mark.classList.toggle("b-stale", Boolean(age));
}

// --- Start -------------------------------------------------------------------------------------

document.querySelectorAll("[data-pulse-url]").forEach(pulse);
document.querySelectorAll("[data-toast][data-fades]").forEach(fade);
document.querySelector("[data-focus]")?.focus();
watch(document);
const messages = [...document.querySelectorAll("[data-toast] > div")].map((node) => node.textContent.trim());
if (messages.length) announce(messages.join(" "));
