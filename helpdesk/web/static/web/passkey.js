// Passkeys: without script, or in a browser that has none, the forms stay hidden and the other ways remain.
const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), sign => sign.charCodeAt(0));
const text = buffer => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
const keys = list => (list ?? []).map(key => ({ ...key, id: bytes(key.id) }));

async function ask(url, form, more = {}) {
  const data = new FormData(form);
  Object.entries(more).forEach(([name, value]) => data.set(name, value));
  const answer = await fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok && body.next) location.assign(body.next);
  if (!answer.ok) throw new Error(body.detail ?? "");
  return body;
}

async function create(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), user: { ...options.user, id: bytes(options.user.id) }, excludeCredentials: keys(options.excludeCredentials) };
  const made = await navigator.credentials.create({ publicKey });
  return { ...shell(made), response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject), transports: made.response.getTransports?.() ?? [] } };
}

async function get(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: keys(options.allowCredentials) };
  const shown = await navigator.credentials.get({ publicKey }), { response } = shown;
  return { ...shell(shown), response: { clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData), signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null } };
}

const shell = made => ({ id: made.id, rawId: text(made.rawId), type: made.type, clientExtensionResults: made.getClientExtensionResults() });

if (window.PublicKeyCredential) document.querySelectorAll("form[data-passkey]").forEach(form => {
  const says = form.querySelector("[data-says]"), button = form.querySelector("button[type=submit]");
  form.hidden = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    says.hidden = true; button.disabled = true;
    try {
      const options = await ask(form.dataset.options, form);
      const credential = await (form.dataset.passkey === "create" ? create : get)(options);
      const stay = document.querySelector("input[name=stay]")?.checked ? "on" : "";
      const { next } = await ask(form.action, form, { credential: JSON.stringify(credential), stay });
      const kept = document.querySelector("form[data-go-on]");      // what was typed before the question goes along
      if (kept) kept.submit(); else location.assign(next);
    } catch (error) {
      says.textContent = error instanceof DOMException ? says.dataset.cancelled : error.message || says.dataset.failed;
      says.hidden = false;
    } finally { button.disabled = false; }
  });
});
