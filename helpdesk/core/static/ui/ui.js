// Shortcuts, list cursor, dialogs, palette, toasts. Nothing here is needed to read or submit a page:
// every action is also a link, button or form.
import { isTyping, keysOff, obey } from "./keys.js";
import { start } from "./live.js";
import * as palette from "./palette.js";

const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
const root = document.documentElement, body = document.body;

// --- live events and the connection banner -----------------------------------------------------------------
if (body.dataset.live) start(body.dataset.live, body.dataset.user);
const SOON_MS = 2500, banner = $("#offline");                      // a short break is nobody's business
let brokenAt = 0, nextTry = 0, ticking = 0;
function tick() {
  const seconds = Math.max(0, Math.ceil((nextTry - Date.now()) / 1000)), says = banner?.querySelector("[data-next]");
  if (!banner || Date.now() - brokenAt < SOON_MS) return;
  banner.hidden = false; says.textContent = seconds ? says.dataset.next.replace("{n}", seconds) : says.dataset.now;
}
body.addEventListener("live:offline", event => { brokenAt ||= Date.now(); nextTry = Number(event.detail); ticking ||= setInterval(tick, 500); });
body.addEventListener("live:online", () => { clearInterval(ticking); brokenAt = ticking = 0; banner?.setAttribute("hidden", ""); });
banner?.querySelector("button").addEventListener("click", () => body.dispatchEvent(new CustomEvent("live:try")));

// --- theme: the form posts the choice; here it changes at once ----------------------------------------------
$$("[data-theme-toggle]").forEach(button => button.form?.addEventListener("submit", event => {
  event.preventDefault();
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
  const data = new FormData(button.form); data.set("theme", root.dataset.theme);
  fetch(button.form.action, { method: "POST", body: data, redirect: "manual" });
}));

// --- a double click sends a form once; Back or a failed answer frees it (htmx forms see to themselves) ----------
const HELD_MS = 5000;
document.addEventListener("submit", event => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (Date.now() - (form.dataset.sentAt ?? 0) < HELD_MS) event.preventDefault();
  else form.dataset.sentAt = Date.now();
});
addEventListener("pageshow", () => $$("form[data-sent-at]").forEach(form => delete form.dataset.sentAt));

// --- dialogs (native <dialog>: focus trap, Esc and top layer come from the browser) ---------------------------
let opener = null;
const open = id => { const d = document.getElementById(id); if (d && !d.open) { opener = document.activeElement; d.showModal(); if (id === "palette") palette.opened(); $("input", d)?.focus(); } };
document.addEventListener("click", event => {
  const wants = event.target.closest("[data-open]");
  if (wants) { event.preventDefault(); $$("dialog[open]").forEach(d => d.close()); open(wants.dataset.open); }
  const close = event.target.closest("[data-close]"), dialog = close?.closest("dialog");
  if (dialog) { event.preventDefault(); dialog.close(); }
  if (event.target.matches("dialog")) event.target.close();                       // click on the backdrop
});
document.addEventListener("close", event => { if (event.target.matches("dialog")) opener?.focus(); }, true);
let ticked = [];                                                                    // rows that are read again stay ticked
document.addEventListener("htmx:beforeSwap", () => { ticked = $$("[data-list] tbody .box:checked").map(box => box.value); });
document.addEventListener("htmx:afterSwap", event => {                            // a dialog that htmx brought
  if (ticked.length) $$("[data-list] tbody .box").forEach(box => box.checked = ticked.includes(box.value));
  const dialog = $("dialog[data-modal]", event.target); if (dialog && !dialog.open) { if (document.activeElement !== body) opener = document.activeElement; dialog.showModal(); }
  if (event.target.closest?.("[data-list]") || $("[data-list]", event.target)) { restore(); count(); }
});

// --- menus: they take the focus; arrows, Home, End and first letters move in them, Esc gives it back -----------
const stops = menu => $$("a[href], button:not(:disabled), input:not([type=hidden])", menu).filter(item => item.checkVisibility());
const enter = ({ target: menu }) => { if (menu.matches?.(".menu--popover:popover-open") && !menu.contains(document.activeElement)) stops(menu)[0]?.focus({ preventScroll: true }); };
document.addEventListener("toggle", enter, true);
document.addEventListener("htmx:afterSettle", enter);                              // what it shows was brought when it opened
document.addEventListener("keydown", event => {
  const menu = event.target.closest?.(".menu--popover:popover-open");
  if (!menu || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, textarea, input:not([type=checkbox])")) return;
  const all = stops(menu), at = all.indexOf(event.target), letter = event.key.length === 1 && event.key !== " " ? event.key.toLowerCase() : "";
  const to = letter ? [...all.slice(at + 1), ...all.slice(0, at + 1)].find(item => item.textContent.trim().toLowerCase().startsWith(letter))
    : all.at({ ArrowDown: (at + 1) % all.length, ArrowUp: at - 1, Home: 0, End: -1 }[event.key] ?? all.length);
  if (to) { event.preventDefault(); event.stopImmediatePropagation(); to.focus(); }
}, true);

// --- toasts: 8 seconds or what they say, longer under the pointer or focus; errors stay ---------------------
function toasted(toast) {
  $("[data-dismiss]", toast)?.addEventListener("click", () => toast.remove());
  toast.addEventListener("htmx:afterRequest", event => { if (event.detail.xhr.status) toast.remove(); });
  if (toast.dataset.toast === "error") return;
  let timer = setTimeout(() => toast.remove(), Math.max(8, Number(toast.dataset.seconds || 0)) * 1000);
  ["pointerenter", "focusin"].forEach(type => toast.addEventListener(type, () => clearTimeout(timer)));
  ["pointerleave", "focusout"].forEach(type => toast.addEventListener(type, () => { clearTimeout(timer); timer = setTimeout(() => toast.remove(), 4000); }));
}
$$("[data-toast]").forEach(toasted);
if ($("#toasts")) new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(node => node.matches?.("[data-toast]") && toasted(node)))).observe($("#toasts"), { childList: true });

// --- list cursor: J/K move, X selects, Enter opens --------------------------------------------------------------
const list = () => $("[data-list]");
const rows = () => list() ? $$("tbody tr, .ibx__item, [data-row]", list()) : [];
const linkOf = row => row?.matches("a") ? row : row && $("a", row);
let cursorId = "";                                                                // where it stood when its mark went
function at() {                                                                   // -1: nowhere, the first J goes to the first row
  const all = rows(), is = wanted => all.findIndex(wanted), marked = is(row => row.matches(".is-cursor"));
  return marked >= 0 ? marked : Math.max(is(row => row.id && row.id === cursorId), is(row => row.matches("[aria-current]")));
}
const here = () => rows()[Math.max(0, at())];
function move(to) {
  const all = rows(); if (!all.length) return;
  const row = all[Math.min(Math.max(to, 0), all.length - 1)];
  all.forEach(each => each.classList.toggle("is-cursor", each === row));
  cursorId = row.id; row.scrollIntoView({ block: "nearest" }); linkOf(row)?.focus({ preventScroll: true });
  row.dispatchEvent(new CustomEvent("cursor", { bubbles: true }));
}
function restore() {                                                              // rows were read again: the cursor stays with its row
  if (!cursorId || !rows().some(row => row.id === cursorId)) return;
  rows().forEach(row => row.classList.toggle("is-cursor", row.id === cursorId));
}
// Shift+X, or Shift and a click, ticks all from the box that was ticked last
let lastBox = "";
const boxes = () => list() ? $$("tbody .box", list()) : [];
function range(to) {
  const all = boxes(), i = all.findIndex(box => box.value === lastBox), j = all.indexOf(to); if (j < 0) return;
  all.slice(Math.min(i < 0 ? j : i, j), Math.max(i, j) + 1).filter(box => !box.checked).forEach(box => { box.checked = true; box.dispatchEvent(new Event("change", { bubbles: true })); });
  lastBox = to.value;
}
document.addEventListener("click", event => {
  const box = event.target.closest?.("[data-list] tbody .box"); if (!box) return;
  if (event.shiftKey) range(box);
  lastBox = box.value;
});
function count() {
  const table = list(), n = $$("tbody .box:checked", table ?? document).length, bar = $("[data-selected-count]");
  if (bar) { bar.hidden = !n; bar.textContent = bar.dataset.selectedCount.replace("{n}", n); }
  const all = table && $("thead .box", table); if (all) { const total = $$("tbody .box", table).length; all.indeterminate = n > 0 && n < total; all.checked = n > 0 && n === total; }
}
document.addEventListener("change", event => {
  if (event.target.matches("thead .box")) $$("tbody .box", event.target.closest("table")).forEach(box => box.checked = event.target.checked);
  if (event.target.matches("[data-select-all]")) { $$("tbody .box", list()).forEach(box => box.checked = event.target.checked); count(); }
  if (event.target.matches(".box")) count();
});
count();

// --- shortcuts: single letters never while typing, never with Ctrl/Alt/Meta, and can be switched off (WCAG 2.1.4) --
const switches = $$("[data-keys-switch]");
switches.forEach(box => { box.checked = !keysOff(); box.addEventListener("change", () => { localStorage.setItem("keys", box.checked ? "on" : "off"); switches.forEach(each => each.checked = box.checked); obey(); }); });
$$("[data-with-script]").forEach(part => part.hidden = false);                      // of no use to who reads without script
const compose = kind => $(`[data-compose=${kind}]`)?.click();
let g = 0;
document.addEventListener("keydown", event => {
  const typing = isTyping(event.target), modal = $("dialog[open]");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault(); if (modal?.id === "palette" || modal?.id === "keys") modal.close();
    if (!modal || modal.id === "keys") open("palette");                             // over a form that is being filled in it stays away
    return;
  }
  if (modal?.id === "palette") { palette.paletteKey(event, open); return; }
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key === "Enter" && typing?.form) {                     // the button that shows is the one that is meant: a note never goes out as a reply
    event.preventDefault(); const send = $$("[type=submit]:not([formnovalidate])", typing.form).find(button => button.checkVisibility() && !button.disabled);
    if (send) typing.form.requestSubmit(send); return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing || modal || keysOff()) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (g && Date.now() - g < 900) { g = 0; const place = $(`[data-go="${CSS.escape(key)}"]`); if (place) { event.preventDefault(); location.href = place.href; } return; }
  const search = $$("[data-search]").find(field => field.checkVisibility()), filter = $("[data-filter]"), box = here() && $(".box", here());
  const act = { "?": () => open("keys"), "/": () => search ? search.focus() : open("palette"), g: () => g = Date.now(), n: () => $("[data-new], a[href*='/tickets/new/'], #pal-do-new")?.click(),
    j: () => move(at() + 1), k: () => move(at() - 1), x: () => event.shiftKey ? box && range(box) : box?.click(), r: () => compose("reply"), m: () => compose("note"),
    f: filter && (() => $("[aria-current], input:not([type=hidden]), select, a", filter)?.focus()),
    " ": event.target.closest("button, input, summary") ? null : $("#preview-switch button") && (() => $("#preview-switch button").click()),
    Enter: event.target === body && rows().length ? () => linkOf(here())?.click() : null }[key];
  if (act) { event.preventDefault(); act(); return; }
  const control = $$(`[data-key="${CSS.escape(key)}"]`).find(item => item.checkVisibility());   // keys that a page gives to its own controls
  if (control) { event.preventDefault(); if (control.matches("[popovertarget]")) control.focus({ preventScroll: true }); control.click(); }
});

palette.start(open);

// a page that answered a POST takes its lasting address: reading it again sends nothing twice
$$("[data-address]").forEach(page => history.replaceState(null, "", page.dataset.address));
$(".set__nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });   // on a phone the places lie in one row
$$("[data-end]").forEach(scroll => scroll.scrollTop = scroll.scrollHeight);
