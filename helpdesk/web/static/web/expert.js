// The expert view: keys, the composer and what a live refresh must leave alone. Every action is also a plain form.
const $ = (s, r = document) => r.querySelector(s);
const field = () => $(".composer__text");
const scroller = $("[data-end]");
let follow = true;

// --- the composer
document.addEventListener("click", e => {                          // also when it was chosen already: R and M go to the text
  if (e.target.matches("#composer [name=kind]")) { field().placeholder = e.target.dataset.hint; field().focus(); }
  if (e.target.closest("[data-write-note]")) $("#composer [data-compose=note]")?.click();   // the link itself goes to the text, out of the drawer
});

// --- live: open menus, forms on their way and fields being written in stay as they are, folded parts stay folded, the focus stays
const folds = root => [...root.querySelectorAll("details")];
const refold = (open, root) => folds(root).forEach((fold, i) => { if (i < open.length) fold.open = open[i]; });
let unfolded = [], opener = "", waits = false;
document.addEventListener("htmx:oobBeforeSwap", e => {
  if (e.detail.target.id === "toasts") return;
  const place = e.detail.target, active = place.contains(document.activeElement) ? document.activeElement : null;
  if (place.querySelector(":popover-open, .htmx-request") || active?.matches("input, textarea, select")) { e.detail.shouldSwap = false; return; }
  opener = active?.getAttribute("popovertarget") ?? "";
  refold(folds(place).map(fold => fold.open), e.detail.fragment);
});
document.addEventListener("htmx:oobAfterSwap", () => {
  if (opener) $(`[popovertarget="${opener}"]`)?.focus({ preventScroll: true });
  opener = "";
});
document.addEventListener("htmx:beforeSwap", e => {
  if (e.detail.target.id !== "activity") return;
  if (e.detail.target.querySelector(".htmx-request")) { e.detail.shouldSwap = false; waits = true; return; }   // its answer must find it
  unfolded = folds(e.detail.target).map(fold => fold.open);
  follow = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
});
document.addEventListener("htmx:afterRequest", e => {
  if (!waits || !e.target.parentElement?.closest("#activity")) return;
  waits = false; document.body.dispatchEvent(new CustomEvent("live:ticket"));
});
document.addEventListener("htmx:afterSettle", e => {
  if (e.target.id === "activity") refold(unfolded, e.target);
  if (e.target.id === "activity" && follow) scroller.scrollTop = scroller.scrollHeight;
  if (e.target.id === "composer") { follow = true; field()?.focus(); }
});
if (scroller) scroller.scrollTop = scroller.scrollHeight;
