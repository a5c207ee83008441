// Shows the events of the loop as they come. All content is set as text, never as markup.
"use strict";

const byId = (id) => document.getElementById(id);
const token = new URLSearchParams(location.hash.slice(1)).get("token") || "";
const rows = new Map();
let texts = {};
let wait = 500;

function element(tag, text, className) {
  const node = document.createElement(tag);
  node.textContent = text ?? "";
  if (className) node.className = className;
  return node;
}

function showTexts(message) {
  texts = message.texts;
  document.documentElement.lang = message.language;
  document.title = texts.title;
  byId("title").textContent = texts.title;
  byId("status").textContent = texts.connected;
  for (const node of document.querySelectorAll("[data-text]")) node.textContent = texts[node.dataset.text];
}

function showTiles(message) {
  const heading = byId("result-title");
  heading.hidden = false;
  heading.textContent = `${message.title} (${message.basis})`;
  byId("tiles").replaceChildren(...message.tiles.map((tile) => {
    const verdict = tile.is_met === null ? "" : tile.is_met ? "met" : "not-met";
    const node = element("div", "", "tile");
    node.append(
      element("p", tile.label),
      element("p", tile.value, `value ${verdict}`),
      element("p", `${texts.target}: ${tile.target}`, "soft"),
    );
    return node;
  }));
}

function showEvent(event) {
  const key = JSON.stringify([event.run, event.step]);
  if (!rows.has(key)) {
    const row = element("tr");
    row.append(...["run", "step", "state", "time", "detail"].map(() => element("td")));
    rows.set(key, row);
    byId("steps").append(row);
  }
  const [run, step, state, time, detail] = rows.get(key).cells;
  run.textContent = event.run;
  step.textContent = event.step ?? "";
  if (event.state !== "note") {
    state.textContent = event.label;
    state.className = event.state;
  }
  time.textContent = event.at;
  detail.textContent = event.detail;
}

const show = { texts: showTexts, tiles: showTiles, event: showEvent };

function connect() {
  const socket = new WebSocket(`ws://${location.host}/live`);
  socket.onopen = () => {
    rows.clear();
    byId("steps").replaceChildren();
    socket.send(token);
  };
  socket.onmessage = (message) => {
    wait = 500;
    const value = JSON.parse(message.data);
    show[value.type]?.(value);
  };
  socket.onclose = () => {
    byId("status").textContent = texts.disconnected ?? "Not connected: open the page with the address that the command prints";
    setTimeout(connect, wait);
    wait = Math.min(wait * 2, 10000);
  };
}

connect();
