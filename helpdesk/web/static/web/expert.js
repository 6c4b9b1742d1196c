// The expert view: keys, the composer and what a live refresh must leave alone. Every action is also a plain form.
const $ = (s, r = document) => r.querySelector(s);
const composer = () => $("#composer"), field = () => $(".composer__text");
const key = () => "draft:" + location.pathname;
const scroller = $("[data-end]");
let follow = true;

// --- what is being typed survives a reload, and goes when it was sent
const keep = () => { const f = field(); if (!f) return; f.value ? sessionStorage.setItem(key(), f.value) : sessionStorage.removeItem(key()); };
if (field() && !field().value) field().value = sessionStorage.getItem(key()) ?? "";
document.addEventListener("input", e => { if (e.target === field()) keep(); });
document.addEventListener("submit", e => { if (e.target === composer()) sessionStorage.removeItem(key()); });
document.addEventListener("htmx:sendError", e => { if (e.target.closest?.("#composer")) keep(); });
document.addEventListener("htmx:responseError", e => { if (e.target.closest?.("#composer")) keep(); });

// --- the composer
document.addEventListener("change", e => {
  if (e.target.matches("#composer [name=kind]")) field().focus();
  if (e.target.matches("#composer [name=files]")) $(".composer__names").textContent = [...e.target.files].map(f => f.name).join(", ");
});

// --- live: open menus and fields being written in stay as they are, the view stays where it was or at the end
document.addEventListener("htmx:oobBeforeSwap", e => {
  const place = e.detail.target;
  if (place.querySelector(":popover-open") || place.contains(document.activeElement)) e.detail.shouldSwap = false;
});
document.addEventListener("htmx:beforeSwap", e => {
  if (e.detail.target.id === "activity") follow = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 48;
});
document.addEventListener("htmx:afterSettle", e => {
  if (e.target.id === "activity" && follow) scroller.scrollTop = scroller.scrollHeight;
  if (e.target.id === "composer") { follow = true; field()?.focus(); }
});
if (scroller) scroller.scrollTop = scroller.scrollHeight;
