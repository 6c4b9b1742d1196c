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
const WAITS = [2_000, 4_000, 8_000, 15_000, 30_000];
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
    if (message.name === "try") { hurry(); return; }
    if (message.name === "where") { if (leads) channel.postMessage({ name: "here", data: heard }); return; }
    if (message.name !== "here") { take(message); return; }
    if (heard && message.data && isBehind(heard, message.data)) { heard = message.data; tell({ name: "resync", data: "" }); }
  };
  let source = null, tries = 0, again = 0;
  const connect = () => {
    leads = true; clearTimeout(again); source?.close();
    // A new one says where its page stands: nothing between is lost.
    source = new EventSource(heard ? `${url}?after=${encodeURIComponent(heard)}` : url);
    for (const name of NAMES) source.addEventListener(name, event => pass({ name, data: event.data, id: event.lastEventId }));
    source.onopen = () => { tries = 0; pass({ name: "online", data: "" }); };
    source.onerror = () => {                            // own tries, not the browser's: the banner counts down to the next
      source.close();
      const wait = WAITS[Math.min(tries++, WAITS.length - 1)] * (.8 + Math.random() * .4);
      again = setTimeout(connect, wait);
      pass({ name: "offline", data: String(Date.now() + wait) });
    };
    return source;
  };
  const stop = () => { clearTimeout(again); source?.close(); source = null; };
  const hurry = () => { if (leads && source?.readyState === 2) connect(); };
  BODY.addEventListener("live:try", () => { channel.postMessage({ name: "try" }); hurry(); });
  addEventListener("online", hurry);
  // A page that is left must not tell the next one, which is connected by then, that the server is gone.
  addEventListener("pagehide", stop);
  addEventListener("pageshow", event => { if (event.persisted && leads) connect(); });
  channel.postMessage({ name: "where" });
  if (navigator.locks) return navigator.locks.request("live:" + who, () => new Promise(() => connect()));  // until the tab closes
  const toggle = () => document.hidden ? stop() : source ??= connect();   // plain http: only the visible tab listens
  document.addEventListener("visibilitychange", toggle);
  return toggle();
}
