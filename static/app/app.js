// The only script of our own: keyboard, selection, dialogs, toasts, preferences. No state of its own beyond
// the page; everything it does has an address or a form behind it. htmx event names stand in one place.

const HTMX = {
  afterSwap: "htmx:afterSwap",
  afterSettle: "htmx:afterSettle",
  beforeRequest: "htmx:beforeRequest",
  failures: ["htmx:sendError", "htmx:timeout", "htmx:responseError", "htmx:swapError"],
};
const TOAST_MILLISECONDS = 10_000;
const CHORD_MILLISECONDS = 1_200;
const FOLLOW_MILLISECONDS = 150;

const root = document.documentElement;
const find = (selector, from = document) => from.querySelector(selector);
const all = (selector, from = document) => [...from.querySelectorAll(selector)];
const visible = (element) => element.checkVisibility() && !element.disabled;
const typing = (element) => element.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

// Rows: one is current; it holds the focus while the list is walked through.

const rows = () => all("[data-list] [data-row]").filter(visible);
const currentRow = () => find("[data-list] .is-current");
const tick = (row) => row && find(".c-check[name=selected]", row);

let following = 0;

function walk(step) {
  const list = rows();
  if (!list.length) return;
  const at = list.indexOf(currentRow());
  const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
  list.forEach((row) => row.classList.toggle("is-current", row === next));
  const target = find("[data-open]", next) ?? find("a, .c-check", next);
  target?.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  clearTimeout(following);
  following = setTimeout(follow, FOLLOW_MILLISECONDS, target);
}

function follow(link) {
  // What is shown beside the list follows the keys, once they rest; what would cover the list does not.
  const shown = link?.hasAttribute("hx-get") && find(link.getAttribute("hx-target"));
  if (shown && visible(shown) && link.isConnected) link.click();
}

function openRow() {
  clearTimeout(following);
  const link = currentRow() && find("[data-open], td a, a", currentRow());
  link?.click();
}

// Selection: ticked rows, their exact sums per currency, and everything the filter matches as second step.

let lastTicked = null;

function setTicks(list, checked) {
  list.map(tick).forEach((box) => box && (box.checked = checked));
  showSelection();
}

function tickRange(row) {
  const list = rows();
  const [from, to] = [list.indexOf(lastTicked ?? row), list.indexOf(row)].sort((a, b) => a - b);
  setTicks(list.slice(Math.max(from, 0), to + 1), true);
}

function sums(list) {
  // Decimal strings are added as whole minor units: no figure on this page passes through a float.
  const byCurrency = new Map();
  for (const row of list.filter((one) => one.dataset.amount)) {
    const { units, places } = byCurrency.get(row.dataset.currency) ?? { units: 0n, places: 0 };
    const [whole, fraction = ""] = row.dataset.amount.split(".");
    const wider = Math.max(places, fraction.length);
    const added = BigInt(whole + fraction) * 10n ** BigInt(wider - fraction.length);
    byCurrency.set(row.dataset.currency, { units: units * 10n ** BigInt(wider - places) + added, places: wider });
  }
  return [...byCurrency].map(([currency, { units, places }]) => {
    const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
    const exact = `${units < 0n ? "-" : ""}${digits.slice(0, digits.length - places)}.${digits.slice(digits.length - places)}0`;
    const options = currency ? { style: "currency", currency, currencyDisplay: "narrowSymbol" } : { minimumFractionDigits: 2 };
    return new Intl.NumberFormat(root.lang, options).format(exact).replace("-", "\u2212");
  });
}

function showCounts() {
  // A button that acts on the ticked rows says how many they are.
  for (const button of all("[data-pattern]")) {
    const count = all(`[form="${button.form.id}"][name=selected]:checked`).length;
    button.textContent = button.dataset.pattern.replace(/{} ?/, count ? `${count} ` : "").trim();
    if (!button.title) button.disabled = !count;
  }
}

function showSelection(everything = false) {
  const bar = find("#bulk");
  showCounts();
  all("[data-list] [data-row]").forEach((row) => {
    row.classList.toggle("is-selected", Boolean(tick(row)?.checked));
  });
  if (!bar) return;
  const chosen = rows().filter((row) => tick(row)?.checked);
  bar.elements.everything.value = everything ? "1" : "0";
  find("[data-clear]", bar).checked = true;
  find("[data-selected]", bar).textContent = everything ? `All ${bar.elements.expected_count.value} selected` : `${chosen.length} selected`;
  find("[data-selected-sum]", bar).textContent = everything ? "" : sums(chosen).join(", ");
  const more = find("[data-select-all]", bar);
  if (more) more.hidden = everything;
}

function selectPage() {
  const list = rows().filter(tick);
  const pageIsChosen = list.length && list.every((row) => tick(row).checked);
  if (pageIsChosen && find("[data-select-all]")) return showSelection(true);
  setTicks(list, true);
}

// Dialogs, toasts, the banner for what went wrong on the way.

function openDialog(name) {
  const dialog = document.getElementById(name);
  if (!dialog) return false;
  if (dialog.open) return true;
  dialog.showModal();
  find(".c-dialog-body :is(input:not([type=hidden]), select, textarea)", dialog)?.focus();
  return true;
}

let undo = null;

function toast({ message, undo: address }) {
  const item = find("#toast").content.firstElementChild.cloneNode(true);
  find("span", item).textContent = message;
  const button = find("button", item);
  const close = () => {
    item.remove();
    if (undo === act) undo = null;
  };
  const act = () => {
    close();
    window.htmx.ajax("POST", address, { swap: "none" });
  };
  if (address) {
    button.hidden = false;
    button.addEventListener("click", act);
    undo = act;
  }
  find("#toasts").append(item);
  setTimeout(close, TOAST_MILLISECONDS);
}

function warn(sentence) {
  const banner = find("#banner");
  if (!banner) return;
  find("span", banner).textContent = sentence;
  banner.hidden = false;
}

function explainFailure(event) {
  const status = event.detail.xhr?.status;
  if (event.type === "htmx:swapError") return warn("The answer could not be shown. Reload the page to see where things stand.");
  if (!status) return warn("The server did not answer. What you sent may not have arrived: reload before you send it again.");
  if (status === 403) return warn("You may not do this. Nothing was changed.");
  if (status === 404) return warn("This is gone or was moved. Reload the page.");
  warn("Something broke on the server. Nothing was confirmed: reload before you try again.");
}

function pressed(button) {
  // The server keeps the preference in a cookie; the page follows at once.
  const { name, value } = button;
  if (name === "theme" && value === "auto") delete root.dataset.theme;
  else root.dataset[name] = value;
  all(`[name=${name}]`, button.form).forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
}

function step(button) {
  // Quarter hours in hundredths, so that 0.1 + 0.2 stays out of the time sheet.
  const field = find("input", button.parentElement);
  const hundredths = (text) => Math.round(Number(text || 0) * 100);
  const value = Math.min(Math.max(hundredths(field.value) + hundredths(button.dataset.step), 0), 2400);
  field.value = `${Math.trunc(value / 100)}.${String(value % 100).padStart(2, "0")}`;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

async function copyLink(button) {
  await navigator.clipboard.writeText(new URL(button.dataset.copyLink, location.href).href);
  toast({ message: "Link copied" });
}

// Keyboard: a key presses what the page marks with it, so no key can do what no button does.

let chord = null;

function press(key) {
  const target = all(`[data-key="${key}"]`).find(visible);
  // Nothing happens to a row that is only marked: the key brings it into view first, and acts when pressed again.
  const [shown, marked] = [target?.closest("[data-shows]")?.dataset.shows, currentRow()?.dataset.row];
  if (shown && marked && shown !== marked) return openRow(), true;
  target?.click();
  return Boolean(target);
}

function go(letter) {
  const place = find(`[data-go="${letter.toUpperCase()}"]`);
  if (place) location.assign(place.href);
  return Boolean(place);
}

const fold = (name) => find(".l-app")?.classList.toggle(name);
const SINGLE_KEYS = {
  "/": () => find("#q")?.focus(),
  "?": () => openDialog("help"),
  j: () => walk(1),
  k: () => walk(-1),
  o: openRow,
  x: () => setTicks([(lastTicked = currentRow())].filter(Boolean), !tick(currentRow())?.checked),
  X: () => currentRow() && tickRange(currentRow()),
  z: () => (undo ? undo() : toast({ message: "There is nothing to undo" })),
  c: () => find("[data-focus-key=c]")?.focus(),
  "[": () => fold("is-wide"),
  "]": () => fold("is-plain"),
};

function onKey(event) {
  const { key, target } = event;
  const control = event.ctrlKey || event.metaKey;
  if (control && key.toLowerCase() === "k") return openDialog("palette") && event.preventDefault();
  // What a dialog asks is never answered by the page behind it.
  if (control && key === "Enter") return (target.form ?? find(find("dialog[open]") ? "dialog[open] form" : "form[data-main]"))?.requestSubmit();
  if (root.dataset.shortcuts === "off" || typing(target) || event.altKey) return;
  const inList = target.closest("[data-list]");
  // A tick must not send the form it belongs to: Enter opens the row.
  if (key === "Enter" && !control && inList && target.matches(".c-check")) return event.preventDefault(), openRow();
  if (control) {
    if (key.toLowerCase() === "a" && inList) (event.preventDefault(), selectPage());
    return;
  }
  if (find("dialog[open]")) return;
  if (key === "Escape") return find("[data-back]")?.checkVisibility() && find("[data-back]").click();
  if (inList && (key === "ArrowDown" || key === "ArrowUp")) return event.preventDefault(), walk(key === "ArrowDown" ? 1 : -1);
  if (chord && Date.now() - chord < CHORD_MILLISECONDS) return (chord = null), go(key) && event.preventDefault();
  if (key.toLowerCase() === "g") return void (chord = Date.now());
  const act = SINGLE_KEYS[key];
  if (act) (event.preventDefault(), act());
  else if (/^[a-z.]$/i.test(key) && press(key.toUpperCase())) event.preventDefault();
}

const CLICKS = {
  "[data-dialog]": (element, event) => openDialog(element.dataset.dialog) && event.preventDefault(),
  "[data-close]": (element) => element.closest("dialog").close(),
  "[data-dismiss]": (element) => (element.parentElement.id ? (element.parentElement.hidden = true) : element.parentElement.remove()),
  "[data-copy-link]": copyLink,
  "[data-step]": step,
  "[data-select-all]": () => showSelection(true),
  "[data-clear]": () => setTicks(rows(), false),
  "[data-preferences] button": pressed,
};

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  for (const [selector, act] of Object.entries(CLICKS)) {
    const element = event.target.closest(selector);
    if (element) act(element, event);
  }
  const row = event.target.closest("[data-list] [data-row]");
  if (!row) return;
  if (event.target === tick(row)) {
    if (event.shiftKey) tickRange(row);
    lastTicked = row;
  } else if (event.target.closest("[data-open]")) {
    rows().forEach((one) => one.classList.toggle("is-current", one === row));
  }
});
document.addEventListener("change", (event) => event.target.matches("[name=selected]") && showSelection());
document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("closeDialog", () => find("#dialog")?.close());

let focused = null;
document.addEventListener(HTMX.beforeRequest, () => (focused = document.activeElement));
document.addEventListener(HTMX.afterSwap, (event) => {
  if (event.detail.target.id === "dialog-body" && event.detail.target.childElementCount) openDialog("dialog");
});
document.addEventListener(HTMX.afterSettle, (event) => {
  showSelection();
  // Only when the swap took the focused control away, or opened something: never out of a field.
  const lost = focused && !focused.isConnected;
  const region = event.detail.elt.matches?.("[data-focus]") ? event.detail.elt : find("[data-focus]", event.detail.elt);
  if (lost && region) region.focus({ preventScroll: true });
  focused = null;
});
HTMX.failures.forEach((name) => document.addEventListener(name, explainFailure));
showSelection();
// What a link opened is to be seen in its list.
currentRow()?.scrollIntoView({ block: "nearest" });
