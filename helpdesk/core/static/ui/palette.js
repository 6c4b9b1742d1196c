// The palette: a combobox over what can be done here, what is found, and places. #, @ and > keep to tickets, people and
// commands. Letters may be left out: "kb sh" finds "Keyboard shortcuts".
import { keyOf, keysOff } from "./keys.js";

const $ = (s, r = document) => r.querySelector(s), $$ = (s, r = document) => [...r.querySelectorAll(s)];
const pal = $("#palette"), input = pal && $("input", pal), here = pal && $("[data-here]", pal);
const SCOPES = { "#": ["found"], "@": ["found"], ">": ["here", "commands"] };
const options = () => $$("[role=option]", pal).filter(option => !option.hidden);

// What the page offers is what has a key: its controls, with their names, icons and keys.
const nameOf = control => (control.getAttribute("aria-label") ?? [...control.childNodes].filter(node => !node.matches?.(".kbd, .sr, svg")).map(node => node.textContent).join(" ")).trim().replace(/\s+/g, " ");
function option(id, name, { icon, key, control, href }) {
  const made = Object.assign(document.createElement("div"), { className: "menu__item", id, control });
  made.setAttribute("role", "option"); made.setAttribute("aria-selected", "false"); if (href) made.dataset.href = href;
  const box = Object.assign(document.createElement("span"), { className: "icon row" }), copy = icon?.cloneNode(true);
  if (copy && !copy.matches("svg")) box.append(copy);
  const shown = copy?.matches("svg") ? copy : box; shown.setAttribute("aria-hidden", "true");
  made.append(shown, Object.assign(document.createElement("span"), { className: "truncate", textContent: name }));
  if (key) { const cap = document.createElement("span"); cap.className = "kbd end"; cap.setAttribute("aria-hidden", "true"); cap.append(Object.assign(document.createElement("kbd"), { textContent: keyOf(key).toUpperCase() })); made.append(cap); }
  return made;
}
const isValued = { s: "[name=status]", p: "[name=priority]" };                     // of one key, each value by itself
function collect() {
  $$("[role=option]", here).forEach(option => option.remove()); $$("[data-view]", pal).forEach(option => option.remove());
  const seen = new Set(), names = JSON.parse(here.dataset.names);
  $$(".side .nav--sub").forEach((view, i) => { const made = option(`pal-view-${i}`, $("span", view).textContent, { icon: $(".dot", view), href: view.href }); made.dataset.view = ""; $("[data-group=places]", pal).append(made); });
  $$("[data-key], [data-compose]").filter(control => control.checkVisibility() && !control.disabled && !control.closest("dialog, .side")).forEach((control, i) => {
    const key = control.dataset.key ?? control.dataset.shortcut ?? control.getAttribute("aria-keyshortcuts"), isValue = control.matches("[popovertarget], [data-compose]");
    const name = (isValue && names[key]) || nameOf(control); if (!name || seen.has(name)) return; seen.add(name);
    here.append(option(`pal-here-${i}`, name, { icon: $("svg.icon", control.closest("label") ?? control), key: !keysOff() && key, control }));
    const values = isValued[key] && control.matches("[popovertarget]") ? $$(isValued[key], document.getElementById(control.getAttribute("popovertarget"))) : [];
    values.filter(value => value.matches("button:not([value=closed])")).forEach((value, n) => { const made = option(`pal-here-${i}-${n}`, `${name}: ${nameOf(value)}`, { icon: $("svg.icon", value), control: value }); made.dataset.typed = ""; here.append(made); });
  });
}

// 0: no match. A word as it stands is better than its letters one after the other; at the start of a word better still.
function score(text, word) {
  const at = text.indexOf(word);
  if (at >= 0) return at === 0 || text[at - 1] === " " ? 3 : 2;
  let i = 0; for (const letter of text) if (letter === word[i]) i++;
  return word.length > 1 && i === word.length && text.split(" ").some(each => each.startsWith(word[0])) ? 1 : 0;
}
function pick(i) {
  const all = options(); $$("[role=option]", pal).forEach(o => { o.classList.remove("is-active"); o.setAttribute("aria-selected", "false"); });
  $("[data-none]", pal).hidden = all.length > 0;
  if (!all.length) { input.removeAttribute("aria-activedescendant"); return; }
  const active = all[(i + all.length) % all.length]; active.classList.add("is-active"); active.setAttribute("aria-selected", "true");
  active.scrollIntoView({ block: "nearest" }); input.setAttribute("aria-activedescendant", active.id);
}
// What changes the ticket is not run by a word that somebody searches for: ">wait", "status w"
const isMeant = (option, typed, words) => words.length && (typed[0] === ">" || option.textContent.toLowerCase().startsWith(words[0]));
function filter() {
  const typed = input.value.trim().toLowerCase(), scope = SCOPES[typed[0]], words = (scope ? typed.slice(1) : typed).split(/\s+/).filter(Boolean);
  for (const group of $$("[data-group]", pal)) {
    const isIn = !scope || scope.includes(group.dataset.group), isFound = group.dataset.group === "found";
    group.hidden = !isIn;
    const scored = $$("[role=option]", group).map(option => [option, !isIn || "typed" in option.dataset && !isMeant(option, typed, words) ? 0 : isFound ? 1 : Math.min(...words.map(word => score(option.textContent.toLowerCase(), word)), 4)]);
    scored.forEach(([option, value]) => option.hidden = !value);
    if (!isFound && words.length) scored.sort((a, b) => b[1] - a[1]).forEach(([option]) => group.append(option));
  }
  best(words);
}
// The first option is the best: a command or place that is called so stands before what was found only when it starts so.
function best(words) {
  const all = options(), exact = all.findIndex(option => words.length && !option.closest("[data-group=found]") && !option.dataset.press && option.textContent.trim().toLowerCase().startsWith(words.join(" ")));
  const found = all.findIndex(option => option.closest("[data-group=found]"));
  pick(exact >= 0 ? exact : words.length && found >= 0 && !all.slice(0, found).some(option => score(option.textContent.toLowerCase(), words[0]) > 1) ? found : 0);
}
export function opened() { if (!pal) return; input.value = ""; $("#pal-found").replaceChildren(); collect(); filter(); }
export function runOption(option, openDialog) {
  if (!option) return;
  if (option.dataset.href) { location.href = option.dataset.href; return; }
  pal.close();
  if (option.dataset.open) openDialog(option.dataset.open);
  else if (option.dataset.press) $(option.dataset.press)?.click();
  else { option.control?.focus(); option.control?.click(); }
}
export function paletteKey(event, openDialog) {
  const all = options(), i = all.findIndex(o => o.classList.contains("is-active"));
  if (event.key === "ArrowDown") { event.preventDefault(); pick(i + 1); }
  if (event.key === "ArrowUp") { event.preventDefault(); pick(i - 1); }
  if (event.key === "Enter" && i >= 0) { event.preventDefault(); runOption(all[i], openDialog); }
}
export function start(openDialog) {
  input?.addEventListener("input", filter);
  pal?.addEventListener("htmx:afterSwap", filter);
  pal?.addEventListener("click", event => runOption(event.target.closest("[role=option]"), openDialog));
}
