// The rules: order by drag or Alt+arrows, switches without a reload, rows of the editor without a reload.
// Everything here is also a plain form; what comes back is the server's HTML.
const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
const ask = (url, data) => fetch(url, { method: "POST", body: data, headers: { "HX-Request": "true" } });

// --- the list -----------------------------------------------------------------------------------------------
const list = () => $("#rules"), rules = () => $$("[data-rule]", list());
const token = () => $("[name=csrfmiddlewaretoken]").value;
function put(html, focus) {                                    // the list as the server sees it now; the focus stays
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const rows = $("#rules-all", fresh); if (!rows) { location.reload(); return; }
  $$("[data-with-script]", rows).forEach(part => part.hidden = false);
  $("#rules-all").replaceWith(document.adoptNode(rows));
  $("#rules-say").textContent = $("#rules-say", fresh).textContent;
  ($("#rules-anyway") ?? document.getElementById(focus))?.focus();
}
function plainly(url, data) {                                   // as a page of its own, which can ask for the password first
  const form = Object.assign(document.createElement("form"), { method: "post", action: url });
  for (const [name, value] of data) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
  document.body.append(form); form.submit();
}
async function post(url, fields, focus) {
  const data = new FormData(); data.set("csrfmiddlewaretoken", token());
  Object.entries(fields).forEach(([name, value]) => data.set(name, value));
  const answer = await ask(url, data); if (answer.headers.has("HX-Redirect")) plainly(url, data);
  else if (answer.ok || answer.status === 409) put(await answer.text(), focus); else location.reload();
}
const move = (row, to, focus) => post(`/rules/${row.dataset.rule}/move/`, { to }, focus);

if (list()) {
  document.addEventListener("submit", event => {
    const button = $("[role=switch]", event.target); if (!button) return;
    event.preventDefault(); post(event.target.action, { on: event.target.elements.on.value }, button.id);
  }, true);
  let busy = Promise.resolve();                                // quick presses go one after the other
  document.addEventListener("keydown", event => {
    const row = event.target.closest?.("[data-rule]"), step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!row || !step || !event.altKey) return;
    event.preventDefault(); const id = row.id, grip = $("[data-grip]", row).id;
    busy = busy.then(() => { const all = rules(), at = all.findIndex(each => each.id === id), to = at + step; if (at >= 0 && to >= 0 && to < all.length) return move(all[at], to, grip); });
  });
  let held = null, start = 0;
  const end = keep => { if (!held) return; const row = held; held = null; row.classList.remove("is-held"); const to = rules().indexOf(row); if (keep && to !== start) move(row, to, $("[data-grip]", row).id); else if (!keep) { const rest = rules().filter(each => each !== row); rest[start] ? rest[start].before(row) : rest.at(-1)?.after(row); } };
  document.addEventListener("pointerdown", event => {
    const grip = event.target.closest("[data-grip]"); if (!grip || event.button) return;
    held = grip.closest("[data-rule]"); start = rules().indexOf(held); held.classList.add("is-held"); event.preventDefault(); grip.focus();
  });
  document.addEventListener("pointermove", event => {
    if (!held) return;
    const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-rule]"); if (!over || over === held) return;
    const box = over.getBoundingClientRect(), isAbove = event.clientY < box.top + box.height / 2;
    over[isAbove ? "before" : "after"](held);
  });
  document.addEventListener("pointerup", () => end(true));
  document.addEventListener("pointercancel", () => end(false));
  document.addEventListener("keydown", event => { if (event.key === "Escape") end(false); });
}

// --- the editor ---------------------------------------------------------------------------------------------
const editor = () => $("[data-editor]");
const controls = form => $$("input:not([type=hidden]), select, textarea", form).filter(each => each.id);
const stateOf = each => each.matches("[type=checkbox], [type=radio]") ? String(each.checked) : each.value;
const changed = () => { editor().dataset.changed = ""; $("#unsaved").hidden = false; };
let turn = 0, rest = 0, deed = 0, isAsked = false, isDown = false, isSwapping = false;
async function look(button) {
  clearTimeout(rest); rest = 0;                                // what is chosen goes along with this one
  if (!button && deed) { isAsked = true; return; }             // a look waits for a deed: it would throw its answer away
  const mine = ++turn; if (button) deed = mine;
  try { await show(button, mine); } finally { if (deed === mine) { deed = 0; if (isAsked) { isAsked = false; look(); } } }
}
async function show(button, mine) {                            // the form as the server shows it; what was typed meanwhile stays
  const form = editor(), data = new FormData(form), sent = new Map(controls(form).map(each => [each.id, stateOf(each)]));
  data.set("command", button?.value ?? "look");
  form.setAttribute("aria-busy", "true");
  const answer = await ask(form.action, data).catch(() => null);
  form.removeAttribute("aria-busy");
  if (mine !== turn) return;
  if (!answer || answer.redirected || ![200, 409, 422].includes(answer.status)) return;
  const html = await answer.text();
  while (isDown) await new Promise(done => setTimeout(done, 20));     // a click that has begun ends on its own button
  const fresh = $("[data-editor]", new DOMParser().parseFromString(html, "text/html"));
  if (!fresh || mine !== turn) return;
  const focus = document.activeElement?.id, at = document.activeElement?.selectionStart, scroll = $$(".editor, .scroll", form).map(part => part.scrollTop);
  controls(form).forEach(each => {
    const twin = fresh.querySelector(`#${CSS.escape(each.id)}`);
    if (!twin || !sent.has(each.id) || stateOf(each) === sent.get(each.id) || twin.tagName !== each.tagName) return;
    if (each.matches("[type=checkbox], [type=radio]")) twin.checked = each.checked; else twin.value = each.value;
  });
  $$("[data-with-script]", fresh).forEach(part => part.hidden = false);
  const old = $("#dry-run[data-tried]", form), panel = $("#dry-run", fresh);
  if (old && panel && !panel.matches("[data-tried]")) { panel.replaceWith(old); $("[data-stale]", old)?.removeAttribute("hidden"); }
  const half = $$(".words > input", form).filter(each => each.value).map(each => [each.id, each.value]);
  isSwapping = true; form.replaceWith(document.adoptNode(fresh)); isSwapping = false; dress();   // a field that goes says "change" on its way
  half.forEach(([id, value]) => { const field = document.getElementById(id); if (field) field.value = value; });
  $$(".editor, .scroll", fresh).forEach((part, n) => part.scrollTop = scroll[n] ?? 0);
  const next = $("[autofocus]", fresh) ?? (focus ? document.getElementById(focus) : null) ?? (button && $(`[value="${button.value.startsWith("drop") ? "add" : button.value}"]`, fresh));
  next?.focus(); if (at != null && next?.id === focus) next.setSelectionRange?.(at, at);
  if (button?.value === "dry-run") $("#dry-run").scrollIntoView({ block: "start" });
}
// several words in one field: each becomes a tag with its own remove button; the field itself stays and is sent
const split = text => [...text.matchAll(/"((?:[^"]|"")*)"|[^,]+/g)].map(m => (m[1]?.replaceAll('""', '"') ?? m[0]).trim()).filter(Boolean);
const join = words => words.map(word => /[",]/.test(word) ? `"${word.replaceAll('"', '""')}"` : word).join(", ");
function dress() { $$("input[data-words]", editor()).forEach(dressWords); }
function dressWords(field) {
  const box = Object.assign(document.createElement("span"), { className: "inputlike words cond__value" });
  const add = Object.assign(document.createElement("input"), { id: `${field.id}-new`, autocomplete: "off", maxLength: 200 });
  ["aria-label", "aria-invalid", "aria-describedby"].forEach(name => { if (field.hasAttribute(name)) add.setAttribute(name, field.getAttribute(name)); });
  box.classList.toggle("is-wrong", field.hasAttribute("aria-invalid"));
  if (!split(field.value).length) add.placeholder = field.placeholder;
  const keep = words => { field.value = join([...new Set(words)]); changed(); look(); };
  split(field.value).forEach((word, n, words) => {
    const tag = Object.assign(document.createElement("span"), { className: "tag", textContent: word });
    const drop = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
    drop.setAttribute("aria-label", `${field.dataset.remove} ${word}`);
    drop.addEventListener("click", () => { add.focus(); keep(words.filter((_word, i) => i !== n)); });
    tag.append(drop); box.append(tag);
  });
  const take = () => { const more = split(add.value); add.value = ""; if (more.length) keep([...split(field.value), ...more]); };
  add.addEventListener("keydown", event => {
    if (event.key === "Enter" && !event.ctrlKey) { event.preventDefault(); take(); }
    if (event.key === "," && !add.value.includes('"')) { event.preventDefault(); take(); }
    if (event.key === "Backspace" && !add.value) { const words = split(field.value); if (words.length) { event.preventDefault(); keep(words.slice(0, -1)); } }
  });
  add.addEventListener("change", event => { event.stopPropagation(); if (!isSwapping) take(); });
  box.addEventListener("click", event => { if (event.target === box) add.focus(); });
  field.hidden = true; field.removeAttribute("aria-label"); box.append(add); field.after(box);
}

if (editor()) {
  dress();
  document.addEventListener("pointerdown", () => { isDown = true; });
  ["pointerup", "pointercancel"].forEach(type => document.addEventListener(type, () => setTimeout(() => { isDown = false; })));
  document.addEventListener("submit", event => {
    if (!event.target.matches("[data-editor]")) return;
    const button = event.submitter; if (!button || button.value.startsWith("save")) { delete event.target.dataset.changed; return; }
    event.preventDefault(); event.stopPropagation(); look(button);
  }, true);
  document.addEventListener("input", event => { if (event.target.closest("[data-editor]") && !event.target.closest("[data-plain]")) changed(); });
  document.addEventListener("change", event => {
    if (isSwapping || !event.target.closest("[data-editor]") || event.target.closest("[data-plain]")) return;
    if (event.target.matches("select")) { clearTimeout(rest); rest = setTimeout(flush, 600); } else look();   // who picks by typing letters picks more than once
  });
  const flush = () => { if (rest) look(); };
  document.addEventListener("focusout", event => { if (!isSwapping && event.target.matches("[data-editor] select")) flush(); });
  document.addEventListener("keydown", event => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") { event.preventDefault(); $("#save").click(); }
  });
  document.addEventListener("click", event => { if (event.target.closest("[data-discard]")) delete editor().dataset.changed; });
  addEventListener("beforeunload", event => { if (editor()?.dataset.changed !== undefined) event.preventDefault(); });
}
