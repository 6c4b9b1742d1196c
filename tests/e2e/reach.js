// What of a page cannot be reached or read: controls that are clipped, covered or outside of the window, words that
// are cut. Returns sentences. Scrolls the page, so it comes after the picture.
() => {
  const found = new Set();
  const name = (e) => `${(e.getAttribute("aria-label") || e.textContent || e.name || e.id).trim().replace(/\s+/g, " ").slice(0, 50)} <${e.tagName.toLowerCase()}>`;
  if (document.documentElement.scrollWidth > innerWidth) found.add("scrolls sideways");
  for (const e of document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!e.checkVisibility({ visibilityProperty: true }) || e.closest(".skip, .sr, svg")) continue;
    e.scrollIntoView({ block: "center", inline: "center" });
    for (let p = e.parentElement; p && p !== document.body; p = p.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(p);
      if ((overflowX === "hidden" && p.scrollLeft > 1) || (overflowY === "hidden" && p.scrollTop > 1)) {
        found.add(`clipped: ${name(e)}`); p.scrollTo(0, 0);
      }
    }
    const box = e.getClientRects()[0];
    if (!box || box.width < 2 || box.height < 2) continue;
    const x = box.left + box.width / 2, y = box.top + box.height / 2, top = document.elementFromPoint(x, y);
    if (!top) found.add(`outside: ${name(e)}`);
    else if (top !== e && !e.contains(top) && !top.contains(e) && ![...(e.labels ?? [])].some((label) => label.contains(top))) found.add(`covered: ${name(e)} by ${name(top)}`);
  }
  for (const e of document.querySelectorAll("button:not(.switch), .btn, h1, h2, h3, label, .chip, .nav > span:not(.count), .tabs a, .seg > *, th, legend, .filter, .hint, .err")) {
    if (e.checkVisibility() && !e.closest(".sr, .app--rail .side") && e.clientWidth > 2 && e.scrollWidth > e.clientWidth + 1) found.add(`cut: ${name(e)}`);
  }
  return [...found];
}
