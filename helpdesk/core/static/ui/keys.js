// Single keys as their user chose them. Pages know a shortcut by its standard key (data-key="i"); here a chosen key is
// turned into it before anybody else hears of it. Nothing happens while typing, in dialogs, with Ctrl, Alt or Meta.
const own = JSON.parse(document.body.dataset.keys || "{}"), GO_MS = 900;
const invert = (prefix) => Object.fromEntries(Object.entries(own).filter(([id]) => id.startsWith("g ") === !!prefix).map(([id, key]) => [key, id.slice(prefix.length)]));
const singles = invert(""), places = invert("g ");
const moved = { "": new Set(Object.keys(own).filter(id => !id.startsWith("g "))), "g ": new Set(Object.keys(own).filter(id => id.startsWith("g ")).map(id => id.slice(2))) };
let went = 0;

export const isTyping = target => target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
export const keysOff = () => localStorage.getItem("keys") === "off";
/** The key that somebody presses for the shortcut with this standard key. */
export const keyOf = id => own[id] ?? id.at(-1);

if (Object.keys(own).length) addEventListener("keydown", event => {
  if (!event.isTrusted || event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || keysOff() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const pressed = event.key.toLowerCase(), isPlace = Date.now() - went < GO_MS, found = isPlace ? places : singles;
  const standard = found[pressed] ?? (moved[isPlace ? "g " : ""].has(pressed) ? "" : pressed);
  went = !isPlace && standard === "g" ? Date.now() : 0;
  if (standard === pressed) return;
  event.stopImmediatePropagation(); event.preventDefault();
  if (standard) event.target.dispatchEvent(new KeyboardEvent("keydown", { key: event.shiftKey ? standard.toUpperCase() : standard, shiftKey: event.shiftKey, bubbles: true, cancelable: true }));
}, true);

// --- controls show and say the key that works
function show(root) {
  for (const control of root.querySelectorAll("[data-key], [aria-keyshortcuts]")) {
    const id = (control.dataset.key ?? control.getAttribute("aria-keyshortcuts")).toLowerCase();
    if (!(id in own)) continue;
    control.setAttribute("aria-keyshortcuts", own[id]);
    const cap = control.querySelector(".kbd > kbd:only-child") ?? control.parentElement.querySelector(":scope > .kbd > kbd:only-child");
    if (cap) cap.textContent = own[id].toUpperCase();
    control.dataset.key ??= id;                                     // once: what it is called stays
  }
}
if (Object.keys(own).length) { show(document); document.addEventListener("htmx:afterSettle", () => show(document)); }

// --- switched off, no control says that it has a key
export function obey(root = document) {
  const off = keysOff(); document.documentElement.toggleAttribute("data-no-keys", off);
  for (const control of root.querySelectorAll(off ? "[aria-keyshortcuts]" : "[data-shortcut]")) {
    const key = off ? control.getAttribute("aria-keyshortcuts") : control.dataset.shortcut;
    if (!off) control.setAttribute("aria-keyshortcuts", key);
    else if (key.length === 1 || key === "Space") { control.dataset.shortcut = key; control.removeAttribute("aria-keyshortcuts"); }
  }
}
obey();
document.addEventListener("htmx:afterSettle", () => { if (keysOff()) obey(); });
