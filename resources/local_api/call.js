"use strict";
// The token stands behind the # of the start address, which no browser sends to any server; it is taken out of the
// address at once and kept for this tab alone.
const KEPT = "call-token";
const given = new URLSearchParams(location.hash.slice(1)).get("token");
if (given) {
  sessionStorage.setItem(KEPT, given);
  history.replaceState(null, "", location.pathname);
}
const token = sessionStorage.getItem(KEPT);
const at = (id) => document.getElementById(id);
const words = {
  missing: "This screen is not paired. Open it with the address that was given to it.",
  refused: "This screen is no longer paired. Ask at the desk.",
  broken: "Connection lost. Trying again…",
  live: "Connected",
};
let last = "";

function say(state) {
  at("state").textContent = words[state];
  document.querySelector("footer").classList.toggle("broken", state !== "live");
}

function show(list) {
  const [first, ...rest] = list;
  at("now").hidden = !first;
  at("empty").hidden = Boolean(first);
  if (first) {
    at("ticket").textContent = String(first.ticket);
    at("shown").textContent = first.shown;
    at("to").textContent = first.to;
    const key = `${first.ticket} ${first.called_at}`;
    if (key !== last) {
      last = key;
      at("ticket").classList.remove("fresh");
      void at("ticket").offsetWidth;
      at("ticket").classList.add("fresh");
    }
  }
  at("earlier").replaceChildren(...rest.slice(0, 6).map((one) => {
    const line = document.createElement("li");
    const ticket = document.createElement("b");
    ticket.textContent = String(one.ticket);
    line.append(ticket, [one.shown, one.to].filter(Boolean).join(" · "));
    return line;
  }));
}

function take(block) {
  let event = "", data = "";
  for (const line of block.split("\n")) {
    if (line.startsWith("event: ")) event = line.slice(7);
    if (line.startsWith("data: ")) data += line.slice(6);
  }
  if (event === "calls") show(JSON.parse(data));
}

// Not EventSource: it can send no header, and a token has no place in an address that servers log.
async function follow() {
  const silence = new AbortController();
  let timer;
  const alive = () => { clearTimeout(timer); timer = setTimeout(() => silence.abort(), 45000); };
  alive();
  try {
    const answer = await fetch("/v1/calls/events", {
      headers: { Authorization: `Bearer ${token}` }, cache: "no-store", credentials: "omit", signal: silence.signal,
    });
    if (answer.status === 401 || answer.status === 403) { say("refused"); return 60000; }
    if (!answer.ok) throw new Error(String(answer.status));
    say("live");
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let held = "";
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      alive();
      held += value;
      const blocks = held.split("\n\n");
      held = blocks.pop();
      blocks.forEach(take);
    }
  } catch {
    // told below
  } finally {
    clearTimeout(timer);
  }
  say("broken");
  show([]);
  return 3000;
}

async function run() {
  if (!token) { say("missing"); return; }
  for (;;) await new Promise((done) => { follow().then((pause) => setTimeout(done, pause)); });
}

function tick() {
  at("clock").textContent = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}
tick();
setInterval(tick, 5000);
run();
