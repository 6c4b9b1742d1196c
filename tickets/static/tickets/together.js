// Tells the desk that this window looks at the ticket or writes on it, and shows who else does. A beat every few
// seconds, and one when something changes; nobody's letters travel.
const $ = (s, r = document) => r.querySelector(s);
const BEAT_MS = 20000, STILL_MS = 10000;
const tab = crypto.randomUUID?.() ?? String(Math.random());
const place = () => $("#company"), field = () => $("#composer-body");
let typedAt = -Infinity, said = "", beat = 0, asked = 0, shown = "";

const writes = () => !!field()?.value.trim() && performance.now() - typedAt < STILL_MS;
const doing = () => writes() ? $("#composer [name=kind]:checked")?.value ?? "note" : "";
function data(state) {
  const sent = new FormData();
  sent.set("tab", tab); sent.set("doing", state);
  const seen = $("#composer [name=seen]")?.value, isReply = $("#composer [name=kind]:checked")?.value === "reply";
  if (seen && isReply && field()?.value.trim()) sent.set("seen", seen);
  return sent;
}
const headers = () => ({ "HX-Request": "true", "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers") ?? "{}")["X-CSRFToken"] ?? "" });
async function tell() {
  clearTimeout(beat);
  if (!place() || document.hidden) return;
  const mine = ++asked; said = doing();
  try {
    const answer = await fetch(place().dataset.here, { method: "POST", body: data(said), headers: headers() });
    if (answer.ok && !answer.redirected && mine === asked) show(await answer.text());
  } catch { /* the banner says that the desk is away */ }
  if (mine === asked) beat = setTimeout(tell, BEAT_MS);
}
function show(html) {
  const parts = new DOMParser().parseFromString(html, "text/html");
  if (html === shown && $("#company")?.outerHTML === $("#company", parts)?.outerHTML) return;      // nothing is said twice
  shown = html;
  for (const id of ["company", "company-note"]) {
    const old = document.getElementById(id), fresh = parts.getElementById(id);
    if (old && fresh && old.innerHTML !== fresh.innerHTML) old.replaceChildren(...fresh.childNodes);   // the live region itself stays
  }
}
function leave() {
  if (!place()) return;
  asked++; clearTimeout(beat);
  fetch(place().dataset.here, { method: "POST", body: data("gone"), headers: headers(), keepalive: true }).catch(() => {});
}
document.addEventListener("input", event => {
  if (event.target !== field()) return;
  typedAt = performance.now();
  if (doing() !== said) tell();
});
setInterval(() => { if (!document.hidden && place() && doing() !== said) tell(); }, 2000);
document.addEventListener("change", event => { if (event.target.matches("#composer [name=kind]") && doing() !== said) tell(); });
document.addEventListener("visibilitychange", () => document.hidden ? leave() : tell());
addEventListener("pagehide", leave);
addEventListener("pageshow", event => { if (event.persisted) tell(); });
const isHere = event => !event.detail || event.detail === place()?.dataset.number;
document.body.addEventListener("live:company", event => { if (isHere(event)) tell(); });
document.body.addEventListener("live:ticket", event => { if (isHere(event) && field()?.value.trim()) tell(); });
document.addEventListener("htmx:afterSettle", event => { if (event.target.id === "composer") { typedAt = -Infinity; tell(); } });
tell();
