// The dashboard: joins its parts, asks for what they show, and says whether that is fresh.
import { address, byId, call, frame, requireSession } from './base.js';
import { showFigures, showHealth } from './figures.js';
import { showChart } from './chart.js';
import { follow } from './stream.js';
import { heard, isAnyActive, showTransfers } from './transfers.js';
import { refreshFiles, startFiles } from './files.js';
import { showFailures, showLog, startLog } from './trouble.js';

const QUICK = 2000;
const SLOW = 10000;
/** What changes the list of files. */
const FILES_CHANGED = new Set(['file-added', 'file-deleted', 'file-upload-started', 'reset']);
/** What begins or ends a transfer, so that the list of them is asked for at once. */
const TRANSFERS_CHANGED = new Set(['file-upload-started', 'file-upload-completed', 'file-deleted', 'share-accessed', 'error', 'reset']);

const connection = { stream: 'connecting', reachable: true };
let timer = null;
let lastSlow = -Infinity;
let running = false;
let again = false;

function notice(...parts) {
  const place = byId('notice');
  place.replaceChildren(...parts);
  place.hidden = parts.length === 0;
}

function showConnection() {
  const place = byId('connection');
  const [text, look] = !connection.reachable ? ['Not connected', 'bad']
    : connection.stream === 'live' ? ['Live', 'good']
      : connection.stream === 'polling' ? [`Asking every ${QUICK / 1000} seconds`, 'warn'] : ['Connecting…', 'warn'];
  if (place.textContent !== text) {
    place.textContent = text;
    place.className = `badge ${look}`;
  }
}

/** Health is told with 503 when it is bad, which is an answer here and no failure. */
async function health() {
  const response = await fetch(address('health'), { cache: 'no-store' });
  return response.json();
}

async function refreshSlow() {
  if (connection.stream !== 'live') {
    refreshFiles();
  }
  const [stats, state] = await Promise.all([call('stats'), health()]);
  showHealth(state, stats);
  showFigures(stats);
  showChart(stats.history);
  showFailures(stats.failures);
  await showLog();
}

function loggedOut() {
  const link = document.createElement('a');
  link.href = `${address('login')}?next=dashboard`;
  link.textContent = 'Log in again';
  notice('Your login is over. ', link);
}

async function refresh() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  clearTimeout(timer);
  try {
    const ended = showTransfers(await call('transfers'));
    if (ended && connection.stream !== 'live') {
      // Nobody tells what has become of the files.
      refreshFiles();
    }
    if (performance.now() - lastSlow >= SLOW - QUICK / 2) {
      lastSlow = performance.now();
      await refreshSlow();
    }
    connection.reachable = true;
    notice();
  } catch (problem) {
    connection.reachable = problem.code !== 'network';
    if (problem.status === 401) {
      loggedOut();
    } else if (connection.reachable) {
      notice(`The server did not tell everything: ${problem.message}`);
    }
  } finally {
    running = false;
  }
  showConnection();
  schedule(again ? 250 : connection.stream !== 'live' || isAnyActive() ? QUICK : SLOW);
  again = false;
}

/** Nobody looks at a page in the background: it is brought up to date when it is seen again. */
function schedule(milliseconds) {
  clearTimeout(timer);
  if (!document.hidden) {
    timer = setTimeout(refresh, milliseconds);
  }
}

function onEvent(type, event) {
  heard(type, event);
  if (TRANSFERS_CHANGED.has(type)) {
    schedule(250);
  }
  if (FILES_CHANGED.has(type)) {
    refreshFiles();
  }
}

async function start() {
  frame();
  const session = await requireSession();
  if (!session.rights.includes('admin')) {
    notice(`The dashboard is for administrators; ${session.name || 'this token'} has not the right to it.`);
    byId('connection').hidden = true;
    return;
  }
  document.querySelectorAll('[data-content]').forEach(part => { part.hidden = false; });
  startFiles();
  startLog();
  refresh();
  follow(onEvent, state => { connection.stream = state; showConnection(); schedule(0); });
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) {
      lastSlow = -Infinity;
      refresh();
    }
  });
}

start().catch(problem => notice(problem.message));
