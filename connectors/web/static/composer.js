/** What the person writes: one box, four strands while a capture is open. Nothing is stored in the
 *  browser; what the server has not kept stays in the box. */

import { beforeLeaving, call, rings } from "./page.js";

export const api = `/api/conversations/${encodeURIComponent(document.body.dataset.conversation)}`;
export const labels = document.getElementById("labels").dataset;

/** Tells of "kept" (detail: what stands in the transcript for it) and "signed-out". */
export const post = new EventTarget();

const find = (id) => document.getElementById(id);
const [box, boxLabel, panel, tabs, done] = ["box", "box-label", "panel", "tabs", "done"].map(find);
const [sendButton, again, refused, delivered] =
  ["send", "again", "refused", "delivered"].map(find);

// ---- Sending -----------------------------------------------------------------------------------

/* What is on its way, with its message id: sent again before it is known to be kept, the same
   thing has the same id, and the server keeps it once. */
const underway = new Map();
let retry;

/** Hands back whether the server has kept it. `whole` is what to do when the person tries again. */
export async function send(body, shown, whole) {
  const what = JSON.stringify(body);
  const message_id = underway.get(what) ?? crypto.randomUUID();
  underway.set(what, message_id);
  retry = whole;
  delivered.textContent = refused.textContent = "";
  again.hidden = true;
  const { status, data } = await call(`${api}/messages`, { message_id, ...body });
  if (status === 202) {
    underway.delete(what);
    delivered.textContent = labels.kept;
    const detail = { message_id, text: shown, at: new Date().toISOString() };
    post.dispatchEvent(new CustomEvent("kept", { detail }));
  } else if (status === 401) post.dispatchEvent(new Event("signed-out"));
  else if (data.say || status === 413) refused.textContent = data.say ?? labels.tooLong;
  else again.hidden = false;
  return status === 202;
}

again.addEventListener("click", () => retry());

// ---- The box -----------------------------------------------------------------------------------

const CHAT = "chat";
const strands = [...tabs.children];
const drafts = new Map();
let writing = CHAT;
let line = Promise.resolve();

/** What is written and not kept yet, as [strand, text]. */
export function unsent() {
  drafts.set(writing, box.value);
  return [...drafts].filter(([, text]) => text.trim());
}

/** Sends drafts one after the other; stops at the first that is not kept. Whoever calls while
 *  others are on their way waits, and then sends what is written by then. */
function sendDrafts(drafts, whole) {
  line = line.then(async () => {
    for (const [strand, text] of drafts()) {
      const body = strand === CHAT ? { text } : { words: text, strand };
      if (!(await send(body, text, whole))) return false;
      takeOut(strand, text);
    }
    return true;
  });
  return line;
}

/** What was typed while the text was on its way stays. */
function takeOut(strand, text) {
  drafts.set(writing, box.value);
  const now = drafts.get(strand);
  write(writing, drafts.set(strand, now.startsWith(text) ? now.slice(text.length) : now));
}

const submit = () => sendDrafts(() => unsent().filter(([strand]) => strand === writing), submit);

/** Everything that is written, whichever tab it is under; true when all of it is kept. */
export const sendAll = (whole) => sendDrafts(unsent, whole);

find("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || rings) return;
  event.preventDefault();
  submit();
});
/* A phone's keyboard stays up when a tab or Send is touched. */
for (const part of [tabs, sendButton]) {
  part.addEventListener("mousedown", (event) => event.preventDefault());
}

beforeLeaving(async () => writing !== CHAT && sendAll());
addEventListener("beforeunload", (event) => {
  const inAHurry = document.documentElement.classList.contains("left");
  if (!inAHurry && unsent().length) event.preventDefault();
});

// ---- The four strands --------------------------------------------------------------------------

let lastStrand = null;

/** Opens, moves or closes the capture as a turn says. What is in the box stays in the box. */
export function showCapture(open, strand) {
  const opens = open && writing === CHAT;
  const closes = !open && writing !== CHAT;
  const moves = open && strand && strand !== lastStrand;
  lastStrand = strand;
  if (opens || closes) {
    const typed = box.value;
    drafts.delete(writing);
    tabs.hidden = done.hidden = !open;
    sendButton.textContent = open ? labels.keep : labels.send;
    const next = open ? strand ?? "words" : CHAT;
    write(next, typed ? drafts.set(next, typed) : drafts);
  } else if (moves) writeIn(strand);
}

/** Turns to another strand; each keeps what is written under it. */
export function writeIn(strand) {
  drafts.set(writing, box.value);
  write(strand, drafts);
}

function write(strand, texts) {
  writing = strand;
  box.value = texts.get(strand) ?? "";
  const open = strands.find(({ dataset }) => dataset.strand === strand);
  for (const tab of strands) {
    tab.ariaSelected = String(tab === open);
    tab.tabIndex = tab === open ? 0 : -1;
    const left = texts.get(tab.dataset.strand)?.trim();
    tab.toggleAttribute("data-unkept", tab !== open && Boolean(left));
  }
  boxLabel.textContent = open?.dataset.hint ?? labels.write;
  boxLabel.classList.toggle("unseen", !open);
  box.placeholder = open ? "" : labels.write;
  panel.role = open ? "tabpanel" : null;
  if (open) panel.setAttribute("aria-labelledby", open.id);
  else panel.removeAttribute("aria-labelledby");
}

tabs.addEventListener("click", ({ target }) => {
  const tab = target.closest("[role=tab]");
  if (tab) writeIn(tab.dataset.strand);
});
tabs.addEventListener("keydown", (event) => {
  const here = strands.indexOf(document.activeElement);
  const last = strands.length - 1;
  const next = {
    ArrowLeft: here ? here - 1 : last, ArrowRight: here < last ? here + 1 : 0, Home: 0, End: last,
  }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  strands[next].focus();
  writeIn(strands[next].dataset.strand);
});
