// What is being written is kept: at once in this browser, after a pause on the server, where it survives a sign-out.
// Files go up while one writes. Sending waits for both. Without script the composer is a plain form with "Save draft".
const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
const composer = () => $("#composer"), field = () => $("#composer-body"), hidden = name => $(`input[name=${name}]`, composer());
const PAUSE_MS = 3000, LONGEST_MS = 15000;
const localKey = (path = location.pathname) => `draft:${document.body.dataset.user}:${path}`;
const htmx = { "HX-Request": "true" };
let timer = 0, changedAt = 0, isDirty = false, saving = Promise.resolve(), uploads = new Set();

// --- the text
const kind = () => $("[name=kind]:checked", composer())?.value ?? "note";
function keepHere() {
  localStorage.setItem(localKey(), JSON.stringify({ body: field().value, kind: kind(), version: hidden("version").value }));
}
function forget() { clearTimeout(timer); isDirty = false; localStorage.removeItem(localKey()); }
function changed() {
  if (!field()) return;
  if (!isDirty) changedAt = Date.now();
  isDirty = true; keepHere(); clearTimeout(timer);
  timer = setTimeout(save, Math.max(0, Math.min(PAUSE_MS, changedAt + LONGEST_MS - Date.now())));
}
function words() {
  const data = new FormData(composer());
  data.delete("files"); data.delete("also"); data.delete("macro");
  return data;
}
function save({ leaving = false } = {}) {
  clearTimeout(timer);
  if (!isDirty || !composer()) return saving;
  isDirty = false;
  const form = composer(), before = field().value;
  const ask = async () => {
    let answer;
    try { answer = await fetch(form.dataset.draft, { method: "POST", body: words(), headers: htmx, keepalive: leaving }); } catch { answer = null; }
    if (composer() !== form) return;
    const html = answer && !answer.redirected && (answer.ok || answer.status === 409) ? await answer.text() : "";
    if (!html) { isDirty = true; $("#draft-state").textContent = form.dataset.kept; return; }
    if (answer.status === 409) { $("#composer-error").innerHTML = html; return; }
    $("#draft-state").outerHTML = html;
    hidden("version").value = $("#draft-state").dataset.version;
    if (field().value === before) localStorage.removeItem(localKey()); else if (!isDirty) changed();
  };
  return saving = leaving ? ask() : saving.then(ask);
}
document.addEventListener("input", event => { if (event.target === field() || event.target.name === "cc") changed(); });
document.addEventListener("change", event => { if (event.target.closest?.("#composer") && ["kind", "to"].includes(event.target.name) && field().value) changed(); });
document.addEventListener("focusout", event => { if (event.target === field()) save(); });
document.addEventListener("visibilitychange", () => { if (document.hidden) save({ leaving: true }); });
addEventListener("pagehide", () => save({ leaving: true }));
for (const back of ["live:online", "online"]) addEventListener(back, () => save(), true);

// --- what this browser kept because the server did not get it
function arrive() {
  if (!field()) return;
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(localKey())); } catch { /* not ours */ }
  if (!kept || !kept.body || kept.body === field().value) { localStorage.removeItem(localKey()); return; }
  field().value = kept.body;
  $$("[name=kind]", composer()).forEach(each => { each.checked = each.value === kept.kind; });
  hidden("version").value = kept.version;
  changed();
}
document.addEventListener("click", event => {
  const take = event.target.closest("[data-take-other]"), mine = event.target.closest("[data-keep-mine]");
  if (take || mine) {
    const other = (take ?? mine).closest("[data-version]");
    hidden("version").value = other.dataset.version;
    if (take) field().value = $("template", other).content.textContent;
    $("#composer-error").replaceChildren(); field().focus(); changed();
  }
  const to = event.target.closest?.(".merge__banner a")?.pathname;                  // along to where a merged ticket goes on
  if (to && field()?.value) localStorage.setItem(localKey(to), JSON.stringify({ body: field().value, kind: kind(), version: "0" }));
});

// --- sending waits for what is on its way; what was sent is no draft
document.addEventListener("htmx:confirm", event => {
  if (event.target !== composer()) return;
  event.preventDefault(); clearTimeout(timer); isDirty = false;
  Promise.allSettled([saving, ...uploads]).then(() => event.detail.issueRequest(true));
});
document.addEventListener("htmx:beforeSwap", event => {
  const { target, xhr } = event.detail, isSent = target === composer() && xhr.status < 300;
  if (isSent) forget();
  if (isSent || target?.id === "composer-error") $$(":popover-open").forEach(each => each.hidePopover());   // no menu over a question
});
document.addEventListener("htmx:afterSettle", event => {                            // an answer taken back is a draft already
  if (event.target.id === "activity" && composer() && !field().value) hidden("seen").value = $("#seen").value;
});
document.addEventListener("htmx:afterRequest", event => {                           // refused, or lost on the way: it is a draft still
  const { elt, xhr } = event.detail;
  if (elt !== composer() || (xhr.status > 0 && xhr.status < 400)) return;
  changed(); if (!xhr.status) $("#composer-error").textContent = composer().dataset.offline;
});
document.addEventListener("keydown", event => {
  if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.key !== "Enter" || !event.target.closest("#composer")) return;
  const button = $("[data-send-resolved]");
  event.preventDefault(); event.stopPropagation();
  if (button && kind() === "reply") composer().requestSubmit(button);
}, true);

// --- who gets it, in words
document.addEventListener("change", event => {
  if (!event.target.matches("#composer [name=to], #composer [name=cc]")) return;
  const chosen = $$("[name=to]:checked", composer()).map(box => box.dataset.name), cc = $("[name=cc]", composer()).value.trim();
  $("[data-to]").textContent = [...chosen, ...(cc ? [cc] : [])].join(", ") || "–";
});

// --- files: chosen, dropped or pasted, they go up one by one
function upload(file) {
  const row = document.importNode($("#waiting-row").content, true).firstElementChild, bar = $("progress", row), form = composer();
  $("[data-name]", row).textContent = file.name; $("#composer-files").append(row);
  const send = () => {
    const request = new XMLHttpRequest(), data = new FormData();
    row.classList.add("is-busy"); $("[data-again]", row).hidden = true; $("[data-said]", row).textContent = ""; bar.hidden = false;
    data.set("file", file); data.set("csrfmiddlewaretoken", hidden("csrfmiddlewaretoken").value);
    const done = new Promise(resolve => {
      request.upload.onprogress = event => { if (event.lengthComputable) bar.value = 100 * event.loaded / event.total; };
      request.onload = () => {
        row.classList.remove("is-busy"); bar.hidden = true;
        if (request.status === 200) row.outerHTML = request.responseText; else $("[data-said]", row).textContent = request.status === 413 ? request.statusText : request.responseText;
        $$("#composer-files [data-with-script]").forEach(part => { part.hidden = false; });
        resolve();
      };
      request.onerror = () => { row.classList.remove("is-busy"); bar.hidden = true; $("[data-said]", row).textContent = form.dataset.offline; $("[data-again]", row).hidden = false; resolve(); };
      request.onabort = () => { row.remove(); resolve(); };
    });
    uploads.add(done); done.finally(() => uploads.delete(done));
    $("[data-stop]", row).onclick = () => { request.readyState === 4 || request.readyState === 0 ? row.remove() : request.abort(); field().focus(); };
    $("[data-again]", row).onclick = send;
    request.open("POST", form.dataset.upload); request.setRequestHeader("HX-Request", "true"); request.send(data);
  };
  send();
}
document.addEventListener("change", event => {
  if (!event.target.matches("#composer [name=files]")) return;
  [...event.target.files].forEach(upload); event.target.value = "";
});
document.addEventListener("paste", event => {
  const files = [...event.clipboardData?.files ?? []];
  if (event.target !== field() || !files.length || event.clipboardData.getData("text/plain")) return;
  event.preventDefault(); files.forEach(upload);
});
const carries = event => [...event.dataTransfer?.types ?? []].includes("Files") && composer();
document.addEventListener("dragover", event => { if (carries(event)) { event.preventDefault(); composer().classList.add("is-drop"); } });
document.addEventListener("dragleave", event => { if (!event.relatedTarget) composer()?.classList.remove("is-drop"); });
document.addEventListener("drop", event => {
  if (!carries(event)) return;
  event.preventDefault(); composer().classList.remove("is-drop"); [...event.dataTransfer.files].forEach(upload); field().focus();
});
document.addEventListener("click", event => {
  const remove = event.target.closest("[data-remove-file]");
  if (!remove) return;
  fetch(remove.dataset.removeFile, { method: "POST", headers: { ...htmx, "X-CSRFToken": hidden("csrfmiddlewaretoken").value } })
    .then(answer => { if (answer.ok) { remove.closest("li").remove(); field().focus(); } }, () => { $("#composer-error").textContent = composer().dataset.offline; });
});

// --- @ calls a colleague, in notes alone: what goes to the customer calls nobody
const list = () => $("#at"), options = () => $$("[role=option]", list()).filter(each => !each.hidden);
let people = null;
const typedName = () => field().value.slice(0, field().selectionStart).match(/(?:^|[^\w@.])@([^@\n]{0,40})$/u)?.[1];
function closeNames() { if (!list() || list().hidden) return; list().hidden = true; field().removeAttribute("aria-activedescendant"); }
function mark(number) {
  const all = options();
  all.forEach((each, i) => each.setAttribute("aria-selected", String(i === (number + all.length) % all.length)));
  const active = all.find(each => each.getAttribute("aria-selected") === "true");
  active ? field().setAttribute("aria-activedescendant", active.id) : field().removeAttribute("aria-activedescendant");
  active?.scrollIntoView({ block: "nearest" });
}
async function names() {
  if (kind() !== "note" || typedName() === undefined) { closeNames(); return; }
  people ??= fetch(composer().dataset.colleagues, { headers: htmx }).then(answer => answer.ok && !answer.redirected ? answer.text() : "", () => "");
  const html = await people, name = typedName();
  if (!html) people = null;
  if (name === undefined || kind() !== "note") { closeNames(); return; }
  if (!list().children.length) list().innerHTML = html;
  const wanted = name.toLowerCase();
  $$("[role=option]", list()).forEach(each => { each.hidden = !(" " + each.dataset.name.toLowerCase()).includes(" " + wanted); });
  list().hidden = !options().length; list().classList.toggle("snip--below", composer().getBoundingClientRect().top < innerHeight / 2);
  list().hidden ? closeNames() : mark(0);
}
function call(option) {
  const end = field().selectionStart, start = end - typedName().length;
  field().setSelectionRange(start, end); closeNames();
  if (!document.execCommand("insertText", false, option.dataset.name + " ")) { field().setRangeText(option.dataset.name + " ", start, end, "end"); changed(); }
  closeNames();
}
document.addEventListener("input", event => { if (event.target === field()) names(); });
document.addEventListener("keydown", event => {
  if (event.target !== field() || !list() || list().hidden || event.ctrlKey || event.metaKey || event.isComposing) return;
  const all = options(), at = all.findIndex(each => each.getAttribute("aria-selected") === "true");
  const act = { ArrowDown: () => mark(at + 1), ArrowUp: () => mark(at - 1), Enter: () => call(all[at]), Tab: () => call(all[at]), Escape: closeNames }[event.key];
  if (act) { event.preventDefault(); event.stopPropagation(); act(); }
}, true);
document.addEventListener("mousedown", event => { const option = event.target.closest("#at [role=option]"); if (option) { event.preventDefault(); call(option); } });
document.addEventListener("focusout", event => { if (event.target === field()) closeNames(); });

// --- an answer that was taken back at its own place is not offered for that any more; a deed of the facts has the address of its undo
document.addEventListener("htmx:afterRequest", event => {
  if (event.detail.successful) $(`#toasts form[hx-target="#composer"][hx-post="${event.detail.pathInfo.requestPath}"]`)?.closest("[data-toast]")?.remove();
});

arrive();
