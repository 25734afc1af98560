/** Keeps the list of open cases current, without taking the keyboard focus from anybody. */

import { goSignedOut, showTimes } from "./page.js";

const EVERY_MS = 5_000;
const list = document.getElementById("cases");
const news = document.getElementById("news");
const stale = document.getElementById("stale");
const references = (root) => [...root.querySelectorAll(".case")].map((c) => c.dataset.reference);

/** The page as the server shows it now. An XMLHttpRequest hands back a document, in which nothing
 *  runs: with fetch the text would have to be parsed, which Trusted Types forbids. */
function readPage() {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", location.pathname);
    request.responseType = "document";
    request.timeout = EVERY_MS * 2;
    request.onload = () => resolve(request);
    request.onerror = request.ontimeout = reject;
    request.send();
  });
}

let current = "";

async function refresh() {
  const { status, response } = await readPage();
  if (status === 401) return goSignedOut();
  const fresh = response?.getElementById("cases");
  if (status !== 200 || !fresh) throw new Error(`status ${status}`);
  if (fresh.textContent !== current) replaceWith(fresh);
  showTimes(list);
}

function replaceWith(fresh) {
  current = fresh.textContent;
  const before = references(list);
  const added = references(fresh).filter((reference) => !before.includes(reference));
  const focus = document.activeElement;
  const where = focus.closest?.(".case")?.dataset.reference;
  list.replaceChildren(...document.importNode(fresh, true).childNodes);
  if (added.length) news.textContent = added.map((reference) => `New: ${reference}`).join(". ");
  if (where) focusAgain(where, focus.dataset.testid);
}

/** The same control of the same case; its link when the control is gone. */
function focusAgain(reference, control) {
  const row = list.querySelector(`[data-reference="${CSS.escape(reference)}"]`);
  const target = row?.querySelector(`[data-testid="${control}"]`) ?? row?.querySelector("a");
  (target ?? document.getElementById("main")).focus({ preventScroll: true });
}

async function keepCurrent() {
  try {
    await refresh();
    stale.textContent = "";
  } catch {
    stale.textContent = stale.dataset.stale;
  }
  setTimeout(keepCurrent, EVERY_MS);
}

setTimeout(keepCurrent, EVERY_MS);
