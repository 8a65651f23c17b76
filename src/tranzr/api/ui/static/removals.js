// Files that are about to be deleted: for some seconds it can be undone, since nothing has been sent yet.
import { address, session, toast } from './base.js';
import { callWithCode, prove } from './secondfactor.js';

const UNDO = 8000;

/** By file_id: what ends the wait. */
const waiting = new Map();
/** Those whose deletion is under way. */
const sent = new Set();
let csrf = null;
let changed = () => {};

/** @param {() => void} onChange called when a file goes, or comes back */
export function startRemovals(onChange) {
  changed = onChange;
  addEventListener('pagehide', sendAll);
}

/** Whether the file is not to be shown any more. @param {string} id */
export function isGoing(id) {
  return waiting.has(id) || sent.has(id);
}

/** Deletes a file when the time to undo it is over. @param {{file_id: string, filename: string}} file */
export async function remove(file) {
  if (isGoing(file.file_id) || !await prove()) {
    return;
  }
  csrf = (await session())?.csrf_token ?? null;
  const close = toast(`${file.filename} will be deleted.`, { label: 'Undo', run: () => undo(file.file_id) }, UNDO);
  waiting.set(file.file_id, { close, timer: setTimeout(() => send(file), UNDO) });
  changed();
  // The row that had the focus is gone; what is most likely wanted next is to undo.
  document.querySelector('.toasts .toast:last-child button')?.focus();
}

function undo(id) {
  clearTimeout(waiting.get(id)?.timer);
  waiting.delete(id);
  changed();
  document.querySelector(`#files tr[data-id="${id}"] [data-part="name"]`)?.focus();
}

async function send(file) {
  waiting.delete(file.file_id);
  sent.add(file.file_id);
  try {
    if (await callWithCode(`files/${file.file_id}`, { method: 'DELETE' }) === undefined) {
      toast(`${file.filename} was not deleted.`);
    }
  } catch (problem) {
    if (problem.code !== 'not_found') {
      toast(`${file.filename} was not deleted: ${problem.message}`);
    }
  } finally {
    sent.delete(file.file_id);
    changed();
  }
}

/**
 * Who leaves the page has decided: what was to be deleted is, by requests that outlive the page. They are made at once, without waiting for anything, as nothing runs here any more afterwards.
 */
function sendAll() {
  for (const [id, { close, timer }] of waiting) {
    clearTimeout(timer);
    close();
    fetch(address(`files/${id}`), { method: 'DELETE', headers: csrf ? { 'X-CSRF-Token': csrf } : {}, keepalive: true }).catch(() => {});
  }
  waiting.clear();
}
