// The counts behind the views at the side: asked for once the page is there, and again when tickets change. Quiet:
// who leaves the page while they are on their way hears nothing of it.
const REST_MS = 5000;
const marks = document.querySelector("[data-counts]");
let isDue = false, timer = 0;
async function ask() {
  isDue = false; timer = setTimeout(() => { timer = 0; if (isDue) ask(); }, REST_MS);
  const answer = await fetch(marks.dataset.counts).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const html = await answer.text().catch(() => "");
  for (const fresh of new DOMParser().parseFromString(html, "text/html").querySelectorAll("[id]")) {
    const shown = document.getElementById(fresh.id); if (shown) shown.textContent = fresh.textContent;
  }
}
if (marks?.checkVisibility()) {
  ask();
  document.body.addEventListener("live:ticket", () => { isDue = true; if (!timer) ask(); });
}
