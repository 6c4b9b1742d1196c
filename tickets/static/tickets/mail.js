// A mail as it was sent: its frame becomes as high as the mail, up to most of the window. Without script it scrolls.
const fit = frame => {
  const page = frame.contentDocument?.documentElement;
  if (!page) return;
  frame.style.blockSize = "0";
  frame.style.blockSize = Math.min(page.scrollHeight + 4, innerHeight * .8) + "px";
};
document.addEventListener("load", event => { if (event.target.matches?.(".as-sent > iframe")) fit(event.target); }, true);
document.addEventListener("toggle", event => { const frame = event.target.querySelector?.(":scope > iframe"); if (event.target.open && frame?.contentDocument?.body?.hasChildNodes()) fit(frame); }, true);
