/** On every page: leave in a hurry, times in UK time, the danger bar, and talking to the server. */

const page = document.body.dataset;
const csrf = document.querySelector('meta[name="csrf-token"]').content;

/**
 * Calls the web API. Never throws: `status` is 0 when no answer came.
 * @returns {Promise<{status: number, data: object}>}
 */
export async function call(path, body) {
  const options = { cache: "no-store", signal: AbortSignal.timeout(15_000) };
  if (body) {
    Object.assign(options, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf },
      body: JSON.stringify(body),
    });
  }
  try {
    const response = await fetch(path, options);
    return { status: response.status, data: await response.json().catch(() => ({})) };
  } catch {
    return { status: 0, data: {} };
  }
}

export const toConversation = (id) => page.conversations + encodeURIComponent(id);
export const goSignedOut = () => location.replace(page.signedOut);

/* On a phone the danger bar rings 999 by itself; elsewhere tel: asks which program to use. */
export const rings = matchMedia("(pointer: coarse)").matches;

// ---- Times -------------------------------------------------------------------------------------

const timeZone = "Europe/London";
const uk = (options) => new Intl.DateTimeFormat("en-GB", { timeZone, ...options });
const hour = { hour: "2-digit", minute: "2-digit" };
const clock = uk(hour);
const date = uk({});
const dayAndClock = uk({ weekday: "short", day: "numeric", month: "short", ...hour });
const full = uk({ day: "numeric", month: "short", year: "numeric", ...hour });

function age(at) {
  const minutes = Math.max(0, Math.floor((Date.now() - at) / 60_000));
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  if (minutes < 1) return "under a minute";
  if (hours < 1) return `${minutes} min`;
  if (days < 1) return `${hours} h ${minutes % 60} min`;
  return `${days} ${days === 1 ? "day" : "days"} ${hours % 24} h`;
}

const formats = {
  clock: (at) => (date.format(at) === date.format(new Date()) ? clock : dayAndClock).format(at),
  full: (at) => full.format(at),
  age,
};

/** Writes every `<time data-show>` below `root` in UK time. */
export function showTimes(root) {
  for (const time of root.querySelectorAll("time[data-show]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.valueOf())) continue;
    time.textContent = formats[time.dataset.show](at);
    time.title = full.format(at);
  }
}

// ---- Leaving in a hurry ------------------------------------------------------------------------

const leave = document.getElementById("leave");
const count = document.getElementById("leave-count");
/* Shift as on GOV.UK's exit-this-page; Escape because people try it first. */
const EXIT_KEYS = new Set(["Escape", "Shift"]);
const PRESSES = 3;
const FORGET_AFTER_MS = 5_000;
const LAST_WORDS_MS = 400;
let exit = { key: "", times: 0 };
let forgetting;
let keepLastWords = async () => {};

/** `keep` may send what is still in the box; the page is blank by then and waits only a moment. */
export function beforeLeaving(keep) {
  keepLastWords = keep;
}

async function goAway() {
  document.documentElement.classList.add("left");
  await Promise.race([keepLastWords(), new Promise((done) => setTimeout(done, LAST_WORDS_MS))]);
  if (csrf) {
    const headers = { "X-CSRF-Token": csrf };
    fetch("/sign-out", { method: "POST", keepalive: true, redirect: "manual", headers })
      .catch(() => {}); // out of reach: the session then ends by its own clock
  }
  location.replace(leave.href);
}

leave.addEventListener("click", (event) => {
  event.preventDefault();
  goAway();
});

function countExit(key) {
  exit = { key, times: EXIT_KEYS.has(key) ? (key === exit.key ? exit.times : 0) + 1 : 0 };
  count.textContent = exit.times === PRESSES - 1 ? `Press ${key} once more to leave.` : "";
}

document.addEventListener("keydown", (event) => {
  if (event.repeat || event.isComposing) return;
  clearTimeout(forgetting);
  countExit(event.key);
  /* Escape also stops a page from loading: a fourth press starts the way out again. */
  if (exit.times >= PRESSES) goAway();
  else forgetting = setTimeout(countExit, FORGET_AFTER_MS, "");
});

/* A page brought back by the Back button shows what it showed: ask the server again instead. */
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

// ---- Starting a conversation -------------------------------------------------------------------

async function start(event) {
  const control = event.currentTarget;
  const calling = control.href && rings;
  if (!calling) event.preventDefault();
  if (control.ariaDisabled) return;
  control.ariaDisabled = "true";
  const there = await open(control.dataset.start);
  control.ariaDisabled = null;
  const told = document.getElementById("started");
  told.querySelector("a").href = there;
  told.hidden = !there;
  document.getElementById("start-failed").hidden = Boolean(there);
  /* Leaving the page might take down the phone's own question whether to ring. */
  if (there && !calling) location.assign(there);
}

/** Opens a conversation and presses `button` in it; hands back its page, or "" when it failed. */
async function open(button) {
  const opened = await call("/api/conversations", {});
  if (opened.status === 401) goSignedOut();
  if (opened.status !== 201) return "";
  const press = { message_id: crypto.randomUUID(), press: button };
  const sent = await call(`/api/conversations/${opened.data.id}/messages`, press);
  return sent.status === 202 ? toConversation(opened.data.id) : "";
}

for (const control of document.querySelectorAll("[data-start]")) {
  control.addEventListener("click", start);
}

showTimes(document);
