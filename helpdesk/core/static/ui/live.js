// One server-sent-event stream per browser, however many tabs are open.
// Why: over HTTP/1.1 a browser keeps at most 6 connections per host; six tabs with a stream each and the seventh
// could not load any page. With Web Locks one tab holds the stream and passes events on by BroadcastChannel.
// Pages listen to DOM events: <tbody hx-get="…" hx-trigger="live:ticket from:body">. Events carry ids only.
const NAMES = ["ticket", "company", "device", "profile", "mailbox", "notice", "resync"];

const tell = ({ name, data }) => {
  if (name === "resync") NAMES.slice(0, -1).forEach(each => tell({ name: each, data: "" }));
  document.body.dispatchEvent(new CustomEvent("live:" + name, { detail: data, bubbles: true }));
};

export function start(url, who) {                     // who: the user's id, so that accounts never mix
  const channel = new BroadcastChannel("live:" + who);
  const pass = message => { channel.postMessage(message); tell(message); };
  channel.onmessage = event => tell(event.data);
  let wasLost = false;
  const connect = () => {
    const source = new EventSource(url);              // reconnects by itself and sends Last-Event-ID
    for (const name of NAMES) source.addEventListener(name, event => pass({ name, data: event.data }));
    source.onopen = () => { pass({ name: "online", data: "" }); if (wasLost) pass({ name: "resync", data: "" }); wasLost = false; };
    source.onerror = () => { wasLost = true; pass({ name: "offline", data: "" }); if (source.readyState === 2) setTimeout(() => connect(), 3000); };
    // A page that is left must not tell the next one, which is connected by then, that the server is gone.
    addEventListener("pagehide", () => source.close(), { once: true });
    return source;
  };
  if (navigator.locks) return navigator.locks.request("live:" + who, () => new Promise(() => connect()));  // until the tab closes
  let source = null;                                  // plain http: only the visible tab listens
  const toggle = () => document.hidden ? (source?.close(), source = null) : source ??= connect();
  document.addEventListener("visibilitychange", toggle);
  return toggle();
}
