/** Draws turns. Text only ever becomes text nodes; shapes and labels stand in conversation.html. */

import { labels } from "./composer.js";
import { showTimes, toConversation } from "./page.js";

/* Buttons for which the page has a control of its own are not drawn a second time. */
const controls = [...document.querySelectorAll("[data-press]")];
const OWN = new Set(controls.map(({ dataset }) => dataset.press));
const SHOWN_CLAUSES = 3;
const LONG = 22; // characters: a longer title has a line of its own
const REFERENCE = /(HRD-\d{4}-\d{6})/;
const SPOKEN = /("[^"]+")/;

function shape(name) {
  const node = document.getElementById(`shape-${name}`).content.firstElementChild.cloneNode(true);
  return { node, slot: (key) => node.querySelector(`[data-slot="${key}"]`) };
}

function make(tag, properties, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

/** Buttons, and "More" when there is more; `press(id, title, event)` hears of each press. */
export function drawButtons(buttons, more, press) {
  const draw = ({ id, title }) => {
    const button = make("button", { type: "button" }, ...marked(title));
    button.classList.toggle("wide", title.length > LONG);
    button.dataset.testid = "reply-button";
    button.addEventListener("click", (event) => press(id, title, event));
    return button;
  };
  const drawn = (list) => list.filter(({ id }) => !OWN.has(id)).map(draw);
  const [few, rest] = [buttons, more].map(drawn);
  if (!rest.length) return few;
  const { node } = shape("more");
  node.querySelector(".stack").append(...rest);
  return [...few, node];
}

/** What the person sent, as it was sent. */
export function drawYours({ message_id, text, at }) {
  const { node, slot } = shape("yours");
  node.dataset.message = message_id;
  slot("text").textContent = text;
  slot("at").dateTime = at;
  showTimes(node);
  return node;
}

/** Exact words in the record. `typed` stands in when the turn does not repeat them. */
export function drawEntry(reply, typed, press) {
  const { seq, strand, written_at } = reply.entry;
  const { node, slot } = shape("entry");
  Object.assign(node.dataset, { seq, strand });
  slot("strand").textContent = document.getElementById(`tab-${strand}`)?.textContent ?? "";
  slot("at").dateTime = written_at;
  slot("text").textContent = reply.text || typed;
  slot("buttons").append(...drawButtons(reply.buttons, reply.more, press));
  showTimes(node);
  return node;
}

/** One reply of any other kind. `live`: it has just come, so danger may interrupt. */
export function drawReply(reply, turn, { press, live }) {
  const { kind, text, lines, links, clauses } = reply;
  const { node, slot } = shape("reply");
  node.dataset.kind = kind;
  node.classList.toggle("pushed", turn.pushed);
  if (kind === "danger" && live) node.role = "alert";
  if (turn.pushed && turn.at) slot("at").dateTime = turn.at;
  const listed = ["say", "never"].includes(kind) && text.includes("\n");
  if (kind === "danger" || (kind === "say" && listed)) slot("label").textContent = labels[kind];
  if (!listed) slot("text").append(...marked(text, kind));
  const shown = listed ? text.split("\n").map((line) => ({ id: null, text: line })) : lines;
  slot("lines").append(...shown.map((line) => drawLine(line, kind, press)));
  slot("links").append(...links.filter(({ href }) => href.startsWith("tel:")).map(drawCall));
  if (turn.pushed) slot("buttons").append(...drawButtons(reply.buttons, reply.more, press));
  fillClauses(slot("clauses"), clauses);
  showTimes(node);
  for (const part of node.querySelectorAll("[data-slot]")) {
    if (!part.textContent.trim()) part.remove();
  }
  return node;
}

/** Stands out: what to read aloud, and references. */
function marked(text, kind) {
  const spoken = kind === "say" || kind === "never";
  const [pattern, className] = spoken ? [SPOKEN, "spoken"] : [REFERENCE, "reference"];
  return text.split(pattern).map((part, odd) =>
    odd % 2 ? make("b", { className, textContent: part }) : part);
}

function drawLine({ id, title, text }, kind, press) {
  const parts = [make("span", { className: "line-text" }, ...marked(text, kind))];
  if (title) parts.unshift(make("span", { className: "line-title", textContent: title }));
  if (id === null) return make("li", {}, ...parts);
  const button = make("button", { type: "button" }, ...parts);
  button.dataset.testid = "summary-line";
  button.addEventListener("click", (event) => press(id, title, event));
  return make("li", {}, button);
}

function drawCall({ href, title }) {
  const call = make("a", { className: "button", href, textContent: title });
  call.dataset.testid = "call";
  return call;
}

/** The first few in the line; all of them behind it. */
function fillClauses(details, clauses) {
  const rest = clauses.length - SHOWN_CLAUSES;
  const codes = clauses.slice(0, SHOWN_CLAUSES).map(({ code }) => code).join(" · ");
  const line = rest > 0 ? `${codes} ${labels.andMore.replace("{count}", rest)}` : codes;
  details.querySelector("summary").textContent = line;
  details.querySelector("dl").append(...clauses.flatMap(({ code, clause, summary }) => [
    make("dt", { textContent: clause ? `${code}, clause ${clause}` : code }),
    make("dd", { textContent: summary }),
  ]));
}

/** The way on when the talk continues elsewhere. */
export function drawMoved({ moved_to }) {
  const href = toConversation(moved_to);
  const way = make("a", { className: "button", href, textContent: labels.moved });
  way.dataset.testid = "moved";
  return way;
}
