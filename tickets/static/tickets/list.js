// The ticket list: a click selects a row and previews it, a double click or Enter opens it. A refresh by the live
// stream keeps the row under the cursor, its selection and the focus. Without this file every row is still a link.
const SETTLE_MS = 80;                                             // J J J asks for one preview, not three
const pane = document.getElementById("ticket-peek"), split = pane?.parentElement, idle = pane?.innerHTML;
const roomy = matchMedia("(min-width: 62rem)");                  // narrower: there is no preview, a click opens
const rowOf = e => e.target.closest?.("#ticket-rows tbody tr");
let chosen = null, timer = 0, focused = false;

function mark() {
  for (const row of document.querySelectorAll("#ticket-rows tbody tr")) {
    row.classList.toggle("is-cursor", row.id === chosen);
    if (row.id === chosen) row.setAttribute("aria-selected", "true"); else row.removeAttribute("aria-selected");
  }
}
function preview(row) {
  clearTimeout(timer);
  timer = setTimeout(() => row.isConnected && row.dispatchEvent(new CustomEvent("peek")), SETTLE_MS);
}
const showsPanel = () => split.classList.contains("has-pane");
function choose(row) {
  if (chosen === row.id) return;
  chosen = row.id; mark();
  if (roomy.matches && showsPanel()) { split.classList.add("has-peek"); preview(row); }
}
function close() { chosen = null; clearTimeout(timer); split.classList.remove("has-peek"); pane.innerHTML = idle; mark(); }

document.addEventListener("click", e => {
  if (e.target.closest("[data-peek-close]")) return close();
  const row = rowOf(e), link = e.target.closest("a");
  if (!row || e.ctrlKey || e.metaKey || e.shiftKey || e.target.closest("button, input, label")) return;
  if (!roomy.matches) { if (!link) location.href = row.dataset.href; return; }
  if (link) { if (!e.detail) return; e.preventDefault(); link.focus({ preventScroll: true }); }    // detail 0: Enter, it opens
  choose(row);
});
document.addEventListener("dblclick", e => { const row = rowOf(e); if (row) location.href = row.dataset.href; });
document.addEventListener("focusin", e => { const row = rowOf(e); if (row) choose(row); });
document.addEventListener("keydown", e => { if (e.key === "Escape" && chosen && !document.querySelector("dialog[open], :popover-open")) close(); });

// --- the panel, open or not, is remembered for the person; the form does the same without script
const panelButton = () => document.querySelector("#preview-switch button");
function togglePanel() {
  const button = panelButton(), form = button?.form; if (!form) return;
  const data = new FormData(form, button), on = button.value === "on";
  split.classList.toggle("has-pane", on); button.value = on ? "off" : "on"; button.setAttribute("aria-pressed", String(on));
  fetch(form.action, { method: "POST", body: data, redirect: "manual" });
  const row = on && chosen && document.getElementById(chosen); if (row) preview(row);
}
document.addEventListener("submit", e => { if (e.target.id === "preview-switch") { e.preventDefault(); togglePanel(); } }, true);

// --- the selection: a key of the bar takes the row under the cursor where nothing is ticked, and gives it back when its dialog is closed
const boxes = () => [...document.querySelectorAll("#ticket-rows tbody .box")];
let lent = "";
function tick(box, on) { if (box.checked !== on) { box.checked = on; box.dispatchEvent(new Event("change", { bubbles: true })); } }
const under = () => document.querySelector("#ticket-rows tr.is-cursor .box") ?? (chosen && document.querySelector(`#${CSS.escape(chosen)} .box`));
document.addEventListener("close", e => {
  const box = lent && e.target.closest?.("#list-dialog") && boxes().find(each => each.value === lent);
  if (box) tick(box, false);
  lent = "";
}, true);
document.addEventListener("bulk-done", () => { boxes().forEach(box => tick(box, false)); document.querySelectorAll("#bulk-all input").forEach(box => { box.checked = false; }); });
document.addEventListener("reset", e => { if (e.target.id === "bulk") boxes().forEach(box => tick(box, false)); });
document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]") || localStorage.getItem("keys") === "off") return;
  if (e.target.closest("input:not([type=checkbox]), textarea, select")) return;
  const box = under(); if (!box) return;
  if (e.shiftKey || boxes().some(each => each.checked)) return;
  if (document.querySelector(`#bulk [data-key="${CSS.escape(e.key.toLowerCase())}"]`)) { lent = box.value; tick(box, true); }   // and ui.js finds the button
}, true);

document.addEventListener("htmx:beforeSwap", e => {
  if (e.detail.target.id === "ticket-rows") focused = e.detail.target.contains(document.activeElement);
});
document.addEventListener("htmx:afterSettle", e => {
  if (e.detail.target?.id !== "ticket-rows" && e.target.id !== "ticket-rows") return;
  const row = chosen && document.getElementById(chosen);
  mark();
  if (row && focused) row.querySelector("a").focus({ preventScroll: true });
  if (row && roomy.matches && showsPanel()) preview(row);
  focused = false;
});
// a menu that is open, and a tick for all, stay as they are when the rows are read again
document.addEventListener("htmx:oobBeforeSwap", e => { if (e.detail.target.querySelector(":popover-open, :checked[name=all]")) e.detail.shouldSwap = false; });
