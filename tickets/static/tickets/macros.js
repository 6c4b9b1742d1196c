// Canned replies in the composer: "/" at the start of a word, or the button, opens a list; what is chosen goes to
// the caret. Without script the button brings a page that does the same.
const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
const field = () => $("#composer-body"), menu = () => $("#snip"), search = () => $("#snip-search"), also = () => $("#composer-also");
const options = () => $$("[role=option]", menu());
let typed = "", timer = 0, asked = 0, isFresh = false;

// --- the list
function open(literal) {                                           // literal: what was typed to get here; it comes back when nothing is chosen
  typed = literal; search().value = ""; isFresh = false; menu().hidden = false;
  const form = menu().closest("form").getBoundingClientRect();
  menu().classList.toggle("snip--below", form.top < innerHeight / 2);
  search().focus(); find();
}
function close({ keep, focus = true }) {
  const text = keep && typed ? typed + search().value : "";
  menu().hidden = true; typed = ""; asked++; clearTimeout(timer);
  $("#snip-found").replaceChildren(); search().setAttribute("aria-expanded", "false"); search().removeAttribute("aria-activedescendant");
  if (focus) field().focus();
  if (text) insert(text);
}
async function find() {
  const mine = ++asked, from = menu();
  let html = "";
  try {
    const answer = await fetch(`${from.dataset.url}?q=${encodeURIComponent(search().value)}`, { headers: { "HX-Request": "true" } });
    html = answer.ok && !answer.redirected ? await answer.text() : "";
  } catch { /* said below */ }
  if (mine !== asked || menu() !== from) return;
  $("#snip-found").innerHTML = html; if (!html) $("#snip-found").textContent = from.dataset.failed;
  $("#snip-say").textContent = $("[data-say]", from)?.textContent ?? from.dataset.failed;
  search().setAttribute("aria-expanded", String(options().length > 0)); pick(0); isFresh = true;
}
async function enter() {                                             // what is chosen fits what was typed, however fast
  if (!isFresh) { clearTimeout(timer); await find(); }
  if (!isFresh || menu().hidden) return;
  const active = $("[aria-selected=true]", menu());
  active ? choose(active) : close({ keep: true });
}
function pick(number) {
  const all = options();
  all.forEach((each, i) => each.setAttribute("aria-selected", String(i === (number + all.length) % all.length)));
  const active = $("[aria-selected=true]", menu());
  active ? search().setAttribute("aria-activedescendant", active.id) : search().removeAttribute("aria-activedescendant");
  active?.scrollIntoView({ block: "nearest" });
}
document.addEventListener("input", event => { if (event.target === search()) { clearTimeout(timer); asked++; isFresh = false; timer = setTimeout(find, 120); } });
document.addEventListener("beforeinput", event => {
  const text = event.target;
  if (text !== field() || event.data !== "/" || event.isComposing || !menu()) return;
  if (/\S/.test(text.value.charAt(text.selectionStart - 1))) return;              // inside a word, as in and/or
  event.preventDefault(); open("/");
});
document.addEventListener("keydown", event => {
  if (event.target !== search()) return;
  event.stopPropagation();                                                          // these keys mean nothing to the page meanwhile
  const all = options(), at = all.findIndex(each => each.getAttribute("aria-selected") === "true");
  const act = { ArrowDown: () => pick(at + 1), ArrowUp: () => pick(at - 1), Home: () => pick(0), End: () => pick(-1), Escape: () => close({ keep: true }), Tab: () => close({ keep: true }),
    Enter: () => event.isComposing || enter() }[event.key];
  if (act && !(["Home", "End"].includes(event.key) && search().value)) { event.preventDefault(); act(); }
  if (event.key === " " && typed && !search().value) { event.preventDefault(); close({ keep: true }); insert(" "); }   // "this / that"
}, true);
document.addEventListener("click", event => {
  if (event.target.closest("[data-snip-open]")) { event.preventDefault(); menu().hidden ? open("") : close({ keep: true }); }
  const option = event.target.closest("#snip [role=option]"); if (option) choose(option);
});
document.addEventListener("mousedown", event => { if (event.target.closest("[role=option], [data-snip-open]") && menu()) event.preventDefault(); });
document.addEventListener("focusout", event => {
  if (!menu() || menu().hidden || !menu().contains(event.target) || menu().contains(event.relatedTarget) || !document.hasFocus()) return;
  close({ keep: true, focus: false });
});

// --- what was chosen
function insert(text) {
  if (!document.execCommand("insertText", false, text)) {                           // the first way can be undone with Ctrl+Z
    field().setRangeText(text, field().selectionStart, field().selectionEnd, "end");
    field().dispatchEvent(new Event("input", { bubbles: true }));
  }
}
function choose(option) {
  const { text, kind, macro } = option.dataset, chips = $$(".also", $("template", option).content);
  const isEmpty = !field().value.trim();
  close({ keep: false });
  if (kind === "note" || (kind === "reply" && isEmpty)) $(`#composer [data-compose=${kind}]`)?.click();   // a note never turns into a reply under somebody's text
  if (text) insert(text);
  for (const chip of chips) {
    const slot = chip.dataset.slot, value = $("input", chip).value;
    $$(".also", also()).filter(each => (slot && each.dataset.slot === slot) || $("input", each).value === value).forEach(each => each.remove());
    $("[data-chips]").append(document.importNode(chip, true));
  }
  if (!$$("[name=macro]", also()).some(each => each.value === macro)) $("[data-used]").append(Object.assign(document.createElement("input"), { type: "hidden", name: "macro", value: macro }));
  say();
  if (!text && isEmpty) $("[data-run]").focus();                                    // Enter once more does it
}
const key = () => "also:" + location.pathname, kept = () => [$("[data-chips]"), $("[data-used]")];   // like the text it survives a reload, until it is sent
function say() {
  const chips = $$(".also", also()), ticked = chips.filter(chip => $("input", chip).checked);
  also().hidden = !chips.length; $("[data-run]").hidden = !ticked.length || !!field().value.trim();
  const word = $("[data-send-word]"), then = ticked.map(chip => chip.dataset.then).findLast(Boolean);
  if (word) word.textContent = word.dataset.sendWord.replace("%s", then ?? word.dataset.usual);
  chips.forEach(chip => $("input", chip).toggleAttribute("checked", $("input", chip).checked));
  chips.length ? sessionStorage.setItem(key(), JSON.stringify(kept().map(part => part.innerHTML))) : sessionStorage.removeItem(key());
}
for (const type of ["change", "input"]) document.addEventListener(type, event => { if (also() && event.target.closest("#composer-also, #composer-body")) say(); });
document.addEventListener("htmx:afterSettle", event => { if (event.target.id === "composer" && also()) say(); });
if (also()) {
  const before = JSON.parse(sessionStorage.getItem(key()) ?? "[]");
  if (before.length && !$(".also", also())) kept().forEach((part, i) => { part.innerHTML = before[i]; });
  say();
}
