/** One conversation: what was said arrives by server-sent events, and is drawn once. */

import { call, goSignedOut, rings, toConversation } from "./page.js";
import { api, labels, post, send, sendAll, showCapture, unsent, writeIn } from "./composer.js";
import { drawButtons, drawEntry, drawMoved, drawReply, drawYours } from "./replies.js";

const find = (id) => document.getElementById(id);
const [log, choices, scroll, below, connection, done] =
  ["log", "choices", "scroll", "below", "connection", "done"].map(find);
const UNANSWERED_AFTER_MS = 4_000;
const LISTEN_AGAIN_AFTER_MS = 3_000;

// ---- Pressing ----------------------------------------------------------------------------------

async function press(id, title, event) {
  const { currentTarget: control, detail } = event; // gone from the event after the first await
  const retry = () => press(id, title, { currentTarget: control, detail });
  const entry = control.closest(".entry");
  if (entry) writeIn(entry.dataset.strand);
  holdChoices(true);
  if (!(await send({ press: id }, title, retry))) return holdChoices(false);
  if (log.contains(control)) return;
  /* The pressed button goes away. The focus of a keyboard (`detail` 0) moves on to what it sent. */
  if (rings || !detail) [...log.querySelectorAll(".yours")].at(-1)?.focus({ preventScroll: true });
  else find("box").focus();
}

find("danger").addEventListener("click", (event) => {
  if (!rings) event.preventDefault();
  press("danger", event.currentTarget.textContent, event);
});

/** Done keeps what is still in the tabs first. */
async function finish({ currentTarget, detail }) {
  const event = { currentTarget, detail };
  if (await sendAll(() => finish(event))) press("done", done.textContent, event);
}

done.addEventListener("click", finish);

// ---- What was said -----------------------------------------------------------------------------

const seen = new Set();
const answered = new Set();
let newest = 0;
let loaded = false;
let choicesFor = null;

function addYours(item) {
  if (seen.has(item.message_id)) return;
  seen.add(item.message_id);
  log.append(drawYours(item));
  toEnd();
}

function addTurn(turn) {
  if (seen.has(turn.id)) return;
  seen.add(turn.id);
  answered.add(turn.in_reply_to);
  newest = Math.max(newest, turn.id);
  const readingBack = turn.pushed && !atEnd;
  const nodes = turn.replies.map((reply) => place(reply, turn));
  if (turn.moved_to) log.append(drawMoved(turn));
  if (turn.moved_to && loaded && !unsent().length) location.assign(toConversation(turn.moved_to));
  offer(turn);
  if (loaded && readingBack) below.hidden = false;
  else nodes[0]?.scrollIntoView();
}

/** An entry takes the place of what was sent for it: the words stand once. */
function place(reply, turn) {
  const sent = log.querySelector(`[data-message="${CSS.escape(turn.in_reply_to ?? "")}"]`);
  const node = reply.entry
    ? drawEntry(reply, sent?.querySelector(".words").textContent, press)
    : drawReply(reply, turn, { press, live: loaded });
  if (reply.entry && sent) sent.replaceWith(node);
  else log.append(node);
  return node;
}

/** Answers stand after the last reply, and stay while the same question waits. */
function offer(turn) {
  if (turn.pushed) return;
  const replies = turn.replies.filter(({ entry }) => !entry);
  const [buttons, more] = ["buttons", "more"].map((key) => replies.flatMap((reply) => reply[key]));
  const drawn = drawButtons(buttons, more, press);
  const waits = `${turn.asks} ${turn.capture_open}`;
  if (drawn.length || waits !== choicesFor) choices.replaceChildren(...drawn);
  choicesFor = waits;
  holdChoices(false);
}

function holdChoices(held) {
  for (const button of choices.querySelectorAll("button")) {
    button.ariaDisabled = held ? "true" : null;
  }
}

function show({ reference, capture_open, strand }) {
  find("reference").textContent = reference ?? "";
  showCapture(capture_open, strand);
}

// ---- Keeping in touch --------------------------------------------------------------------------

let source = null;

/** Draws what is not drawn yet; hands back whether the server answered. */
async function catchUp() {
  const { status, data } = await call(api);
  if (status === 401) sessionOver();
  if (status !== 200) return false;
  for (const item of data.transcript) item.from === "you" ? addYours(item) : addTurn(item.turn);
  const last = data.transcript.findLast(({ turn }) => turn)?.turn.id ?? 0;
  if (last === newest) show(data.state); // else a turn that has come meanwhile knows better
  if (!loaded) toEnd();
  loaded = true;
  log.ariaBusy = "false";
  return true;
}

function hear(turn) {
  if (!loaded || (turn.in_reply_to && !seen.has(turn.in_reply_to))) return catchUp();
  addTurn(turn);
  show(turn);
}

function listen() {
  source?.close();
  source = new EventSource(`${api}/events`);
  source.addEventListener("open", async () => {
    if (await catchUp()) connection.textContent = "";
  });
  source.addEventListener("turn", ({ data }) => hear(JSON.parse(data)));
  source.addEventListener("error", async ({ target }) => {
    connection.textContent = labels.reconnecting;
    if (target.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    await catchUp();
    if (target === source) setTimeout(listen, LISTEN_AGAIN_AFTER_MS);
  });
}

function sessionOver() {
  source?.close();
  source = null;
  if (unsent().length) connection.textContent = labels.sessionOver;
  else goSignedOut();
}

post.addEventListener("kept", ({ detail }) => {
  addYours(detail);
  setTimeout(() => answered.has(detail.message_id) || catchUp(), UNANSWERED_AFTER_MS);
});
post.addEventListener("signed-out", sessionOver);
addEventListener("online", listen);
document.addEventListener("visibilitychange", () => { if (!document.hidden && source) listen(); });

// ---- Keeping the end in view -------------------------------------------------------------------

let atEnd = true;

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  find("composer").scrollIntoView({ block: "nearest" }); // on a low screen it scrolls too
  below.hidden = true;
}

scroll.addEventListener("scroll", () => {
  atEnd = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 48;
  if (atEnd) below.hidden = true;
});
below.addEventListener("click", toEnd);
new ResizeObserver(() => { if (atEnd) toEnd(); }).observe(scroll);

/* A phone's keyboard covers the page without making it smaller: leave it the part that is seen.
   Enlarged with two fingers, the page stays as it is. */
function fit() {
  const { height, offsetTop, scale } = window.visualViewport;
  const enlarged = scale > 1.01;
  document.body.style.setProperty("--view-height", enlarged ? "100dvh" : `${height}px`);
  document.body.style.setProperty("--view-top", enlarged ? "0" : `${offsetTop}px`);
}

for (const change of ["resize", "scroll"]) window.visualViewport.addEventListener(change, fit);
listen();
