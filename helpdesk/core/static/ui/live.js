// One server-sent-event stream per browser, however many tabs are open.
// Why: over HTTP/1.1 a browser keeps at most 6 connections per host; six tabs with a stream each and the seventh
// could not load any page. With Web Locks one tab holds the stream and passes events on by BroadcastChannel.
// Pages listen to DOM events: <tbody hx-get="…" hx-trigger="live:ticket from:body">. Events carry ids only.
const NAMES = ["ticket", "company", "device", "profile", "mailbox", "notice", "webhook", "resync"];

const tell = ({ name, data }) => {
  if (name === "resync") NAMES.slice(0, -1).forEach(each => tell({ name: each, data: "" }));
  document.body.dispatchEvent(new CustomEvent("live:" + name, { detail: data, bubbles: true }));
};

const BODY = document.body;
/** Has the stream told more than a page that stands at `mine`? Ids are "life-number"; another life is news, too. */
const isBehind = (mine, theirs) => {
  const [life, number] = mine.split("-"), [other, reached] = theirs.split("-");
  return life !== other || Number(number) < Number(reached);
};

export function start(url, who) {                     // who: the user's id, so that accounts never mix
  const channel = new BroadcastChannel("live:" + who);
  let heard = BODY.dataset.heard ?? "", leads = false;  // where the page stood when the server wrote it
  const take = message => { if (message.id) heard = message.id; tell(message); };
  const pass = message => { channel.postMessage(message); take(message); };
  channel.onmessage = ({ data: message }) => {
    if (message.name === "where") { if (leads) channel.postMessage({ name: "here", data: heard }); return; }
    if (message.name !== "here") { take(message); return; }
    if (heard && message.data && isBehind(heard, message.data)) { heard = message.data; tell({ name: "resync", data: "" }); }
  };
  const connect = () => {
    leads = true;
    // It reconnects by itself and sends Last-Event-ID; a new one says where its page stands: nothing between is lost.
    const source = new EventSource(heard ? `${url}?after=${encodeURIComponent(heard)}` : url);
    for (const name of NAMES) source.addEventListener(name, event => pass({ name, data: event.data, id: event.lastEventId }));
    source.onopen = () => pass({ name: "online", data: "" });
    source.onerror = () => { pass({ name: "offline", data: "" }); if (source.readyState === 2) setTimeout(() => connect(), 3000); };
    // A page that is left must not tell the next one, which is connected by then, that the server is gone.
    addEventListener("pagehide", () => source.close(), { once: true });
    return source;
  };
  channel.postMessage({ name: "where" });
  if (navigator.locks) return navigator.locks.request("live:" + who, () => new Promise(() => connect()));  // until the tab closes
  let source = null;                                  // plain http: only the visible tab listens
  const toggle = () => document.hidden ? (source?.close(), source = null) : source ??= connect();
  document.addEventListener("visibilitychange", toggle);
  return toggle();
}
