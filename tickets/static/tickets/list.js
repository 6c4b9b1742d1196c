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
function choose(row) {
  if (chosen === row.id) return;
  chosen = row.id; mark();
  if (roomy.matches) { split.classList.add("has-peek"); preview(row); }
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

document.addEventListener("htmx:beforeSwap", e => {
  if (e.detail.target.id === "ticket-rows") focused = e.detail.target.contains(document.activeElement);
});
document.addEventListener("htmx:afterSettle", e => {
  if (e.detail.target?.id !== "ticket-rows" && e.target.id !== "ticket-rows") return;
  const row = chosen && document.getElementById(chosen);
  mark();
  if (row && focused) row.querySelector("a").focus({ preventScroll: true });
  if (row && roomy.matches) preview(row);
  focused = false;
});
