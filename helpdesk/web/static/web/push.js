// Pushes to this browser: what stands in the way is said, what is possible is a button.
const card = document.getElementById("push"), say = name => { for (const part of card.querySelectorAll("[data-push-state]")) part.hidden = part.dataset.pushState !== name; };
const bytes = text => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), letter => letter.charCodeAt(0));
const post = (url, data) => fetch(url, { method: "POST", headers: { "X-CSRFToken": card.dataset.token, "Content-Type": "application/json" }, body: JSON.stringify(data) });

async function state() {
  if (!isSecureContext) return "insecure";
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return "unable";
  if (Notification.permission === "denied") return "denied";
  const worker = await navigator.serviceWorker.getRegistration(card.dataset.scope), own = await worker?.pushManager.getSubscription();
  return own && card.querySelector(`[data-endpoint="${await digest(own.endpoint)}"]`) ? "on" : "off";
}
async function digest(text) {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return [...new Uint8Array(hash)].map(byte => byte.toString(16).padStart(2, "0")).join("").slice(0, 32);
}
async function turnOn(button) {
  button.disabled = true;
  try {
    if (await Notification.requestPermission() !== "granted") return say(await state());
    const worker = await navigator.serviceWorker.register(card.dataset.worker, { scope: card.dataset.scope });
    await waitFor(worker);
    const old = await worker.pushManager.getSubscription();
    await old?.unsubscribe();                                     // perhaps of another desk or an older key
    const own = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(card.dataset.key) });
    const answer = await post(card.dataset.add, own.toJSON());
    if (answer.ok) location.reload(); else say("refused");
  } catch { say("failed"); } finally { button.disabled = false; }
}
const waitFor = worker => worker.active ? worker : new Promise(done => (worker.installing ?? worker.waiting).addEventListener("statechange", event => event.target.state === "activated" && done(worker)));

if (card) {
  card.hidden = false;
  card.querySelectorAll("[data-push-on]").forEach(button => button.addEventListener("click", () => turnOn(button)));
  state().then(say, () => say("unable"));
}
