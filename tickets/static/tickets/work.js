// The timer of a ticket: starts when the ticket is looked at, follows the technician, stops when nobody is there.
const PING = 60_000, IDLE = 10 * 60_000;
const box = () => document.getElementById("time");
const token = () => document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
let active = Date.now(), sent = Date.now(), begun = 0, isAway = false, isStopped = false;

async function say(what) {
  const place = box(); if (!place?.dataset.timer) return;
  const body = new URLSearchParams({ do: what, csrfmiddlewaretoken: token() });
  try {
    const answer = await fetch(place.dataset.timer, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (what === "start" && isStopped) return say("stop");             // stopped by hand meanwhile: the server may have heard it first
    if (answer.status !== 200 || !box()) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("time"), now = box();
    if (!fresh) return;
    const active = document.activeElement, typed = now.querySelector(".add-time");                // what is being typed stays
    if (typed) fresh.querySelector(".add-time")?.replaceWith(typed);
    fresh.open = now.open; now.replaceWith(fresh); htmx.process(fresh);
    if (document.activeElement !== active) (active.isConnected ? active : document.getElementById(active.id))?.focus({ preventScroll: true });
    show();
  } catch { /* the connection banner tells of it */ }
}
const begin = () => {
  if (!box()?.hasAttribute("data-timed") || document.hidden || isStopped || Date.now() - begun < 1000) return;
  isAway = false; sent = begun = Date.now(); say("start");
};

function show() {                                                     // "12:04", counted here
  const place = box()?.querySelector("[data-since]"); if (!place) return;
  const seconds = Math.max(0, Math.floor((Date.now() - new Date(place.dataset.since)) / 1000));
  place.textContent = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((n, i) => i ? String(n).padStart(2, "0") : n).join(":");
}
const isRunning = () => Boolean(box()?.querySelector("[data-since]"));

["pointerdown", "pointermove", "keydown", "wheel", "focus"].forEach(type => addEventListener(type, () => {
  active = Date.now();
  if (isAway) begin();
}, { passive: true, capture: true }));
setInterval(() => {
  show();
  if (!isRunning() || isAway) return;
  if (Date.now() - active >= IDLE) { isAway = true; say("away"); }
  else if (Date.now() - sent >= PING && active > sent) { sent = Date.now(); say("alive"); }
}, 1000);
document.addEventListener("visibilitychange", begin);
addEventListener("focus", event => { if (event.target === window) begin(); });                    // of two windows side by side
document.addEventListener("htmx:afterSettle", show);

// --- what is answered or taken off the list leaves the focus beside it, not at the top of the page
const BESIDE = { time: "timer-button", checklist: "add-item", links: "link-add" };
const held = {};
document.addEventListener("htmx:beforeSwap", ({ detail: { target } }) => { if (BESIDE[target.id]) held[target.id] = target.contains(document.activeElement) ? document.activeElement.closest("[id]").id : ""; });
document.addEventListener("htmx:afterSettle", ({ detail: { target: { id } } }) => {
  if (held[id] && document.activeElement === document.body) (document.getElementById(held[id].replace(/^name/, "rename")) ?? document.getElementById(BESIDE[id]))?.focus({ preventScroll: true });
  held[id] = "";
});

// --- a live refresh leaves what has not changed, so that no click goes to what is just replaced, and the focus stays
const plain = element => {
  const copy = element.cloneNode(true);
  copy.querySelectorAll("[name=csrfmiddlewaretoken]").forEach(field => field.remove());
  copy.querySelectorAll("[data-since]").forEach(clock => clock.textContent = "");
  copy.querySelectorAll("details").forEach(fold => fold.open = false);
  copy.querySelectorAll("[class]").forEach(part => { part.classList.remove("htmx-settling", "htmx-swapping", "htmx-added"); if (!part.classList.length) part.removeAttribute("class"); });
  return copy.innerHTML.replace(/\s+/g, " ");
};
const isChanged = field => field.matches("select") ? field.selectedIndex !== Math.max(0, [...field.options].findIndex(option => option.defaultSelected))
  : /checkbox|radio/.test(field.type) ? field.checked !== field.defaultChecked : field.type !== "hidden" && field.value !== field.defaultValue;
const awaited = new Set();
document.addEventListener("htmx:beforeRequest", event => awaited.add(event.detail.target));
document.addEventListener("htmx:afterRequest", event => awaited.delete(event.detail.target));
let place = "";
document.addEventListener("htmx:oobBeforeSwap", event => {
  if (event.detail.target.id === "toasts") return;                      // only grows: nothing in it is replaced
  const old = event.detail.target, fresh = event.detail.fragment?.firstElementChild ?? event.detail.fragment, active = document.activeElement;
  const isAwaited = [...awaited].some(target => old.contains(target));                             // an answer comes right into it
  const isTyped = [...old.querySelectorAll("input, select, textarea")].some(isChanged);            // what is typed stays
  const isAsking = old.querySelector("[role=alert], #anyway, :popover-open");                                // nor does a question go unanswered
  if (isAwaited || isTyped || isAsking || fresh?.id === old.id && plain(old) === plain(fresh)) event.detail.shouldSwap = false;
  place = old.contains(active) ? active.id : "";
});
document.addEventListener("htmx:oobAfterSwap", () => { show(); if (place && document.activeElement === document.body) document.getElementById(place)?.focus({ preventScroll: true }); place = ""; });
document.addEventListener("submit", event => {                        // who stops the timer by hand does not want it back at once
  const what = event.submitter?.id === "timer-button" ? event.submitter.value : "";
  if (what) isStopped = what === "stop";
});
addEventListener("pagehide", () => {
  if (isRunning()) navigator.sendBeacon(box().dataset.timer, new URLSearchParams({ do: "leave", csrfmiddlewaretoken: token() }));
});
begin();
show();
